"""The network that is trained, the graph that is played and the density that is scored are the same.

A small random network goes through Keras, raw TensorFlow, the exported file and NumPy; every promise of the
model file (state, chunks, futures, sampling) is checked against the formula it stands for.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mdn.columns import TOUCH
from mdn.heads import Head
from tests.contract.parity.graph import LAYERS, MIXTURES, UNITS, Graph


@pytest.fixture(scope="session")
def network(libraries: SimpleNamespace) -> Any:
    """A network whose weights are all distinct and large enough to matter, and the same in every run."""
    libraries.keras.utils.set_random_seed(1)
    net = libraries.network.MDRNN(Head(TOUCH, MIXTURES), units=UNITS, layers=LAYERS, batch_size=1)
    rng = np.random.default_rng(1)
    for variable in net.trainable_variables:
        start = np.asarray(libraries.keras.ops.convert_to_numpy(variable.value))
        variable.assign(start + rng.normal(0, 0.3 if variable.name != "output_bias" else 0.1, start.shape))
    return net


@pytest.fixture(scope="session")
def model_path(libraries: SimpleNamespace, network: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("parity") / "small.tflite"
    weights = libraries.export.Weights(network.arrays())
    assert (weights.layers, weights.units) == (LAYERS, UNITS)
    libraries.export.export_graph(network.head, weights, path, quantise=False)
    return path


@pytest.fixture(scope="session")
def graph(libraries: SimpleNamespace, model_path: Path) -> Graph:
    return Graph(libraries, model_path)


@pytest.fixture(scope="session")
def head() -> Head:
    return Head(TOUCH, MIXTURES)
