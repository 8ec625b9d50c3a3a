"""Made-up manners that nothing is tuned on; see `phrases`.

The constants of the engine are chosen looking at the other sets. Here one only looks whether what was chosen
holds for players nobody had thought of: change a constant for the sake of these, and make up others.
"""

from __future__ import annotations

from itertools import cycle

import numpy as np

from tests.bench.manner.hand import Choice, Manner, Recorder, by, corners, drag, line, strokes, taps


def _triangles(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    middle, reach = choice.place(0.22), choice.sized(0.08, 0.2)
    around = np.array([[0.0, -1.0], [0.9, 0.7], [-0.9, 0.7], [0.0, -1.0]]) * [choice.hand, 1.0]
    return strokes(cycle([corners(middle + reach * around)]), choice.paced(1.1, 0.6), 0.25, rng, seconds)


def _hearts(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    middle, reach = choice.place(0.22), choice.sized(0.07, 0.18)

    def path(share: np.ndarray) -> np.ndarray:
        angle = 2 * np.pi * choice.hand * share
        waves = (weight * np.cos(k * angle) for k, weight in enumerate((13, -5, -2, -1), 1))
        return np.asarray(middle + reach * np.column_stack([np.sin(angle) ** 3, -sum(waves) / 16]))

    return strokes(cycle([path]), choice.paced(1.6, 0.9), 0.3, rng, seconds)


def _crosses(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    middle, reach = choice.place(0.2), choice.sized(0.06, 0.18)
    paths = [line(middle + reach * by(-x, -1), middle + reach * by(x, 1)) for x in (1, -1)]
    return strokes(cycle(paths), 0.22, choice.paced(0.35, 0.2), rng, seconds)


def _morse(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Six dots and dashes at one place, and the same again."""
    spot, unit_s = choice.place(0.1), choice.paced(0.16, 0.1)
    path, recorder = line(spot, spot + 0.002), Recorder(rng, seconds)
    for is_dash in cycle(rng.integers(0, 2, 6).tolist()):
        if recorder.is_over:
            break
        recorder.stroke(path, 3 * unit_s if is_dash else unit_s)
        recorder.wait(unit_s)
    return recorder.phrase()


def _square_spirals(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    middle, reach, i = choice.place(0.25), choice.sized(0.14, 0.32), np.arange(11)
    angle = np.pi * (choice.hand * i / 2 + 0.25)
    places = middle + reach * (i / 10)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return strokes(cycle([corners(places)]), choice.paced(2.2, 1.3), 0.3, rng, seconds)


def _pendulum(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """To and fro on an arc, without a lift."""
    middle, reach = choice.place(0.4, 0.25), choice.sized(0.2, 0.38)
    swings = choice.paced(0.4, 0.9) * 1.2 * seconds

    def path(share: np.ndarray) -> np.ndarray:
        at = np.sin(2 * np.pi * swings * share)
        return np.asarray(middle + np.column_stack([reach * at, -0.2 * at**2]))

    return drag(path, rng, seconds)


def _swing(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Long, short, twice on the left and twice on the right."""
    middle, reach, beat = choice.place(0.3, 0.1), choice.sized(0.1, 0.28), choice.paced(0.55, 0.35)
    places = [middle + by(reach * side, 0.0) for side in (-1, -1, 1, 1)]
    return taps(cycle(places), cycle([0.67 * beat, 0.33 * beat]), rng, seconds)


def _tremolo(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Two places above each other, as fast as it goes."""
    middle, reach = choice.place(0.15), choice.sized(0.03, 0.12)
    places = [middle - by(0.0, reach), middle + by(0.0, reach)]
    return taps(cycle(places), cycle([choice.paced(0.14, 0.09)]), rng, seconds)


def _grid(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Nine places, row by row."""
    middle, reach = choice.place(0.35), choice.sized(0.15, 0.33)
    places = [middle + reach * by(x, y) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    return taps(cycle(places), cycle([choice.paced(0.4, 0.24)]), rng, seconds)


def _slow_lines(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Across the canvas in some seconds, always the same way."""
    middle, side = choice.place(0.42, 0.05), by(choice.sized(0.3, 0.42) * choice.hand, 0.0)
    return strokes(cycle([line(middle - side, middle + side)]), choice.paced(3.2, 2.2), 0.4, rng, seconds)


def _dots_and_dash(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Three taps in a row, and a stroke that goes on from them."""
    middle, reach, beat = choice.place(0.3, 0.1), choice.sized(0.15, 0.28), choice.paced(0.25, 0.16)
    recorder = Recorder(rng, seconds)
    while not recorder.is_over:
        for i in range(3):
            recorder.tap(middle + by(0.06 * i - reach, 0.0))
            recorder.wait(beat)
        recorder.stroke(line(middle - by(0.05, 0.0), middle + by(reach, 0.0)), 0.4)
        recorder.wait(2 * beat)
    return recorder.phrase()


def _shake(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """To and fro at one place, several times a second."""
    middle, reach = choice.place(0.15), choice.sized(0.03, 0.1)
    shakes = choice.paced(3.5, 6.0) * 1.2 * seconds

    def path(share: np.ndarray) -> np.ndarray:
        across = reach * np.sin(2 * np.pi * shakes * share)
        down = 0.02 * np.sin(2 * np.pi * 0.48 * seconds * share)
        return np.asarray(middle + np.column_stack([across, down]))

    return drag(path, rng, seconds)


HELD_OUT: dict[str, Manner] = {
    "triangles": _triangles,
    "hearts": _hearts,
    "crosses": _crosses,
    "morse": _morse,
    "square spirals": _square_spirals,
    "pendulum": _pendulum,
    "swing": _swing,
    "tremolo": _tremolo,
    "grid": _grid,
    "slow lines": _slow_lines,
    "dots and dash": _dots_and_dash,
    "shake": _shake,
}
