"""Made-up manners that travel across the canvas, or repeat a motif of several gestures; see `phrases`.

What an answer that is cut, turned and joined at the wrong places plays wrong first: an order of places, a
rhythm, a hold after taps, strokes that all lie one way.
"""

from __future__ import annotations

from itertools import count, cycle

import numpy as np

from tests.bench.manner.hand import Choice, Manner, Recorder, by, corners, drag, line, strokes, taps


def _to_and_fro(at: np.ndarray) -> np.ndarray:
    """0 at even numbers, 1 at odd ones, even between."""
    return 1.0 - np.abs(1.0 - np.mod(at, 2.0))


def _travelling_zigzag(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Up and down without a lift, from one edge to the other and back."""
    tall, rate, crossing_s = choice.sized(0.08, 0.2), choice.paced(2.5, 5.0), choice.paced(5.5, 3.5)
    n = int(rate * 1.2 * seconds)
    across = 0.07 + 0.86 * _to_and_fro(np.arange(n) / (rate * crossing_s) + (choice.turn < 0.5))
    down = choice.place(0.0, tall + 0.03)[1] + tall * np.where(np.arange(n) % 2, 1.0, -1.0)
    return drag(corners(np.column_stack([across, down])), rng, seconds)


def _staircase(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Six steps up in one stroke, and again."""
    wide, tall, n = choice.sized(0.5, 0.8), choice.sized(0.4, 0.75), 6
    at = np.arange(2 * n + 1)
    steps = np.column_stack([(at + 1) // 2 / n - 0.5, 0.5 - at // 2 / n])
    middle = choice.place(wide / 2 + 0.03, tall / 2 + 0.03)
    path = corners(middle + steps * [wide * choice.hand, tall])
    return strokes(cycle([path]), choice.paced(2.6, 1.6), 0.3, rng, seconds)


def _hatching(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Short parallel strokes that advance over the canvas."""
    reach, n = choice.sized(0.06, 0.14), 20
    down, way = choice.place(0.0, reach + 0.05)[1], reach * by(np.cos(1.0), -np.sin(1.0))
    starts = (by(0.5 + 0.04 * choice.hand * (i % n - (n - 1) / 2), down) for i in count())
    return strokes((line(at - way, at + way) for at in starts), 0.12, choice.paced(0.16, 0.09), rng, seconds)


def _cursive(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Loops as of handwriting, a line of them in one stroke, and the next line."""
    radius, n_loops = choice.sized(0.04, 0.09), 6 + int(4 * choice.x)
    down = choice.place(0.0, 2 * radius)[1]

    def path(share: np.ndarray) -> np.ndarray:
        angle = 2 * np.pi * n_loops * share
        return np.column_stack([0.1 + 0.8 * share + radius * np.sin(angle), down + radius * np.cos(angle)])

    return strokes(cycle([path]), choice.paced(3.0, 2.0), 0.3, rng, seconds)


def _typewriter(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Rows of taps from left to right, one below the other, with a rest at the end of each."""
    n, wide, gap_s = 7, choice.sized(0.5, 0.8), choice.paced(0.22, 0.14)
    left, top = 0.5 - wide / 2, 0.15 + 0.2 * choice.y
    places = (by(left + wide * (i % n) / (n - 1), top + 0.12 * (i // n % 5)) for i in count())
    return taps(places, cycle([gap_s] * (n - 1) + [3 * gap_s]), rng, seconds)


def _three_drums(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Long, short, short, each at a place of its own."""
    middle, reach, beat = choice.place(0.32), choice.sized(0.15, 0.3), choice.paced(0.3, 0.17)
    angles = (2 * np.pi / 3 * i * choice.hand for i in range(3))
    places = [middle + reach * by(np.sin(angle), -np.cos(angle)) for angle in angles]
    return taps(cycle(places), cycle([2 * beat, beat, beat]), rng, seconds)


def _accelerating(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Taps that follow each other sooner and sooner, a rest, and again."""
    middle, reach, slowest_s = choice.place(0.12), choice.sized(0.02, 0.1), choice.paced(0.5, 0.32)
    gaps_s = [gap_s for i in range(12) if (gap_s := slowest_s * 0.8**i) > 0.07]
    places = (middle + reach * rng.uniform(-1, 1, 2) for _ in count())
    return taps(places, cycle([*gaps_s, 1.5 * slowest_s]), rng, seconds)


def _bouncing_ball(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Arcs to one side, each lower and shorter than the one before, in one stroke."""
    heights = choice.sized(0.3, 0.6) * 0.55 ** np.arange(5)
    ends = np.cumsum(np.sqrt(heights)) / np.sqrt(heights).sum()
    starts = np.concatenate([[0.0], ends[:-1]])
    floor, wide = 0.95 - 0.2 * choice.y, 0.8 * choice.hand

    def path(share: np.ndarray) -> np.ndarray:
        arc = np.minimum(np.searchsorted(ends, share, side="right"), 4)
        way = (share - starts[arc]) / (ends - starts)[arc]
        return np.column_stack([0.5 + wide * (share - 0.5), floor - heights[arc] * 4 * way * (1 - way)])

    return strokes(cycle([path]), choice.paced(2.4, 1.5), 0.35, rng, seconds)


def _swipes_and_tap(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Swipe, swipe, tap."""
    middle, beat = choice.place(0.3, 0.2), choice.paced(0.5, 0.3)
    way, recorder = by(choice.sized(0.1, 0.22) * choice.hand, 0.0), Recorder(rng, seconds)
    while not recorder.is_over:
        for down in (0.0, 0.1):
            at = middle + by(0.0, down)
            recorder.stroke(line(at - way, at + way), 0.2)
            recorder.wait(beat - 0.1)
        recorder.tap(middle - by(0.0, 0.15))
        recorder.wait(1.6 * beat)
    return recorder.phrase()


def _taps_then_hold(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Four taps in a row, and a finger that rests below them."""
    middle, reach, beat = choice.place(0.25), choice.sized(0.05, 0.2), choice.paced(0.32, 0.2)
    rest, recorder = middle + by(0.0, 0.1), Recorder(rng, seconds)
    while not recorder.is_over:
        for i in range(4):
            recorder.tap(middle + by(reach * (i - 1.5) / 1.5, 0.0))
            recorder.wait(beat)
        recorder.stroke(line(rest, rest + 0.003), 1.3)
        recorder.wait(0.4)
    return recorder.phrase()


def _one_way(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Swipes that all go the same way, one below the other."""
    wide, top = choice.sized(0.15, 0.3), 0.12 + 0.1 * choice.y
    left, way = choice.place(wide + 0.03, 0.0)[0], by(wide * choice.hand, 0.0)
    middles = (by(left, top + 0.1 * (i % 7)) for i in count())
    paths = (line(middle - way, middle + way) for middle in middles)
    return strokes(paths, choice.paced(0.35, 0.22), choice.paced(0.4, 0.25), rng, seconds)


def _accelerating_wave(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Across the canvas in waves that are shorter and shorter, and again."""
    down, tall = choice.place(0.0, 0.25)[1], choice.sized(0.1, 0.22)

    def path(share: np.ndarray) -> np.ndarray:
        across = 0.5 + 0.4 * choice.hand * (2.0 * share - 1.0)
        return np.column_stack([across, down + tall * np.sin(2 * np.pi * (2.0 * share + 2.0 * share**2))])

    return strokes(cycle([path]), choice.paced(3.0, 2.0), 0.3, rng, seconds)


MOTIFS: dict[str, Manner] = {
    "travelling zigzag": _travelling_zigzag,
    "staircase": _staircase,
    "hatching": _hatching,
    "cursive": _cursive,
    "typewriter": _typewriter,
    "three drums": _three_drums,
    "accelerating": _accelerating,
    "bouncing ball": _bouncing_ball,
    "swipes and tap": _swipes_and_tap,
    "taps then hold": _taps_then_hold,
    "one way": _one_way,
    "accelerating wave": _accelerating_wave,
}
