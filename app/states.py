"""The ghost as functions of a state: every use of the model by the engine goes through here, guarded.

A `Ghost` carries one state and changes it with every call. The engine keeps many, one for each voice and one
for the start of each chunk, so it puts a state in, asks, and takes the state out. A model that raises, or
answers with numbers that are not finite, is counted and noticed, and never stops the music.
"""

from __future__ import annotations

import logging
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from app.rows import Columns, RowsArray
from app.status import Report
from mdn.mixture import Mixture

logger = logging.getLogger(__name__)

State = Any  # the model's own: only kept, and passed back to it


class GhostLike(Protocol):
    """What the engine needs of `app.ghost.Ghost`. One thread uses it."""

    state: State

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


class States:
    """One ghost, asked from any state.

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
        try:
            self._ghost.state = state
            rows = self._ghost.generate(
                n_events, pi_temperature=pi_temperature, sigma_temperature=sigma_temperature
            )
            if not np.isfinite(rows).all():
                raise ValueError("generate: expected finite numbers, got NaN or infinity.")
            return rows, self._ghost.state
        except Exception as error:  # as in `after`
            self._fault("go on", error)
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
