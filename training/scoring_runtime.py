"""A model file opened for scoring: the graph's `feed` and `generate`, without the app around them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from mdn.columns import Kind, of_kind
from mdn.past_features import Route, beginning
from models.errors import ModelError, unreadable
from models.impsy_model import ImpsyModel, has_states, why_not_opened
from models.manifest import Manifest, read_manifest
from models.strokes import END

Signature = Callable[..., dict[str, np.ndarray]]


class Opened:
    """The signatures of a model file.

    Args:
        path: a model file.
        manifest: stands in for the one in the file while that is still being made.

    Raises:
        ModelError: not a model.
    """

    def __init__(self, path: Path, manifest: Manifest | None = None) -> None:
        self.manifest = manifest or read_manifest(path)
        try:
            # Held, because the runners keep no reference of their own.
            self._interpreter = Interpreter(model_path=str(path), num_threads=1)
            self._feed: Signature = self._interpreter.get_signature_runner("feed")
            self._generate: Signature = self._interpreter.get_signature_runner("generate")
        except (ValueError, RuntimeError) as error:
            raise ModelError(
                f"{path}: expected a LiteRT model with feed and generate, got: {error}"
            ) from None

    def mixtures(self, events: np.ndarray) -> np.ndarray:
        """Parameters of the mixture after each event but the last, float32 `(n_events - 1, n_params)`."""
        state = np.zeros(self.manifest.state_shape, "float32")
        rows = np.zeros((self.manifest.feed_events, len(self.manifest.columns)), "float32")
        mixtures = []
        for event in events[:-1]:
            rows[0] = event
            outputs = self._feed(events=rows, count=np.int32(1), state=state)
            state = outputs["state"]
            mixtures.append(outputs["mixture"])
        return np.stack(mixtures)

    def log_densities(self, events: np.ndarray) -> dict[str, np.ndarray]:
        """Log density of each event but the first given all before it, nats, by group of columns."""
        head, route = self.manifest.head(), Route(self.manifest.columns, self.manifest.densities)
        past = route.past(events[:-1], route.along(events)[:-1])
        return head.log_densities(np, self.mixtures(events), events[1:], past)

    def perform(
        self, first: np.ndarray, seconds: float, rng: np.random.Generator, *, most: int = 5000
    ) -> np.ndarray:
        """A performance sampled at temperature 1, float32 `(n_events, n_columns)`.

        Args:
            first: the event it begins with, `(n_columns,)`.
            seconds: how long it lasts.
            rng: source of randomness.
            most: events after which it is cut, should time stand still.
        """
        dt = of_kind(self.manifest.columns, Kind.SECONDS)[0]
        state = np.zeros(self.manifest.state_shape, "float32")
        n, chunk, elapsed = 1, self.manifest.generate_events, 0.0
        events = [first[None]]
        while elapsed < seconds and n < most:
            following, state = self._following(events[-1][-1], chunk, state, rng)
            events.append(following)
            elapsed += float(following[:, dt].sum())
            n += chunk
        performance = np.concatenate(events)
        after = np.cumsum(performance[1:, dt], dtype="float64")
        return np.asarray(performance[: 1 + int(np.searchsorted(after, seconds, side="right"))])

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """A drawing sampled at temperature 1, from its beginning to its END, float32 `(n_points, 3)`.

        It is the model's first one: the app draws again what does not fill its frame. One that has not
        ended after twice the points of the corpus' longest drawing is cut there.

        Raises:
            ModelError: the model does not draw.
        """
        scale = self.manifest.drawing
        if scale is None:
            raise ModelError(f"{self.manifest.name}: expected a model that draws, got one that plays.")
        at = scale.frames[rng.integers(len(scale.frames))].start if scale.frames else None
        event: Any = beginning(self.manifest.columns, at)
        state = np.zeros(self.manifest.state_shape, "float32")
        parts, left = [], 2 * scale.longest
        while left > 0:
            count = min(left, self.manifest.generate_events)
            part, state = self._following(event, count, state, rng)
            parts.append(part)
            if len(part) < count or part[-1, -1] == END:
                break
            event, left = part[-1], left - count
        return np.concatenate(parts)

    def _following(
        self, event: np.ndarray, count: int, state: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """At most `count` events sampled after `event` at temperature 1, and the state then."""
        uniform = np.array([kind == "uniform" for kind in self.manifest.noise])
        noise = np.zeros((self.manifest.generate_events, len(uniform)), "float32")
        shape = (count, len(uniform))
        noise[:count] = np.where(uniform, rng.random(shape), rng.standard_normal(shape))
        outputs = self._generate(
            event=event,
            count=np.int32(count),
            state=state,
            noise=noise,
            temperatures=np.ones(2, "float32"),
        )
        return outputs["events"][: int(outputs["length"])], outputs["state"]


class OpenedImpsy:
    """IMPSY's model, opened for scoring.

    Raises:
        ModelError: not a model, or not one of IMPSY's.
    """

    def __init__(self, path: Path) -> None:
        try:
            interpreter = Interpreter(model_path=str(path), num_threads=1)
            interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{path}: {why_not_opened(str(error))}") from None
        if not has_states(interpreter):
            raise ModelError(f"{path}: expected a model of Ghostjam or IMPSY, got another.")
        self._model = ImpsyModel(interpreter, path)
        self.manifest = self._model.manifest

    def log_densities(self, events: np.ndarray) -> dict[str, np.ndarray]:
        """As of `Opened`; its density is a mixture of Gaussians over all columns, dt too."""
        state, nats = np.zeros(self.manifest.state_shape, "float32"), []
        for event, following in pairwise(events):
            params, state = self._model.step(event, state)
            nats.append(self._model.log_density(params, following))
        return {self.manifest.head().group(discrete=True): np.array(nats)}


def open_for_scoring(path: Path, manifest: Manifest | None = None) -> Opened | OpenedImpsy:
    """The model at `path`, ours or IMPSY's. `manifest`: as of `Opened`.

    Raises:
        ModelError: neither.
    """
    try:
        return Opened(path, manifest) if manifest or zipfile.is_zipfile(path) else OpenedImpsy(path)
    except OSError as error:
        raise unreadable(path, error) from None
