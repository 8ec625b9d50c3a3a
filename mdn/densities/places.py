"""The next place of a finger."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mdn.densities.base import Array, Past
from mdn.densities.pair import Pair


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
        event = past.event[..., self._pair]
        if len(rows.shape) > len(event.shape):
            event = event[..., None, :]
        # In the unit of the offset: a share that the network gets a little wrong moves a place no further.
        own, share = xp.split(rows, [9], axis=-1)
        return super()._mean(xp, own, past) + self.UNIT * share * (self.MIDDLE - event)
