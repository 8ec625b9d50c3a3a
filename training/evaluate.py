"""Scores a model file on held-out performances, through the very graph a player runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mdn.columns import names_of
from models.manifest import Manifest
from training.corpus import Corpus, CorpusError
from training.scoring import is_scored, prepare
from training.scoring_runtime import open_for_scoring


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


@dataclass(frozen=True)
class Totals:
    """What a score is made of.

    Attributes:
        nats: of each performance, summed over its scored events, float64 `(n_performances,)`, by group of
            columns.
        counts: scored events of each performance, `(n_performances,)`.
    """

    nats: dict[str, np.ndarray]
    counts: np.ndarray

    def score(self) -> Score:
        """Means over all events, and how sure they are."""
        total = int(self.counts.sum())
        return Score(
            {group: float(nats.sum() / total) for group, nats in self.nats.items()},
            {group: _standard_error(nats, self.counts) for group, nats in self.nats.items()},
            len(self.counts),
            total,
        )


def as_score(found: Score) -> dict[str, object]:
    """`found` as a model's manifest has it."""
    return {
        "nats_per_event": found.nats_per_event,
        "standard_error": found.standard_error,
        "performances": found.n_performances,
        "events": found.n_events,
    }


def evaluate(path: Path, corpus: Corpus, manifest: Manifest | None = None) -> Score:
    """Score the model at `path` on `corpus`, see `totals`."""
    return totals(path, corpus, manifest).score()


def totals(path: Path, corpus: Corpus, manifest: Manifest | None = None) -> Totals:
    """Nats of each performance of `corpus` under the model at `path`.

    From the zero state, the first event of a performance given, every later one of the first 512 scored
    given all before it; of a drawing every point of its file, the first one from the model's own start.
    Values are dequantised with the fixed seed, drawings as widely as when the model learned. `manifest`
    stands in for the one in the file while that is still being made.

    Raises:
        ModelError: not a model.
        CorpusError: the corpus has other columns than the model.
    """
    model = open_for_scoring(path, manifest)
    manifest = model.manifest
    expected, got = names_of(manifest.columns), names_of(corpus.columns)
    if expected != got:
        raise CorpusError(f"{path.name}: expected data with columns {expected}, got {got}.")
    sums: dict[str, list[float]] = {}
    counts: list[int] = []
    for parts in prepare(corpus, manifest.densities, manifest.drawing):
        events, scored = np.concatenate(parts), is_scored(parts)[1:]
        for group, log_density in model.log_densities(events).items():
            sums.setdefault(group, []).append(-float(np.sum(log_density[scored], dtype="float64")))
        counts.append(int(scored.sum()))
    return Totals({group: np.array(values) for group, values in sums.items()}, np.array(counts))


def _standard_error(sums: np.ndarray, counts: np.ndarray) -> float:
    """Of a ratio of means over performances of unequal length (Cochran 1977, section 6.4)."""
    if len(sums) < 2:
        return float("nan")
    residual = sums - sums.sum() / counts.sum() * counts
    return float(np.sqrt(np.sum(residual**2) * len(sums) / (len(sums) - 1)) / counts.sum())
