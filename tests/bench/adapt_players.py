"""Four players who play one thing for minutes, and what each of them would be known by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle

import numpy as np

from tests.bench.manner.hand import Recorder

Places = np.ndarray
GRID = np.array([(x, y) for x in (0.2, 0.4, 0.6, 0.8) for y in (0.25, 0.5, 0.75)])
LEFT, RIGHT, BEAT_S = np.array([0.25, 0.6]), np.array([0.7, 0.35]), 0.3
MIDDLE, RADIUS = np.array([0.5, 0.5]), 0.25
NEAR = 0.03  # of a place, canvases: four times as far as a finger misses


@dataclass(frozen=True)
class Player:
    """Somebody who plays one thing.

    Attributes:
        play: events float32 `(n, 4)` of x, y, dt, moving, from a source of noise and for so many seconds.
        mark: what share of events is as this player would have played it, or how often something happens.
        mark_name: what that is.
    """

    play: Callable[[np.random.Generator, float], np.ndarray]
    mark: Callable[[np.ndarray], float]
    mark_name: str


def _circles(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Clockwise circles around the middle, six turns without a lift."""
    recorder = Recorder(rng, seconds)

    def path(share: np.ndarray) -> np.ndarray:
        angle = 2 * np.pi * 6.0 * share
        return np.asarray(MIDDLE + RADIUS * np.column_stack([np.cos(angle), np.sin(angle)]))

    while not recorder.is_over:
        recorder.stroke(path, 9.0)
        recorder.wait(0.5)
    return recorder.phrase()


def _swipes(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """From one side of the canvas to the other in two seconds and a half, and back, lifted at each side."""
    recorder = Recorder(rng, seconds)
    side = np.array([0.38, 0.03])
    for sign in cycle((1.0, -1.0)):
        if recorder.is_over:
            return recorder.phrase()
        start, end = MIDDLE - sign * side, MIDDLE + sign * side
        recorder.stroke(
            lambda share, a=start, b=end: a + (0.5 - 0.5 * np.cos(np.pi * share))[:, None] * (b - a),  # type: ignore[misc]
            2.4,
        )
        recorder.wait(0.2)
    raise AssertionError("a cycle does not end")


def _taps(
    rng: np.random.Generator, seconds: float, places: Iterator[np.ndarray], gaps: Iterator[float]
) -> np.ndarray:
    recorder = Recorder(rng, seconds)
    while not recorder.is_over:
        recorder.tap(next(places))
        recorder.wait(next(gaps))
    return recorder.phrase()


def _grid(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Four taps a second on twelve places, one or another beside the last."""

    def places() -> Iterator[np.ndarray]:
        at = 0
        while True:
            near = np.flatnonzero(np.linalg.norm(GRID - GRID[at], axis=1) < 0.3)
            at = int(rng.choice(near[near != at]))
            yield GRID[at]

    return _taps(rng, seconds, places(), cycle([0.25]))


def _rhythm(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Long, short, short: left, right, right."""
    return _taps(rng, seconds, cycle([LEFT, RIGHT, RIGHT]), cycle([2 * BEAT_S, BEAT_S, BEAT_S]))


def _near(places: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Whether each of `places` is near to one of `targets`."""
    return np.asarray(np.linalg.norm(places[:, None] - targets, axis=-1).min(axis=1) < NEAR)


def _on_circle(events: np.ndarray) -> float:
    return float(np.mean(np.abs(np.linalg.norm(events[:, :2] - MIDDLE, axis=1) - RADIUS) < 2 * NEAR))


def _lifts(events: np.ndarray) -> float:
    return float(np.sum(events[1:, 3] < 0.5) / max(events[1:, 2].sum(), 0.1))


def _on_grid(events: np.ndarray) -> float:
    return float(np.mean(_near(events[:, :2], GRID) & (events[:, 3] < 0.5)))


def _on_beat(events: np.ndarray) -> float:
    gaps = events[1:, 2]
    is_right = _near(events[:, :2], RIGHT[None])
    wanted = np.where(is_right[:-1] | is_right[1:], BEAT_S, 1e9)  # and left to right is long
    wanted = np.where(~is_right[:-1] & is_right[1:], 2 * BEAT_S, wanted)
    there = _near(events[1:, :2], np.stack([LEFT, RIGHT])) & (events[1:, 3] < 0.5)
    return float(np.mean(there & (np.abs(np.log((gaps + 1e-3) / wanted)) < 0.2)))


PLAYERS = {
    "circles": Player(_circles, _on_circle, "on the circle"),
    "swipes": Player(_swipes, _lifts, "lifts a second"),
    "grid": Player(_grid, _on_grid, "taps on the grid"),
    "rhythm": Player(_rhythm, _on_beat, "taps in place and on the beat"),
}
