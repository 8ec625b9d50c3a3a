"""The ghost as functions of a state: every use of the model by the engine goes through here, guarded.

A `Ghost` carries one state and changes it with every call. The engine keeps many, one for each voice and one
for the start of each chunk, so it puts a state in, asks, and takes the state out. A model that raises, or
answers with numbers that are not finite, is counted and noticed, and never stops the music.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from app.core.status import Report
from app.engine.event_rows import Columns, RowsArray
from mdn.mixture import Mixture

logger = logging.getLogger(__name__)

State = Any  # the model's own: only kept, and passed back to it
NoiseState = Any  # the same; two of them may be compared


class GhostLike(Protocol):
    """What the engine needs of `app.ghost.Ghost`. One thread uses it."""

    state: State
    noise_state: NoiseState  # which random numbers `generate` uses next

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of what a row holds."""

    def feed(self, events: npt.NDArray[np.float32], /) -> None:
        """Hear rows [n, D]."""

    def generate(
        self, n_events: int, /, *, pi_temperature: float = ..., sigma_temperature: float = ...
    ) -> npt.NDArray[np.float32]:
        """Sample up to `n_events` rows [n, D] and advance; after a `reset` too, out of nothing."""

    def mixture(self) -> Mixture:
        """The mixture of the next event."""

    def reset(self) -> None:
        """Forget everything."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A chunk that was sampled and is not used yet.

    Attributes:
        outcome: rows [n, D] and the state after them, or what the model raised.
        noise_before, noise_after: which random numbers came next, before and after it.
    """

    outcome: tuple[RowsArray, State] | Exception
    noise_before: NoiseState
    noise_after: NoiseState


class GuardedGhost:
    """A ghost that continues from any state it is given; its faults are caught and counted.

    Attributes:
        name: of the model, for people.
        columns: of its events.
        blank: the state of a ghost that has heard nothing. It can go on even from there.

    Raises:
        ColumnsError: the ghost's events cannot be played live.
    """

    def __init__(self, ghost: GhostLike, name: str, report: Report) -> None:
        self.name = name
        self.columns = Columns(ghost.columns)
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
        self, state: State, n_events: int, pi_temperature: float, sigma_temperature: float
    ) -> tuple[RowsArray, State] | None:
        """Sample up to `n_events` rows [n, D] from `state`, and the state after; None if the model fails."""
        return self._told(self._sampled(state, n_events, pi_temperature, sigma_temperature))

    @property
    def noise_state(self) -> NoiseState:
        """Which random numbers `sample` uses next."""
        return self._ghost.noise_state

    def draft(
        self,
        state: State,
        n_events: int,
        pi_temperature: float,
        sigma_temperature: float,
        noise_state: NoiseState,
    ) -> Draft:
        """What `sample` will give when these random numbers are next. Unused, it leaves no trace."""
        before = self._ghost.noise_state
        self._ghost.noise_state = noise_state
        outcome = self._sampled(state, n_events, pi_temperature, sigma_temperature)
        after, self._ghost.noise_state = self._ghost.noise_state, before
        return Draft(outcome, noise_state, after)

    def use(self, draft: Draft) -> tuple[RowsArray, State] | None:
        """The same as to `sample` now, when the random numbers of `draft` are next."""
        self._ghost.noise_state = draft.noise_after
        return self._told(draft.outcome)

    def mixture(self, state: State) -> Mixture | None:
        """The mixture of the event after `state`; None if the model fails."""
        try:
            self._ghost.state = state
            return self._ghost.mixture()
        except Exception as error:  # as in `after`
            self._fault("show its mixture", error)
            return None

    def _sampled(
        self, state: State, n_events: int, pi_temperature: float, sigma_temperature: float
    ) -> tuple[RowsArray, State] | Exception:
        try:
            self._ghost.state = state
            rows = self._ghost.generate(
                n_events, pi_temperature=pi_temperature, sigma_temperature=sigma_temperature
            )
            if not np.isfinite(rows).all():
                raise ValueError("generate: expected finite numbers, got NaN or infinity.")
            return rows, self._ghost.state
        except Exception as error:  # as in `after`
            return error

    def _told(self, outcome: tuple[RowsArray, State] | Exception) -> tuple[RowsArray, State] | None:
        """`outcome`; None if the model failed, which is counted and noticed."""
        if isinstance(outcome, Exception):
            self._fault("go on", outcome)
            return None
        return outcome

    def _fault(self, verb: str, error: Exception) -> None:
        self._report.counters.model_faults += 1
        self._report.tell_once(
            f"{self.name} {verb}", f"The model {self.name} failed to {verb} and began afresh: {error}"
        )
        logger.debug("model %s failed to %s", self.name, verb, exc_info=error)
