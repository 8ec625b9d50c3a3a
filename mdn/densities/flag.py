"""A yes or no."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mdn.densities.base import Array, Past, sigmoid


class Flag:
    """0 or 1, Bernoulli; its one parameter is the logit of 1."""

    name: ClassVar = "flag"
    n_rows = 1
    n_choices = 0
    noise: tuple[str, ...] = ("uniform",)

    def __init__(self, column: int) -> None:
        self.columns: tuple[int, ...] = (column,)

    def bias(self, mixtures: int) -> np.ndarray:
        return np.full((1, mixtures), 1.0)

    def log_density(
        self, xp: Any, rows: Array, event: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        sign = 1.0 - 2.0 * event[..., self.columns[0], None]
        return -xp.logaddexp(0.0 * sign, sign * rows[..., 0]), score

    def sample(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        return xp.where(noise < sigmoid(xp, rows), xp.ones_like(noise), xp.zeros_like(noise)), score
