"""Knobs and faders that are turned one at a time."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from mdn.densities.base import (
    Array,
    Past,
    Score,
    beside,
    deviation_of,
    log_normal,
    softmax,
    step,
    tempered_precision,
)


class Knobs:
    """Which knob moves, or none, and how far; the others repeat exactly.

    Categorical over none and each knob. The one that moves has a Gaussian around where it was, plus an
    offset, plus its last step scaled (by 1 a hand goes on, by -1 it goes back). Offset and deviation do not
    depend on which knob it is: of a given number of parameters, more components are worth more. Resting
    knobs are point masses: where none moves `log_density` is a log probability, where one moves it is a
    density over its new value.

    Knobs lie in [0, 1], and a move that ends beyond an end is folded back: clamped, it would stay there, and
    the network hear a knob that rests.

    More than one at once has the fixed probability `SEVERAL`, so that every event has a finite density;
    `sample` leaves it out. Controllers on which that is common are for `Values`.

    A guide of an event, `(..., n_guide)`, is a log-weight for none and for each knob, a target value and a
    precision: "knob 3 goes to 0.7" is a weight for knob 3 and the target 0.7. It multiplies the probability
    of a move by exp(log-weight), and the density of a knob that moves to x, before it is folded, by
    exp(-precision / 2 (x - target)^2). Zeros leave the density as it is.
    """

    name: ClassVar = "knobs"
    FLOOR = 1e-3  # of the deviation; the grid of MIDI controllers is 1 / 127
    UNIT = 0.1  # of the offsets
    SEVERAL = 1e-4
    SEVERAL_DEVIATION = 0.2  # of each of several knobs from where it was

    noise: tuple[str, ...] = ("uniform", "normal")

    def __init__(self, columns: tuple[int, ...]) -> None:
        n = len(columns)
        self.columns = columns
        # logits of none and each knob n + 1, offset 1, log deviation 1, factor of the last step 1
        self.n_rows = n + 4
        self.n_choices = n + 1
        self.n_guide = n + 3
        self._knobs = slice(columns[0], columns[-1] + 1)
        self._ends = [n + 1, n + 2, n + 3]
        one = np.eye(n + 1, dtype="float32")
        # A row of 0s that ends in 1s, times this, is 1 at the knob where the 1s begin, else 0.
        self._begin = one[:, 1:] - one[:, :-1]

    def bias(self, mixtures: int) -> np.ndarray:
        n = len(self.columns)
        rows = np.zeros((self.n_rows, mixtures))
        rows[n + 2] = np.linspace(math.log(3e-3), math.log(0.2), mixtures)
        rows[-1, ::2] = 0.8  # half of the components expect the step to go on
        return rows

    def log_density(
        self, xp: Any, rows: Array, event: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        change = event[..., None, self._knobs] - past.event[..., None, self._knobs]
        moved = xp.where(change == 0.0, xp.zeros_like(change), xp.ones_like(change))
        count = xp.sum(moved, axis=-1)
        logits, mean, deviation = self._moves(xp, rows, past)
        log_p = logits - _log_sum_exp(xp, logits)
        to = event[..., None, self._knobs]
        of_move = log_normal(xp, (change - mean) / deviation, deviation)
        for image in (-to, 2.0 - to):  # where a move that ends at `to` would have ended unfolded
            off = (image - to + change - mean) / deviation
            of_move = xp.logaddexp(of_move, log_normal(xp, off, deviation))
        alone = xp.where(count == 0.0, log_p[..., 0], xp.sum(moved * (log_p[..., 1:] + of_move), axis=-1))
        if len(self.columns) == 1:
            return alone, score
        several = self._log_several(xp, change, moved)
        return xp.where(count > 1.0, several, math.log1p(-self.SEVERAL) + alone), score

    def sample(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Any, guide: Array | None = None
    ) -> tuple[Array, Array | None]:
        uniform, normal = xp.split(noise, 2, axis=-1)
        logits, mean, deviation = self._moves(xp, rows, past)
        if guide is not None:
            logits, mean, deviation = self._guided(xp, logits, mean, deviation, guide, past)
        # Where rounding leaves none above the draw, none moves.
        above = step(xp, xp.cumsum(softmax(xp, logits), axis=-1) - uniform)
        chosen = xp.matmul(above, self._begin)
        old = past.event[..., self._knobs]
        to = old + mean + deviation * normal
        folded = 2.0 * xp.minimum(xp.maximum(to, 0.0), 1.0) - to
        # A knob that rests gets 0 added, which keeps its every bit.
        return old + chosen * (folded - old), score

    def tempered(self, xp: Any, guide: Array, sigma_temperature: Array) -> Array:
        """Log-weights, target, precision p, and q = p * sigma temperature."""
        return tempered_precision(xp, guide, sigma_temperature)

    def product(
        self, xp: Any, rows: Array, guide: Array, past: Past, score: Score | None
    ) -> tuple[Array, Score | None]:
        logits, mean, deviation = self._moves(xp, rows, past)
        guided, _, _ = self._guided(xp, logits, mean, deviation, guide, past)
        return xp.squeeze(_log_sum_exp(xp, guided) - _log_sum_exp(xp, logits), axis=-1), score

    def moments(self, rows: np.ndarray, past: Past) -> tuple[np.ndarray, np.ndarray]:
        """Mean `(M, n)` and covariance `(M, n, n)` of each component, for pictures."""
        logits, change, deviation = self._moves(np, rows, past)
        p = np.exp(logits - _log_sum_exp(np, logits))[:, 1:]
        mean = p * change
        spread = (p * (deviation**2 + change**2))[:, :, None] * np.eye(len(self.columns))
        return past.event[..., self._knobs] + mean, spread - mean[:, :, None] * mean[:, None, :]

    def _moves(self, xp: Any, rows: Array, past: Past) -> tuple[Array, Array, Array]:
        """Logits of none and each knob `(..., n + 1)`, and by how much each would move: mean, deviation."""
        last = beside(xp, past.step[..., self._knobs], rows)
        logits, offset, log_deviation, ahead = xp.split(rows, self._ends, axis=-1)
        return logits, self.UNIT * offset + ahead * last, deviation_of(xp, log_deviation, self.FLOOR)

    def _guided(
        self, xp: Any, logits: Array, mean: Array, deviation: Array, guide: Array, past: Past
    ) -> tuple[Array, Array, Array]:
        """What `_moves` gives, times a tempered guide; the logits share the scale of `logits`."""
        n = len(self.columns)
        log_weight, target, precision, tempered = xp.split(guide, [n + 1, n + 2, n + 3], axis=-1)
        old = beside(xp, past.event[..., self._knobs], mean)
        miss = target - old - mean
        pull = tempered * xp.square(deviation)
        slack = 1.0 + pull
        # The integral of a Gaussian times one whose maximum is 1.
        log_fit = -0.5 * (xp.log(slack) + precision * xp.square(miss) / slack)
        log_fit = xp.concatenate([xp.zeros_like(log_fit[..., :1]), log_fit], axis=-1)
        return logits + log_weight + log_fit, mean + pull / slack * miss, deviation / xp.sqrt(slack)

    def _log_several(self, xp: Any, change: Array, moved: Array) -> Array:
        """Log density of more than one move, `(..., 1)`: each knob rests or moves, with even odds."""
        n = len(self.columns)
        share = 1.0 - (n + 1) / 2.0**n  # of two moves and more among all the ways to rest or move
        constant = math.log(self.SEVERAL / share) - n * math.log(2.0)
        deviation = self.SEVERAL_DEVIATION + xp.zeros_like(change)
        return constant + xp.sum(moved * log_normal(xp, change / deviation, deviation), axis=-1)


def _log_sum_exp(xp: Any, logits: Array) -> Array:
    top = xp.max(logits, axis=-1, keepdims=True)
    return top + xp.log(xp.sum(xp.exp(logits - top), axis=-1, keepdims=True))
