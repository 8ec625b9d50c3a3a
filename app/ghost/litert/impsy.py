"""IMPSY's model files: one LSTM step, the event scaled by 10, states in and out as tensors of their own.

They carry no manifest, so everything is read off the tensors; sampling happens here, in NumPy. What
comes out is what a Ghostjam model gives, so everything that plays a ghost plays these too.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from app.ghost.litert.opened import GhostState, Opened
from app.ghost.litert.quiet import quiet_info
from mdn.columns import controller_columns
from mdn.mixture import Mixture
from mdn.sampling import softmax, split_mixture_params
from models.errors import ModelError
from models.manifest import Golden, Manifest

SCALE = 10.0  # of every column, dt too
MIN_DT_S = 1e-3  # of a sampled event
CHUNK_EVENTS, FUTURES = 32, 32
PI_TEMPERATURE, SIGMA_TEMPERATURE = 1.5, 0.01  # the peer's own defaults

_STATE = re.compile(r"state_([hc])_(\d+)")


def is_impsy_model(path: Path) -> bool:
    """Whether `path` is a LiteRT model without a manifest whose inputs are those of an IMPSY model."""
    if zipfile.is_zipfile(path):
        return False
    try:
        with quiet_info():
            interpreter = Interpreter(model_path=str(path), num_threads=1)
            return any(_STATE.search(details["name"]) for details in interpreter.get_input_details())
    except (ValueError, RuntimeError):
        return False


class ImpsyRuntime(Opened):
    """An opened IMPSY model, which cannot be guided.

    The state is one tensor `(layers + 1, 2, 1, units)` as in Ghostjam's models; its last row is not used.

    Args:
        path: a `.tflite` with or without signatures.

    Raises:
        ModelError: tensors that do not fit together: says which, what was expected and found.
    """

    def __init__(self, path: Path) -> None:
        with quiet_info():
            self._interpreter = Interpreter(model_path=str(path), num_threads=1)
            self._interpreter.allocate_tensors()
        inputs = self._interpreter.get_input_details()
        states = {m.group(1, 2): d for d in inputs if (m := _STATE.search(d["name"]))}
        layers = len(states) // 2
        order = [(kind, str(layer)) for layer in range(layers) for kind in "hc"]
        others = [d for d in inputs if not _STATE.search(d["name"])]
        if set(states) != set(order) or len(others) != 1:
            names = ", ".join(d["name"] for d in inputs)
            raise ModelError(f"{path}: expected one event and states h and c of every layer, got {names}.")
        self._event = others[0]
        self._states = [states[key]["index"] for key in order]
        self._dimension, self._units = int(self._event["shape"][-1]), int(states[order[0]]["shape"][-1])
        self._mixture, self._next = self._outputs(path, len(order))
        width = next(int(d["shape"][-1]) for d in self._outputs_found() if d["index"] == self._mixture)
        self._mixtures, rest = divmod(width, 2 * self._dimension + 1)
        if rest or self._dimension < 2:
            raise ModelError(
                f"{path}: expected dt and knobs, and a mixture of n x {2 * self._dimension + 1} numbers, "
                f"got {self._dimension} columns and {width} numbers."
            )
        super().__init__(_manifest(path.stem, self._dimension, layers, self._units, self._mixtures))

    def feed(self, events: np.ndarray, tensor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `Opened.feed`; the mixture in the peer's layout and scale."""
        params = np.zeros(self._mixtures * (2 * self._dimension + 1), "float32")
        for event in events:
            params, tensor = self._step(event, tensor)
        return params, tensor

    def sample(
        self,
        state: GhostState,
        noise: np.ndarray,
        temperatures: np.ndarray,
        guide: np.ndarray | None = None,
    ) -> tuple[np.ndarray, GhostState]:
        """As `Opened.sample`, without a guide."""
        events, event, tensor = [], self.last_event(state), state.tensor
        for numbers in noise:
            params, tensor = self._step(event, tensor)
            event = self._draw(params, numbers, temperatures)
            events.append(event)
        return np.stack(events), GhostState(tensor, event)

    def describe(self, params: np.ndarray, event: np.ndarray, tensor: np.ndarray) -> Mixture:
        """The mixture of the next event in natural units."""
        mean, deviation, logits = self._split(params)
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

    def _step(self, event: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        run = self._interpreter
        run.set_tensor(self._event["index"], (event * SCALE).astype("float32").reshape(self._event["shape"]))
        rows = state[:-1].reshape(-1, 1, self._units)
        for index, row in zip(self._states, rows, strict=True):
            run.set_tensor(index, row)
        run.invoke()
        after = np.zeros_like(state)
        after[:-1] = np.stack([run.get_tensor(index) for index in self._next]).reshape(state[:-1].shape)
        return run.get_tensor(self._mixture).reshape(-1), after

    def _draw(self, params: np.ndarray, noise: np.ndarray, temperatures: np.ndarray) -> np.ndarray:
        """Draw an event: pi temperature divides the logits, sigma temperature multiplies the covariance."""
        mean, deviation, logits = self._split(params)
        pi = softmax(logits, float(temperatures[0]))
        component = int(np.sum(np.cumsum(pi[:-1]) < noise[0]))
        event = mean[component] + np.sqrt(temperatures[1]) * deviation[component] * noise[1:]
        return np.concatenate([np.maximum(event[:1], MIN_DT_S), np.clip(event[1:], 0.0, 1.0)]).astype(
            "float32"
        )

    def _split(self, params: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        means, deviations, logits = split_mixture_params(params, self._dimension, self._mixtures)
        shape = (self._mixtures, self._dimension)
        return means.reshape(shape) / SCALE, deviations.reshape(shape) / SCALE, logits

    def _outputs_found(self) -> list[dict[str, Any]]:
        return sorted(self._interpreter.get_output_details(), key=_number)

    def _outputs(self, path: Path, n_states: int) -> tuple[int, list[int]]:
        """Tensor indices of the mixture and of the states, h and c of each layer in turn.

        Converters number the outputs in the order of the model's: the mixture, then the states. Names say so
        ("Identity_3", "StatefulPartitionedCall:3"); shapes cannot, when the mixture is as wide as a layer.
        """
        details = self._outputs_found()
        widths = [int(d["shape"][-1]) for d in details]
        if len(details) != n_states + 1:
            raise ModelError(
                f"{path}: expected a mixture and {n_states} states as outputs, got widths {widths}."
            )
        odd = [i for i, width in enumerate(widths) if width != self._units]
        first = odd[0] if len(odd) == 1 else 0
        indices = [int(d["index"]) for d in details]
        return indices[first], indices[:first] + indices[first + 1 :]


def _number(details: dict[str, Any]) -> int:
    found = re.search(r"(\d+)\D*$", details["name"])
    return int(found.group(1)) if found else 0


def _manifest(name: str, dimension: int, layers: int, units: int, mixtures: int) -> Manifest:
    return Manifest(
        name=name,
        columns=controller_columns(dimension - 1),
        layers=layers,
        units=units,
        mixtures=mixtures,
        feed_events=CHUNK_EVENTS,
        generate_events=CHUNK_EVENTS,
        futures=FUTURES,
        future_events=CHUNK_EVENTS,
        noise=("uniform", *["normal"] * dimension),
        pi_temperature=PI_TEMPERATURE,
        sigma_temperature=SIGMA_TEMPERATURE,
        corpus={"name": "not stated", "credit": "not stated", "licence": "not stated"},
        score={},
        created="",
        golden=Golden([], [], [], [], 0.0),
    )
