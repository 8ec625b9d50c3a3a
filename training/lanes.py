"""Tensors stored with a component on each lane, spelled as if their parameters were last.

The densities read parameters as `(batch, components, n)`. The runtime is slow where the last axis is short:
a product of (32, 24, 2) by (32, 24, 1) takes it 8 us, and of (32, 2, 24) by (32, 1, 24) a fraction of one.
So the graph stores them as `(batch, n, components)`, and `Lanes` translates axes, so that the formulas stay
as they are written.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from training.tensorflow_names import TensorFlowNames

Function = Callable[..., Any]


def _operators(operation: Function) -> Any:
    """The two methods of an operator: lanes before what they combine with, and after it."""
    return (
        lambda lanes, other: Lanes(operation(lanes.stored, _stored(other))),
        lambda lanes, other: Lanes(operation(_stored(other), lanes.stored)),
    )


class Lanes:
    """What looks like `(batch, components, n)`, stored as `stored` `(batch, n, components)`.

    Combines with scalars, with others of its kind and with tensors `(batch, 1, n)`.
    """

    def __init__(self, stored: tf.Tensor) -> None:
        self.stored = stored
        batch, n, components = stored.shape
        self.shape = (batch, components, n)

    def __getitem__(self, key: tuple[Any, ...]) -> Lanes:
        if len(key) != 2 or key[0] is not Ellipsis or not isinstance(key[1], slice):
            raise TypeError(f"expected [..., a:b], got {key}")
        return Lanes(self.stored[:, key[1]])

    __add__, __radd__ = _operators(operator.add)
    __sub__, __rsub__ = _operators(operator.sub)
    __mul__, __rmul__ = _operators(operator.mul)
    __truediv__, __rtruediv__ = _operators(operator.truediv)

    def __neg__(self) -> Lanes:
        return Lanes(-self.stored)


def _stored(value: Any) -> Any:
    """`value` as it combines with what is stored: a tensor `(batch, 1, n)` lies across the lanes."""
    if isinstance(value, Lanes):
        return value.stored
    shape: tuple[int, ...] = tuple(getattr(value, "shape", ()))
    if not shape:
        return value
    if len(shape) != 3 or shape[1] != 1:
        raise ValueError(f"expected a scalar or a tensor (batch, 1, n), got {shape}")
    return tf.reshape(value, (shape[0], shape[2], 1))


def _each(function: Function) -> Any:
    """`function` of every element, of lanes or of a tensor."""

    def lifted(*values: Any) -> Any:
        if not any(isinstance(value, Lanes) for value in values):
            return function(*values)
        return Lanes(function(*map(_stored, values)))

    return staticmethod(lifted)


class LaneNames(TensorFlowNames):
    """The array namespace of `mdn.densities` for lanes as well as for tensors."""

    @staticmethod
    def concatenate(values: Any, axis: int) -> Any:
        if not isinstance(values[0], Lanes):
            return TensorFlowNames.concatenate(values, axis)
        return Lanes(tf.concat([value.stored for value in values], 1))

    @staticmethod
    def split(values: Any, parts: int | list[int], axis: int) -> Any:
        if not isinstance(values, Lanes):
            return TensorFlowNames.split(values, parts, axis)
        return [Lanes(part) for part in TensorFlowNames.split(values.stored, parts, 1)]

    @staticmethod
    def sum(values: Any, axis: int, keepdims: bool = False) -> Any:
        if not isinstance(values, Lanes):
            return TensorFlowNames.sum(values, axis, keepdims)
        total = tf.reduce_sum(values.stored, 1, keepdims=True)
        return Lanes(total) if keepdims else _flat(total)

    @staticmethod
    def max(values: Any, axis: int, keepdims: bool = False) -> Any:
        if not isinstance(values, Lanes):
            return TensorFlowNames.max(values, axis, keepdims)
        top = tf.reduce_max(values.stored, 1, keepdims=True)
        return Lanes(top) if keepdims else _flat(top)

    @staticmethod
    def squeeze(values: Any, axis: int) -> Any:
        return _flat(values.stored) if isinstance(values, Lanes) else tf.squeeze(values, axis)


for _name in "exp log tanh sqrt square abs minimum maximum ones_like zeros_like".split():
    setattr(LaneNames, _name, _each(getattr(TensorFlowNames, _name)))


def _flat(stored: tf.Tensor) -> tf.Tensor:
    return tf.reshape(stored, (stored.shape[0], stored.shape[2]))
