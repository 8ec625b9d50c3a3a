"""The course of an answer: as long as asked, sound whatever was played, and ending as the phrase did."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine import course
from app.engine.course import GestureCourse
from app.engine.evening import MAX_ROWS
from app.engine.gesture_guide import CONTACT, step_widths
from app.engine.gesture_phrase import GesturePhrase
from app.engine.guide import Guide
from tests.app.engine.phrases import PHRASES, TOUCH, circle, knob_phrase, taps, touch_phrase

MIDDLE_PART = partial(GestureCourse.plan, begins=False, ends=False)
CHORD = touch_phrase([(index / 10, 0.5, 0.0, 0.0) for index in range(10)])
ODD = {
    "one tap": taps(1),
    "two taps": taps(2),
    "two taps at once": taps(2, 0.0),
    "all fingers at once": CHORD,
    "a drag": circle(100),
    "a drag of no time": circle(30, gap_s=0.0),
    "one finger that never lifts": circle(MAX_ROWS, gap_s=0.03),
    "very dense": circle(MAX_ROWS, gap_s=0.001),
    "in the corner": touch_phrase([(0.0, 1.0, 0.3, 0.0)] * 5),
    "knobs": knob_phrase(),
    "knobs of no time": knob_phrase(gap_s=0.0),
    "one knob": knob_phrase(1),
}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def check(guide: Guide, phrase: GesturePhrase) -> None:
    n_events = len(guide)
    assert n_events >= 1
    for numbers in (guide.place, guide.step):
        assert numbers.shape == (n_events, phrase.place.shape[1]) and np.isfinite(numbers).all()
    assert np.isfinite(guide.dt_s).all() and (guide.dt_s >= 0.0).all()
    assert (guide.strength > 0.0).all() and (guide.width > 0.0).all()
    assert (guide.place > -1.5).all() and (guide.place < 2.5).all()  # within reach of a knob's range
    if phrase.columns.is_touch:
        assert guide.place.min() > -1e-6 and guide.place.max() < 1.0 + 1e-6
        assert guide.begins[0]  # the player's finger is lifted


def lasts_s(guide: Guide) -> float:
    """As it is played: no event comes sooner than the density cap lets it."""
    return float(np.maximum(guide.dt_s, 0.004).sum())


@settings(max_examples=60, deadline=None)
@given(
    PHRASES,
    st.sampled_from([0.3, 2.0, 4.0, 8.0]),
    st.integers(0, 9),
    st.sampled_from([GestureCourse.plan, MIDDLE_PART]),
)
def test_whatever_was_played_a_course_is_sound(
    phrase: GesturePhrase, seconds: float, seed: int, plan: Any
) -> None:
    check(plan(phrase, seconds, rng(seed), [circle(9)] if phrase.columns.is_touch else []), phrase)


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("seconds", [2.0, 8.0])
def test_a_course_lasts_about_as_long_as_asked(name: str, seconds: float) -> None:
    phrase = ODD[name]
    for seed in range(3):
        guide = GestureCourse.plan(phrase, seconds, rng(seed))
        check(guide, phrase)
        assert 0.5 * seconds <= lasts_s(guide) <= 1.5 * seconds + 0.5
        on = GestureCourse.plan(phrase, seconds, rng(seed), begins=False, ends=False)
        assert seconds - 1e-9 <= lasts_s(on) <= seconds + 3.0


@pytest.mark.parametrize("phrase", [taps(12), circle(150)])
def test_it_ends_with_the_phrase(phrase: GesturePhrase) -> None:
    for seed in range(10):
        guide = GestureCourse.plan(phrase, 4.0, rng(seed))
        home = course.HOME.strength * (1.0 - course.FREEDOM * phrase.diversity)
        n_home = int((guide.strength[::-1] == home).argmin())
        assert n_home >= 1 and (guide.strength[-n_home:] == home).all()
        assert guide.begins[-n_home + 1 :].tolist() == phrase.begins[len(phrase) - n_home + 1 :].tolist()
        off = np.linalg.norm(guide.place[-1] - phrase.place[-1])
        assert off < 0.15 + 3.0 * course.ANSWER_SHIFT * phrase.diversity  # bent, and no more


def test_it_begins_near_the_phrase() -> None:
    phrase = circle(150)
    guide = GestureCourse.plan(phrase, 4.0, rng())
    n_near = int((guide.strength != course.NEAR.strength).argmax())
    assert n_near > 10
    turned = np.linalg.norm(guide.place[:n_near] - phrase.place[:n_near], axis=1)
    assert turned.max() < 0.1


def diverse() -> GesturePhrase:
    """A circle in a corner, then taps elsewhere: as diverse as can be."""
    there, then = circle(100).rows.copy(), taps(16).rows.copy()
    there[:, :2] -= 0.3
    phrase = GesturePhrase(TOUCH, np.concatenate([there, then]))
    assert phrase.diversity == 1.0
    return phrase


def test_an_answer_to_a_diverse_phrase_dwells_on_a_part_of_it() -> None:
    """Of one finger that goes on and then taps, some answers soon tap, and some go on."""
    phrase = diverse()
    guides = [GestureCourse.plan(phrase, 2.0, rng(seed), ends=False) for seed in range(20)]
    drags = [guide.dt_s[~guide.begins].sum() / guide.dt_s.sum() for guide in guides]
    assert min(drags) < 0.4 and max(drags) > 0.7


def test_answers_to_a_diverse_phrase_are_elsewhere_and_looser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course, "PART", 1.0)  # whatever part they dwell on
    even, uneven = circle(150), diverse()
    assert even.diversity == 0.0
    guides = {
        phrase: [GestureCourse.plan(phrase, 0.3, rng(seed), ends=False) for seed in range(40)]
        for phrase in (even, uneven)
    }
    apart = {phrase: np.std([guide.place[0, 1] for guide in guides[phrase]]) for phrase in guides}
    assert apart[uneven] > 2.0 * apart[even]
    assert guides[even][0].strength.max() == course.NEAR.strength
    assert 0.0 < guides[uneven][0].strength.max() < 0.9 * course.NEAR.strength
    for phrase in (even, uneven):
        followed = guides[phrase][0]
        assert phrase.scatter == 1.0 and followed.begins.any() and not followed.begins.all()
        assert (
            followed.width == np.where(followed.begins, CONTACT, step_widths(phrase)[: len(followed)])
        ).all()
    assert guides[even][0].pull.max() == course.PULL
    assert guides[uneven][0].pull.max() == pytest.approx((1.0 - course.WANDERING) * course.PULL)


def test_who_comes_back_to_places_is_answered_there() -> None:
    """As exactly as the player came back; what is drawn from there is bent as ever."""
    hand = np.random.default_rng(7)
    corners = np.array([[0.3, 0.3], [0.7, 0.3], [0.5, 0.7]])
    strokes = [
        (*(corners[i % 3] + 0.002 * hand.standard_normal(2) + 0.02 * np.array([k, k])), 0.05, float(k > 0))
        for i in range(12)
        for k in range(6)
    ]
    exact = touch_phrase(strokes)
    assert exact.scatter < 0.2 and exact.diversity < 0.2
    for seed in range(10):
        guide = GestureCourse.plan(exact, 4.0, rng(seed))
        starts = guide.place[guide.begins]
        apart = np.linalg.norm(starts[:, None] - corners, axis=-1).min(axis=1)
        assert np.median(apart) < 0.015
        assert guide.width[guide.begins].max() < 0.3 * CONTACT
    ways = [GestureCourse.plan(exact, 4.0, rng(seed)).step[1:6].sum(axis=0) for seed in range(20)]
    assert np.std(np.linalg.norm(ways, axis=1)) > 0.02 * np.mean(np.linalg.norm(ways, axis=1))


def test_long_strokes_from_places_at_two_edges_stay_on_the_canvas() -> None:
    """Each is turned around where it begins: together they may reach farther than from edge to edge."""
    phrase = touch_phrase(
        [
            (side, 0.1 + 0.08 * k, 0.02, float(k > 0))
            for _ in range(6)
            for side in (0.03, 0.97)
            for k in range(11)
        ]
    )
    assert phrase.scatter < 0.2
    for seed in range(20):
        check(GestureCourse.plan(phrase, 4.0, rng(seed)), phrase)


def test_the_reports_of_a_screen_come_at_its_own_rate_whatever_the_tempo() -> None:
    phrase = circle(150, gap_s=0.0175)
    for seed in range(5):
        guide = GestureCourse.plan(phrase, 4.0, rng(seed))
        assert guide.dt_s[~guide.begins] == pytest.approx(0.0175, abs=1e-6)
        assert (guide.is_report == ~guide.begins).all()
    slow = GestureCourse.plan(taps(20), 4.0, rng())
    assert len(np.unique(slow.dt_s.round(4))) > 1  # taps are played slower and faster
    for other in (taps(20, 0.01), circle(20, gap_s=0.3), knob_phrase(gap_s=0.02)):  # no screen's rate
        assert not GestureCourse.plan(other, 4.0, rng()).is_report.any()


def test_what_the_tempo_of_an_answer_hastens_is_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GesturePhrase, "diversity", 1.0)
    guides = [GestureCourse.plan(circle(40, gap_s=0.08), 4.0, rng(seed)) for seed in range(20)]
    assert min(guide.dt_s[~guide.begins].min() for guide in guides) < course.REPORT_S
    assert not any(guide.is_report.any() for guide in guides)


def test_what_fits_on_the_canvas_is_kept_on_it() -> None:
    rows = circle(60).rows.copy()
    rows[:, 0] += 0.4 - 1e-4  # at the right side
    for seed in range(10):
        guide = GestureCourse.plan(GesturePhrase(TOUCH, rows), 3.0, rng(seed))
        assert guide.place.max() <= 1.0 + 1e-6


def zigzag() -> GesturePhrase:
    """One finger, up and down, from one edge of the canvas to the other and back."""
    across = 0.1 + 0.8 * (1.0 - np.abs(1.0 - np.arange(300) / 150))
    down = 0.4 + 0.02 * np.abs(np.arange(300) % 16 - 8)
    return touch_phrase(
        [(x, y, 0.016, float(i > 0)) for i, (x, y) in enumerate(zip(across, down, strict=True))]
    )


@pytest.mark.parametrize("mirrored", [0.0, 1.0])
def test_a_drag_that_travels_is_gone_on_with_where_it_is(
    mirrored: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in its mirror image: at most joints no finger leaps across the canvas."""
    sections = tuple(replace(section, mirrored=mirrored) for section in GestureCourse.round)
    monkeypatch.setattr(GestureCourse, "round", sections)

    def leap() -> float:
        guides = [GestureCourse.plan(zigzag(), 5.0, rng(seed)) for seed in range(40)]
        steps = [np.linalg.norm(np.diff(guide.place, axis=0), axis=1)[~guide.begins[1:]] for guide in guides]
        return float(np.median([lengths.max() for lengths in steps]))

    where_it_fits = leap()
    monkeypatch.setattr(course, "join_costs", lambda source, *_: np.zeros(len(source)))
    assert where_it_fits < 0.7 * leap()


def test_a_rhythm_on_three_drums_is_not_cut_where_sections_join() -> None:
    bar = [(0.2, 0.5, 0.3, 0.0), (0.5, 0.5, 0.6, 0.0), (0.8, 0.5, 0.3, 0.0)]
    phrase, wrong, n_taps = touch_phrase(bar * 4), 0, 0
    for seed in range(20):
        guide = GestureCourse.plan(phrase, 8.0, rng(seed))
        drum = np.linalg.norm(guide.place[:, None] - phrase.place[:3], axis=2).argmin(axis=1)
        wrong += int((np.diff(drum) == 0).sum())  # one drum twice
        n_taps += len(drum)
    assert wrong < 0.01 * n_taps


def test_a_seed_gives_the_same_course_and_another_one_another() -> None:
    phrase, others = circle(150), [taps(8)]
    one, same, other = (GestureCourse.plan(phrase, 6.0, rng(seed), others) for seed in (1, 1, 2))
    assert (one.place == same.place).all() and (one.dt_s == same.dt_s).all()
    assert len(one) != len(other) or (one.place != other.place).any()


@pytest.mark.parametrize("plan", [GestureCourse.plan, MIDDLE_PART])
def test_other_phrases_of_the_evening_are_returned_to(plan: Any) -> None:
    phrase, other = circle(150), taps(10)
    assert not any(plan(phrase, 8.0, rng(seed)).begins[1:].sum() > 8 for seed in range(10))
    with_others = [plan(phrase, 8.0, rng(seed), [other]) for seed in range(10)]
    assert any((~guide.begins).sum() > 100 for guide in with_others)  # and from the phrase
    assert any(guide.begins[1:].sum() > 8 for guide in with_others)


def test_a_chord_is_not_repeated_without_a_pause() -> None:
    guide = GestureCourse.plan(CHORD, 3.0, rng())
    assert (guide.dt_s == 0.0).any()  # it stays a chord
    assert len(guide) < 150


def test_a_knob_that_rests_stays_where_it_is() -> None:
    guide = GestureCourse.plan(knob_phrase(60), 3.0, rng())
    assert guide.place[:, [0, 2]] == pytest.approx(np.array([[0.3, 0.7]] * len(guide)), abs=1e-6)
    assert np.ptp(guide.place[:, 1]) > 0.2


def test_a_knob_that_was_turned_up_is_turned_again_and_not_left_at_its_end() -> None:
    guides = [
        GestureCourse.plan(knob_phrase(60), 8.0, rng(seed), begins=False, ends=False) for seed in range(20)
    ]
    at_end = [np.mean(np.abs(guide.place[:, 1] - 0.9) < 0.1) for guide in guides]
    assert np.mean(at_end) < 0.7
