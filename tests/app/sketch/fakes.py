"""A ghost that draws what a test says, and a scale for it."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from app.ghost import Ghost
from models.frame import Frame
from models.manifest import Scale

SCALE = Scale(box=100.0, epsilon=1.0, longest=20, first=(0.0, 0.0))
END_ROW = (0.0, 0.0, 2.0)

Row = tuple[float, float, float]


class ScriptedSketch:
    """A ghost that draws. Its state is the tuple of all rows heard or drawn since the reset.

    Every call of `generate` takes the next of `takes` and gives its rows, as many as asked for; the last
    take comes again and again. As a real one it gives nothing after END.

    Attributes:
        starts: what every `reset` was told of where the drawing begins.
        asked: n_events of every call of `generate`.
        temperatures: (pi, sigma) of every call of `generate` and `fan`.
    """

    name = "scripted"
    columns = ("dx", "dy", "pen")

    def __init__(self, *takes: Sequence[Row], scale: Scale | None = SCALE) -> None:
        self.takes = [tuple(tuple(float(v) for v in row) for row in take) for take in takes]
        self.manifest = SimpleNamespace(
            drawing=scale, pi_temperature=1.0, sigma_temperature=0.75, future_events=16, corpus={}
        )
        self.state: tuple[tuple[float, ...], ...] = ()
        self.starts: list[tuple[float, float] | None] = []
        self.asked: list[int] = []
        self.temperatures: list[tuple[float, float]] = []
        self.futures: np.ndarray = np.zeros((0, 0, 3), np.float32)

    def feed(self, events: np.ndarray) -> None:
        self.state = (*self.state, *(tuple(float(v) for v in row) for row in np.atleast_2d(events)))

    def generate(self, n_events: int, *, pi_temperature: float, sigma_temperature: float) -> np.ndarray:
        self.asked.append(n_events)
        self.temperatures.append((pi_temperature, sigma_temperature))
        if self.state and self.state[-1][2] == 2.0:
            return np.zeros((0, 3), np.float32)
        take = self.takes.pop(0) if len(self.takes) > 1 else self.takes[0]
        rows = [take[i % len(take)] for i in range(n_events)]
        ends = [i for i, row in enumerate(rows) if row[2] == 2.0]
        made = np.array(rows[: ends[0] + 1] if ends else rows, np.float32)
        self.feed(made)
        return made

    def fan(
        self, n_futures: int, n_events: int, *, pi_temperature: float, sigma_temperature: float
    ) -> np.ndarray:
        self.temperatures.append((pi_temperature, sigma_temperature))
        return self.futures[:n_futures, :n_events]

    def reset(self, at: tuple[float, float] | None = None) -> None:
        self.starts.append(at)
        self.state = ()

    def pick_frame(self) -> Frame | None:
        scale = self.manifest.drawing
        return scale.frames[0] if scale.frames else None


def scripted(*takes: Sequence[Row], scale: Scale | None = SCALE) -> tuple[ScriptedSketch, Any]:
    """A scripted ghost, twice: as itself, and as what the code under test takes."""
    ghost = ScriptedSketch(*takes, scale=scale)
    return ghost, cast(Ghost, ghost)
