"""What a player played is cut where it was silent, joined where a phrase is short, and bounded."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.evening import MAX_PHRASES, MAX_ROWS, REACH_S, Evening
from app.engine.event_rows import MAX_DT_S
from app.engine.gesture_phrase import (
    ALIKE,
    DIVERSE,
    LEAST_SCATTER,
    MOST_CONTACTS,
    NOVEL,
    RECURRING,
    SCATTERED,
    USUAL_GAP_S,
    GesturePhrase,
)
from app.engine.manner import FIRST_OF_PLACE, LEAP, MOST, manner
from app.engine.phrase import MIN_PHRASE_ROWS
from tests.app.engine.phrases import KNOBS, TOUCH, circle, knob_phrase, taps, touch_phrase

SILENCE_S = 0.5


def played(*rows: tuple[float, float, float, float]) -> Evening:
    evening = Evening(TOUCH)
    evening.take([np.array(row, np.float32) for row in rows], SILENCE_S)
    return evening


def drag(n_events: int, gap_s: float, silence_s: float = 3.0) -> list[tuple[float, float, float, float]]:
    """A phrase after a silence."""
    return [
        (index / n_events, 0.5, gap_s if index else silence_s, float(index > 0)) for index in range(n_events)
    ]


def test_of_nothing_there_is_no_phrase() -> None:
    assert Evening(TOUCH).last() is None and Evening(TOUCH).earlier() == []


def test_a_silence_cuts_and_counts_as_the_shortest_there_is() -> None:
    evening = played(*drag(30, 0.1), *drag(40, 0.1))
    last = evening.last()
    assert last is not None and len(last) == 40
    assert last.dt_s[0] == SILENCE_S and last.seconds == pytest.approx(3.9)
    assert [len(phrase) for phrase in evening.earlier()] == [30]


@pytest.mark.parametrize(("gap_s", "n_phrases"), [(0.49, 1), (0.5, 2)])
def test_a_silence_begins_at_the_threshold(gap_s: float, n_phrases: int) -> None:
    evening = played(*drag(30, 0.1), *drag(30, 0.1, silence_s=gap_s))
    assert 1 + len(evening.earlier()) == n_phrases


def test_a_silence_longer_than_any_row_can_tell_of_cuts_all_the_same() -> None:
    evening = Evening(TOUCH)
    for row in (*drag(30, 0.1), *drag(30, 0.1, silence_s=MAX_DT_S)):
        evening.take([np.array(row, np.float32)], 2.0 * MAX_DT_S)
    assert len(evening.earlier()) == 1


def test_the_rows_that_are_taken_are_not_changed() -> None:
    row = np.array([0.5, 0.5, 3.0, 0.0], np.float32)
    Evening(TOUCH).take([row], SILENCE_S)
    assert row[2] == 3.0


def test_a_short_phrase_is_joined_with_those_before_it() -> None:
    evening = played(*drag(20, 0.1), *drag(3, 0.1), *drag(2, 0.1))
    last = evening.last()
    assert last is not None and len(last) == 2 + 3 + 20
    assert last.dt_s[[20, 23]].tolist() == [SILENCE_S, SILENCE_S]


def test_a_phrase_of_enough_seconds_and_rows_is_joined_with_nothing() -> None:
    last = played(*drag(20, 0.1), *drag(MIN_PHRASE_ROWS, 0.45)).last()
    assert last is not None and len(last) == MIN_PHRASE_ROWS


def test_no_phrase_is_joined_past_the_reach() -> None:
    last = played(*drag(int(REACH_S / 0.1), 0.1), *drag(9, 0.1)).last()
    assert last is not None and len(last) == 9


def test_phrases_too_short_to_go_on_from_are_not_earlier_ones() -> None:
    evening = played(*drag(MIN_PHRASE_ROWS - 1, 0.1), *drag(MIN_PHRASE_ROWS, 0.1), *drag(1, 0.1))
    assert [len(phrase) for phrase in evening.earlier()] == [MIN_PHRASE_ROWS]


def test_of_a_finger_that_never_lifts_the_last_rows_stay() -> None:
    evening = played(*drag(10_000, 0.03))
    last = evening.last()
    assert last is not None and MAX_ROWS // 2 < len(last) <= MAX_ROWS
    assert last.place[-1, 0] == pytest.approx(0.9999)


def test_of_an_evening_the_last_phrases_stay_the_newest_first() -> None:
    phrases = [drag(MIN_PHRASE_ROWS + index % 7, 0.4) for index in range(MAX_PHRASES + 20)]
    evening = played(*(row for phrase in phrases for row in phrase))
    assert [len(phrase) for phrase in evening.earlier()] == [
        len(p) for p in phrases[-2 : -MAX_PHRASES - 2 : -1]
    ]


def test_the_last_phrase_is_one_object_until_something_is_played() -> None:
    evening = played(*drag(9, 0.1))
    before = evening.last()
    assert evening.last() is before
    evening.take([np.array([0.5, 0.5, 0.1, 1.0], np.float32)], SILENCE_S)
    assert evening.last() is not before


def test_knobs_begin_a_gesture_after_a_pause() -> None:
    phrase = knob_phrase(4)
    assert phrase.columns is KNOBS and phrase.place.shape == (4, 3)
    assert phrase.begins.tolist() == [False] * 4
    phrase.rows[2, 0] = 0.3
    assert type(phrase)(KNOBS, phrase.rows).begins.tolist() == [False, False, True, False]


def test_the_unit_is_the_typical_step_within_gestures() -> None:
    assert circle(turn=0.2, radius=0.1).unit == pytest.approx(2 * 0.1 * np.sin(0.1), rel=1e-4)
    assert taps(5).unit == 0.01  # no gesture goes on
    assert touch_phrase([(0.5, 0.5, 0.0, 0.0), (0.5, 0.5, 0.1, 1.0)]).unit == 0.01  # nor does it move


def test_what_is_known_of_gestures() -> None:
    """A stroke, a chord of two, and a tap."""
    stroke = [(0.1, 0.5, 9.0, 0.0), (0.2, 0.5, 0.1, 1.0), (0.3, 0.5, 0.2, 1.0)]
    phrase = touch_phrase([*stroke, (0.3, 0.7, 0.4, 0.0), (0.3, 0.8, 0.0, 0.0), (0.3, 0.2, 0.5, 0.0)])
    assert phrase.since_s == pytest.approx([0.0, 0.1, 0.3, 0.0, 0.0, 0.0], abs=1e-6)
    assert phrase.usual_gap_s == pytest.approx(0.45)  # no gap within a chord, and not the silence before
    assert phrase.gap_s == pytest.approx([0.45, 0.45, 0.45, 0.4, 0.0, 0.5])
    assert phrase.leap == pytest.approx(0.2) and phrase.lifts
    one = circle(9)
    assert (one.leap, one.usual_gap_s, one.lifts) == (0.0, USUAL_GAP_S, False)


def test_a_mirror_image_is_where_the_phrase_is() -> None:
    phrase = touch_phrase([(0.1, 0.5, 0.1, 0.0), (0.2, 0.6, 0.1, 1.0), (0.4, 0.9, 0.1, 1.0)])
    across, down = phrase.mirrored(0), phrase.mirrored(1)
    assert across.place == pytest.approx(np.array([[0.4, 0.5], [0.3, 0.6], [0.1, 0.9]]))
    assert down.place == pytest.approx(np.array([[0.1, 0.9], [0.2, 0.8], [0.4, 0.5]]))
    assert (across.rows[:, 2:] == phrase.rows[:, 2:]).all()
    knobs = knob_phrase()
    assert (knobs.mirrored(0).rows == knobs.rows).all()  # it rests
    assert knobs.mirrored(1).place[:, 1] == pytest.approx(knobs.place[::-1, 1], abs=1e-6)


def test_how_diverse_a_phrase_is() -> None:
    """Taps in two places, every 3 s 0.09 farther apart: of all statistics only leap tells thirds apart."""
    times_s = 0.2 * np.arange(46)  # 9 s
    reach = 0.2 + 0.09 * np.minimum(times_s // 3.0, 2)
    x = 0.5 + reach * (np.arange(46) % 2 - 0.5)
    phrase = touch_phrase([(each, 0.5, 0.2, 0.0) for each in x])
    apart = (0.09 / 0.15) ** 2
    assert phrase.diversity == pytest.approx((apart - ALIKE) / (DIVERSE - ALIKE), abs=0.02)
    assert touch_phrase([(0.4 + 0.2 * (i % 2), 0.5, 0.2, 0.0) for i in range(46)]).diversity == 0.0


@given(gestures=st.lists(st.tuples(st.integers(1, 12), *[st.floats(0.1, 0.9)] * 2), min_size=6, max_size=30))
def test_a_typical_third_is_held_against_the_one_most_like_it(
    gestures: list[tuple[int, float, float]],
) -> None:
    rows = [(x + 0.01 * i, y, 0.016 if i else 0.15, float(i > 0)) for n, x, y in gestures for i in range(n)]
    phrase = touch_phrase(rows)
    thirds = {}
    for start in range(9):
        since, until = phrase.seconds * start / 12, phrase.seconds * (start + 4) / 12
        inside = (phrase.onset_s >= since) & ((phrase.onset_s < until) | (start == 8))
        if inside.sum() >= 3:
            begins = phrase.begins[inside].copy()
            begins[0] = True
            thirds[start] = manner(phrase.place[inside], phrase.dt_s[inside], begins)[:FIRST_OF_PLACE]
            if not begins[1:].any():
                thirds[start][LEAP] = phrase.manner[LEAP]
    nearest = []
    for start, one in thirds.items():
        others = [other for at, other in thirds.items() if abs(at - start) >= 4]
        if others:
            nearest.append(min(float((np.minimum(np.abs(one - other), MOST) ** 2).sum()) for other in others))
    typical = float(np.median(nearest)) if nearest else 0.0
    wanted = min(max((typical - ALIKE) / (DIVERSE - ALIKE), 0.0), 1.0)
    assert phrase.diversity == pytest.approx(wanted, abs=1e-6)


def test_a_motif_that_the_middle_of_a_phrase_cuts_in_two_is_no_variety() -> None:
    """Spirals from the middle outward, two to three of them: one half has more of what is wide and fast."""
    angle, radius = 5.0 * np.pi * np.arange(60) / 60, 0.2 * np.arange(60) / 60
    spiral = [
        (0.5 + r * np.cos(a), 0.5 + r * np.sin(a), 0.016 if r else 0.25, float(r > 0.0))
        for a, r in zip(angle, radius, strict=True)
    ]
    for n_rows in range(120, 185, 4):
        assert touch_phrase((spiral * 4)[:n_rows]).diversity == 0.0, n_rows


def test_who_plays_one_thing_after_the_other_is_diverse() -> None:
    circles, run = circle(100).rows.tolist(), taps(16).rows.tolist()
    assert touch_phrase(circles + run).diversity == touch_phrase(run + circles).diversity == 1.0
    assert touch_phrase(circles[:20] + run).diversity == 0.0  # that was hardly anything


def test_a_phrase_that_only_travels_is_not_diverse() -> None:
    """A zigzag from one edge to the other, in one stroke: one thing, again and again."""
    strokes = [(0.1 + 0.005 * i, 0.4 + 0.02 * abs(i % 16 - 8), 0.016, float(i > 0)) for i in range(161)]
    assert touch_phrase(strokes).diversity == 0.0


def test_a_phrase_that_turns_back_on_its_way_is_not_diverse() -> None:
    """Parallel strokes that go on, and in the second half back: over less of the canvas than in the first."""
    across = [*range(14), *range(13, 3, -1), *range(4, 8)]
    strokes = [
        (0.1 + 0.05 * at + 0.005 * i, 0.4 + 0.03 * i, 0.016 if i else 0.1, float(i > 0))
        for at in across
        for i in range(7)
    ]
    assert touch_phrase(strokes).diversity == 0.0


def test_a_third_without_a_leap_says_nothing_of_leaps() -> None:
    """Two long strokes, the second from where the first began: its one leap is in few thirds."""
    stroke = [(0.1 + 0.01 * i, 0.5, 0.016 if i else 0.3, float(i > 0)) for i in range(60)]
    assert touch_phrase([*stroke, *stroke]).diversity == 0.0


def drawn(x: np.ndarray, y: np.ndarray) -> GesturePhrase:
    """One finger that stays down, 60 reports a second."""
    return touch_phrase([(*at, 1 / 60, float(i > 0)) for i, at in enumerate(zip(x, y, strict=True))])


def test_movements_that_come_again_are_not_new() -> None:
    time_s = np.arange(300) / 60
    assert drawn(0.5 + 0.2 * np.cos(7 * time_s), 0.5 + 0.2 * np.sin(7 * time_s)).novelty == 0.0
    # Elsewhere is the same; a line at one speed is everywhere alike.
    assert drawn(0.1 + 0.15 * time_s, 0.5 + 0.1 * np.sin(9 * time_s)).novelty == 0.0
    assert drawn(0.1 + 0.15 * time_s, 0.9 - 0.1 * time_s).novelty == 0.0
    # A spiral inward, ever slower: statistics of its thirds differ little, and no second is like another.
    angle, radius = 6.0 * np.sqrt(time_s), 0.4 / (1.0 + time_s)
    assert drawn(0.5 + radius * np.cos(angle), 0.5 + radius * np.sin(angle)).novelty == 1.0


def test_a_second_is_held_against_the_one_most_like_it() -> None:
    """Of wandering lines, some of which come again a little bent; each second by itself."""
    found = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        steps = np.cumsum(0.002 * rng.standard_normal((130, 2)), axis=0)
        again = steps * [1.0, 1.0 + 0.1 * seed]
        phrase = drawn(*(0.5 + np.cumsum(0.5 * np.concatenate([steps, again[:90]]), axis=0)).T)
        starts_s = [0.04 * i for i in range(200) if 0.04 * i + 1.0 <= phrase.seconds]
        seconds = []
        for start_s in starts_s:
            rows = [int((phrase.onset_s <= start_s + i / 12).sum()) - 1 for i in range(12)]
            places = phrase.place[rows]
            seconds.append(places - places.mean(axis=0))
        nearest = []
        for since_s, one in zip(starts_s, seconds, strict=True):
            nearest.append(min(
                np.linalg.norm(one - other) / max(np.linalg.norm(one), np.linalg.norm(other))
                for at_s, other in zip(starts_s, seconds, strict=True)
                if abs(at_s - since_s) > 0.97
            ))  # fmt: skip
        wanted = (np.median(nearest) - RECURRING) / (NOVEL - RECURRING)
        found.append(phrase.novelty)
        assert phrase.novelty == pytest.approx(np.clip(wanted, 0.0, 1.0), abs=0.01)
    assert 0.1 < np.mean(found) < 0.9


def test_taps_knobs_and_what_hardly_moves_have_nothing_new() -> None:
    rng = np.random.default_rng(5)
    assert touch_phrase([(*rng.random(2), 0.2, 0.0) for _ in range(30)]).novelty == 0.0
    assert knob_phrase().novelty == 0.0
    still = rng.normal(0.5, 0.001, (2, 300))
    assert drawn(*still).novelty == 0.0
    assert touch_phrase([(0.5, 0.5, 0.1, 0.0)]).novelty == 0.0


def test_who_comes_back_to_places_scatters_as_little_as_the_places_do() -> None:
    rng = np.random.default_rng(6)
    drums = np.array([[0.3, 0.6], [0.5, 0.3], [0.7, 0.6]])
    for off in (0.002, 0.01):
        places = drums[np.arange(60) % 3] + off * rng.standard_normal((60, 2))
        phrase = touch_phrase([(*place, 0.2, 0.0) for place in places])
        nearest = [
            min(np.linalg.norm(one - other) for other in np.delete(places, i, axis=0))
            for i, one in enumerate(places)
        ]
        wanted = max(float(np.median(nearest)) / SCATTERED, LEAST_SCATTER)
        assert phrase.scatter == pytest.approx(wanted, abs=1e-4)
        assert phrase.scatter < 0.2
    assert touch_phrase([(i / 20, 0.5, 0.2, 0.0) for i in range(20)]).scatter == 1.0
    # Of many the last ones count.
    many = [(0.5, 0.5, 0.01, 0.0)] * 400 + [(i / MOST_CONTACTS, 0.5, 0.01, 0.0) for i in range(MOST_CONTACTS)]
    assert touch_phrase(many).scatter == pytest.approx(1.0 / MOST_CONTACTS / SCATTERED, abs=1e-4)
    # Only where contacts begin counts, not what is drawn from there.
    strokes = [(0.5 + 0.05 * k, 0.5, 0.1, float(k > 0)) for _ in range(5) for k in range(6)]
    assert touch_phrase(strokes).scatter == LEAST_SCATTER


def test_of_few_contacts_and_of_knobs_no_place_is_known_that_they_come_back_to() -> None:
    for phrase in (taps(3), touch_phrase([(0.5, 0.5, 0.2, 0.0)] * 3), circle(40), knob_phrase()):
        assert phrase.scatter == 1.0
    assert touch_phrase([(0.5, 0.5, 0.2, 0.0)] * 4).scatter == LEAST_SCATTER


def test_knobs_and_phrases_too_short_to_tell_are_not_diverse() -> None:
    assert knob_phrase().diversity == 0.0
    assert touch_phrase([(0.1, 0.1, 0.2, 0.0)] * 2 + [(0.9, 0.9, 0.2, 1.0)] * 2).diversity == 0.0
    assert 0.0 < touch_phrase([(0.1, 0.1, 0.2, 0.0)] * 9 + [(0.9, 0.9, 0.2, 1.0)] * 9).diversity <= 1.0
