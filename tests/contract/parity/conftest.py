"""The network that is trained, the graph that is played and the density that is scored are the same.

A small random network goes through Keras, raw TensorFlow, the exported file and NumPy; every promise of the
model file (state, chunks, futures, sampling) is checked against the formula it stands for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mdn.columns import TOUCH
from mdn.heads import Head
from tests.contract.parity.graph import LAYERS, MIXTURES, UNITS, Graph


@dataclass(frozen=True)
class Sizes:
    """Of a network."""

    layers: int
    units: int
    mixtures: int


SMALL = Sizes(1, 8, 2)  # of `small_file`, into which weights are written: the converter takes seconds
PARAMS = [SMALL, pytest.param(Sizes(LAYERS, UNITS, MIXTURES), marks=pytest.mark.slow)]


@pytest.fixture(scope="session", params=PARAMS, ids=lambda sizes: f"{sizes.layers} layers")
def sizes(request: pytest.FixtureRequest) -> Sizes:
    found: Sizes = request.param
    return found


@pytest.fixture(scope="session")
def network(libraries: SimpleNamespace, sizes: Sizes) -> Any:
    """A network whose weights are all distinct and large enough to matter, and the same in every run."""
    libraries.keras.utils.set_random_seed(1)
    net = libraries.network.MDRNN(
        Head(TOUCH, sizes.mixtures), units=sizes.units, layers=sizes.layers, batch_size=1
    )
    rng = np.random.default_rng(1)
    for variable in net.trainable_variables:
        start = np.asarray(libraries.keras.ops.convert_to_numpy(variable.value))
        variable.assign(start + rng.normal(0, 0.3 if variable.name != "output_bias" else 0.1, start.shape))
    return net


@pytest.fixture(scope="session")
def model_path(
    libraries: SimpleNamespace, network: Any, sizes: Sizes, request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:  # fmt: skip
    path = tmp_path_factory.mktemp("parity") / "small.tflite"
    weights = libraries.export.Weights(network.arrays())
    assert (weights.layers, weights.units) == (sizes.layers, sizes.units)
    if sizes == SMALL:
        libraries.rewrite.rewrite(request.getfixturevalue("small_file"), weights.arrays, path)
    else:
        libraries.export.export_graph(network.head, weights, path, quantise=False)
    return path


@pytest.fixture(scope="session")
def graph(libraries: SimpleNamespace, model_path: Path, sizes: Sizes) -> Graph:
    return Graph(libraries, model_path, sizes.layers, sizes.units)


@pytest.fixture(scope="session")
def head(sizes: Sizes) -> Head:
    return Head(TOUCH, sizes.mixtures)
