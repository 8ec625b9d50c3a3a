"""Drawings as arrays of steps: stroke-3, stroke-5, and the first point that some files leave out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.strokes import DRAW, END, LIFT

START_SHARE = 0.25  # of a usual step: a first step this long is drawn, see `leaves_out_start`


def from_stroke_3(rows: np.ndarray) -> np.ndarray:
    """dx, dy, pen lifted after this point: the last point is the end, whatever its pen says."""
    if len(rows) and np.isin(rows[-1, 2], (DRAW, LIFT)):
        rows[-1, 2] = END
    return rows


def from_stroke_5(rows: np.ndarray) -> np.ndarray:
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
    return from_stroke_3(points)


def leaves_out_start(drawings: Sequence[np.ndarray]) -> bool:
    """Whether the file with these drawings leaves out their first points.

    sketch-rnn's format leaves out the first point of a drawing: its pen is down at the origin before the
    first row, so that row is a line. In other files the first row is the first point, whose step leads
    nowhere. Which one it is shows in the first steps: they are as long as steps are, or all about nothing.

    Source: Ha and Eck, "A Neural Representation of Sketch Drawings" (2017), 3.1: S_0 is (0, 0, 1, 0, 0).
    """
    if not drawings:
        return False
    firsts = np.array([np.hypot(*points[0, :2]) for points in drawings])
    steps = np.concatenate([np.hypot(*points[1:, :2].T) for points in drawings])
    return bool(len(steps) and np.median(firsts) > START_SHARE * np.median(steps))


def with_start(points: np.ndarray) -> np.ndarray:
    """`points` after the place where the pen is set down: a step that leads nowhere."""
    return np.concatenate([np.zeros((1, 3)), points])
