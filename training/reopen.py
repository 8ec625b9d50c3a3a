"""Reads trained weights back out of a model file, to fine-tune from it.

The file is a flatbuffer: its constants can be read where the operators use them. int8 kernels come back
as what they play as, so fine-tuning starts from exactly what was heard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from mdn.features import Features
from mdn.heads import Head
from models.errors import ModelError
from models.manifest import Manifest, read_manifest

_TYPES = {schema.TensorType.FLOAT32: np.float32, schema.TensorType.INT8: np.int8}


@dataclass(frozen=True, eq=False)
class Dense:
    """One matrix product of the graph.

    Attributes:
        kernel: float32 `(n_inputs, n_outputs)`.
        bias: float32 `(n_outputs,)`.
        buffers: numbers of the file's buffers that the two stand in; that of an absent bias is 0.
    """

    kernel: np.ndarray
    bias: np.ndarray
    buffers: tuple[int, int]


def read_weights(path: Path) -> tuple[Manifest, dict[str, np.ndarray]]:
    """The manifest of the model at `path`, and its weights by the names `training.network` gives them.

    Raises:
        ModelError: not one of our models, or its graph does not have the products its manifest says.
    """
    manifest = read_manifest(path)
    features = Features(manifest.columns, manifest.densities)
    *hidden, output = products_of(path, manifest)
    arrays: dict[str, np.ndarray] = {}
    for layer, dense in enumerate(hidden):
        split = len(dense.kernel) - manifest.units
        arrays[f"kernel_{layer}"], arrays[f"recurrent_{layer}"] = dense.kernel[:split], dense.kernel[split:]
        arrays[f"bias_{layer}"] = dense.bias
    # Undo what the export folded in: centring and scaling of the features.
    arrays["bias_0"] = arrays["bias_0"] + features.centre @ arrays["kernel_0"]
    arrays["kernel_0"] = arrays["kernel_0"] / features.scale[:, None]
    order = output_order(path, manifest.head())
    arrays["output_kernel"], arrays["output_bias"] = output.kernel[:, order], output.bias[order]
    return manifest, {name: np.ascontiguousarray(array, "float32") for name, array in arrays.items()}


def products_of(path: Path, manifest: Manifest) -> list[Dense]:
    """The matrix product of each layer, and last the one that gives the mixture, as the graph holds them.

    Raises:
        ModelError: the graph does not have the products its manifest says.
    """
    features, units = Features(manifest.columns, manifest.densities), manifest.units
    inputs = [(features.n_features if layer == 0 else units) + units for layer in range(manifest.layers)]
    shapes = [(n, 4 * units) for n in inputs]
    products = list(_products(path.read_bytes()))
    found = []
    for shape in [*shapes, (manifest.layers * units, len(manifest.golden.mixture))]:
        found.append(_first(products, shape, path))
        products.remove(found[-1])
    return found


def output_order(path: Path, head: Head) -> np.ndarray:
    """Where each parameter of the mixture is among the outputs of the graph.

    Files that can be guided have them parameter by parameter, older ones component by component.
    """
    order = np.arange(head.n_params)
    if "propose" not in signatures(path):
        return order
    return order.reshape(head.n_rows, head.mixtures).T.reshape(-1)


def signatures(path: Path) -> set[str]:
    """Names of the signatures of the model at `path`."""
    model = schema.Model.GetRootAsModel(path.read_bytes(), 0)
    return {model.SignatureDefs(i).SignatureKey().decode() for i in range(model.SignatureDefsLength())}


def is_quantised(path: Path) -> bool:
    """Whether the model at `path` keeps its kernels in eight bits."""
    model = schema.Model.GetRootAsModel(path.read_bytes(), 0)
    graphs = (model.Subgraphs(i) for i in range(model.SubgraphsLength()))
    return any(
        g.Tensors(i).Type() == schema.TensorType.INT8 for g in graphs for i in range(g.TensorsLength())
    )


def _first(products: list[Dense], shape: tuple[int, int], path: Path) -> Dense:
    for dense in products:
        if dense.kernel.shape == shape:
            return dense
    found = ", ".join(str(dense.kernel.shape) for dense in products)
    raise ModelError(f"{path}: expected a matrix product of shape {shape}, got {found or 'none'}.")


def _products(data: bytes) -> Iterator[Dense]:
    """Every matrix product of the `feed` graph and of its loop, in the order they run."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(data, 0))
    feed = next(s.subgraphIndex for s in model.signatureDefs if s.signatureKey == b"feed")
    loops = [
        op.builtinOptions.bodySubgraphIndex
        for op in model.subgraphs[feed].operators
        if isinstance(op.builtinOptions, schema.WhileOptionsT)
    ]
    for index in [*loops, feed]:
        graph = model.subgraphs[index]
        for op in graph.operators:
            if model.operatorCodes[op.opcodeIndex].builtinCode == schema.BuiltinOperator.FULLY_CONNECTED:
                kernel, bias = (_constant(model, graph, i) for i in op.inputs[1:3])
                if kernel is not None:
                    first, second = (graph.tensors[i].buffer if i >= 0 else 0 for i in op.inputs[1:3])
                    yield Dense(
                        kernel.T, np.zeros(len(kernel), "float32") if bias is None else bias, (first, second)
                    )


def _constant(model: Any, graph: Any, index: int) -> np.ndarray | None:
    """A constant tensor as float32, dequantised; None if it is absent or computed."""
    if index < 0:
        return None
    tensor = graph.tensors[index]
    raw = model.buffers[tensor.buffer].data
    if raw is None or tensor.type not in _TYPES:
        return None
    values = np.frombuffer(np.asarray(raw, "uint8").tobytes(), _TYPES[tensor.type]).reshape(tensor.shape)
    if tensor.type == schema.TensorType.INT8:
        scale = np.asarray(tensor.quantization.scale, "float32")
        return np.asarray(values * scale.reshape(-1, *[1] * (values.ndim - 1)), "float32")
    return np.asarray(values, "float32")
