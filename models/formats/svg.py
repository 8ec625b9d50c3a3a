"""An SVG file as strokes: one for every piece of line that is drawn without lifting the pen.

`svg_paint` says what of the file is painted, `svgelements` reads paths, shapes, units and transforms. What a
hostile file could do to them is refused before: entities that may expand without end, files and trees that
are too large.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

import numpy as np

from models.formats.svg_paint import DEEPEST, MOST_ELEMENTS, TooMuch, local_name, painted
from models.strokes import Stroke

BOX = 109.0  # KanjiVG's, so that drawings of any viewBox are as large as its characters
MOST_BYTES = 1 << 20  # a character of KanjiVG has 3 thousand
MOST_PAGE_BYTES, MOST_PAGE_ELEMENTS = 32 << 20, 200_000  # a page of `ghostjam draw` has 400 drawings at most
LONGEST_ENTITY = 200  # drawing programs write namespaces so
CURVE_POINTS = 100  # of one piece of a curve; far finer than any simplification

_DAMAGE = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, RecursionError)


class SvgError(ValueError):
    """A file that is no SVG of strokes: the rule, what was expected and found."""


def parse(data: bytes) -> ElementTree.Element:
    """The root of an SVG file; SvgError for what is too large, could grow without end, or is none."""
    _guard(data)
    try:
        return ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:  # a prefix of no namespace, say
        raise SvgError(f"expected XML, got: {error}.") from None


def read_strokes(root: ElementTree.Element) -> list[Stroke]:
    """The strokes that a browser paints of an SVG file, in the order they stand in it.

    The drawing's viewport (its viewBox, or its width and height) is scaled to a box of 109 units. Curves
    become many short lines. Where some shapes are stroked, those that are only filled are passed over: a
    background is no line of a pen. Text is passed over.

    Args:
        root: of the file, as `parse` gives it.

    Returns:
        float64 `(n, 2)` each, y down; not looked at, they may be as far off as the file says.

    Raises:
        SvgError: without a viewport or without a line.
    """
    if local_name(root) != "svg" or not (
        "viewBox" in root.attrib or {"width", "height"} <= root.attrib.keys()
    ):
        raise SvgError("expected a root <svg> with a viewBox, or a width and a height.")
    import svgelements  # only where there is an SVG: it takes a tenth of a second

    try:
        shown = ElementTree.tostring(painted(root))
        document = svgelements.SVG.parse(BytesIO(shown), on_error="raise")
        side = max(float(document.width), float(document.height))
        shapes = [e for e in document.elements() if isinstance(e, svgelements.Shape)]
        stroked = [shape for shape in shapes if shape.stroke is not None and shape.stroke.value is not None]
        with np.errstate(over="ignore", invalid="ignore"):
            paths = (abs(svgelements.Path(shape)) for shape in stroked or shapes)
            strokes = [stroke for path in paths for stroke in _strokes(path)]
    except TooMuch as error:
        raise SvgError(str(error)) from None
    except (*_DAMAGE, SyntaxError) as error:  # SyntaxError: ParseError of XML is one
        raise SvgError(f"expected an SVG of lines, got: {str(error) or type(error).__name__}.") from None
    if not 0.0 < side < np.inf:
        raise SvgError(f"expected a viewport with a size, got {side:g}.")
    if not strokes:
        raise SvgError("expected at least one line, got none.")
    with np.errstate(over="ignore"):  # what is beyond all measure is refused where strokes are looked at
        return [stroke * (BOX / side) for stroke in strokes]


def _strokes(path: Any) -> list[np.ndarray]:
    """The pieces of `path` between two moves of the pen, `(n, 2)` each."""
    import svgelements

    pieces: list[list[np.ndarray]] = []
    for segment in path:
        if isinstance(segment, svgelements.Move):
            pieces.append([np.array([[segment.end.x, segment.end.y]])])
        elif isinstance(segment, svgelements.Line | svgelements.Close):
            if segment.end is not None:
                pieces[-1].append(np.array([[segment.end.x, segment.end.y]]))
        else:
            pieces[-1].append(np.asarray(segment.npoint(np.linspace(0.0, 1.0, CURVE_POINTS + 1)[1:])))
    # A move that draws nothing is no dot: editors leave them behind.
    return [np.concatenate(piece) for piece in pieces if len(piece) > 1]


def _guard(data: bytes) -> None:
    """SvgError for what is too much, or could grow without end, before anything is built of it."""
    if len(data) > MOST_PAGE_BYTES:
        raise SvgError(f"expected at most {MOST_PAGE_BYTES >> 20} MiB, got more.")
    count = _Counter()
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = count.entity
    parser.StartElementHandler = count.start
    parser.EndElementHandler = count.end
    try:
        parser.Parse(data, True)
    except SvgError:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:  # the last two: an encoding it cannot read
        raise SvgError(f"expected XML, got: {error}.") from None


class _Counter:
    """Counts elements, and refuses entities that are more than a short text."""

    def __init__(self) -> None:
        self.n, self.depth = 0, 0

    def start(self, *_: object) -> None:
        self.n += 1
        self.depth += 1
        if self.n > MOST_PAGE_ELEMENTS or self.depth > DEEPEST:
            raise SvgError(f"expected at most {MOST_ELEMENTS} elements, {DEEPEST} deep, got more.")

    def end(self, _: str) -> None:
        self.depth -= 1

    def entity(self, name: str, is_parameter: int, value: str | None, *_: object) -> None:
        is_harmless = value is not None and not is_parameter and not set(value) & set("&%<")
        if not is_harmless or len(value or "") > LONGEST_ENTITY:
            raise SvgError(f"expected no entities but short texts, got {name[:40]!a}.")
