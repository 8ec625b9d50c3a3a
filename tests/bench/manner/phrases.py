"""Made-up manners: touch phrases as a person plays them, with random places, sizes, tempos and human timing.

A manner is a function from what a player chose (`Choice`) and a source of noise to a phrase. `Choice.again`
is the same player playing the same thing anew: a little elsewhere, larger, faster.
"""

from __future__ import annotations

from itertools import count, cycle

import numpy as np

from tests.bench.manner.hand import Choice, Manner, by, circles, corners, drag, line, strokes, taps


def _slow_taps(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    middle, reach = choice.place(0.15), choice.sized(0.02, 0.12)
    places = (middle + reach * rng.uniform(-1, 1, 2) for _ in count())
    return taps(places, cycle([choice.paced(0.9, 0.5)]), rng, seconds)


def _fast_taps(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    middle, reach = choice.place(0.2), choice.sized(0.05, 0.2)
    places = (middle + reach * rng.uniform(-1, 1, 2) for _ in count())
    return taps(places, cycle([choice.paced(0.24, 0.14)]), rng, seconds)


def _scale(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """A row of taps from left to right and back."""
    middle, reach, n = choice.place(0.4, 0.1), choice.sized(0.25, 0.4), 9
    steps = [*range(n), *range(n - 2, 0, -1)]
    places = (middle + by(reach * (2 * i / (n - 1) - 1), 0.0) for i in cycle(steps))
    return taps(places, cycle([choice.paced(0.4, 0.22)]), rng, seconds)


def _small_circles(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    turns = choice.hand * choice.paced(0.9, 1.8) * 1.2 * seconds
    return drag(
        circles(choice.place(0.15), choice.sized(0.04, 0.09), turns, 6.28 * choice.turn), rng, seconds
    )


def _large_circles(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    turns = choice.hand * choice.paced(0.35, 0.7) * 1.2 * seconds
    return drag(
        circles(choice.place(0.38), choice.sized(0.25, 0.36), turns, 6.28 * choice.turn), rng, seconds
    )


def _zigzag(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Up and down without a lift, slowly to one side and back."""
    tall, wide = choice.sized(0.12, 0.3), 0.1
    middle, rate = choice.place(wide + 0.02, tall + 0.02), choice.paced(2.2, 4.5)
    n = int(rate * 1.2 * seconds)
    across = wide * np.abs((np.arange(n) / 6.0 + 1.0) % 4.0 - 2.0) - wide
    places = middle + np.column_stack([choice.hand * across, tall * np.where(np.arange(n) % 2, 1.0, -1.0)])
    return drag(corners(places), rng, seconds)


def _flicks(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Short parallel swipes beside each other."""
    tall, wide = choice.sized(0.1, 0.22), 0.12
    middle = choice.place(wide + 0.02, tall + 0.02)
    offsets = cycle([-1.0, -0.5, 0.0, 0.5, 1.0])
    up = by(0.0, tall * choice.hand)
    paths = (line(middle + by(wide * o, 0.0) - up, middle + by(wide * o, 0.0) + up) for o in offsets)
    return strokes(paths, 0.16, choice.paced(0.4, 0.2), rng, seconds)


def _long_sweeps(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """From one side of the canvas to the other and back, the finger lifted at the turns."""
    middle, reach = choice.place(0.42, 0.08), choice.sized(0.32, 0.42)
    side = by(reach, 0.03)
    paths = (line(middle - sign * side, middle + sign * side) for sign in cycle([1.0, -1.0]))
    return strokes(paths, choice.paced(1.3, 0.7), 0.15, rng, seconds)


def _holds(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """A finger that rests, and rests elsewhere."""
    middle, reach = choice.place(0.2), choice.sized(0.04, 0.18)
    spots = (middle + reach * rng.uniform(-1, 1, 2) for _ in count())
    return strokes((line(spot, spot + 0.004) for spot in spots), choice.paced(1.1, 0.6), 0.35, rng, seconds)


def _two_places(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Long, short, short: left, right, right."""
    middle, reach, beat = choice.place(0.4, 0.1), choice.sized(0.2, 0.38), choice.paced(0.36, 0.22)
    left, right = middle - by(reach, 0.0), middle + by(reach, 0.0)
    return taps(cycle([left, right, right]), cycle([2 * beat, beat, beat]), rng, seconds)


def _drum_roll(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """As fast as it goes, in a corner."""
    corner = np.where(np.array([choice.x, choice.y]) > 0.5, 0.9, 0.1) + 0.06 * (choice.size - 0.5)
    return taps(cycle([corner]), cycle([choice.paced(0.11, 0.075)]), rng, seconds)


def _spirals(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """From the middle outward, lifted, and again."""
    radius, middle, turns = choice.sized(0.14, 0.24), choice.place(0.25), choice.hand * 2.5

    def path(share: np.ndarray) -> np.ndarray:
        angle = 2 * np.pi * turns * share
        return np.asarray(middle + radius * share[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))

    return strokes(cycle([path]), choice.paced(1.9, 1.1), 0.25, rng, seconds)


def _eights(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    middle, reach = choice.place(0.22, 0.14), choice.sized(0.1, 0.2)
    turns = choice.hand * choice.paced(0.5, 1.0) * 1.2 * seconds

    def path(share: np.ndarray) -> np.ndarray:
        angle = 2 * np.pi * turns * share
        return np.asarray(middle + reach * np.column_stack([np.sin(angle), 0.6 * np.sin(2 * angle)]))

    return drag(path, rng, seconds)


def _squares(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    middle, reach = choice.place(0.22), choice.sized(0.08, 0.2)
    around = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * [choice.hand, 1.0]
    return strokes(cycle([corners(middle + reach * around)]), choice.paced(1.4, 0.8), 0.2, rng, seconds)


def _bursts(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Four fast taps, and a rest."""
    middle, reach, beat = choice.place(0.15), choice.sized(0.03, 0.12), choice.paced(0.13, 0.09)
    places = (middle + by(reach * (i - 1.5), 0.0) for i in cycle(range(4)))
    return taps(places, cycle([beat, beat, beat, 6 * beat]), rng, seconds)


def _ladder(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Taps that climb from the bottom to the top, again and again."""
    middle, reach, n = choice.place(0.1, 0.38), choice.sized(0.2, 0.36), 7
    places = (middle + by(0.0, reach * (1 - 2 * i / (n - 1))) for i in cycle(range(n)))
    return taps(places, cycle([choice.paced(0.3, 0.17)]), rng, seconds)


def _hooks(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Down and to the side, in strokes of one corner, scattered."""
    size = choice.sized(0.06, 0.14)
    shape = size * np.array([[0.0, -1.0], [0.0, 1.0], [choice.hand * 1.2, 1.0]])
    middle = choice.place(0.32)
    paths = (corners(middle + 0.15 * rng.uniform(-1, 1, 2) + shape) for _ in count())
    return strokes(paths, choice.paced(0.6, 0.35), 0.3, rng, seconds)


def _waves(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """A wavy line across the canvas, and the next one."""
    middle, tall = choice.place(0.45, 0.16), choice.sized(0.04, 0.14)

    def path(share: np.ndarray) -> np.ndarray:
        return np.asarray(
            middle + np.column_stack([0.8 * (share - 0.5), tall * np.sin(2 * np.pi * 4 * share)])
        )

    return strokes(cycle([path]), choice.paced(2.0, 1.2), 0.3, rng, seconds)


def _stars(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Quick strokes from one middle outward, all around."""
    middle, reach = choice.place(0.25), choice.sized(0.1, 0.22)
    angles = (choice.hand * 2 * np.pi * i / 7 for i in count())
    paths = (line(middle, middle + reach * by(np.cos(a), np.sin(a))) for a in angles)
    return strokes(paths, 0.22, choice.paced(0.35, 0.2), rng, seconds)


def _scribble(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Here and there without a lift, round corners."""
    middle, reach = choice.place(0.25), choice.sized(0.1, 0.24)
    rates = choice.paced(0.7, 1.5) * np.array([[1.0, 1.7, 2.3], [1.2, 1.9, 2.6]])
    phases, strength = 2 * np.pi * rng.random((2, 3)), np.array([0.5, 0.35, 0.25])

    def path(share: np.ndarray) -> np.ndarray:
        angle = 2 * np.pi * rates[:, :, None] * share * 1.2 * seconds + phases[:, :, None]
        return np.asarray(middle + reach * np.einsum("k,dkn->nd", strength, np.sin(angle)))

    return drag(path, rng, seconds)


MANNERS: dict[str, Manner] = {
    "small circles": _small_circles,
    "large circles": _large_circles,
    "zigzag": _zigzag,
    "flicks": _flicks,
    "scale": _scale,
    "long sweeps": _long_sweeps,
    "two places": _two_places,
    "slow taps": _slow_taps,
    "fast taps": _fast_taps,
    "holds": _holds,
    "drum roll": _drum_roll,
    "spirals": _spirals,
}
# Nothing is tuned on these.
OTHER_MANNERS: dict[str, Manner] = {
    "eights": _eights,
    "squares": _squares,
    "bursts": _bursts,
    "ladder": _ladder,
    "hooks": _hooks,
    "waves": _waves,
    "stars": _stars,
    "scribble": _scribble,
}
