"""What the network hears of a touch: its place, its steps, its contact and its time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from mdn.columns import Column, Kind, of_kind
from mdn.densities import Array, Past, Seconds


class ContactFeatures:
    """Numbers of order one: tanh of what is magnified, waves of the place, and the rest as it is.

    Event, step, drift, start of the contact and log seconds go through one matrix product, because the graph
    runs an operator in about 100 ns, whatever its size. And all of them are scaled here, not in the first
    layer: an int8 kernel rounds all it takes to a share of the largest.

    Args:
        columns: what an event holds: two positions; seconds and flags as there are.

    Attributes:
        n_features: how many, `known` not counted.
    """

    STEPS: ClassVar = (300.0, 40.0, 5.0)  # magnifications: from a pixel to half the canvas
    DRIFT: ClassVar = (300.0, 40.0)
    SECONDS = 8.0  # so that the frames of a screen that are late and early differ
    WAVES: ClassVar = (1.0, 2.0, 4.0, 8.0)  # of the place, to the canvas
    SECONDS_SCALE = 0.5

    def __init__(self, columns: Sequence[Column]) -> None:
        n = len(columns)
        at = of_kind(columns, Kind.POSITION)
        flags = of_kind(columns, Kind.FLAG)
        self._seconds = of_kind(columns, Kind.SECONDS)
        # Where in what is heard: event, step, drift, start, log seconds.
        step, drift, start = [n + i for i in at], [2 * n, 2 * n + 1], [2 * n + 2, 2 * n + 3]
        log_s = range(2 * n + 4, 2 * n + 4 + len(self._seconds))
        # Each feature: its shift, and the numbers it is a weighted sum of.
        magnified: list[tuple[float, dict[int, float]]] = []
        magnified += [(0.0, {i: by}) for by in self.STEPS for i in step]
        magnified += [(0.0, {i: by}) for by in self.DRIFT for i in drift]
        frame = math.log(Seconds.TYPICAL_S + Seconds.SHIFT_S)
        magnified += [(-self.SECONDS * frame, {i: self.SECONDS}) for i in log_s]
        turns = [(k * 2.0 * math.pi, i) for k in self.WAVES for i in at]
        waves = [(phase, {i: turn}) for phase in (0.0, 0.5 * math.pi) for turn, i in turns]
        plain: list[tuple[float, dict[int, float]]] = [(-1.0, {i: 2.0}) for i in at]
        plain += [(0.0, {i: 2.0, j: -2.0}) for i, j in zip(at, start, strict=True)]
        middle = self.SECONDS_SCALE * math.log(Seconds.TYPICAL_S)
        plain += [(-middle, {i: self.SECONDS_SCALE}) for i in log_s]
        plain += [(0.0, {i: 1.0}) for i in flags]
        sums = [*magnified, *waves, *plain]
        self.n_features = len(sums)
        self._ends = [len(magnified), len(magnified) + len(waves)]
        self._kernel = np.zeros((2 * n + 4 + len(self._seconds), len(sums)), "float32")
        self._shift = np.array([shift for shift, _ in sums], "float32")
        for column, (_, weights) in enumerate(sums):
            for row, weight in weights.items():
                self._kernel[row, column] = weight

    def __call__(self, xp: Any, past: Past) -> Array:
        """The features after `past`, `(..., n_features)`.

        Args:
            xp: numpy or another namespace.
            past: the event and its route, natural units; seconds >= 0.
        """
        log_s = [xp.log(past.event[..., i : i + 1] + Seconds.SHIFT_S) for i in self._seconds]
        heard = xp.concatenate([past.event, past.step, past.drift, past.start, *log_s], axis=-1)
        sums = xp.matmul(heard, self._kernel) + self._shift
        magnified, waves, plain = xp.split(sums, self._ends, axis=-1)
        return xp.concatenate([xp.tanh(magnified), xp.sin(waves), plain], axis=-1)
