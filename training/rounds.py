"""Batches of a fixed shape and number, however much was played: what fine-tuning learns from in an epoch.

Two minutes of taps are a batch, two minutes of swipes twenty. Here an epoch is a number of batches instead of
a pass: what was played is heard again and again, cut elsewhere each time, until the streams are full. Some
streams hear older play beside it (rehearsal: Robins 1995, Catastrophic forgetting, rehearsal and
pseudorehearsal, Connection Science 7(2)), so that what the model knew stays known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from mdn.columns import Column, Kind, of_kind
from mdn.past_features import Route
from training.streams import Batch, pack

# Share of the weight that events at which a contact begins have at least, at the beginning of a run.
LEAST_BEGINNING = 0.05
MOST_WEIGHT = 20.0  # of one of them
WEIGHED = 0.3  # share of the epochs in which they are weighed; in the others all events count the same


def rounds(
    own: Callable[[], Sequence[np.ndarray]],
    older: Callable[[], Sequence[np.ndarray]] | None,
    route: Route,
    *,
    n_batches: int,
    n_streams: int,
    n_steps: int,
    share: float,
) -> Iterator[Batch]:
    """Yield `n_batches` batches in which some streams hear older play.

    Args:
        own: gives pieces of what was played, others with each call.
        older: likewise of older play; None where there is none.
        route: follows each piece.
        n_batches, n_streams, n_steps: the shape.
        share: of the streams that hear older play, 0 to 1; at least one hears the newer.
    """
    n_older = min(round(share * n_streams), n_streams - 1) if older is not None else 0
    parts = [(own, n_streams - n_older), *([(older, n_older)] if older is not None and n_older else [])]
    filled = [_filled(pieces, route, n_batches, streams, n_steps) for pieces, streams in parts]
    for batches in zip(*filled, strict=True):
        arrays = zip(*((b.inputs, b.targets, b.weights) for b in batches), strict=True)
        yield Batch(*(np.concatenate(each) for each in arrays))


def _filled(
    pieces: Callable[[], Sequence[np.ndarray]], route: Route, n_batches: int, n_streams: int, n_steps: int
) -> list[Batch]:
    """`n_batches` batches that are full."""
    chains: list[list[np.ndarray]] = []
    lengths = np.zeros(n_streams, "int64")
    while lengths.min() < n_batches * n_steps:
        for piece in pieces():
            # As `pack` will lay them.
            lengths[np.argmin(lengths)] += len(piece)
            chains.append([piece])
    return list(pack(chains, route, n_streams=n_streams, n_steps=n_steps))[:n_batches]


def weight_of_beginnings(events: Sequence[np.ndarray], columns: Sequence[Column], progress: float) -> float:
    """How much an event counts at which a contact begins, where others count 1.

    A finger that swipes is lifted once in 50 to 150 events: in the mean over events that is so little that a
    short run learns to move and not to lift. Weights w of a beginning multiply the odds of one that the
    network is taught by w, so they fall to 1 while most of the run is still to come: the density that is
    learned in the end is the one that was played, and it is always scored unweighted. Where contacts begin
    often the weight is 1.

    Args:
        events: what was played, arrays `(n_events, n_columns)`.
        columns: what an event holds; without flags the weight is 1.
        progress: of the run, 0 to 1.
    """
    flags = of_kind(columns, Kind.FLAG)
    if not flags:
        return 1.0
    share = float(np.mean(np.concatenate([performance[1:, flags] for performance in events]) < 0.5))
    if not 0.0 < share < LEAST_BEGINNING:
        return 1.0
    most = min(LEAST_BEGINNING / (1.0 - LEAST_BEGINNING) * (1.0 - share) / share, MOST_WEIGHT)
    return float(most ** max(1.0 - progress / WEIGHED, 0.0))


def weigh(batch: Batch, columns: Sequence[Column], weight: float) -> Batch:
    """`batch` with events at which a contact begins weighed by `weight`."""
    flags = of_kind(columns, Kind.FLAG)
    if not flags or weight == 1.0:
        return batch
    begins = (batch.targets[..., flags] < 0.5).any(axis=-1)
    return Batch(
        batch.inputs, batch.targets, (batch.weights * np.where(begins, weight, 1.0)).astype("float32")
    )
