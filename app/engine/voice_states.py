"""The state of the model after each player voice, and what was played there: one for every voice that plays.

A finger is a stream of its own: its `dt` counts from its own last event, whatever other fingers do meanwhile.
All keys together are one. When an event is heard is decided in `app.engine.hearing`.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.core.events import Event, EventKind, Release, Values, stream_of
from app.core.grid import Grid
from app.core.parameters import Settings
from app.core.status import Report
from app.engine.evening import Evening
from app.engine.event_rows import Row
from app.engine.guarded_ghost import GuardedGhost, State
from app.engine.hearing import Hearing, NoteHearing, TimedRow
from app.engine.judge import distances
from app.engine.note_phrase import NotePhrase
from app.engine.phrase import Phrase

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
        heard_s: when the last event of the player was; -inf before the first.
        n_heard: the player's events so far, for whoever asks whether there is news.
        recent: the last rows, [D] each, the player's and the ghost's.
        evening: all the player played.
        hearing: makes rows of events; knows what waits to be heard.
    """

    state: State
    evening: Evening
    hearing: Hearing
    last_s: float = -math.inf
    heard_s: float = -math.inf
    n_heard: int = 0
    recent: deque[Row] = field(default_factory=lambda: deque(maxlen=RECENT_EVENTS))


class VoiceStates:
    """The streams of all voices, over one model.

    Args:
        ghost: the model.
        settings: how long a silence ends a phrase is read from them.
        report: for events that the model cannot hear.

    Attributes:
        streams: what is remembered of each voice that was heard.
    """

    def __init__(self, ghost: GuardedGhost, settings: Settings, report: Report) -> None:
        self.ghost = ghost
        self._settings = settings
        self._report = report
        self.streams: dict[int, Stream] = {}

    def hear(self, *events: Event) -> None:
        """Take in events of the player, in their order. To hear many at once costs the model far less.

        One that the model cannot hear is counted, and noticed once.
        """
        voices: dict[int, list[Event]] = {}
        for event in events:
            if self.ghost.columns.hears(event):
                voices.setdefault(stream_of(event), []).append(event)
            else:
                self._refuse(event)
        for voice, its_events in voices.items():
            stream = self.streams.get(voice) or self._open(voice)
            self._add(stream, stream.hearing.hear(its_events, stream.last_s))

    def catch_up(self, now_s: float, held_s: float = 0.0) -> None:
        """Hear what is held, for `held_s` or longer, as if it ended at `now_s`: nothing waits for its end."""
        for stream in self.streams.values():
            if stream.hearing.is_behind:
                self._add(stream, stream.hearing.catch_up(now_s, stream.last_s, held_s))

    def is_behind(self, voices: Iterable[int]) -> bool:
        """Whether something was played on one of `voices` that is not heard yet."""
        return any(self[voice].hearing.is_behind for voice in voices)

    def adopt(self, voice: int, state: State, rows: Iterable[Row], last_s: float) -> None:
        """Remember what the ghost itself played on `voice`: `rows`, [D] each, until `last_s`."""
        stream = self.streams.get(voice) or self._open(voice)
        stream.state = state
        stream.last_s = last_s
        stream.recent.extend(rows)

    def __getitem__(self, voice: int) -> Stream:
        """What is remembered of `voice`; if that is nothing, an empty stream without a state."""
        return self.streams.get(voice) or self._blank(None)

    def entries_s(self, voices: Sequence[int], timescale: float, latest_s: float) -> dict[int, float]:
        """How much later than the first of `voices` each one comes in, if they do as the player did.

        Args:
            voices: of the player.
            timescale: stretches what they did.
            latest_s: when the last one comes in at the latest: the others come sooner in proportion.
        """
        begun = {
            voice: stream.last_s - stream.evening.open_s
            for voice in voices
            if (stream := self.streams.get(voice)) is not None
        }
        first_s = min(begun.values(), default=0.0)
        late_s = {voice: timescale * (time_s - first_s) for voice, time_s in begun.items()}
        last_s = max(late_s.values(), default=0.0)
        kept = 1.0 if last_s <= latest_s else latest_s / last_s
        return {voice: kept * each_s for voice, each_s in late_s.items()}

    def like(self, phrase: Phrase) -> list[Phrase]:
        """The phrases of the evening, of any voice, whose manner is near that of `phrase`, nearest first."""
        n_each = MAX_COMPARED // max(len(self.streams), 1)
        earlier = [each for stream in self.streams.values() for each in stream.evening.earlier()[:n_each]]
        off = distances(phrase, earlier)
        return [earlier[i] for i in np.argsort(off, kind="stable")[:MOST_LIKE] if off[i] < LIKE]

    def grid(self, voice: int) -> Grid | None:
        """The beat that notes of `voice` were played to; None if there is none, or of other events."""
        stream = self[voice]
        phrase = stream.evening.last()
        if not isinstance(phrase, NotePhrase) or phrase.grid is None:
            return None
        return phrase.grid.moved(stream.heard_s - float(phrase.onset_s[-1]))

    @property
    def last_state(self) -> State | None:
        """The state of the voice that played last; None if nothing was heard."""
        last = max(self.streams.values(), key=lambda stream: stream.last_s, default=None)
        return None if last is None else last.state

    def under(self, ghost: GuardedGhost, streams: Mapping[int, Stream]) -> VoiceStates:
        """Those of another model, which remembers `streams`; see `app.engine.carry`."""
        voice_states = VoiceStates(ghost, self._settings, self._report)
        voice_states.streams.update(streams)
        return voice_states

    def _add(self, stream: Stream, timed: Sequence[TimedRow]) -> None:
        """The model hears rows of the player."""
        if timed:
            rows = [row for _, row in timed]
            stream.state = self.ghost.after(stream.state, np.stack(rows))
            stream.last_s = stream.heard_s = timed[-1][0]
            stream.n_heard += len(rows)
            stream.recent.extend(rows)
            stream.evening.take(rows, self._settings.number("threshold_s"))

    def _open(self, voice: int) -> Stream:
        if len(self.streams) >= MAX_STREAMS:
            del self.streams[min(self.streams, key=lambda voice: self.streams[voice].last_s)]
        stream = self.streams[voice] = self._blank(self.ghost.blank)
        return stream

    def _blank(self, state: State) -> Stream:
        columns = self.ghost.columns
        hearing = NoteHearing(columns) if columns.is_notes else Hearing(columns)
        return Stream(state, Evening(columns), hearing)

    def _refuse(self, event: Event) -> None:
        if isinstance(event, Release):
            return
        self._report.counters.refused += 1
        columns = self.ghost.columns
        is_values = columns.kind is EventKind.VALUES
        hears = f"controllers of {len(columns.names) - 1} values" if is_values else columns.kind
        got = (
            f"{len(event.values)} values"
            if isinstance(event, Values)
            else f"a {type(event).__name__.lower()}"
        )
        self._report.tell_once(
            f"{self.ghost.name} refuses {got}",
            f"The model {self.ghost.name} hears {hears}; {got} came, which you hear but it does not.",
        )
