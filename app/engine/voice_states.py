"""The state of the model after each player voice, and what was played there: one for every voice that plays.

A finger is a stream of its own: its `dt` counts from its own last event, whatever other fingers do meanwhile.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from app.core.events import Touch, Values
from app.core.parameters import Settings
from app.core.status import Report
from app.engine.event_rows import Row
from app.engine.guarded_ghost import GuardedGhost, State
from app.engine.judge import distances
from app.engine.phrase import Evening, Phrase

RECENT_EVENTS = 128  # rows kept of every voice, so that another model can hear what was played to this one
# Phrases less far apart than this are like each other (`judge.distances`): 34 % of the halves of a held-out
# performance are, 8 % of halves of different ones.
LIKE = 12.0
MOST_LIKE = 8
MAX_COMPARED = 256  # phrases that one is compared with, the newest of every voice: 0.5 ms
MAX_STREAMS = 64  # voices remembered; for one more, the one that was quiet the longest is forgotten


@dataclass(slots=True)
class Stream:
    """What the ghost remembers of one voice.

    Attributes:
        state: of the model after the last event.
        last_s: when that was; -inf before the first.
        n_heard: the player's events so far, for whoever asks whether there is news.
        recent: the last rows, [D] each, the player's and the ghost's.
        evening: all the player played.
    """

    state: State
    evening: Evening
    last_s: float = -math.inf
    n_heard: int = 0
    recent: deque[Row] = field(default_factory=lambda: deque(maxlen=RECENT_EVENTS))


class VoiceStates:
    """The streams of all voices, over one model.

    Args:
        ghost: the model.
        settings: how long a silence ends a phrase is read from them.
        report: for events that the model cannot hear.
    """

    def __init__(self, ghost: GuardedGhost, settings: Settings, report: Report) -> None:
        self.ghost = ghost
        self._settings = settings
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

    def phrase(self, voice: int) -> Phrase | None:
        """What the player last played on `voice`; None if nothing of it was heard."""
        stream = self._streams.get(voice)
        return None if stream is None else stream.evening.last()

    def entries_s(self, voices: Iterable[int]) -> dict[int, float]:
        """How much later than the first of `voices` each one came in, in the phrase it played last."""
        begun = {
            voice: stream.last_s - stream.evening.open_s
            for voice in voices
            if (stream := self._streams.get(voice)) is not None
        }
        first_s = min(begun.values(), default=0.0)
        return {voice: time_s - first_s for voice, time_s in begun.items()}

    def like(self, phrase: Phrase) -> list[Phrase]:
        """The phrases of the evening, of any voice, whose manner is near that of `phrase`, nearest first."""
        n_each = MAX_COMPARED // max(len(self._streams), 1)
        earlier = [each for stream in self._streams.values() for each in stream.evening.earlier()[:n_each]]
        off = distances(phrase, earlier)
        return [earlier[i] for i in np.argsort(off, kind="stable")[:MOST_LIKE] if off[i] < LIKE]

    @property
    def last_voice(self) -> int | None:
        """The voice that played last; None if nothing was heard."""
        return max(self._streams, key=lambda voice: self._streams[voice].last_s, default=None)

    def forget(self) -> None:
        """Forget everything."""
        self._streams.clear()

    def begin_afresh(self, voice: int) -> None:
        """Go on from nothing on `voice`; what was played there stays known."""
        if voice in self._streams:
            self._streams[voice].state = self.ghost.blank

    @property
    def streams(self) -> Mapping[int, Stream]:
        """What is remembered of each voice."""
        return self._streams

    def under(self, ghost: GuardedGhost, streams: Mapping[int, Stream]) -> VoiceStates:
        """Those of another model, which remembers `streams`; see `app.engine.carry`."""
        voice_states = VoiceStates(ghost, self._settings, self._report)
        voice_states._streams.update(streams)
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
            stream.evening.take(rows, self._settings.number("threshold_s"))

    def _open(self, voice: int) -> Stream:
        if len(self._streams) >= MAX_STREAMS:
            del self._streams[min(self._streams, key=lambda voice: self._streams[voice].last_s)]
        stream = self._streams[voice] = Stream(self.ghost.blank, Evening(self.ghost.columns))
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
