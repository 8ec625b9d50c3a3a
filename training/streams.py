"""Packs whole performances, end to end, into parallel streams for truncated backpropagation.

A batch row is not a window but a stream: when a performance ends the next one begins, and the
network forgets in between. Nothing is padded but the ends, no event is heard without its context.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mdn.past_features import Route


@dataclass(frozen=True)
class Batch:
    """One stretch of all streams.

    Attributes:
        inputs: float32 `(n_streams, n_steps, n_columns + route.width + 1)`: event, its route, known.
        targets: float32 `(n_streams, n_steps, n_columns)`: the next event.
        weights: float32 `(n_streams, n_steps)`: 1 where the next event exists, else 0.
    """

    inputs: np.ndarray
    targets: np.ndarray
    weights: np.ndarray


def cut(performance: np.ndarray, length: int, rng: np.random.Generator) -> list[np.ndarray]:
    """`performance` `(n_events, n_columns)` in pieces of 2 to `length` + 1 events, the first cut at random.

    `length` is at least 4.
    Batches go on until the longest performance ends: of 29 logs, 113 batches with an event in every fifth
    place. The network forgets between two pieces, as it does between performances.
    """
    if len(performance) <= length:
        return [performance]
    first = int(rng.integers(length // 2, length + 1))
    return np.split(performance, range(first, len(performance) - 1, length))


def pack(
    chains: Sequence[Sequence[np.ndarray]], route: Route, *, n_streams: int, n_steps: int
) -> Iterator[Batch]:
    """Yield batches that hold every performance once, each next chain in the shortest stream so far.

    Args:
        chains: performances `(n_events, n_columns)` that are heard as one (`training.joining`); the first
            event of each is no target.
        route: follows each chain.
        n_streams: rows of a batch.
        n_steps: events of a batch in each stream.
    """
    streams: list[list[Sequence[np.ndarray]]] = [[] for _ in range(n_streams)]
    lengths = [0] * n_streams
    for chain in chains:
        shortest = int(np.argmin(lengths))
        streams[shortest].append(chain)
        lengths[shortest] += sum(map(len, chain))
    n_columns = chains[0][0].shape[1]
    n_batches = -(-max(lengths) // n_steps)
    inputs = np.zeros((n_streams, n_batches * n_steps, n_columns + route.width + 1), "float32")
    targets = np.zeros((n_streams, n_batches * n_steps, n_columns), "float32")
    weights = np.zeros((n_streams, n_batches * n_steps), "float32")
    for row, stream in enumerate(streams):
        at = 0
        for chain in stream:
            events = np.concatenate(chain)
            n = len(events)
            inputs[row, at : at + n, :n_columns] = events
            inputs[row, at : at + n, n_columns:-1] = route.along(events)
            inputs[row, at + 1 : at + n, -1] = 1.0
            targets[row, at : at + n - 1] = events[1:]
            weights[row, at : at + n - 1] = 1.0
            weights[row, at - 1 + np.cumsum([len(part) for part in chain])] = 0.0
            at += n
    for start in range(0, n_batches * n_steps, n_steps):
        part = slice(start, start + n_steps)
        yield Batch(inputs[:, part], targets[:, part], weights[:, part])
