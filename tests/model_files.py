"""Model files of random weights, and models that always know the same mixture."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from mdn.features import Features
from mdn.heads import Head


def random_arrays(head: Head, units: int, *, layers: int = 1, seed: int = 4) -> dict[str, np.ndarray]:
    """Weights by the names `training.network.MDRNN.arrays` gives them; the head's bias at its start."""
    rng = np.random.default_rng(seed)
    arrays = {
        name: rng.normal(0, 0.3, shape).astype("float32")
        for name, shape in _shapes(head, units, layers).items()
    }
    return arrays | {"output_bias": head.bias().astype("float32")}


def steady_arrays(head: Head, units: int, params: np.ndarray) -> dict[str, np.ndarray]:
    """Weights of one layer that know the mixture of these parameters whatever they hear."""
    arrays = {name: np.zeros(shape, "float32") for name, shape in _shapes(head, units, 1).items()}
    return arrays | {"output_bias": np.asarray(params, "float32")}


def graph_of(path: Path) -> bytes:
    """The graph of a model file, without its manifest."""
    with zipfile.ZipFile(path) as archive:
        return path.read_bytes()[: min(member.header_offset for member in archive.infolist())]


def _shapes(head: Head, units: int, layers: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for i in range(layers):
        n_inputs = units if i else Features(head.columns, head.density_names).n_features
        shapes[f"kernel_{i}"] = (n_inputs, 4 * units)
        shapes[f"recurrent_{i}"] = (units, 4 * units)
        shapes[f"bias_{i}"] = (4 * units,)
    return shapes | {"output_kernel": (layers * units, head.n_params)}
