"""Who answers a phrase, by name.

An answerer takes a phrase `(n, 4)` of x, y, dt, moving, the seconds to go on for, a likeness (0: the
network alone) and a seed, and gives the events that follow, `(m, 4)`; the first dt counts from the phrase's
last event.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from app.ghost import Ghost
from tests.bench.manner.network import Network
from tests.bench.manner.sketch import answer_guided

Answerer = Callable[[np.ndarray, float, float, int], np.ndarray]


def _free(model: str) -> Answerer:
    """The ghost without a guide: the same at every likeness."""

    def answer(phrase: np.ndarray, seconds: float, likeness: float, seed: int) -> np.ndarray:
        ghost = Ghost.load(model, seed=seed)
        ghost.feed(phrase)
        return ghost.generate(seconds=seconds)

    return answer


def _sketch(model: str) -> Answerer:
    """The reference: the mixture times a Gaussian around the guide's next event, in NumPy."""
    network, free = Network(model), _free(model)

    def answer(phrase: np.ndarray, seconds: float, likeness: float, seed: int) -> np.ndarray:
        if likeness <= 0.0:
            return free(phrase, seconds, likeness, seed)
        return answer_guided(network, phrase, seconds, likeness, np.random.default_rng(seed))

    return answer


ANSWERERS: dict[str, Callable[[str], Answerer]] = {"free": _free, "sketch": _sketch}
