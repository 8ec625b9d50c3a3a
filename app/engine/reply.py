"""One reply: the ghost going on from one voice of the player, on a voice of its own. For notes: `keys_reply`.

It knows two things apart: what is planned, and what has really sounded. When a person cuts it short, only the
second is remembered.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from app.core.events import Event, Release, Source, Touch
from app.core.grid import Steps
from app.engine.event_rows import MAX_DT_S, MIN_GAP_S, Row, RowsArray
from app.engine.guarded_ghost import GuardedGhost, State
from app.engine.guide import Guide
from app.engine.proposals import Proposals
from app.engine.schedule import Line
from app.engine.voice_states import RECENT_EVENTS

CONTACT_S = 0.08  # the model has no releases: before a new touch the finger stayed down this long at most
ENOUGH_S = 0.6  # an answer whose guide is over ends if less than this is left of its time
PAUSE_S = 0.06  # after so long a gap values begin something: half of 1/16 at 125 quarters a minute


@dataclass(slots=True)
class Chunk:
    """Rows [n, D] sampled from a state.

    Attributes:
        start: the state before them.
        end: the state after them; None if rows at the end were cut off.
        n_played: how many, from the first, have sounded.
        guide: what they were drawn toward.
    """

    start: State
    rows: RowsArray
    end: State | None
    n_played: int = 0
    guide: Guide | None = None


class Reply(Line):
    """A line of events that continues a voice.

    Args:
        voice: of the ghost.
        answers: the player's voice it goes on from.
        ghost: the model.
        state: of the model to go on from.
        seconds: how long it lasts from its beginning; infinity until it is told to end.

    Attributes:
        entry_s: how long after its beginning the first event comes.
        guide: what its events are drawn toward, from the first one still to be planned on; None where there
            is none yet. An answer that has an end ends with a guide, when its time is about over.
        proposals: of the stretch that comes next, in the making.
        sampled: chunks of the stretch that plays, which are still to be planned: rows [n, D], and the state
            after them.
    """

    def __init__(
        self, voice: int, answers: int, ghost: GuardedGhost, state: State, seconds: float = math.inf
    ) -> None:
        super().__init__()
        self.voice, self.answers, self.state = voice, answers, state
        self._ghost, self._columns = ghost, ghost.columns
        self.guide: Guide | None = None
        self.proposals: Proposals | None = None
        self.sampled: deque[tuple[RowsArray, State]] = deque()
        self.end_s = -math.inf  # deadline of the last event planned; -inf before the first
        self.until_s = math.inf  # nothing is planned after this
        self.is_over = False  # all there is to play is in the queue
        self.n_heard = 0  # of the player's events that were in the state when it was last branched
        self.played: deque[Row] = deque(maxlen=RECENT_EVENTS)
        self.last_played_s = -math.inf
        self.seconds, self.entry_s = seconds, 0.0
        self._not_before_s = -math.inf  # what was taken back is over
        self._is_down = False  # a contact is open after the last event planned ...
        self._is_sounding = False  # ... and after the last one played
        self._chunks: deque[Chunk] = deque()  # from the one that sounds on

    def pop(self) -> Event:
        """As `Line.pop`; notes what really sounds."""
        event = super().pop()
        self._is_sounding = not isinstance(event, Release)
        if self._is_sounding:
            if self._chunks[0].n_played == len(self._chunks[0].rows):
                self._chunks.popleft()
            chunk = self._chunks[0]
            self.played.append(chunk.rows[chunk.n_played])
            chunk.n_played += 1
            self.last_played_s = event.time_s
        return event

    def shift(self, seconds: float) -> None:
        """As `Line.shift`, for what is still to be planned too."""
        super().shift(seconds)
        self.end_s += seconds
        self.until_s += seconds

    @property
    def voices(self) -> set[int]:
        """The ghost voices it has something down on, or will have."""
        return {self.voice, *(event.voice for event in self.queue)}

    @property
    def is_going(self) -> bool:
        """Whether anything more will sound."""
        return bool(self.queue) or not self.is_over

    def state_played(self) -> State:
        """The state of a model that has heard what really sounded, and nothing that was only planned."""
        if not self._chunks:
            return self.state
        chunk = self._chunks[0]
        if chunk.end is not None and chunk.n_played == len(chunk.rows):
            return chunk.end
        return self._ghost.after(chunk.start, chunk.rows[: chunk.n_played])

    def plan(
        self,
        now_s: float,
        rows: RowsArray,
        end: State,
        timescale: float,
        steps: Steps | None = None,
    ) -> int:
        """Queue a chunk: rows [n, D] sampled from `state`, with the state `end` after them.

        deadline[n] = deadline[n - 1] + dt[n] * timescale. `timescale` stretches the deadlines only: the rows,
        which the model heard when it sampled them, stay as they are. The first event of a reply is due now,
        or where the voice comes in, because the silence before it was its pause.

        With `steps` what begins, a contact or values after a pause, comes at the next one; what follows keeps
        its distance, so a gesture keeps its shape.

        Returns:
            How many events the density cap held back.
        """
        n_slowed = n_planned = 0
        for row in rows:
            gap_s = min(max(float(row[self._columns.dt]), 0.0), MAX_DT_S) * timescale
            if self.end_s == -math.inf:
                self.until_s = now_s + self.seconds
                time_s = now_s + self.entry_s
            else:
                least_s = self._least_gap_s(gap_s)
                time_s = max(self.end_s + max(gap_s, least_s), self._not_before_s)
                n_slowed += gap_s < least_s
            if steps is not None:
                time_s = self._on_step(row, time_s, gap_s, now_s, steps)
            if time_s > self.until_s:
                break
            self._append(row, time_s, timescale, steps)
            n_planned += 1
        is_whole = 0 < n_planned == len(rows)
        if n_planned:
            guide = None if self.guide is None else self.guide[:n_planned]
            self._chunks.append(Chunk(self.state, rows[:n_planned], end if is_whole else None, guide=guide))
        if self.guide is not None:
            self.guide = self.guide[n_planned:]
        if is_whole:
            self.state = end
        else:
            self._finish()
        if self.guide is not None and not len(self.guide):
            self.guide = None
            if self.until_s - self.end_s < ENOUGH_S:
                self._finish()
        return n_slowed

    def left_s(self, now_s: float) -> float:
        """How many seconds of it are still to be planned; infinity if it has no end."""
        return min(self.seconds, self.until_s - max(self.end_s, now_s))

    def wants_proposals(self, now_s: float) -> bool:
        """Whether proposals for what comes next are to be made, or are being made."""
        if self.guide is not None or self.sampled or (self.proposals is not None and self.proposals.is_done):
            return False
        return self.left_s(now_s) > ENOUGH_S

    def unplan(self, now_s: float, time_s: float) -> None:
        """Take back what is planned after `time_s`, to be sampled anew. What it was drawn toward stays.

        A release at the end of what is left of touches goes too: what comes next may begin before it.
        """
        self.sampled.clear()
        n_taken = self._take_back(time_s)
        if not n_taken:
            return
        guides = [] if self.guide is None else [self.guide]
        while n_taken:
            chunk = self._chunks.pop()
            n_kept = max(len(chunk.rows) - n_taken, 0)
            n_taken -= len(chunk.rows) - n_kept
            self.state = chunk.start
            if chunk.guide is not None:
                guides.insert(0, chunk.guide[n_kept:])
            if n_kept:
                rows = chunk.rows[:n_kept]
                guide = None if chunk.guide is None else chunk.guide[:n_kept]
                self.state = self._ghost.after(chunk.start, rows)
                self._chunks.append(Chunk(chunk.start, rows, self.state, chunk.n_played, guide))
        self.guide = Guide.joined(guides) if guides else None
        self.is_over = False
        self._not_before_s = now_s

    def rest(self, now_s: float, seconds: float, state: State) -> None:
        """Play nothing more for `seconds`, then begin afresh from `state`."""
        if self.end_s == -math.inf:
            self.until_s = now_s + self.seconds
        else:
            self._lift(self.end_s + CONTACT_S)
        self.end_s = max(now_s, self.end_s) + seconds
        self.state = state

    def _least_gap_s(self, gap_s: float) -> float:
        """How long after the event before one that the model wants `gap_s` after it comes at the earliest."""
        return MIN_GAP_S

    def _on_step(self, row: Row, time_s: float, gap_s: float, now_s: float, steps: Steps) -> float:
        """When an event comes that is due at `time_s`, `gap_s` after the one before."""
        begins = not self._columns.moves(row) if self._columns.is_touch else gap_s >= PAUSE_S
        return steps.next_s(time_s) if begins else time_s

    def _append(self, row: Row, time_s: float, timescale: float, steps: Steps | None) -> None:
        """Queue an event, and before a new touch the release of the one before. Values end with one too."""
        event = self._columns.event(row, time_s, self.voice)
        if isinstance(event, Touch) and not event.moving:
            self._lift(event.time_s)
        self._is_down = True
        self.queue.append(event)
        self.end_s = event.time_s

    def _take_back(self, time_s: float) -> int:
        """Take what is planned after `time_s` out of the queue; of how many rows that was."""
        n_taken = sum(event.time_s > time_s and not isinstance(event, Release) for event in self.queue)
        if n_taken:
            while self.queue and (self.queue[-1].time_s > time_s or isinstance(self.queue[-1], Release)):
                self.queue.pop()
            self._is_down = bool(self.queue) or self._is_sounding
            self.end_s = self.queue[-1].time_s if self.queue else self.last_played_s
        return n_taken

    def _lift(self, latest_s: float) -> None:
        if self._is_down:
            time_s = max(min(self.end_s + CONTACT_S, latest_s), self._not_before_s)
            self.queue.append(Release(time_s, Source.GHOST, self.voice))
        self._is_down = False

    def _finish(self) -> None:
        """Nothing more comes: the time is over, or the model ended."""
        self.is_over = True
        self._lift(self.until_s if self.until_s < math.inf else self.end_s)
