"""What a model would play by itself: heard beside new play, so that it does not forget the old.

The corpus a model learned from is not shipped with it, but what it samples has the same density as far as it
was learned (generative replay: Shin et al. 2017, arXiv:1705.08690; pseudorehearsal: Robins 1995, Connection
Science 7(2)).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mdn.columns import Column, Kind
from training.corpus import Corpus
from training.scoring_runtime import Opened

PERFORMANCE_S = 12.0
MOST_EVENTS = 400  # of a performance: some hold still for long, others roll


def rehearsal(model: Path, n_events: int, seed: int) -> Corpus:
    """Performances, or drawings, sampled from `model` at temperature 1, at least `n_events` events of them.

    Raises:
        ModelError: not a model.
    """
    opened, rng = Opened(model), np.random.default_rng((seed, n_events))
    manifest = opened.manifest
    made: list[np.ndarray] = []
    while sum(map(len, made)) < n_events:
        if manifest.drawing is not None:
            events = opened.draw(rng)
        else:
            first = _first(manifest.columns, rng)
            events = opened.perform(first, PERFORMANCE_S, rng, most=MOST_EVENTS)
        if len(events) >= 2:
            made.append(events.astype("float32"))
    return Corpus(manifest.columns, tuple(made), manifest.drawing)


def _first(columns: tuple[Column, ...], rng: np.random.Generator) -> np.ndarray:
    """An event to begin with: a contact, or knobs, anywhere, or a plain note."""
    return np.array(
        [rng.uniform(c.low, c.high) if c.kind in (Kind.POSITION, Kind.VALUE) else c.start for c in columns],
        "float32",
    )
