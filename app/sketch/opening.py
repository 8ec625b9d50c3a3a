"""Opens a drawing: from an SVG, a recording, or a file of drawings as those that models learn from."""

from __future__ import annotations

from pathlib import Path

from app.core.events import Source
from app.sketch.drawing import Drawing
from models.formats.drawing_files import Found, holds_drawings, read_drawing
from models.manifest import Scale
from models.performance import PerformanceError, read_performance
from models.strokes import simplify

FINEST = 1e-3  # of a side: lines of another program, which are curves cut small, are made no coarser


def open_drawing(path: Path, scale: Scale, index: int = 0) -> Drawing:
    """A drawing for a model of `scale`.

    Args:
        path: a page as SVG that `ghostjam draw` wrote, an SVG of another program, a recorded touch
            performance, QuickDraw's `.ndjson`, or an `.npz` of pen steps in the model's own units.
        index: which one, from 0, in a file of several.

    Raises:
        PerformanceError: the file cannot be read or holds no drawing; begins with the path.
    """
    try:
        if holds_drawings(path):
            return _drawing(read_drawing(path, index, epsilon=None), scale)
        return Drawing.of_performance(read_performance(path, index), scale.box)
    except OSError as error:
        raise PerformanceError(f"{path}: expected a file that can be read, got: {error.strerror}.") from None
    except ValueError as error:  # PerformanceError, or places that are no numbers
        raise PerformanceError(f"{path}: {str(error).removeprefix(f'{path}: ')}") from None


def _drawing(found: Found, scale: Scale) -> Drawing:
    """The drawing where it is in its own box; pen steps that know none in the middle, in the model's unit."""
    if not found.box and found.points is not None:
        return Drawing.of_steps(found.points, None if found.is_raw else scale.box)
    drawing = Drawing()
    sources = [Source(source) for source in found.sources] or [Source.PLAYER] * len(found.strokes)
    for source, stroke in zip(sources, found.strokes, strict=True):
        places = stroke / found.box
        drawing.add(source, places if found.sources else simplify(places, FINEST))
    return drawing if found.sources else drawing.on_the_canvas()
