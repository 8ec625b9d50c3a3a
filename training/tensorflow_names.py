"""The array namespace of `mdn.densities`, spelled in raw TensorFlow.

`keras.ops` adds shape bookkeeping operators to every call; in a graph that runs a microsecond a step they
cost as much as the arithmetic. These are the same functions, one operator each.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import tensorflow as tf


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
    cumsum = staticmethod(tf.cumsum)
    minimum = staticmethod(tf.minimum)
    maximum = staticmethod(tf.maximum)
    where = staticmethod(tf.where)
    ones_like = staticmethod(tf.ones_like)
    zeros_like = staticmethod(tf.zeros_like)
    reshape = staticmethod(tf.reshape)
    matmul = staticmethod(tf.matmul)
    squeeze = staticmethod(tf.squeeze)

    @staticmethod
    def take_along_axis(values: Any, indices: Any, axis: int) -> Any:
        return tf.gather(values, indices, axis=axis, batch_dims=1)

    @staticmethod
    def concatenate(values: Any, axis: int) -> Any:
        return tf.concat(values, axis)

    @staticmethod
    def split(values: Any, parts: int | list[int], axis: int) -> Any:
        if isinstance(parts, int):
            return tf.split(values, parts, axis)
        # Slices, because the runtime's fast path knows no uneven split.
        ends, before = [0, *parts, values.shape[axis]], (slice(None),) * (axis % len(values.shape))
        return [values[(*before, slice(a, b))] for a, b in pairwise(ends)]

    @staticmethod
    def sum(values: Any, axis: int, keepdims: bool = False) -> Any:
        return tf.reduce_sum(values, axis, keepdims)

    @staticmethod
    def max(values: Any, axis: int, keepdims: bool = False) -> Any:
        return tf.reduce_max(values, axis, keepdims)
