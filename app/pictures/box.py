"""Parts of a picture: rectangles of whole pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]
"""top, bottom, left, right in whole pixels, the end excluded."""


def around(points: NDArray[np.floating], reach: float, size: tuple[int, int]) -> Box:
    """The part of a picture of `size` (width, height) that is within `reach` of the points, (n, 2) pixels."""
    left, top = np.clip(np.floor(points.min(axis=0) - reach), 0, size).astype(int).tolist()
    right, bottom = np.clip(np.ceil(points.max(axis=0) + reach), 0, size).astype(int).tolist()
    return top, bottom, left, right


def union(one: Box, other: Box) -> Box:
    """The smallest box that holds both."""
    return min(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), max(one[3], other[3])
