"""The next place of a finger."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mdn.densities.base import Array, Past, beside
from mdn.densities.pair import QUARTER_TURN, Pair


class Places(Pair):
    """Two coordinates as in `Pair`, aimed at places of the canvas as well as in directions.

    The mean is that of `Pair`, plus a share of the way to the middle of the canvas: with a share of 1 the
    offset is seen from there, so the component aims at one place wherever the finger is.
    """

    name: ClassVar = "places"
    MIDDLE = 0.5
    AIMED = 1.0  # the share that a quarter of the components, the widest, start out with

    # those of `Pair` 9, share of the way to the middle 1
    n_rows = 10

    def bias(self, mixtures: int) -> np.ndarray:
        rows = super().bias(mixtures)
        rows[9, mixtures - mixtures // 4 :] = self.AIMED / self.UNIT
        return rows

    def _mean(self, xp: Any, rows: Array, past: Past) -> Array:
        step, event = (beside(xp, each[..., self._pair], rows) for each in (past.step, past.event))
        offset, _, ahead, aside, share = xp.split(rows, [2, 7, 8, 9], axis=-1)
        # The share has the unit of the offset: what is a little wrong in either moves a place as far.
        aimed = event + self.UNIT * (offset + share * (self.MIDDLE - event))
        return aimed + ahead * step + aside * xp.matmul(step, QUARTER_TURN)
