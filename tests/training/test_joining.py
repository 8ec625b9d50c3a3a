"""Performances end to end: all of them, in order, with a silence where one follows another."""

from __future__ import annotations

import numpy as np
import pytest

from mdn.columns import TOUCH, controller_columns, sketch_columns
from training.joining import LONGEST_S, SHORTEST_S, join

RNG = np.random.default_rng(5)
PERFORMANCES = [RNG.random((int(n), 4)).astype("float32") for n in RNG.integers(1, 9, 400)]
for performance in PERFORMANCES:
    performance[0, 2] = 0.0


@pytest.mark.parametrize(("share", "n_chains"), [(0.0, 400), (1.0, 1)])
def test_none_or_all_of_them_follow(share: float, n_chains: int) -> None:
    assert len(join(PERFORMANCES, TOUCH, share, np.random.default_rng(1))) == n_chains


def test_half_of_them_follow_another_and_nothing_else_changes() -> None:
    before = [performance.copy() for performance in PERFORMANCES]
    chains = join(PERFORMANCES, TOUCH, 0.5, np.random.default_rng(2))
    assert 160 < len(chains) < 240  # 200, give or take four deviations of 10
    parts = [part for chain in chains for part in chain]
    assert len(parts) == len(PERFORMANCES)
    for part, performance, copy in zip(parts, PERFORMANCES, before, strict=True):
        assert performance.tolist() == copy.tolist(), "the corpus itself stays as it is"
        assert part[1:].tolist() == copy[1:].tolist()
        assert part[0, [0, 1, 3]].tolist() == copy[0, [0, 1, 3]].tolist()
    assert all(chain[0][0, 2] == 0.0 for chain in chains)
    silences = [part[0, 2] for chain in chains for part in chain[1:]]
    assert min(silences) >= SHORTEST_S - 1e-6 and max(silences) <= LONGEST_S + 1e-6
    assert np.median(silences) == pytest.approx(np.sqrt(SHORTEST_S * LONGEST_S), rel=0.3)


@pytest.mark.parametrize("columns", [controller_columns(3), sketch_columns(10.0, "px")])
def test_only_touch_performances_are_joined(columns: tuple[object, ...]) -> None:
    performances = [np.zeros((3, len(columns)), "float32")] * 4
    assert [len(c) for c in join(performances, columns, 1.0, np.random.default_rng(3))] == [1] * 4  # type: ignore[arg-type]
