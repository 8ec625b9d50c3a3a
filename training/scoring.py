"""How held-out performances are scored, for a network in training and for a finished file alike."""

from __future__ import annotations

import numpy as np

from mdn.route import begun
from training.corpus import Corpus
from training.dequantise import dequantise

SCORED_EVENTS = 512  # of each performance
SCORING_SEED = 7


def prepare(corpus: Corpus) -> list[np.ndarray]:
    """The performances as they are scored: dequantised, a drawing from its beginning on, then cut."""
    return [begun(performance, corpus.columns)[:SCORED_EVENTS] for performance in dequantised(corpus)]


def dequantised(corpus: Corpus) -> list[np.ndarray]:
    """Whole performances with the fixed seed's noise, drawn in file order."""
    rng = np.random.default_rng(SCORING_SEED)
    return [dequantise(performance, corpus.columns, rng) for performance in corpus.performances]
