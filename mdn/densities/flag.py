"""A yes or no."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mdn.densities.base import Array, Past, Score, sigmoid, step


class Flag:
    """0 or 1, Bernoulli; its one parameter is the logit of 1."""

    name: ClassVar = "flag"
    n_rows = 1
    n_choices = 0
    noise: tuple[str, ...] = ("uniform",)
    n_guide = 1  # added to the logit of 1

    def __init__(self, column: int) -> None:
        self.columns: tuple[int, ...] = (column,)

    def bias(self, mixtures: int) -> np.ndarray:
        return np.full((1, mixtures), 1.0)

    def log_density(
        self, xp: Any, rows: Array, event: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        sign = 1.0 - 2.0 * event[..., self.columns[0], None]
        return -xp.logaddexp(0.0 * sign, sign * rows[..., 0]), score

    def tempered(self, xp: Any, guide: Array, sigma_temperature: Array) -> Array:
        """The logit, and tanh of half of it, not quite 1: no component that disagrees is quite ruled out."""
        return xp.concatenate([guide, (1.0 - 1e-6) * xp.tanh(0.5 * guide)], axis=-1)

    def product(
        self, xp: Any, rows: Array, guide: Array, past: Past, score: Score | None
    ) -> tuple[Array, Score | None]:
        # log(2 (s(l) s(g) + (1 - s(l)) (1 - s(g)))), because s(l) = (1 + tanh(l / 2)) / 2.
        _, half = xp.split(guide, 2, axis=-1)
        return xp.squeeze(xp.log(1.0 + half * xp.tanh(0.5 * rows)), axis=-1), score

    def sample(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Any, guide: Array | None = None
    ) -> tuple[Array, Array | None]:
        rows = rows if guide is None else rows + xp.split(guide, 2, axis=-1)[0]
        return step(xp, sigmoid(xp, rows) - noise), score
