"""Performances of the corpus end to end, so that the network learns to go on for longer than they last."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mdn.columns import Column, Kind, of_kind

# Seconds of the silence between two of them: the thresholds after which an answer begins.
SHORTEST_S, LONGEST_S = 0.3, 3.0


def join(
    performances: Sequence[np.ndarray], columns: Sequence[Column], share: float, rng: np.random.Generator
) -> list[list[np.ndarray]]:
    """`performances` in chains: each one follows the one before it with a chance of `share`.

    What follows begins after a silence instead of at no time, and is otherwise as it was. Nobody could have
    foretold its first event, so that one is to be heard and not scored.

    Args:
        performances: arrays `(n_events, n_columns)`, natural units.
        columns: what an event holds; without positions and seconds nothing is joined.
        share: of the performances that follow another one, 0 to 1.
        rng: source of randomness.
    """
    seconds = of_kind(columns, Kind.SECONDS)
    if not seconds or not any(column.kind is Kind.POSITION for column in columns):
        share = 0.0
    chains: list[list[np.ndarray]] = []
    for performance in performances:
        if not chains or rng.random() >= share:
            chains.append([performance])
            continue
        following = performance.copy()
        silence_s = np.exp(rng.uniform(np.log(SHORTEST_S), np.log(LONGEST_S)))
        following[0, seconds] = silence_s
        chains[-1].append(following)
    return chains
