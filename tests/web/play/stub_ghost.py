"""A ghost without a network, the same in Python and JavaScript: its events come of noise and guide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

COLUMNS = ("x", "y", "dt", "moving")
LAYOUT = {"seconds": slice(0, 2), "places": slice(2, 6), "flag": slice(6, 7)}
N_NOISE = 3


class StubGhost:
    """See `app.engine.guarded_ghost.GhostLike`. Its state is a number of all it heard and made."""

    columns = COLUMNS
    default_temperatures = (1.0, 1.0)
    guide_slices = LAYOUT
    n_proposals = 5

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._noise = np.random.default_rng(seed)
        self.state: Any = (0.0, 0.5, 0.5)

    def reset(self) -> None:
        self.state = (0.0, 0.5, 0.5)

    def rng(self, number: int) -> np.random.Generator:
        return np.random.default_rng(1000 * self._seed + number)

    def feed(self, events: np.ndarray) -> None:
        for row in events.astype(float):
            self._hear(row)

    def _hear(self, row: np.ndarray) -> None:
        heard = (0.5 * self.state[0] + row[0] + 2.0 * row[1] + row[2] + row[3]) % 1.0
        self.state = (heard, float(row[0]), float(row[1]))

    def generate(
        self,
        n_events: int,
        *,
        pi_temperature: float = 1.0,
        sigma_temperature: float = 1.0,
        guide: np.ndarray | None = None,
    ) -> np.ndarray:
        noise = self._noise.standard_normal((n_events, N_NOISE), dtype="float32")
        return self._made(noise, guide, sigma_temperature)

    def propose(
        self,
        states: Sequence[Any],
        n_events: int,
        *,
        guides: np.ndarray | None = None,
        pi_temperature: float = 1.0,
        sigma_temperature: float = 1.0,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, list[Any]]:
        assert rng is not None
        noise = rng.standard_normal((n_events, len(states), N_NOISE), dtype="float32")
        made, after = [], []
        for i, state in enumerate(states):
            self.state = state
            made.append(self._made(noise[:, i], None if guides is None else guides[i], sigma_temperature))
            after.append(self.state)
        return np.stack(made), after

    def mixture(self) -> Any:
        raise NotImplementedError

    def _made(self, noise: np.ndarray, guide: np.ndarray | None, loose: float) -> np.ndarray:
        rows = np.zeros((len(noise), 4), "float32")
        for i, (a, b, c) in enumerate(noise.astype(float)):
            toward = np.zeros(7) if guide is None else guide[i].astype(float)
            heard, x, y = self.state
            share = toward[5] / (toward[5] + 400.0)
            kept = toward[4] * share + 1.0 - share
            rows[i] = (
                share * toward[2] + kept * x + 0.03 * loose * a,
                share * toward[3] + kept * y + 0.03 * loose * b,
                0.001 + 0.05 * abs(c) + 0.1 * heard * (1.0 - share) - 0.01 * share * toward[0],
                float(toward[6] + 3.0 * c > -2.0),
            )
            self._hear(rows[i].astype(float))
        return rows
