"""Reads a drawing from an SVG page of `ghostjam draw`: a group is a drawing, a path a stroke."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from app.core.events import Source
from app.sketch.drawing import Drawing
from models.performance import PerformanceError

MOST_BYTES = 32 << 20
FARTHEST = 10.0  # sides of its canvas: what reaches further would be drawn for hours

_SVG = "{http://www.w3.org/2000/svg}"
_GROUP = re.compile(r"drawing-\d+")
_PART = re.compile(r"\s*([MLC])\s*([-+0-9.,eE\s]*)|\s*(h)\s*0\.01\s*")
_NUMBER = re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?")
_NUMBERS = {"M": 2, "L": 2, "C": 6}


def read_svg(path: Path, index: int = 0) -> Drawing:
    """Drawing `index`, from 0, of a page that `render_svg` wrote.

    Raises:
        PerformanceError: the file cannot be read, is no such page, or has no such drawing; begins with
            the path.
    """
    try:
        return _read(_parse(path), index)
    except PerformanceError as error:
        raise PerformanceError(f"{path}: {error}") from None


def read_title(path: Path) -> str:
    """The title of a page: a drawing that was saved has the name of its model there; "" if it has none."""
    try:
        return (_parse(path).findtext(f"{_SVG}title") or "").strip()
    except PerformanceError:
        return ""


def _parse(path: Path) -> ElementTree.Element:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)  # of a larger one no more than tells that it is
    except OSError as error:
        raise PerformanceError(f"expected a file that can be read, got: {error.strerror}.") from None
    if len(data) > MOST_BYTES or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise PerformanceError(f"expected an SVG, no entities, at most {MOST_BYTES >> 20} MiB, got another.")
    try:
        return ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:  # the last two: an unknown encoding
        raise PerformanceError(f"expected an SVG, got: {error}.") from None


def _read(root: ElementTree.Element, index: int) -> Drawing:
    groups = [g for g in root.iter(f"{_SVG}g") if _GROUP.fullmatch(g.get("id", ""))]
    if not groups:
        raise PerformanceError("expected an SVG of `ghostjam draw`, with a group drawing-1, got one without.")
    if not 0 <= index < len(groups):
        raise PerformanceError(f"index: expected 0 to {len(groups) - 1}, got {index}.")
    canvas = [float(number) for number in _NUMBER.findall(groups[index].get("data-canvas", ""))]
    if len(canvas) != 3 or not np.isfinite(canvas).all() or canvas[2] <= 0:
        raise PerformanceError("data-canvas: expected left, top and side of the canvas, in pixels.")
    drawing = Drawing()
    for number, element in enumerate(groups[index].iter(f"{_SVG}path"), start=1):
        source = Source.PLAYER if element.get("data-by") == Source.PLAYER.value else Source.GHOST
        places = (_places(element.get("d", ""), number) - canvas[:2]) / canvas[2]
        farthest = float(np.abs(places).max())
        if FARTHEST < farthest < np.inf:
            raise PerformanceError(
                f"path {number}: expected places within {FARTHEST:g} sides of the canvas, got {farthest:g}."
            )
        try:
            drawing.add(source, places)
        except ValueError as error:
            raise PerformanceError(f"path {number}: {error}") from None
    if not len(drawing):
        raise PerformanceError("drawing: expected at least one path, got none.")
    return drawing


def _places(data: str, number: int) -> NDArray[np.float64]:
    """The places that a path of ours goes through, (n, 2) pixels."""
    places: list[list[float]] = []
    at = 0
    while at < len(data):
        part = _PART.match(data, at)
        if part is None or part.end() == at:
            break
        at = part.end()
        if part[3]:
            continue
        numbers = [float(word) for word in _NUMBER.findall(part[2])]
        count = _NUMBERS[part[1]]
        if not numbers or len(numbers) % count or (part[1] == "M") != (not places):
            break
        places += [numbers[i + count - 2 : i + count] for i in range(0, len(numbers), count)]
    else:
        if places:
            return np.array(places)
    raise PerformanceError(f"path {number}: expected one M, then L and C, absolute, got {data[:60]!a}.")
