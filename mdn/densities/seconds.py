"""Time since the previous event."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from mdn.densities.base import Array, Past, Score, deviation_of, log_normal, tempered_precision


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
    n_guide = 2  # log(dt + 1 ms) that is aimed at, and its precision

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

    def tempered(self, xp: Any, guide: Array, sigma_temperature: Array) -> Array:
        """Target, precision p, and q = p * sigma temperature."""
        return tempered_precision(xp, guide, sigma_temperature)

    def product(
        self, xp: Any, rows: Array, guide: Array, past: Past, score: Score | None
    ) -> tuple[Array, Score | None]:
        # Log seconds are N(mean, temperature * deviation^2); of their score, the Gaussian around the target
        # leaves 1 / (1 + q deviation^2) of the variance.
        target, p, q = xp.split(guide, 3, axis=-1)
        mean, log_deviation = xp.split(rows, 2, axis=-1)
        deviation = deviation_of(xp, log_deviation, self.FLOOR)
        off, left = target - mean, 1.0 / (1.0 + q * xp.square(deviation))
        evidence = 0.5 * (xp.log(left) - p * xp.square(off) * left)
        return xp.squeeze(evidence, axis=-1), (q * deviation * off * left, left)

    def sample(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Any, guide: Array | None = None
    ) -> tuple[Array, Array | None]:
        mean, log_deviation = xp.split(rows, 2, axis=-1)
        own = noise if score is None else score[0] + xp.sqrt(score[1]) * noise
        return xp.exp(mean + deviation_of(xp, log_deviation, self.FLOOR) * own) - self.SHIFT_S, own

    def median(self, rows: np.ndarray) -> np.ndarray:
        """Median seconds of each component, `(M,)`, for pictures."""
        return np.asarray(np.maximum(np.exp(rows[:, 0]) - self.SHIFT_S, 0.0))
