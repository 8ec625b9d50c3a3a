"""Joints: an answer goes on as its player did, with a rhythm, an order of places, a hold, a direction."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.gesture_phrase import GesturePhrase
from app.engine.joint import Left, join_costs
from tests.app.engine.phrases import knob_phrase, touch_phrase

Rows = list[tuple[float, float, float, float]]


def best(phrase: GesturePhrase, before: int) -> set[int]:
    """The rows that go on best after those before row `before`."""
    costs = join_costs(phrase, Left.before(phrase, before), phrase)
    return set(np.flatnonzero(costs < costs.min() + 0.05).tolist())


def rhythm() -> GesturePhrase:
    """Long, short, short on three drums, four times."""
    bar = [(0.2, 0.8, 0.3, 0.0), (0.8, 0.8, 0.6, 0.0), (0.5, 0.2, 0.3, 0.0)]
    return touch_phrase(bar * 4)


def hold(*, at: float = 0.5, n_events: int = 50) -> Rows:
    """A finger that rests for a second."""
    return [(at, 0.5, 0.02 if i else 0.3, float(i > 0)) for i in range(n_events)]


@pytest.mark.parametrize("before", range(4, 12))
def test_an_order_of_places_goes_on(before: int) -> None:
    assert {row % 3 for row in best(rhythm(), before)} == {before % 3}


def test_after_the_end_of_a_phrase_its_beginning_comes_or_what_came_there_before() -> None:
    assert 0 in best(rhythm(), 12)


def test_a_rhythm_in_one_place_goes_on() -> None:
    phrase = touch_phrase([(0.5, 0.5, gap_s, 0.0) for gap_s in [0.2, 0.2, 0.5] * 4])
    assert {row % 3 for row in best(phrase, 6)} == {0}  # after the long gap


def test_after_a_hold_comes_what_came_after_one() -> None:
    taps = [(0.5, 0.5, 0.3, 0.0)] * 2
    phrase = touch_phrase([*taps, *hold(), *taps, *hold(), *taps])
    assert best(phrase, 52) == {52, 104}


def test_a_hold_is_as_long_as_one_that_was_played() -> None:
    """Each row of it is at the same place, so only how long it has lasted says which row goes on best."""
    phrase = touch_phrase([*hold(at=0.3), *hold(at=0.3), *hold(at=0.3)])
    after = np.array([row % 50 for row in best(phrase, 30)])
    assert len(after) == 3 * 3 and np.abs(after - 30).max() <= 1


def test_a_drag_without_a_lift_goes_on_wherever_its_direction_is_the_same() -> None:
    """However long it has lasted: a finger that goes up and down in one stroke."""
    y = [0.3 + 0.05 * abs(i % 8 - 4) for i in range(41)]
    phrase = touch_phrase([(0.5, each, 0.02, float(i > 0)) for i, each in enumerate(y)])
    assert best(phrase, 19) == {3, 11, 19, 27, 35}


def test_a_lift_and_a_press_cost_more_than_going_on() -> None:
    phrase = touch_phrase([*hold(n_events=5), *hold(n_events=5)])
    down, up = Left.before(phrase, 3), Left.before(phrase, 5)
    assert (down.is_down, up.is_down, Left.before(phrase, 10).is_down) == (True, False, False)
    assert join_costs(phrase, down, phrase)[3] < join_costs(phrase, down, phrase)[5]
    assert join_costs(phrase, up, phrase)[5] < join_costs(phrase, up, phrase)[3]


def test_knobs_go_on_too() -> None:
    phrase = knob_phrase()
    assert 9 in best(phrase, 9)
    assert np.isfinite(join_costs(phrase, Left.before(phrase, 9), phrase)).all()
