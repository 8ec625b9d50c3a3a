"""The metrical grid: which unit it finds in intervals that are played to a beat, and that arrays agree."""

from __future__ import annotations

import numpy as np
import pytest

from mdn.densities import note_grid


def heard(intervals: list[float], kept: list[float] | None = None) -> list[float]:
    """The grid after `intervals`, in seconds."""
    kept = kept or [0.0] * note_grid.KEPT
    for dt in intervals:
        kept = note_grid.follow(note_grid.Scalars, kept, dt)
    return kept


def test_before_any_interval_the_unit_is_a_usual_one_and_nothing_is_sure_of_it() -> None:
    assert heard([0.0]) == [note_grid.USUAL_S, 0.0, 0.0, 0.0, 0.0]


def test_one_interval_is_a_unit_in_the_octave_of_units() -> None:
    unit, weight, _, place, interval = heard([0.48])
    assert (unit, weight, place, interval) == pytest.approx((0.12, 16.0, 0.0, 0.48))


def test_the_unit_is_the_least_squares_of_multiples() -> None:
    rng = np.random.default_rng(1)
    multiples = rng.choice([1, 2, 4], 300)
    noise = rng.uniform(-0.002, 0.002, 300)
    unit, *_ = heard([0.25, *(0.125 * multiples + noise).tolist()])
    assert unit == pytest.approx(0.125, abs=2e-4)


def test_a_place_counts_units_and_begins_anew_after_so_many() -> None:
    *_, place, _ = heard([0.25, *[0.25] * 3, 0.125])
    assert place == pytest.approx(7.0, abs=1e-6)  # 3 x 2 + 1, of 0.125 s
    *_, place, _ = heard([0.25, *[0.25] * 33])
    assert place == pytest.approx(66.0 - note_grid.PLACES, abs=1e-4)


def test_a_half_of_the_unit_halves_it() -> None:
    unit, _, _, place, _ = heard([0.18, 0.18, 0.09])
    assert unit == pytest.approx(0.09)
    assert place == pytest.approx(3.0)


def test_a_unit_that_was_guessed_from_a_dotted_note_is_put_right() -> None:
    assert heard([0.45, 0.15])[0] == pytest.approx(0.15)
    assert heard([0.45, 0.15, 0.3, 0.6])[0] == pytest.approx(0.15)


def test_one_interval_off_the_beat_is_let_pass_and_the_second_begins_anew() -> None:
    steady = heard([0.15] * 60)
    once = heard([0.1683], steady)
    assert once[0] == pytest.approx(0.15)
    assert once[2] == 1.0
    assert heard([0.15], once)[2] == 0.0
    assert heard([0.1683, 0.1683], steady)[0] == pytest.approx(0.1683)


@pytest.mark.parametrize("dt", [0.0, 0.002, 0.0299, 4.95])
def test_chords_ornaments_and_pauses_tell_nothing_of_the_beat(dt: float) -> None:
    steady = heard([0.15] * 40)
    assert heard([dt], steady)[:3] == steady[:3]
    if dt <= note_grid.TOGETHER_S:
        assert heard([dt], steady)[4] == steady[4]


def test_arrays_say_what_numbers_say() -> None:
    rng = np.random.default_rng(3)
    intervals = np.where(rng.random(300) < 0.3, 0.0, 0.11 * rng.choice([1, 2, 3, 4, 1.5, 1.37], 300))
    kept = [np.zeros((1, 1)) for _ in range(note_grid.KEPT)]
    plain = [0.0] * note_grid.KEPT
    for dt in intervals.tolist():
        kept = note_grid.follow(np, kept, np.full((1, 1), dt))
        plain = note_grid.follow(note_grid.Scalars, plain, dt)
        assert [float(each[0, 0]) for each in kept] == pytest.approx(plain, rel=1e-9, abs=1e-9)
