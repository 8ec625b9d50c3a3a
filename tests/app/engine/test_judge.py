"""Manner in closed form, and a judge that knows it again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from app.engine import judge
from app.engine import manner as manners
from app.engine.gesture_phrase import GesturePhrase
from app.engine.manner import manner
from tests.app.engine.phrases import PHRASES, circle, knob_phrase, taps, touch_phrase

DENSITY, CONTACTS, DRAGS, STEP, SPEED, LEAP, GAP, GAP_RANGE, TURNING = range(9)
UNITS = np.array([0.6, 0.6, 0.25, 0.5, 0.5, 0.15, 0.5, 0.7, 0.35, 0.12, 0.12, 0.18, 0.18])


def of(phrase: GesturePhrase) -> np.ndarray:
    return phrase.manner * UNITS


def test_a_circle_turns_by_its_angle_whichever_way_round() -> None:
    there, back = circle(turn=0.2), circle(turn=-0.2)
    assert of(there)[TURNING] == pytest.approx(0.2, abs=1e-4)
    assert of(back)[TURNING] == pytest.approx(0.2, abs=1e-4)


def test_a_circle_in_numbers() -> None:
    step = 2 * 0.1 * np.sin(0.1)
    numbers = of(circle(61, gap_s=0.02, turn=0.2, radius=0.1))
    assert numbers[DENSITY] == pytest.approx(np.log(61 / 1.2 + 0.5), abs=1e-4)
    assert numbers[CONTACTS] == pytest.approx(np.log(1 / 1.2 + 0.3), abs=1e-4)
    assert numbers[DRAGS] == 1.0
    assert numbers[STEP] == pytest.approx(np.log(step + 0.003), abs=1e-4)
    assert numbers[SPEED] == pytest.approx(np.log(step / 0.02 + 0.05), abs=1e-4)
    assert numbers[LEAP] == 0.0
    assert numbers[GAP] == pytest.approx(np.log(0.021), abs=1e-4)
    assert numbers[-2:] == pytest.approx([0.2, 0.2], abs=2e-3)  # its extent


def test_equal_gaps_have_no_range_and_taps_no_drags() -> None:
    numbers = of(taps(7, gap_s=0.25))
    assert numbers[GAP_RANGE] == pytest.approx(0.0, abs=1e-6)
    assert numbers[GAP] == pytest.approx(np.log(0.251), abs=1e-4)
    assert (numbers[DRAGS], numbers[TURNING]) == (0.0, 0.0)
    assert numbers[LEAP] == pytest.approx(0.1, abs=1e-4)
    assert numbers[9:] == pytest.approx([0.5, 0.5, 0.6, 0.0], abs=1e-4)


def test_gaps_in_turn_have_the_range_of_their_quartiles() -> None:
    gaps_s = np.array([9.0, *[0.1, 0.4] * 8])
    numbers = manner(np.zeros((17, 2)), gaps_s, np.ones(17, bool)) * UNITS
    assert numbers[GAP_RANGE] == pytest.approx(np.log(0.401 / 0.101))


def test_the_silence_before_a_stretch_does_not_count() -> None:
    early, late = taps(7), taps(7)
    late.rows[0, 2] = 5.0
    assert (early.manner == late.manner).all()


@settings(max_examples=60, deadline=None)
@given(PHRASES)
def test_every_stretch_has_a_manner_and_is_like_itself(phrase: GesturePhrase) -> None:
    assert phrase.manner.shape == (9 + 2 * phrase.place.shape[1],)
    assert np.isfinite(phrase.manner).all()
    assert judge.distances(phrase, [phrase]).tolist() == [0.0]


@pytest.mark.parametrize("one", [touch_phrase([(0.2, 0.3, 5.0, 0.0)]), touch_phrase([(0.2, 0.3, 0.0, 1.0)])])
def test_one_event_has_a_manner(one: GesturePhrase) -> None:
    assert np.isfinite(one.manner).all() and np.isfinite(one.unit)
    assert of(one)[9:] == pytest.approx([0.2, 0.3, 0.0, 0.0])


def test_knobs_have_no_turning() -> None:
    phrase = knob_phrase()
    phrase.rows[::2, 1] = 0.6  # the first goes to and fro
    assert phrase.manner[TURNING] == 0.0


def test_the_judge_prefers_the_same_manner() -> None:
    phrase = circle(80, turn=0.2)
    like, quicker, other = circle(80, turn=0.22), circle(80, turn=0.2, gap_s=0.05), taps(8)
    costs = [judge.cost(phrase, each, 10.0) for each in (like, quicker, other)]
    assert costs == sorted(costs) and costs[0] < 1.0 < costs[1]


def test_no_statistic_counts_for_more_than_wrong() -> None:
    one, far = touch_phrase([(0.0, 0.5, 0.0, 0.0)]), touch_phrase([(1.0, 0.5, 0.0, 0.0)])
    assert judge.distances(one, [far, one]) == pytest.approx([manners.MOST**2, 0.0])
    assert judge.distances(far, [one]) == judge.distances(one, [far])
    assert judge.distances(one, []).shape == (0,)


def test_what_has_to_be_cut_short_costs_by_the_second() -> None:
    phrase = taps(9, gap_s=0.25)  # two seconds
    assert judge.cost(phrase, phrase, 2.0) == pytest.approx(0.0, abs=1e-6)
    assert judge.cost(phrase, phrase, 0.5) == pytest.approx(1.5 * judge.LATE_COST)


def test_near_a_diverse_phrase_all_that_is_near_enough_costs_the_same() -> None:
    there, then = circle(180).rows.copy(), taps(12).rows
    there[:, :2] -= 0.3
    diverse = GesturePhrase(taps(1).columns, np.concatenate([there, then]))
    assert diverse.diversity == 1.0 and circle(80).diversity == 0.0
    moved = GesturePhrase(diverse.columns, diverse.rows + np.array([0.05, 0, 0, 0], np.float32))
    assert judge.cost(diverse, moved, 99.0) == judge.cost(diverse, diverse, 99.0) == 0.0
    far = taps(2, 3.0)
    apart = float(judge.distances(diverse, [far])[0])
    assert judge.cost(diverse, far, 99.0) == apart - judge.NEAR_ENOUGH > 0.0
