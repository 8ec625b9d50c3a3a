"""One person at a page: its messages as calls of the controls, its contacts, what it is told. One thread."""

from __future__ import annotations

from collections.abc import Callable

from app.core.controls import ControlError, Controls
from app.core.parameters import ParameterError
from app.web import protocol
from app.web.outbox import Outbox
from app.web.protocol import Do, FingerAt, FingerLeft, Hello, Key, Knobs, Message, Ping, Set
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
        self._do: dict[type[Message], Callable[..., None]] = {
            FingerAt: self._finger_at,
            FingerLeft: self._finger_left,
            Key: self._key,
            Knobs: self._knobs,
            Set: lambda said: self._controls.set(said.name, said.value),
            Do: lambda said: _COMMANDS[said.command](self._controls),
            Ping: self._ping,
            Hello: lambda said: None,  # it was said
        }

    def take(self, message: Message) -> bool:
        """Do what a message says; False if it was refused. The person is told why, and so are the others."""
        do = self._do.get(type(message))
        try:
            if do is None:
                raise ControlError(getattr(message, "reason", "not a message."))
            do(message)
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
            self._key(Key(pitch, 0))
        if self._has_knobs:
            self._controls.release(self._voices.knobs(self.number))
        self._voices.leave(self.number)

    def _finger_at(self, said: FingerAt) -> None:
        voice = self._fingers.get(said.finger)
        if voice is None:
            voice = self._voices.take(self.number)
            if voice is None:
                if said.moving:  # it was told when the finger came; if a voice is free by now, it plays
                    return
                raise ControlError("no voice is free for another finger.")
            self._fingers[said.finger] = voice
        self._controls.touch(voice, said.x, said.y, said.moving, None, said.pressure)

    def _finger_left(self, said: FingerLeft) -> None:
        voice = self._fingers.pop(said.finger, None)
        if voice is not None:
            self._controls.release(voice)
            self._voices.give(voice)

    def _key(self, said: Key) -> None:
        if said.velocity <= 0:
            if self._voices.lift(self.number, said.pitch):  # else somebody struck it since
                self._controls.note(said.pitch, 0)
            return
        self._controls.note(said.pitch, said.velocity)
        self._voices.strike(self.number, said.pitch)

    def _ping(self, said: Ping) -> None:
        self.outbox.put(protocol.pong(said.number))

    def _knobs(self, said: Knobs) -> None:
        self._controls.values(said.values, self._voices.knobs(self.number))
        self._has_knobs = True


_COMMANDS: dict[str, Callable[[Controls], None]] = {
    "reset": Controls.reset,
    "panic": Controls.panic,
    "adapt": Controls.adapt,
    "adapt_back": Controls.adapt_back,
}
