"""The processes that train one model together, data-parallel: each computes its share of the streams.

Every process holds all weights and the state of all streams. Every one packs the same epoch from the same
seed and feeds its own rows of each batch; XLA computes the gradient of the whole batch, so the weights stay
the same everywhere and are those that one process alone would reach. Needs the JAX backend.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from training.backend import BackendError
from training.checkpoint import Checkpoint, Progress
from training.streams import Batch

logger = logging.getLogger(__name__)


class Machines:
    """One process alone, on one device or on all accelerators it sees; the usual case.

    Attributes:
        rank: of this process, from 0. Rank 0 saves, reports and exports.
        count: number of processes.
        devices: what the streams are shared out to; their number divides the number of streams.
    """

    def __init__(self) -> None:
        self.rank, self.count, self.devices = 0, 1, 1
        self._distribution: Any = None
        if keras.backend.backend() != "jax":
            return
        import jax

        self.rank, self.count, self.devices = jax.process_index(), jax.process_count(), jax.device_count()
        if self.devices > 1:
            self._distribution = keras.distribution.DataParallel(auto_shard_dataset=False)

    @property
    def is_shared(self) -> bool:
        """Whether there is more than one device."""
        return self._distribution is not None

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is built and trained in here is shared out; all else stays in this process."""
        before = keras.distribution.distribution()
        keras.distribution.set_distribution(self._distribution)
        try:
            yield
        finally:
            keras.distribution.set_distribution(before)

    def share(self, batch: Batch) -> Batch:
        """This process's rows of `batch`."""
        n = len(batch.inputs) // self.count
        own = slice(self.rank * n, (self.rank + 1) * n)
        return Batch(batch.inputs[own], batch.targets[own], batch.weights[own])

    def agree(self, values: Any) -> Any:
        """The arrays and numbers in `values` as rank 0 has them; all processes must call this at once."""
        if self.count == 1:
            return values
        from jax.experimental import multihost_utils

        return multihost_utils.broadcast_one_to_all(values)

    def agree_on(
        self, saved: Checkpoint | None, variables: dict[str, np.ndarray], weights: dict[str, np.ndarray]
    ) -> Checkpoint | None:
        """Rank 0's checkpoint in every process, because only rank 0's disk has one.

        `variables` and `weights` have the shapes of the checkpoint's, for those who have none.
        """
        if self.count == 1:
            return saved
        mine = Progress() if saved is None else saved.progress
        numbers = [mine.epoch, mine.best, mine.best_epoch, mine.gained, mine.gained_epoch]
        epoch, best, at, gained, gained_at = self.agree(np.array(numbers, "float32"))
        if epoch == 0:
            return None
        variables = self.agree(variables if saved is None else saved.variables)
        weights = self.agree(weights if saved is None else saved.best_weights)
        # The history is rank 0's, which reports it.
        theirs = Progress(int(epoch), float(best), int(at), gained=float(gained), gained_epoch=int(gained_at))
        progress = mine if self.rank == 0 else theirs
        arrays = ({k: np.asarray(v) for k, v in named.items()} for named in (variables, weights))
        return Checkpoint(progress, *arrays)


def join(addresses: str, rank: int) -> None:
    """Make this process one of several. Call before anything else of Keras, after `choose_backend`.

    Args:
        addresses: HOST:PORT of every process, with commas; the first one's is where they meet.
        rank: which of them this one is, from 0.

    Raises:
        BackendError: not the JAX backend, a rank without an address, or the others were not met.
    """
    hosts = [host.strip() for host in addresses.split(",")]
    if keras.backend.backend() != "jax":
        raise BackendError(f"addresses: expected --backend jax, got {keras.backend.backend()}.")
    if bad := [
        host for host in hosts if not host.rpartition(":")[0] or not host.rpartition(":")[2].isdigit()
    ]:
        raise BackendError(f"addresses: expected HOST:PORT,HOST:PORT ..., got {bad[0]!r}.")
    if not 0 <= rank < len(hosts):
        raise BackendError(
            f"rank: expected 0 to {len(hosts) - 1}, one of {len(hosts)} addresses, got {rank}."
        )
    logger.info("process %d of %d, meeting at %s", rank + 1, len(hosts), hosts[0])
    try:
        keras.distribution.initialize(",".join(hosts), len(hosts), rank)
    except RuntimeError as error:
        raise BackendError(f"addresses: expected to meet the others at {hosts[0]}, got: {error}") from None
