"""The array namespace of `mdn.densities`, spelled in raw TensorFlow.

`keras.ops` adds shape bookkeeping operators to every call; in a graph that runs a microsecond a step they
cost as much as the arithmetic. These are the same functions, of as few operators as can be, and of those that
the runtime's fast path (XNNPACK) takes: one that it does not take interrupts it, and costs several.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import tensorflow as tf

CONCATENATED = 5  # tensors at the most that the fast path concatenates at once
ROUNDED = 1024  # numbers from which on the converter rounds a kernel to eight bits


class TensorFlowNames:
    """What a density's `sample` and the features need of `xp`."""

    exp = staticmethod(tf.exp)
    log = staticmethod(tf.math.log)
    tanh = staticmethod(tf.tanh)
    sigmoid = staticmethod(tf.sigmoid)
    sin = staticmethod(tf.sin)
    sqrt = staticmethod(tf.sqrt)
    square = staticmethod(tf.square)
    abs = staticmethod(tf.abs)
    floor = staticmethod(tf.floor)
    cast = staticmethod(tf.cast)
    minimum = staticmethod(tf.minimum)
    maximum = staticmethod(tf.maximum)
    ones_like = staticmethod(tf.ones_like)
    zeros_like = staticmethod(tf.zeros_like)
    reshape = staticmethod(tf.reshape)
    squeeze = staticmethod(tf.squeeze)
    softmax = staticmethod(tf.nn.softmax)
    expand_dims = staticmethod(tf.expand_dims)

    @staticmethod
    def take_along_axis(values: Any, indices: Any, axis: int) -> Any:
        return tf.gather(values, indices, axis=axis, batch_dims=1)

    @staticmethod
    def matmul(values: Any, kernel: Any) -> Any:
        if not isinstance(kernel, np.ndarray) or kernel.size < ROUNDED:
            return tf.matmul(values, kernel)
        blocks = np.array_split(kernel, kernel.size // (ROUNDED // 2), axis=1)  # what has to stay exact
        return TensorFlowNames.concatenate([tf.matmul(values, block) for block in blocks], -1)

    @staticmethod
    def cumsum(values: Any, axis: int) -> Any:
        n = values.shape[axis]
        if n * n >= ROUNDED or axis != -1:
            return tf.cumsum(values, axis)
        return tf.matmul(values, np.triu(np.ones((n, n), "float32")))  # the fast path knows no other

    @staticmethod
    def concatenate(values: Any, axis: int) -> Any:
        # Of what was concatenated itself its parts, because each time all is copied.
        of_axis = [getattr(value, "parts", {}).get(axis, [value]) for value in values]
        parts = [part for each in of_axis for part in each]
        parts = parts if len(parts) <= CONCATENATED else list(values)
        while len(parts) > CONCATENATED:
            parts = [tf.concat(parts[:CONCATENATED], axis), *parts[CONCATENATED:]]
        whole = tf.concat(parts, axis)
        whole.parts = {axis: parts}
        return whole

    @staticmethod
    def split(values: Any, parts: int | list[int], axis: int) -> Any:
        n, axis = values.shape[axis], axis % len(values.shape)
        ends = [0, *(range(n // parts, n, n // parts) if isinstance(parts, int) else parts), n]
        if len(ends) == 2:
            return [values]
        # Slices, because the fast path knows no uneven split; and of a part, slices of the whole.
        whole, of_axis, first = getattr(values, "part_of", (values, axis, 0))
        if of_axis != axis:
            whole, first = values, 0
        found = []
        for a, b in pairwise(ends):
            part = whole[(*[slice(None)] * axis, slice(first + a, first + b))]
            part.part_of = whole, axis, first + a
            found.append(part)
        return found

    @staticmethod
    def sum(values: Any, axis: int, keepdims: bool = False) -> Any:
        return tf.reduce_sum(values, axis, keepdims)

    @staticmethod
    def max(values: Any, axis: int, keepdims: bool = False) -> Any:
        return tf.reduce_max(values, axis, keepdims)
