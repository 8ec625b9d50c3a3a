"""Notes of a Standard MIDI File (MIDI 1.0, RP-001): each track and channel a line, or all of them together.

NumPy and the standard library only: training reads folders of them line by line, and the app what it is to
answer as one performance.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mdn.columns import NOTES
from models.formats.base import (
    FIRST_KEY_VOICE,
    GHOST,
    NOTE_COLUMNS,
    PLAYER,
    Performance,
    PerformanceError,
    read_bytes,
)

MAGIC = b"MThd"
DRUMS = 9  # the channel of General MIDI percussion, whose pitches are none
BEAT_US = 500_000  # microseconds, before any tempo is set
SHORTEST_S = 1e-3  # a key that goes up as it goes down was down for so long
DT, PITCH, DURATION, VELOCITY = NOTES


class Note(NamedTuple):
    """A key that was struck: onset and duration in seconds."""

    onset_s: float
    pitch: int
    duration_s: float
    velocity: int


class _Event(NamedTuple):
    tick: int
    status: int
    data: bytes


@dataclass
class _Line:
    """The notes of a track and channel, in ticks."""

    notes: list[tuple[int, int, int, int]] = field(default_factory=list)  # onset, pitch, end, velocity
    held: dict[int, tuple[int, int]] = field(default_factory=dict)  # pitch to onset and velocity

    def press(self, tick: int, pitch: int, velocity: int) -> None:
        self.release(tick, pitch)
        self.held[pitch] = tick, velocity

    def release(self, tick: int, pitch: int) -> None:
        if pitch in self.held:
            onset, velocity = self.held.pop(pitch)
            self.notes.append((onset, pitch, tick, velocity))


def accepts(data: bytes) -> bool:
    """Whether `data` begins as a Standard MIDI File."""
    return data.startswith(MAGIC)


def read_lines(path: str | Path) -> list[list[Note]]:
    """The notes of each track and channel that has any, by onset and then pitch.

    Keys are as long as they were held: the pedal is not heard. A key that is struck again ends, and so does
    what is held at the end of its track. Percussion (channel 10) is left out.

    Raises:
        PerformanceError: not a Standard MIDI File, or a damaged one; begins with the path.
    """
    data = read_bytes(Path(path))
    try:
        return [notes for _, notes in _lines(data)]
    except PerformanceError as error:
        raise PerformanceError(f"{path}: {error}") from None


def read(data: bytes) -> Performance:
    """All notes of a file as keys that go down and up, `pitch, velocity`; velocity is 0 where one goes up.

    What stands in a track named `ghost` is the ghost's, all else the player's. A key that is struck again, on
    any track, ends.

    Raises:
        PerformanceError: not a Standard MIDI File, or a damaged one.
    """
    rows: list[tuple[float, int, str, int, int]] = []
    lines = _lines(data)
    for source in (PLAYER, GHOST):
        own = [note for name, notes in lines if (name == GHOST) is (source == GHOST) for note in notes]
        keys: dict[int, dict[float, Note]] = {}
        for note in sorted(own, key=lambda note: (note.onset_s, note.duration_s)):
            keys.setdefault(note.pitch, {})[note.onset_s] = note  # of two at once the longer one
        for pitch, notes in keys.items():
            onsets = [*notes, math.inf]
            for note, next_s in zip(notes.values(), onsets[1:], strict=True):
                end_s = min(note.onset_s + max(note.duration_s, SHORTEST_S), next_s)
                rows += [(note.onset_s, 1, source, pitch, note.velocity), (end_s, 0, source, pitch, 0)]
    rows.sort()  # a key that goes up comes before one that goes down, a chord from its lowest note on
    pitches = np.array([row[3] for row in rows], np.int64)
    return Performance(
        NOTE_COLUMNS,
        np.array([row[0] for row in rows], np.float64),
        np.array([row[2] for row in rows], "<U6"),
        FIRST_KEY_VOICE + pitches,
        np.column_stack([pitches, [row[4] for row in rows]]).astype(np.float32).reshape(-1, 2),
    )


def as_events(notes: list[Note]) -> NDArray[np.float32]:
    """`notes`, by onset and then pitch, as dt, pitch, duration, velocity, `(n, 4)`.

    Those off the keyboard are left out; what is beyond the range of its column, in seconds, is cut to it.
    """
    on = [note for note in notes if PITCH.low <= note.pitch <= PITCH.high]
    onsets = np.array([note.onset_s for note in on], "float64")
    values = np.array([note[1:] for note in on], "float64").reshape(len(on), 3)
    dt = np.diff(onsets, prepend=onsets[:1])
    events = np.column_stack([np.minimum(dt, DT.high), values])
    events[:, 2] = np.clip(events[:, 2], DURATION.low, DURATION.high)
    return events.astype("float32")


def _lines(data: bytes) -> list[tuple[str, list[Note]]]:
    """The notes of each track and channel that has any, and the name of the track."""
    chunks = _chunks(data)
    kind, header = next(chunks, (b"", b"")) if accepts(data) else (b"", b"")
    if kind != MAGIC or len(header) < 6:
        raise PerformanceError("expected a Standard MIDI File, got no header of one.")
    form, _, division = struct.unpack(">HHH", header[:6])
    tracks = [list(_events(body)) for kind, body in chunks if kind == b"MTrk"]
    # Tracks that play together share their tempo, wherever it is set.
    maps = [_tempo_map([t], division) for t in tracks] if form == 2 else [_tempo_map(tracks, division)]
    found = []
    for number, track in enumerate(tracks):
        for line in _held(track):
            seconds = maps[number if form == 2 else 0]
            notes = [Note(seconds(on), pitch, seconds(off) - seconds(on), v) for on, pitch, off, v in line]
            found.append((_name(track), sorted(notes)))
    return found


def _name(track: list[_Event]) -> str:
    names = (event.data[1:] for event in track if event.status == 0xFF and event.data[:1] == b"\x03")
    return next(names, b"").decode(errors="replace").strip()


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        kind, length = struct.unpack(">4sI", data[at : at + 8])
        if at + 8 + length > len(data):
            raise PerformanceError(f"expected {length} bytes after {kind!r}, got {len(data) - at - 8}.")
        yield kind, data[at + 8 : at + 8 + length]
        at += 8 + length


def _events(body: bytes) -> Iterator[_Event]:
    """Events of a track at their ticks; a meta event has its type as first byte of the data."""
    at = tick = status = 0
    try:
        while at < len(body):
            delta, at = _number(body, at)
            tick += delta
            if body[at] >= 0x80:
                status, at = body[at], at + 1
            elif not 0x80 <= status < 0xF0:
                raise PerformanceError(f"expected a status byte, got {body[at]:#x} at byte {at} of a track.")
            if status == 0xFF:
                kind = body[at]
                length, at = _number(body, at + 1)
                yield _Event(tick, status, bytes([kind]) + body[at : at + length])
                at += length
            elif status >= 0xF0:
                length, at = _number(body, at)
                at += length
            else:
                length = 1 if 0xC0 <= status < 0xE0 else 2
                data = body[at : at + length]
                if len(data) < length or max(data) > 0x7F:
                    raise PerformanceError(
                        f"expected {length} bytes of data after {status:#x}, got {list(data)}."
                    )
                yield _Event(tick, status, data)
                at += length
    except IndexError:
        raise PerformanceError("expected a whole track, got one that stops within an event.") from None


def _number(body: bytes, at: int) -> tuple[int, int]:
    """A number of variable length at `at`, and where it ends."""
    value = 0
    for _ in range(4):
        byte, at = body[at], at + 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at
    raise PerformanceError(f"expected a number of at most 4 bytes, got more at byte {at} of a track.")


def _held(track: list[_Event]) -> list[list[tuple[int, int, int, int]]]:
    """The notes of each channel of a track that has any, in ticks."""
    lines: dict[int, _Line] = {}
    for event in track:
        kind, channel = event.status & 0xF0, event.status & 0x0F
        if kind not in (0x80, 0x90) or channel == DRUMS:
            continue
        line = lines.setdefault(channel, _Line())
        pitch, velocity = event.data
        if kind == 0x90 and velocity > 0:
            line.press(event.tick, pitch, velocity)
        else:
            line.release(event.tick, pitch)
    end = track[-1].tick if track else 0
    for line in lines.values():
        for pitch in list(line.held):
            line.release(end, pitch)
    return [line.notes for _, line in sorted(lines.items()) if line.notes]


class _TempoMap:
    """Ticks to seconds. Called with a tick."""

    def __init__(self, changes: list[tuple[int, float]]) -> None:
        ticks = [tick for tick, _ in changes]
        self._ticks = np.array(ticks, "float64")
        self._rates = np.array([rate for _, rate in changes], "float64")
        passed = np.diff(self._ticks) * self._rates[:-1]
        self._seconds = np.concatenate([[0.0], np.cumsum(passed)])

    def __call__(self, tick: int) -> float:
        at = int(np.searchsorted(self._ticks, tick, side="right")) - 1
        return float(self._seconds[at] + (tick - self._ticks[at]) * self._rates[at])


def _tempo_map(tracks: list[list[_Event]], division: int) -> _TempoMap:
    if division & 0x8000:
        frames, ticks = 256 - (division >> 8), division & 0xFF
        rate = 29.97 if frames == 29 else float(frames)
        if not frames or not ticks:
            raise PerformanceError(f"expected frames and ticks, got a division of {division:#x}.")
        return _TempoMap([(0, 1.0 / (rate * ticks))])
    if not division:
        raise PerformanceError("expected at least one tick a beat, got a division of 0.")
    changes = {0: BEAT_US}
    for track in tracks:
        for event in track:
            if event.status == 0xFF and event.data[:1] == b"\x51" and len(event.data) == 4:
                changes[event.tick] = int.from_bytes(event.data[1:], "big")
    return _TempoMap([(tick, us / 1e6 / division) for tick, us in sorted(changes.items())])
