"""MIDI learn, as literal messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.midi.learn import COLLECT_S, Learn


def learned(*messages: list[int]) -> list[str | int] | None:
    learn = Learn()
    for index, message in enumerate(messages):
        learn.hear(bytes(message), 1.0 + 0.01 * index)
    assert learn.result(1.0 + COLLECT_S - 0.01) is None  # it waits for more
    return learn.result(1.0 + COLLECT_S + 0.01)


@pytest.mark.parametrize(
    ("messages", "entry"),
    [
        ([[0xB0, 20, 1]], ["control_change", 1, 20]),
        ([[0x9F, 60, 1]], ["note", 16, 60]),
        ([[0xE1, 0, 1]], ["pitch_bend", 2]),
        ([[0xC2, 5]], ["program_change", 3]),
        ([[0xD0, 5]], ["channel_pressure", 1]),
        ([[0xB0, 1, 5], [0xB0, 33, 9], [0xB0, 1, 6], [0xB0, 33, 4]], ["control_change_14", 1, 1]),
        ([[0xB0, 33, 9]], ["control_change", 1, 33]),
        (
            [*[[0xB0, 1, i] for i in range(5)], [0xB0, 33, 9]],
            ["control_change", 1, 1],
        ),  # another knob twitched
        ([[0xB2, 99, 1], [0xB2, 98, 2], [0xB2, 6, 9], [0xB2, 38, 9]], ["nrpn", 3, 130]),
        ([*[[0xB0, 99, 1], [0xB0, 98, 2]] * 3, [0xB0, 6, 9]], ["nrpn", 1, 130]),
        ([[0xB0, 101, 0], [0xB0, 100, 5], [0xB0, 96, 0]], ["rpn", 1, 5]),
        ([[0xB0, 101, 127], [0xB0, 100, 127], *[[0xB0, 6, i] for i in range(3)]], ["control_change", 1, 6]),
        ([[0xB0, 98, 5], [0xB0, 98, 6]], ["control_change", 1, 98]),
        ([[0xB0, 99, 5], [0xB0, 7, 9], [0xB0, 7, 10]], ["control_change", 1, 7]),  # a worn fader twitched
        ([[0x80, 60, 0], [0x90, 60, 0], [0xF8]], None),
    ],
)
def test_what_was_moved(messages: list[list[int]], entry: list[str | int] | None) -> None:
    assert learned(*messages) == entry


def test_after_one_it_learns_the_next() -> None:
    learn = Learn()
    learn.hear(bytes((0xB0, 20, 1)), 1.0)
    assert learn.result(2.0) == ["control_change", 1, 20]
    assert learn.result(3.0) is None
    learn.hear(bytes((0xB0, 21, 1)), 4.0)
    assert learn.result(5.0) == ["control_change", 1, 21]


@given(st.lists(st.binary(max_size=4)))
def test_garbage_is_not_learned_or_is_an_entry(messages: list[bytes]) -> None:
    entry = None
    learn = Learn()
    for message in messages:
        learn.hear(message, 0.0)
    entry = learn.result(1.0)
    assert entry is None or isinstance(entry[0], str)
