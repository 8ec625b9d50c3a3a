"""The densities an event is made of, one class a kind of column, written once for every array library.

Every method takes `xp`, the namespace to compute in: `numpy` in the app, `keras.ops` in training and
in the exported graph. Only functions that both spell alike are used, so the density that is trained,
scored, sampled inside the graph and drawn on screen is the same lines of code.

Shapes: `rows` are the parameters of this density, `(..., M, n_rows)` for `M` mixture components, or
`(..., n_rows)` once a component is chosen. Events are `(..., n_columns)`; a density picks its own
columns. Means are relative to the last event and deviations are exponentials over a floor, so a
repeated value can never buy an unbounded likelihood.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

Array = Any  # an ndarray or a Keras tensor, whichever `xp` computes with

LOG_2PI = math.log(2.0 * math.pi)
QUARTER_TURN = np.array([[0.0, 1.0], [-1.0, 0.0]], "float32")  # (x, y) @ this = (-y, x)


@dataclass(frozen=True)
class Past:
    """What the mixture of the next event is relative to, both `(..., n_columns)`.

    Attributes:
        event: the last event.
        step: its difference to the event before it; zeros after the first event.
    """

    event: Array
    step: Array


class Density(Protocol):
    """What `mdn.heads.Head` needs to know of a kind of column."""

    columns: tuple[int, ...]
    n_rows: int  # parameters a component
    noise: tuple[str, ...]  # what one sample consumes: "normal" or "uniform", in order

    def bias(self, mixtures: int) -> np.ndarray:
        """Where training starts, `(n_rows, mixtures)`: components spread over the scales of the data."""

    def log_density(
        self, xp: Any, rows: Array, event: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        """Log density (nats) of `event`'s columns under each component, `(..., M)`.

        `score` is the standard score of the density before this one, which a density may be
        coupled to; the second value is passed on to the next one.
        """

    def sample(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        """This density's columns `(..., n)`, drawn from one component, and the score to pass on.

        `noise` are the numbers `noise` names, normal ones already multiplied by the square root of
        the sigma temperature, which so multiplies every standard deviation.
        """


def _deviation(xp: Any, raw: Array, floor: float) -> Array:
    return floor + xp.exp(raw)


def sigmoid(xp: Any, logit: Array) -> Array:
    """1 / (1 + exp(-logit)), by tanh: no logit overflows."""
    return 0.5 + 0.5 * xp.tanh(0.5 * logit)


def _log_normal(xp: Any, score: Array, deviation: Array) -> Array:
    """Bishop 1994 (Mixture Density Networks), Eq. 23, for one dimension."""
    return -0.5 * xp.square(score) - xp.log(deviation) - 0.5 * LOG_2PI


class Seconds:
    """Time since the previous event: log(dt + 1 ms) is Gaussian.

    The shift keeps a recorded dt of zero (two fingers in one report) an ordinary value instead of
    minus infinity; it is the resolution of the clocks that corpora were recorded with.
    """

    SHIFT_S = 1e-3
    FLOOR = 5e-3  # of the deviation of log seconds
    TYPICAL_S = 17e-3  # one frame of a 60 Hz touch screen

    n_rows = 2  # mean, log deviation
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
        deviation = _deviation(xp, rows[..., 1], self.FLOOR)
        own = (log_s - rows[..., 0]) / deviation
        return _log_normal(xp, own, deviation) - log_s, own

    def sample(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        mean, log_deviation = xp.split(rows, 2, axis=-1)
        return xp.exp(mean + _deviation(xp, log_deviation, self.FLOOR) * noise) - self.SHIFT_S, noise

    def median(self, rows: np.ndarray) -> np.ndarray:
        """Median seconds of each component, `(M,)`, for pictures."""
        return np.asarray(np.maximum(np.exp(rows[:, 0]) - self.SHIFT_S, 0.0))


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
        deviation_x = _deviation(xp, rows[..., 2], self.FLOOR)
        deviation_y = _deviation(xp, rows[..., 3], self.FLOOR)
        score_x = (event[..., self.columns[0], None] - x) / deviation_x
        score_y = (event[..., self.columns[1], None] - y) / deviation_y
        if score is not None:
            score_x, score_y = score_x - rows[..., 4] * score, score_y - rows[..., 5] * score
        correlation = self.MAX_CORRELATION * xp.tanh(rows[..., 6])
        rest = xp.sqrt(1.0 - xp.square(correlation))
        conditional = (score_y - correlation * score_x) / rest
        log_density = _log_normal(xp, score_x, deviation_x) + _log_normal(xp, conditional, deviation_y * rest)
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
        return mean + _deviation(xp, log_deviation, self.FLOOR) * own, score

    def moments(self, rows: np.ndarray, past: Past) -> tuple[np.ndarray, np.ndarray]:
        """Mean `(M, 2)` and covariance `(M, 2, 2)` of each component at the median dt, for pictures."""
        x, y = self._means(rows, past)
        deviation_x, deviation_y = (
            _deviation(np, rows[:, 2], self.FLOOR),
            _deviation(np, rows[:, 3], self.FLOOR),
        )
        shared = self.MAX_CORRELATION * np.tanh(rows[:, 6]) * deviation_x * deviation_y
        covariance = np.stack([deviation_x**2, shared, shared, deviation_y**2], axis=-1)
        return np.stack([x, y], axis=-1), covariance.reshape(-1, 2, 2)


class Flag:
    """0 or 1, Bernoulli; its one parameter is the logit of 1."""

    n_rows = 1
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


class Values:
    """Knobs and faders: independent Gaussians around where each one was."""

    FLOOR = 1e-3
    UNIT = 0.1

    def __init__(self, columns: tuple[int, ...]) -> None:
        self.columns = columns
        self.n_rows = 2 * len(columns)
        self.noise = ("normal",) * len(columns)

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
        deviation = _deviation(xp, rows[..., n:], self.FLOOR)
        own = (self._slice(event)[..., None, :] - mean) / deviation
        return xp.sum(_log_normal(xp, own, deviation), axis=-1), score

    def sample(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        offset, log_deviation = xp.split(rows, 2, axis=-1)
        mean = self._slice(past.event) + self.UNIT * offset
        return mean + _deviation(xp, log_deviation, self.FLOOR) * noise, score

    def moments(self, rows: np.ndarray, past: Past) -> tuple[np.ndarray, np.ndarray]:
        """Mean `(M, n)` and covariance `(M, n, n)` of each component, for pictures."""
        n = len(self.columns)
        mean = self._slice(past.event) + self.UNIT * rows[:, :n]
        return mean, _deviation(np, rows[:, n:], self.FLOOR)[:, :, None] ** 2 * np.eye(n)


class Pen:
    """Draw, lift or end: categorical over three logits (Ha & Eck 2017, arXiv:1704.03477, section 3.2)."""

    STATES = 3
    n_rows = 3
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
