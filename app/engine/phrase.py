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
        """How much its player varied: 0 where its two halves are alike, up to 1; of knobs always 0.

        That a hand travels while it does one thing again and again is no variety.
        """

    def _diversity(self, min_half_rows: int, alike: float, diverse: float) -> float:
        """See `diversity`.

        Args:
            min_half_rows: a half with fewer says nothing of how it differs from the other.
            alike, diverse: how far apart the manners of the halves are (`manner.distances`) at 0 and at 1.
        """
        half = int(np.searchsorted(self.onset_s, self.seconds / 2.0))
        if min(half, len(self) - half) < min_half_rows:
            return 0.0
        first, second = self._manner_of(slice(half)), self._manner_of(slice(half, None))
        apart = float(distances(first, second[None])[0])
        return float(np.clip((apart - alike) / (diverse - alike), 0.0, 1.0))

    @abstractmethod
    def _manner_of(self, part: slice) -> np.ndarray:
        """The statistics of a part of it, as if that were all."""
