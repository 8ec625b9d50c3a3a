"""A performance as a Standard MIDI File: one channel a voice, so that each finger bends on its own.

    note         note on and note off of its key, as they were played
    new touch    note on; the note nearest its pitch, the rest as pitch bend (range by RPN 0)
    motion       pitch bend from x, controller 74 (brightness) from y
    release      note off; also before the next touch of the voice and at the end of the file
    controllers  one control change each

Player and ghost have a track and channels of their own. Pitch is that of the sound (`app.core.pitch`).
Source: MIDI 1.0 (RPN 0, pitch bend sensitivity); the layout is that of MPE's member channels.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import mido

from app.core.events import KEYS_VOICE, Event, Note, Release, Source, Touch, Values
from app.core.instruments import Piece, load_instrument
from app.core.pitch import note_at, quantise
from app.core.voice_pool import VoicePool
from app.midi.mapping import KNOB_CONTROLS
from app.midi.messages import BRIGHTNESS

TICKS_PER_BEAT = 960
TEMPO_US = 500_000  # microseconds a beat: 120 beats a minute, so 1920 ticks a second
TICKS_PER_S = TICKS_PER_BEAT * 1_000_000 / TEMPO_US
BEND_RANGE = 48
"""Semitones of a full bend: MPE's default for member channels, enough for the whole canvas."""

DRUM_CHANNEL = 9
CHANNELS = {Source.PLAYER: tuple(range(8)), Source.GHOST: (8, *range(10, 16))}


def write_midi(
    events: Sequence[Event], path: str | os.PathLike[str], *, scale: str, instrument: str = "strings"
) -> None:
    """Write `events` as a type 1 MIDI file, every note of which ends.

    Args:
        events: in any order; the earliest is tick 0.
        path: the file; its folder exists.
        scale: as the parameter; free writes the pitch under the finger as a bent note.
        instrument: whose register x spans; drums go to channel 10 as General MIDI percussion.

    Raises:
        OSError: the file cannot be written.
    """
    ordered = sorted(events, key=lambda event: event.time_s)
    start_s = ordered[0].time_s if ordered else 0.0
    end_s = ordered[-1].time_s if ordered else 0.0
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT)
    conductor = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=TEMPO_US)])
    file.tracks.append(conductor)
    for source in Source:
        part = _Part(source, scale, instrument)
        for event in ordered:
            if event.source is source:
                part.take(event)
        part.end(end_s)
        file.tracks.append(_track(source.value, part.messages, start_s))
    file.save(os.fspath(path))


@dataclass
class _Sounding:
    channel: int
    note: int
    pitch: float
    piece: Piece


@dataclass
class _Part:
    """The messages of one source, as they arise: (seconds, message)."""

    source: Source
    scale: str
    instrument: str
    messages: list[tuple[float, mido.Message]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._channels = CHANNELS[self.source]
        self._pool = VoicePool(len(self._channels), spare=0)
        self._sounding: dict[int, _Sounding] = {}  # voice of the events to what it sounds
        self._keys: dict[int, None] = {}  # voices of the keys that are down, in their order
        self._announced: set[int] = set()
        self._last: dict[tuple[int, str, int], int] = {}
        self._pieces = load_instrument(self.instrument)

    def take(self, event: Event) -> None:
        """Add what one event means."""
        if isinstance(event, Release):
            self._release(event.voice, event.time_s)
            self._key_up(event.voice, event.time_s)
        elif isinstance(event, Note):
            self._key_down(event)
        elif isinstance(event, Values):
            self._knobs(event)
        else:
            self._touch(event)

    def end(self, time_s: float) -> None:
        """Let go of everything."""
        for voice in tuple(self._sounding):
            self._release(voice, time_s)
        for voice in tuple(self._keys):
            self._key_up(voice, time_s)

    def _key_down(self, note: Note) -> None:
        """All keys of a source are on its first channel, so that no pitch is bent."""
        self._key_up(note.voice, note.time_s)
        self._keys[note.voice] = None
        on = {"channel": self._channels[0], "note": note.pitch, "velocity": note.velocity}
        self._add(note.time_s, "note_on", **on)

    def _key_up(self, voice: int, time_s: float) -> None:
        if voice in self._keys:
            del self._keys[voice]
            off = {"channel": self._channels[0], "note": voice - KEYS_VOICE, "velocity": 64}
            self._add(time_s, "note_off", **off)

    def _touch(self, touch: Touch) -> None:
        sounding = self._sounding.get(touch.voice)
        if sounding is None or not touch.moving:
            self._release(touch.voice, touch.time_s)
            self._start(touch)
            return
        piece = sounding.piece
        if piece.midi is None:
            sounding.pitch = self._pitch(piece, touch, sounding.pitch)
            self._bend(touch, sounding)
        self._brighten(touch, sounding)

    def _start(self, touch: Touch) -> None:
        piece = self._pieces.piece_at(touch.x, touch.y, ghost=self.source is Source.GHOST)
        if len(self._sounding) == self._pool.limit:
            self._release(next(iter(self._sounding)), touch.time_s)  # the oldest
        channel = self._channels[self._pool.hold(touch.voice, touch.time_s).voice]
        if piece.midi is not None:
            sounding = _Sounding(DRUM_CHANNEL, piece.midi, float(piece.midi), piece)
        else:
            pitch = self._pitch(piece, touch, None)
            sounding = _Sounding(channel, min(max(round(pitch), 0), 127), pitch, piece)
            self._announce(channel, touch.time_s)
            self._bend(touch, sounding)
        self._brighten(touch, sounding)
        velocity = max(1, round(127 * (0.35 + 0.65 * touch.pressure)))
        self._add(touch.time_s, "note_on", channel=sounding.channel, note=sounding.note, velocity=velocity)
        self._sounding[touch.voice] = sounding

    def _release(self, voice: int, time_s: float) -> None:
        sounding = self._sounding.pop(voice, None)
        if sounding is not None:
            self._pool.release(voice, time_s, 0.0)
            self._add(time_s, "note_off", channel=sounding.channel, note=sounding.note, velocity=64)

    def _pitch(self, piece: Piece, touch: Touch, held: float | None) -> float:
        note = note_at(piece.local(touch.x, touch.y)[0], piece.register)
        return quantise(note, self.scale, held)

    def _bend(self, touch: Touch, sounding: _Sounding) -> None:
        bend = round(8192 * (sounding.pitch - sounding.note) / BEND_RANGE)
        bend = min(max(bend, -8192), 8191)
        key = (sounding.channel, "pitchwheel", 0)
        if self._last.get(key) != bend:
            self._last[key] = bend
            self._add(touch.time_s, "pitchwheel", channel=sounding.channel, pitch=bend)

    def _brighten(self, touch: Touch, sounding: _Sounding) -> None:
        height = sounding.piece.local(touch.x, touch.y)[1]
        self._control(touch.time_s, sounding.channel, BRIGHTNESS, round(127 * height))

    def _knobs(self, event: Values) -> None:
        for control, value in zip(KNOB_CONTROLS, event.values, strict=False):
            self._control(event.time_s, self._channels[0], control, round(127 * value))

    def _announce(self, channel: int, time_s: float) -> None:
        """The bend range of a channel, before its first bend."""
        if channel not in self._announced:
            self._announced.add(channel)
            for control, value in ((101, 0), (100, 0), (6, BEND_RANGE), (38, 0), (101, 127), (100, 127)):
                self._add(time_s, "control_change", channel=channel, control=control, value=value)

    def _control(self, time_s: float, channel: int, control: int, value: int) -> None:
        key = (channel, "control_change", control)
        if self._last.get(key) != value:
            self._last[key] = value
            self._add(time_s, "control_change", channel=channel, control=control, value=value)

    def _add(self, time_s: float, kind: str, **values: int) -> None:
        self.messages.append((time_s, mido.Message(kind, **values)))


def _track(name: str, messages: Iterable[tuple[float, mido.Message]], start_s: float) -> mido.MidiTrack:
    """Messages at absolute seconds as a track of tick differences; rounding does not add up."""
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
    before = 0
    for time_s, message in messages:
        tick = round((time_s - start_s) * TICKS_PER_S)
        track.append(message.copy(time=tick - before))
        before = tick
    return track
