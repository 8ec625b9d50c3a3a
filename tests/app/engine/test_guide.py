"""A guide as the numbers a model takes: each kind by hand, nothing at likeness 0, more with more of it."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine import gesture_guide as guides
from app.engine.gesture_guide import (
    CORNER,
    FLAG,
    KNOB,
    MOST_TURNING,
    REPORT,
    SHAPE,
    SLOW,
    STEP,
    TIME,
    WHICH,
    GestureGuide,
    step_widths,
)
from app.engine.guide import MAX_NEAR
from mdn.densities import Seconds
from tests.app.engine.phrases import circle, touch_phrase

TOUCH_LAYOUT = {"places": slice(0, 4), "seconds": slice(4, 6), "flag": slice(6, 7)}


def guide(n_events: int = 2) -> GestureGuide:
    """A contact at (.2, .4), then a drag by (.1, 0) to (.3, .4); the second half as strong."""
    return GestureGuide(
        place=np.array([[0.2, 0.4], [0.3, 0.4]])[:n_events],
        step=np.array([[0.5, 0.5], [0.1, 0.0]])[:n_events],
        dt_s=np.array([0.5, 0.02])[:n_events],
        begins=np.array([True, False])[:n_events],
        is_report=np.array([False, True])[:n_events],
        strength=np.array([1.0, 0.5])[:n_events],
        width=np.array([0.03, 0.02])[:n_events],
        pull=np.full(2, 0.1)[:n_events],
    )


def knob_guide() -> GestureGuide:
    """The third knob moves down, more than the first up; then none moves."""
    return GestureGuide(
        place=np.array([[0.2, 0.5, 0.4], [0.2, 0.5, 0.4]]),
        step=np.array([[0.1, 0.0, -0.2], [0.0, 0.0, 0.0]]),
        dt_s=np.array([0.1, 0.1]),
        begins=np.zeros(2, bool),
        is_report=np.zeros(2, bool),
        strength=np.ones(2),
        width=np.ones(2),
        pull=np.full(2, 0.1),
    )


@pytest.mark.parametrize("places", ["places", "pair"])
def test_the_rows_of_touch_by_hand(places: str) -> None:
    layout = {places: slice(0, 4), "seconds": slice(4, 6), "flag": slice(6, 7)}
    contact, drag = guide().rows(0.8, layout)
    assert contact[:4] == pytest.approx([0.2, 0.4, 0.0, (0.8 / 0.03) ** 2], rel=1e-5)
    way = 0.1 * 0.3 + 0.9 * 0.1
    assert drag[:4] == pytest.approx([way, 0.1 * 0.4, 0.9, (0.4 / 0.02) ** 2], rel=1e-5)
    assert contact[4:6] == pytest.approx([np.log(0.5 + Seconds.SHIFT_S), (0.8 / TIME) ** 2], rel=1e-5)
    assert drag[4:6] == pytest.approx([np.log(0.02 + Seconds.SHIFT_S), (0.4 / REPORT) ** 2], rel=1e-5)
    assert (contact[6], drag[6]) == pytest.approx((-0.8 * FLAG, 0.4 * FLAG), rel=1e-5)


def test_a_step_is_held_closely_where_it_is_short_or_turns() -> None:
    """A drag to the right, back and to the right, a step at a time; then it slows down."""
    x = [0.1, 0.2, 0.3, 0.4, 0.3, 0.4, 0.4, 0.42]
    drag = touch_phrase([(each, 0.5, 0.02, float(i > 0)) for i, each in enumerate(x)])
    step = STEP / np.hypot(1.0, SHAPE * MOST_TURNING)  # it turns by 0.87 steps in each
    even, corner, slow = step_widths(drag)[[2, 4, 7]] / drag.unit
    assert even == pytest.approx(step, rel=1e-4)
    assert corner == pytest.approx(step / np.hypot(1.0, 2.0 * CORNER), rel=1e-4)
    assert slow == pytest.approx(step * SLOW / np.hypot(1.0, 0.2 * CORNER), rel=1e-3)
    twice = touch_phrase([*drag.rows.tolist(), (0.9, 0.1, 0.3, 0.0), (0.9, 0.2, 0.02, 1.0)])
    # No turn from another contact.
    assert step_widths(twice)[9] / twice.unit == pytest.approx(step, rel=1e-4)


@pytest.mark.parametrize("turn", [0.0, 0.05, 0.2, 0.35, 2.0])
def test_steps_of_shapes_that_are_made_of_few_are_held_closely(turn: float) -> None:
    drag = (
        circle(60, turn=turn, radius=0.1)
        if turn
        else touch_phrase([(0.01 * i, 0.5, 0.02, i > 0) for i in range(60)])
    )
    turning = min(2.0 * np.sin(turn / 2.0), MOST_TURNING)
    wanted = STEP / np.hypot(1.0, SHAPE * turning) / np.hypot(1.0, CORNER * 2.0 * np.sin(turn / 2.0))
    assert step_widths(drag)[2:] / drag.unit == pytest.approx(np.full(58, wanted), rel=1e-3)


def test_a_drag_that_follows_it_arrives_where_it_is() -> None:
    """The target of a place is `target + kept * before`: at the place before, it is the guide's own."""
    row = guide().rows(1.0, {"places": slice(0, 4)})[1]
    assert row[:2] + row[2] * np.array([0.2, 0.4]) == pytest.approx([0.3, 0.4], abs=1e-6)


def test_the_rows_of_knobs_by_hand() -> None:
    moves, rests = knob_guide().rows(0.5, {"knobs": slice(0, 6)})
    assert moves == pytest.approx([0, 0, 0, 0.5 * WHICH, 0.4, (0.5 / KNOB) ** 2], rel=1e-5)
    assert rests[:4] == pytest.approx([0.5 * WHICH, 0, 0, 0], rel=1e-5)
    assert rests[5] == 0.0  # one that rests is drawn to no value


def test_the_rows_of_values_by_hand() -> None:
    rows = knob_guide().rows(0.5, {"values": slice(0, 4)})
    assert rows[0] == pytest.approx([0.2, 0.5, 0.4, (0.5 / KNOB) ** 2], rel=1e-5)


def test_numbers_lie_where_the_layout_says_and_the_rest_is_zero() -> None:
    rows = guide().rows(1.0, {"flag": slice(1, 2), "seconds": slice(3, 5)})
    assert rows.shape == (2, 5) and rows.dtype == np.float32
    assert (rows[:, [0, 2]] == 0.0).all() and (rows[:, [1, 4]] != 0.0).all()


def test_a_model_that_cannot_be_guided_gets_no_numbers() -> None:
    assert guide().rows(1.0, {}).shape == (2, 0)


@pytest.mark.parametrize(
    ("name", "n_numbers", "strengths"),
    [("seconds", 2, [1]), ("places", 4, [3]), ("pair", 4, [3]), ("flag", 1, [0]),
     ("knobs", 6, [0, 1, 2, 3, 5]), ("values", 4, [3])],
)  # fmt: skip
def test_likeness_0_leaves_the_model_alone_and_more_holds_more(
    name: str, n_numbers: int, strengths: list[int]
) -> None:
    one = knob_guide() if name in ("knobs", "values") else guide()
    rows = [one.rows(likeness, {name: slice(0, n_numbers)}) for likeness in (0.0, 0.1, 0.5, 1.0, 1.4)]
    held = np.array([np.abs(each[:, strengths]) for each in rows])
    assert (held[0] == 0.0).all()
    assert (np.diff(held, axis=0) >= 0.0).all() and (np.diff(held.sum(axis=(1, 2))) > 0.0).all()
    assert set(guides._FACTORS) == {"seconds", "places", "pair", "flag", "knobs", "values"}


def test_flags_hold_no_more_than_is_needed() -> None:
    assert guide().rows(2.0, {"flag": slice(0, 1)})[0, 0] == pytest.approx(-FLAG * MAX_NEAR)


def test_what_follows_is_joined_and_cut_again() -> None:
    one, two = guide(), guide(1)
    both = GestureGuide.joined([one, two])
    assert len(both) == 3
    for part, whole in ((one, both[:2]), (two, both[2:])):
        assert (part.rows(1.0, TOUCH_LAYOUT) == whole.rows(1.0, TOUCH_LAYOUT)).all()
    assert len(both[3:]) == 0 and both[3:].rows(1.0, TOUCH_LAYOUT).shape == (0, 7)
