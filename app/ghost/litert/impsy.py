"""IMPSY's model files, sampled here in NumPy.

What comes out is what a Ghostjam model gives, so everything that plays a ghost plays these too.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from app.ghost.litert.quiet import quiet_info
from mdn.mixture import Mixture
from mdn.sampling import softmax
from models.errors import ModelError
from models.impsy_model import ImpsyModel, has_states, why_not_opened

MIN_DT_S = 1e-3  # of a sampled event

Tensors = dict[str, np.ndarray]


def is_impsy_model(path: Path) -> bool:
    """Whether `path` is a LiteRT model without a manifest whose inputs are those of an IMPSY model."""
    if zipfile.is_zipfile(path):
        return False
    try:
        with quiet_info():
            interpreter = Interpreter(model_path=str(path), num_threads=1)
            return has_states(interpreter)
    except (ValueError, RuntimeError) as error:
        return "Flex" in str(error)  # of ours none has them


class ImpsyRuntime:
    """An opened IMPSY model, which cannot be guided.

    The state is one tensor `(layers + 1, 2, 1, units)` as in Ghostjam's models; its last row is not used.

    Args:
        path: a `.tflite` with or without signatures.

    Raises:
        ModelError: tensors that do not fit together: says which, what was expected and found.
    """

    n_guide = 0
    guided = None
    propose = None

    @property
    def guide_slices(self) -> dict[str, slice]:
        """None: its columns are all one Gaussian of its own scale."""
        return {}

    def __init__(self, path: Path) -> None:
        try:
            with quiet_info():
                interpreter = Interpreter(model_path=str(path), num_threads=1)
                interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{path}: {why_not_opened(str(error))}") from None
        self._model = ImpsyModel(interpreter, path)
        self._prove(path)
        self._dimension = self._model.dimension
        self.manifest = self._model.manifest

    def _prove(self, path: Path) -> None:
        """ModelError unless one step gives numbers: these files carry none of their own to compare with."""
        model = self._model
        try:
            after = model.step(
                np.zeros(model.dimension, "float32"), np.zeros(model.manifest.state_shape, "float32")
            )
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{path}: {why_not_opened(str(error))}") from None
        if not all(np.isfinite(numbers).all() for numbers in after):
            raise ModelError(f"{path}: expected a model of finite numbers, got one that gives others.")

    def feed(self, *, events: np.ndarray, count: np.int32, state: np.ndarray) -> Tensors:
        """As the `feed` of a Ghostjam model; the mixture in the peer's layout and scale."""
        params = np.zeros(self.manifest.mixtures * (2 * self._dimension + 1), "float32")
        for event in events[: int(count)]:
            params, state = self._model.step(event, state)
        return {"mixture": params, "state": state}

    def generate(
        self,
        *,
        event: np.ndarray,
        count: np.int32,
        state: np.ndarray,
        noise: np.ndarray,
        temperatures: np.ndarray,
    ) -> Tensors:
        """As the `generate` of a Ghostjam model."""
        events = np.zeros((len(noise), self._dimension), "float32")
        for i in range(int(count)):
            params, state = self._model.step(event, state)
            event = events[i] = self._sample(params, noise[i], temperatures)
        return {"events": events, "length": np.asarray(count), "state": state}

    def fan(
        self,
        *,
        event: np.ndarray,
        count: np.int32,
        state: np.ndarray,
        noise: np.ndarray,
        temperatures: np.ndarray,
    ) -> Tensors:
        """As the `fan` of a Ghostjam model, one future after the other."""
        futures = [
            self.generate(event=event, count=count, state=state, noise=noise[:, i], temperatures=temperatures)
            for i in range(noise.shape[1])
        ]
        return {"events": np.stack([future["events"] for future in futures]), "length": np.asarray(count)}

    def describe(self, params: np.ndarray, event: np.ndarray, state: np.ndarray) -> Mixture:
        """The mixture of the next event in natural units."""
        mean, deviation, logits = self._model.split(params)
        covariance = (deviation[:, 1:] ** 2)[:, :, None] * np.eye(self._dimension - 1)
        parts = (
            softmax(logits),
            mean[:, 1:],
            covariance,
            np.maximum(mean[:, 0], MIN_DT_S),
            np.ones(len(mean)),
            np.zeros((len(mean), 0)),
        )
        return Mixture(*(np.asarray(part, "float32") for part in parts))

    def _sample(self, params: np.ndarray, noise: np.ndarray, temperatures: np.ndarray) -> np.ndarray:
        """Draw an event: pi temperature divides the logits, sigma temperature multiplies the covariance."""
        mean, deviation, logits = self._model.split(params)
        pi = softmax(logits, float(temperatures[0]))
        component = int(np.sum(np.cumsum(pi[:-1]) < noise[0]))
        event = mean[component] + np.sqrt(temperatures[1]) * deviation[component] * noise[1:]
        return np.concatenate([np.maximum(event[:1], MIN_DT_S), np.clip(event[1:], 0.0, 1.0)]).astype(
            "float32"
        )
