"""Light laid down along a path: the mathematics of a stroke, in NumPy, with no pygame.

A stroke is a Gaussian spot of width sigma moved along a path; the light it leaves at a pixel is the
integral of the spot over the path. Along a straight piece that integral has a closed form: a
Gaussian across the piece times the difference of a sigmoid along it. Pieces that follow each other
share the sigmoid at their joint, so they add up to one even line, without a bead where they meet.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Levels = NDArray[np.float32]

Point = tuple[float, float]

MOST_AT_ONCE = 6_000
"""Pixels times pieces worked out in one go; longer paths are halved, for most of their box is empty."""

REACH = 3.6
"""How many sigma from its path a stroke is drawn; beyond it is less than 1/600 of its light."""

SIGMOID = 0.8
"""tanh(SIGMOID * z) is within 0.02 of the error function that a Gaussian integrates to, z in sigma."""


@dataclass(slots=True, eq=False)
class Deposit:
    """Light that was added to a field, kept so that it can be taken back.

    Attributes:
        window: the rows and columns it touched.
        added: float32 [rows, columns, channels].
        peak: the most it added to a channel.
    """

    window: tuple[slice, slice]
    added: Levels
    peak: float

    def withdraw(self, levels: Levels, faded: float) -> None:
        """Take the light back out of `levels`, which since then was multiplied by `faded`."""
        target = levels[self.window]
        target -= self.added * np.float32(faded)
        np.maximum(target, 0.0, out=target)

    def keep(self, levels: Levels, kept: Levels, share: float, most: float) -> None:
        """Move `share` of the light from `levels` to `kept`, which holds its negative.

        The less the nearer the brightest channel of what is kept there is to `most`.
        """
        target = kept[self.window]
        room = np.maximum(1.0 + target.min(axis=2, keepdims=True) / np.float32(most), np.float32(0.0))
        part = self.added * (room * np.float32(share))
        target -= part
        levels[self.window] -= part


def add_path(
    levels: Levels, points: ArrayLike, strengths: ArrayLike, light: NDArray[np.float32], sigma: float
) -> list[list[Deposit]]:
    """Add a stroke along the straight pieces between `points`, in parts that can be taken back or kept alone.

    Args:
        levels: float32 [height, width, channels], changed in place.
        points: (n, 2), pixels of `levels`, two or more; pixel (i, j) has its centre at (i, j).
        strengths: (m, n - 1), of each piece in each part.
        light: float32 [channels], the level in the middle of a long stroke of strength 1.
        sigma: half width of the stroke in pixels, above 0.

    Returns:
        What each part added, in one deposit or more.
    """
    path, strength = np.asarray(points, np.float32), np.asarray(strengths, np.float32)
    step = path[1:] - path[:-1]
    length = np.hypot(step[:, 0], step[:, 1])
    kept = length > 1e-6
    low, high = np.minimum.reduce(path).tolist(), np.maximum.reduce(path).tolist()
    box = _box(levels, low, high, REACH * sigma)
    if box is None or not kept.any():
        return [[] for _ in strength]
    left, right, top, bottom = box
    if (right - left) * (bottom - top) * len(length) > MOST_AT_ONCE:
        halves = [add_path(levels, *half, light, sigma) for half in _halves(path, strength)]
        return [first + second for first, second in zip(halves[0], halves[1], strict=True)]
    start = path[:-1]
    if not kept.all():
        start, step, length, strength = start[kept], step[kept], length[kept], strength[:, kept]
    unit = (step / length[:, None])[:, :, None, None]  # [pieces, x and y, 1, 1]
    scale = np.float32(1.0 / sigma)
    x = (np.arange(left, right, dtype=np.float32) - start[:, 0, None]) * scale
    y = (np.arange(top, bottom, dtype=np.float32) - start[:, 1, None]) * scale
    across = y[:, :, None] * unit[:, 0] - x[:, None, :] * unit[:, 1]
    np.multiply(across, across, out=across)
    across *= np.float32(-0.5)
    np.exp(across, out=across)
    slope = unit * np.float32(SIGMOID)
    along = y[:, :, None] * slope[:, 1] + x[:, None, :] * slope[:, 0]
    beyond = along - (length * (scale * np.float32(SIGMOID)))[:, None, None]
    np.tanh(along, out=along)
    np.tanh(beyond, out=beyond)
    along -= beyond
    across *= along
    shapes = (strength * np.float32(0.5)) @ across.reshape(len(across), -1)
    shapes = shapes.reshape(-1, bottom - top, right - left)
    parts = zip(strength, shapes, strict=True)
    return [[_add(levels, box, shape, light)] if one.any() else [] for one, shape in parts]


def add_spot(levels: Levels, centre: Point, light: NDArray[np.float32], sigma: float) -> Deposit | None:
    """Add a round spot to `levels`, of level `light` at its centre; arguments as `add_path`."""
    box = _box(levels, centre, centre, REACH * sigma)
    if box is None:
        return None
    left, right, top, bottom = box
    x = (np.arange(left, right, dtype=np.float32) - np.float32(centre[0])) / np.float32(sigma)
    y = (np.arange(top, bottom, dtype=np.float32) - np.float32(centre[1])) / np.float32(sigma)
    spot: NDArray[Any] = np.multiply.outer(np.exp(-0.5 * y * y), np.exp(-0.5 * x * x))
    return _add(levels, box, spot, light)


_Pieces = tuple[NDArray[np.float32], NDArray[np.float32]]


def _halves(path: NDArray[np.float32], strength: NDArray[np.float32]) -> tuple[_Pieces, _Pieces]:
    if len(path) > 2:
        middle = len(path) // 2
        return (path[: middle + 1], strength[:, :middle]), (path[middle:], strength[:, middle:])
    between = path.mean(axis=0, keepdims=True)
    return (np.concatenate([path[:1], between]), strength), (np.concatenate([between, path[1:]]), strength)


def _box(
    levels: Levels, start: Sequence[float], end: Sequence[float], reach: float
) -> tuple[int, int, int, int] | None:
    height, width = levels.shape[:2]
    left = max(0, math.floor(min(start[0], end[0]) - reach))
    right = min(width, math.ceil(max(start[0], end[0]) + reach) + 1)
    top = max(0, math.floor(min(start[1], end[1]) - reach))
    bottom = min(height, math.ceil(max(start[1], end[1]) + reach) + 1)
    return (left, right, top, bottom) if left < right and top < bottom else None


def _add(
    levels: Levels, box: tuple[int, int, int, int], shape: NDArray[Any], light: NDArray[np.float32]
) -> Deposit:
    left, right, top, bottom = box
    window = (slice(top, bottom), slice(left, right))
    added: Levels = shape[:, :, None] * light
    levels[window] += added
    return Deposit(window, added, float(shape.max()) * max(light.tolist()))
