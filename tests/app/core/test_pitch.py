"""Pitch: closed forms."""

from __future__ import annotations

import pytest

from app.core.pitch import HYSTERESIS, SCALES, TONIC, PitchError, frequency_hz, note_at, quantise


def test_a_register_is_spanned_from_left_to_right() -> None:
    assert [note_at(x, (43.0, 91.0)) for x in (0.0, 0.25, 1.0)] == [43.0, 55.0, 91.0]


@pytest.mark.parametrize(("note", "hz"), [(69.0, 440.0), (81.0, 880.0), (60.0, 261.6255653)])
def test_equal_temperament(note: float, hz: float) -> None:
    assert frequency_hz(note) == pytest.approx(hz, rel=1e-9)


def test_free_leaves_pitch_where_the_finger_is() -> None:
    assert quantise(61.3721, "free") == 61.3721


def test_chromatic_is_rounding() -> None:
    assert [quantise(note, "chromatic") for note in (60.4, 60.6, 59.51)] == [60.0, 61.0, 60.0]


def test_d_major_has_f_sharp_and_d_minor_has_f() -> None:
    assert quantise(65.4, "major") == 66.0
    assert quantise(65.4, "minor") == 65.0


def test_the_octaves_around_are_considered() -> None:
    # D pentatonic: D E F# A B; from 60.9 the D above (62) is nearer than the B below (59)
    assert quantise(60.9, "pentatonic") == 62.0
    assert quantise(60.4, "pentatonic") == 59.0


@pytest.mark.parametrize("scale", [name for name in SCALES if name != "free"])
def test_every_result_is_in_the_scale_and_nearest(scale: str) -> None:
    degrees = [TONIC + 12 * octave + d for octave in range(11) for d in SCALES[scale]]
    for step in range(200, 1100):
        note = step / 10.0
        drawn = quantise(note, scale)
        assert abs(drawn - note) == pytest.approx(min(abs(d - note) for d in degrees))


def test_a_held_degree_is_kept_at_the_border_until_the_finger_is_clearly_beyond() -> None:
    border = 60.5
    assert quantise(border + HYSTERESIS / 2 - 0.01, "chromatic", held=60.0) == 60.0
    assert quantise(border + HYSTERESIS / 2 + 0.01, "chromatic", held=60.0) == 61.0


def test_an_unknown_scale_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(PitchError, match=r"expected one of free, pentatonic.*got 'blues'"):
        quantise(60.0, "blues")
