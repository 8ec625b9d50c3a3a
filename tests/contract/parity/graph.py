"""An exported graph called as a player calls it, and what it is compared with."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np

from mdn.heads import Head

LAYERS, UNITS, MIXTURES = 2, 16, 3


def performance(n: int, seed: int = 0) -> np.ndarray:
    """A wandering finger, `(n, 4)`."""
    rng = np.random.default_rng(seed)
    places = np.clip(0.5 + np.cumsum(rng.normal(0, 0.02, (n, 2)), axis=0), 0.0, 1.0)
    dt = rng.lognormal(np.log(0.02), 0.5, n)
    return np.column_stack([places, dt, rng.random(n) < 0.9]).astype("float32")


class Graph:
    """The exported file as a player calls it."""

    def __init__(
        self, libraries: SimpleNamespace, path: Path, layers: int = LAYERS, units: int = UNITS
    ) -> None:
        interpreter = libraries.Interpreter(model_path=str(path), num_threads=1)
        self._runners = {name: interpreter.get_signature_runner(name) for name in ("feed", "generate", "fan")}
        self.zero = np.zeros((layers + 1, 2, 1, units), "float32")
        self._shapes = {
            name: {key: tuple(detail["shape"]) for key, detail in runner.get_input_details().items()}
            for name, runner in self._runners.items()
        }

    def room(self, name: str) -> int:
        """How many events one call of `feed`, `generate` or `fan` takes."""
        return int(self._shapes[name]["events" if name == "feed" else "noise"][0])

    @property
    def n_futures(self) -> int:
        return int(self._shapes["fan"]["noise"][1])

    def feed(self, events: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rows = np.zeros(self._shapes["feed"]["events"], "float32")
        rows[: len(events)] = events
        out = self._runners["feed"](events=rows, count=np.int32(len(events)), state=state)
        return out["mixture"], out["state"]

    def generate(
        self,
        event: np.ndarray,
        state: np.ndarray,
        noise: np.ndarray,
        temperatures: tuple[float, float] = (1.0, 1.0),
    ) -> tuple[np.ndarray, np.ndarray]:
        events, length, state = self.draw(event, state, noise, temperatures)
        assert length == len(noise)
        return events[:length], state

    def draw(
        self,
        event: np.ndarray,
        state: np.ndarray,
        noise: np.ndarray,
        temperatures: tuple[float, float] = (1.0, 1.0),
    ) -> tuple[np.ndarray, int, np.ndarray]:
        """As `generate`, which may end before the noise does: events, how many, state."""
        draws = np.zeros(self._shapes["generate"]["noise"], "float32")
        draws[: len(noise)] = noise
        out = self._runners["generate"](
            event=event,
            count=np.int32(len(noise)),
            state=state,
            noise=draws,
            temperatures=np.array(temperatures, "float32"),
        )
        return out["events"], int(out["length"]), out["state"]

    def fan(
        self,
        event: np.ndarray,
        state: np.ndarray,
        noise: np.ndarray,
        temperatures: tuple[float, float] = (1.0, 1.0),
    ) -> np.ndarray:
        draws = np.zeros(self._shapes["fan"]["noise"], "float32")
        draws[: len(noise)] = noise
        out = self._runners["fan"](
            event=event,
            count=np.int32(len(noise)),
            state=state,
            noise=draws,
            temperatures=np.array(temperatures, "float32"),
        )
        futures: np.ndarray = out["events"][:, : len(noise)]
        return futures


def noise_for(head: Head, *shape: int, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((*shape, len(head.noise)))
    uniform = [i for i, kind in enumerate(head.noise) if kind == "uniform"]
    noise[..., uniform] = rng.random((*shape, len(uniform)))
    return noise.astype("float32")


def choose(rows: np.ndarray, uniform: float, pi_temperature: float) -> np.ndarray:
    """The component whose share of [0, 1) the number falls into, by adding weights one at a time."""
    logits = rows[:, 0].astype("float64") / pi_temperature
    weights = np.exp(logits - logits.max())
    reached = 0.0
    for row, weight in zip(rows[:-1], weights / weights.sum(), strict=False):
        reached += float(weight)
        if uniform < reached:
            return row
    last: np.ndarray = rows[-1]
    return last
