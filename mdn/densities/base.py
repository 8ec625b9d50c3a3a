"""What every density is: its protocol, what it is relative to, and the arithmetic they share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

Array = Any  # an ndarray or a Keras tensor, whichever `xp` computes with

# Mean, and variance as a share of the sigma temperature, of a standard score that is not drawn yet.
Score = tuple[Array, Array]

# A guide as narrow as a hundredth of a pixel, and as far off as any: their products stay within float32.
MAX_PRECISION, MAX_AIM = 1e10, 1e4

LOG_2PI = math.log(2.0 * math.pi)


@dataclass(frozen=True)
class Past:
    """What the mixture of the next event is relative to.

    Attributes:
        event: the last event, `(..., n_columns)`.
        step: its difference to the event before it, zeros after the first event; of a drawing, whose
            events are steps, the event itself; `(..., n_columns)`.
        place: where a drawing's last point is, from where the drawing began, `(..., 2)`; else None.
        start: where the stroke of that point began, likewise; of a touch, where its contact began.
        low, high: the lowest and the highest x and y the drawing has reached, likewise.
        drift: of a touch, the running mean of the steps of its contact, `(..., 2)`; else None.
        memory: of notes, what is told of those before (`mdn.densities.note_memory`), `(..., n)`; else None.
    """

    event: Array
    step: Array
    place: Array = None
    start: Array = None
    low: Array = None
    high: Array = None
    drift: Array = None
    memory: Array = None


class Density(Protocol):
    """What `mdn.heads.Head` needs to know of a kind of column."""

    name: ClassVar[str]  # in manifests; another formula over the same columns has another name
    columns: tuple[int, ...]
    n_rows: int  # parameters a component
    n_choices: int  # how many of them, the first, are logits that the pi temperature divides
    noise: tuple[str, ...]  # what one sample consumes: "normal" or "uniform", in order
    n_guide: int  # numbers of a guide; all zeros leave the density alone

    def bias(self, mixtures: int) -> np.ndarray:
        """Where training starts, `(n_rows, mixtures)`: components spread over the scales of the data."""

    def log_density(
        self, xp: Any, rows: Array, event: Array, past: Past, score: Array | None
    ) -> tuple[Array, Array | None]:
        """Log density (nats) of `event`'s columns under each component, `(..., M)`.

        `score` is the standard score of the density before this one, which a density may be
        coupled to; the second value is passed on to the next one.
        """

    def tempered(self, xp: Any, guide: Array, sigma_temperature: Array) -> Array:
        """`guide` `(..., n_guide)` as `product` and `sample` take it: what need not be done event by event.

        The sigma temperature multiplies the network's covariance, and the guide's own stays what it is.
        """

    def product(
        self, xp: Any, rows: Array, guide: Array, past: Past, score: Score | None
    ) -> tuple[Array, Score | None]:
        """How well each component meets the guide: the log of the integral of their product, `(..., M)`.

        A product of experts (Hinton 2002, Training Products of Experts, Eq. 1) of the network's density and
        of a factor around the guide that is 1 where the two agree best, so 0 where there is no guide.

        Args:
            xp: numpy or another namespace.
            rows: `(..., M, n_rows)`.
            guide: tempered, `(..., 1, n)`.
            past: what came before.
            score: what is known of the score of the density before this one, given its own guide.

        Returns:
            The log evidence, and what is known of that score given this guide too.
        """

    def sample(
        self, xp: Any, rows: Array, noise: Array, past: Past, score: Any, guide: Array | None = None
    ) -> tuple[Array, Array | None]:
        """This density's columns `(..., n)`, drawn from one component, and the score to pass on.

        `noise` are the numbers `noise` names, normal ones already multiplied by the square root of
        the sigma temperature, which so multiplies every standard deviation. With a `guide`, tempered,
        `(..., n)`, the draw is from the component's product with it; the first density then takes the
        `Score` of that component, `(..., 1)` each.
        """


def aimed(xp: Any, guide: Array) -> Array:
    """What a guide aims at, no farther off than `MAX_AIM`."""
    return xp.minimum(xp.maximum(guide, -MAX_AIM), MAX_AIM)


def tempered_precision(xp: Any, guide: Array, sigma_temperature: Array) -> Array:
    """`guide` `(..., n)`, the last number a precision: aims, precision p, and q = p * sigma temperature."""
    aim, precision = xp.split(guide, [guide.shape[-1] - 1], axis=-1)
    precision = xp.minimum(precision, MAX_PRECISION)
    return xp.concatenate([aimed(xp, aim), precision, precision * sigma_temperature], axis=-1)


def normal_product(
    xp: Any, mean: Array, deviation: Array, target: Array, precision: Array, tempered: Array
) -> tuple[Array, Array, Array]:
    """A normal density times a guide's factor, exp(-precision / 2 (x - target)^2).

    Args:
        xp: numpy or another namespace.
        mean, deviation: of the density, before the sigma temperature.
        target, precision: of the guide.
        tempered: the precision times the sigma temperature, which multiplies this variance only.

    Returns:
        The log of their integral, and the mean and the deviation, again before it, of the product.
    """
    variance = xp.square(deviation)
    left = 1.0 / (1.0 + tempered * variance)  # of the variance
    off = target - mean
    evidence = 0.5 * (xp.log(left) - precision * xp.square(off) * left)
    return evidence, mean + tempered * variance * left * off, deviation * xp.sqrt(left)


def deviation_of(xp: Any, raw: Array, floor: float) -> Array:
    return floor + xp.exp(raw)


def step(xp: Any, value: Array) -> Array:
    """1 where `value` is above 0, else 0: without a comparison, which leaves the fast path of the runtime."""
    return xp.minimum(xp.maximum(1e30 * value, 0.0), 1.0)


def beside(xp: Any, values: Array, rows: Array) -> Array:
    """`values` `(..., n)` as they combine with `rows` of one component, or with `(..., M, n)` of all."""
    return xp.expand_dims(values, -2) if len(rows.shape) > len(values.shape) else values


def softmax(xp: Any, logits: Array) -> Array:
    """Probabilities from logits, over the last axis."""
    if hasattr(xp, "softmax"):
        return xp.softmax(logits, axis=-1)
    weight = xp.exp(logits - xp.max(logits, axis=-1, keepdims=True))
    return weight / xp.sum(weight, axis=-1, keepdims=True)


def whole(xp: Any, values: Array) -> Array:
    """Whole numbers as indices."""
    return xp.cast(values, "int32") if hasattr(xp, "cast") else values.astype("int32")


def sigmoid(xp: Any, logit: Array) -> Array:
    """1 / (1 + exp(-logit)), in NumPy by tanh: no logit overflows."""
    if hasattr(xp, "sigmoid"):
        return xp.sigmoid(logit)
    return 0.5 + 0.5 * xp.tanh(0.5 * logit)


def log_sum_exp(xp: Any, values: Array) -> Array:
    """log(sum(exp(values))) over the last axis; no value overflows."""
    top = xp.max(values, axis=-1, keepdims=True)
    return xp.squeeze(top, axis=-1) + xp.log(xp.sum(xp.exp(values - top), axis=-1))


def log_normal(xp: Any, score: Array, deviation: Array) -> Array:
    """Bishop 1994 (Mixture Density Networks), Eq. 23, for one dimension."""
    return -0.5 * xp.square(score) - xp.log(deviation) - 0.5 * LOG_2PI
