"""The futures of a pen, or the model's mixture, as straight segments of light. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mdn.mixture import Mixture
from models.strokes import DRAW

MIXTURE_LIGHT = 2.4
FAN_LIGHT = 1.3  # of one future at the pen
FAR_LIGHT = 0.3  # and of its last point, share of that
AIR_LIGHT = 0.05  # of a way with the pen lifted, share of that
LEAST_AIR = 0.012  # ways with the pen lifted are shown near the pen only

ELLIPSE = np.linspace(0.0, 2 * math.pi, 96, endpoint=False)
LEAST_SHARE = 0.004  # a component with less weight is not shown

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LightSegments:
    """Straight pieces of light.

    Attributes:
        ends: pixels of the window, (n, 2, 2): piece, its start and end, x and y.
        light: at its start and end, (n, 2).
    """

    ends: Floats
    light: Floats


NO_SEGMENTS = LightSegments(np.zeros((0, 2, 2)), np.zeros((0, 2)))


def fan_segments(
    futures: Sequence[NDArray[np.float32]], tip: tuple[float, float], scale: float, is_down: bool
) -> LightSegments:
    """Futures of the pen as light.

    Args:
        futures: points of a sketch model, (n, 3) each.
        tip: where the pen is, pixels.
        scale: pixels to a model unit.
        is_down: whether the pen is on the paper.
    """
    lengths = np.array([len(future) for future in futures], np.intp)
    if not lengths.sum():
        return NO_SEGMENTS
    points = np.concatenate(futures).astype(np.float64)
    first = np.repeat(np.cumsum(lengths) - lengths, lengths)
    number = np.arange(len(points)) - first  # of each point in its future
    way = np.cumsum(points[:, :2], axis=0) * scale
    ends = np.array(tip) + way - np.where(first[:, None] > 0, way[first - 1], 0.0)
    starts = np.where(number[:, None] > 0, np.roll(ends, 1, axis=0), tip)
    in_air = np.where(number > 0, np.roll(points[:, 2], 1) != DRAW, not is_down)
    share = FAN_LIGHT * np.where(in_air, AIR_LIGHT, 1.0)
    light = np.stack([share * FAR_LIGHT ** (number / 16), share * FAR_LIGHT ** ((number + 1) / 16)], axis=1)
    light[in_air & (light[:, 0] < LEAST_AIR)] = 0.0
    return LightSegments(np.stack([starts, ends], axis=1), light)


def mixture_segments(mixture: Mixture, tip: tuple[float, float], scale: float) -> LightSegments:
    """The components of the next step as ellipses of one and two standard deviations, bright by weight."""
    is_shown = (mixture.pi >= LEAST_SHARE) & np.isfinite(mixture.mean).all(axis=1)
    is_shown &= np.isfinite(mixture.covariance).all(axis=(1, 2))
    if not is_shown.any():
        return NO_SEGMENTS
    share, mean = mixture.pi[is_shown].astype(np.float64), mixture.mean[is_shown].astype(np.float64)
    values, vectors = np.linalg.eigh(mixture.covariance[is_shown].astype(np.float64))
    axes = vectors * np.sqrt(np.maximum(values, 1e-6))[:, None, :] * scale
    circle = np.stack([np.cos(ELLIPSE), np.sin(ELLIPSE)])
    middle = np.array(tip) + mean * scale
    around = np.moveaxis(axes @ circle, 1, 2)  # (k, places, 2)
    ends, light = [], []
    bright = MIXTURE_LIGHT * (0.07 + 0.93 * np.sqrt(share))
    for size, weight in ((1.0, 1.0), (2.0, 0.4)):
        places = middle[:, None] + size * around
        ends.append(np.stack([places, np.roll(places, -1, axis=1)], axis=2).reshape(-1, 2, 2))
        light.append(np.repeat((weight * bright)[:, None], 2 * len(ELLIPSE), axis=1).reshape(-1, 2))
    ends.append(np.stack([np.broadcast_to(np.array(tip), middle.shape), middle], axis=1))
    light.append(np.stack([np.zeros_like(share), 0.4 * share], axis=1))
    return LightSegments(np.concatenate(ends), np.concatenate(light))
