"""A recurrent network in two forms: one learns from whole sequences, one goes on step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def learner_and_player(n_inputs: int, units: int, head: Callable[[Any], Any]) -> tuple[Any, Any]:
    """One LSTM layer, and a `head` on each of its steps.

    Args:
        n_inputs: numbers a step has.
        units: of the LSTM layer.
        head: from `(batch, steps, units)` to what the network says of each step; called twice, so it uses
            the same layers again, and makes none.

    Returns:
        Keras models: the learner, from `(batch, steps, n_inputs)` to what the head says; and the player, from
        `[inputs, h, c]` to `[what the head says, h, c]`, where h and c, `(batch, units)`, are what the LSTM
        layer remembers, at first zeros. What a player hears and says has one step a call.
    """
    import keras

    lstm = keras.layers.LSTM(units, return_sequences=True, return_state=True)
    inputs = keras.layers.Input((None, n_inputs))
    learner = keras.Model(inputs, head(lstm(inputs)[0]))
    h, c = keras.layers.Input((units,)), keras.layers.Input((units,))
    output, new_h, new_c = lstm(inputs, initial_state=[h, c])
    return learner, keras.Model([inputs, h, c], [head(output), new_h, new_c])


class Memory:
    """A player with its state: call it with one step of each sequence, `(batch, n_inputs)`."""

    def __init__(self, player: Any, batch: int) -> None:
        self._player = player
        self._state = [np.zeros((batch, player.inputs[1].shape[1]), "float32") for _ in range(2)]

    def __call__(self, inputs: np.ndarray) -> Any:
        """What the head says of this step, `(batch, n)`, or several of them."""
        said, *self._state = self._player.predict_on_batch([inputs[:, None].astype("float32"), *self._state])
        return said[:, 0] if isinstance(said, np.ndarray) else [part[:, 0] for part in said]
