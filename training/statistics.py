"""How like real playing sampled playing is: distances between distributions of what a player does."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from mdn.columns import TOUCH, Column, Kind, of_kind
from mdn.densities.note_grid import TOGETHER_S
from training.scoring_runtime import Opened

CONTACT_S = 0.08  # a contact lasts at most this long past its last event: what the app holds a note for
STILL = 2e-3  # steps shorter than this, about a pixel, have no direction

Statistic = Callable[[np.ndarray], np.ndarray]


def ks_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Largest difference between the distribution functions of two samples, 0 to 1; NaN if one is empty.

    Source: Kolmogorov-Smirnov two-sample statistic (Smirnov 1939).

    >>> ks_distance(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    1.0
    """
    if not len(a) or not len(b):
        return math.nan
    values = np.concatenate([a, b])
    rank_a = np.searchsorted(np.sort(a), values, side="right") / len(a)
    rank_b = np.searchsorted(np.sort(b), values, side="right") / len(b)
    return float(np.max(np.abs(rank_a - rank_b)))


def statistics(columns: Sequence[Column]) -> dict[str, Statistic]:
    """What is compared, by name: each takes a performance `(n_events, n_columns)` and gives numbers."""
    if tuple(columns) == TOUCH:
        return {
            "dt": lambda p: p[1:, 2],
            "step length": lambda p: _steps(p)[p[1:, 3] > 0.5],
            "turn angle": _turns,
            "taps per second": lambda p: np.array([np.sum(p[:, 3] < 0.5) / max(p[1:, 2].sum(), 1e-3)]),
            "share of time touching": _touching,
            "extent": lambda p: np.ptp(p[:, :2], axis=0),
        }
    if any(c.kind is Kind.PEN for c in columns):
        return {
            "points": lambda p: np.array([len(p)]),
            "strokes": lambda p: np.array([np.sum(p[:, 2] >= 1.0)]),
            "stroke length": _stroke_lengths,
            "aspect ratio": lambda p: np.arctan2(*np.ptp(np.cumsum(p[:, :2], axis=0), axis=0)[None].T),
            "extent": lambda p: np.ptp(np.cumsum(p[:, :2], axis=0), axis=0),
        }
    if any(c.kind is Kind.PITCH for c in columns):
        return {
            "dt between chords": lambda p: p[1:, 0][p[1:, 0] > TOGETHER_S],
            "notes in a chord": lambda p: np.diff(np.flatnonzero(np.append(p[:, 0], np.inf) > TOGETHER_S)),
            "notes a second": lambda p: np.array([len(p) / max(p[1:, 0].sum(), 1e-3)]),
            "pitch": lambda p: p[:, 1],
            "interval": lambda p: np.diff(p[:, 1]),
            "pitch classes": lambda p: np.array([len(np.unique(np.rint(p[:, 1]) % 12))]),
            "duration": lambda p: p[:, 2],
            "velocity": lambda p: p[:, 3],
        }
    values = of_kind(columns, Kind.VALUE)
    return {
        "dt": lambda p: np.asarray(p[1:, 0]),
        "step": lambda p: np.abs(np.diff(p[:, values], axis=0)).max(axis=1),
        "knobs moved at once": lambda p: np.sum(np.abs(np.diff(p[:, values], axis=0)) > 1 / 128, axis=1),
        "extent": lambda p: np.ptp(p[:, values], axis=0),
    }


def compare(model: Opened, real: Sequence[np.ndarray], n: int, seed: int) -> dict[str, dict[str, float]]:
    """Distances of `n` sampled performances to real ones, beside the distances among real ones.

    A sampled performance begins with the first event of a real one and lasts as long; a sampled drawing
    begins with nothing and ends by itself. Real against real are two halves of the real ones, chosen at
    random: what no model can be expected to undercut.
    Pass `real` dequantised, as the model learned them: steps of less than a pixel have a length and a
    direction there, and none on the grid.

    Returns:
        For each statistic {"sampled": distance, "real": distance}; of a single real one "real" is NaN.
    """
    rng = np.random.default_rng(seed)
    sampled = _sample(model, real, n, rng)
    order = rng.permutation(len(real))
    halves = [[real[i] for i in part] for part in np.array_split(order, 2)]
    report = {}
    least = 1 if model.manifest.drawing else 3
    for name, statistic in statistics(model.manifest.columns).items():
        of = [
            np.concatenate([np.zeros(0), *(statistic(p) for p in group if len(p) >= least)])
            for group in (sampled, real, *halves)
        ]
        report[name] = {"sampled": ks_distance(of[0], of[1]), "real": ks_distance(of[2], of[3])}
    return report


def _sample(model: Opened, real: Sequence[np.ndarray], n: int, rng: np.random.Generator) -> list[np.ndarray]:
    if model.manifest.drawing:
        return [model.draw(rng) for _ in range(n)]
    dt = of_kind(model.manifest.columns, Kind.SECONDS)[0]
    chosen = rng.integers(len(real), size=n)
    return [model.perform(real[i][0], float(real[i][1:, dt].sum()), rng) for i in chosen]


def _stroke_lengths(drawing: np.ndarray) -> np.ndarray:
    """Length of each stroke, from its first point to its last, in the drawing's units."""
    lengths = np.hypot(drawing[:, 0], drawing[:, 1])
    lifted = np.concatenate([[True], drawing[:-1, 2] >= 1.0])  # the step to a stroke's first point draws none
    return np.bincount(np.cumsum(lifted) - 1, np.where(lifted, 0.0, lengths))


def _steps(performance: np.ndarray) -> np.ndarray:
    return np.asarray(np.hypot(*np.diff(performance[:, :2], axis=0).T))


def _turns(performance: np.ndarray) -> np.ndarray:
    """Angles between one step and the next within a contact, radians, -pi to pi."""
    steps = np.diff(performance[:, :2], axis=0)
    angle = np.arctan2(steps[:, 1], steps[:, 0])
    within = (performance[1:-1, 3] > 0.5) & (performance[2:, 3] > 0.5)
    moved = np.hypot(*steps.T) > STILL
    turn = np.angle(np.exp(1j * np.diff(angle)))
    return np.asarray(turn[within & moved[:-1] & moved[1:]])


def _touching(performance: np.ndarray) -> np.ndarray:
    dt, moving = performance[1:, 2], performance[1:, 3] > 0.5
    held = np.where(moving, dt, np.minimum(dt, CONTACT_S))
    return np.array([held.sum() / max(dt.sum(), 1e-3)])
