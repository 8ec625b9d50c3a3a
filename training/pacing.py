"""How long a run is: each number is said once, by what it depends on and by nothing else.

The learning rate follows epochs and their updates too, and is said in `training.fit.learning_rate`.
"""

from __future__ import annotations

import math

LEAST_UPDATES = 20  # of a usual epoch: a short recording is a handful of batches
MAX_EPOCHS = 400
LEAST_PATIENCE = 20  # epochs
AVERAGED = 0.06  # share of all updates that the running average of the weights reaches back
MOST_AVERAGED = 820_000  # events


def updates_of_pass(n_events: int, n_of_batch: int) -> int:
    """Batches of `n_of_batch` events that hold all of `n_events` once."""
    return math.ceil(n_events / n_of_batch)


def epochs_for(updates: int, usual: int) -> int:
    """`usual` epochs; more where one is few `updates`: a short recording is passed over more often."""
    return min(max(math.ceil(LEAST_UPDATES * usual / updates), usual), MAX_EPOCHS)


def patience_for(epochs: int) -> int:
    """After how many epochs without a better score a run of so many `epochs` stops."""
    return max(epochs // 3, LEAST_PATIENCE)


def averaging_for(updates: int, epochs: int, n_of_batch: int) -> float:
    """Momentum of the running average of the weights: it reaches back a share of the run, and not too far."""
    reach = min(max(AVERAGED * updates * epochs, 2.0), MOST_AVERAGED / n_of_batch)
    return 1.0 - 1.0 / reach
