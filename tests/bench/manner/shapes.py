"""Shapes of gestures, and whether a stretch of an answer is a moved stretch of the phrase."""

from __future__ import annotations

import numpy as np

from tests.bench.manner.statistics import contacts, cut

N_POINTS = 32
PIECE_S = 1.0  # a contact that lasts longer is cut into pieces
SHORTEST = 0.02  # of a gesture, canvases of way
RATE_HZ = 25.0
SMALLEST = 5e-3  # extent of a second in which something moves, canvases


def gestures(events: np.ndarray) -> np.ndarray:
    """Contacts, in pieces of about a second: complex `(n, 32)`, even steps of the way, mean 0, norm 1."""
    found = []
    for contact in contacts(events):
        lasted = float(contact[1:, 2].sum())
        for places in np.array_split(contact[:, :2].astype(float), max(round(lasted / PIECE_S), 1)):
            along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(places, axis=0).T))])
            if len(places) < 4 or along[-1] < SHORTEST:
                continue
            at = np.linspace(0.0, along[-1], N_POINTS)
            points = np.interp(at, along, places[:, 0]) + 1j * np.interp(at, along, places[:, 1])
            points -= points.mean()
            found.append(points / np.linalg.norm(points))
    return np.array(found).reshape(-1, N_POINTS)


def procrustes(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Full Procrustes distance, 0 to 1, of each of `a` `(n, 32)` from each of `b` `(m, 32)`: `(n, m)`.

    Whatever the place, the size and the angle; a mirror image is another shape.
    Source: Dryden and Mardia 1998 (Statistical Shape Analysis), section 3.2.
    """
    return np.asarray(np.sqrt(np.maximum(1.0 - np.abs(a @ b.conj().T) ** 2, 0.0)))


def nearer_own(
    answer: np.ndarray, own: np.ndarray, strangers: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Whether each gesture of `answer` is nearer to one of `own` than to any of as many `strangers`: `(n,)`.

    Chance is one half, because both sides have equally many to choose from.
    """
    n = min(len(own), len(strangers))
    if not n or not len(answer):
        return np.zeros(0, bool)
    own, strangers = rng.permutation(own)[:n], rng.permutation(strangers)[:n]
    return np.asarray(procrustes(answer, own).min(axis=1) < procrustes(answer, strangers).min(axis=1))


def shape_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Mean distance of a gesture of either from the nearest of the other; NaN if one has none."""
    if not len(a) or not len(b):
        return float("nan")
    apart = procrustes(a, b)
    return float(np.concatenate([apart.min(axis=0), apart.min(axis=1)]).mean())


def copied(phrase: np.ndarray, answer: np.ndarray, seconds: float) -> np.ndarray:
    """How far each second of `answer` is from the nearest moved second of `phrase`.

    Both are sampled 25 times a second, a finger that is up resting where it was last. For every second of the
    answer (every half second one) and of the phrase (every 40 ms one): the root mean square distance after
    both were moved to a mean of 0, over the root mean square extent of the larger.

    Returns:
        `(n,)`, 0 an exact copy, at most 2 and about 1.4 for what has nothing in common; seconds in which
        nothing moves are left out.
    """
    theirs, mine = _seconds_of(phrase, float(phrase[:, 2].sum()), 1), _seconds_of(answer, seconds, 12)
    if not len(theirs) or not len(mine):
        return np.zeros(0)
    size_a = np.sum(np.abs(mine) ** 2, axis=1)[:, None]
    size_b = np.sum(np.abs(theirs) ** 2, axis=1)[None]
    apart = np.maximum(size_a + size_b - 2.0 * (mine @ theirs.conj().T).real, 0.0)
    return np.asarray(np.sqrt(apart / np.maximum(size_a, size_b)).min(axis=1))


def coming_back(events: np.ndarray) -> float:
    """How far a contact is from the nearest other one, the median in canvases; NaN of fewer than five."""
    places = events[events[:, 3] < 0.5, :2].astype(float)
    if len(places) < 5:
        return float("nan")
    apart = np.linalg.norm(places[:, None] - places, axis=-1)
    np.fill_diagonal(apart, np.inf)
    return float(np.median(apart.min(axis=1)))


def _seconds_of(events: np.ndarray, seconds: float, hop: int) -> np.ndarray:
    """Moving seconds, each moved to a mean of 0: complex `(n, 25)`."""
    events = cut(events, 0.0, seconds + 1e-6)
    if not len(events):
        return np.zeros((0, int(RATE_HZ)))
    times = np.cumsum(events[:, 2], dtype="float64")
    grid = np.arange(times[0], seconds, 1.0 / RATE_HZ)
    at = np.searchsorted(times, grid, side="right") - 1
    places = events[at, 0].astype(float) + 1j * events[at, 1]
    if len(places) < RATE_HZ:
        return np.zeros((0, int(RATE_HZ)))
    windows = np.lib.stride_tricks.sliding_window_view(places, int(RATE_HZ))[::hop]
    windows = windows - windows.mean(axis=1, keepdims=True)
    return np.asarray(windows[np.sqrt(np.mean(np.abs(windows) ** 2, axis=1)) > SMALLEST])
