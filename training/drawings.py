"""Drawings to learn from, of any stroke corpus: cleaned, and with the size and the simplification they have.

Three kinds, never mixed, because a model has one unit:
- `.npz`: flat (`values`, `offsets`, `columns` dx, dy, pen_lifted), or sketch-rnn's and QuickDraw's, whose
  parts train, valid and test hold stroke-3 or stroke-5 arrays. Their own unit.
- `.ndjson`: QuickDraw's simplified drawings, in a box of 255; or its raw ones, in pixels of screens, whose
  box is measured, and which are simplified as the others are.
- `.svg`, or a `.zip` of them: scaled to a box of 109 units, as KanjiVG's are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import compress
from pathlib import Path

import numpy as np

from models.formats.base import PerformanceError
from models.formats.drawing_files import (
    QUICKDRAW_BOX,
    QUICKDRAW_EPSILON,
    SVG_EPSILON,
    Found,
    holds_raw_drawings,
    read_ndjson,
    read_npz,
    read_svg,
    suffix,
)
from models.formats.stroke_arrays import leaves_out_start, with_start
from models.formats.svg import BOX as SVG_BOX
from models.strokes import DRAW, END, LIFT, as_trained, to_points, to_strokes
from training.corpus import Corpus, CorpusError, drawn
from training.left_out import Dropped, summary

logger = logging.getLogger(__name__)

MOST_POINTS = 2_000  # of one drawing; sketch-rnn's longest have 250
LONGEST_STEP = 1e9  # units; of a longer one float32 and the squares of it make nonsense
FARTHEST = 3.0  # times the box: a larger drawing is a damaged one
RAW = ".ndjson of raw drawings"  # in the pixels of screens
UNITS = {".npz": "", ".ndjson": "QuickDraw", ".svg": "KanjiVG", RAW: ""}
BOXES = {".ndjson": QUICKDRAW_BOX, ".svg": SVG_BOX}
EPSILONS = {".ndjson": QUICKDRAW_EPSILON, ".svg": SVG_EPSILON}
RAW_SHARE = QUICKDRAW_EPSILON / QUICKDRAW_BOX  # of its box a raw drawing is simplified by, as those that are
ENOUGH_STROKES = 20  # of three points, to measure an epsilon from them


def read_drawings(
    paths: Iterable[str | Path],
    *,
    box: float | None = None,
    epsilon: float | None = None,
    part: str = "train",
) -> tuple[Corpus, list[Dropped]]:
    """The drawings of files of one kind; what is not one is left out with a reason.

    Left out are drawings with fewer than 2 points or more than 2000, numbers that are not finite, a step
    beyond all measure, a pen that is not 0, 1 or 2, without extent, or larger than the corpus is by far.

    Args:
        paths: files, see the kinds above.
        box: side of the square they were drawn in, in their unit; None takes the one below.
        epsilon: simplify by this, in the drawings' unit; None leaves them as they are, but SVG files, which
            hold curves, are simplified by 1 of 109 units.
        part: "train", "valid" or "test", of a file that has parts.

    Returns:
        The drawings, points `(n, 3)`, n >= 2, and what was left out: file, line and reason. Of their scale:

        box: side of the square they were drawn in: 109 for SVG, 255 for `.ndjson`; else the 99th
            percentile of their larger sides, or their longest step where that is longer, rounded up
            (of QuickDraw's `.npz` that is 255).
        epsilon: of their Ramer-Douglas-Peucker simplification, in their unit: the one asked for; else 1
            for SVG, 2 for `.ndjson`, and of an `.npz`, which does not say it, as measured from its
            points (of sketch-rnn's kanji, simplified by 1: 1.007).
        grid: 1 where every step in the files is a whole number, as of pixels; else 0.

    Raises:
        CorpusError: a file of no kind, several kinds, or not a single good drawing.
        OSError: a file cannot be read.
    """
    files = [Path(path) for path in paths]
    is_given = box is not None
    if epsilon is not None and not 0.0 < epsilon < np.inf:
        raise CorpusError(f"epsilon: expected above 0, got {epsilon}.")
    kind = _kind(files)
    good: list[np.ndarray] = []
    is_added: list[bool] = []
    sources: list[tuple[Path, Found]] = []
    dropped: list[Dropped] = []
    if kind == RAW:
        box = box or _box(kind, [each for path in files for each in _sound(path)])
        epsilon = box * RAW_SHARE if epsilon is None else epsilon
        told = "raw drawings, in pixels: taken as drawn in a box of %g and simplified by %.3g"
        logger.warning(f"%s: {told}", ", ".join(map(str, files)), box, epsilon)
    for path in files:
        found = list(_checked(path, _read(path, kind, epsilon, part), dropped))
        points = [_points(item) for item in found]
        adds = kind == ".npz" and leaves_out_start(points)
        good += [with_start(p) for p in points] if adds else points
        is_added += [adds] * len(points)
        sources += [(path, item) for item in found]
    box = box or _box(kind, good)
    # A box that was given is right: whoever gave it hears of a step that is longer.
    longest_step = np.inf if is_given else box
    is_sane = [bool(np.abs(p[:, :2]).max() <= longest_step and _side(p) <= FARTHEST * box) for p in good]
    for drawing, (path, item), is_in in zip(good, sources, is_sane, strict=True):
        if not is_in:
            reason = f"expected a drawing about as large as the others, {box:g}, got {_side(drawing):g}."
            dropped.append(Dropped(path, item.line, item.place + reason))
    good, is_added = list(compress(good, is_sane)), list(compress(is_added, is_sane))
    if not good:
        _tell(dropped)
        raise CorpusError(f"{', '.join(map(str, files))}: expected at least one drawing, got none.")
    grid = _grid(good)
    if epsilon is None:
        epsilon = EPSILONS.get(kind) or _epsilon(good)
    elif kind not in (".svg", RAW):
        good = [_simplified(points, epsilon) for points in good]
    corpus = drawn(
        [points.astype("float32") for points in good],
        box=box,
        epsilon=epsilon,
        unit=UNITS[kind],
        grid=grid,
        has_added_start=is_added,
    )
    return corpus, dropped


def _kind(files: Sequence[Path]) -> str:
    kinds = {".svg" if suffix(path) == ".zip" else suffix(path) for path in files}
    if kinds == {".ndjson"}:
        kinds = {RAW if holds_raw_drawings(path) else ".ndjson" for path in files}
    if len(kinds) != 1 or not kinds <= UNITS.keys():
        raise CorpusError(
            f"{', '.join(map(str, files)) or 'no file'}: expected drawings of one kind, "
            f".npz, .ndjson or .svg, got {', '.join(sorted(kinds)) or 'none'}."
        )
    return kinds.pop()


def _read(path: Path, kind: str, epsilon: float | None, part: str) -> Iterator[Found]:
    """The drawings of a file; CorpusError for one that is none."""
    try:
        if kind == ".npz":
            yield from read_npz(path, part)
        elif kind == ".svg":
            yield from read_svg(path, SVG_EPSILON if epsilon is None else epsilon)
        elif kind == RAW and epsilon is not None:
            yield from (_simpler(item, epsilon) for item in read_ndjson(path))
        else:
            yield from read_ndjson(path)
    except PerformanceError as error:
        raise CorpusError(str(error)) from None


def _sound(path: Path) -> Iterator[np.ndarray]:
    """The drawings of a raw file that have an extent, however many points they have."""
    for item in read_ndjson(path):
        if item.points is not None and len(item.points) and np.isfinite(item.points).all():
            if 0.0 < _side(item.points) <= LONGEST_STEP:
                yield item.points


def _simpler(item: Found, epsilon: float) -> Found:
    try:
        return item if item.points is None else replace(item, points=_simplified(item.points, epsilon))
    except ValueError as error:
        return replace(item, points=None, reason=str(error))


def _checked(path: Path, items: Iterable[Found], dropped: list[Dropped]) -> Iterator[Found]:
    """The good ones; the others go to `dropped`."""
    for item in items:
        reason = item.reason if item.points is None else _fault(item.points)
        if reason:
            dropped.append(Dropped(path, item.line, item.place + reason))
        else:
            yield item


def _fault(points: np.ndarray) -> str:
    """Why `points` are no drawing; empty if they are."""
    if not 2 <= len(points) <= MOST_POINTS:
        return f"expected 2 to {MOST_POINTS} points, got {len(points)}."
    if not np.isfinite(points).all():
        row = int(np.argmin(np.isfinite(points).all(axis=1)))
        return f"expected finite numbers and a pen, got {points[row].tolist()} in point {row}."
    if (step := np.abs(points[:, :2]).max()) > LONGEST_STEP:
        return f"expected steps up to {LONGEST_STEP:g} units, got {step:g}."
    pen = points[:, 2]
    if not np.isin(pen[:-1], (DRAW, LIFT)).all() or pen[-1] != END:
        return f"expected a pen of 0 or 1 and its end at the last point, got {np.unique(pen).tolist()}."
    if _side(points) == 0.0:
        return "expected a drawing with an extent, got a dot."
    return ""


def _points(item: Found) -> np.ndarray:
    return np.asarray(item.points)


def _grid(drawings: Sequence[np.ndarray]) -> float:
    """Step of the grid that all offsets lie on: 1 for whole numbers, 0 for none.

    Asked before the lines are simplified again: that moves their points along them, off the grid, but they
    are known no better for it.
    """
    return float(all(not (points[:, :2] % 1.0).any() for points in drawings))


def _side(points: np.ndarray) -> float:
    """The larger side of what a drawing covers."""
    return float(np.ptp(np.cumsum(points[:, :2], axis=0), axis=0).max())


def _box(kind: str, drawings: Sequence[np.ndarray]) -> float:
    if kind in BOXES or not drawings:
        return BOXES.get(kind, 1.0)
    sides = np.array([_side(points) for points in drawings])
    usual = float(np.percentile(sides, 99.0))
    sane = [points for points, side in zip(drawings, sides, strict=True) if side <= FARTHEST * usual]
    return float(np.ceil(max(usual, *(np.abs(points[:, :2]).max() for points in sane))))


def _epsilon(drawings: Sequence[np.ndarray]) -> float:
    """What the corpus was simplified by, as its points show it.

    Of a stroke of three points the middle one was kept because it is farther than that from the line between
    the ends, and in a large corpus some are hardly farther. Too few of these: every point within a stroke
    counts, which says a little too much.
    """
    points = np.concatenate(drawings)
    places, goes_on = np.cumsum(points[:, :2], axis=0), points[:, 2] == DRAW
    is_first = np.r_[True, ~goes_on[:-1]]
    inside = goes_on[:-2] & goes_on[1:-1]
    alone = inside & is_first[:-2] & ~goes_on[2:]
    chosen = np.flatnonzero(alone if alone.sum() >= ENOUGH_STROKES else inside)
    if not len(chosen):
        return 0.0
    start = places[chosen]
    chord, away = places[chosen + 2] - start, places[chosen + 1] - start
    length2 = np.maximum((chord**2).sum(axis=1), 1e-12)
    share = np.clip((away * chord).sum(axis=1) / length2, 0.0, 1.0)
    return float(np.percentile(np.hypot(*(away - share[:, None] * chord).T), 1.0))


def _simplified(points: np.ndarray, epsilon: float) -> np.ndarray:
    strokes = [as_trained(stroke, epsilon) for stroke in to_strokes(points)]
    return to_points(strokes, (float(points[0, 0]), float(points[0, 1])))


def _tell(dropped: Sequence[Dropped]) -> None:
    for line in summary(dropped):
        logger.warning("%s", line)
