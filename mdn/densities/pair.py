"""Two coordinates of a place, and the arithmetic of two correlated numbers."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from mdn.densities.base import MAX_PRECISION, Array, Past, Score, aimed, beside, deviation_of, log_normal

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
    n_guide = 4  # x and y, the share of the last position that is added to them, and the precision

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
        step, event = (beside(xp, each[..., self._pair], rows) for each in (past.step, past.event))
        offset, _, ahead, aside = xp.split(rows, [2, 7, 8], axis=-1)
        return event + self.UNIT * offset + ahead * step + aside * xp.matmul(step, QUARTER_TURN)

    def _deviations(self, xp: Any, rows: Array) -> Array:
        """Standard deviations of x and y, `(..., 2)`."""
        return deviation_of(xp, xp.split(rows, [2, 4], axis=-1)[1], self.FLOOR)

    def _shift(self, xp: Any, rows: Array, score: Array) -> Array:
        """By how many deviations the standard score of dt shifts x and y, `(..., 2)`."""
        return xp.split(rows, [4, 6], axis=-1)[1] * score

    def _correlation(self, xp: Any, rows: Array) -> Array:
        """Correlation of x and y at a given score of dt, `(..., 1)`."""
        return self.MAX_CORRELATION * xp.tanh(xp.split(rows, [6, 7], axis=-1)[1])

    def _origin(self, past: Past) -> Array:
        """What a guide that keeps a share of where the answer is keeps it of, `(..., 2)`."""
        return past.event[..., self._pair]

    def _off(self, xp: Any, rows: Array, guide: Array, past: Past) -> Array:
        """How far the guide's target is from the mean, `(..., 2)`."""
        target, share, _ = xp.split(guide, [2, 3], axis=-1)
        return target + share * beside(xp, self._origin(past), guide) - self._mean(xp, rows, past)

    def log_density(
        self, xp: Any, rows: Array, event: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        deviation = self._deviations(xp, rows)
        scores = (event[..., None, self._pair] - self._mean(xp, rows, past)) / deviation
        if score is not None:
            scores = scores - self._shift(xp, rows, score[..., None])
        correlation = self.MAX_CORRELATION * xp.tanh(rows[..., 6])
        rest = xp.sqrt(1.0 - xp.square(correlation))
        conditional = (scores[..., 1] - correlation * scores[..., 0]) / rest
        along = log_normal(xp, scores[..., 0], deviation[..., 0])
        across = log_normal(xp, conditional, deviation[..., 1] * rest)
        return along + across, score

    def tempered(self, xp: Any, guide: Array, sigma_temperature: Array) -> Array:
        """x, y and share; square roots of precision p, of q = p * sigma temperature, and of the latter."""
        aim, precision = xp.split(guide, [3], axis=-1)
        precise = xp.sqrt(xp.minimum(precision, MAX_PRECISION))
        warmth = xp.sqrt(sigma_temperature) * xp.ones_like(precise)
        return xp.concatenate([aimed(xp, aim), precise, precise * warmth, warmth], axis=-1)

    def product(
        self, xp: Any, rows: Array, guide: Array, past: Past, score: Score | None
    ) -> tuple[Array, Score | None]:
        # (x, y) and the score z of dt are one Gaussian: (x, y) is N(mean + z * shift, C), C by deviations and
        # correlation r, and z is N(m, w), m and w given the guide of dt. Without z, (x, y) is
        # N(mean + m * shift, S) with S = C + w * shift shift^T. The guide weighs it by
        # exp(-p/2 |off|^2), off = target - (x, y). All in widths of the guide, so that p = 0 is regular:
        # off times sqrt(p), deviations ("reach") and shift times sqrt(q), the latter times sqrt(w) too. With
        # A = I + q S = B + drift drift^T, B = I + q C, the evidence is
        #   log of det(A)^-1/2 exp(-1/2 off^T A^-1 off),
        # by Sherman and Morrison (1950). adj(B) = T^T T for the 4 x 2 matrix T of `_adjoint`.
        deviation = self._deviations(xp, rows)
        off = self._off(xp, rows, guide, past)
        *_, root_p, root_q, warmth = xp.split(guide, [2, 3, 4, 5], axis=-1)
        correlation = self._correlation(xp, rows)
        rest = 1.0 - xp.square(correlation)
        reach_x, reach_y = xp.split(root_q * deviation, 2, axis=-1)
        square_x, square_y = xp.square(reach_x), xp.square(reach_y)
        det = 1.0 + square_x + square_y + rest * square_x * square_y

        def adjoint(vector: Array) -> Array:
            x, y = xp.split(vector, 2, axis=-1)
            far = reach_y * x
            return xp.concatenate([x, y, xp.sqrt(rest) * far, reach_x * y - correlation * far], axis=-1)

        if score is None:
            off = adjoint(root_p * off)
            square = xp.sum(xp.square(off), axis=-1, keepdims=True)
            return -0.5 * xp.squeeze(square / det + xp.log(det), axis=-1), None
        mean, variance = score
        shift, spread = self._shift(xp, rows, deviation), xp.sqrt(variance)
        off = adjoint(root_p * (off - mean * shift))
        drift = adjoint(root_q * spread * shift)
        whole = det + xp.sum(xp.square(drift), axis=-1, keepdims=True)  # the determinant of A
        along = xp.sum(drift * off, axis=-1, keepdims=True) / whole
        square = xp.sum(xp.square(off), axis=-1, keepdims=True) - whole * xp.square(along)
        evidence = -0.5 * xp.squeeze(square / det + xp.log(whole), axis=-1)
        return evidence, (mean + warmth * spread * along, variance * det / whole)

    def sample(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Any, guide: Array | None = None
    ) -> tuple[Array, Array | None]:
        if guide is not None:
            return self._sample_product(xp, rows, noise, past, score, guide), score
        # The graph runs an operator in about 100 ns, whatever its size: so (x, y) goes through as one vector.
        correlation = self._correlation(xp, rows)
        noise_x, noise_y = xp.split(noise, 2, axis=-1)
        rest = xp.sqrt(1.0 - xp.square(correlation))
        own = xp.concatenate([noise_x, correlation * noise_x + rest * noise_y], axis=-1)
        if score is not None:
            own = own + self._shift(xp, rows, score)
        return self._mean(xp, rows, past) + self._deviations(xp, rows) * own, score

    def _sample_product(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Array | None, guide: Array
    ) -> Array:
        # The covariance C becomes C B^-1 = (C + q det(C) I) / det(B), as `product` names them; `left` is that
        # in deviations, and the draw its mean plus its Cholesky factor times the noise.
        deviation = self._deviations(xp, rows)
        off = self._off(xp, rows, guide, past)
        if score is not None:
            shift = self._shift(xp, rows, score) * deviation
            off = off - shift
        correlation = self._correlation(xp, rows)
        rest = 1.0 - xp.square(correlation)
        *_, root_q, _ = xp.split(guide, [2, 3, 4, 5], axis=-1)
        reach = root_q * deviation
        reach_x, reach_y = xp.split(reach, 2, axis=-1)
        square_x, square_y = xp.square(reach_x), xp.square(reach_y)
        det = 1.0 + square_x + square_y + rest * square_x * square_y
        left_x, left_y = (1.0 + rest * square_y) / det, (1.0 + rest * square_x) / det
        both = correlation / det
        pull_x, pull_y = xp.split(root_q * off * reach, 2, axis=-1)
        noise_x, noise_y = xp.split(noise, 2, axis=-1)
        wide = xp.sqrt(left_x)
        x = left_x * pull_x + both * pull_y + wide * noise_x
        y = left_y * pull_y + both * pull_x + both / wide * noise_x + xp.sqrt(rest / det) / wide * noise_y
        drawn = self._mean(xp, rows, past) + deviation * xp.concatenate([x, y], axis=-1)
        return drawn if score is None else drawn + shift

    def moments(self, rows: np.ndarray, past: Past) -> tuple[np.ndarray, np.ndarray]:
        """Mean `(M, 2)` and covariance `(M, 2, 2)` of each component at the median dt, for pictures."""
        deviation = self._deviations(np, rows)
        shared = self.MAX_CORRELATION * np.tanh(rows[:, 6]) * deviation[:, 0] * deviation[:, 1]
        covariance = np.stack([deviation[:, 0] ** 2, shared, shared, deviation[:, 1] ** 2], axis=-1)
        return self._mean(np, rows, past), covariance.reshape(-1, 2, 2)
