"""What a step of the graph costs: the runtime's fast path takes most of it, and copies nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from models.lookup import find_model

pytestmark = pytest.mark.train

# What XNNPACK takes, of what our graphs are made of: each other operator interrupts it.
FAST = set(
    "ABS ADD CONCATENATION DIV EXP FULLY_CONNECTED LOG LOGISTIC MAXIMUM MINIMUM MUL NEG REDUCE_MAX RELU "
    "RESHAPE RSQRT SIN SOFTMAX SQRT SQUARE SQUARED_DIFFERENCE STRIDED_SLICE SUB SUM TANH".split()
)
NAMES = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}


def slow_operators(path: Path) -> Iterator[Counter[str]]:
    """Of each loop of a model, the operators of one step that leave the fast path."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(path.read_bytes(), 0))
    loops = [
        op.builtinOptions.bodySubgraphIndex
        for graph in model.subgraphs
        for op in graph.operators
        if isinstance(op.builtinOptions, schema.WhileOptionsT)
    ]
    for index in loops:
        graph = model.subgraphs[index]
        yield Counter(name for op in graph.operators if (name := _slow(model, graph, op)))


def _slow(model: Any, graph: Any, op: Any) -> str | None:
    name = NAMES[model.operatorCodes[op.opcodeIndex].builtinCode]
    if graph.tensors[op.outputs[0]].type == schema.TensorType.INT32 and name == "ADD":
        return "counter"
    if name == "CONCATENATION" and len(op.inputs) > 5:
        return "long CONCATENATION"
    if name == "STRIDED_SLICE" and op.builtinOptions.shrinkAxisMask:
        return "shrinking STRIDED_SLICE"
    return None if name in FAST else name


@pytest.mark.parametrize("name", ["small", "touch", "controller", "characters", "kanji"])
def test_a_step_leaves_the_fast_path_only_to_count_and_to_choose(name: str, small_file: Path) -> None:
    path = small_file if name == "small" else find_model(name)
    hears = Counter({"counter": 1, "GATHER": 1})
    draws = hears + Counter({"GATHER": 1, "ARG_MAX": 1})  # of a component
    found = list(slow_operators(path))
    assert sorted(found, key=len) == [hears, draws, draws, draws, draws]


def test_parts_of_parts_and_nested_concatenations_are_those_of_numpy(libraries: SimpleNamespace) -> None:
    names, values = libraries.names, np.arange(24, dtype="float32").reshape(2, 12)
    _, right = names.split(libraries.tf.constant(values), [4], axis=-1)
    low, middle, high = names.split(right, [3, 5], axis=-1)
    assert [part.numpy().tolist() for part in (low, middle, high)] == [
        values[:, 4:7].tolist(),
        values[:, 7:9].tolist(),
        values[:, 9:].tolist(),
    ]
    top, bottom = names.split(high, 2, axis=0)  # along another axis
    assert (top.numpy().tolist(), bottom.numpy().tolist()) == (
        values[:1, 9:].tolist(),
        values[1:, 9:].tolist(),
    )
    parts = names.split(libraries.tf.constant(values), 12, axis=-1)
    for first in (2, 3, 6):
        joined = names.concatenate([names.concatenate(parts[:first], axis=-1), *parts[first:]], axis=-1)
        assert joined.numpy().tolist() == values.tolist()
    twice = names.concatenate([joined, joined], axis=0)
    assert twice.numpy().tolist() == [*values.tolist(), *values.tolist()]


@pytest.mark.parametrize("n", [2, 17, 18, 32, 60])
def test_a_product_with_what_has_to_be_exact_is_of_kernels_that_stay_so(
    libraries: SimpleNamespace, n: int
) -> None:
    """The converter rounds kernels of 1024 numbers and more: those of 18 knobs, say."""
    kernel = np.random.default_rng(3).normal(size=(n + 1, 3 * n)).astype("float32")
    product = libraries.tf.function(lambda values: libraries.names.matmul(values, kernel))
    graph = product.get_concrete_function(libraries.tf.TensorSpec((2, n + 1), "float32"))
    kernels = [
        op.inputs[1].shape.num_elements() for op in graph.graph.get_operations() if op.type == "MatMul"
    ]
    assert max(kernels) < 1024 and sum(kernels) == kernel.size
    values = np.random.default_rng(4).normal(size=(2, n + 1)).astype("float32")
    np.testing.assert_allclose(product(values), values @ kernel, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("n", [1, 5, 31, 32])
def test_a_cumulative_sum_is_that_of_numpy_however_many_there_are(libraries: SimpleNamespace, n: int) -> None:
    values = np.random.default_rng(3).random((4, n), dtype="float32")
    found = libraries.names.cumsum(libraries.tf.constant(values), axis=-1).numpy()
    assert found == pytest.approx(np.cumsum(values, axis=-1), rel=1e-6)
