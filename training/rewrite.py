"""Writes trained weights into a copy of a model file, in place of those it has: the inverse of `reopen`.

A fine-tuned network has the sizes of the one it began with, so its file differs in the weights alone, and the
converter, which takes seconds, has nothing to find out. Kernels in eight bits are rounded as the converter
rounds them: to whole multiples of a 127th of the largest weight of each output.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from mdn.features import Features
from models.errors import ModelError
from models.manifest import Manifest, graph_bytes, read_manifest
from training.reopen import output_order, products_of

LARGEST = 127.0  # of a weight in eight bits


def rewrite(parent: Path, arrays: dict[str, np.ndarray], out: Path) -> None:
    """Write the graph of the model at `parent` to `out`, with other weights and without a manifest.

    Args:
        parent: one of our models.
        arrays: weights by the names `training.network` gives them, of the sizes the parent has.
        out: where to write.

    Raises:
        ModelError: the parent's graph does not have the matrix products its manifest says, or does not keep
            their weights apart from its other constants.
        OSError: a file could not be read or written.
    """
    manifest = read_manifest(parent)
    data = bytearray(graph_bytes(parent))
    model = schema.Model.GetRootAsModel(data, 0)
    tensors = _tensors(model)
    wanted = _folded(arrays, manifest, output_order(parent, manifest.head()))
    products = products_of(parent, manifest)
    buffers = [buffer for product in products for buffer in product.buffers]
    if 0 in buffers or len(set(buffers)) < len(buffers) or set(buffers) & _other_constants(model):
        raise ModelError(
            f"{parent}: expected weights that stand apart in the file, got some that are shared."
        )
    for product, (kernel, bias) in zip(products, wanted, strict=True):
        for buffer, values in zip(product.buffers, (kernel.T, bias), strict=True):
            _put(model, buffer, tensors[buffer], values)
    out.write_bytes(data)


def _folded(
    arrays: dict[str, np.ndarray], manifest: Manifest, order: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Kernel and bias of each product, as `training.export` folds and orders them."""
    features = Features(manifest.columns, manifest.densities)
    found = []
    for layer in range(manifest.layers):
        kernel, bias = arrays[f"kernel_{layer}"], arrays[f"bias_{layer}"]
        if layer == 0:
            kernel = features.scale[:, None] * kernel
            bias = bias - features.centre @ kernel
        found.append((np.concatenate([kernel, arrays[f"recurrent_{layer}"]]), bias))
    back = np.argsort(order)
    return [*found, (arrays["output_kernel"][:, back], arrays["output_bias"][back])]


def _tensors(model: Any) -> dict[int, list[Any]]:
    """The tensors of all graphs by the buffer they stand in."""
    found: dict[int, list[Any]] = {}
    for graph in (model.Subgraphs(i) for i in range(model.SubgraphsLength())):
        for tensor in (graph.Tensors(i) for i in range(graph.TensorsLength())):
            found.setdefault(tensor.Buffer(), []).append(tensor)
    return found


def _other_constants(model: Any) -> set[int]:
    """Buffers that anything but a matrix product reads."""
    found = set()
    for graph in (model.Subgraphs(i) for i in range(model.SubgraphsLength())):
        for op in (graph.Operators(i) for i in range(graph.OperatorsLength())):
            code = model.OperatorCodes(op.OpcodeIndex()).BuiltinCode()
            if code != schema.BuiltinOperator.FULLY_CONNECTED:
                found |= {graph.Tensors(i).Buffer() for i in op.InputsAsNumpy() if i >= 0}
    return found


def _put(model: Any, buffer: int, tensors: list[Any], values: np.ndarray) -> None:
    """Write `values` into the buffer, in the type and with the scales of the tensors that stand in it."""
    raw = model.Buffers(buffer).DataAsNumpy()  # a view of the file
    if tensors[0].Type() == schema.TensorType.FLOAT32:
        raw[:] = np.ascontiguousarray(values, "<f4").reshape(-1).view("uint8")
        return
    scales = [tensor.Quantization().ScaleAsNumpy() for tensor in tensors]
    axis = None if len(scales[0]) == 1 else 1
    scale = (np.abs(values).max(axis=axis, keepdims=True) / LARGEST).astype("float32")
    scale = np.where(scale > 0.0, scale, np.float32(1.0)).reshape(-1)
    whole = np.clip(np.rint(values / scale[:, None]), -LARGEST, LARGEST).astype("int8")
    raw[:] = np.ascontiguousarray(whole).reshape(-1).view("uint8")
    for each in scales:
        each[:] = scale
