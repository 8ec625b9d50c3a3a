"""The curve of a stroke: through its points, smooth where it bends, sharp where it turns. As cubic Beziers.

Every painter draws this curve: `beziers` of a whole stroke, and `grow` gives the same piece by piece while
strokes are being drawn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CORNER = np.cos(np.radians(50.0))  # a line that turns by more at a point has a corner there, by less a bend
NEXT = 3  # a piece stays as it is when there are so many points after its first
BEFORE = 2  # and is made with so many points before it
TIP_TOLERANCE = 6.0  # the tip of a stroke, which is there for a moment, is so much less fine

Place = tuple[float, float, float]
"""x, y and the width of the brush."""


def distinct(points: NDArray[np.floating]) -> NDArray[np.intp]:
    """Indices of the points that differ from the one before, (m,), m >= 1: a curve needs chords."""
    moved = np.any(np.diff(points, axis=0) != 0, axis=1)
    return np.concatenate([[0], np.flatnonzero(moved) + 1])


def steadied(points: NDArray[np.floating], most: float, starts: NDArray[np.intp] | None = None) -> Floats:
    """`points` (n, 2) moved towards the middle of their neighbours: without the steps of whole pixels.

    A point that would move as far as `most` is meant and stays, one that is hardly off moves all the way;
    first and last point stay. `starts`: of `beziers`.
    """
    moved = np.array(points, dtype=np.float64)
    if most > 0 and len(moved) > 2:
        shift = 0.25 * (moved[:-2] + moved[2:]) - 0.5 * moved[1:-1]
        part = np.maximum(1 - (shift * shift).sum(axis=1, keepdims=True) / most**2, 0.0)
        part[_ends(len(moved), starts)[1:-1]] = 0.0
        moved[1:-1] += shift * part
    return moved


def beziers(
    points: NDArray[np.floating], stray: float | None = None, starts: NDArray[np.intp] | None = None
) -> Floats:
    """One cubic Bezier per pair of neighbouring points: a centripetal Catmull-Rom spline with corners.

    Centripetal knots (the square root of the chord) make no loops and no cusps between the points. Where the
    points turn by more than `CORNER` says, the curve has a corner: it leaves as if it began there.

    Args:
        points: (n, 2), any unit; neighbours must differ (see `distinct`).
        stray: no curve is further than this from its chord: for points that were left over from a line
            which was no further from it, so that what was a corner of that line is none the rounder. None:
            as far as the spline bends.
        starts: indices of points, above 0, where another stroke begins: the piece before is of neither.
    Returns:
        float64 (n - 1, 4, 2): start, two control points, end.
    Source: C. Yuksel, S. Schaefer, J. Keyser, "Parameterization and applications of Catmull-Rom
        curves", Computer-Aided Design 43 (2011).
    """
    p = np.asarray(points, dtype=np.float64)
    if len(p) < 2:
        return np.empty((0, 4, 2))
    chord = p[1:] - p[:-1]
    length = np.hypot(chord[:, 0], chord[:, 1]).clip(1e-12)
    knot = np.sqrt(length)[:, None]  # centripetal: chord ** 0.5
    velocity = chord / knot
    # The velocity at an inner point: of the parabola through it and its two neighbours.
    inner = (velocity[:-1] * knot[1:] + velocity[1:] * knot[:-1]) / (3 * (knot[:-1] + knot[1:]))
    ends = _ends(len(p), starts)  # where the curve has no direction of its own
    dot = (chord[:-1] * chord[1:]).sum(axis=1)
    ends[1:-1] |= dot < CORNER * length[:-1] * length[1:]
    out = np.empty((len(p) - 1, 4, 2))
    out[:, 0], out[:, 3] = p[:-1], p[1:]
    out[1:, 1] = p[1:-1] + inner * knot[1:]
    out[:-1, 2] = p[1:-1] - inner * knot[:-1]
    # An end: half way to the other control point bends the curve evenly; between two ends it is straight.
    begins, stops = ends[:-1], ends[1:]
    straight = begins & stops
    out[straight, 1] = out[straight, 2] = (out[straight, 0] + out[straight, 3]) / 2
    begins, stops = begins & ~stops, stops & ~begins
    out[begins, 1] = (out[begins, 0] + out[begins, 2]) / 2
    out[stops, 2] = (out[stops, 3] + out[stops, 1]) / 2
    if stray is not None:
        # With both control points at a distance d the curve is 3/4 d from its chord, and never further.
        across = np.stack([-chord[:, 1], chord[:, 0]], axis=1) / length[:, None]
        for control, end in ((1, 0), (2, 3)):
            handle = out[:, control] - out[:, end]
            away = np.abs((handle * across).sum(axis=1)).clip(1e-12)
            out[:, control] = out[:, end] + handle * np.minimum(1.0, stray / 0.75 / away)[:, None]
    return out


def _ends(n: int, starts: NDArray[np.intp] | None) -> NDArray[np.bool_]:
    """Which of n points are the first or last of a stroke."""
    ends = np.zeros(n, dtype=bool)
    ends[[0, -1]] = True
    if starts is not None:
        ends[starts] = ends[starts - 1] = True
    return ends


def flatten(curves: Floats, tolerance: float | Floats, longest: float) -> tuple[NDArray[np.intp], Floats]:
    """Where to cut each curve so that the chords stay within `tolerance` of it.

    Args:
        curves: (m, 4, 2) in any unit of length.
        tolerance: largest distance of a chord from its curve, in that unit; one, or one of each, (m,).
        longest: no chord is longer than about this.
    Returns:
        For every chord, in order: the index of its curve (k,) and its two parameters, (k, 2) in [0, 1].
    Source: the second differences bound the deviation of a cubic from n chords by
        sqrt(3) / 18 ... 1 / 8 of the largest second derivative over n squared (Wang's formula).
    """
    step = curves[:, 1:] - curves[:, :-1]
    bend = np.abs(step[:, 1:] - step[:, :-1]).max(axis=(1, 2)) * 6
    length = np.hypot(step[:, :, 0], step[:, :, 1]).sum(axis=1)
    pieces = np.maximum(np.sqrt(bend / (8 * tolerance)), length / longest)
    n = np.maximum(np.ceil(pieces), 1).astype(np.intp)
    which = np.repeat(np.arange(len(curves)), n)
    number = np.arange(len(which)) - np.repeat(np.cumsum(n) - n, n)
    return which, np.stack([number, number + 1], axis=1) / n[which, None]


def at(curves: Floats, t: Floats) -> Floats:
    """The points (k, 2) of the curves (k, 4, 2) at the parameters t (k,)."""
    t = t[:, None]
    s = 1 - t
    return (
        s**3 * curves[:, 0]
        + 3 * s * s * t * curves[:, 1]
        + 3 * s * t * t * curves[:, 2]
        + t**3 * curves[:, 3]
    )


def along(curves: Floats, widths: Floats, tolerance: float, longest: float) -> Floats:
    """The places of a brush on a curve, (k + 1, 3): x, y and width, between which it is straight.

    Args:
        curves: (m, 4, 2), each beginning where the one before ends.
        widths: (m + 1,), where they begin and end.
        tolerance, longest: see `flatten`.
    """
    which, t = flatten(curves, tolerance, longest)
    end = t[:, 1]
    width = widths[which] + end * (widths[which + 1] - widths[which])
    places = np.empty((len(which) + 1, 3))
    places[0, :2], places[0, 2] = curves[0, 0], widths[0]
    places[1:, :2], places[1:, 2] = at(curves[which], end), width
    return places


class GrowingCurve:
    """A stroke that goes on, for `grow`.

    Args:
        first: where it begins: x, y and width.
    """

    def __init__(self, first: Place) -> None:
        self.points = [first]
        self.n_given = 0  # pieces between these points that were given

    def add(self, x: float, y: float, width: float) -> None:
        """The stroke goes on to (x, y)."""
        if (x, y) != self.points[-1][:2]:
            self.points.append((x, y, width))

    @property
    def last(self) -> Place:
        """Where it is now."""
        return self.points[-1]


def grow(
    strokes: Sequence[GrowingCurve], most: float, tolerance: float, longest: float, *, ends: bool = False
) -> list[tuple[Floats, Floats]]:
    """What is new of strokes that go on: `along` of the `beziers` of their `steadied` points, piece by piece.

    Args:
        strokes: all at once, for they are many and their pieces few.
        most: of `steadied`.
        tolerance, longest: of `along`.
        ends: whether they go on no more.
    Returns:
        Of each stroke the places of a brush, (k, 3), on what is new and stays, and on the tip, which is
        given anew until the next points tell how it bends; no rows for nothing.
    """
    counts = np.array([len(stroke.points) for stroke in strokes])
    points = np.array([point for stroke in strokes for point in stroke.points])
    starts = np.cumsum(counts) - counts
    curves = beziers(steadied(points[:, :2], most, starts[1:]), None, starts[1:])
    tolerances = np.full(len(curves), tolerance)
    parts = []
    for stroke, start, count in zip(strokes, starts.tolist(), counts.tolist(), strict=True):
        stop = count - 1 if ends else max(stroke.n_given, count - NEXT)
        parts.append((start + stroke.n_given, start + stop, start + count - 1))
        tolerances[start + stop : start + count - 1] = TIP_TOLERANCE * tolerance
        kept = max(0, stop - BEFORE)
        del stroke.points[:kept]
        stroke.n_given = stop - kept
    which, t = flatten(curves, tolerances, longest)
    on_it = np.empty((len(which), 3))
    on_it[:, :2] = at(curves[which], t[:, 1])
    on_it[:, 2] = points[which, 2] + t[:, 1] * (points[which + 1, 2] - points[which, 2])
    rows = np.searchsorted(which, np.array(parts)).tolist()
    found = []
    for (first, stop, last), (row, mid, end) in zip(parts, rows, strict=True):
        stays, tip = np.empty((0, 3)), np.empty((0, 3))
        if stop > first:
            stays = np.concatenate([[[*curves[first, 0], points[first, 2]]], on_it[row:mid]])
        if last > stop:
            tip = np.concatenate([[[*curves[stop, 0], points[stop, 2]]], on_it[mid:end]])
            if end - mid == 2 and _stray(tip) < TIP_TOLERANCE * tolerance:
                tip = tip[::2]
        found.append((stays, tip))
    return found


def _stray(places: Floats) -> float:
    """How far the second of three places is from the middle of the others."""
    x, y, _ = (places[0] / 2 + places[2] / 2 - places[1]).tolist()
    return math.hypot(x, y)
