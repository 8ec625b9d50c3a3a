"""Folds of `bench_folds.py`: every log is scored once, by what did not learn from it."""

from __future__ import annotations

import numpy as np
import pytest

from mdn.columns import controller_columns
from tests.bench.bench_folds import GAUSSIAN, MODEL, POINT_MASS, fold, joined, persistence, scores
from tests.bench.bench_knobs import changes, nats_of_gaussians, nats_of_point_masses, nats_of_seconds
from training.corpus import Corpus
from training.evaluate import Totals
from training.scoring import dequantised, prepare


def logs(n: int) -> Corpus:
    rng, performances = np.random.default_rng(6), []
    for i in range(n):
        moves = rng.integers(-3, 4, (30 + i, 2)) * (rng.random((30 + i, 2)) < 0.4) / 127
        events = [rng.lognormal(-3, 0.5, 30 + i)[:, None], 0.5 + np.cumsum(moves, axis=0)]
        performances.append(np.column_stack(events).astype("float32"))
    return Corpus(controller_columns(2), tuple(performances))


def test_each_log_is_held_out_once_and_never_learned_there() -> None:
    corpus, seen = logs(7), []
    for index in range(3):
        learn, held = fold(corpus, 3, index)
        assert sorted(map(len, (*learn.performances, *held.performances))) == [*range(30, 37)]
        seen += [len(p) for p in held.performances]
    assert sorted(seen) == [*range(30, 37)]


def test_persistence_of_single_logs_adds_up_to_that_of_all() -> None:
    learn, held = fold(logs(7), 3, 1)
    found = persistence(learn, held)
    (log_s, moves), (held_s, held_moves) = (
        changes(dequantised(learn)),
        changes([performance for (performance,) in prepare(held)]),
    )
    seconds = nats_of_seconds(log_s, held_s)
    for name, nats in ((GAUSSIAN, nats_of_gaussians), (POINT_MASS, nats_of_point_masses)):
        whole = seconds + nats(moves, held_moves)
        assert found[name].shape == (2,)
        assert found[name].sum() / len(held_s) == pytest.approx(whole)


def test_the_mean_is_over_the_events_of_all_folds() -> None:
    """By hand: (2 + 8 + 8) nats of 12 events, residuals -1, 2, -1 (see `test_evaluate.py`)."""
    parts = [
        Totals({name: np.array(nats) for name in (MODEL, GAUSSIAN, POINT_MASS)}, np.array(counts))
        for nats, counts in (([2.0, 8.0], [2, 4]), ([8.0], [6]))
    ]
    parts[1].nats[POINT_MASS] = np.array([14.0])
    text = scores(joined(parts)).splitlines()
    assert text[0] == "3 logs, 12 events"
    assert text[1].split() == [*"model 1.500 +- 0.250 nats an event".split()]
    assert text[2].endswith("; 0.000 +- 0.000 over the model")
    assert "; 0.500 +- " in text[3]
    assert text[-1] == "logs on which one of the references is better: 0"
