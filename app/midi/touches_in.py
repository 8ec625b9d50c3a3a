"""A keyboard as fingers on the canvas: each note is a contact.

note        x, so that the sound plays this very note while the scale is free; outside, the edge
velocity    height and pressure: harder is higher up
pitch bend  x of every finger of its channel
controller 74, pressure of channel or key   height, pressure; so an MPE controller plays with all it has
controllers 120 and 123 to 127              the keys of its channel are up
controller 121                              bend and pressure of its channel are as if nobody had moved them
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.controls import Controls
from app.core.instruments import load_instrument
from app.midi import messages
from app.midi.mapping import BEND_FULL, FULL

VOICES = range(32, 48)
"""The voices of keys: clear of the canvas' fingers and of those that OSC clients usually name."""


@dataclass(frozen=True)
class TouchSetup:
    """How one port's notes become touches.

    Attributes:
        channel: 0 to 15; None for all.
        low, high: the notes at the left and the right edge; None: those of the instrument that sounds.
        bend: semitones of a full pitch bend.
    """

    channel: int | None = None
    low: int | None = None
    high: int | None = None
    bend: float = 2.0


@dataclass
class _Finger:
    voice: int
    note: int
    y: float
    pressure: float
    velocity: float


class Voices:
    """Which of `VOICES` are free. Shared by all ports; one thread."""

    def __init__(self) -> None:
        self._free = list(VOICES)

    def take(self) -> int | None:
        """The voice that was free longest; None if all are taken."""
        return self._free.pop(0) if self._free else None

    def give(self, voice: int) -> None:
        """The voice is free again."""
        self._free.append(voice)


class TouchesIn:
    """Decodes one port.

    Args:
        setup: see there.
        controls: where touches go; its methods may raise, which is for the caller.
        voices: shared by all ports.
        instrument: names the instrument that sounds now.
    """

    def __init__(
        self, setup: TouchSetup, controls: Controls, voices: Voices, instrument: Callable[[], str]
    ) -> None:
        self._setup = setup
        self._controls = controls
        self._voices = voices
        self._instrument = instrument
        self._fingers: dict[tuple[int, int], _Finger] = {}  # by channel and note
        self._bends: dict[int, float] = {}  # semitones by channel

    def take(self, message: bytes, time_s: float) -> None:
        """One whole message of a channel."""
        status, channel = message[0] & 0xF0, message[0] & 0x0F
        if self._setup.channel not in (None, channel):
            return
        if status == messages.NOTE_ON and message[2] > 0:
            self._press(channel, message[1], message[2] / FULL, time_s)
        elif status in (messages.NOTE_ON, messages.NOTE_OFF):
            self._lift((channel, message[1]), time_s)
        elif status == messages.PITCH_BEND:
            raw = message[1] | message[2] << 7
            self._bends[channel] = self._setup.bend * (2 * raw - BEND_FULL - 1) / (BEND_FULL + 1)
            self._move(channel, None, time_s)
        elif status == messages.CONTROL_CHANGE:
            self._control(channel, message[1], message[2], time_s)
        elif status == messages.CHANNEL_PRESSURE:
            self._move(channel, None, time_s, pressure=message[1] / FULL)
        elif status == messages.KEY_PRESSURE:
            self._move(channel, message[1], time_s, pressure=message[2] / FULL)

    def release(self, time_s: float) -> None:
        """Let go of everything: the port is gone."""
        for key in tuple(self._fingers):
            self._lift(key, time_s)
        self._bends.clear()

    def _control(self, channel: int, number: int, value: int, time_s: float) -> None:
        if number == messages.BRIGHTNESS:
            self._move(channel, None, time_s, y=1.0 - value / FULL)
        elif number in messages.ENDS_NOTES:
            for key in [key for key in self._fingers if key[0] == channel]:
                self._lift(key, time_s)
        elif number == messages.RESETS_CONTROLLERS:
            self._bends.pop(channel, None)
            for key, finger in self._fingers.items():
                if key[0] == channel:
                    finger.pressure = finger.velocity
            self._move(channel, None, time_s)

    def _press(self, channel: int, note: int, velocity: float, time_s: float) -> None:
        self._lift((channel, note), time_s)
        voice = self._voices.take()
        if voice is None:
            if not self._fingers:
                return  # other ports hold all voices
            self._lift(next(iter(self._fingers)), time_s)  # the oldest
            voice = self._voices.take()
        if voice is not None:
            finger = self._fingers[channel, note] = _Finger(voice, note, 1.0 - velocity, velocity, velocity)
            self._touch(channel, finger, False, time_s)

    def _lift(self, key: tuple[int, int], time_s: float) -> None:
        finger = self._fingers.pop(key, None)
        if finger is not None:
            self._voices.give(finger.voice)
            self._controls.release(finger.voice, time_s)

    def _move(
        self, channel: int, note: int | None, time_s: float, y: float | None = None, pressure: float = 0.0
    ) -> None:
        for key, finger in self._fingers.items():
            if key[0] == channel and note in (None, key[1]):
                finger.y = finger.y if y is None else y
                finger.pressure = pressure or finger.pressure
                self._touch(channel, finger, True, time_s)

    def _touch(self, channel: int, finger: _Finger, moving: bool, time_s: float) -> None:
        register = load_instrument(self._instrument()).pieces[0].register
        low = register[0] if self._setup.low is None else self._setup.low
        high = register[1] if self._setup.high is None else self._setup.high
        x = (finger.note + self._bends.get(channel, 0.0) - low) / (high - low)
        self._controls.touch(
            finger.voice, min(max(x, 0.0), 1.0), finger.y, moving, time_s, pressure=finger.pressure
        )
