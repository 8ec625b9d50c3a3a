"""How held-out performances are scored, for a network in training and for a finished file alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mdn.past_features import beginning_of, begun
from training.corpus import Corpus
from training.dequantise import dequantise

SCORED_EVENTS = 512  # of each performance
SCORING_SEED = 7


def prepare(corpus: Corpus, densities: Sequence[str] = (), *, is_placed: bool = False) -> list[np.ndarray]:
    """The performances as they are scored: dequantised, a drawing from its beginning on, then cut.

    `densities`: of the model, see `dequantise`.
    `is_placed`: drawings are told where they begin, as the app tells them. That says a little of what is
    still to come, so such a score chooses an epoch, and is never quoted.
    """
    columns = corpus.columns
    return [
        begun(performance, columns, beginning_of(performance, columns) if is_placed else None)[:SCORED_EVENTS]
        for performance in dequantised(corpus, densities)
    ]


def dequantised(corpus: Corpus, densities: Sequence[str] = ()) -> list[np.ndarray]:
    """Whole performances with the fixed seed's noise, drawn in file order, for a model of these densities."""
    rng = np.random.default_rng(SCORING_SEED)
    return [dequantise(performance, corpus.columns, rng, densities) for performance in corpus.performances]
