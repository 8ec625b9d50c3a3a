"""The strokes of a page as a brush leaves them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.pictures import brush, curves, style
from app.pictures.hand import hand_stroke
from app.pictures.ink import FLATNESS_PX, LONGEST_PX
from app.pictures.page.layout import PageLayout
from app.sketch.strokes import Stroke
from models.strokes import simplify

Floats = NDArray[np.float64]

FINE = 1 / 500  # how far the simplified curve of an editor may be from the drawn one, sides of the canvas


def brush_places(page: PageLayout, index: int, stroke: Stroke) -> Floats:
    """The way of the brush on a stroke of drawing `index`, as `Ink.lay` takes it: (k, 3), a dot is one."""
    places, width = _drawn(stroke)
    on_page = page.to_pixels(index, places)
    kept = curves.distinct(on_page)
    bends = curves.beziers(curves.steadied(on_page[kept], style.JITTER * page.side_px))
    if not len(bends):
        return np.array([[*on_page[0], width[-1]]])
    return curves.along(bends, width[kept], FLATNESS_PX, LONGEST_PX)


def editable_curve(page: PageLayout, index: int, stroke: Stroke) -> tuple[Floats, float]:
    """The same for a vector editor: a curve of few points, (m, 4, 2) pixels, none of a dot, and one width.

    It goes through the points of a stroke that nobody timed, and is never further than twice `FINE` from one
    that a hand drew. The width is the mean.
    """
    places, width = _drawn(stroke)
    way = np.hypot(*np.diff(places.astype(np.float64), axis=0).T)
    mean = float(np.average((width[1:] + width[:-1]) / 2, weights=way)) if way.any() else float(width[-1])
    if not stroke.is_timed:
        through = page.to_pixels(index, stroke.places)
        return curves.beziers(through[curves.distinct(through)]), mean
    through = page.to_pixels(index, simplify(stroke.places, FINE))
    return curves.beziers(through[curves.distinct(through)], FINE * page.side_px), mean


def _drawn(stroke: Stroke) -> tuple[NDArray[np.floating], Floats]:
    """Places and widths of the brush on a stroke, (n, 2) sides of the canvas and (n,)."""
    if stroke.is_timed:
        return stroke.places, brush.widths(stroke.places, stroke.time_s, stroke.pressure)
    drawn = hand_stroke(stroke.places)
    return drawn.places, brush.widths(drawn.places, drawn.time_s, drawn.pressure)
