"""Manners of turning knobs that logs hold few examples of, made from the same logs.

Logs of live play are small steps that wander from knob to knob. A model that heard nothing else answers one
knob with all of them and leaps with small steps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mdn.columns import Column, Kind, of_kind

FEWEST = 8  # moves that make a manner
LEAPING = 8  # leaping copies a performance
AT_ONCE = (0.6, 0.25, 0.15)  # how often one, two and three knobs are played with


def knob_manners(events: np.ndarray, columns: Sequence[Column], rng: np.random.Generator) -> list[np.ndarray]:
    """A performance `(n_events, n_columns)` with few knobs, and with leaps of few knobs; none without knobs.

    Leaps of all knobs would teach that who leaps goes from knob to knob: between two moves of a log there are
    few steps on one knob, and even fewer leaps.
    """
    if not of_kind(columns, Kind.VALUE):
        return []
    few = [few_knobs(events, columns, rng) for _ in range(1 + LEAPING)]
    found = [few[0], *(leap_knobs(each, columns, rng) for each in few[1:])]
    return [each for each in found if len(each)]


def few_knobs(events: np.ndarray, columns: Sequence[Column], rng: np.random.Generator) -> np.ndarray:
    """`events` as a player would have it who turns one, two or three of the knobs: fewer events.

    Which ones, is drawn by how much they move. Events in which another knob moves are left out, and with them
    those after it without a move, or in half of the cases all without one: mostly a knob that is turned on at
    its end, where answers would stay for long.

    Returns:
        `(n, n_columns)`, float32; no events where the knobs move too little.
    """
    at = of_kind(columns, Kind.VALUE)
    moved = np.diff(events[:, at], axis=0, prepend=events[:1, at]) != 0.0
    moves = moved.sum(axis=0)
    n_knobs = min(int(np.searchsorted(np.cumsum(AT_ONCE), rng.random())) + 1, int(np.count_nonzero(moves)))
    if n_knobs == 0:
        return events[:0]
    chosen = np.zeros(len(at), "bool")
    chosen[rng.choice(len(at), n_knobs, replace=False, p=moves / moves.sum())] = True
    moves_one = moved[:, chosen].any(axis=1)
    if np.count_nonzero(moves_one) < FEWEST:
        return events[:0]
    last_move = np.maximum.accumulate(np.where(moved.any(axis=1), np.arange(len(events)), 0))
    kept = moves_one[last_move] if rng.random() < 0.5 else moves_one
    few: np.ndarray = events[kept]
    others = np.array(at)[~chosen]
    few[:, others] = few[0, others]
    return few


def leap_knobs(events: np.ndarray, columns: Sequence[Column], rng: np.random.Generator) -> np.ndarray:
    """`events` as a player would have it who leaps between a few places of each knob: fewer events.

    Either each knob has 2 to 6 places anywhere, or all have places as far apart, 0.1 to 0.5. An event that
    reaches no other place is left out, and its seconds go to the next, all times one factor of 0.05 to 1.

    Returns:
        `(n, n_columns)`, float32; no events where there are no knobs, or few leaps.
    """
    at = of_kind(columns, Kind.VALUE)
    if not at:
        return events[:0]
    leaping = events.copy()
    step = rng.uniform(0.1, 0.5) if rng.random() < 0.5 else None
    for i in at:
        low, size = columns[i].low, columns[i].high - columns[i].low
        share = (events[:, i] - low) / size
        leaping[:, i] = low + size * (
            _anywhere(share, rng) if step is None else _as_far_apart(share, step, rng)
        )
    changed = (np.diff(leaping[:, at], axis=0) != 0.0).any(axis=1)
    kept = np.flatnonzero(np.concatenate([[True], changed]))
    if len(kept) <= FEWEST:
        return events[:0]
    factor = math.exp(rng.uniform(math.log(0.05), 0.0))
    for i in of_kind(columns, Kind.SECONDS):
        passed = np.cumsum(events[:, i], dtype="float64")[kept]
        leaping[kept, i] = np.minimum(factor * np.diff(passed, prepend=0.0), columns[i].high)
    return np.asarray(leaping[kept], "float32")


def _anywhere(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`values`, 0 to 1, each moved to one of 2 to 6 places, one between each two random edges."""
    edges = np.sort(rng.random(rng.integers(1, 6)))
    places = rng.uniform([0.0, *edges], [*edges, 1.0])
    return np.asarray(places[np.searchsorted(edges, values)])


def _as_far_apart(values: np.ndarray, step: float, rng: np.random.Generator) -> np.ndarray:
    """`values`, 0 to 1, each moved to the nearest of places that are `step` apart."""
    first = rng.uniform(0.0, step)
    return first + step * np.clip(np.round((values - first) / step), 0.0, math.floor((1.0 - first) / step))
