"""The parameters of the density of notes: what they are called, where they stand, and where they start."""

from __future__ import annotations

import numpy as np

from mdn.densities.base import Array
from mdn.densities.note_memory import N_PITCHES, N_VELOCITIES

MIDDLE = 64.0  # of the keyboard, and of how hard a key is struck

# Intervals in units of the beat (`mdn.densities.note_grid`), and as shares of the interval before.
UNITS: tuple[float, ...] = (
    *(1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1, 4 / 3, 3 / 2, 2, 5 / 2, 8 / 3, 3, 7 / 2),
    *(4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32),
)  # fmt: skip
AGAIN: tuple[float, ...] = (1 / 2, 1, 2)
FREE = 4  # intervals that follow no beat
HELD = 6  # components of the duration that follow no note
FARTHEST, HIGHEST_CHORD = 48, 48  # semitones from the note before that have logits of their own

_KINDS = 1 + len(UNITS) + len(AGAIN) + 2 + FREE
_TILTS = 2 + len(UNITS)  # together, each multiple, and any other interval
_PARTS = HELD + 3
_LOGITS = {
    "dt": _KINDS,
    "dt_matched": 1,
    "key": N_PITCHES,
    "interval": 2 * FARTHEST + 1,
    "chord": HIGHEST_CHORD + 1,
    "height": _TILTS,
    "spread": _TILTS,
    "key_matched": 2,
    "key_heard": 1,
    "held": _PARTS,
    "held_together": _PARTS,
    "held_low": _PARTS,
    "held_high": _PARTS,
    "struck": N_VELOCITIES,
    "struck_tilt": _TILTS,
    "struck_by": 3,
    "struck_again": 3,
    "struck_matched": 3,
    "struck_heard": 1,
}
_OTHERS = {
    "dt_deviation": 4,
    "free": 2 * FREE,
    "held_mean": _PARTS,
    "held_deviation": _PARTS,
    "held_tilt": _TILTS,
    "held_slope": 2,
}
N_CHOICES = sum(_LOGITS.values())
N_ROWS = N_CHOICES + sum(_OTHERS.values())
_ends = np.cumsum([*_LOGITS.values(), *_OTHERS.values()]).tolist()
AT = {name: slice(end - n, end) for (name, n), end in zip((_LOGITS | _OTHERS).items(), _ends, strict=True)}


def own(rows: Array, name: str) -> Array:
    """The parameters of this name among `rows` `(..., N_ROWS)`."""
    return rows[..., AT[name]]


def bias(mixtures: int) -> np.ndarray:
    """Where training starts, `(N_ROWS, mixtures)`."""
    rows, at = np.zeros((N_ROWS, mixtures)), AT
    dt = rows[at["dt"]]
    dt[0] = 2.0
    dt[[1 + UNITS.index(1), 1 + UNITS.index(2), 1 + UNITS.index(4)]] = np.array([[0.0], [2.0], [1.0]])
    dt[-FREE:] = 0.5
    rows[at["interval"]] = -0.5 * (np.abs(np.arange(-FARTHEST, FARTHEST + 1))[:, None] / 12.0)
    rows[at["chord"]][0] = -3.0
    rows[at["dt_deviation"]] = np.log([[3e-4], [1e-3], [1e-2], [1e-2]])
    rows[at["key_heard"]], rows[at["struck_heard"]] = 0.3, 0.7
    rows[at["free"]][:FREE] = np.linspace(-2.0, 2.0, FREE)[:, None]
    rows[at["free"]][FREE:] = np.log(0.5)
    rows[at["held_mean"]][:HELD] = np.linspace(-1.5, 2.0, HELD)[:, None]
    rows[at["held_deviation"]][:HELD] = np.log(0.4)
    rows[at["held_deviation"]][HELD:] = np.log(0.1)
    return rows
