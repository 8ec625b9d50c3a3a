"""What every density is: its protocol, what it is relative to, and the arithmetic they share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

Array = Any  # an ndarray or a Keras tensor, whichever `xp` computes with

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
    """

    event: Array
    step: Array
    place: Array = None
    start: Array = None
    low: Array = None
    high: Array = None
    drift: Array = None


class Density(Protocol):
    """What `mdn.heads.Head` needs to know of a kind of column."""

    name: ClassVar[str]  # in manifests; another formula over the same columns has another name
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


def deviation_of(xp: Any, raw: Array, floor: float) -> Array:
    return floor + xp.exp(raw)


def sigmoid(xp: Any, logit: Array) -> Array:
    """1 / (1 + exp(-logit)), by tanh: no logit overflows."""
    return 0.5 + 0.5 * xp.tanh(0.5 * logit)


def log_normal(xp: Any, score: Array, deviation: Array) -> Array:
    """Bishop 1994 (Mixture Density Networks), Eq. 23, for one dimension."""
    return -0.5 * xp.square(score) - xp.log(deviation) - 0.5 * LOG_2PI
