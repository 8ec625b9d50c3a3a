"""Symmetries of the canvas."""

from __future__ import annotations

import numpy as np
import pytest

from mdn.columns import TOUCH, controller_columns
from training.augment import turn_canvas

EVENTS = np.array([[0.1, 0.3, 0.02, 1.0], [0.2, 0.9, 0.05, 0.0]], "float32")


def turned(symmetries: int) -> set[tuple[float, ...]]:
    """Where the first event goes, over many draws."""
    rng = np.random.default_rng(3)
    return {
        tuple(turn_canvas(EVENTS, TOUCH, symmetries, rng)[0, :2].astype("float64").round(5).tolist())
        for _ in range(200)
    }


def test_eight_symmetries_are_the_eight_of_the_square() -> None:
    places = {(a, b) for a in (0.1, 0.9) for b in (0.3, 0.7)}
    assert turned(8) == places | {(b, a) for a, b in places}


def test_four_flip_and_one_does_nothing() -> None:
    assert turned(4) == {(a, b) for a in (0.1, 0.9) for b in (0.3, 0.7)}
    assert turned(1) == {(0.1, 0.3)}


def test_a_turn_keeps_distances_time_and_flags() -> None:
    rng = np.random.default_rng(4)
    for _ in range(20):
        copy = turn_canvas(EVENTS, TOUCH, 8, rng)
        assert copy[:, 2:].tolist() == EVENTS[:, 2:].tolist()
        assert np.linalg.norm(copy[1, :2] - copy[0, :2]) == pytest.approx(np.hypot(0.1, 0.6), abs=1e-6)


def test_knobs_are_not_turned_and_data_not_changed() -> None:
    before = EVENTS.copy()
    copy = turn_canvas(EVENTS, controller_columns(3), 8, np.random.default_rng(5))
    assert copy.tolist() == EVENTS.tolist() and copy is not EVENTS
    turn_canvas(EVENTS, TOUCH, 8, np.random.default_rng(5))
    assert EVENTS.tolist() == before.tolist()
