"""Who answers a phrase, by name.

An answerer takes a phrase `(n, 4)` of x, y, dt, moving, the seconds to go on for, a likeness (0: the
network alone) and a seed, and gives the events that follow, `(m, 4)`; the first dt counts from the phrase's
last event, of the app from when its answer is due, because how long it waits is a setting. Who asks how
likely an answer is adds what was waited: at once would be another beginning, for all that follows it too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.core.events import Event, Release, Source, Touch
from app.core.parameters import Settings
from app.ghost import Ghost
from app.ghost.litert import open_model
from app.runtime.offline import play_offline
from models.lookup import find_model
from tests.bench.manner.network import Network
from tests.bench.manner.sketch import answer_guided

LEAST_HOLD_S = 0.05  # of a silence over the longest one within a phrase

Answer = Callable[[np.ndarray, float, float, int], np.ndarray]


@dataclass(frozen=True)
class Answerer:
    """Who answers.

    Attributes:
        answer: the events after a phrase, see above.
        patience_s: how long after a phrase the answer is due.
    """

    answer: Answer
    patience_s: Callable[[np.ndarray], float] = lambda _: 0.0

    def waited(self, phrase: np.ndarray, answer: np.ndarray) -> np.ndarray:
        """`answer` `(m, 4)`, its first dt counted from the last event of `phrase`."""
        answer = answer.copy()
        answer[:1, 2] += self.patience_s(phrase)
        return answer


def _free(model: str) -> Answerer:
    """The ghost without a guide: the same at every likeness."""

    def answer(phrase: np.ndarray, seconds: float, likeness: float, seed: int) -> np.ndarray:
        ghost = Ghost.load(model, seed=seed)
        ghost.feed(phrase)
        return ghost.generate(seconds=seconds)

    return Answerer(answer)


def _sketch(model: str) -> Answerer:
    """The reference: the mixture times a Gaussian around the guide's next event, in NumPy."""
    network, free = Network(model), _free(model)

    def answer(phrase: np.ndarray, seconds: float, likeness: float, seed: int) -> np.ndarray:
        if likeness <= 0.0:
            return free.answer(phrase, seconds, likeness, seed)
        return answer_guided(network, phrase, seconds, likeness, np.random.default_rng(seed))

    return Answerer(answer)


def _patience_s(phrase: np.ndarray) -> float:
    """How long the app is set to wait after `phrase` `(n, 4)`: long enough to hear the whole of it."""
    longest_s = float(phrase[1:, 2].max(initial=0.0))
    return max(Settings().number("threshold_s"), longest_s + LEAST_HOLD_S)


def _app(model: str) -> Answerer:
    """The app itself: its engine in call mode, on a clock moved by hand."""
    opened = open_model(find_model(model))
    temperatures = opened.manifest.pi_temperature, opened.manifest.sigma_temperature

    def answer(phrase: np.ndarray, seconds: float, likeness: float, seed: int) -> np.ndarray:
        settings = Settings()
        settings.set("pi_temperature", temperatures[0])
        settings.set("sigma_temperature", temperatures[1])
        settings.set("likeness", likeness)
        settings.set("reply_s", seconds)
        settings.set("threshold_s", _patience_s(phrase))
        played = _played(phrase)
        due_s = played[-1].time_s + settings.number("threshold_s")
        sounded = play_offline(Ghost(opened, seed=seed), settings, played)
        ghosts = [each for each in sounded if isinstance(each, Touch) and each.source is Source.GHOST]
        times_s = np.array([due_s, *(each.time_s for each in ghosts)])
        rows = [(each.x, each.y, dt, each.moving) for each, dt in zip(ghosts, np.diff(times_s), strict=True)]
        return np.array(rows, "float32").reshape(-1, 4)

    return Answerer(answer, _patience_s)


def _played(phrase: np.ndarray) -> list[Event]:
    """A phrase `(n, 4)` as one finger plays it: each contact ends with its last event."""
    events: list[Event] = []
    times_s = np.cumsum(phrase[:, 2], dtype="float64")
    for time_s, (x, y, _, moving) in zip(times_s.tolist(), phrase.tolist(), strict=True):
        if moving < 0.5 and events:
            events.append(Release(events[-1].time_s, Source.PLAYER, 0))
        events.append(Touch(time_s, Source.PLAYER, 0, x, y, moving >= 0.5 and bool(events)))
    return [*events, Release(events[-1].time_s, Source.PLAYER, 0)]


ANSWERERS: dict[str, Callable[[str], Answerer]] = {"app": _app, "free": _free, "sketch": _sketch}
