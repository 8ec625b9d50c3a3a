"""Two coordinates of a place, and the arithmetic of two correlated numbers."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from mdn.densities.base import Array, Past, deviation_of, log_normal

QUARTER_TURN = np.array([[0.0, 1.0], [-1.0, 0.0]], "float32")  # (x, y) @ this = (-y, x)


class Pair:
    """Two coordinates, correlated with each other and with the time that has passed.

    A bivariate Gaussian (Graves 2013, arXiv:1308.0850, Eq. 24-25) whose mean is the last position,
    plus an offset, plus the last step turned and scaled (a finger goes on in its curve), plus a
    shift for each standard deviation that dt is off its mean (a late report has moved further).
    """

    name: ClassVar = "pair"
    FLOOR = 3e-4  # about half a step of the pixel grid that touch corpora lie on
    UNIT = 0.1  # of the offsets, so that outputs of order one reach across the canvas
    MAX_CORRELATION = 0.999

    # mean 2, log deviation 2, coupling to dt 2, correlation 1, turn of the last step 2
    n_rows = 9
    n_choices = 0
    noise: tuple[str, ...] = ("normal", "normal")

    def __init__(self, first: int, second: int) -> None:
        self.columns: tuple[int, ...] = (first, second)
        self._pair = slice(first, second + 1)

    def bias(self, mixtures: int) -> np.ndarray:
        rows = np.zeros((self.n_rows, mixtures))
        rows[2:4] = np.linspace(math.log(1.5e-3), math.log(0.25), mixtures)
        rows[7, 1::2] = 0.8  # half of the components expect the step to go on
        return rows

    def _mean(self, xp: Any, rows: Array, past: Past) -> Array:
        """Mean x and y: `(..., M, 2)` for rows `(..., M, n_rows)`, `(..., 2)` for one component's."""
        step, event = past.step[..., self._pair], past.event[..., self._pair]
        if len(rows.shape) > len(step.shape):
            step, event = step[..., None, :], event[..., None, :]
        offset, _, ahead, aside = xp.split(rows, [2, 7, 8], axis=-1)
        return event + self.UNIT * offset + ahead * step + aside * xp.matmul(step, QUARTER_TURN)

    def _deviations(self, xp: Any, rows: Array) -> Array:
        """Standard deviations of x and y, `(..., 2)`."""
        return deviation_of(xp, rows[..., 2:4], self.FLOOR)

    def _shift(self, rows: Array, score: Array) -> Array:
        """By how many deviations the standard score of dt shifts x and y, `(..., 2)`."""
        return rows[..., 4:6] * score

    def log_density(
        self, xp: Any, rows: Array, event: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        deviation = self._deviations(xp, rows)
        scores = (event[..., None, self._pair] - self._mean(xp, rows, past)) / deviation
        if score is not None:
            scores = scores - self._shift(rows, score[..., None])
        correlation = self.MAX_CORRELATION * xp.tanh(rows[..., 6])
        rest = xp.sqrt(1.0 - xp.square(correlation))
        conditional = (scores[..., 1] - correlation * scores[..., 0]) / rest
        along = log_normal(xp, scores[..., 0], deviation[..., 0])
        across = log_normal(xp, conditional, deviation[..., 1] * rest)
        return along + across, score

    def sample(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        # The graph runs an operator in about 100 ns, whatever its size: so (x, y) goes through as one vector.
        correlation = self.MAX_CORRELATION * xp.tanh(rows[..., 6:7])
        noise_x, noise_y = xp.split(noise, 2, axis=-1)
        rest = xp.sqrt(1.0 - xp.square(correlation))
        own = xp.concatenate([noise_x, correlation * noise_x + rest * noise_y], axis=-1)
        if score is not None:
            own = own + self._shift(rows, score)
        return self._mean(xp, rows, past) + self._deviations(xp, rows) * own, score

    def moments(self, rows: np.ndarray, past: Past) -> tuple[np.ndarray, np.ndarray]:
        """Mean `(M, 2)` and covariance `(M, 2, 2)` of each component at the median dt, for pictures."""
        deviation = self._deviations(np, rows)
        shared = self.MAX_CORRELATION * np.tanh(rows[:, 6]) * deviation[:, 0] * deviation[:, 1]
        covariance = np.stack([deviation[:, 0] ** 2, shared, shared, deviation[:, 1] ** 2], axis=-1)
        return self._mean(np, rows, past), covariance.reshape(-1, 2, 2)
