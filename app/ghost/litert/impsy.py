"""IMPSY's model files, sampled here in NumPy.

What comes out is what a Ghostjam model gives, so everything that plays a ghost plays these too.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from app.ghost.litert.opened import GhostState, Opened
from app.ghost.litert.quiet import quiet_info
from mdn.mixture import Mixture
from mdn.sampling import softmax
from models.errors import ModelError
from models.impsy_model import ImpsyModel, has_states, why_not_opened

MIN_DT_S = 1e-3  # of a sampled event


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


class ImpsyRuntime(Opened):
    """An opened IMPSY model, which cannot be guided.

    The state is one tensor `(layers + 1, 2, 1, units)` as in Ghostjam's models; its last row is not used.

    Args:
        path: a `.tflite` with or without signatures.

    Raises:
        ModelError: tensors that do not fit together: says which, what was expected and found.
    """

    def __init__(self, path: Path) -> None:
        try:
            with quiet_info():
                interpreter = Interpreter(model_path=str(path), num_threads=1)
                interpreter.allocate_tensors()
            model = self._model = ImpsyModel(interpreter, path)
            blank = np.zeros(model.manifest.state_shape, "float32")
            after = model.step(np.zeros(model.dimension, "float32"), blank)
        except ModelError:
            raise
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{path}: {why_not_opened(str(error))}") from None
        # These files carry no numbers of their own to compare with.
        if not all(np.isfinite(numbers).all() for numbers in after):
            raise ModelError(f"{path}: expected a model of finite numbers, got one that gives others.")
        super().__init__(model.manifest)

    def feed(self, events: np.ndarray, tensor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `Opened.feed`; the mixture in the peer's layout and scale."""
        params = np.zeros(self.manifest.mixtures * (2 * self._model.dimension + 1), "float32")
        for event in events:
            params, tensor = self._model.step(event, tensor)
        return params, tensor

    def sample(
        self, state: GhostState, noise: np.ndarray, temperatures: np.ndarray, guide: np.ndarray | None
    ) -> tuple[np.ndarray, GhostState]:
        """As `Opened.sample`, without a guide."""
        events, event, tensor = [], self.last_event(state), state.tensor
        for numbers in noise:
            params, tensor = self._model.step(event, tensor)
            event = self._draw(params, numbers, temperatures)
            events.append(event)
        return np.stack(events), GhostState(tensor, event)

    def describe(self, params: np.ndarray, event: np.ndarray, tensor: np.ndarray) -> Mixture:
        """The mixture of the next event in natural units."""
        mean, deviation, logits = self._model.split(params)
        covariance = (deviation[:, 1:] ** 2)[:, :, None] * np.eye(self._model.dimension - 1)
        parts = (
            softmax(logits),
            mean[:, 1:],
            covariance,
            np.maximum(mean[:, 0], MIN_DT_S),
            np.ones(len(mean)),
            np.zeros((len(mean), 0)),
        )
        return Mixture(*(np.asarray(part, "float32") for part in parts))

    def _draw(self, params: np.ndarray, noise: np.ndarray, temperatures: np.ndarray) -> np.ndarray:
        """Draw an event: pi temperature divides the logits, sigma temperature multiplies the covariance."""
        mean, deviation, logits = self._model.split(params)
        pi = softmax(logits, float(temperatures[0]))
        component = int(np.sum(np.cumsum(pi[:-1]) < noise[0]))
        event = mean[component] + np.sqrt(temperatures[1]) * deviation[component] * noise[1:]
        return np.concatenate([np.maximum(event[:1], MIN_DT_S), np.clip(event[1:], 0.0, 1.0)]).astype(
            "float32"
        )
