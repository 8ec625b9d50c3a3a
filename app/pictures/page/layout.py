"""A page of drawings: even cells on a calm ground, every drawing at the same scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.sketch.drawing import Drawing
from app.sketch.strokes import bounds

Floats = NDArray[np.float64]

WIDTH_PX, TALLEST_PX = 1600, 6400
MARGIN = 0.065  # of the width of a page, on every side; the caption sits in it
FILL, MOST_FILL = 0.72, 0.94  # share of a cell that most drawings take at most, and all
MOST = 0.1  # of the drawings may reach further than the others to each side
CLOSEST = 4.0  # a page of dots is not enlarged further


@dataclass(frozen=True, eq=False)
class PageLayout:
    """Where everything lies, in pixels.

    Attributes:
        drawings: row by row.
        size: width and height.
        columns: cells in a row.
        cell_px: side of a cell.
        side_px: what a side of a drawing's canvas is here.
        centre: what of the canvas, (2,), lies in the middle of every cell.
        margin_px: around the cells.
    """

    drawings: tuple[Drawing, ...]
    size: tuple[int, int]
    columns: int
    cell_px: float
    side_px: float
    centre: Floats
    margin_px: float

    def left_top(self, index: int) -> Floats:
        """Where the canvas of a drawing begins, (2,); it may be larger than the cell."""
        down, across = divmod(index, self.columns)
        middle = self.margin_px + (np.array([across, down]) + 0.5) * self.cell_px
        return np.asarray(middle - self.centre * self.side_px)

    def to_pixels(self, index: int, places: NDArray[np.floating]) -> Floats:
        """Places of drawing `index`, (n, 2) sides of its canvas, on the page."""
        return np.asarray(self.left_top(index) + places.astype(np.float64) * self.side_px)


def lay_out(drawings: Sequence[Drawing], columns: int | None = None, width_px: int = WIDTH_PX) -> PageLayout:
    """A page of at least one drawing, as good as square if `columns` is None.

    One scale and one centre for all, so that what completions of one drawing have in common lies at the
    same place of every cell. A few that reach far do not make the others small.
    """
    columns = min(columns or math.ceil(math.sqrt(len(drawings))), len(drawings))
    rows = math.ceil(len(drawings) / columns)
    margin_px = MARGIN * width_px
    tallest_px = TALLEST_PX * width_px / WIDTH_PX
    cell_px = min((width_px - 2 * margin_px) / columns, (tallest_px - 2 * margin_px) / rows)
    centre, span = _seen(drawings)
    return PageLayout(
        tuple(drawings),
        (round(columns * cell_px + 2 * margin_px), round(rows * cell_px + 2 * margin_px)),
        columns,
        cell_px,
        cell_px / span,
        centre,
        margin_px,
    )


def _seen(drawings: Sequence[Drawing]) -> tuple[Floats, float]:
    """What of the canvas a cell shows: its middle, (2,), and its side, in sides of the canvas."""
    extents = [bounds([s.places for s in drawing.strokes]) for drawing in drawings if len(drawing)]
    if not extents:
        return np.full(2, 0.5), 1.0
    low, high = (np.array(edges) for edges in zip(*extents, strict=True))  # (n, 2) each
    most_low, most_high = np.quantile(low, MOST, axis=0), np.quantile(high, 1 - MOST, axis=0)
    centre = (most_low + most_high) / 2
    reach = max(float((centre - low).max()), float((high - centre).max()))
    return centre, max(float((most_high - most_low).max()) / FILL, 2 * reach / MOST_FILL, 1.0 / CLOSEST)
