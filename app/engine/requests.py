"""What is asked of the ghost: which stretches of answers, made from what was heard and what is set."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.modes import Begins
from app.core.parameters import Settings
from app.engine.guarded_ghost import Sampling, State
from app.engine.jam import Jam
from app.engine.proposals import Request
from app.engine.voice_states import VoiceStates

MAX_REPLIES = 8  # at the same time; further fingers of a phrase are not answered
WHOLE_S = 8.0  # up to this long an answer, or what is left of one, is planned as a whole
STRETCH_S = 4.0  # of a longer one, or one without an end, so much is planned at a time


class Requests:
    """Makes requests over one memory."""

    def __init__(self, jam: Jam, voice_states: VoiceStates, settings: Settings) -> None:
        self._jam, self._voice_states, self._settings = jam, voice_states, settings

    @property
    def sampling(self) -> Sampling:
        """How the ghost is to play."""
        number = self._settings.number
        return Sampling(number("pi_temperature"), number("sigma_temperature"), number("likeness"))

    def next(self, voice: int, state: State, left_s: float, *, begins: bool) -> Request | None:
        """What comes next of an answer to `voice`, from `state` on; None if nobody played."""
        phrase = self._voice_states[voice].evening.last()
        if phrase is None:
            return None
        timescale = self._settings.number("timescale")  # what the model hears is not stretched
        ends = left_s <= WHOLE_S
        seconds = max(left_s / timescale, 0.1) if ends else STRETCH_S / timescale
        return Request(voice, state, phrase, self._voice_states.like(phrase), seconds, begins, ends)

    def first(self, voices: Sequence[int], seconds: float) -> list[Request]:
        """How the answers to `voices` begin."""
        states = [(voice, self.state_for(voice)) for voice in voices[:MAX_REPLIES]]
        asked = [self.next(*each, seconds, begins=True) for each in states if each[1] is not None]
        return [request for request in asked if request is not None]

    def basis(self, voices: Sequence[int], seconds: float) -> tuple[object, ...]:
        """What `first` is made from; whatever changes a state makes another object."""
        heard = ((voice, self._voice_states[voice].n_heard, self.state_for(voice)) for voice in voices)
        timescale = self._settings.number("timescale")
        return (self._voice_states.ghost, self.sampling, seconds, timescale, *heard)

    def state_for(self, voice: int) -> State | None:
        """The state that an answer to `voice` goes on from; None if nothing was heard of it.

        A ghost that needs nobody goes on from nothing.
        """
        state = self._voice_states[voice].state
        is_alone = self._jam.mode.begins is Begins.ALONE
        return self._voice_states.ghost.blank if state is None and is_alone else state
