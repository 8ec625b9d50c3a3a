"""Knobs and faders."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from mdn.densities.base import (
    Array,
    Past,
    Score,
    deviation_of,
    log_normal,
    normal_product,
    tempered_precision,
)


class Values:
    """Knobs and faders: independent Gaussians around where each one was."""

    name: ClassVar = "values"
    FLOOR = 1e-3
    UNIT = 0.1
    n_choices = 0

    def __init__(self, columns: tuple[int, ...]) -> None:
        self.columns = columns
        self.n_rows = 2 * len(columns)
        self.noise = ("normal",) * len(columns)
        self.n_guide = len(columns) + 1  # values that are aimed at, and one precision

    def bias(self, mixtures: int) -> np.ndarray:
        rows = np.zeros((self.n_rows, mixtures))
        rows[len(self.columns) :] = np.linspace(math.log(3e-3), math.log(0.2), mixtures)
        return rows

    def _slice(self, values: Array) -> Array:
        return values[..., self.columns[0] : self.columns[-1] + 1]

    def log_density(
        self, xp: Any, rows: Array, event: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        n = len(self.columns)
        mean = self._slice(past.event)[..., None, :] + self.UNIT * rows[..., :n]
        deviation = deviation_of(xp, rows[..., n:], self.FLOOR)
        own = (self._slice(event)[..., None, :] - mean) / deviation
        return xp.sum(log_normal(xp, own, deviation), axis=-1), score

    def tempered(self, xp: Any, guide: Array, sigma_temperature: Array) -> Array:
        """Targets, precision p, and q = p * sigma temperature."""
        return tempered_precision(xp, guide, sigma_temperature)

    def product(
        self, xp: Any, rows: Array, guide: Array, past: Past, score: Score | None
    ) -> tuple[Array, Score | None]:
        n = len(self.columns)
        target, p, q = xp.split(guide, [n, n + 1], axis=-1)
        offset, log_deviation = xp.split(rows, 2, axis=-1)
        mean = self._slice(past.event)[..., None, :] + self.UNIT * offset
        deviation = deviation_of(xp, log_deviation, self.FLOOR)
        return xp.sum(normal_product(xp, mean, deviation, target, p, q)[0], axis=-1), score

    def sample(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Any, guide: Array | None = None
    ) -> tuple[Array, Array | None]:
        offset, log_deviation = xp.split(rows, 2, axis=-1)
        mean = self._slice(past.event) + self.UNIT * offset
        deviation = deviation_of(xp, log_deviation, self.FLOOR)
        if guide is not None:
            n = len(self.columns)
            target, p, q = xp.split(guide, [n, n + 1], axis=-1)
            _, mean, deviation = normal_product(xp, mean, deviation, target, p, q)
        return mean + deviation * noise, score

    def moments(self, rows: np.ndarray, past: Past) -> tuple[np.ndarray, np.ndarray]:
        """Mean `(M, n)` and covariance `(M, n, n)` of each component, for pictures."""
        n = len(self.columns)
        mean = self._slice(past.event) + self.UNIT * rows[:, :n]
        return mean, deviation_of(np, rows[:, n:], self.FLOOR)[:, :, None] ** 2 * np.eye(n)
