"""IMPSY's models: one LSTM step, the event scaled by 10, states in and out as tensors of their own.

They carry no manifest, so everything is read off the tensors. Whoever uses this has opened the file: nothing
here loads a runtime.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from mdn.columns import controller_columns
from mdn.sampling import softmax, split_mixture_params
from models.errors import ModelError
from models.manifest import Golden, Manifest

SCALE = 10.0  # of every column, dt too
CHUNK_EVENTS, FUTURES = 32, 32
PI_TEMPERATURE, SIGMA_TEMPERATURE = 1.5, 0.01  # the peer's own defaults
LOG_2PI = float(np.log(2.0 * np.pi))

_STATE = re.compile(r"state_([hc])_(\d+)")


def has_states(interpreter: Any) -> bool:
    """Whether the inputs of an opened LiteRT model are those of an IMPSY model."""
    return any(_STATE.search(details["name"]) for details in interpreter.get_input_details())


def why_not_opened(reason: str) -> str:
    """What is wrong with a file that a runtime did not open for this reason, on one line; what would help."""
    if "Flex" in reason or "TensorFlow op" in reason:
        return (
            "expected operators that LiteRT has, got those of TensorFlow (Flex). "
            "Convert the model again for TFLITE_BUILTINS alone, with unroll=True in its LSTM layers."
        )
    return f"expected a LiteRT model, got one that does not load: {' '.join(reason.split())}"


class ImpsyModel:
    """The tensors of an opened IMPSY model, by what they mean.

    The state is one tensor `(layers + 1, 2, 1, units)` as in Ghostjam's models; its last row is not used.

    Args:
        interpreter: of LiteRT, its tensors allocated.
        path: of the file.

    Raises:
        ModelError: tensors that do not fit together: says which, what was expected and found.
    """

    def __init__(self, interpreter: Any, path: Path) -> None:
        self._interpreter = interpreter
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
        self.dimension, self._units = int(self._event["shape"][-1]), int(states[order[0]]["shape"][-1])
        self._mixture, self._next = self._outputs(path, len(order))
        width = next(int(d["shape"][-1]) for d in self._outputs_found() if d["index"] == self._mixture)
        self._mixtures, rest = divmod(width, 2 * self.dimension + 1)
        if rest or self.dimension < 2:
            raise ModelError(
                f"{path}: expected dt and knobs, and a mixture of n x {2 * self.dimension + 1} numbers, "
                f"got {self.dimension} columns and {width} numbers."
            )
        self.manifest = _manifest(path.stem, self.dimension, layers, self._units, self._mixtures)

    def log_density(self, params: np.ndarray, event: np.ndarray) -> float:
        """Of `event` `(dimension,)`, natural units, under the mixture that `params` say, nats."""
        mean, deviation, logits = self.split(params)
        score = (np.asarray(event, "float64") - mean) / deviation
        each = -0.5 * (score**2 + LOG_2PI).sum(axis=1) - np.log(deviation).sum(axis=1)
        each = each + np.log(np.maximum(softmax(logits), 1e-300))
        top = each.max()
        return float(top + np.log(np.exp(each - top).sum()))

    def step(self, event: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The mixture after `event`, in the peer's layout and scale, and the state then."""
        run = self._interpreter
        run.set_tensor(self._event["index"], (event * SCALE).astype("float32").reshape(self._event["shape"]))
        rows = state[:-1].reshape(-1, 1, self._units)
        for index, row in zip(self._states, rows, strict=True):
            run.set_tensor(index, row)
        run.invoke()
        after = np.zeros_like(state)
        after[:-1] = np.stack([run.get_tensor(index) for index in self._next]).reshape(state[:-1].shape)
        return run.get_tensor(self._mixture).reshape(-1), after

    def split(self, params: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Means and deviations `(mixtures, dimension)` in natural units, and logits `(mixtures,)`."""
        means, deviations, logits = split_mixture_params(params, self.dimension, self._mixtures)
        shape = (self._mixtures, self.dimension)
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
