"""Where keys lie: up is high, and every place belongs to the key whose middle is nearest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pictures.keyboard import KeyRange, octave_name


@given(low=st.integers(0, 60), width=st.integers(12, 67), share=st.floats(0, 1))
def test_the_middle_of_a_key_is_that_key(low: int, width: int, share: float) -> None:
    keys = KeyRange(low, low + width)
    pitch = round(low + share * width)
    assert 0.0 < keys.y(pitch) < 1.0
    assert keys.pitch_at(keys.y(pitch)) == pitch
    assert keys.pitch_at(keys.y(pitch) + 0.4 / (width + 1)) == pitch


def test_beyond_the_edge_is_the_last_key() -> None:
    assert (KeyRange(36, 96).pitch_at(-0.1), KeyRange(36, 96).pitch_at(1.1)) == (96, 36)


@pytest.mark.parametrize(
    ("pitches", "expected"),
    [([], (36, 96)), ([60, 72], (36, 96)), ([21], (19, 96)), ([108, 0], (0, 110)), ([127], (36, 127))],
)
def test_a_range_is_wide_enough_for_what_is_played(pitches: list[int], expected: tuple[int, int]) -> None:
    assert KeyRange().around(pitches) == expected


def test_octaves_are_named_by_their_c() -> None:
    assert [octave_name(pitch) for pitch in KeyRange(35.5, 73).octaves()] == ["C2", "C3", "C4", "C5"]
