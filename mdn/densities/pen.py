"""What the pen does after a point."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mdn.densities.base import Array, Past


class Pen:
    """Draw, lift or end: categorical over three logits (Ha & Eck 2017, arXiv:1704.03477, section 3.2)."""

    name: ClassVar = "pen"
    STATES = 3
    n_rows = 3
    n_choices = 0
    noise: tuple[str, ...] = ("uniform",)

    def __init__(self, column: int) -> None:
        self.columns: tuple[int, ...] = (column,)

    def bias(self, mixtures: int) -> np.ndarray:
        return np.repeat(np.array([[2.0], [0.0], [-1.0]]), mixtures, axis=1)

    def log_density(
        self, xp: Any, rows: Array, event: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        top = xp.max(rows, axis=-1, keepdims=True)
        log_p = rows - top - xp.log(xp.sum(xp.exp(rows - top), axis=-1, keepdims=True))
        pen = event[..., self.columns[0], None]
        chosen = 0.0
        for state in range(self.STATES):
            weight = xp.maximum(1.0 - xp.abs(pen - float(state)), 0.0)  # 1 where pen is this state
            chosen = chosen + weight * log_p[..., state]
        return chosen, score

    def sample(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        weight = xp.exp(rows - xp.max(rows, axis=-1, keepdims=True))
        level = noise * xp.sum(weight, axis=-1, keepdims=True)
        one, zero = xp.ones_like(noise), xp.zeros_like(noise)
        lift_or_end = xp.where(level >= weight[..., 0:1], one, zero)
        end = xp.where(level >= weight[..., 0:1] + weight[..., 1:2], one, zero)
        return lift_or_end + end, score

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """Of draw, lift and end under each component, `(M, 3)`, for pictures."""
        weight = np.exp(rows - rows.max(axis=-1, keepdims=True))
        return np.asarray(weight / weight.sum(axis=-1, keepdims=True))
