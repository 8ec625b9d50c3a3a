"""Symmetries of a controller."""

from __future__ import annotations

import numpy as np

from mdn.columns import TOUCH, controller_columns
from training.augment import augment, turn_knobs

COLUMNS = controller_columns(3)
EVENTS = np.array([[0.5, 0.1, 0.3, 0.4], [0.2, 0.1, 0.35, 0.4]], "float32")


def seen(symmetries: int) -> set[tuple[float, ...]]:
    rng = np.random.default_rng(1)
    rows = (turn_knobs(EVENTS, COLUMNS, symmetries, rng)[0] for _ in range(800))
    return {tuple(row.astype("float64").round(4).tolist()) for row in rows}


def test_four_mirror_each_knob_by_itself() -> None:
    expected = {(0.5, a, b, c) for a in (0.1, 0.9) for b in (0.3, 0.7) for c in (0.4, 0.6)}
    assert seen(4) == expected


def test_eight_put_them_in_every_order_too() -> None:
    found = seen(8)
    assert len(found) == 6 * 8
    for row in found:
        assert row[0] == 0.5
        assert sorted(min(v, round(1 - v, 4)) for v in row[1:]) == [0.1, 0.3, 0.4]


def test_one_changes_nothing_and_nothing_is_changed_in_place() -> None:
    before = EVENTS.copy()
    copy = turn_knobs(EVENTS, COLUMNS, 1, np.random.default_rng(2))
    assert copy.tolist() == EVENTS.tolist() and copy is not EVENTS
    turn_knobs(EVENTS, COLUMNS, 8, np.random.default_rng(2))
    assert EVENTS.tolist() == before.tolist()


def test_a_movement_stays_one_knob_of_the_same_size() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        step = np.diff(turn_knobs(EVENTS, COLUMNS, 8, rng)[:, 1:], axis=0)[0]
        assert np.sort(np.abs(step)).round(4).tolist() == np.float32([0, 0, 0.05]).tolist()


def test_a_canvas_has_no_knobs_and_a_controller_no_canvas() -> None:
    touch = np.array([[0.1, 0.3, 0.02, 1.0]], "float32")
    assert turn_knobs(touch, TOUCH, 8, np.random.default_rng(4)).tolist() == touch.tolist()
    rng = np.random.default_rng(5)
    assert any(augment(touch, TOUCH, 8, rng).tolist() != touch.tolist() for _ in range(20))
    assert any(augment(EVENTS, COLUMNS, 8, rng).tolist() != EVENTS.tolist() for _ in range(20))
