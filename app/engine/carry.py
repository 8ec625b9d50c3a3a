"""Another model hears what was played to the one that plays, a piece at a time, before it takes over."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.engine.event_rows import RowsArray
from app.engine.guarded_ghost import GuardedGhost, State
from app.engine.voice_states import Stream, VoiceStates

PIECE_ROWS = 32  # heard at once: a third of a millisecond that a new touch may have to wait


@dataclass(slots=True)
class _Heard:
    """How far the other model is with a stream.

    Attributes:
        as_of: what is other whenever something more was played on the stream.
        left: what it is still to hear, [n, D].
        state: of the other model.
    """

    as_of: tuple[State, int, float]
    left: RowsArray
    state: State


class Carry:
    """The streams of one model on their way to another. The first may go on hearing meanwhile.

    Measured with `touch`: 128 rows take 1.2 ms, and there may be 64 voices.

    Args:
        voice_states: of the model that plays.
        ghost: the other one. It begins with nothing if its columns are not the same.

    Attributes:
        ghost: the other model.
    """

    def __init__(self, voice_states: VoiceStates, ghost: GuardedGhost) -> None:
        self.ghost = ghost
        self._voice_states = voice_states
        self._is_alike = ghost.columns.names == voice_states.ghost.columns.names
        self._heard: dict[int, _Heard] = {}

    def work(self) -> bool:
        """Let the other model hear a piece of one voice. False if there was nothing left to hear."""
        if not self._is_alike:
            return False
        for voice, stream in self._voice_states.streams.items():
            heard, as_of = self._heard.get(voice), (stream.state, stream.n_heard, stream.last_s)
            if heard is None or heard.as_of != as_of:
                heard = self._heard[voice] = _Heard(as_of, _recent(stream), self.ghost.blank)
            if len(heard.left):
                heard.state = self.ghost.after(heard.state, heard.left[:PIECE_ROWS])
                heard.left = heard.left[PIECE_ROWS:]
                return True
        return False

    def finish(self) -> VoiceStates:
        """Hear all that is left at once; the memory of the other model."""
        while self.work():
            pass
        streams = {
            voice: replace(old, state=self._heard[voice].state)
            for voice, old in self._voice_states.streams.items()
            if self._is_alike
        }
        return self._voice_states.under(self.ghost, streams)


def _recent(stream: Stream) -> RowsArray:
    return np.stack(stream.recent) if stream.recent else np.zeros((0, 0), np.float32)
