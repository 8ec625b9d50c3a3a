"""Writes trained weights into one `.tflite` with the signatures `SIGNATURES`.

The graph is `training.step_graph`. Needs TensorFlow (the converter); the weights may have been trained on any
backend.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from mdn.heads import Head
from mdn.past_features import memory_rows
from training.step_graph import StepGraph

FEED_EVENTS = 32
GENERATE_EVENTS = 128  # a call costs 4 to 10 events; with twice the rows each event is slower again
SIGNATURES = ("feed", "generate", "guided", "fan", "propose")
FUTURES = 32
FUTURE_EVENTS = 32


@dataclass(frozen=True)
class Weights:
    """Trained arrays, float32, by the names `training.network.MDRNN.arrays` gives them."""

    arrays: dict[str, np.ndarray]

    @property
    def layers(self) -> int:
        """LSTM layers."""
        return sum(name.startswith("recurrent_") for name in self.arrays)

    @property
    def units(self) -> int:
        """LSTM units a layer."""
        return int(self.arrays["recurrent_0"].shape[0])


def export_graph(head: Head, weights: Weights, path: Path, *, quantise: bool) -> None:
    """Convert the step graph to `path`: one file, its signatures, shared weights, builtin operators only.

    Args:
        head: the density the weights were trained with.
        weights: trained arrays.
        path: where to write.
        quantise: store kernels as int8 with dynamic ranges (a quarter of the size, and faster from
            128 units up; costs about 0.002 nats an event).
    """
    graph = StepGraph(head, weights.arrays, layers=weights.layers, units=weights.units)
    n, k = len(head.columns), len(head.noise)
    n_rows = weights.layers + memory_rows(graph.n_kept, weights.units)

    def numbers(name: str, *shape: int) -> tf.TensorSpec:
        return tf.TensorSpec(shape, tf.float32, name)

    count, temperatures = tf.TensorSpec((), tf.int32, "count"), numbers("temperatures", 2)
    event, state = numbers("event", n), numbers("state", n_rows, 2, 1, weights.units)
    noise, of_many = numbers("noise", GENERATE_EVENTS, k), numbers("noise", FUTURE_EVENTS, FUTURES, k)
    guide = numbers("guide", GENERATE_EVENTS, head.n_guide)
    events, states = numbers("events", FUTURES, n), numbers("states", n_rows, 2, FUTURES, weights.units)
    guides = numbers("guides", FUTURE_EVENTS, FUTURES, head.n_guide)
    signatures = {
        "feed": (graph.feed, (numbers("events", FEED_EVENTS, n), count, state)),
        "generate": (graph.generate, (event, count, state, noise, temperatures)),
        "guided": (graph.generate, (event, count, state, noise, temperatures, guide)),
        "fan": (graph.fan, (event, count, state, of_many, temperatures)),
        "propose": (graph.propose, (events, count, states, of_many, temperatures, guides)),
    }
    functions = {
        name: tf.function(function, autograph=False).get_concrete_function(*specs)
        for name, (function, specs) in signatures.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(graph, folder, signatures=functions)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=list(functions))
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        if quantise:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        path.write_bytes(converter.convert())
