"""An SVG file as strokes: one for every piece of line that is drawn without lifting the pen.

`svgelements` reads the paths, shapes, units and transforms. What a hostile file could do to it is refused
before: entities (which may expand without end), `<use>` (which may copy itself without end), files and trees
that are too large.
"""

from __future__ import annotations

from io import BytesIO
from xml.parsers import expat

import numpy as np
import svgelements

from models.strokes import Stroke

BOX = 109.0  # KanjiVG's, so that drawings of any viewBox are as large as its characters
MOST_BYTES = 1 << 20  # a character of KanjiVG has 3 thousand
MOST_ELEMENTS = 5_000
DEEPEST = 64
CURVE_POINTS = 100  # of one piece of a curve; far finer than any simplification

_DAMAGE = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, RecursionError)


class SvgError(ValueError):
    """A file that is no SVG of strokes: the rule, what was expected and found."""


def read_strokes(data: bytes) -> list[Stroke]:
    """The strokes of an SVG file, in the order they stand in it.

    The drawing's viewport (its viewBox, or its width and height) is scaled to a box of 109 units. Curves
    become many short lines. Where some shapes are stroked, those that are only filled are passed over: a
    background is no line of a pen. Text is passed over.

    Returns:
        float32 `(n, 2)` each, y down.

    Raises:
        SvgError: too large, not XML, with entities or `<use>`, without a viewport or without a line.
    """
    _guard(data)
    try:
        document = svgelements.SVG.parse(BytesIO(data), on_error="raise")
        side = max(float(document.width), float(document.height))
        shapes = [e for e in document.elements() if isinstance(e, svgelements.Shape)]
        stroked = [shape for shape in shapes if shape.stroke is not None and shape.stroke.value is not None]
        strokes = [stroke for shape in stroked or shapes for stroke in _strokes(abs(svgelements.Path(shape)))]
    except (*_DAMAGE, SyntaxError) as error:  # SyntaxError: ParseError of XML is one
        raise SvgError(f"expected an SVG of lines, got: {str(error) or type(error).__name__}.") from None
    if not 0.0 < side < np.inf:
        raise SvgError(f"expected a viewport with a size, got {side:g}.")
    if not strokes:
        raise SvgError("expected at least one line, got none.")
    return [(stroke * (BOX / side)).astype("float32") for stroke in strokes]


def _strokes(path: svgelements.Path) -> list[np.ndarray]:
    """The pieces of `path` between two moves of the pen, `(n, 2)` each."""
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
    if len(data) > MOST_BYTES:
        raise SvgError(f"expected at most {MOST_BYTES} bytes, got {len(data)}.")
    count = _Counter()
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = count.entity  # KanjiVG's files have a DOCTYPE, but no entities
    parser.StartElementHandler = count.start
    parser.EndElementHandler = count.end
    try:
        parser.Parse(data, True)
    except SvgError:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:  # the last two: an encoding it cannot read
        raise SvgError(f"expected XML, got: {error}.") from None
    if not count.is_svg:
        raise SvgError("expected a root <svg> with a viewBox, or a width and a height.")


class _Counter:
    """Counts elements and refuses those that copy others."""

    def __init__(self) -> None:
        self.n, self.depth, self.is_svg = 0, 0, False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if self.n == 0:
            sizes = {"width", "height"} <= attributes.keys()
            self.is_svg = name == "svg" and ("viewBox" in attributes or sizes)
        self.n += 1
        self.depth += 1
        if self.n > MOST_ELEMENTS or self.depth > DEEPEST:
            raise SvgError(f"expected at most {MOST_ELEMENTS} elements, {DEEPEST} deep, got more.")
        if name == "use":
            raise SvgError("expected drawn lines, got <use>, which copies others.")

    def end(self, _: str) -> None:
        self.depth -= 1

    def entity(self, name: str, *_: object) -> None:
        raise SvgError(f"expected no entities of its own, got {name[:40]!a}.")
