"""The state of the model after each player voice: one for every voice that plays.

A finger is a stream of its own: its `dt` counts from its own last event, whatever other fingers do meanwhile.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from app.core.events import Touch, Values
from app.core.status import Report
from app.engine.event_rows import Row
from app.engine.guarded_ghost import GuardedGhost, State

RECENT_EVENTS = 128  # rows kept of every voice, so that another model can hear what was played to this one
MAX_STREAMS = 64  # voices remembered; for one more, the one that was quiet the longest is forgotten


@dataclass(slots=True)
class Stream:
    """What the ghost remembers of one voice.

    Attributes:
        state: of the model after the last event.
        last_s: when that was; -inf before the first.
        n_heard: the player's events so far, for whoever asks whether there is news.
        recent: the last rows, [D] each.
    """

    state: State
    last_s: float = -math.inf
    n_heard: int = 0
    recent: deque[Row] = field(default_factory=lambda: deque(maxlen=RECENT_EVENTS))


class VoiceStates:
    """The streams of all voices, over one model."""

    def __init__(self, ghost: GuardedGhost, report: Report) -> None:
        self.ghost = ghost
        self._report = report
        self._streams: dict[int, Stream] = {}

    def hear(self, *events: Touch | Values) -> None:
        """Take in events of the player, in their order. To hear many at once costs the model far less.

        One that the model cannot hear is counted, and noticed once.
        """
        voices: dict[int, list[Touch | Values]] = {}
        for event in events:
            voices.setdefault(event.voice, []).append(event)
        for voice, its_events in voices.items():
            self._hear(voice, its_events)

    def adopt(self, voice: int, state: State, rows: Iterable[Row], last_s: float) -> None:
        """Remember what the ghost itself played on `voice`: `rows`, [D] each, until `last_s`."""
        stream = self._streams.get(voice) or self._open(voice)
        stream.state = state
        stream.last_s = last_s
        stream.recent.extend(rows)

    def state(self, voice: int) -> State | None:
        """The state to go on from after what `voice` played; None if nothing of it was heard."""
        stream = self._streams.get(voice)
        return None if stream is None else stream.state

    def n_heard(self, voice: int) -> int:
        """How many events of the player the ghost has heard on `voice`."""
        stream = self._streams.get(voice)
        return 0 if stream is None else stream.n_heard

    @property
    def last_voice(self) -> int | None:
        """The voice that played last; None if nothing was heard."""
        return max(self._streams, key=lambda voice: self._streams[voice].last_s, default=None)

    def forget(self, voice: int | None = None) -> None:
        """Forget one voice, or everything."""
        if voice is None:
            self._streams.clear()
        else:
            self._streams.pop(voice, None)

    def carried_to(self, ghost: GuardedGhost) -> VoiceStates:
        """A memory for another model, which hears the recent events if its columns are the same."""
        voice_states = VoiceStates(ghost, self._report)
        if ghost.columns.names == self.ghost.columns.names:
            for voice, old in self._streams.items():  # every stream has heard something
                voice_states.adopt(
                    voice, ghost.after(ghost.blank, np.stack(old.recent)), old.recent, old.last_s
                )
        return voice_states

    def _hear(self, voice: int, events: Iterable[Touch | Values]) -> None:
        stream = self._streams.get(voice)
        last_s = None if stream is None else stream.last_s
        rows: list[Row] = []
        for event in events:
            row = self.ghost.columns.row(event, 0.0 if last_s is None else event.time_s - last_s)
            if row is None:
                self._refuse(event)
            else:
                rows.append(row)
                last_s = event.time_s
        if rows and last_s is not None:
            stream = stream or self._open(voice)
            stream.state = self.ghost.after(stream.state, np.stack(rows))
            stream.last_s = last_s
            stream.n_heard += len(rows)
            stream.recent.extend(rows)

    def _open(self, voice: int) -> Stream:
        if len(self._streams) >= MAX_STREAMS:
            del self._streams[min(self._streams, key=lambda voice: self._streams[voice].last_s)]
        stream = self._streams[voice] = Stream(self.ghost.blank)
        return stream

    def _refuse(self, event: Touch | Values) -> None:
        self._report.counters.refused += 1
        columns = self.ghost.columns
        hears = "touches" if columns.is_touch else f"controllers of {len(columns.names) - 1} values"
        got = "a touch" if isinstance(event, Touch) else f"{len(event.values)} values"
        self._report.tell_once(
            f"{self.ghost.name} refuses {got}",
            f"The model {self.ghost.name} hears {hears}; {got} came, which you hear but it does not.",
        )
