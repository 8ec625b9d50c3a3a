"""Fields of distances to round cones, the pieces that ink is made of."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
End = tuple[float, float, float]
"""Of a piece: x, y and radius in pixels."""


def come_near(field: Field, a: End, b: End, margin: float) -> None:
    """Bring the distances in `field` down to those of a round cone from a to b, each (x, y, radius)."""
    height, width = field.shape
    left, right = max(0, math.floor(min(a[0], b[0]) - margin)), math.ceil(max(a[0], b[0]) + margin) + 1
    top, bottom = max(0, math.floor(min(a[1], b[1]) - margin)), math.ceil(max(a[1], b[1]) + margin) + 1
    part = field[top : min(bottom, height), left : min(right, width)]
    if not part.size:
        return
    x = np.arange(left, left + part.shape[1], dtype=np.float32) - np.float32(a[0])
    y = (np.arange(top, top + part.shape[0], dtype=np.float32) - np.float32(a[1]))[:, None]
    along_x, along_y = b[0] - a[0], b[1] - a[1]
    length2 = along_x * along_x + along_y * along_y
    if length2 < 1e-6:
        away = np.sqrt(x * x + y * y) - np.float32(max(a[2], b[2]))
    else:
        share = x * np.float32(along_x / length2) + y * np.float32(along_y / length2)
        np.clip(share, 0.0, 1.0, out=share)
        across, down = x - share * np.float32(along_x), y - share * np.float32(along_y)
        away = np.sqrt(across * across + down * down) - np.float32(a[2])
        away -= share * np.float32(b[2] - a[2])
    np.minimum(part, away, out=part)


def between(levels: Field, places: NDArray[np.float64], axis: int) -> Field:
    """`levels` at fractional `places` along an axis."""
    first = np.clip(np.floor(places).astype(np.intp), 0, levels.shape[axis] - 1)
    second = np.minimum(first + 1, levels.shape[axis] - 1)
    share = np.clip(places - first, 0.0, 1.0).astype(np.float32)
    share = share[:, None] if axis == 0 else share[None, :]
    low = np.take(levels, first, axis=axis)
    found: Field = low + (np.take(levels, second, axis=axis) - low) * share
    return found
