"""A keyboard as music: each key is a note of its pitch and velocity, whatever its channel.

controller 64 (sustain)            holds what is let go while it is down, until it goes up
controllers 120 and 123 to 127     the keys of its channel are up
controller 121                     the pedal of its channel is up
anything else but notes            is only passed on to whatever plays the player's notes, as the pedal is
"""

from __future__ import annotations

from collections.abc import Callable

from app.core.controls import Controls
from app.midi import messages

DOWN = 64  # the least value of a pedal that is down. Source: MIDI 1.0 detailed specification, controller 64

Key = tuple[int, int]  # channel and pitch


class KeysIn:
    """Decodes one port.

    Args:
        controls: where notes go; its methods may raise, which is for the caller.
        pass_on: sends a message on with the player's notes, in its place among them.
    """

    def __init__(self, controls: Controls, pass_on: Callable[[bytes], None]) -> None:
        self._controls = controls
        self._pass_on = pass_on
        self._keys: dict[Key, bool] = {}  # that sound, and whether a finger is on them
        self._pedals: set[int] = set()  # channels whose pedal is down
        self._touched: set[int] = set()  # channels of which something was passed on

    def take(self, message: bytes, time_s: float) -> None:
        """One whole message of a channel."""
        status, channel = message[0] & 0xF0, message[0] & 0x0F
        if status == messages.NOTE_ON and message[2] > 0:
            self._keys[channel, message[1]] = True
            self._controls.note(message[1], message[2], time_s)
        elif status in (messages.NOTE_ON, messages.NOTE_OFF):
            self._lift((channel, message[1]), time_s)
        elif status == messages.CONTROL_CHANGE and message[1] in messages.ENDS_NOTES:
            self._end([key for key in self._keys if key[0] == channel], time_s)
        elif status != messages.PROGRAM_CHANGE:
            self._touched.add(channel)
            self._pass_on(message)
            if status == messages.CONTROL_CHANGE and message[1] in (
                messages.SUSTAIN,
                messages.RESETS_CONTROLLERS,
            ):
                self._pedal(channel, message[1] == messages.SUSTAIN and message[2] >= DOWN, time_s)

    def release(self, time_s: float) -> None:
        """Let go of everything: the port is gone."""
        self._end(list(self._keys), time_s)
        self._pedals.clear()
        for channel in sorted(self._touched):
            for control in (messages.SUSTAIN, messages.RESETS_CONTROLLERS):
                self._pass_on(bytes((messages.CONTROL_CHANGE | channel, control, 0)))
        self._touched.clear()

    def _lift(self, key: Key, time_s: float) -> None:
        if key in self._keys:
            self._keys[key] = False
            if key[0] not in self._pedals:
                self._end([key], time_s)

    def _pedal(self, channel: int, is_down: bool, time_s: float) -> None:
        if is_down:
            self._pedals.add(channel)
            return
        self._pedals.discard(channel)
        held = [key for key, is_on in self._keys.items() if key[0] == channel and not is_on]
        self._end(held, time_s)

    def _end(self, keys: list[Key], time_s: float) -> None:
        """These keys sound no more, unless another channel holds the same pitch."""
        for key in keys:
            del self._keys[key]
            if all(pitch != key[1] for _, pitch in self._keys):
                self._controls.note(key[1], 0, time_s)
