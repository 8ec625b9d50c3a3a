"""The step of a pen to its next point."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from mdn.densities.base import Array, Past, beside
from mdn.densities.pair import QUARTER_TURN, Pair


class Offsets(Pair):
    """Two offsets, correlated with each other and aimed at places as well as in directions.

    A bivariate Gaussian (Graves 2013, arXiv:1308.0850, Eq. 24-25) whose mean is an offset, plus the last
    step turned and scaled, less a share of the way come since the drawing and since the stroke began: a
    component with a share of 1 aims at a place of the drawing, or at a place seen from the stroke's
    beginning, wherever the pen is. So two strokes can start level without the network adding up steps.

    Args:
        first, second: the columns.
        box: side of the square drawings are made in, in the columns' unit.
    """

    name: ClassVar = "offsets"
    # Standard deviation of the noise that spreads values over their grid, U(-0.05, 0.05).
    FLOOR = 0.05 / math.sqrt(3.0)
    AIMED = 0.5  # of the components start out aiming at a place of the drawing

    # mean 2, log deviation 2, share of the way since the drawing began 2, correlation 1, turn of the last
    # step 2, share of the way since the stroke began 2
    n_rows = 11

    def __init__(self, first: int, second: int, *, box: float) -> None:
        super().__init__(first, second)
        self._unit = 0.1 * box

    def bias(self, mixtures: int) -> np.ndarray:
        rows = np.zeros((self.n_rows, mixtures))
        # From a hundredth of the box to a quarter of it, and neighbours in size differ in aim.
        rows[2:4] = np.linspace(math.log(0.1), math.log(2.5), mixtures)
        rows[4:6, 1::2] = self.AIMED
        return rows

    def _mean(self, xp: Any, rows: Array, past: Past) -> Array:
        known = (past.step[..., self._pair], past.place, past.start)
        step, place, start = (beside(xp, each, rows) for each in known)
        own, _, way, _, ahead, aside, stroke = xp.split(rows, [2, 4, 6, 7, 8, 9], axis=-1)
        turned = ahead * step + aside * xp.matmul(step, QUARTER_TURN)
        return self._unit * own + turned - way * place - stroke * (place - start)

    def _origin(self, past: Past) -> Array:
        """The way back from where the pen is: a guide that keeps all of it aims at a place of the drawing."""
        return -past.place

    def _deviations(self, xp: Any, rows: Array) -> Array:
        return self.FLOOR + self._unit * xp.exp(xp.split(rows, [2, 4], axis=-1)[1])
