"""The LSTM cell, once for the network that learns and for the graph that plays."""

from __future__ import annotations

from typing import Any

from mdn.densities import Array


def lstm_cell(xp: Any, gates: Array, c: Array) -> tuple[Array, Array]:
    """h and c after one event, `(batch, units)` each.

    Source: Hochreiter and Schmidhuber (1997); with a gate that forgets, Gers et al. (2000).

    Args:
        xp: `keras.ops` or another namespace.
        gates: what event and h ask of the gates: input, forget, output and the cell's input, side by side,
            `(batch, 4 * units)`.
        c: of the cell before the event.
    """
    i, f, o, heard = xp.split(gates, 4, axis=-1)
    c = xp.sigmoid(f) * c + xp.sigmoid(i) * xp.tanh(heard)
    return xp.sigmoid(o) * xp.tanh(c), c
