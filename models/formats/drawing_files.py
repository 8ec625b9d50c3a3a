"""Drawings in files of any kind, one by one: flat, sketch-rnn's and QuickDraw's `.npz`, `.ndjson`, SVG.

Every reader yields what it found as points with its place in the file, or why there are none, so that one
bad drawing costs one drawing. A file that is none of these is a PerformanceError.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from models.errors import DAMAGE
from models.formats.base import PerformanceError, read_at_most
from models.formats.npz import Npz
from models.formats.stroke_arrays import from_stroke_3, from_stroke_5, leaves_out_start, with_start
from models.formats.svg import BOX as SVG_BOX
from models.formats.svg import MOST_BYTES as MOST_SVG_BYTES
from models.formats.svg import MOST_PAGE_BYTES, SvgError, parse, read_strokes
from models.formats.svg_page import groups_of, read_group
from models.strokes import Stroke, as_trained, to_points, to_strokes

PARTS = ("train", "valid", "test")
COLUMNS = (("dx", "dy", "pen_lifted"), ("dx", "dy", "pen"))
LONGEST_LINE = 4 << 20  # of an .ndjson: one drawing
QUICKDRAW_BOX, QUICKDRAW_EPSILON = 255.0, 2.0  # of QuickDraw's simplified drawings
SVG_EPSILON = 1.0  # KanjiVG's curves are simplified by so much of 109


@dataclass(frozen=True, eq=False)
class Found:
    """A drawing of a file, or why it is none.

    Attributes:
        line: of a file of lines, from 1; None elsewhere.
        place: in the file, "train, drawing 7: "; empty where the line or the file says it.
        points: float64 `(n, 3)`, dx, dy, pen; not yet looked at. The pen of the last is 2.
        reason: why there are no points.
        origin: where in its box the pen is before the first step, or None where nobody knows.
        box: side of the square it was drawn in, in the unit of its steps; 0 where the file does not say it.
        n_added: how many points stand before those of the file, see `leaves_out_start`.
        is_raw: whether it is in the pixels of a screen, of which nobody knows how large it was.
        sources: of each stroke "player" or "ghost", of a page of `ghostjam draw`; empty elsewhere.
    """

    line: int | None
    place: str
    points: np.ndarray | None
    reason: str = ""
    origin: tuple[float, float] | None = None
    box: float = 0.0
    n_added: int = 0
    is_raw: bool = False
    sources: tuple[str, ...] = ()

    @property
    def strokes(self) -> list[Stroke]:
        """The strokes, `(n, 2)` each; from the origin where it is known."""
        return [] if self.points is None else to_strokes(self.points, self.origin or (0.0, 0.0))


def suffix(path: Path | str) -> str:
    """The suffix of a file's name, small: `.SVG` is `.svg`."""
    return Path(path).suffix.lower()


def holds_drawings(path: Path) -> bool:
    """Whether `path` is a file of drawings, by its name and, of an `.npz`, by what is in it."""
    if suffix(path) in (".svg", ".ndjson"):
        return True
    if suffix(path) not in (".npz", ".zip"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            if any(suffix(name) == ".svg" for name in archive.namelist()):
                return True
        with Npz(path) as npz:
            if "columns" in npz.names:
                return npz.texts("columns") in COLUMNS
            return bool(set(npz.names) & set(PARTS)) or _is_one_drawing(npz)
    except (*DAMAGE, OSError):
        return False


def read_drawing(path: Path, index: int = 0, epsilon: float | None = SVG_EPSILON) -> Found:
    """Drawing `index`, from 0, of a file of any of these kinds, all parts of an `.npz` one after another.

    The first point that a file of sketch-rnn's leaves out is in it. `epsilon` as in `read_svg`.

    Raises:
        PerformanceError: the file is of no kind or has no such drawing, or it is none; begins with the path.
        OSError: it cannot be read.
    """
    if suffix(path) == ".npz":
        found: Iterable[Found] = _with_starts(path)
    elif suffix(path) == ".ndjson":
        found = read_ndjson(path)
    else:
        found = read_svg(path, epsilon)
    n = 0
    for n, item in enumerate(found, start=1):
        if n <= index:
            continue
        if item.points is None:
            raise PerformanceError(f"{path}: {item.place}{item.reason}")
        return item
    if not n:
        raise PerformanceError(f"{path}: expected at least one drawing, got none.")
    raise PerformanceError(f"{path}: index: expected 0 to {n - 1}, got {index}.")


def _with_starts(path: Path) -> Iterator[Found]:
    """The drawings of an `.npz`, with the points that the file leaves out."""
    with Npz(path) as npz:
        parts = [part for part in PARTS if part in npz.names] or [""]
    for part in parts:
        items = list(read_npz(path, part))
        drawings = [item.points for item in items if item.points is not None]
        adds = leaves_out_start([each for each in drawings if len(each) and np.isfinite(each).all()])
        for item in items:
            if adds and item.points is not None:
                item = replace(item, points=with_start(item.points), n_added=1)
            yield item


def read_npz(path: Path, part: str) -> Iterator[Found]:
    """The drawings of an `.npz`: `values`, `offsets` and `columns`, one array, or drawings by part.

    Args:
        path: the file.
        part: "train", "valid" or "test", of a file that has parts; the others have none.
    """
    try:
        with Npz(path) as npz:
            if "columns" in npz.names:
                yield from _flat(npz)
            elif part in npz.names:
                yield from _stroke_arrays(npz.arrays(part), f"{part}, ")
            elif _is_one_drawing(npz):
                yield from _stroke_arrays([npz.array(npz.names[0])], "")
            else:
                names = ", ".join(sorted(npz.names)) or "none"
                raise PerformanceError(f"expected drawings under {part or 'train'}, got {names}.")
    except PerformanceError as error:
        raise PerformanceError(f"{path}: {error}") from None


def read_ndjson(path: Path) -> Iterator[Found]:
    """The drawings of a QuickDraw `.ndjson`: a line `{"drawing": [[[x, ...], [y, ...]], ...]}` each.

    Raw drawings, in the pixels of a screen and with a third array of times, have no box that is known.
    """
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), start=1):
            rest = line
            while len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
                rest = file.readline(LONGEST_LINE)
            if not line.strip():
                continue
            try:
                strokes, is_raw = _lines(line)
                points = to_points(strokes).astype("float64")
            except (ValueError, RecursionError) as error:
                yield Found(number, "", None, str(error))
                continue
            if is_raw or not len(points):
                yield Found(number, "", points, is_raw=is_raw)
            else:
                x, y = next(stroke for stroke in strokes if len(stroke))[0].tolist()
                yield Found(number, "", points, origin=(x, y), box=QUICKDRAW_BOX)


def holds_raw_drawings(path: Path) -> bool:
    """Whether an `.ndjson` holds raw drawings: whether any of it is one."""
    return any(item.is_raw for item in read_ndjson(path))


def read_svg(path: Path, epsilon: float | None) -> Iterator[Found]:
    """The drawings of an `.svg`, or of all in a `.zip`, in a box of 109 units.

    A page of `ghostjam draw` holds one drawing in each group; another file is one.

    Args:
        path: the file.
        epsilon: they are simplified by so many units; None leaves them as they are, a curve many short lines.
    """
    for place, data in _svgs(path):
        try:
            root = parse(data)
            groups = groups_of(root)
            if not groups and len(data) > MOST_SVG_BYTES:
                raise SvgError(f"expected at most {MOST_SVG_BYTES} bytes, got more.")
        except SvgError as error:
            yield Found(None, place, None, str(error))
            continue
        if not groups:
            # Another program's, which does not say who drew.
            yield _drawn(place, epsilon, lambda element: ([], read_strokes(element)), root)
        for number, group in enumerate(groups, start=1):
            yield _drawn(f"{place}drawing {number}: ", epsilon, read_group, group)


def _drawn(
    place: str,
    epsilon: float | None,
    read: Callable[[Element], tuple[list[str], list[Stroke]]],
    element: Element,
) -> Found:
    """The drawing that `read` finds in `element`, or why there is none."""
    try:
        sources, strokes = read(element)
        if epsilon is not None:
            strokes = [as_trained(stroke, epsilon) for stroke in strokes]
        x, y = np.asarray(strokes[0][0], "float64").tolist()
        points = to_points(strokes).astype("float64")
    except ValueError as error:
        return Found(None, place, None, str(error))
    return Found(None, place, points, origin=(x, y), box=SVG_BOX, sources=tuple(sources))


def _svgs(path: Path) -> Iterator[tuple[str, bytes]]:
    """Place and bytes of each SVG; of one that is too large no more than tells that it is."""
    if suffix(path) == ".svg":
        with path.open("rb") as file:
            yield "", read_at_most(file, MOST_PAGE_BYTES + 1)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if suffix(member.filename) == ".svg":
                    with archive.open(member) as file:
                        yield f"{member.filename}: ", read_at_most(file, MOST_SVG_BYTES + 1)
    except DAMAGE as error:
        raise PerformanceError(
            f"{path}: expected a .zip of SVG files, got: {' '.join(str(error).split()).rstrip('.')}."
        ) from None


def _is_one_drawing(npz: Npz) -> bool:
    """Whether the file is one stroke-3 array and nothing else."""
    if len(npz.names) != 1:
        return False
    try:
        array = npz.array(npz.names[0])
    except PerformanceError:
        return False
    return array.ndim == 2 and array.shape[1] == 3 and array.dtype.kind in "fiu"


def _flat(npz: Npz) -> Iterator[Found]:
    columns = npz.texts("columns")
    if columns not in COLUMNS:
        raise PerformanceError(f"expected columns dx, dy, pen_lifted, got {', '.join(columns)}.")
    values, offsets = npz.array("values"), np.atleast_1d(npz.array("offsets"))
    if values.ndim != 2 or values.shape[1] != 3 or values.dtype.kind not in "fiu":
        raise PerformanceError(f"expected values (n_points, 3), got {values.dtype} {values.shape}.")
    is_whole = offsets.ndim == 1 and offsets.dtype.kind in "iu" and len(offsets) > 1
    if not is_whole or offsets[0] != 0 or offsets[-1] != len(values) or (offsets[1:] < offsets[:-1]).any():
        raise PerformanceError(f"expected offsets from 0 up to {len(values)}.")
    yield from _stroke_arrays((values[a:b] for a, b in pairwise(offsets)), "")


def _stroke_arrays(arrays: Iterable[np.ndarray], part: str) -> Iterator[Found]:
    """Stroke-3 or stroke-5 arrays as points."""
    for index, array in enumerate(arrays):
        place = f"{part}drawing {index}: "
        if array.ndim != 2 or array.shape[1] not in (3, 5) or array.dtype.kind not in "fiu":
            reason = f"expected stroke-3 or stroke-5 rows, got {array.dtype} {array.shape}."
            yield Found(None, place, None, reason)
            continue
        points = array.astype("float64")
        yield Found(None, place, from_stroke_5(points) if array.shape[1] == 5 else from_stroke_3(points))


def _lines(line: bytes) -> tuple[list[Stroke], bool]:
    """The strokes of a line of `.ndjson`, and whether they are raw; ValueError when it is none."""
    if len(line) >= LONGEST_LINE:
        raise ValueError(f"expected a line of less than {LONGEST_LINE} bytes, got a longer one.")
    try:
        drawing: Any = json.loads(line)
        strokes = drawing["drawing"]
        found = [np.array([stroke[0], stroke[1]], "float64").T for stroke in strokes]
        is_timed = any(len(stroke) > 2 for stroke in strokes)
    except (ValueError, KeyError, TypeError, IndexError, OverflowError) as error:
        raise ValueError(f'expected {{"drawing": [[[x, ..], [y, ..]], ..]}}, got: {error}.') from None
    return found, is_timed or any(_exceeds(stroke) for stroke in found)


def _exceeds(stroke: Stroke) -> bool:
    """Whether a stroke reaches out of the box of QuickDraw's simplified drawings."""
    is_stroke = stroke.ndim == 2 and len(stroke) > 0
    return is_stroke and not (stroke.min() >= 0.0 and stroke.max() <= QUICKDRAW_BOX)
