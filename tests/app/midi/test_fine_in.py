"""Controllers of 14 bits, as literal messages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.toml_file import TomlError
from app.midi.fine_in import FINE_FULL, FineIn
from app.midi.mapping import VALUE_IN_KINDS, VALUE_KINDS, Entry, parse_entries, parse_entry
from tests.app.midi.test_inputs import Surface

PAIR, PARAMETER, REGISTERED = ("control_change_14", 0, 1), ("nrpn", 0, 130), ("rpn", 0, 0)
SELECT = ([0xB0, 99, 1], [0xB0, 98, 2])


def heard(*messages: list[int]) -> list[Any]:
    fine_in = FineIn()
    return [fine_in.hear(bytes(message)) for message in messages]


def test_a_pair_is_put_together() -> None:
    assert heard([0xB0, 1, 64], [0xB0, 33, 5]) == [(PAIR, 64 << 7 | 64), (PAIR, 64 << 7 | 5)]


def test_on_its_way_the_value_never_goes_back() -> None:
    first = ([0xB0, 1, 63], [0xB0, 33, 100])
    up = heard(*first, [0xB0, 1, 64], [0xB0, 33, 50])[2:]
    assert up == [(PAIR, 64 << 7), (PAIR, 64 << 7 | 50)]
    down = heard(*first, [0xB0, 1, 62], [0xB0, 33, 50])[2:]
    assert down == [(PAIR, 62 << 7 | 127), (PAIR, 62 << 7 | 50)]
    same = heard(*first, [0xB0, 1, 63], [0xB0, 33, 101])[2:]
    assert same == [(PAIR, None), (PAIR, 63 << 7 | 101)]


def test_a_device_of_coarse_halves_reaches_both_ends() -> None:
    assert heard([0xB0, 1, 0], [0xB0, 1, 127]) == [(PAIR, 0), (PAIR, FINE_FULL)]


def test_a_fine_half_of_nothing_is_nothing() -> None:
    assert heard([0xB0, 33, 5], [0xB0, 64, 5], [0x90, 1, 5], [0xB0, 1]) == [None] * 4


def test_a_numbered_parameter() -> None:
    values = heard(*SELECT, [0xB0, 6, 10], [0xB0, 38, 3], [0xB0, 96, 0], [0xB0, 97, 0], [0xB0, 97, 0])[2:]
    assert values == [(PARAMETER, 10 << 7 | raw) for raw in (10, 3, 4, 3, 2)]


def test_steps_of_a_parameter_without_fine_halves_are_whole_ones() -> None:
    values = heard(*SELECT, [0xB0, 96, 0], [0xB0, 6, 126], [0xB0, 96, 0], [0xB0, 96, 0])[2:]
    assert values == [(PARAMETER, None), *((PARAMETER, 129 * coarse) for coarse in (126, 127, 127))]


def test_the_parameter_that_is_chosen_is_its_channels_until_another_one_is() -> None:
    assert heard(*SELECT, [0xB1, 6, 1])[2] == (("control_change_14", 1, 6), 129)
    assert heard(*SELECT, [0xB0, 101, 0], [0xB0, 100, 0], [0xB0, 6, 2])[4] == (REGISTERED, 258)
    assert heard(*SELECT, [0xB0, 101, 0], [0xB0, 6, 2])[3] == (("control_change_14", 0, 6), 258)
    for none in (([0xB0, 101, 127], [0xB0, 100, 127]), ([0xB0, 121, 0],)):
        assert heard(*SELECT, *none, [0xB0, 6, 2])[-1] == (("control_change_14", 0, 6), 258)


@given(st.lists(st.binary(max_size=4) | st.builds(lambda n, v: bytes((0xB0, n, v)), st.integers(0, 127),
                                                  st.integers(0, 127))))  # fmt: skip
@example([b"\xb0\x00\x80"])
def test_no_value_is_out_of_range(messages: list[bytes]) -> None:
    fine_in = FineIn()
    for message in messages:
        found = fine_in.hear(message)
        assert found is None or found[1] is None or 0 <= found[1] <= FINE_FULL


def test_values_of_a_controller_in_14_bits() -> None:
    surface = Surface([["control_change_14", 1, 1], ["nrpn", 1, 130], ["control_change", 1, 1]])
    surface.send([0xB0, 1, 0], [0xB0, 33, 0])
    (event,) = surface.send([0xB0, 33, 1])
    assert event[2] == pytest.approx([1 / FINE_FULL, 0.5, 0.0], abs=1e-6)
    assert surface.send(*SELECT) == []
    coarse, fine = surface.send([0xB0, 6, 127], [0xB0, 38, 126])
    assert (coarse[2][1], fine[2][1]) == pytest.approx((1.0, 1 - 1 / FINE_FULL), abs=1e-6)


def test_parameters_in_14_bits_do_not_play_values_as_well() -> None:
    surface = Surface(
        [["control_change", 1, 20]],
        volume=["control_change_14", 1, 20],
        likeness=["nrpn", 1, 130, 16383, 0],
        panic=["rpn", 1, 0],
    )
    assert surface.send([0xB0, 20, 64], [0xB0, 52, 0], [0xB0, 20, 64], [0xB0, 52, 1]) == []
    assert surface.settings.number("volume") == pytest.approx(8193 / FINE_FULL)
    assert surface.send(*SELECT, [0xB0, 6, 0], [0xB0, 38, 0]) == []
    assert surface.settings.number("likeness") == 2.0
    assert surface.send([0xB0, 101, 0], [0xB0, 100, 0], [0xB0, 6, 127]) == ["panic"]


def test_entries_of_14_bits() -> None:
    kinds = VALUE_IN_KINDS
    assert parse_entry(["nrpn", 2, 16383], (), kinds) == Entry("nrpn", 1, 16383, 0, FINE_FULL)
    assert parse_entry(["control_change_14", 1, 31, 100, 16000], (), kinds).fraction(16000) == 1.0
    for wrong in (["control_change_14", 1, 32], ["nrpn", 1, 16384], ["rpn", 1], ["rpn", 1, 0, 0, 16384],
                  ["control_change", 1, 1, 0, 16383]):  # fmt: skip
        with pytest.raises(TomlError, match="expected"):
            parse_entry(wrong, (), kinds)
    with pytest.raises(TomlError, match="expected a list that starts with one of note_on, note_velocity"):
        parse_entries([["nrpn", 1, 1]], (), VALUE_KINDS)  # an output sends none
