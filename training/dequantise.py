"""Noise that spreads recorded values over the grid they lie on.

Touch screens report whole pixels and clocks whole ticks. A continuous density can be made
arbitrarily good on such data by collapsing onto the grid, so values are scored and learned with
uniform noise of one grid step (Theis, van den Oord & Bethge 2016, arXiv:1511.01844, section 3.1).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mdn.columns import Column, Kind

# Half the width of the noise, in the column's unit.
HALF_WIDTH = {Kind.POSITION: 1e-3, Kind.SECONDS: 5e-4, Kind.VALUE: 1 / 256, Kind.OFFSET: 5e-2}


def dequantise(events: np.ndarray, columns: Sequence[Column], rng: np.random.Generator) -> np.ndarray:
    """A copy of `events` `(n_events, n_columns)`, float32, with noise; seconds stay non-negative.

    Draws column by column for pairs and values together (row by row), then seconds: the order the
    scores of this corpus are defined by.
    """
    noisy = events.astype("float64")
    for kinds in ((Kind.POSITION, Kind.OFFSET, Kind.VALUE), (Kind.SECONDS,)):
        at = [i for i, c in enumerate(columns) if c.kind in kinds]
        if not at:
            continue
        half = HALF_WIDTH[columns[at[0]].kind]
        noisy[:, at] += rng.uniform(-half, half, (len(events), len(at)))
    for i, column in enumerate(columns):
        if column.kind is Kind.SECONDS:
            noisy[:, i] = np.abs(noisy[:, i])
    return noisy.astype("float32")
