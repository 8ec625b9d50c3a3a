"""What training lowers: nats of the next event; and the score of a network on whole performances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from training.network import MDRNN
from training.recipe import Recipe
from training.streams import Batch, pack


@keras.saving.register_keras_serializable("ghostjam")
class Trained(MDRNN):
    """The network with its loss: nats of the next event, averaged over events that exist."""

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        nats = next(iter(self.nats(x, y, y_pred).values()))
        weight = ops.convert_to_tensor(sample_weight)
        return ops.sum(nats * weight) / ops.maximum(ops.sum(weight), 1.0)

    def set_arrays(self, arrays: dict[str, np.ndarray]) -> None:
        """Take weights by name, as `arrays` gives them."""
        for variable in self.trainable_variables:
            variable.assign(arrays[variable.name])


def score_network(
    network: MDRNN, prepared: Sequence[Sequence[np.ndarray]], recipe: Recipe
) -> dict[str, float]:
    """Nats per event for each group of columns, all columns first; `prepared` by `training.scoring`."""
    totals: dict[str, float] = {}
    count = 0.0
    for batch in pack(prepared, network.route, n_streams=recipe.n_streams, n_steps=recipe.n_steps):
        params = keras.ops.convert_to_numpy(network.predict_on_batch(batch.inputs))
        for group, nats in _nats(network, batch, params).items():
            totals[group] = totals.get(group, 0.0) + float(np.sum(nats * batch.weights, dtype="float64"))
        count += float(batch.weights.sum())
    return {group: total / count for group, total in totals.items()}


def _nats(network: MDRNN, batch: Batch, params: np.ndarray) -> dict[str, np.ndarray]:
    n = len(network.head.columns)
    past = network.route.past(batch.inputs[..., :n], batch.inputs[..., n:-1])
    groups = network.head.log_densities(np, params, batch.targets, past)
    return {group: -value for group, value in groups.items()}
