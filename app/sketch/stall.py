"""When a drawing goes nowhere: many points of the ghost in a row that stay in a small square."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.manifest import Scale

STALL_POINTS = 16  # this many points in a row ...
STALL_EPSILONS = 4.0  # ... within a square of so many epsilons go nowhere; 16 points of a kanji span 26
STALL_BOX = 0.01  # or of this share of the box, for a corpus that was not simplified


def stalled(own: NDArray[np.float32], chunk: NDArray[np.float32], scale: Scale) -> int | None:
    """How many points of `chunk` there are when the ghost has gone nowhere; None if it goes somewhere.

    Args:
        own: points of the ghost before, since a person drew last, (n, 3).
        chunk: the ones it adds, (n, 3).
        scale: of the model.
    """
    points = np.concatenate([own, chunk])
    if len(points) < STALL_POINTS:
        return None
    places = np.cumsum(points[:, :2], axis=0, dtype=np.float64)
    windows = np.lib.stride_tricks.sliding_window_view(places, STALL_POINTS, axis=0)
    nowhere = max(STALL_EPSILONS * scale.epsilon, STALL_BOX * scale.box)
    is_stall = (np.ptp(windows, axis=2) <= nowhere).all(axis=1)
    if not is_stall.any():
        return None
    return max(int(np.argmax(is_stall)) + STALL_POINTS - len(own), 1)
