"""Blurs as products with banded matrices, in blocks small enough to stay on one thread.

OpenBLAS starts its threads for larger products; on a machine that is busy with something else (a
training run, a window) waiting for them was measured 20 times slower than doing without.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

LightArray = NDArray[np.float32]
Floats = NDArray[np.float64]

ROOT_TAU = float(np.sqrt(2 * np.pi))
BLOCK = 32  # rows of a kernel taken at once; it is nonzero in a band little wider than that
MOST_PRODUCTS = 64**3  # rows * inner * columns of one product up to which OpenBLAS uses one thread
REACH = 4.8  # standard deviations after which a Gaussian is cut off


def bell(distance: Floats) -> Floats:
    """A Gaussian of height 1 that is exactly 0 where it would not show (subnormal numbers are slow)."""
    return np.where(np.abs(distance) < REACH, np.exp(-0.5 * distance**2), 0.0)


def down(kernel: LightArray, light: LightArray) -> LightArray:
    """`kernel` (m, k) applied along the rows of `light` (C, k, n): float32 (C, m, n)."""
    out = np.empty((light.shape[0], len(kernel), light.shape[2]), dtype=np.float32)
    for top, block, first, last in _blocks(kernel):
        for left, right in _pieces(light.shape[2], block.size):
            for plane, result in zip(light, out, strict=True):
                part = result[top : top + len(block), left:right]
                np.matmul(block, plane[first:last, left:right], out=part)
    return out


def across(light: LightArray, kernel: LightArray) -> LightArray:
    """`kernel` (m, k) applied along the columns of `light` (C, n, k): float32 (C, n, m)."""
    out = np.empty((light.shape[0], light.shape[1], len(kernel)), dtype=np.float32)
    for left, block, first, last in _blocks(kernel):
        for top, bottom in _pieces(light.shape[1], block.size):
            for plane, result in zip(light, out, strict=True):
                part = result[top:bottom, left : left + len(block)]
                np.matmul(plane[top:bottom, first:last], block.T, out=part)
    return out


def _blocks(kernel: LightArray) -> Iterator[tuple[int, LightArray, int, int]]:
    """Rows of the kernel without the zeros beside its band: first row, block, first and last column."""
    for top in range(0, len(kernel), BLOCK):
        rows = kernel[top : top + BLOCK]
        used = np.flatnonzero(rows.any(axis=0))
        first, last = (int(used[0]), int(used[-1]) + 1) if len(used) else (0, 1)
        yield top, np.ascontiguousarray(rows[:, first:last]), first, last


def _pieces(n: int, block_size: int) -> Iterator[tuple[int, int]]:
    step = max(MOST_PRODUCTS // block_size, 8)
    for start in range(0, n, step):
        yield start, min(start + step, n)
