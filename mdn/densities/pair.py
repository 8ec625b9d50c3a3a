"""Two coordinates of a place or a step."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mdn.densities.base import Array, Past, deviation_of, log_normal

QUARTER_TURN = np.array([[0.0, 1.0], [-1.0, 0.0]], "float32")  # (x, y) @ this = (-y, x)


class Pair:
    """Two coordinates, correlated with each other and with the time that has passed.

    A bivariate Gaussian (Graves 2013, arXiv:1308.0850, Eq. 24-25) whose mean is the last position,
    plus an offset, plus the last step turned and scaled (a finger goes on in its curve), plus a
    shift for each standard deviation that dt is off its mean (a late report has moved further).
    """

    FLOOR = 3e-4  # about half a step of the pixel grid that touch corpora lie on
    UNIT = 0.1  # of the offsets, so that outputs of order one reach across the canvas
    MAX_CORRELATION = 0.999

    # mean 2, log deviation 2, coupling to dt 2, correlation 1, turn of the last step 2
    n_rows = 9
    noise: tuple[str, ...] = ("normal", "normal")

    def __init__(self, first: int, second: int, *, relative: bool = True) -> None:
        self.columns: tuple[int, ...] = (first, second)
        self._relative = relative

    def bias(self, mixtures: int) -> np.ndarray:
        rows = np.zeros((self.n_rows, mixtures))
        rows[2:4] = np.linspace(math.log(1.5e-3), math.log(0.25), mixtures)
        rows[7, 1::2] = 0.8  # half of the components expect the step to go on
        return rows

    def _means(self, rows: Array, past: Past) -> tuple[Array, Array]:
        """Mean x and y of every component, `(..., M)`."""
        first, second = self.columns
        step_x, step_y = past.step[..., first, None], past.step[..., second, None]
        x = self.UNIT * rows[..., 0] + rows[..., 7] * step_x - rows[..., 8] * step_y
        y = self.UNIT * rows[..., 1] + rows[..., 7] * step_y + rows[..., 8] * step_x
        if self._relative:
            x, y = x + past.event[..., first, None], y + past.event[..., second, None]
        return x, y

    def log_density(
        self, xp: Any, rows: Array, event: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        x, y = self._means(rows, past)
        deviation_x = deviation_of(xp, rows[..., 2], self.FLOOR)
        deviation_y = deviation_of(xp, rows[..., 3], self.FLOOR)
        score_x = (event[..., self.columns[0], None] - x) / deviation_x
        score_y = (event[..., self.columns[1], None] - y) / deviation_y
        if score is not None:
            score_x, score_y = score_x - rows[..., 4] * score, score_y - rows[..., 5] * score
        correlation = self.MAX_CORRELATION * xp.tanh(rows[..., 6])
        rest = xp.sqrt(1.0 - xp.square(correlation))
        conditional = (score_y - correlation * score_x) / rest
        log_density = log_normal(xp, score_x, deviation_x) + log_normal(xp, conditional, deviation_y * rest)
        return log_density, score

    def sample(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        # The same formula with (x, y) as one vector: the graph runs an operator in about 100 ns, whatever
        # its size, so half as many operators are half the time.
        offset, log_deviation, coupling, raw, ahead, aside = xp.split(rows, [2, 4, 6, 7, 8], axis=-1)
        first, second = self.columns
        step = past.step[..., first : second + 1]
        mean = self.UNIT * offset + ahead * step + aside * (step @ QUARTER_TURN)
        if self._relative:
            mean = mean + past.event[..., first : second + 1]
        correlation = self.MAX_CORRELATION * xp.tanh(raw)
        noise_x, noise_y = xp.split(noise, 2, axis=-1)
        rest = xp.sqrt(1.0 - xp.square(correlation))
        own = xp.concatenate([noise_x, correlation * noise_x + rest * noise_y], axis=-1)
        if score is not None:
            own = own + coupling * score
        return mean + deviation_of(xp, log_deviation, self.FLOOR) * own, score

    def moments(self, rows: np.ndarray, past: Past) -> tuple[np.ndarray, np.ndarray]:
        """Mean `(M, 2)` and covariance `(M, 2, 2)` of each component at the median dt, for pictures."""
        x, y = self._means(rows, past)
        deviation_x, deviation_y = (
            deviation_of(np, rows[:, 2], self.FLOOR),
            deviation_of(np, rows[:, 3], self.FLOOR),
        )
        shared = self.MAX_CORRELATION * np.tanh(rows[:, 6]) * deviation_x * deviation_y
        covariance = np.stack([deviation_x**2, shared, shared, deviation_y**2], axis=-1)
        return np.stack([x, y], axis=-1), covariance.reshape(-1, 2, 2)
