"""Gathers light on a picture, in float32: sharp lines band by band, soft halos on a coarse grid.

A line is sampled every standard deviation or so, and each sample is spread over 3 x 3 pixels with the
quadratic B-spline, whose variance is 1/4 pixel wherever it falls (so lines do not beat against the
pixel grid), then blurred with the rest of its Gaussian. Memory depends on the size of the picture, not
on the length of the performance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.pictures import blur, style
from app.pictures.blur import ROOT_TAU, Floats, LightArray
from app.pictures.box import Box
from app.pictures.performance.lines_and_dots import Dots, Lines

TILE_PX = 128  # side of the tiles that are blurred at once
CHUNK = 50_000  # samples spread at once
MOST_SAMPLES = 1_500_000  # a drawing longer than that is sampled more sparsely
LEVEL_RATIO = 1.6  # from one standard deviation a line can have to the next; between two it is mixed
N_LEVELS = 4
SPLINE_VARIANCE = 0.25  # of the quadratic B-spline, pixels squared
CELL_PX = 4.0  # side of a cell of the halo grid, pixels of a picture of 1600 x 1000


@dataclass(frozen=True, eq=False)
class Samples:
    """Points of light: pixels (k, 2), flux (light times pixels squared), sigma in pixels, colour."""

    at: Floats
    flux: Floats
    sigma_px: Floats
    colour: NDArray[np.intp]


class Core:
    """The light of lines and dots themselves, without halo, gathered batch by batch.

    Args:
        box: the part of the picture to fill.
        n_channels: of the light.
        unit: pixels of one unit of `style`.
    """

    def __init__(self, box: Box, n_channels: int, unit: float) -> None:
        top, bottom, left, right = box
        self._sigmas = level_sigmas(unit)
        self._pad = pad = reach_px(unit)
        rows, columns = bottom - top + 2 * pad, right - left + 2 * pad
        self._rows = (top - pad, bottom + pad)
        self._raw = np.zeros((N_LEVELS, n_channels, rows, columns), dtype=np.float32)
        self._corner = np.array([left - pad, top - pad], dtype=np.float64)

    def add(self, lines: Lines, dots: Dots, emission: LightArray, length_px: float | None = None) -> None:
        """Gather lines and dots.

        Args:
            lines, dots: what shines.
            emission: float32 (n_colours, C), what light 1 of each colour adds to each channel.
            length_px: of all lines of the picture; None: these are all.
        """
        sigmas = self._sigmas
        for samples in _line_samples(lines, sigmas[0], self._rows, length_px=length_px):
            _spread(self._raw, samples, self._corner, emission, sigmas, dimensions=1)
        flux = dots.light * 2 * np.pi * np.clip(dots.sigma_px, sigmas[0], sigmas[-1]) ** 2
        points = Samples(dots.centre, flux, dots.sigma_px, dots.colour)
        _spread(self._raw, points, self._corner, emission, sigmas, 2)

    def light(self) -> LightArray:
        """The light gathered so far, float32 (C, bottom - top, right - left)."""
        return _blur(self._raw, self._sigmas, self._pad)


def core(lines: Lines, dots: Dots, emission: LightArray, box: Box, unit: float) -> LightArray:
    """The light of the lines and dots themselves, as `Core` gathers it."""
    gathered = Core(box, emission.shape[1], unit)
    gathered.add(lines, dots, emission)
    return gathered.light()


def level_sigmas(unit: float) -> Floats:
    """The standard deviations a line can have, (N_LEVELS,), pixels."""
    sigmas: Floats = style.FINEST_SIGMA_PX * unit * LEVEL_RATIO ** np.arange(N_LEVELS, dtype=np.float64)
    return sigmas


def reach_px(unit: float) -> int:
    """How far the broadest line reaches from its middle, whole pixels."""
    return int(np.ceil(3.2 * level_sigmas(unit)[-1])) + 2


class Halo:
    """The soft glow around all light, gathered on a coarse grid of (C, rows, columns) cells."""

    def __init__(
        self, size: tuple[int, int], n_channels: int, unit: float, n_radii: int | None = None
    ) -> None:
        """`n_radii`: only so many of the radii of `style`, from the smallest; all if not given."""
        self._unit, self._cell = unit, CELL_PX * unit
        radii = style.HALO_SIGMA_PX[:n_radii]
        self.reach_px = int(blur.REACH * radii[-1] * unit) + 1
        width, height = (int(np.ceil(side / self._cell)) + 2 for side in size)
        self.grid = np.zeros((n_channels, height, width), dtype=np.float32)
        self._across = [self._kernel(size[0], width, sigma, 1.0) for sigma in radii]
        self._down = [
            self._kernel(size[1], height, sigma, share * sigma * unit * ROOT_TAU)
            for sigma, share in zip(radii, style.HALO_LIGHT, strict=False)
        ]

    def add(self, lines: Lines, dots: Dots, emission: LightArray, length_px: float | None = None) -> None:
        """Gather the halo of these lines and dots. `length_px`: see `Core.add`."""
        cells = self.grid[None]
        corner = np.full(2, -self._cell)
        step = self._cell
        for samples in _line_samples(lines, step, (-np.inf, np.inf), halo_of=self._unit, length_px=length_px):
            self._drop(cells, samples, corner, emission)
        points = Samples(dots.centre, dots.glow * dots.light, dots.sigma_px, dots.colour)
        self._drop(cells, points, corner, emission)

    def columns(self, left: int, right: int) -> list[LightArray]:
        """The grid blurred to the pixel columns `left` to `right`, for every radius."""
        return [blur.across(self.grid, kernel[left:right]) for kernel in self._across]

    def rows(self, columns: list[LightArray], top: int, bottom: int) -> LightArray:
        """The halo of the pixel rows `top` to `bottom` of these columns, (C, bottom - top, right - left)."""
        out = blur.down(self._down[0][top:bottom], columns[0])
        for kernel, column in zip(self._down[1:], columns[1:], strict=True):
            out += blur.down(kernel[top:bottom], column)
        return out

    def _drop(self, cells: LightArray, samples: Samples, corner: Floats, emission: LightArray) -> None:
        at = (samples.at - corner) / self._cell
        _add(cells, at, samples.flux[:, None] * emission[samples.colour], np.zeros(len(at), np.intp))

    def _kernel(self, n_pixels: int, n_cells: int, sigma_px: float, gain: float) -> LightArray:
        """(pixels, cells): what a cell's light gives to a pixel; blurs and enlarges in one product."""
        sigma = sigma_px * self._unit
        pixel = np.arange(n_pixels)[:, None] + 0.5
        cell = (np.arange(n_cells)[None, :] - 0.5) * self._cell
        return (gain / (sigma * ROOT_TAU) * blur.bell((pixel - cell) / sigma)).astype(np.float32)


def _line_samples(
    lines: Lines,
    step: float,
    rows: tuple[float, float],
    *,
    halo_of: float | None = None,
    length_px: float | None = None,
) -> Iterator[Samples]:
    """Samples along the lines that reach `rows`, at most `step` pixels apart (more for endless drawings).

    `halo_of`: the unit of the picture; then the flux is that of the halo, which grows with line width.
    `length_px`: of all lines of the picture, if these are not all.
    """
    length = np.hypot(*(lines.ends[:, 1] - lines.ends[:, 0]).T)
    step = max(step, (float(length.sum()) if length_px is None else length_px) / MOST_SAMPLES)
    y = lines.ends[:, :, 1]
    inside = (y.max(axis=1) >= rows[0]) & (y.min(axis=1) < rows[1]) & (length > 0)
    lines, length = lines.only(inside), length[inside]
    n = np.maximum(np.ceil(length / step), 1).astype(np.intp)
    cuts = np.searchsorted(np.cumsum(n), np.arange(CHUNK, int(n.sum()) + CHUNK, CHUNK))
    start = 0
    for end in np.minimum(cuts + 1, len(n)):
        if end > start:
            yield _sample(lines.only(slice(start, end)), n[start:end], length[start:end], halo_of)
            start = int(end)


def _sample(lines: Lines, n: NDArray[np.intp], length: Floats, halo_of: float | None) -> Samples:
    """`n` evenly spaced samples of each line."""
    which = np.repeat(np.arange(len(n)), n)
    t = (np.arange(len(which)) - np.repeat(np.cumsum(n) - n, n) + 0.5) / n[which]
    sigma = lines.sigma_px[which, 0] * (1 - t) + lines.sigma_px[which, 1] * t
    flux = (lines.light[which, 0] * (1 - t) + lines.light[which, 1] * t) * (length / n)[which]
    if halo_of is None:
        flux = flux * sigma * ROOT_TAU  # so that the blurred line is `light` bright at its middle
    else:
        flux = flux * lines.glow[which] * sigma / halo_of
    at = lines.ends[which, 0] * (1 - t[:, None]) + lines.ends[which, 1] * t[:, None]
    return Samples(at, flux, sigma, lines.colour[which])


def _spread(
    raw: LightArray, samples: Samples, corner: Floats, emission: LightArray, sigmas: Floats, dimensions: int
) -> None:
    """Add samples to the levels next to their sigma, in the shares that give the light in the middle.

    `dimensions`: how the flux spreads, 1 across a line, 2 around a dot; its middle has
    flux / sigma ** dimensions, so the shares are those of sigma ** -dimensions.
    """
    if not len(samples.flux):
        return
    sigma = np.clip(samples.sigma_px, sigmas[0], sigmas[-1])
    lower = np.clip(np.searchsorted(sigmas, sigma, side="right") - 1, 0, N_LEVELS - 2)
    height, heights = sigma ** -float(dimensions), sigmas ** -float(dimensions)
    upper_share = (heights[lower] - height) / (heights[lower] - heights[lower + 1])
    colour = samples.flux[:, None] * emission[samples.colour]
    at = samples.at - corner
    _add(raw, at, colour * (1 - upper_share[:, None]), lower)
    _add(raw, at, colour * upper_share[:, None], lower + 1)


def _add(cells: LightArray, at: Floats, colour: Floats, level: NDArray[np.intp]) -> None:
    """Spread light `colour` (k, C) over the 3 x 3 cells around `at` (k, 2: x, y).

    `cells`: (levels, C, rows, columns), changed in place; `level`: (k,), which level each goes to.
    """
    rows, columns = cells.shape[2:]
    middle = np.floor(at).astype(np.intp)
    inside = np.all((middle >= 1) & (middle < np.array([columns - 1, rows - 1])), axis=1)
    inside &= np.any(colour != 0, axis=1)
    if not inside.any():
        return
    at, colour, level, middle = at[inside], colour[inside], level[inside], middle[inside]
    offset = at - middle - 0.5  # -0.5 .. 0.5 from the middle of the cell
    weights = np.stack([0.5 * (0.5 - offset) ** 2, 0.75 - offset**2, 0.5 * (0.5 + offset) ** 2])  # (3, k, 2)
    both = (weights[:, None, :, 1] * weights[None, :, :, 0]).reshape(9, -1)
    steps = (np.arange(-1, 2)[:, None] * columns + np.arange(-1, 2)[None, :]).reshape(9, 1)
    index = steps + (middle[:, 1] * columns + middle[:, 0])
    for one in np.unique(level):
        here = level == one
        flat = index[:, here].ravel()
        for channel in range(cells.shape[1]):
            share = (both[:, here] * colour[here, channel]).ravel()
            total = np.bincount(flat, share, rows * columns).reshape(rows, columns)
            cells[one, channel] += total.astype(np.float32)


def _blur(raw: LightArray, sigmas: Floats, pad: int) -> LightArray:
    """The sum of all levels, each blurred to its sigma, without the padding."""
    n_channels, rows, columns = raw.shape[1], raw.shape[2] - 2 * pad, raw.shape[3] - 2 * pad
    out = np.zeros((n_channels, rows, columns), dtype=np.float32)
    for level, sigma in enumerate(sigmas):
        kernel = _band_matrix(float(sigma), pad)
        for top in range(0, rows, TILE_PX):
            for left in range(0, columns, TILE_PX):
                high, wide = min(TILE_PX, rows - top), min(TILE_PX, columns - left)
                tile = raw[level, :, top : top + high + 2 * pad, left : left + wide + 2 * pad]
                if tile.any():
                    half = blur.down(kernel[:high, : high + 2 * pad], tile)
                    full = blur.across(half, kernel[:wide, : wide + 2 * pad])
                    out[:, top : top + high, left : left + wide] += full
    return out


def _band_matrix(sigma: float, pad: int) -> LightArray:
    """(TILE_PX, TILE_PX + 2 pad): a Gaussian that brings a B-spline sample to variance sigma squared."""
    deviation = np.sqrt(max(sigma**2 - SPLINE_VARIANCE, 0.02))
    distance = np.arange(TILE_PX + 2 * pad)[None, :] - pad - np.arange(TILE_PX)[:, None]
    kernel = blur.bell(distance / deviation)
    matrix: LightArray = (kernel / kernel[0].sum()).astype(np.float32)
    return matrix
