"""The mixture of the next event as plain numbers, for pictures: where, when, and how sure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mdn.columns import Kind
from mdn.densities import Knobs, Notes, Pair, Past, Pen, Seconds, Values, sigmoid
from mdn.heads import Head


@dataclass(frozen=True)
class Mixture:
    """M components of what comes next, float32.

    Attributes:
        pi: weights that sum to 1, `(M,)`.
        mean: of the places (x, y), the knobs (x1 .. xn), the pen's step (dx, dy) or of pitch, duration and
            velocity, `(M, n)`. Of notes there is one component a key, from the lowest on, and each a narrow
            one that says how far the velocity spreads.
        covariance: of the same, `(M, n, n)`, for dt at its median.
        dt_s: median seconds until the event, `(M,)`; zeros for drawings.
        moving: probability that the finger stays down, `(M,)`; ones where there is no such flag.
        pen: probabilities that the pen goes on, lifts or ends, `(M, 3)`; of a model that does not draw,
            `(M, 0)`.
    """

    pi: np.ndarray
    mean: np.ndarray
    covariance: np.ndarray
    dt_s: np.ndarray
    moving: np.ndarray
    pen: np.ndarray


def describe(head: Head, params: np.ndarray, past: Past) -> Mixture:
    """The mixture that `params` `(n_params,)` say, after `past`."""
    rows = head.components(np, params)
    if isinstance(notes := head.densities[0], Notes):
        parts = _of_notes(notes, rows[0, 1:], past)
    else:
        parts = _of_components(head, rows, past)
    return Mixture(*(np.asarray(part, "float32") for part in parts))


def _of_components(head: Head, rows: np.ndarray, past: Past) -> tuple[np.ndarray, ...]:
    weight = np.exp(rows[:, 0] - rows[:, 0].max())
    count = len(rows)
    mean, covariance = np.zeros((count, 0)), np.zeros((count, 0, 0))
    dt_s, moving, pen = np.zeros(count), np.ones(count), np.zeros((count, 0))
    for density, own in zip(head.densities, head.own_rows(rows), strict=True):
        if isinstance(density, Seconds):
            dt_s = density.median(own)
        elif isinstance(density, Pair | Knobs | Values):
            mean, covariance = density.moments(own, past)
        elif head.columns[density.columns[0]].kind is Kind.FLAG:
            moving = sigmoid(np, own[:, 0])
        elif isinstance(density, Pen):
            pen = density.probabilities(own)
    return weight / weight.sum(), mean, covariance, dt_s, moving, pen


def _of_notes(notes: Notes, rows: np.ndarray, past: Past) -> tuple[np.ndarray, ...]:
    pi, mean, variance, dt_s = notes.moments(rows, past)
    count = len(pi)
    covariance = variance[:, :, None] * np.eye(mean.shape[1])
    return pi, mean, covariance, np.full(count, dt_s), np.ones(count), np.zeros((count, 0))
