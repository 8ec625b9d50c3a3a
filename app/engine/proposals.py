"""Several ways to go on, sampled side by side while the player is silent, and the one that is played.

Each proposal is drawn toward a guide of its own. They are sampled a few events at a time, in one call of the
model for all of them, so that a touch never waits long; when all are there a judge chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.engine import judge
from app.engine.event_rows import RowsArray
from app.engine.guarded_ghost import GuardedGhost, Sampling, State
from app.engine.guide import Guide
from app.engine.phrase import Phrase

STEP_EVENTS = 8  # of every proposal in one call: about 1 ms
MOST_EVENTS = 1024  # of a proposal; the rest of the answer is sampled while it plays
Plan = Callable[[Phrase, float, np.random.Generator, Sequence[Phrase]], Guide]


@dataclass(frozen=True, eq=False)
class Request:
    """A stretch that is asked for.

    Attributes:
        voice: the player's, that is answered.
        state: of the model, to go on from.
        phrase: that is answered.
        others: phrases of the evening like it.
        seconds: how long the stretch is to be at most.
        plan: makes a guide of it: `course.begin` or `course.go_on`.
    """

    voice: int
    state: State
    phrase: Phrase
    others: Sequence[Phrase]
    seconds: float
    plan: Plan


@dataclass(frozen=True, eq=False)
class Stretch:
    """What is played.

    Attributes:
        chunks: rows [n, D] that follow each other, each with the state of the model after them.
        guide: what they were drawn toward, event by event.
    """

    chunks: tuple[tuple[RowsArray, State], ...]
    guide: Guide


class _Proposal:
    """One stretch in the making.

    Args:
        request: what is asked for.
        guide: of its events.
        toward: the guide as the model takes it, [n, n_guide]; None if it cannot be guided. A guided stretch
            ends with its guide.
    """

    def __init__(self, request: Request, guide: Guide, toward: RowsArray | None) -> None:
        self.request, self.guide, self.toward = request, guide, toward
        self.state = request.state
        self.chunks: list[tuple[RowsArray, State]] = []
        self.n_events, self.seconds = 0, 0.0
        self._most = MOST_EVENTS if toward is None else min(len(guide), MOST_EVENTS)

    @property
    def is_done(self) -> bool:
        """Whether nothing more of it will be played: its guide or its time is over."""
        return self.n_events >= self._most or self.seconds > self.request.seconds

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
        self.seconds += float(kept[:, self.request.phrase.columns.dt].sum())

    @property
    def is_sound(self) -> bool:
        """Whether it can be played."""
        return bool(self.chunks) and all(np.isfinite(rows).all() for rows, _ in self.chunks)

    def phrase(self) -> Phrase:
        """All of it, for the judge."""
        return Phrase(self.request.phrase.columns, np.concatenate([rows for rows, _ in self.chunks]))


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
        self._proposals = [self._begun(request) for request in requests for _ in range(each)]

    @property
    def is_done(self) -> bool:
        """Whether all proposals are there."""
        return all(proposal.is_done for proposal in self._proposals)

    def work(self) -> None:
        """Sample a few events more of every proposal. A model that fails ends all of them where they are."""
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

    def best(self, voice: int) -> Stretch | None:
        """What is played on from `voice`; None if no proposal for it can be played."""
        sound = [each for each in self._proposals if each.request.voice == voice and each.is_sound]
        if not sound:
            return None
        request = sound[0].request
        best = sound[judge.choose(request.phrase, [each.phrase() for each in sound], request.seconds)]
        return Stretch(tuple(best.chunks), best.guide)

    def _begun(self, request: Request) -> _Proposal:
        guide = request.plan(request.phrase, request.seconds, self._rng, request.others)
        layout = self._ghost.guide_slices
        return _Proposal(request, guide, guide.rows(self._sampling.likeness, layout) if layout else None)

    def _next_guides(self) -> RowsArray | None:
        """[n, STEP_EVENTS, n_guide]; zeros where a guide is over."""
        if not self._ghost.guide_slices:
            return None
        n_guide = max(part.stop for part in self._ghost.guide_slices.values())
        guides = np.zeros((len(self._proposals), STEP_EVENTS, n_guide), np.float32)
        for row, proposal in zip(guides, self._proposals, strict=True):
            if proposal.toward is not None:
                toward = proposal.toward[proposal.n_events : proposal.n_events + STEP_EVENTS]
                row[: len(toward)] = toward
        return guides
