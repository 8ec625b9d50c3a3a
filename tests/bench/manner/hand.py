"""A hand that plays made-up touch phrases, with human timing and aim, and the paths that it follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

REPORT_S = 1 / 60  # between two reports of a finger that stays down
REPORT_NOISE = 0.12  # standard deviation of the logarithm of that time
BEAT_NOISE = 0.05  # likewise of the time between two taps or strokes
TREMOR, TREMOR_S = 1.5e-3, 0.1  # of a finger that stays down: canvases, and how long it lasts
WANDER, WANDER_S = 8e-3, 0.8  # of the whole hand meanwhile
TURN, STRETCH = 0.04, 0.06  # of a stroke, radians and logarithm of its size
AIM = 8e-3  # of a finger that comes down, in canvases
DRIFT = 0.06  # from one take to the next, in the unit of the numbers of a `Choice`

Path = Callable[[np.ndarray], np.ndarray]  # places (n, 2) at shares (n,) of the way, 0 to 1


@dataclass(frozen=True)
class Choice:
    """What a player chose for a phrase: five numbers from 0 to 1, which every manner reads in its own way."""

    x: float
    y: float
    size: float
    tempo: float
    turn: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Choice:
        """A choice of its own."""
        return cls(*rng.random(5).tolist())

    def again(self, rng: np.random.Generator) -> Choice:
        """The same once more, as exactly as a person does."""
        numbers = np.array([self.x, self.y, self.size, self.tempo, self.turn])
        return Choice(*np.clip(numbers + DRIFT * rng.standard_normal(5), 0.0, 1.0).tolist())

    def place(self, reach_x: float, reach_y: float | None = None) -> np.ndarray:
        """A middle, `(2,)`, from which `reach` to each side stays on the canvas."""
        reach = np.array([reach_x, reach_x if reach_y is None else reach_y])
        return np.asarray(reach + (1.0 - 2.0 * reach) * np.array([self.x, self.y]))

    def sized(self, low: float, high: float) -> float:
        """`size` as a number from `low` to `high`."""
        return low + (high - low) * self.size

    def paced(self, low: float, high: float) -> float:
        """`tempo` as a number from `low` to `high`, even in its logarithm."""
        return float(low * (high / low) ** self.tempo)

    @property
    def hand(self) -> float:
        """-1 or 1: which way round."""
        return 1.0 if self.turn > 0.5 else -1.0


Manner = Callable[[Choice, np.random.Generator, float], np.ndarray]


class Recorder:
    """Writes down what a finger does, until the phrase is over.

    Args:
        rng: source of the human noise.
        seconds: how long the phrase lasts.
    """

    def __init__(self, rng: np.random.Generator, seconds: float) -> None:
        self._rng = rng
        self._seconds = seconds
        self._rows: list[tuple[float, float, float, float]] = []  # time, x, y, moving
        self.now_s = 0.0

    @property
    def is_over(self) -> bool:
        """Whether nothing that happens now belongs to the phrase."""
        return self.now_s >= self._seconds

    def wait(self, seconds: float) -> None:
        """Let time pass, as exactly as a person counts it."""
        self.now_s += seconds * float(np.exp(BEAT_NOISE * self._rng.standard_normal()))

    def tap(self, place: np.ndarray) -> None:
        """Touch `place` `(2,)` for an instant."""
        self._write(self.now_s, place + AIM * self._rng.standard_normal(2), 0.0)

    def stroke(self, path: Path, seconds: float) -> None:
        """Come down at the beginning of `path` and follow it for `seconds`, less if the phrase ends."""
        seconds *= float(np.exp(BEAT_NOISE * self._rng.standard_normal()))
        n = max(int(seconds / REPORT_S), 1)
        gaps = REPORT_S * np.exp(REPORT_NOISE * self._rng.standard_normal(n))
        times = np.concatenate([[0.0], np.cumsum(gaps)])
        places = path(np.minimum(times / seconds, 1.0))
        turn, size = TURN * self._rng.standard_normal(), np.exp(STRETCH * self._rng.standard_normal())
        bend = size * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        middle = places.mean(axis=0)
        places = middle + (places - middle) @ bend + 0.5 * AIM * self._rng.standard_normal(2)
        places = places + _smooth(self._rng, n + 1, TREMOR, TREMOR_S)
        places = places + _smooth(self._rng, n + 1, WANDER, WANDER_S)
        for i, (time_s, place) in enumerate(zip(times, places, strict=True)):
            self._write(self.now_s + float(time_s), place, float(i > 0))
        self.now_s += seconds

    def phrase(self) -> np.ndarray:
        """What was played, float32 `(n, 4)`: x, y in canvases, dt in seconds, moving; the first dt is 0."""
        rows = np.array(self._rows)
        dt = np.diff(rows[:, 0], prepend=rows[0, 0])
        return np.column_stack([np.clip(rows[:, 1:3], 0.0, 1.0), dt, rows[:, 3]]).astype("float32")

    def _write(self, time_s: float, place: np.ndarray, moving: float) -> None:
        if time_s < self._seconds:
            self._rows.append((time_s, float(place[0]), float(place[1]), moving))


def _smooth(rng: np.random.Generator, n: int, deviation: float, lasting_s: float) -> np.ndarray:
    """Noise `(n, 2)`, from 0 up to `deviation`, that lasts about `lasting_s` (Ornstein and Uhlenbeck)."""
    kept = np.exp(-REPORT_S / lasting_s)
    noise, value = np.zeros((n, 2)), np.zeros(2)
    for i, shock in enumerate(rng.standard_normal((n, 2))):
        noise[i] = value
        value = kept * value + deviation * np.sqrt(1.0 - kept**2) * shock
    return noise


def by(x: float, y: float) -> np.ndarray:
    """A place or a way, `(2,)`."""
    return np.array([x, y])


def line(start: np.ndarray, end: np.ndarray) -> Path:
    """From `start` to `end`, slower at both ends."""
    return lambda share: start + (0.5 - 0.5 * np.cos(np.pi * share))[:, None] * (end - start)


def corners(places: np.ndarray) -> Path:
    """Through `places` `(n, 2)` on straight lines, at an even pace."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(places, axis=0).T))])
    share_at = along / along[-1]
    return lambda share: np.column_stack([np.interp(share, share_at, axis) for axis in places.T])


def circles(middle: np.ndarray, radius: float, turns: float, start: float) -> Path:
    """`turns` circles (turned the other way if negative) from the angle `start`, in radians."""
    return lambda share: (
        middle
        + radius
        * np.column_stack(
            [np.cos(start + 2 * np.pi * turns * share), np.sin(start + 2 * np.pi * turns * share)]
        )
    )


def taps(
    places: Iterable[np.ndarray], gaps_s: Iterable[float], rng: np.random.Generator, seconds: float
) -> np.ndarray:
    """Taps at `places`, each with the gap after it."""
    recorder = Recorder(rng, seconds)
    for place, gap_s in zip(places, gaps_s, strict=False):
        if recorder.is_over:
            break
        recorder.tap(place)
        recorder.wait(gap_s)
    return recorder.phrase()


def strokes(
    paths: Iterable[Path], stroke_s: float, rest_s: float, rng: np.random.Generator, seconds: float
) -> np.ndarray:
    """Strokes along `paths`, with a rest after each."""
    recorder = Recorder(rng, seconds)
    for path in paths:
        if recorder.is_over:
            break
        recorder.stroke(path, stroke_s)
        recorder.wait(rest_s)
    return recorder.phrase()


def drag(path: Path, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """One finger that stays down from the first event to the last."""
    recorder = Recorder(rng, seconds)
    recorder.stroke(path, 1.2 * seconds)
    return recorder.phrase()
