"""Several ways to go on, sampled side by side while the player is silent, and the one that is played.

Each proposal is drawn toward a guide of its own. They are sampled a few events at a time, in one call of the
model for all of them, so that a touch never waits long; when all are there a judge chooses.
"""

from __future__ import annotations

import math
import operator
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.engine import judge
from app.engine.answer_form import Course
from app.engine.course import GestureCourse
from app.engine.event_rows import RowsArray
from app.engine.guarded_ghost import GuardedGhost, Sampling, State
from app.engine.guide import Guide
from app.engine.note_course import NoteCourse
from app.engine.phrase import Phrase

GOOD = 0.25  # share of the proposals that any may be taken of, after a phrase that repeats one thing ...
DIVERSE_GOOD = 0.85  # ... and after the most diverse ones
STEP_EVENTS = 8  # of every proposal in one call: 1 ms
MOST_EVENTS = 256  # of a proposal: about 30 ms; the rest of the answer is sampled while it plays


@dataclass(frozen=True, eq=False)
class Request:
    """A stretch that is asked for.

    Attributes:
        voice: the player's, that is answered.
        state: of the model, to go on from.
        phrase: that is answered.
        others: phrases of the evening like it.
        seconds: how long the stretch is to be at most.
        begins, ends: whether it is the first and the last part of an answer.
    """

    voice: int
    state: State
    phrase: Phrase
    others: Sequence[Phrase]
    seconds: float
    begins: bool = True
    ends: bool = True

    def guide(self, rng: np.random.Generator) -> Guide:
        """What it may be drawn toward."""
        course: type[Course[Any, Any, Any]] = NoteCourse if self.phrase.columns.is_notes else GestureCourse
        guide: Guide = course.plan(
            self.phrase, self.seconds, rng, self.others, begins=self.begins, ends=self.ends
        )
        return guide


class Proposal:
    """One stretch in the making. A guided one ends with its guide.

    Args:
        request: what is asked for.
        guide: of its events.
        toward: the guide as the model takes it, [n, n_guide]; None if it cannot be guided.

    Attributes:
        chunks: rows [n, D] that follow each other, each with the state of the model after them.
        state: after all of them.
        n_events: in all of them.
        is_done: nothing more of it will be played: its guide or its time is over.
        cost: what the judge says, infinity if it cannot be played.
    """

    def __init__(self, request: Request, guide: Guide, toward: RowsArray | None) -> None:
        self.request, self.guide, self.toward = request, guide, toward
        self.state = request.state
        self.chunks: list[tuple[RowsArray, State]] = []
        self.n_events, self._seconds = 0, 0.0
        self.cost = math.inf
        self._most = MOST_EVENTS if toward is None else min(len(guide), MOST_EVENTS)
        self.is_done = self._most == 0

    def add(self, rows: RowsArray, end: State, ghost: GuardedGhost) -> None:
        """Add what was made from `state`, [n, D], with the state after it. Rows past the end are left out."""
        if self.is_done:
            return
        kept = rows[: self._most - self.n_events]
        if len(kept) < len(rows):
            end = ghost.after(self.state, kept)
        self.chunks.append((kept, end))
        self.state = end
        self.n_events += len(kept)
        self._seconds += float(kept[:, self.request.phrase.columns.dt].sum())
        self.is_done = self.n_events >= self._most or self._seconds > self.request.seconds

    def judge(self) -> None:
        """Ask the judge what it costs."""
        rows = np.concatenate([rows for rows, _ in self.chunks])
        if np.isfinite(rows).all():
            phrase = self.request.phrase
            self.cost = judge.cost(phrase, phrase.of(rows), self.request.seconds)


class Proposals:
    """Proposals for one or several voices that are to be answered together.

    Args:
        ghost: the model.
        requests: one for each voice, at least one; they share the model's batch.
        sampling: how it is to play.
        rng: source of the guides and of what is sampled.
    """

    def __init__(
        self,
        ghost: GuardedGhost,
        requests: Sequence[Request],
        sampling: Sampling,
        rng: np.random.Generator,
    ) -> None:
        self._ghost, self._sampling, self._rng = ghost, sampling, rng
        each = max(ghost.n_proposals // len(requests), 1)
        self._unbegun = deque(request for request in requests for _ in range(each))
        self._proposals: list[Proposal] = []
        self._n_judged = 0

    @property
    def is_done(self) -> bool:
        """Whether all proposals are there and judged."""
        return not self._unbegun and self._n_judged == len(self._proposals)

    def work(self) -> None:
        """Do a little: begin one proposal, sample a few events of all that are begun, or judge one."""
        if self._unbegun:
            request = self._unbegun.popleft()
            guide, layout = request.guide(self._rng), self._ghost.guide_slices
            toward = guide.rows(self._sampling.likeness, layout) if layout else None
            self._proposals.append(Proposal(request, guide, toward))
        elif not all([proposal.is_done for proposal in self._proposals]):
            self._sample()
        else:
            self._proposals[self._n_judged].judge()
            self._n_judged += 1

    def _sample(self) -> None:
        """Sample a few events more of every proposal. Those that a failing model leaves unfinished go."""
        made = self._ghost.propose(
            [proposal.state for proposal in self._proposals],
            STEP_EVENTS,
            self._sampling,
            self._next_guides(),
            self._rng,
        )
        if made is None:
            self._proposals = [proposal for proposal in self._proposals if proposal.is_done]
            return
        for proposal, rows, end in zip(self._proposals, *made, strict=True):
            proposal.add(rows, end, self._ghost)

    def best(self, voice: int) -> Proposal | None:
        """What is played on from `voice`; None if no proposal for it can be played.

        Of those that the judge likes best chance takes one: two answers to one phrase are to be two answers.
        """
        sound = [each for each in self._proposals if each.request.voice == voice and each.cost < math.inf]
        if not sound:
            return None
        sound.sort(key=operator.attrgetter("cost"))
        share = GOOD + (DIVERSE_GOOD - GOOD) * sound[0].request.phrase.diversity
        dearest = sound[math.ceil(share * len(sound)) - 1].cost
        # More than that share where many are equal.
        good = [each for each in sound if each.cost <= dearest]
        return good[int(self._rng.integers(len(good)))]

    def begun(self, voice: int) -> Proposal | None:
        """What is there of one proposal for `voice`, before they are done; None if that is nothing."""
        for each in self._proposals:
            if each.request.voice == voice and each.chunks:
                return each if all(np.isfinite(rows).all() for rows, _ in each.chunks) else None
        return None

    def _next_guides(self) -> RowsArray | None:
        """[n, STEP_EVENTS, n_guide]; zeros where a guide is over."""
        parts = [
            each.toward[each.n_events :][:STEP_EVENTS] for each in self._proposals if each.toward is not None
        ]
        if not parts:
            return None
        guides = np.zeros((len(parts), STEP_EVENTS, parts[0].shape[1]), np.float32)
        for row, part in zip(guides, parts, strict=True):
            row[: len(part)] = part
        return guides
