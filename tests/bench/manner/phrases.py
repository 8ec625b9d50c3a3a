"""Made-up manners: touch phrases as a person plays them, with random places, sizes, tempos and human timing.

A manner is a function from what a player chose (`Choice`) and a source of noise to a phrase. `Choice.again`
is the same player playing the same thing anew: a little elsewhere, larger, faster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count, cycle

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


def _by(x: float, y: float) -> np.ndarray:
    return np.array([x, y])


def _line(start: np.ndarray, end: np.ndarray) -> Path:
    """From `start` to `end`, slower at both ends."""
    return lambda share: start + (0.5 - 0.5 * np.cos(np.pi * share))[:, None] * (end - start)


def _corners(places: np.ndarray) -> Path:
    """Through `places` `(n, 2)` on straight lines, at an even pace."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(places, axis=0).T))])
    share_at = along / along[-1]
    return lambda share: np.column_stack([np.interp(share, share_at, axis) for axis in places.T])


def _round(middle: np.ndarray, radius: float, turns: float, start: float) -> Path:
    """`turns` circles (turned the other way if negative) from the angle `start`, in radians."""
    return lambda share: (
        middle
        + radius
        * np.column_stack(
            [np.cos(start + 2 * np.pi * turns * share), np.sin(start + 2 * np.pi * turns * share)]
        )
    )


def _taps(
    places: Iterable[np.ndarray], gaps_s: Iterable[float], rng: np.random.Generator, seconds: float
) -> np.ndarray:
    recorder = Recorder(rng, seconds)
    for place, gap_s in zip(places, gaps_s, strict=False):
        if recorder.is_over:
            break
        recorder.tap(place)
        recorder.wait(gap_s)
    return recorder.phrase()


def _strokes(
    paths: Iterable[Path], stroke_s: float, rest_s: float, rng: np.random.Generator, seconds: float
) -> np.ndarray:
    recorder = Recorder(rng, seconds)
    for path in paths:
        if recorder.is_over:
            break
        recorder.stroke(path, stroke_s)
        recorder.wait(rest_s)
    return recorder.phrase()


def _drag(path: Path, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """One finger that stays down from the first event to the last."""
    recorder = Recorder(rng, seconds)
    recorder.stroke(path, 1.2 * seconds)
    return recorder.phrase()


def _slow_taps(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    middle, reach = choice.place(0.15), choice.sized(0.02, 0.12)
    places = (middle + reach * rng.uniform(-1, 1, 2) for _ in count())
    return _taps(places, cycle([choice.paced(0.9, 0.5)]), rng, seconds)


def _fast_taps(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    middle, reach = choice.place(0.2), choice.sized(0.05, 0.2)
    places = (middle + reach * rng.uniform(-1, 1, 2) for _ in count())
    return _taps(places, cycle([choice.paced(0.24, 0.14)]), rng, seconds)


def _scale(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """A row of taps from left to right and back."""
    middle, reach, n = choice.place(0.4, 0.1), choice.sized(0.25, 0.4), 9
    steps = [*range(n), *range(n - 2, 0, -1)]
    places = (middle + _by(reach * (2 * i / (n - 1) - 1), 0.0) for i in cycle(steps))
    return _taps(places, cycle([choice.paced(0.4, 0.22)]), rng, seconds)


def _small_circles(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    turns = choice.hand * choice.paced(0.9, 1.8) * 1.2 * seconds
    return _drag(
        _round(choice.place(0.15), choice.sized(0.04, 0.09), turns, 6.28 * choice.turn), rng, seconds
    )


def _large_circles(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    turns = choice.hand * choice.paced(0.35, 0.7) * 1.2 * seconds
    return _drag(
        _round(choice.place(0.38), choice.sized(0.25, 0.36), turns, 6.28 * choice.turn), rng, seconds
    )


def _zigzag(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Up and down without a lift, slowly to one side and back."""
    tall, wide = choice.sized(0.12, 0.3), 0.1
    middle, rate = choice.place(wide + 0.02, tall + 0.02), choice.paced(2.2, 4.5)
    n = int(rate * 1.2 * seconds)
    across = wide * np.abs((np.arange(n) / 6.0 + 1.0) % 4.0 - 2.0) - wide
    places = middle + np.column_stack([choice.hand * across, tall * np.where(np.arange(n) % 2, 1.0, -1.0)])
    return _drag(_corners(places), rng, seconds)


def _flicks(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Short parallel swipes beside each other."""
    tall, wide = choice.sized(0.1, 0.22), 0.12
    middle = choice.place(wide + 0.02, tall + 0.02)
    offsets = cycle([-1.0, -0.5, 0.0, 0.5, 1.0])
    up = _by(0.0, tall * choice.hand)
    paths = (_line(middle + _by(wide * o, 0.0) - up, middle + _by(wide * o, 0.0) + up) for o in offsets)
    return _strokes(paths, 0.16, choice.paced(0.4, 0.2), rng, seconds)


def _long_sweeps(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """From one side of the canvas to the other and back, the finger lifted at the turns."""
    middle, reach = choice.place(0.42, 0.08), choice.sized(0.32, 0.42)
    side = _by(reach, 0.03)
    paths = (_line(middle - sign * side, middle + sign * side) for sign in cycle([1.0, -1.0]))
    return _strokes(paths, choice.paced(1.3, 0.7), 0.15, rng, seconds)


def _holds(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """A finger that rests, and rests elsewhere."""
    middle, reach = choice.place(0.2), choice.sized(0.04, 0.18)
    spots = (middle + reach * rng.uniform(-1, 1, 2) for _ in count())
    return _strokes((_line(spot, spot + 0.004) for spot in spots), choice.paced(1.1, 0.6), 0.35, rng, seconds)


def _two_places(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Long, short, short: left, right, right."""
    middle, reach, beat = choice.place(0.4, 0.1), choice.sized(0.2, 0.38), choice.paced(0.36, 0.22)
    left, right = middle - _by(reach, 0.0), middle + _by(reach, 0.0)
    return _taps(cycle([left, right, right]), cycle([2 * beat, beat, beat]), rng, seconds)


def _drum_roll(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """As fast as it goes, in a corner."""
    corner = np.where(np.array([choice.x, choice.y]) > 0.5, 0.9, 0.1) + 0.06 * (choice.size - 0.5)
    return _taps(cycle([corner]), cycle([choice.paced(0.11, 0.075)]), rng, seconds)


def _spirals(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """From the middle outward, lifted, and again."""
    radius, middle, turns = choice.sized(0.14, 0.24), choice.place(0.25), choice.hand * 2.5

    def path(share: np.ndarray) -> np.ndarray:
        angle = 2 * np.pi * turns * share
        return np.asarray(middle + radius * share[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))

    return _strokes(cycle([path]), choice.paced(1.9, 1.1), 0.25, rng, seconds)


def _eights(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    middle, reach = choice.place(0.22, 0.14), choice.sized(0.1, 0.2)
    turns = choice.hand * choice.paced(0.5, 1.0) * 1.2 * seconds

    def path(share: np.ndarray) -> np.ndarray:
        angle = 2 * np.pi * turns * share
        return np.asarray(middle + reach * np.column_stack([np.sin(angle), 0.6 * np.sin(2 * angle)]))

    return _drag(path, rng, seconds)


def _squares(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    middle, reach = choice.place(0.22), choice.sized(0.08, 0.2)
    around = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * [choice.hand, 1.0]
    return _strokes(cycle([_corners(middle + reach * around)]), choice.paced(1.4, 0.8), 0.2, rng, seconds)


def _bursts(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Four fast taps, and a rest."""
    middle, reach, beat = choice.place(0.15), choice.sized(0.03, 0.12), choice.paced(0.13, 0.09)
    places = (middle + _by(reach * (i - 1.5), 0.0) for i in cycle(range(4)))
    return _taps(places, cycle([beat, beat, beat, 6 * beat]), rng, seconds)


def _ladder(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Taps that climb from the bottom to the top, again and again."""
    middle, reach, n = choice.place(0.1, 0.38), choice.sized(0.2, 0.36), 7
    places = (middle + _by(0.0, reach * (1 - 2 * i / (n - 1))) for i in cycle(range(n)))
    return _taps(places, cycle([choice.paced(0.3, 0.17)]), rng, seconds)


def _hooks(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Down and to the side, in strokes of one corner, scattered."""
    size = choice.sized(0.06, 0.14)
    shape = size * np.array([[0.0, -1.0], [0.0, 1.0], [choice.hand * 1.2, 1.0]])
    middle = choice.place(0.32)
    paths = (_corners(middle + 0.15 * rng.uniform(-1, 1, 2) + shape) for _ in count())
    return _strokes(paths, choice.paced(0.6, 0.35), 0.3, rng, seconds)


def _waves(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """A wavy line across the canvas, and the next one."""
    middle, tall = choice.place(0.45, 0.16), choice.sized(0.04, 0.14)

    def path(share: np.ndarray) -> np.ndarray:
        return np.asarray(
            middle + np.column_stack([0.8 * (share - 0.5), tall * np.sin(2 * np.pi * 4 * share)])
        )

    return _strokes(cycle([path]), choice.paced(2.0, 1.2), 0.3, rng, seconds)


def _stars(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Quick strokes from one middle outward, all around."""
    middle, reach = choice.place(0.25), choice.sized(0.1, 0.22)
    angles = (choice.hand * 2 * np.pi * i / 7 for i in count())
    paths = (_line(middle, middle + reach * _by(np.cos(a), np.sin(a))) for a in angles)
    return _strokes(paths, 0.22, choice.paced(0.35, 0.2), rng, seconds)


def _scribble(choice: Choice, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Here and there without a lift, round corners."""
    middle, reach = choice.place(0.25), choice.sized(0.1, 0.24)
    rates = choice.paced(0.7, 1.5) * np.array([[1.0, 1.7, 2.3], [1.2, 1.9, 2.6]])
    phases, strength = 2 * np.pi * rng.random((2, 3)), np.array([0.5, 0.35, 0.25])

    def path(share: np.ndarray) -> np.ndarray:
        angle = 2 * np.pi * rates[:, :, None] * share * 1.2 * seconds + phases[:, :, None]
        return np.asarray(middle + reach * np.einsum("k,dkn->nd", strength, np.sin(angle)))

    return _drag(path, rng, seconds)


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
