"""New drawings from the parts of two: a left part and a right part, or an upper and a lower one.

Most characters are put together of parts that recur, and one that nobody has seen is mostly parts that have
been seen. Where the strokes of a drawing up to some stroke lie on one side of a line, and all later ones on
the other, it can be cut there, and its first part goes with the second part of any other drawing that is
cut along the same axis at about the same place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mdn.columns import Column, Kind, of_kind

OVERLAP = 0.02  # of the box: parts may reach over the line by half of this
NEAR = 0.04  # of the box: the lines of two drawings that are put together are nearer than this


class Recombiner:
    """Knows where each of `drawings` can be cut.

    Args:
        drawings: float32 `(n_points, n_columns)` each, natural units.
        columns: what a point holds, offsets and a pen.
        box: side of the square they were drawn in.
    """

    def __init__(self, drawings: Sequence[np.ndarray], columns: Sequence[Column], box: float) -> None:
        self._drawings = drawings
        self._at = of_kind(columns, Kind.OFFSET)
        self._pen = of_kind(columns, Kind.PEN)[0]
        self._box = box
        self._cuts: dict[int, list[tuple[int, float, int]]] = {}  # of a drawing: axis, line, first row after
        found: tuple[list[tuple[float, int, int]], ...] = ([], [])  # of an axis: line, drawing, first row
        for index, drawing in enumerate(drawings):
            cuts = self._cuts_of(drawing)
            if cuts:
                self._cuts[index] = cuts
            for axis, line, row in cuts:
                found[axis].append((line, index, row))
        self._sorted = [sorted(of_axis) for of_axis in found]
        self._lines = [np.array([line for line, _, _ in of_axis]) for of_axis in self._sorted]

    def recombined(self, index: int, rng: np.random.Generator) -> np.ndarray:
        """The first part of drawing `index` and the second part of another one; itself if it has no parts."""
        drawing = self._drawings[index]
        if index not in self._cuts:
            return drawing
        cuts = self._cuts[index]
        axis, line, row = cuts[int(rng.integers(len(cuts)))]
        reach = NEAR * self._box
        low, high = np.searchsorted(self._lines[axis], [line - reach, line + reach])
        _, other, start = self._sorted[axis][int(rng.integers(low, max(high, low + 1)))]
        second = self._drawings[other]
        joined = np.concatenate([drawing[:row], second[start:]])
        place = self._places(second)[start] - self._places(drawing)[row - 1]
        joined[row, self._at] = place
        return joined

    def _cuts_of(self, drawing: np.ndarray) -> list[tuple[int, float, int]]:
        places = self._places(drawing)
        highest = np.maximum.accumulate(places, axis=0)
        lowest = np.minimum.accumulate(places[::-1], axis=0)[::-1]
        rows = np.flatnonzero(drawing[:-1, self._pen] >= 1.0) + 1
        gap = lowest[rows] - highest[rows - 1]
        middle = (lowest[rows] + highest[rows - 1]) / 2.0
        return [
            (axis, float(middle[i, axis]), int(rows[i]))
            for i, axis in np.argwhere(gap > -OVERLAP * self._box)
        ]

    def _places(self, drawing: np.ndarray) -> np.ndarray:
        """Of each point, from the middle of what the drawing covers."""
        places = np.cumsum(drawing[:, self._at], axis=0, dtype="float64")
        return np.asarray(places - (places.min(axis=0) + places.max(axis=0)) / 2.0)
