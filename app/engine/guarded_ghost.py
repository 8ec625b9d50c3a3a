"""The ghost as functions of a state: every use of the model by the engine goes through here, guarded.

A `Ghost` carries one state and changes it with every call. The engine keeps many, one for each voice and one
for the start of each chunk, so it puts a state in, asks, and takes the state out. A model that raises, or
answers with numbers that are not finite, is counted and noticed, and never stops the music.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from app.core.status import Report
from app.engine.event_rows import Columns, RowsArray
from app.engine.guide import Guide
from mdn.mixture import Mixture

logger = logging.getLogger(__name__)

State = Any  # the model's own: only kept, and passed back to it


class GhostLike(Protocol):
    """What the engine needs of `app.ghost.Ghost`; see there. One thread uses it.

    States are compared with `==`, and one that changes is another. `n_proposals` is 0 for who makes none.
    """

    state: State
    columns: tuple[str, ...]
    default_temperatures: tuple[float, float]
    guide_slices: Mapping[str, slice]
    n_proposals: int

    def rng(self, number: int, /) -> np.random.Generator: ...
    def feed(self, events: npt.NDArray[np.float32], /) -> None: ...
    def mixture(self) -> Mixture: ...
    def reset(self) -> None: ...

    def generate(
        self,
        n_events: int,
        /,
        *,
        pi_temperature: float = ...,
        sigma_temperature: float = ...,
        guide: npt.NDArray[np.float32] | None = ...,
    ) -> npt.NDArray[np.float32]: ...

    def propose(
        self,
        states: Sequence[State],
        n_events: int,
        /,
        *,
        guides: npt.NDArray[np.float32] | None = ...,
        pi_temperature: float = ...,
        sigma_temperature: float = ...,
        rng: np.random.Generator | None = ...,
    ) -> tuple[npt.NDArray[np.float32], Sequence[State]]: ...


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the ghost is to play: what a person set.

    Attributes:
        pi_temperature, sigma_temperature: as in `app.ghost.Ghost.generate`.
        likeness: how strongly it is drawn toward its guides.
    """

    pi_temperature: float
    sigma_temperature: float
    likeness: float


class GuardedGhost:
    """A ghost that continues from any state it is given; its faults are caught and counted.

    Attributes:
        name: of the model, for people.
        columns: of its events.
        default_temperatures: pi and sigma temperature it is played with unless a person says otherwise.
        guide_slices: where in a row of a guide the numbers of each density are; empty for a model that cannot
            be guided.
        n_proposals: how many continuations it samples at once; 0 for a model that makes none.
        blank: the state of a ghost that has heard nothing. It can go on even from there.
        rng: the generator of a number: for a seed always the same.

    Raises:
        ColumnsError: the ghost's events cannot be played live.
    """

    def __init__(self, ghost: GhostLike, name: str, report: Report) -> None:
        self.name = name
        self.columns = Columns(ghost.columns)
        self.default_temperatures = ghost.default_temperatures
        self.guide_slices = ghost.guide_slices
        self.n_proposals = ghost.n_proposals
        self.rng = ghost.rng
        self._ghost = ghost
        self._report = report
        ghost.reset()
        self.blank: State = ghost.state

    def after(self, state: State, rows: RowsArray) -> State:
        """The state after hearing `rows` [n, D]; blank if the model fails. No rows change nothing."""
        if len(rows) == 0:
            return state
        try:
            self._ghost.state = state
            self._ghost.feed(rows)
            return self._ghost.state
        except Exception as error:  # a model file is foreign code: whatever it raises, the player plays on
            self._fault("hear", error)
            return self.blank

    def sample(
        self, state: State, n_events: int, sampling: Sampling, guide: Guide | None = None
    ) -> tuple[RowsArray, State] | None:
        """Sample up to `n_events` rows [n, D] from `state`, and the state after; None if the model fails.

        With a `guide`, which has as many events, the rows of a model that can be guided are drawn toward it.
        """
        toward = None if guide is None else guide.rows(sampling.likeness, self.guide_slices)
        try:
            self._ghost.state = state
            rows = self._ghost.generate(
                n_events,
                pi_temperature=sampling.pi_temperature,
                sigma_temperature=sampling.sigma_temperature,
                guide=toward,
            )
            if not np.isfinite(rows).all():
                raise ValueError("generate: expected finite numbers, got NaN or infinity.")
            return rows, self._ghost.state
        except Exception as error:  # as in `after`
            self._fault("go on", error)
            return None

    def propose(
        self,
        states: Sequence[State],
        n_events: int,
        sampling: Sampling,
        guides: RowsArray | None,
        rng: np.random.Generator,
    ) -> tuple[RowsArray, Sequence[State]] | None:
        """Sample rows [n, n_events, D] from each state, and the states after; None if the model fails.

        With `guides`, [n, n_events, n_guide] as `Guide.rows` makes them, the rows are drawn toward them.
        Rows may be anything but finite: it is for who asks to leave those out.
        """
        try:
            return self._ghost.propose(
                states,
                n_events,
                guides=guides,
                pi_temperature=sampling.pi_temperature,
                sigma_temperature=sampling.sigma_temperature,
                rng=rng,
            )
        except Exception as error:  # as in `after`
            self._fault("propose", error)
            return None

    def mixture(self, state: State) -> Mixture | None:
        """The mixture of the event after `state`; None if the model fails."""
        try:
            self._ghost.state = state
            return self._ghost.mixture()
        except Exception as error:  # as in `after`
            self._fault("show its mixture", error)
            return None

    def _fault(self, verb: str, error: Exception) -> None:
        self._report.counters.model_faults += 1
        self._report.tell_once(
            f"{self.name} {verb}", f"The model {self.name} failed to {verb} and began afresh: {error}"
        )
        logger.debug("model %s failed to %s", self.name, verb, exc_info=error)
