"""A reply of notes: several keys may be down at once, and each goes up when its note is over."""

from __future__ import annotations

import math
from dataclasses import replace

from app.core.events import Event, Note, Release, Source
from app.core.grid import Steps
from app.engine.event_rows import MIN_GAP_S, Row
from app.engine.reply import Reply

MOST_TOGETHER = 10  # notes of a chord; what else the model wants to strike at once comes after it
KEPT = 0.5  # of what a note was moved by, for the next one to make good
SHORTEST_S = 0.05  # of a note that the end of the answer cuts


class KeysReply(Reply):
    """See `Reply`. A row is a note and, after its duration, the release of its key."""

    _owed_s = 0.0  # what is still to be made good of what notes were moved by, to come at steps
    _n_together = 0  # notes in a row that the model wants at once, after the first
    _n_here = 0  # notes planned at the time of the last one

    def _least_gap_s(self, gap_s: float) -> float:
        """Notes may be struck together."""
        self._n_together = self._n_together + 1 if gap_s < MIN_GAP_S else 0
        return 0.0 if self._n_together < MOST_TOGETHER else MIN_GAP_S

    def _on_step(self, row: Row, time_s: float, gap_s: float, now_s: float, steps: Steps) -> float:
        """Every note comes at the nearest step that is still to come, and those of a chord at the same."""
        if self.end_s == -math.inf:
            return steps.next_s(time_s)
        if gap_s < MIN_GAP_S:
            return time_s
        at_s = self._onset_s(gap_s, steps)
        if at_s == self.end_s and self._n_here >= MOST_TOGETHER:
            at_s = steps.next_s(self.end_s + MIN_GAP_S)
        earliest_s = max(self._not_before_s, now_s)
        return at_s if at_s >= earliest_s else steps.next_s(earliest_s)

    def _onset_s(self, gap_s: float, steps: Steps) -> float:
        """The step of a note that came `gap_s` after the one planned last, by the interval between the two.

        What a note was moved by is made good by the next one in part (`KEPT`): notes closer than a step
        spread over the steps as they were played, and a line in another tempo than the grid's does not skip
        one. If both are at one step it is made good in whole, or a line could stay there for ever.
        """
        time_s = self.end_s + gap_s - self._owed_s
        at_s = max(steps.nearest_s(time_s), self.end_s)
        self._owed_s = (at_s - time_s) * (KEPT if at_s > self.end_s else 1.0)
        return at_s

    def _append(self, row: Row, time_s: float, timescale: float, steps: Steps | None) -> None:
        """Queue a note and its release, no later than the answer ends."""
        note = self._columns.event(row, time_s, self.voice)
        held_s = self._columns.duration_s(row) * timescale
        end_s = time_s + (held_s if steps is None else steps.length_s(held_s))
        end_s = min(end_s, max(self.until_s, time_s + SHORTEST_S))
        self._n_here = self._n_here + 1 if time_s == self.end_s else 1
        self._let_go(note.voice, time_s)
        self._put(note)
        self._put(Release(end_s, Source.GHOST, note.voice))
        self.end_s = time_s

    def _let_go(self, voice: int, time_s: float) -> None:
        """A key that is still down then goes up before it is struck again."""
        for event in self.queue:
            if event.voice == voice and isinstance(event, Release) and event.time_s > time_s:
                self.queue.remove(event)
                self._put(replace(event, time_s=time_s))
                return

    def _put(self, event: Event) -> None:
        """Queue an event after all others of its time."""
        at = len(self.queue)
        while at and self.queue[at - 1].time_s > event.time_s:
            at -= 1
        self.queue.insert(at, event)

    def _take_back(self, time_s: float) -> int:
        """Take the notes that begin after `time_s` out of the queue, with the releases of their keys."""
        gone: set[int] = set()
        kept: list[Event] = []
        n_taken = 0
        for event in self.queue:
            if isinstance(event, Note) and event.time_s > time_s:
                gone.add(event.voice)
                n_taken += 1
            elif event.voice not in gone:
                kept.append(event)
        if n_taken:
            self.queue.clear()
            self.queue.extend(kept)
            onsets_s = [event.time_s for event in kept if isinstance(event, Note)]
            self.end_s = onsets_s[-1] if onsets_s else self.last_played_s
        return n_taken

    def _lift(self, latest_s: float) -> None:
        """Nothing: the release of every note is in the queue."""
