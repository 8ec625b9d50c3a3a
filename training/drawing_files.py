"""Drawings in files of any kind, one by one: flat, sketch-rnn's and QuickDraw's `.npz`, `.ndjson`, SVG.

Every reader yields what it found as points with its place in the file, or why there are none, so that one
bad drawing costs one drawing. A file that is none of these is a CorpusError.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from models.strokes import DRAW, END, LIFT, Stroke, as_trained, to_points
from training.corpus import CorpusError
from training.pickled import PickledError, read_arrays

PARTS = ("train", "valid", "test")
COLUMNS = (("dx", "dy", "pen_lifted"), ("dx", "dy", "pen"))
MOST_BYTES = 1 << 31  # of an array, uncompressed
LONGEST_LINE = 4 << 20  # of an .ndjson: one drawing
# What a damaged or hostile archive raises; a MemoryError where an array claims a size that no file has.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ValueError,
    KeyError,
    EOFError,
    OverflowError,
    RuntimeError,
    MemoryError,
)


class Found(NamedTuple):
    """A drawing of a file, or why it is none.

    Attributes:
        line: of a file of lines, from 1; None elsewhere.
        place: in the file, "train, drawing 7: "; empty where the line or the file says it.
        points: float64 `(n, 3)`, dx, dy, pen; not yet looked at.
        reason: why there are no points.
    """

    line: int | None
    place: str
    points: np.ndarray | None
    reason: str = ""


def suffix(path: Path | str) -> str:
    """The suffix of a file's name, small: `.SVG` is `.svg`."""
    return Path(path).suffix.lower()


def holds_drawings(path: Path) -> bool:
    """Whether `path` is a file of drawings, by its name and, of an `.npz`, by what its arrays are called."""
    if suffix(path) in (".svg", ".ndjson"):
        return True
    if suffix(path) not in (".npz", ".zip"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "columns.npy" in names:
                return _columns(archive) in COLUMNS
            return any(n.removesuffix(".npy") in PARTS or suffix(n) == ".svg" for n in names)
    except (*_DAMAGE, OSError):
        return False


def read_npz(path: Path, part: str) -> Iterator[Found]:
    """The drawings of an `.npz`: `values`, `offsets` and `columns`, or arrays of drawings by part.

    Args:
        path: the file.
        part: "train", "valid" or "test", of a file that has parts; a flat one has none.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = {n.removesuffix(".npy") for n in archive.namelist()}
            if "columns" in names:
                yield from _flat(path, archive)
            elif part in names:
                arrays = [np.asarray(a) for a in _arrays(archive, part)]
                yield from _stroke_arrays(arrays, f"{part}, ")
            else:
                raise CorpusError(f"{path}: expected drawings under {part}, got {', '.join(sorted(names))}.")
    except CorpusError:
        raise
    except _DAMAGE as error:
        raise CorpusError(f"{path}: expected an .npz of drawings, got: {str(error).rstrip('.')}.") from None


def read_ndjson(path: Path) -> Iterator[Found]:
    """The drawings of a QuickDraw `.ndjson`: a line `{"drawing": [[[x, ...], [y, ...]], ...]}` each."""
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), start=1):
            rest = line
            while len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
                rest = file.readline(LONGEST_LINE)
            if not line.strip():
                continue
            try:
                yield Found(number, "", to_points(_lines(line)).astype("float64"))
            except (ValueError, RecursionError) as error:
                yield Found(number, "", None, str(error))


def read_svg(path: Path, epsilon: float) -> Iterator[Found]:
    """The drawing of an `.svg`, or the drawings of all in a `.zip`, simplified by `epsilon` of 109."""
    if find_spec("svgelements") is None:
        raise CorpusError(f"{path}: needs svgelements: pip install 'ghostjam[train]'")
    from training.svg import MOST_BYTES as MOST
    from training.svg import SvgError, read_strokes

    for place, data in _svgs(path, MOST):
        try:
            if data is None:
                raise SvgError(f"expected at most {MOST} bytes, got more.")
            strokes = [as_trained(stroke, epsilon) for stroke in read_strokes(data)]
            yield Found(None, place, to_points(strokes).astype("float64"))
        except ValueError as error:
            yield Found(None, place, None, str(error))


def _svgs(path: Path, most: int) -> Iterator[tuple[str, bytes | None]]:
    """Place and bytes of each SVG, None for one that is too large."""
    if suffix(path) == ".svg":
        yield "", path.read_bytes() if path.stat().st_size <= most else None
        return
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if suffix(member.filename) == ".svg":
                    is_small = member.file_size <= most
                    yield f"{member.filename}: ", archive.read(member) if is_small else None
    except _DAMAGE as error:
        raise CorpusError(f"{path}: expected a .zip of SVG files, got: {str(error).rstrip('.')}.") from None


def _flat(path: Path, archive: zipfile.ZipFile) -> Iterator[Found]:
    columns = _columns(archive)
    if columns not in COLUMNS:
        raise CorpusError(f"{path}: expected columns dx, dy, pen_lifted, got {', '.join(columns)}.")
    values, offsets = _load(archive, "values"), np.atleast_1d(_load(archive, "offsets"))
    if values.ndim != 2 or values.shape[1] != 3 or values.dtype.kind not in "fiu":
        raise CorpusError(f"{path}: expected values (n_points, 3), got {values.dtype} {values.shape}.")
    is_whole = offsets.ndim == 1 and offsets.dtype.kind in "iu" and len(offsets) > 1
    if not is_whole or offsets[0] != 0 or offsets[-1] != len(values) or (np.diff(offsets) < 0).any():
        raise CorpusError(f"{path}: expected offsets from 0 up to {len(values)}.")
    yield from _stroke_arrays((values[a:b] for a, b in pairwise(offsets)), "")


def _columns(archive: zipfile.ZipFile) -> tuple[str, ...]:
    return tuple(str(name) for name in np.atleast_1d(_load(archive, "columns")))


def _load(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    """A plain array; ValueError for one of objects."""
    array: np.ndarray = np.lib.format.read_array(io.BytesIO(_member(archive, name)), allow_pickle=False)
    return array


def _arrays(archive: zipfile.ZipFile, name: str) -> Iterable[np.ndarray]:
    """A list of arrays: one array of three dimensions, or an array of objects, which is read as data."""
    file = io.BytesIO(_member(archive, name))
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    reader = readers.get(np.lib.format.read_magic(file))
    if reader is None:
        raise ValueError("an .npy of another version")
    dtype = reader(file)[2]
    if dtype.hasobject:
        try:
            return read_arrays(file.read())
        except PickledError as error:
            raise ValueError(f"{name}: {error}") from None
    array = _load(archive, name)
    if array.ndim != 3:
        raise ValueError(f"{name}: expected a list of drawings, got an array {array.shape}")
    return array


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    size = archive.getinfo(f"{name}.npy").file_size
    if size > MOST_BYTES:
        raise ValueError(f"{name}: expected at most {MOST_BYTES} bytes, got {size}")
    return archive.read(f"{name}.npy")


def _stroke_arrays(arrays: Iterable[np.ndarray], part: str) -> Iterator[Found]:
    """Stroke-3 or stroke-5 arrays as points."""
    for index, array in enumerate(arrays):
        place = f"{part}drawing {index}: "
        if array.ndim != 2 or array.shape[1] not in (3, 5) or array.dtype.kind not in "fiu":
            reason = f"expected stroke-3 or stroke-5 rows, got {array.dtype} {array.shape}."
            yield Found(None, place, None, reason)
            continue
        points = array.astype("float64")
        yield Found(None, place, _from_stroke_5(points) if array.shape[1] == 5 else _from_stroke_3(points))


def _from_stroke_3(rows: np.ndarray) -> np.ndarray:
    """dx, dy, pen lifted after this point: the last point is the end, whatever its pen says."""
    if len(rows) and np.isin(rows[-1, 2], (DRAW, LIFT)):
        rows[-1, 2] = END
    return rows


def _from_stroke_5(rows: np.ndarray) -> np.ndarray:
    """dx, dy and one of draw, lift, end: what follows the first end is padding.

    sketch-rnn marks the end with a row of its own, which goes nowhere; then the point before it is the last.
    """
    pens = rows[:, 2:]
    if not (np.isin(pens, (0.0, 1.0)).all() and (pens.sum(axis=1) == 1.0).all()):
        return np.column_stack([rows[:, :2], np.full(len(rows), np.nan)])
    points = np.column_stack([rows[:, :2], pens.argmax(axis=1)])
    ends = np.flatnonzero(points[:, 2] == END)
    if len(ends):
        is_token = ends[0] > 0 and not points[ends[0], :2].any()
        points = points[: ends[0] + (0 if is_token else 1)]
    return _from_stroke_3(points)


def _lines(line: bytes) -> list[Stroke]:
    """The strokes of a line of `.ndjson`; ValueError when it is none."""
    if len(line) >= LONGEST_LINE:
        raise ValueError(f"expected a line of less than {LONGEST_LINE} bytes, got a longer one.")
    try:
        drawing: Any = json.loads(line)
        strokes = drawing["drawing"]
        pairs = [(stroke[0], stroke[1]) for stroke in strokes]
        found = [np.array([x, y], "float64").T for x, y in pairs]
    except (ValueError, KeyError, TypeError, IndexError, OverflowError) as error:
        raise ValueError(f'expected {{"drawing": [[[x, ..], [y, ..]], ..]}}, got: {error}.') from None
    return found
