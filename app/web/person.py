"""One person at a page: its messages as calls of the controls, its contacts, what it is told. One thread."""

from __future__ import annotations

from collections.abc import Callable

from app.core.controls import COMMANDS, Controls
from app.core.parameters import ParameterError
from app.core.refusals import ControlError
from app.web import protocol
from app.web.outbox import Outbox
from app.web.protocol import Malformed, Message
from app.web.voices import VoiceShares


class Person:
    """Somebody who has said hello.

    Args:
        number: of this person in `voices`.
        controls: what is played and set.
        voices: shared by all people.

    Attributes:
        outbox: what this person is told.
    """

    def __init__(self, number: int, controls: Controls, voices: VoiceShares) -> None:
        self.number = number
        self.outbox = Outbox()
        self._controls = controls
        self._voices = voices
        self._fingers: dict[int, int] = {}  # finger: voice
        self._has_knobs = False
        self._do: dict[str, Callable[..., object]] = {
            "touch": self._finger_at,
            "release": self._finger_left,
            "note": self._key,
            "values": self._knobs,
            "set": controls.set,
            "do": lambda command: COMMANDS[command](controls),
            "ping": lambda number: self.outbox.put(protocol.pong(number)),
            "hello": lambda name: None,  # it was said
        }

    def take(self, message: Message) -> bool:
        """Do what a message says; False if it was refused. The person is told why, and so are the others."""
        try:
            if isinstance(message, Malformed):
                raise ControlError(message.reason)
            self._do[message.word](*message.arguments)
        except (ControlError, ParameterError) as error:
            self.refuse(str(error))
            return False
        return True

    def refuse(self, reason: str) -> None:
        """Tell the person why something is not done, and count it."""
        self._controls.note_refusal(f"web: {reason}")
        self.outbox.put(protocol.refused(reason), is_move=True)  # nothing is lost with it

    def leave(self) -> None:
        """Every contact of this person ends."""
        for voice in self._fingers.values():
            self._controls.release(voice)
            self._voices.give(voice)
        self._fingers.clear()
        for pitch in self._voices.pitches(self.number):
            self._key(pitch, 0)
        if self._has_knobs:
            self._controls.release(self._voices.knobs(self.number))
        self._voices.leave(self.number)

    def _finger_at(self, finger: int, x: float, y: float, moving: bool, pressure: float) -> None:
        voice = self._fingers.get(finger)
        if voice is None:
            voice = self._voices.take(self.number)
            if voice is None:
                if moving:  # it was told when the finger came; if a voice is free by now, it plays
                    return
                raise ControlError("no voice is free for another finger.")
            self._fingers[finger] = voice
        self._controls.touch(voice, x, y, moving, None, pressure)

    def _finger_left(self, finger: int) -> None:
        voice = self._fingers.pop(finger, None)
        if voice is not None:
            self._controls.release(voice)
            self._voices.give(voice)

    def _key(self, pitch: int, velocity: int) -> None:
        if velocity <= 0:
            if self._voices.lift(self.number, pitch):  # else somebody struck it since
                self._controls.note(pitch, 0)
            return
        self._controls.note(pitch, velocity)
        self._voices.strike(self.number, pitch)

    def _knobs(self, values: tuple[float, ...]) -> None:
        self._controls.values(values, self._voices.knobs(self.number))
        self._has_knobs = True
