"""Time since the previous event."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from mdn.densities.base import Array, Past, deviation_of, log_normal


class Seconds:
    """Time since the previous event: log(dt + 1 ms) is Gaussian.

    The shift keeps a recorded dt of zero (two fingers in one report) an ordinary value instead of
    minus infinity; it is the resolution of the clocks that corpora were recorded with.
    """

    name: ClassVar = "seconds"
    SHIFT_S = 1e-3
    FLOOR = 5e-3  # of the deviation of log seconds
    TYPICAL_S = 17e-3  # one frame of a 60 Hz touch screen

    n_rows = 2  # mean, log deviation
    n_choices = 0
    noise: tuple[str, ...] = ("normal",)

    def __init__(self, column: int) -> None:
        self.columns: tuple[int, ...] = (column,)

    def bias(self, mixtures: int) -> np.ndarray:
        mean = np.full(mixtures, math.log(self.TYPICAL_S + self.SHIFT_S))
        mean[::2] += np.linspace(-1.5, 4.5, len(mean[::2]))
        log_deviation = np.linspace(-3.0, -0.5, mixtures)
        log_deviation[::2] = -0.5
        return np.stack([mean, log_deviation])

    def log_density(
        self, xp: Any, rows: Array, event: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        log_s = xp.log(event[..., self.columns[0], None] + self.SHIFT_S)
        deviation = deviation_of(xp, rows[..., 1], self.FLOOR)
        own = (log_s - rows[..., 0]) / deviation
        return log_normal(xp, own, deviation) - log_s, own

    def sample(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        mean, log_deviation = xp.split(rows, 2, axis=-1)
        return xp.exp(mean + deviation_of(xp, log_deviation, self.FLOOR) * noise) - self.SHIFT_S, noise

    def median(self, rows: np.ndarray) -> np.ndarray:
        """Median seconds of each component, `(M,)`, for pictures."""
        return np.asarray(np.maximum(np.exp(rows[:, 0]) - self.SHIFT_S, 0.0))
