"""How held-out performances are scored, for a network in training and for a finished file alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mdn.past_features import beginning_of, begun
from models.manifest import Scale
from training.corpus import Corpus
from training.dequantise import dequantise

SCORED_EVENTS = 512  # of each performance
SCORING_SEED = 7


def prepare(
    corpus: Corpus,
    densities: Sequence[str] = (),
    drawing: Scale | None = None,
    *,
    is_placed: bool = False,
) -> list[list[np.ndarray]]:
    """The performances as they are scored: dequantised, a drawing from its beginning on, then cut.

    Each comes in parts, whose first events are heard and not scored (as of the chains of `training.joining`):
    one part, or two of a drawing whose first point stands in no file, so that its beginning and that point
    are only heard.

    Args:
        corpus: performances that hold at least two events each.
        densities: of the model, see `dequantise`.
        drawing: of the model, see `dequantise`; none takes that of the corpus.
        is_placed: drawings are told where they begin, as the app tells them. That says a little of what is
            still to come, so such a score chooses an epoch, and is never quoted.
    """
    columns = corpus.columns
    prepared = []
    performances = dequantised(corpus, densities, drawing)
    for performance, is_added in zip(performances, _added(corpus), strict=True):
        at = beginning_of(performance, columns) if is_placed else None
        events = begun(performance, columns, at)[:SCORED_EVENTS]
        prepared.append([events[:1], events[1:]] if is_added else [events])
    return prepared


def is_scored(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Of each event of a performance in `parts`, whether it is scored: bool `(n_events,)`."""
    return np.concatenate([np.arange(len(part)) > 0 for part in parts])


def dequantised(
    corpus: Corpus, densities: Sequence[str] = (), drawing: Scale | None = None
) -> list[np.ndarray]:
    """Whole performances with the fixed seed's noise, drawn in file order, for a model of these densities.

    A first point that stands in no file gets none, so that the noise of the others is that of the file.
    """
    rng, columns = np.random.default_rng(SCORING_SEED), corpus.columns
    return [
        np.concatenate([p[:n], dequantise(p[n:], columns, rng, densities, drawing or corpus.drawing)])
        for p, n in zip(corpus.performances, map(int, _added(corpus)), strict=True)
    ]


def _added(corpus: Corpus) -> Sequence[bool]:
    return corpus.has_added_start or [False] * len(corpus.performances)
