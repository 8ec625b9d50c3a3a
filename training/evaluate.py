"""Scores a model file on held-out performances, through the very graph a player runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mdn.past_features import Route
from models.manifest import Manifest
from training.corpus import Corpus, CorpusError
from training.scoring import prepare
from training.scoring_runtime import Opened


@dataclass(frozen=True)
class Score:
    """Nats per event; lower is better.

    Attributes:
        nats_per_event: mean over all scored events, by group of columns, "x,y,dt" and "x,y,dt,moving".
        standard_error: of these means, from the spread over performances.
        n_performances, n_events: how much was scored.
    """

    nats_per_event: dict[str, float]
    standard_error: dict[str, float]
    n_performances: int
    n_events: int


def as_score(found: Score) -> dict[str, object]:
    """`found` as a model's manifest has it."""
    return {
        "nats_per_event": found.nats_per_event,
        "standard_error": found.standard_error,
        "performances": found.n_performances,
        "events": found.n_events,
    }


def evaluate(path: Path, corpus: Corpus, manifest: Manifest | None = None) -> Score:
    """Score the model at `path` on `corpus`.

    From the zero state, the first event of a performance given, every later one of the first 512 scored
    given all before it; of a drawing every point, the first one from the model's own start. Values are
    dequantised with the fixed seed. `manifest` stands in for the one in the file while that is still
    being made.

    Raises:
        ModelError: not a model.
        CorpusError: the corpus has other columns than the model.
    """
    model = Opened(path, manifest)
    manifest = model.manifest
    if [c.name for c in corpus.columns] != [c.name for c in manifest.columns]:
        expected, got = (", ".join(c.name for c in columns) for columns in (manifest.columns, corpus.columns))
        raise CorpusError(f"{path.name}: expected data with columns {expected}, got {got}.")
    head, route = manifest.head(), Route(manifest.columns, manifest.densities)
    sums: dict[str, list[float]] = {}
    counts: list[int] = []
    for events in prepare(corpus, manifest.densities):
        params = model.mixtures(events)
        past = route.past(events[:-1], route.along(events)[:-1])
        groups = head.log_densities(np, params, events[1:], past)
        for group, log_density in groups.items():
            sums.setdefault(group, []).append(-float(np.sum(log_density, dtype="float64")))
        counts.append(len(events) - 1)
    total = sum(counts)
    means = {group: sum(values) / total for group, values in sums.items()}
    errors = {group: _standard_error(np.array(values), np.array(counts)) for group, values in sums.items()}
    return Score(means, errors, len(counts), total)


def _standard_error(sums: np.ndarray, counts: np.ndarray) -> float:
    """Of a ratio of means over performances of unequal length (Cochran 1977, section 6.4)."""
    if len(sums) < 2:
        return float("nan")
    residual = sums - sums.sum() / counts.sum() * counts
    return float(np.sqrt(np.sum(residual**2) * len(sums) / (len(sums) - 1)) / counts.sum())
