"""The course of an answer to notes: sound whatever was played, in its key, with its chords and its end."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine import note_course
from app.engine.note_course import NoteCourse
from app.engine.note_guide import NoteGuide
from app.engine.note_phrase import NotePhrase
from tests.app.engine.phrases import NOTE_PHRASES, note_phrase
from tests.app.engine.test_scale import has

MIDDLE_PART = partial(NoteCourse.plan, begins=False, ends=False)
TRIADS = note_phrase(
    [(0.5 * (third == 0), 60 + root + third, 0.45, 80) for root in (0, 5, 7, 0) * 3 for third in (0, 4, 7)]
)
MELODY = note_phrase([(0.25, pitch, 0.2, 70) for pitch in (60, 62, 64, 65, 67, 65, 64, 62) * 4])
WALTZ = note_phrase(
    [
        (0.4 * (i in (0, 1, 4)), pitch, 0.3, 70)
        for _ in range(8)
        for i, pitch in enumerate((36, 60, 64, 67, 60, 64, 67))
    ]
)
ODD = {
    "one note": note_phrase([(0.0, 60, 1.0, 80)]),
    "two notes": note_phrase([(0.0, 60, 1.0, 80), (0.3, 62, 0.2, 80)]),
    "one chord": note_phrase([(0.0, 60 + third, 1.0, 80) for third in (0, 4, 7)]),
    "one key again and again": note_phrase([(0.25, 60, 0.2, 80)] * 20),
    "the lowest and the highest key": note_phrase([(0.3, 21, 0.2, 1), (0.3, 108, 0.2, 127)] * 6),
    "all keys": note_phrase([(0.1, 21 + key, 0.1, 64) for key in range(88)]),
    "very dense": note_phrase([(0.001, 60 + n % 12, 0.05, 80) for n in range(600)]),
    "long pauses": note_phrase([(5.0, 60 + n, 5.0, 80) for n in range(8)]),
}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def check(guide: NoteGuide) -> None:
    assert len(guide) >= 1
    for numbers in (guide.dt_s, guide.pitch, guide.duration_s, guide.velocity, guide.strength):
        assert numbers.shape == (len(guide),) and np.isfinite(numbers).all()
    assert (guide.dt_s >= 0.0).all() and (guide.strength > 0.0).all() and (guide.duration_s > 0.0).all()
    assert guide.velocity.min() >= 1.0 and guide.velocity.max() <= 127.0
    assert guide.pitch.min() >= 21.0 and guide.pitch.max() <= 108.0


@settings(max_examples=40, deadline=None)
@given(
    NOTE_PHRASES,
    st.sampled_from([0.3, 2.0, 8.0]),
    st.integers(0, 9),
    st.sampled_from([NoteCourse.plan, MIDDLE_PART]),
)
def test_whatever_was_played_a_course_is_sound(
    phrase: NotePhrase, seconds: float, seed: int, plan: Any
) -> None:
    check(plan(phrase, seconds, rng(seed)))


@pytest.mark.parametrize("name", ODD)
def test_odd_phrases(name: str) -> None:
    for seed in range(5):
        check(NoteCourse.plan(ODD[name], 3.0, rng(seed), [MELODY, TRIADS]))


@pytest.mark.parametrize("phrase", [MELODY, TRIADS, WALTZ])
def test_it_lasts_about_as_long_as_asked(phrase: NotePhrase) -> None:
    lasts_s = [float(NoteCourse.plan(phrase, 8.0, rng(seed)).dt_s.sum()) for seed in range(20)]
    assert np.median(lasts_s) == pytest.approx(8.0, abs=1.0)
    assert min(lasts_s) > 6.0 and max(lasts_s) < 10.0


@pytest.mark.parametrize("phrase", [MELODY, TRIADS, WALTZ])
def test_it_stays_in_the_scale_and_near_the_register(phrase: NotePhrase) -> None:
    for seed in range(10):
        guide = NoteCourse.plan(phrase, 8.0, rng(seed))
        assert has(phrase.scale, guide.pitch).all()
        assert guide.pitch.min() >= phrase.pitch.min() - note_course.BEYOND
        assert guide.pitch.max() <= phrase.pitch.max() + note_course.BEYOND


def test_after_another_phrase_it_keeps_to_the_scale_and_the_register_too() -> None:
    """F sharp major, two octaves lower."""
    other = MELODY.of(MELODY.rows + np.array([0, 6 - 24, 0, 0], np.float32))
    assert not has(MELODY.scale, other.pitch).all()
    for seed in range(10):
        guide = NoteCourse.plan(MELODY, 8.0, rng(seed), [other])
        assert has(MELODY.scale, guide.pitch).all()
        assert guide.pitch.min() >= 50 and guide.pitch.max() <= 80


def test_chords_stay_chords_and_ascend() -> None:
    for seed in range(10):
        guide = NoteCourse.plan(TRIADS, 8.0, rng(seed))
        starts = np.flatnonzero(guide.dt_s > 0.0)
        assert (np.diff(np.append(starts, len(guide))) == 3).all()
        assert (np.diff(guide.pitch)[guide.dt_s[1:] == 0.0] > 0).all()


def test_the_notes_of_a_chord_that_was_rolled_down_ascend() -> None:
    rolled = note_phrase(
        [(0.48 if third == 7 else 0.01, 60 + third, 0.4, 80) for _ in range(8) for third in (7, 4, 0)]
    )
    guide = NoteCourse.plan(rolled, 6.0, rng())
    assert (np.diff(guide.pitch)[guide.dt_s[1:] == 0.0] > 0).all() and (guide.dt_s == 0.0).mean() > 0.6


def test_a_long_note_is_followed_no_sooner_than_in_the_phrase() -> None:
    gaps = (1.0, 0.25, 0.25, 0.5)  # each note is held until shortly before the next
    phrase = note_phrase([(gaps[n - 1], 60 + 2 * n, 0.9 * gaps[n], 80) for _ in range(6) for n in range(4)])
    for seed in range(10):
        guide = NoteCourse.plan(phrase, 10.0, rng(seed))
        assert (guide.duration_s[:-1] <= guide.dt_s[1:] + 1e-6).all()


def test_in_a_waltz_two_chords_follow_every_bass_note() -> None:
    for seed in range(10):
        guide = NoteCourse.plan(WALTZ, 12.0, rng(seed))
        starts = np.flatnonzero(guide.dt_s > 0.0)
        sizes = np.diff(np.append(starts, len(guide))).tolist()
        follows = [tuple(sizes[i : i + 3]) for i in range(len(sizes) - 2) if sizes[i] == 1]
        assert sum(each == (1, 3, 3) for each in follows) / len(follows) >= 0.7


def test_it_ends_as_the_phrase_and_begins_near_it() -> None:
    for seed in range(10):
        guide = NoteCourse.plan(MELODY, 8.0, rng(seed))
        assert guide.pitch[-6:].tolist() == MELODY.pitch[-6:].tolist()
        assert abs(guide.pitch[0] - 60) <= 3  # a step


def test_two_answers_are_two() -> None:
    one, other = (NoteCourse.plan(MELODY, 8.0, rng(seed)).pitch for seed in (0, 1))
    n = min(len(one), len(other))
    assert (one[:n] != other[:n]).mean() > 0.2


def test_to_a_beat_it_keeps_the_tempo_and_otherwise_it_is_stretched_as_a_whole() -> None:
    assert MELODY.grid is not None
    guide = NoteCourse.plan(MELODY, 8.0, rng())
    assert guide.dt_s == pytest.approx(np.full(len(guide), 0.25))
    times = rng(3).exponential(0.3, 32) + 0.05
    free = note_phrase([(dt_s, 60 + 2 * (n % 4), 0.2, 70) for n, dt_s in enumerate(times)])
    assert free.grid is None
    ratios = [
        set(np.round(guide.dt_s[:4] / np.append(np.median(times[1:]), times[1:4]), 3))
        for guide in (NoteCourse.plan(free, 8.0, rng(seed)) for seed in range(6))
    ]
    assert all(len(each) == 1 for each in ratios) and len(set().union(*ratios)) > 3
