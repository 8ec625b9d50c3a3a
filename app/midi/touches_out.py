"""Touches as notes, live: each source on one channel, or MPE with a channel for each finger.

    one channel   the nearest note of the scale; moving across plays the next one
    MPE           the note where the finger came down; moving across bends it, up to 48 semitones

In both, height is controller 74 (brightness) and pressure, where the device tells it, channel pressure.
Pitch is that of the sound (`app.core.pitch`), so both agree. MPE: the player has the lower zone (manager
channel 1, members 2 to 8), the ghost the upper one (manager 16, members 15 to 9), announced before the first
note. Source: MIDI Polyphonic Expression 1.0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.events import Source, Touch
from app.core.instruments import Piece, load_instrument
from app.core.pitch import note_at, quantise
from app.core.voice_pool import VoicePool
from app.midi.ledger import Ledger, Owner
from app.midi.mapping import FULL
from app.midi.messages import BRIGHTNESS, CHANNEL_PRESSURE, CONTROL_CHANGE, PITCH_BEND
from app.midi.values_out import LastSent

BEND_SEMITONES = 48
CENTRE = 8192
ZONES = {Source.PLAYER: (0, tuple(range(1, 8))), Source.GHOST: (15, tuple(range(14, 7, -1)))}
RPN_BEND_RANGE, RPN_ZONE = 0, 6


@dataclass
class _Finger:
    channel: int
    note: int
    pitch: float
    piece: Piece


class TouchesOut:
    """Encodes the touches of the sources for one port.

    Args:
        channels: of each source that is sent, 0 to 15. Ignored with `mpe`, except for who is in it.
        mpe: a channel for each finger.
        ledger, last: the port's.

    Attributes:
        instrument, scale: as the parameters of these names; what is sounding is not changed by a new one.
    """

    def __init__(self, channels: dict[Source, int], mpe: bool, ledger: Ledger, last: LastSent) -> None:
        self.instrument, self.scale = "strings", "free"
        self._channels = dict(channels)
        self._mpe = mpe
        self._ledger = ledger
        self._last = last
        self._pools = {source: VoicePool(len(ZONES[source][1]), spare=0) for source in channels}
        self._fingers: dict[Owner, _Finger] = {}
        self._announced: set[Source] = set()
        self._pressed: set[int] = set()  # channels that have been told a pressure

    def encode(self, touch: Touch, end_s: float = math.inf) -> tuple[list[bytes], bool]:
        """The messages of a touch, and whether a note begins with them: then none of them may wait."""
        if touch.source not in self._channels:
            return [], False
        owner = Owner(touch.source, touch.voice)
        finger = self._fingers.get(owner)
        if finger is None or not touch.moving or not self._ledger.holds(owner):
            return [*self.release(owner, touch.time_s), *self._start(owner, touch, end_s)], True
        self._ledger.extend(owner, end_s)
        pitch = self._pitch(finger.piece, touch, finger.pitch)
        if self._mpe or finger.piece.midi is not None or _note(pitch) == finger.note:
            return [*self._bend(finger, pitch), *self._shade(finger, touch)], False
        finger.note, finger.pitch = _note(pitch), pitch
        note = self._ledger.start(owner, finger.channel, finger.note, _velocity(touch), end_s)
        return [*self._shade(finger, touch), *note], True

    def release(self, owner: Owner, time_s: float) -> list[bytes]:
        """A finger left."""
        self._fingers.pop(owner, None)
        if owner.source in self._pools:
            self._pools[owner.source].release(owner, time_s, 0.0)
        return self._ledger.stop(owner)

    def forget(self) -> None:
        """Whoever listens knows nothing any more: no finger is down, the zones are announced again."""
        for owner in tuple(self._fingers):
            self.release(owner, 0.0)
        self._announced.clear()
        self._pressed.clear()

    def _start(self, owner: Owner, touch: Touch, end_s: float) -> list[bytes]:
        piece = load_instrument(self.instrument).piece_at(
            touch.x, touch.y, ghost=touch.source is Source.GHOST
        )
        pitch = self._pitch(piece, touch, None)
        messages, channel = self._place(owner, touch.time_s)
        finger = self._fingers[owner] = _Finger(channel, _note(pitch), pitch, piece)
        messages += [*self._bend(finger, pitch), *self._shade(finger, touch)]
        return messages + self._ledger.start(owner, channel, finger.note, _velocity(touch), end_s)

    def _place(self, owner: Owner, time_s: float) -> tuple[list[bytes], int]:
        """The channel of a new finger, and what must be sent before it can be used."""
        if not self._mpe:
            return [], self._channels[owner.source]
        messages: list[bytes] = []
        if owner.source not in self._announced:
            self._announced.add(owner.source)
            messages += _announcement(*ZONES[owner.source])
        pool = self._pools[owner.source]
        if len(pool.held) == pool.limit:
            oldest = next(iter(pool.held))
            messages += self.release(oldest, time_s) if isinstance(oldest, Owner) else []
        return messages, ZONES[owner.source][1][pool.hold(owner, time_s).voice]

    def _pitch(self, piece: Piece, touch: Touch, held: float | None) -> float:
        if piece.midi is not None:
            return float(piece.midi)
        note = note_at(piece.local(touch.x, touch.y)[0], piece.register)
        scale = "chromatic" if self.scale == "free" and not self._mpe else self.scale
        return quantise(note, scale, held)

    def _bend(self, finger: _Finger, pitch: float) -> list[bytes]:
        if not self._mpe:
            return []
        finger.pitch = pitch
        raw = CENTRE + round(CENTRE * (pitch - finger.note) / BEND_SEMITONES)
        raw = min(max(raw, 0), 2 * CENTRE - 1)
        return self._new(bytes((PITCH_BEND | finger.channel, raw & 0x7F, raw >> 7)))

    def _shade(self, finger: _Finger, touch: Touch) -> list[bytes]:
        """Brightness and pressure. A device that tells no pressure says 1 for ever: that is not sent."""
        height = round(FULL * finger.piece.local(touch.x, touch.y)[1])
        messages = self._new(bytes((CONTROL_CHANGE | finger.channel, BRIGHTNESS, height)))
        if touch.pressure < 1.0 or finger.channel in self._pressed:
            self._pressed.add(finger.channel)
            pressure = round(FULL * touch.pressure)
            messages += self._new(bytes((CHANNEL_PRESSURE | finger.channel, pressure)))
        return messages

    def _new(self, message: bytes) -> list[bytes]:
        return [message] if self._last.changed(message) else []


def _note(pitch: float) -> int:
    return min(max(round(pitch), 0), FULL)


def _velocity(touch: Touch) -> int:
    return max(1, round(FULL * (0.35 + 0.65 * touch.pressure)))


def _announcement(manager: int, members: Sequence[int]) -> list[bytes]:
    """The zone, then the bend range of each of its members."""
    settings = [(manager, RPN_ZONE, len(members)), *((m, RPN_BEND_RANGE, BEND_SEMITONES) for m in members)]
    return [
        bytes((CONTROL_CHANGE | channel, control, value))
        for channel, parameter, data in settings
        for control, value in ((101, 0), (100, parameter), (6, data), (38, 0), (101, 127), (100, 127))
    ]
