"""A loop in a graph without the counter of its own that `tf.while_loop` adds to each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf


def while_loop(
    goes_on: Callable[..., tf.Tensor],
    body: Callable[..., tuple[Any, ...]],
    start: tuple[Any, ...],
    given: Sequence[tf.Tensor],
) -> Any:
    """As `tf.while_loop`, which has a counter of its own besides: what is counted and copied in every step.

    Args:
        goes_on: takes `given`, and what is carried; whether there is another step.
        body: takes the same; what is carried on, of the same structure, shapes and types.
        start: what is carried into the first step.
        given: all tensors from outside that the two need.

    Returns:
        What is carried after the last step, as `start` is made.
    """
    flat = tf.nest.flatten(start)
    n = len(flat)
    specs = [tf.TensorSpec(tensor.shape, tensor.dtype) for tensor in (*flat, *given)]

    def graph(function: Callable[..., Any]) -> Any:
        def of_tensors(*tensors: tf.Tensor) -> Any:
            return function(tensors[n:], *tf.nest.pack_sequence_as(start, tensors[:n]))

        return tf.function(of_tensors, autograph=False).get_concrete_function(*specs)

    # What is given comes last and is passed on: the runtime then copies none of it.
    step = graph(lambda given, *carried: [*tf.nest.flatten(body(given, *carried)), *given])
    found = tf.raw_ops.StatelessWhile(input=[*flat, *given], cond=graph(goes_on), body=step)
    for tensor, spec in zip(found, specs, strict=True):
        tensor.set_shape(spec.shape)
    return tf.nest.pack_sequence_as(start, found[:n])
