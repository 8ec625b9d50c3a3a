"""Choosing a component, by the cumulative weights of all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture(scope="session")
def chooser(libraries: SimpleNamespace) -> Any:
    """`choose` of the graph for M components, rows (logit, index): which one a number chooses."""
    from training.step_graph import choose

    def which(logits: np.ndarray, uniform: np.ndarray, pi_temperature: float = 1.0) -> np.ndarray:
        rows = np.stack([logits, np.arange(len(logits))]).astype("float32")
        rows = np.tile(rows[None], (len(uniform), 1, 1))
        chosen = choose(rows, rows[:, 0] / np.float32(pi_temperature), uniform[:, None].astype("float32"))
        return np.asarray(chosen)[:, 1].astype(int)

    return which


@pytest.mark.parametrize("mixtures", [1, 2, 3, 7, 20, 24, 49])
def test_the_largest_number_chooses_the_last_component(chooser: Any, mixtures: int) -> None:
    below_one = np.nextafter(np.float32(1.0), np.float32(0.0))
    assert chooser(np.zeros(mixtures), np.array([below_one])).tolist() == [mixtures - 1]
    assert chooser(np.full(mixtures, -3e4), np.array([below_one, 1.0])).tolist() == [mixtures - 1] * 2


@pytest.mark.parametrize("mixtures", [2, 5, 24])
def test_a_component_without_weight_is_never_chosen(chooser: Any, mixtures: int) -> None:
    logits = np.full(mixtures, -200.0)
    logits[mixtures // 2] = 50.0
    numbers = np.array([0.0, 1e-7, 0.5, 0.999999])
    assert chooser(logits, numbers).tolist() == [mixtures // 2] * 4


def test_weights_that_are_not_numbers_choose_one_all_the_same(chooser: Any) -> None:
    """In a batch the other rows go on."""
    assert 0 <= chooser(np.full(3, np.nan), np.array([0.5]))[0] < 3


@pytest.mark.parametrize("pi_temperature", [0.5, 1.0, 3.0])
def test_components_are_chosen_as_often_as_they_weigh(chooser: Any, pi_temperature: float) -> None:
    logits = np.array([0.4, -1.0, 2.0, 0.0])
    numbers = (np.arange(10_000) + 0.5) / 10_000
    weights = np.exp(logits / pi_temperature)
    counts = np.bincount(chooser(logits, numbers, pi_temperature), minlength=4)
    assert counts == pytest.approx(10_000 * weights / weights.sum(), abs=2)
