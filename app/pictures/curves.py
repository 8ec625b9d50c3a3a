"""Smooth curves through the points of a stroke, as cubic Beziers that never leave the canvas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def distinct(points: NDArray[np.floating]) -> NDArray[np.intp]:
    """Indices of the points that differ from the one before, (m,), m >= 1: a curve needs chords."""
    moved = np.any(np.diff(points, axis=0) != 0, axis=1)
    return np.concatenate([[0], np.flatnonzero(moved) + 1])


def steadied(points: NDArray[np.floating], most: float, passes: int = 3) -> Floats:
    """`points` (n, 2) moved towards the middle of their neighbours, none further than `most` from itself.

    It takes away the steps of a device that reports whole pixels; first and last point stay.
    """
    start = np.asarray(points, dtype=np.float64)
    moved = start.copy()
    for _ in range(passes):
        moved[1:-1] = 0.5 * moved[1:-1] + 0.25 * (moved[:-2] + moved[2:])
        moved = start + np.clip(moved - start, -most, most)
    return moved


def beziers(points: NDArray[np.floating]) -> Floats:
    """One cubic Bezier per pair of neighbouring points: a centripetal Catmull-Rom spline.

    Centripetal knots (the square root of the chord) make no loops and no cusps between the points.
    Control points are clamped to the canvas, and a Bezier stays in the hull of its control points,
    so no curve leaves the canvas.

    Args:
        points: (n, 2), fractions of the canvas in [0, 1]; neighbours must differ (see `distinct`).
    Returns:
        float64 (n - 1, 4, 2): start, two control points, end.
    Source: C. Yuksel, S. Schaefer, J. Keyser, "Parameterization and applications of Catmull-Rom
        curves", Computer-Aided Design 43 (2011).
    """
    p = np.asarray(points, dtype=np.float64)
    if len(p) < 2:
        return np.empty((0, 4, 2))
    chord = np.diff(p, axis=0)
    knot = np.sqrt(np.hypot(chord[:, 0], chord[:, 1]).clip(1e-12))[:, None]  # centripetal: chord ** 0.5
    velocity = chord / knot
    out = np.empty((len(p) - 1, 4, 2))
    out[:, 0], out[:, 3] = p[:-1], p[1:]
    # The velocity at an inner point: of the parabola through it and its two neighbours.
    inner = (velocity[:-1] * knot[1:] + velocity[1:] * knot[:-1]) / (knot[:-1] + knot[1:])
    out[1:, 1] = p[1:-1] + inner * knot[1:] / 3
    out[:-1, 2] = p[1:-1] - inner * knot[:-1] / 3
    # The ends have no neighbour: half way to the other control point bends the curve evenly.
    out[-1, 2] = out[0, 1] = (p[0] + p[-1]) / 2
    if len(p) > 2:
        out[0, 1] = (p[0] + out[0, 2]) / 2
        out[-1, 2] = (p[-1] + out[-1, 1]) / 2
    return np.clip(out, 0.0, 1.0)


def flatten(curves: Floats, tolerance: float, longest: float) -> tuple[NDArray[np.intp], Floats]:
    """Where to cut each curve so that the chords stay within `tolerance` of it.

    Args:
        curves: (m, 4, 2) in any unit of length.
        tolerance: largest distance of a chord from its curve, in that unit.
        longest: no chord is longer than about this.
    Returns:
        For every chord, in order: the index of its curve (k,) and its two parameters, (k, 2) in [0, 1].
    Source: the second differences bound the deviation of a cubic from n chords by
        sqrt(3) / 18 ... 1 / 8 of the largest second derivative over n squared (Wang's formula).
    """
    bend = np.abs(np.diff(curves, n=2, axis=1)).max(axis=(1, 2)) * 6
    length = np.hypot(*np.moveaxis(np.diff(curves, axis=1), -1, 0)).sum(axis=1)
    pieces = np.maximum(np.sqrt(bend / (8 * tolerance)), length / longest)
    n = np.maximum(np.ceil(pieces), 1).astype(np.intp)
    which = np.repeat(np.arange(len(curves)), n)
    step = np.arange(len(which)) - np.repeat(np.cumsum(n) - n, n)
    return which, np.stack([step / n[which], (step + 1) / n[which]], axis=1)


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
