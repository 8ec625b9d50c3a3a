"""What the network hears of an event: scaled values, and differences at several magnifications.

Part of the model file's graph, so app and training cannot disagree about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mdn.columns import Column, Kind
from mdn.densities import Array, Seconds


class Features:
    """Natural units in, numbers of order one out.

    For an event e, the one before it p, and `known` (1 if there is a p): each coordinate or value
    centred on its range; differences e - p through tanh at magnifications from a pixel to half the
    canvas, because a jump and a tremble both matter; the logarithm of seconds; flags as they are; `known`.

    Args:
        columns: what an event holds.
    """

    MAGNIFICATIONS = {Kind.POSITION: (300.0, 40.0, 5.0), Kind.VALUE: (60.0, 4.0), Kind.OFFSET: (3.0, 0.5, 0.08)}
    SECONDS_SCALE = 0.5

    def __init__(self, columns: Sequence[Column]) -> None:
        at = {kind: [i for i, c in enumerate(columns) if c.kind is kind] for kind in Kind}
        self._placed = at[Kind.POSITION] + at[Kind.VALUE]
        low = np.array([columns[i].low for i in self._placed])
        high = np.array([columns[i].high for i in self._placed])
        self._centre = ((low + high) / 2).astype("float32")
        self._scale = (2 / np.maximum(high - low, 1e-9)).astype("float32")
        self._moved = at[Kind.POSITION] + at[Kind.VALUE]
        self._offset = at[Kind.OFFSET]
        self._seconds = at[Kind.SECONDS]
        self._flags = at[Kind.FLAG]
        self._pen = at[Kind.PEN]
        kind = columns[self._moved[0]].kind if self._moved else Kind.OFFSET
        self._magnifications = self.MAGNIFICATIONS[kind]
        n_differences = len(self._moved or self._offset) * len(self._magnifications)
        self.n_features = (
            len(self._placed) + n_differences + len(self._seconds) + len(self._flags) + 3 * len(self._pen) + 1
        )

    def __call__(self, xp: Any, event: Array, previous: Array, known: Array) -> Array:
        """`(..., n_features)` from `event` and `previous` `(..., n_columns)` and `known` `(..., 1)`."""
        parts = []
        if self._placed:
            first, last = self._placed[0], self._placed[-1] + 1
            parts.append((event[..., first:last] - self._centre) * self._scale)
            difference = known * (event[..., first:last] - previous[..., first:last])
        else:
            first, last = self._offset[0], self._offset[-1] + 1
            difference = event[..., first:last]
        parts += [xp.tanh(difference * magnification) for magnification in self._magnifications]
        for i in self._seconds:
            log_s = xp.log(xp.maximum(event[..., i : i + 1], 0.0) + Seconds.SHIFT_S)
            parts.append((log_s - np.float32(np.log(Seconds.TYPICAL_S))) * self.SECONDS_SCALE)
        parts += [event[..., i : i + 1] for i in self._flags]
        for i in self._pen:
            parts += [xp.maximum(1.0 - xp.abs(event[..., i : i + 1] - float(s)), 0.0) for s in range(3)]
        parts.append(known)
        return xp.concatenate(parts, axis=-1)
