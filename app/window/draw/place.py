"""The geometry of the drawing canvas: model units to pixels, the paper, and what stands beside it. Pure.

A drawing lives in model units, y down, (0, 0) at the top left of the paper and (box, box) at its bottom
right. So it keeps its place and shape when the window, the bar or the mode changes.
"""

from __future__ import annotations

from dataclasses import dataclass

from pygame import Rect

from app.core.events import ASPECT
from app.window.draw.modes import Side
from app.window.layout import MARGIN, Layout

HEADER = 104  # left free for words above the paper, units
FOOT = 26  # and below it
GAP = 40  # between the paper and what stands beside it
CELL_GAP = 16
STRIP_CELL = 128
GALLERY_COLUMNS = 4


@dataclass(frozen=True)
class Place:
    """Where everything is in the canvas part of a window.

    Attributes:
        paper: the square that is the model's box.
        beside: what stands beside or below it.
        cells: squares for drawings in `beside`.
        box: side of the paper in model units.
    """

    paper: Rect
    beside: Rect
    cells: tuple[Rect, ...]
    box: float

    @property
    def px_per_unit(self) -> float:
        """Pixels to a model unit."""
        return self.paper.width / self.box

    @property
    def n_columns(self) -> int:
        """Cells in a row."""
        return sum(cell.top == self.cells[0].top for cell in self.cells)

    @property
    def n_rows(self) -> int:
        """Rows of cells."""
        return len(self.cells) // max(1, self.n_columns)

    @property
    def row_px(self) -> int:
        """The height of a cell; 0 if there are none."""
        return self.cells[0].height if self.cells else 0

    def to_pixels(self, x: float, y: float) -> tuple[float, float]:
        """Pixels of the window of a point in model units."""
        return self.paper.left + x * self.px_per_unit, self.paper.top + y * self.px_per_unit

    def to_units(self, x_px: float, y_px: float) -> tuple[float, float]:
        """Model units of a pixel of the window."""
        return (x_px - self.paper.left) / self.px_per_unit, (y_px - self.paper.top) / self.px_per_unit

    def on_paper(self, x_px: float, y_px: float) -> tuple[float, float]:
        """Model units of a pixel, or of the nearest place on the paper: the paper's edge stops a pen."""
        x, y = self.to_units(x_px, y_px)
        return min(self.box, max(0.0, x)), min(self.box, max(0.0, y))

    def cell_at(self, x_px: float, y_px: float) -> int | None:
        """The number of the cell at a pixel."""
        return next((i for i, cell in enumerate(self.cells) if cell.collidepoint(x_px, y_px)), None)


def to_fractions(x: float, y: float, box: float) -> tuple[float, float]:
    """A point in model units as sounds and recordings have it: the paper is in the middle of their canvas."""
    return min(1.0, max(0.0, 0.5 + (x / box - 0.5) / ASPECT)), min(1.0, max(0.0, y / box))


def place(layout: Layout, side: Side, box: float) -> Place:
    """Where everything is, for a window laid out as `layout`."""
    canvas, px = layout.canvas, layout.px
    free = Rect(
        canvas.left + px(MARGIN),
        canvas.top + px(HEADER),
        canvas.width - 2 * px(MARGIN),
        max(8, canvas.height - px(HEADER) - px(FOOT)),
    )
    if free.width < free.height:
        return _upright(layout, free, side, box)
    if side is Side.STRIP:
        paper = Rect(0, free.top, min(free.width, free.height), min(free.width, free.height))
        paper.centerx = free.centerx
        left = paper.right + px(GAP)
        beside = Rect(left, free.top, max(0, free.right - left), paper.height)
    else:
        size = min(free.height, (free.width - px(GAP)) // 2)
        left = free.centerx - size - px(GAP) // 2
        paper = Rect(left, free.top + (free.height - size) // 2, size, size)
        beside = paper.move(size + px(GAP), 0)
    return Place(paper, beside, _cells(layout, beside, side), box)


def _upright(layout: Layout, free: Rect, side: Side, box: float) -> Place:
    """A window that is higher than wide: paper above, the rest below."""
    least = layout.px(STRIP_CELL) if side is Side.STRIP else free.height // 3
    size = min(free.width, max(8, free.height - least - layout.px(GAP)))
    paper = Rect(0, free.top, size, size)
    paper.centerx = free.centerx
    top = paper.bottom + layout.px(GAP)
    beside = Rect(free.left, top, free.width, max(0, free.bottom - top))
    return Place(paper, beside, _cells(layout, beside, side), box)


def _cells(layout: Layout, area: Rect, side: Side) -> tuple[Rect, ...]:
    gap = layout.px(CELL_GAP)
    if side is Side.STRIP:
        size = layout.px(STRIP_CELL)
        columns, rows = (area.width + gap) // (size + gap), (area.height + gap) // (size + gap)
        area = Rect(area.right - columns * (size + gap) + gap, area.top, area.width, area.height)
    else:
        columns = rows = {Side.ENDINGS: 3, Side.GALLERY: GALLERY_COLUMNS}.get(side, 0)
        if not columns:
            return ()
        size = (min(area.width, area.height) - (columns - 1) * gap) // columns
        used = columns * (size + gap) - gap
        area = Rect(area.left + (area.width - used) // 2, area.top + (area.height - used) // 2, used, used)
    return tuple(
        Rect(area.left + column * (size + gap), area.top + row * (size + gap), size, size)
        for row in range(rows)
        for column in range(columns)
    )
