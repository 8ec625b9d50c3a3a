"""How held-out performances are scored, for a network in training and for a finished file alike."""

from __future__ import annotations

import numpy as np

from training.corpus import Corpus
from training.dequantise import dequantise

SCORED_EVENTS = 512  # of each performance
SCORING_SEED = 7


def prepare(corpus: Corpus) -> list[np.ndarray]:
    """The performances as they are scored: dequantised with the fixed seed in file order, then cut."""
    rng = np.random.default_rng(SCORING_SEED)
    return [dequantise(p, corpus.columns, rng)[:SCORED_EVENTS] for p in corpus.performances]
