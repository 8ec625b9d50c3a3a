"""Drawings on an SVG page of `ghostjam draw`: a group is a drawing, a path a stroke."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from models.formats.base import GHOST, PLAYER, read_at_most
from models.formats.svg import BOX, MOST_PAGE_BYTES, SvgError, parse
from models.formats.svg_paint import local_name
from models.strokes import Stroke

FARTHEST = 10.0  # sides of its canvas: what reaches further would be drawn for hours

_GROUP = re.compile(r"drawing-\d+")
_PART = re.compile(r"\s*([MLC])\s*([-+0-9.,eE\s]*)|\s*(h)\s*0\.01\s*")
_NUMBER = re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?")
_NUMBERS = {"M": 2, "L": 2, "C": 6}


def groups_of(root: Element) -> list[Element]:
    """The groups of a page that hold a drawing each; none in a file of another program."""
    groups = (each for each in root.iter() if local_name(each) == "g")
    return [g for g in groups if _GROUP.fullmatch(g.get("id", "")) and "data-canvas" in g.attrib]


def read_title(path: Path) -> str:
    """The title of a page: a drawing that was saved has the name of its model there; "" if it has none."""
    try:
        with path.open("rb") as file:
            root = parse(read_at_most(file, MOST_PAGE_BYTES + 1))
    except (OSError, SvgError):
        return ""
    return next(((each.text or "").strip() for each in root if local_name(each) == "title"), "")


def read_group(group: Element) -> tuple[list[str], list[Stroke]]:
    """Who drew each stroke of a drawing, and the strokes: float64 `(n, 2)` in a box of 109 units.

    Raises:
        SvgError: it is no group of ours, or holds no stroke.
    """
    canvas = [float(number) for number in _NUMBER.findall(group.get("data-canvas", ""))]
    if len(canvas) != 3 or not np.isfinite(canvas).all() or canvas[2] <= 0:
        raise SvgError("data-canvas: expected left, top and side of the canvas, in pixels.")
    sources, strokes = [], []
    paths = (each for each in group.iter() if local_name(each) == "path")
    for number, element in enumerate(paths, start=1):
        places = (_places(element.get("d", ""), number) - canvas[:2]) / canvas[2]
        farthest = float(np.abs(places).max())
        if not farthest <= FARTHEST:
            raise SvgError(
                f"path {number}: expected places within {FARTHEST:g} sides of the canvas, got {farthest:g}."
            )
        sources.append(PLAYER if element.get("data-by") == PLAYER else GHOST)
        strokes.append(places * BOX)
    if not strokes:
        raise SvgError("drawing: expected at least one path, got none.")
    return sources, strokes


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
    raise SvgError(f"path {number}: expected one M, then L and C, absolute, got {data[:60]!a}.")
