"""One generated event: Ghostjam's ways against the way the public peer does it, in one run.

    python tests/bench/bench_ghost.py

Both at the peer's size: 2 x 64 LSTM units, 5 mixture components, dt and 8 knobs. The peer's pattern: one
LiteRT invocation an event, LSTM states as tensors that go in and out by hand, the event scaled by 10,
and the mixture sampled outside the graph with `numpy.random.multivariate_normal`. Weights are random:
they do not change the time. Needs the `train` extra.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from app.ghost import Ghost
from mdn import softmax
from mdn.columns import controller_columns
from mdn.features import Features
from mdn.heads import Head
from training.export import Weights
from training.modelfile import About, write_model

UNITS, MIXTURES, KNOBS, CALLS, EVENTS, BATCH = 64, 5, 8, 400, 250, 32
DIMENSION = KNOBS + 1
SCALE = 10.0


class Peer:
    """One step at a time, as the public peer plays: states by hand, sampling outside the graph."""

    def __init__(self, folder: Path) -> None:
        self._interpreter = Interpreter(model_content=_peer_model(folder), num_threads=1)
        self._interpreter.allocate_tensors()
        self._inputs = {d["name"].split(":")[0]: d["index"] for d in self._interpreter.get_input_details()}
        outputs = self._interpreter.get_output_details()
        n_params = MIXTURES * (2 * DIMENSION + 1)
        self._mixture = next(d["index"] for d in outputs if d["shape"][-1] == n_params)
        self._next = [d["index"] for d in outputs if d["shape"][-1] == UNITS]
        self._state = [np.zeros((1, UNITS), "float32") for _ in range(4)]

    def generate(self, event: np.ndarray) -> np.ndarray:
        run = self._interpreter
        run.set_tensor(self._inputs["event"], (event * SCALE).astype("float32").reshape(1, 1, DIMENSION))
        for i, state in enumerate(self._state):
            run.set_tensor(self._inputs[f"state{i}"], state)
        run.invoke()
        params = run.get_tensor(self._mixture)[0]
        self._state = [run.get_tensor(index) for index in self._next]
        n = MIXTURES * DIMENSION
        component = int(np.searchsorted(np.cumsum(softmax(params[2 * n :])), np.random.random()))
        part = slice(component * DIMENSION, (component + 1) * DIMENSION)
        covariance = np.identity(DIMENSION) * np.square(params[n : 2 * n][part])
        return np.random.multivariate_normal(params[:n][part], covariance, 1)[0] / SCALE


def _peer_model(folder: Path) -> bytes:
    """Two stock Keras LSTM layers and a dense one, converted as a concrete function of one step."""
    event = keras.Input((1, DIMENSION), batch_size=1)
    states = [keras.Input((UNITS,), batch_size=1) for _ in range(4)]
    x, h1, c1 = keras.layers.LSTM(UNITS, return_sequences=True, return_state=True)(
        event, initial_state=states[:2]
    )
    x, h2, c2 = keras.layers.LSTM(UNITS, return_state=True)(x, initial_state=states[2:])
    params = keras.layers.Dense(MIXTURES * (2 * DIMENSION + 1))(x)
    model = keras.Model([event, *states], [params, h1, c1, h2, c2])
    specs = [tf.TensorSpec((1, 1, DIMENSION), tf.float32, "event")]
    specs += [tf.TensorSpec((1, UNITS), tf.float32, f"state{i}") for i in range(4)]
    step = tf.function(lambda *inputs: model(list(inputs))).get_concrete_function(*specs)
    frozen = convert_variables_to_constants_v2(step, lower_control_flow=False)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    return bytes(converter.convert())


def _ghost(folder: Path) -> Ghost:
    columns = controller_columns(KNOBS)
    head = Head(columns, MIXTURES)
    rng = np.random.default_rng(0)
    arrays: dict[str, np.ndarray] = {}
    n_inputs = Features(columns).n_features
    for layer in range(2):
        arrays[f"kernel_{layer}"] = rng.normal(0, 0.1, (n_inputs, 4 * UNITS)).astype("float32")
        arrays[f"recurrent_{layer}"] = rng.normal(0, 0.1, (UNITS, 4 * UNITS)).astype("float32")
        arrays[f"bias_{layer}"] = np.zeros(4 * UNITS, "float32")
        n_inputs = UNITS
    arrays["output_kernel"] = rng.normal(0, 0.01, (2 * UNITS, head.n_params)).astype("float32")
    arrays["output_bias"] = head.bias()
    path = folder / "bench.tflite"
    about = About("bench", {"name": "none", "credit": "", "licence": ""})
    write_model(path, head, Weights(arrays), about, score=lambda draft, manifest: {})
    return Ghost.load(path, seed=1)


def _times(call: Callable[[], Any], n: int, events: int) -> np.ndarray:
    times = np.empty(n)
    for i in range(n):
        start = time.perf_counter()
        call()
        times[i] = (time.perf_counter() - start) / events
    return times * 1e6


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peer, ghost = Peer(folder), _ghost(folder)
        event = np.full(DIMENSION, 0.5, "float32")
        ghost.feed(event)
        guide = np.zeros((EVENTS, ghost.n_guide), "float32")
        guides = np.zeros((BATCH, BATCH, ghost.n_guide), "float32")
        states = [ghost.state] * BATCH
        ways: dict[str, tuple[Callable[[], Any], int, int]] = {
            "peer": (lambda: peer.generate(event), CALLS, 1),
            "ghost": (lambda: ghost.generate(EVENTS), CALLS // 4, EVENTS),
            "guided": (lambda: ghost.generate(EVENTS, guide=guide), CALLS // 4, EVENTS),
            "fan": (lambda: ghost.fan(BATCH, BATCH), CALLS // 20, BATCH * BATCH),
            "proposed": (lambda: ghost.propose(states, BATCH, guides=guides), CALLS // 20, BATCH * BATCH),
        }
        rounds: dict[str, list[np.ndarray]] = {way: [] for way in ways}
        for _ in range(5):  # interleaved, so that a noisy neighbour disturbs both
            for way, (call, calls, events) in ways.items():
                rounds[way].append(_times(call, calls, events))
        every = {way: np.concatenate(times) for way, times in rounds.items()}
        for way, times in every.items():
            low, middle, high = np.percentile(times, [0, 50, 99])
            ratios = (np.min(every["peer"]) / low, np.median(every["peer"]) / middle)
            sys.stdout.write(
                f"{way:9} us an event: least {low:7.2f}, median {middle:7.2f}, p99 {high:7.2f}; "
                f"{ratios[0]:5.1f} and {ratios[1]:5.1f} times the peer's pattern\n"
            )


if __name__ == "__main__":
    main()
