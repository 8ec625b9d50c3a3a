"""The lines of a sketch as they are played, and what is no line."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.events import EventKind
from app.serial.line_splitter import LONGEST_LINE, LineSplitter
from app.serial.lines_in import LinesIn
from tests.app.core.test_controls import Surface

TOUCHES, NOTES, VALUES = EventKind.TOUCHES, EventKind.NOTES, EventKind.VALUES


class Stand:
    """Lines on a fake engine."""

    def __init__(self, hears: EventKind = TOUCHES, n_values: int = 0) -> None:
        self.surface = Surface()
        self.controls = self.surface.controls
        self.lines = LinesIn(self.controls, "Serial board", hears, n_values)

    def take(self, *lines: str) -> list[Any]:
        """Take lines at 10 s; what was played since the last call, without the times."""
        for line in lines:
            self.lines.take(line.encode("utf-8"), 10.0)
        log, self.surface.engine.log[:] = (
            [each[1:] if isinstance(each, list) else each for each in self.surface.log],
            [],
        )
        return log


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("0.25,0.5", ["player touch 0", [0.25, 0.5, 0]]),
        ("0.25,0.5,0", ["player touch 0", [0.25, 0.5, 0]]),
        ("3,0.25,0.5,1", ["player touch 3", [0.25, 0.5, 0]]),  # it was not down
        ("3,0.25,0.5,0,0.75", ["player touch 3", [0.25, 0.5, 0]]),
        (" 0.25 ,\t0.5 ", ["player touch 0", [0.25, 0.5, 0]]),
        ("1e-1,.5", ["player touch 0", [0.1, 0.5, 0]]),
        ("63.0,0,1,0", ["player touch 63", [0.0, 1.0, 0]]),
    ],
)
def test_a_line_is_a_touch(line: str, event: list[Any]) -> None:
    assert Stand().take(line) == [event]


def test_a_finger_without_a_begin_moves_until_it_is_lifted() -> None:
    stand = Stand()
    assert stand.take("0.25,0.5", "0.5,0.5", "release", "0.75,0.5") == [
        ["player touch 0", [0.25, 0.5, 0]],
        ["player touch 0", [0.5, 0.5, 1]],
        ["player release 0", []],
        ["player touch 0", [0.75, 0.5, 0]],
    ]


def test_two_fingers_and_two_ways_to_lift_one() -> None:
    stand = Stand()
    stand.take("0,0.1,0.1,0", "5,0.2,0.2,0")
    assert stand.take("release,5", "0,0.1,0.1,1,0") == [["player release 5", []], ["player release 0", []]]


def test_a_device_that_tells_of_no_release_lets_go_after_a_silence() -> None:
    stand = Stand()
    stand.take("0.5,0.5")
    stand.surface.clock.advance_to(11.5)
    stand.controls.expire()
    assert stand.take() == [["player release 0", []]]
    stand.take("release", "0.5,0.5")  # now it is known to tell of them
    stand.surface.clock.advance_to(99.0)
    stand.controls.expire()
    assert ["player release 0", []] not in stand.take()


def test_what_a_device_held_is_lifted_when_it_is_gone() -> None:
    stand = Stand()
    stand.take("0,0.1,0.1,0", "5,0.2,0.2,0", "release,5")
    stand.lines.release(10.0)
    assert stand.take() == [["player release 0", []]]
    keys = Stand(NOTES)
    keys.take("60,90", "64,90", "64,0")
    keys.lines.release(10.0)
    assert keys.take() == [["player up 60", []]]


def test_values_and_keys() -> None:
    assert Stand(VALUES, 3).take("0,0.5,1") == [["player values 0", [0.0, 0.5, 1.0]]]
    assert Stand(NOTES).take("60,90", "60,0") == [["player note 60", [90]], ["player up 60", []]]


def test_parameters_and_commands() -> None:
    stand = Stand()
    assert stand.take("set,timescale,2.5", "set,mode,duet", "reset", "panic") == ["reset", "panic"]
    assert stand.surface.settings["timescale"] == 2.5 and stand.surface.settings["mode"] == "duet"


@pytest.mark.parametrize(
    ("hears", "line", "reason"),
    [
        (
            TOUCHES,
            "0.5",
            "expected x,y or x,y,moving or voice,x,y,moving or voice,x,y,moving,pressure, got 1",
        ),
        (TOUCHES, "1,2,3,4,5,6", "got 6 numbers."),
        (TOUCHES, "0.5;0.5", "expected numbers and commas, got '0.5;0.5'."),
        (TOUCHES, "0.5,", "expected numbers and commas, got '0.5,'."),
        (TOUCHES, "0.5,0_5", "expected numbers and commas"),
        (TOUCHES, "64,0.5,0.5,0", "voice: expected a whole number from 0 to 63, got 64."),
        (TOUCHES, "0.5,0.5,0.5,0", "voice: expected a whole number from 0 to 63, got 0.5."),
        (TOUCHES, "nan,0.5,0.5,0", "voice: expected a whole number"),
        (TOUCHES, "inf,0.5", "x: expected a number in [0, 1], got inf."),
        (TOUCHES, "0,0.5,0.5,1,-1", "pressure: expected a number above 0"),
        (TOUCHES, "release,x", "expected numbers and commas, got 'release,x'."),
        (TOUCHES, "release,0,0", "there is no such line here: 'release,0,0'."),
        (TOUCHES, "Ghost 1.0 ready", "expected numbers and commas, got 'Ghost 1.0 ready'."),
        (TOUCHES, "set,tempo,1", "tempo"),
        (TOUCHES, "0.5,\x80\xff0.5", "expected lines of plain text; is the baud rate the device's?"),
        (TOUCHES, "1" * (LONGEST_LINE + 1), "expected lines of at most 1024 bytes."),
        (VALUES, "0.5,0.5", "expected 3 numbers, got 2."),
        (VALUES, "release", "there is no such line here: 'release'."),
        (NOTES, "60", "expected pitch,velocity, got 1 numbers."),
        (NOTES, "128,1", "pitch: expected a whole number from 0 to 127, got 128."),
    ],
)
def test_what_is_no_line_is_refused_counted_and_told_once(hears: EventKind, line: str, reason: str) -> None:
    stand = Stand(hears, 3)
    stand.take(line, line)
    assert stand.controls.n_refused == 2
    assert stand.controls.last_refusal.startswith("Serial board: ") and reason in stand.controls.last_refusal
    assert stand.surface.engine.log == [] and len(stand.surface.engine.told) == 1


def test_the_dialect_of_the_peer_knows_values_and_nothing_else() -> None:
    stand = Stand(VALUES, 2)
    stand.lines.only_values = True
    assert stand.take("0.5,0.5", "panic", "set,timescale,2") == [["player values 0", [0.5, 0.5]]]
    assert stand.controls.n_refused == 2


@given(st.binary(max_size=200))
def test_whatever_comes_is_played_or_refused(data: bytes) -> None:
    stand = Stand(VALUES, 2)
    for line in LineSplitter().feed(data + b"\n"):
        stand.lines.take(line, 10.0)


@pytest.mark.parametrize(
    ("hears", "line", "is_one"),
    [
        (TOUCHES, b"release", True),
        (TOUCHES, b"release,3", True),
        (TOUCHES, b"0,0.5,0.5,1,0.00", True),
        (TOUCHES, b"0,0.5,0.5,0", False),
        (TOUCHES, b"0.5,0", False),
        (NOTES, b"60,0", True),
        (NOTES, b"60,1", False),
        (VALUES, b"0,0", False),
    ],
)
def test_a_line_that_must_not_be_lost_is_known_at_a_glance(
    hears: EventKind, line: bytes, is_one: bool
) -> None:
    assert Stand(hears).lines.is_release(line) is is_one


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@given(cuts=st.lists(st.integers(0, 40), max_size=5))
def test_lines_are_the_same_however_they_are_cut_and_end(end: bytes, cuts: list[int]) -> None:
    data, splitter, found = end.join([b"0.1,0.2", b"", b"release", b"0.3"]), LineSplitter(), []
    edges = [0, *sorted(cuts), len(data)]
    for first, last in itertools.pairwise(edges):
        found += splitter.feed(data[first:last])
    assert found == [b"0.1,0.2", b"release"] and splitter.feed(end) == [b"0.3"]


def test_a_line_without_end_takes_no_more_memory_than_the_longest() -> None:
    splitter = LineSplitter()
    for _ in range(100):
        assert splitter.feed(b"x" * 1000) == []
    assert len(splitter._rest) == LONGEST_LINE + 1
    assert splitter.feed(b"\n0.5,0.5\n") == [b"x" * (LONGEST_LINE + 1), b"0.5,0.5"]


def test_the_rest_of_a_line_that_began_before_is_left_out() -> None:
    splitter = LineSplitter(skips=True)
    assert splitter.feed(b"5,0") == [] and splitter.feed(b".5\r\n0.1,0.2\r\n") == [b"0.1,0.2"]
