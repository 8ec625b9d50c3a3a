"""Opens a drawing from an SVG page, a recording, or an `.npz` of pen steps."""

from __future__ import annotations

from pathlib import Path

from app.sketch.drawing import Drawing
from app.sketch.svg_reader import read_svg
from models.manifest import Scale
from models.performance import PerformanceError, read_performance


def open_drawing(path: Path, scale: Scale, index: int = 0) -> Drawing:
    """A drawing for a model of `scale`.

    Args:
        path: a page as SVG that `ghostjam draw` wrote, a recorded touch performance, or an `.npz` of pen
            steps in the model's own units.
        index: which one, from 0, in a file of several.

    Raises:
        PerformanceError: the file cannot be read or holds no drawing; begins with the path.
    """
    if path.suffix.lower() == ".svg":
        return read_svg(path, index)
    performance = read_performance(path, index)
    try:
        return Drawing.of_performance(performance, scale.box)
    except PerformanceError as error:
        raise PerformanceError(f"{path}: {error}") from None
