"""Symmetries of the canvas, and other hands."""

from __future__ import annotations

import numpy as np
import pytest

from mdn.columns import TOUCH, controller_columns, sketch_columns
from training.augment import augment, turn_canvas

SKETCH = sketch_columns(100.0, "px")
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


def frame(events: np.ndarray) -> np.ndarray:
    """Lowest and highest x and y of a drawing, `(4,)`."""
    places = np.cumsum(events[:, :2], axis=0, dtype="float64")
    return np.concatenate([places.min(axis=0), places.max(axis=0)])


@pytest.mark.parametrize("seed", range(20))
def test_a_warped_drawing_keeps_its_sides_and_its_pen(seed: int) -> None:
    rng = np.random.default_rng(seed)
    drawing = np.column_stack([rng.normal(0.0, 10.0, (30, 2)), rng.integers(0, 2, 30)]).astype("float32")
    before = drawing.copy()
    warped = augment(drawing, SKETCH, 8, rng, warp=0.3)
    assert np.ptp(frame(warped).reshape(2, 2), axis=0) == pytest.approx(
        np.ptp(frame(drawing).reshape(2, 2), axis=0), abs=1e-3
    )
    assert (warped[:, 2] == drawing[:, 2]).all() and (warped[0] == drawing[0]).all()
    assert np.abs(warped - drawing)[:, :2].max() > 0.1
    assert (drawing == before).all()


def test_a_warp_keeps_the_order_of_places_and_a_line_straight() -> None:
    drawing = np.array([[0, 0, 0], [10, 0, 0], [20, 0, 0], [30, 0, 2]], "float32")
    for seed in range(50):
        warped = augment(drawing, SKETCH, 8, np.random.default_rng(seed), warp=0.5)
        assert (warped[1:, 0] > 0.0).all() and warped[:, 1] == pytest.approx(0.0, abs=1e-3)
        assert warped[:, 0].sum() == pytest.approx(60.0, rel=1e-5)


def test_without_warp_a_drawing_stays_as_it_is() -> None:
    drawing = np.array([[1, 2, 0], [10, -3, 2]], "float32")
    assert (augment(drawing, SKETCH, 8, np.random.default_rng(0)) == drawing).all()
