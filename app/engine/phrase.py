"""A phrase: what answers are made of.

A phrase here is of one stream: rows `(n, n_columns)` as the model hears them, in natural units. What is asked
of all kinds of phrases is here; `app.engine.gesture_phrase` has those of touch and knobs,
`app.engine.note_phrase` those of notes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from app.engine.event_rows import Columns, RowsArray
from app.engine.manner import distances

MIN_PHRASE_ROWS = 6  # fewer are too little to go on from
STARTS, THIRD = 12, 4  # thirds of a phrase begin at each twelfth of its time
MIN_THIRD_ROWS = 3  # a third with fewer says nothing of how it differs from another


@dataclass(frozen=True, eq=False)
class Phrase(ABC):
    """A stretch of one stream.

    Attributes:
        columns: what a row holds.
        rows: float32 `(n, n_columns)`, at least one. The first dt is the silence before.
    """

    columns: Columns
    rows: RowsArray

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, rows: RowsArray) -> Self:
        """Other rows of the same columns, `(n, n_columns)`, at least one."""
        return type(self)(self.columns, rows)

    @cached_property
    def dt_s(self) -> np.ndarray:
        """Seconds since the row before, float64 `(n,)`."""
        return self.rows[:, self.columns.dt].astype("float64")

    @cached_property
    def seconds(self) -> float:
        """From the first row to the last."""
        return float(self.dt_s[1:].sum())

    @cached_property
    def onset_s(self) -> np.ndarray:
        """Seconds since the first row, float64 `(n,)`."""
        return np.asarray(np.cumsum(self.dt_s) - self.dt_s[0])

    @property
    @abstractmethod
    def manner(self) -> np.ndarray:
        """Its statistics, each in a unit about as large as it differs among players, float64 `(n,)`."""

    @property
    @abstractmethod
    def diversity(self) -> float:
        """How much its player varied: 0 where one thing is repeated, up to 1; of knobs always 0.

        That a hand travels while it does one thing again and again is no variety.
        """

    def _diversity(self, alike: float, diverse: float) -> float:
        """See `diversity`: how far a typical third of the phrase is from the third that is most like it.

        Two halves would not do: where the middle cuts a motif in two they differ, though it is repeated. A
        third that begins anywhere finds its like one motif before or after.

        Args:
            alike, diverse: how far apart the manners of thirds are (`manner.distances`) at 0 and at 1.
        """
        bounds = np.searchsorted(self.onset_s, self.seconds * np.arange(STARTS + 1) / STARTS)
        bounds[-1] = len(self)
        starts = np.flatnonzero(bounds[THIRD:] - bounds[:-THIRD] >= MIN_THIRD_ROWS)
        if not len(starts) or starts[-1] - starts[0] < THIRD:
            return 0.0
        manners = np.stack([self._manner_of(slice(*bounds[[start, start + THIRD]])) for start in starts])
        apart = np.stack([distances(one, manners) for one in manners])
        apart[np.abs(starts[:, None] - starts) < THIRD] = np.inf  # they overlap
        nearest = apart.min(axis=1)
        typical = float(np.median(nearest[np.isfinite(nearest)]))
        return float(np.clip((typical - alike) / (diverse - alike), 0.0, 1.0))

    @abstractmethod
    def _manner_of(self, part: slice) -> np.ndarray:
        """The statistics of a part of it, as if that were all."""
