"""Strokes and the points of a sketch model: one way there and back, for the canvas and for training.

A *stroke* is what a pen does between down and up, float32 `(n, 2)`, x and y, y down, in any unit. *Points*
are what a sketch model hears and says, float32 `(n, 3)`: dx and dy, the step from the point before, in model
units, and pen: 0 the pen goes on to the next point, 1 it is lifted after this point, 2 the drawing ends here.
A step holds no place: where a drawing begins is not in its points.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np

from models.manifest import Scale

Stroke: TypeAlias = np.ndarray
Splits: TypeAlias = dict[tuple[int, int], int]
"""Of ranges, by first and last row: the row farthest from the line between, or the first if none is far."""

DRAW, LIFT, END = 0, 1, 2  # the pen after a point

FINENESS = 8.0  # resampled points per epsilon: a cut corner is off by a sixteenth of it at most
MOST_POINTS = 20_000  # of one resampled stroke: a scribble without end stays cheap
FARTHEST = float(np.float32(1e30))  # places beyond it are refused: their differences have to be float32


def simplify(stroke: Stroke, epsilon: float) -> Stroke:
    """The points of `stroke` that matter: Ramer-Douglas-Peucker with the distance to the segment.

    Both ends are kept, and every point left out is at most `epsilon` from the segment that replaces it.
    A stroke of one point comes back as two at the same place: the corpora know no other dots.

    Args:
        stroke: `(n, 2)`, n >= 1.
        epsilon: in the unit of the stroke, 0 or more.

    Returns:
        float32 `(m, 2)`, 2 <= m <= max(n, 2): rows of the stroke.

    Raises:
        ValueError: not points, none, not finite or beyond 1e30; a negative epsilon.

    Source: Ramer, "An iterative procedure for the polygonal approximation of plane curves" (1972);
    Douglas and Peucker, "Algorithms for the reduction of the number of points" (1973).
    """
    points = _checked(stroke)
    if not 0.0 <= epsilon < math.inf:
        raise ValueError(f"epsilon: expected 0 or more, got {epsilon}.")
    if len(points) == 1:
        return np.repeat(points, 2, axis=0).astype("float32")
    return points[corners(points, epsilon)].astype("float32")


def corners(
    points: np.ndarray, epsilon: float, known: Splits | None = None, found: Splits | None = None
) -> list[int]:
    """Which of `points`, float64 `(n, 2)`, n >= 2, `simplify` keeps: their rows, rising.

    Args:
        known: where ranges of these points were split before; those are not measured again.
        found: takes where each range is split, for another call with the same points before its last.
    """
    x, y = np.ascontiguousarray(points.T)
    is_kept = np.zeros(len(points), bool)
    is_kept[[0, -1]] = True
    open_ranges = [(0, len(points) - 1)]  # a list of its own: a stroke may be deeper than Python's stack
    while open_ranges:
        start, stop = open_ranges.pop()
        if stop - start < 2:
            continue
        middle = known.get((start, stop)) if known else None
        if middle is None:
            middle = _split(x[start : stop + 1], y[start : stop + 1], start, epsilon)
        if found is not None:
            found[start, stop] = middle
        if middle > start:
            is_kept[middle] = True
            open_ranges += [(start, middle), (middle, stop)]
    rows: list[int] = np.flatnonzero(is_kept).tolist()
    return rows


def resample(stroke: Stroke, spacing: float) -> Stroke:
    """`stroke` with its points at equal arc length, so that a slow and a fast hand give the same points.

    A stroke that goes on keeps its points, but the last: `models.growing` builds on that.

    Args:
        stroke: `(n, 2)`, n >= 1.
        spacing: the length between two points, above 0; the last is as near as it comes. Of a stroke that
            would have more than 20 000 points the spacing is doubled until it has not.

    Returns:
        float32 `(m, 2)`, from the first point to the last; one point for a stroke without length.

    Raises:
        ValueError: not points, none, not finite or beyond 1e30; a spacing of 0 or below.
    """
    points = _checked(stroke)
    if not 0.0 < spacing < math.inf:
        raise ValueError(f"spacing: expected above 0, got {spacing}.")
    points, at = measured(points)
    if len(points) == 1:
        return points.astype("float32")
    most = float(at[-1]) / (MOST_POINTS - 1)
    if most > spacing:
        spacing = math.ldexp(spacing, math.ceil(math.log2(most) - math.log2(spacing)))
    n = min(n_before(float(at[-1]), spacing), MOST_POINTS - 1)  # of rounding
    wanted = np.append(spacing * np.arange(n), at[-1])
    return np.stack([np.interp(wanted, at, points[:, i]) for i in (0, 1)], axis=1).astype("float32")


def measured(points: np.ndarray, way: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """`points` without those that are where the one before is, and how far the pen has come at each.

    Args:
        points: float64 `(n, 2)`, n >= 1.
        way: how far it had come at the first.
    """
    steps = np.hypot(*np.diff(points, axis=0).T)
    return points[np.r_[True, steps > 0.0]], np.cumsum(np.r_[way, steps[steps > 0.0]])


def n_before(way: float, spacing: float) -> int:
    """How many points at equal arc length there are before the end of a stroke `way` long; at least 1."""
    return max(math.ceil(way / spacing), 1)


def heard(
    strokes: Iterable[Stroke], scale: Scale, units_per_pixel: float, *, is_lifted: bool = True
) -> np.ndarray:
    """What a sketch model hears of strokes that a hand drew: they become what the model was trained on.

    This is the one place where that happens, at any window size: scale to model units, points at equal
    arc length, then the corpus' own simplification, then steps. Strokes are heard in the order given.

    Args:
        strokes: in pixels of a canvas, `(n, 2)` each; those without a point are passed over.
        scale: of the model, `Manifest.drawing`.
        units_per_pixel: `scale.box` divided by the side of the canvas in pixels.
        is_lifted: whether the pen is up after the last stroke; False while it is still being drawn.

    Returns:
        Points float32 `(n, 3)`; the first step is `scale.first`, the last pen is lifted or goes on, never
        the end. `(0, 3)` without a stroke.

    Raises:
        ValueError: a stroke that is not points, not finite or beyond 1e30; units_per_pixel of 0 or below.
    """
    if not 0.0 < units_per_pixel < math.inf:
        raise ValueError(f"units_per_pixel: expected above 0, got {units_per_pixel}.")
    clean = [as_trained(np.asarray(s, "float64") * units_per_pixel, scale.epsilon) for s in strokes if len(s)]
    points = to_points(clean, scale.first, end=False)
    if len(points) and not is_lifted:
        points[-1, 2] = DRAW
    return points


def as_trained(stroke: Stroke, epsilon: float) -> Stroke:
    """One stroke in model units as a corpus holds it: resampled, then simplified; at least 2 points."""
    return simplify(resample(stroke, epsilon / FINENESS) if epsilon > 0.0 else stroke, epsilon)


def to_points(
    strokes: Sequence[Stroke], first: tuple[float, float] = (0.0, 0.0), end: bool = True
) -> np.ndarray:
    """Strokes in model units as points.

    Args:
        strokes: `(n, 2)` each, in the order they were drawn; those without a point are passed over.
        first: the step of the first point, which has none before it.
        end: whether the drawing ends with the last point; if not, the pen is lifted there.

    Returns:
        float32 `(n, 3)`; `(0, 3)` without a stroke.

    Raises:
        ValueError: a stroke that is not points, not finite or beyond 1e30.
    """
    drawn = [_checked(stroke) for stroke in strokes if len(stroke)]
    if not drawn:
        return np.zeros((0, 3), "float32")
    places = np.concatenate(drawn)
    points = np.zeros((len(places), 3))
    points[0, :2] = first
    points[1:, :2] = np.diff(places, axis=0)
    points[np.cumsum([len(stroke) for stroke in drawn]) - 1, 2] = LIFT
    points[-1, 2] = END if end else LIFT
    return points.astype("float32")


def to_strokes(points: np.ndarray, origin: tuple[float, float] = (0.0, 0.0)) -> list[Stroke]:
    """The strokes of `points`; what comes after the drawing's end is passed over.

    `to_strokes(to_points(strokes, first), origin)` gives the strokes back when `origin + first` is the
    place of their first point.

    Args:
        points: `(n, 3)`, model units.
        origin: where the pen was before the first point, to which the first step is added.

    Returns:
        Strokes float32 `(n, 2)`, n >= 1; the last one may be unfinished.

    Raises:
        ValueError: not points, not finite or beyond 1e30.
    """
    points = _checked(points, 3) if len(points) else np.zeros((0, 3))
    pen = points[:, 2]
    n = int(np.argmax(pen == END)) + 1 if (pen == END).any() else len(points)
    places = (np.cumsum(points[:n, :2], axis=0) + origin).astype("float32")
    return [stroke for stroke in np.split(places, np.flatnonzero(pen[:n] != DRAW) + 1) if len(stroke)]


def _checked(points: np.ndarray, n_columns: int = 2) -> np.ndarray:
    """`points` as float64 `(n, n_columns)`, n >= 1, finite: differences of float32 would lose digits."""
    points = np.asarray(points, "float64")
    if points.ndim != 2 or points.shape[1] != n_columns or not len(points):
        raise ValueError(f"points: expected at least one (n, {n_columns}), got shape {points.shape}.")
    if not np.isfinite(points).all():
        row = int(np.argmin(np.isfinite(points).all(axis=1)))
        raise ValueError(f"points: expected finite numbers, got {points[row].tolist()} in row {row}.")
    if np.abs(points).max() > FARTHEST:
        row = int(np.argmax(np.abs(points).max(axis=1)))
        raise ValueError(f"points: expected numbers within 1e30, got {points[row].tolist()} in row {row}.")
    return points


def _split(x: np.ndarray, y: np.ndarray, start: int, epsilon: float) -> int:
    """Where to split a range of points that begins with row `start`: see `Splits`.

    The distance is that to the segment; of a closed stroke its ends are one place.
    """
    along_x, along_y = float(x[-1] - x[0]), float(y[-1] - y[0])
    away_x, away_y = x[1:-1] - x[0], y[1:-1] - y[0]
    length2 = along_x * along_x + along_y * along_y
    if length2 > 0.0:
        share = (away_x * along_x + away_y * along_y) / length2
        share = np.minimum(np.maximum(share, 0.0), 1.0)
        away_x, away_y = away_x - share * along_x, away_y - share * along_y
    distance = np.hypot(away_x, away_y)
    farthest = int(distance.argmax())
    return start + 1 + farthest if distance[farthest] > epsilon else start
