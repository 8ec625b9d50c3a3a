"""Noise that spreads recorded values over the grid they lie on.

Touch screens report whole pixels and clocks whole ticks. A continuous density can be made
arbitrarily good on such data by collapsing onto the grid, so values are scored and learned with
uniform noise of one grid step (Theis, van den Oord & Bethge 2016, arXiv:1511.01844, section 3.1).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mdn.columns import Column, Kind, of_kind
from mdn.densities import Knobs
from mdn.densities.note_seconds import GRID_S
from models.manifest import Scale

# Half the width of the noise, in the column's unit. Offsets that lie on a coarser grid have half of its step.
# That of the others is no share of the box, because a box is measured, and its scores have to compare.
# Velocities are whole numbers and have the probability of one, so theirs is a form: it changes no score.
HALF_WIDTH = {
    Kind.POSITION: 1e-3,
    Kind.SECONDS: 5e-4,
    Kind.VALUE: 1 / 256,
    Kind.OFFSET: 5e-2,
    Kind.DURATION: GRID_S,
    Kind.VELOCITY: 0.5,
}


def dequantise(
    events: np.ndarray,
    columns: Sequence[Column],
    rng: np.random.Generator,
    densities: Sequence[str] = (),
    drawing: Scale | None = None,
) -> np.ndarray:
    """A copy of `events` `(n_events, n_columns)`, float32, with noise; seconds stay non-negative.

    A knob that rests is an exact repeat: it keeps the noise of its last move, and has none before its first.

    Draws in the order of the columns, those of a kind together and row by row, whether an event needs all of
    them or not: the order the scores are defined by.

    Args:
        events: a performance in natural units.
        columns: what an event holds.
        rng: source of randomness.
        densities: names of the model's, none for today's. Where `Values` are the density of knobs, each knob
            gets its noise in every event: a continuous density knows no exact repeat.
        drawing: of the model that learns or is scored; its grid is that of the offsets.
    """
    noisy = events.astype("float64")
    is_notes = any(column.kind is Kind.PITCH for column in columns)
    repeats = not densities or Knobs.name in densities
    for kind in dict.fromkeys(column.kind for column in columns):
        at = of_kind(columns, kind)
        if (half := half_width(kind, drawing)) is None:
            continue
        if kind is Kind.SECONDS and is_notes:
            half = GRID_S
        noise = rng.uniform(-half, half, (len(events), len(at)))
        if kind is Kind.VALUE and repeats:
            noise = _held(noise, events[:, at])
        noisy[:, at] += noise
        if kind in (Kind.SECONDS, Kind.DURATION):
            noisy[:, at] = np.abs(noisy[:, at])
    return noisy.astype("float32")


def half_width(kind: Kind, drawing: Scale | None = None) -> float | None:
    """Half the width of the noise of a kind of column, in its unit; None for one that has none."""
    if kind is Kind.OFFSET and drawing is not None:
        return max(HALF_WIDTH[kind], drawing.grid / 2.0)
    return HALF_WIDTH.get(kind)


def _held(noise: np.ndarray, values: np.ndarray) -> np.ndarray:
    """`noise` where `values` changed, and until they change again; zero before."""
    changed = np.diff(values, axis=0, prepend=values[:1]) != 0.0
    last = np.maximum.accumulate(np.where(changed, np.arange(len(values))[:, None], 0), axis=0)
    return np.where(changed, noise, 0.0)[last, np.arange(values.shape[1])]
