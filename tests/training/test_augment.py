"""Symmetries of the canvas, and other hands."""

from __future__ import annotations

import numpy as np
import pytest

from mdn.columns import TOUCH, controller_columns, sketch_columns
from training.augment import EDGE, SILENT_S, augment, stretch_canvas, turn_canvas

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


TAPS = np.array(
    [[0.3, 0.4, 0.0, 0.0], [0.35, 0.42, 0.016, 1.0], [0.5, 0.6, 0.4, 0.0], [0.45, 0.7, 0.017, 1.0]], "float32"
)


def test_what_is_stretched_keeps_its_shape_its_flags_and_the_frames_of_the_screen() -> None:
    ratios, tempi = [], []
    for seed in range(200):
        copy = stretch_canvas(TAPS, TOUCH, 0.1, np.random.default_rng(seed))
        for axis in (0, 1):
            ratio = np.ptp(copy[:, axis]) / np.ptp(TAPS[:, axis])
            same = (copy[:, axis] - copy[0, axis]) / ratio + TAPS[0, axis]
            assert same == pytest.approx(TAPS[:, axis], abs=1e-5)
            ratios.append(float(ratio))
        assert copy[:, 3].tolist() == TAPS[:, 3].tolist()
        assert copy[[0, 1, 3], 2].tolist() == TAPS[[0, 1, 3], 2].tolist()  # no silences
        tempi.append(float(copy[2, 2] / TAPS[2, 2]))
        assert copy[:, :2].min() >= EDGE - 1e-6 and copy[:, :2].max() <= 1.0 - EDGE + 1e-6
    assert np.std(np.log(ratios)) == pytest.approx(0.1, rel=0.2)
    assert np.std(np.log(tempi)) == pytest.approx(0.2, rel=0.2)
    assert TAPS[2, 2] > SILENT_S


def test_what_is_played_against_a_side_stays_there_and_nothing_leaves_the_canvas() -> None:
    wide = TAPS.copy()
    wide[:, 0] = [0.0, 0.4, 0.7, 0.2]
    wide[:, 1] = [0.01, 0.4, 0.99, 0.2]
    for seed in range(100):
        copy = stretch_canvas(wide, TOUCH, 0.3, np.random.default_rng(seed))
        assert copy[:, 0].tolist() == wide[:, 0].tolist()
        assert copy[:, 1].min() >= EDGE - 1e-6 and copy[:, 1].max() <= 1.0 - EDGE + 1e-6


def test_nothing_is_stretched_by_nothing_or_without_a_canvas() -> None:
    rng = np.random.default_rng(6)
    assert stretch_canvas(TAPS, TOUCH, 0.0, rng).tolist() == TAPS.tolist()
    assert stretch_canvas(TAPS, controller_columns(3), 0.1, rng).tolist() == TAPS.tolist()
    assert stretch_canvas(TAPS[:, :3], SKETCH, 0.1, rng).tolist() == TAPS[:, :3].tolist()


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
