"""More performances from the same ones: what a player could as well have done."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mdn.columns import Column, Kind


def turn_canvas(
    events: np.ndarray, columns: Sequence[Column], symmetries: int, rng: np.random.Generator
) -> np.ndarray:
    """A copy of `events` `(n_events, n_columns)` under a random symmetry of the square canvas.

    Args:
        events: a performance in natural units.
        columns: what an event holds; without positions the copy is unchanged.
        symmetries: 8 flips and exchanges the axes, 4 flips, 1 does nothing.
        rng: source of randomness.
    """
    turned = events.copy()
    at = [i for i, column in enumerate(columns) if column.kind is Kind.POSITION]
    if not at or symmetries == 1:
        return turned
    for i in at:
        if rng.random() < 0.5:
            turned[:, i] = columns[i].low + columns[i].high - turned[:, i]
    if symmetries == 8 and rng.random() < 0.5:
        turned[:, at] = turned[:, at[::-1]]
    return turned
