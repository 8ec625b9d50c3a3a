"""Tensors stored with a component on each lane, spelled as if their parameters were last.

The densities read parameters as `(batch, components, n)`. The runtime is slow where the last axis is short:
a product of (32, 24, 2) by (32, 24, 1) takes it 8 us, and of (32, 2, 24) by (32, 1, 24) a fraction of one.
So the graph stores them as `(batch, n, components)`, and `Lanes` translates axes, so that the formulas stay
as they are written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from training.tensorflow_names import TensorFlowNames

Function = Callable[..., Any]


class Lanes:
    """What looks like `(batch, components, n)`, stored as `stored` `(batch, n, components)`.

    Combines with scalars, with others of its kind and with tensors `(batch, 1, n)`.
    """

    def __init__(self, stored: tf.Tensor) -> None:
        self.stored = stored
        batch, n, components = stored.shape
        self.shape = (batch, components, n)

    def __getitem__(self, key: tuple[Any, ...]) -> Any:
        """`[..., a:b]` of its kind, and `[..., i]` as a tensor `(batch, components)`."""
        if len(key) != 2 or key[0] is not Ellipsis or not isinstance(key[1], slice | int):
            raise TypeError(f"expected [..., i] or [..., a:b], got {key}")
        last = key[1]
        return Lanes(self.stored[:, last]) if isinstance(last, slice) else self.stored[:, last]

    def _with(self, other: Any, operation: Function) -> Lanes:
        return Lanes(operation(self.stored, _stored(other)))

    def __add__(self, other: Any) -> Lanes:
        return self._with(other, lambda a, b: a + b)

    def __radd__(self, other: Any) -> Lanes:
        return self._with(other, lambda a, b: b + a)

    def __sub__(self, other: Any) -> Lanes:
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Lanes:
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> Lanes:
        return self._with(other, lambda a, b: a * b)

    def __rmul__(self, other: Any) -> Lanes:
        return self._with(other, lambda a, b: b * a)

    def __truediv__(self, other: Any) -> Lanes:
        return self._with(other, lambda a, b: a / b)

    def __rtruediv__(self, other: Any) -> Lanes:
        return self._with(other, lambda a, b: b / a)

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

    exp = _each(tf.exp)
    log = _each(tf.math.log)
    tanh = _each(tf.tanh)
    sqrt = _each(tf.sqrt)
    square = _each(tf.square)
    abs = _each(tf.abs)
    minimum = _each(tf.minimum)
    maximum = _each(tf.maximum)
    ones_like = _each(tf.ones_like)
    zeros_like = _each(tf.zeros_like)

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
        parts = tf.split(values.stored, values.shape[2], 1)  # of a few, adding is the fastest
        total = sum(parts[1:], parts[0])
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


def _flat(stored: tf.Tensor) -> tf.Tensor:
    return tf.reshape(stored, (stored.shape[0], stored.shape[2]))
