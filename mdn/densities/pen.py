"""What the pen does after a point."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mdn.densities.base import Array, Past, Score, aimed, log_sum_exp, softmax, step


class Pen:
    """Draw, lift or end: categorical over three logits (Ha & Eck 2017, arXiv:1704.03477, section 3.2)."""

    name: ClassVar = "pen"
    STATES = 3
    n_rows = 3
    n_choices = 0
    noise: tuple[str, ...] = ("uniform",)
    n_guide = 3  # added to the logits

    def __init__(self, column: int) -> None:
        self.columns: tuple[int, ...] = (column,)

    def bias(self, mixtures: int) -> np.ndarray:
        return np.repeat(np.array([[2.0], [0.0], [-1.0]]), mixtures, axis=1)

    def log_density(
        self, xp: Any, rows: Array, event: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        log_p = rows - log_sum_exp(xp, rows)[..., None]
        pen = event[..., self.columns[0], None]
        chosen = 0.0
        for state in range(self.STATES):
            weight = xp.maximum(1.0 - xp.abs(pen - float(state)), 0.0)  # 1 where pen is this state
            chosen = chosen + weight * log_p[..., state]
        return chosen, score

    def tempered(self, xp: Any, guide: Array, sigma_temperature: Array) -> Array:
        """The same numbers: the sigma temperature is not about categories."""
        return aimed(xp, guide)

    def product(
        self, xp: Any, rows: Array, guide: Array, past: Past, score: Score | None
    ) -> tuple[Array, Score | None]:
        # The log of the mean of exp(guide) under the component.
        return log_sum_exp(xp, rows + guide) - log_sum_exp(xp, rows), score

    def sample(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Any, guide: Array | None = None
    ) -> tuple[Array, Array | None]:
        rows = rows if guide is None else rows + guide
        above = step(xp, xp.cumsum(softmax(xp, rows), axis=-1) - noise)
        draw, lift, _ = xp.split(above, 3, axis=-1)
        return 2.0 - draw - lift, score

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """Of draw, lift and end under each component, `(M, 3)`, for pictures."""
        weight = np.exp(rows - rows.max(axis=-1, keepdims=True))
        return np.asarray(weight / weight.sum(axis=-1, keepdims=True))
