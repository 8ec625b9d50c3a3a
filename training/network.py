"""The mixture density recurrent network (MDRNN): features of events, LSTM layers, parameters of a mixture.

Pure `keras.ops`, so it trains on the TensorFlow, JAX and Torch backends. The cell is a function
(`training.cell`) instead of `keras.layers.LSTM`: by it the exported graph (`training.export`) steps the same
weights one event at a time.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from mdn.densities import Array, Past
from mdn.features import Features
from mdn.heads import Head
from mdn.past_features import Route
from training.cell import lstm_cell


@keras.saving.register_keras_serializable("ghostjam")
class MDRNN(keras.Model):
    """Many-to-many: the mixture of each next event, given all events before it.

    Input: a float32 tensor `(batch, time, n_columns + route.width + 1)`: the event, its route, and
    1 where an event before it exists in the same performance, else 0. A zero there also resets the
    state: batches are streams of performances laid end to end, and the state is carried from one
    call to the next, so that context is never cut at a window's edge.

    Output: `(batch, time, n_params)`, to be read by `head`.

    Args:
        head: the density of an event.
        units: LSTM units a layer.
        layers: LSTM layers.
        batch_size: number of parallel streams; fixed, because each has a state.
        dropout: share of a layer's outputs silenced on the way up, not on the way through time.
    """

    def __init__(self, head: Head, *, units: int, layers: int, batch_size: int, dropout: float = 0.0) -> None:
        # The optimizer's variables are called by it too, and those of a checkpoint are found by name.
        super().__init__(name="mdrnn")
        self.head = head
        self.features = Features(head.columns, head.density_names)
        self.route = Route(head.columns, head.density_names)
        self.n_units = units
        self.n_layers = layers
        self.kernels, self.recurrents, self.biases = [], [], []
        n_inputs = self.features.n_features
        for layer in range(layers):
            self.kernels.append(
                self.add_weight(
                    shape=(n_inputs, 4 * units), initializer="glorot_uniform", name=f"kernel_{layer}"
                )
            )
            self.recurrents.append(
                self.add_weight(shape=(units, 4 * units), initializer="orthogonal", name=f"recurrent_{layer}")
            )
            self.biases.append(
                self.add_weight(shape=(4 * units,), initializer=_forget_bias(units), name=f"bias_{layer}")
            )
            n_inputs = units
        self.output_kernel = self.add_weight(
            shape=(layers * units, head.n_params),
            initializer=keras.initializers.VarianceScaling(0.1),
            name="output_kernel",
        )
        self.output_bias = self.add_weight(
            shape=(head.n_params,), initializer=_constant(head.bias()), name="output_bias"
        )
        self.state = self.add_weight(
            shape=(layers, 2, batch_size, units), initializer="zeros", trainable=False, name="state"
        )
        self.dropouts = [keras.layers.Dropout(dropout) for _ in range(layers)]

    def call(self, inputs: Array, training: bool = False) -> Array:
        past, known = self.past(inputs)
        features = self.features(ops, past, known)
        x = ops.transpose((features - self.features.centre) * self.features.scale, (1, 0, 2))
        keep = ops.transpose(known, (1, 0, 2))  # time first; 0 forgets what was carried
        outputs, states = [], []
        for layer in range(self.n_layers):
            x, h, c = self._layer(layer, x, keep)
            states.append(ops.stack([h, c]))
            x = self.dropouts[layer](x, training=training)
            outputs.append(x)
        self.state.assign(ops.stack(states))
        params = ops.matmul(ops.concatenate(outputs, axis=-1), self.output_kernel) + self.output_bias
        return ops.transpose(params, (1, 0, 2))

    def _layer(self, layer: int, x: Array, keep: Array) -> tuple[Array, Array, Array]:
        projected = ops.matmul(x, self.kernels[layer]) + self.biases[layer]
        recurrent = self.recurrents[layer]

        def step(carry: tuple[Array, Array], inputs: tuple[Array, Array]) -> tuple[Any, Any]:
            gates, keep_now = inputs
            h, c = keep_now * carry[0], keep_now * carry[1]
            gates = gates + ops.matmul(h, recurrent)
            carry = lstm_cell(ops, gates, c)
            return carry, carry  # TensorFlow's scan wants outputs shaped like the carry

        (h, c), (hs, _) = ops.scan(step, (self.state[layer, 0], self.state[layer, 1]), (projected, keep))
        return hs, h, c

    def reset(self) -> None:
        """Forget what every stream has heard."""
        self.state.assign(np.zeros(self.state.shape, "float32"))

    def seeds(self) -> dict[str, Any]:
        """The variables that dropout draws by, by name; none where nothing is silenced."""
        return {f"dropout_{i}_seed": v for i, layer in enumerate(self.dropouts) for v in layer.variables}

    def nats(self, inputs: Array, targets: Array, params: Array) -> dict[str, Array]:
        """Nats of each target event for each group of columns, `(batch, time)`; lower is better."""
        past, _ = self.past(inputs)
        params, targets = ops.convert_to_tensor(params), ops.convert_to_tensor(targets)
        groups = self.head.log_densities(ops, params, targets, past)
        return {name: -value for name, value in groups.items()}

    def past(self, inputs: Array) -> tuple[Past, Array]:
        """What the next events are relative to, and whether there was an event before, of `inputs`."""
        n = len(self.head.columns)
        inputs = ops.convert_to_tensor(inputs)
        return self.route.past(inputs[..., :n], inputs[..., n:-1]), inputs[..., -1:]

    def arrays(self) -> dict[str, np.ndarray]:
        """The trained weights by name, float32: what `training.export` writes into the model file."""
        weights = [*self.kernels, *self.recurrents, *self.biases, self.output_kernel, self.output_bias]
        return {weight.name: ops.convert_to_numpy(weight.value) for weight in weights}


def _forget_bias(units: int) -> Any:
    """Gates i, f, o, then the cell input; f starts open (Jozefowicz et al. 2015)."""
    values = np.zeros(4 * units, "float32")
    values[units : 2 * units] = 1.0
    return _constant(values)


def _constant(values: np.ndarray) -> Any:
    return lambda shape, dtype=None: ops.convert_to_tensor(values, dtype or "float32")
