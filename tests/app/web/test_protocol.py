"""The words of a page and the program, as literal frames and as whatever a stranger may send."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.events import KEYS_VOICE, Note, Release, Source, Touch, Values
from app.web import protocol
from app.web.protocol import MAX_MESSAGES, MAX_NAME, Malformed, Said, parse

UNDERSTOOD = {
    '[["hello",{"name":"Ann"}]]': Said("hello", ("Ann",)),
    '[["hello",{}]]': Said("hello", ("",)),
    '[["hello",{"name":"\\ud800a\\nb"}]]': Said("hello", ("a b",)),
    '[["touch",3,0.25,0.5,false,0.75]]': Said("touch", (3, 0.25, 0.5, False, 0.75)),
    '[["touch",2147483647,1,0,1,1]]': Said("touch", (2147483647, 1.0, 0.0, True, 1.0)),
    '[["release",3]]': Said("release", (3,)),
    '[["note",60,0]]': Said("note", (60, 0)),
    '[["values",[0,0.5]]]': Said("values", ((0.0, 0.5),)),
    '[["values",[]]]': Said("values", ((),)),
    '[["set","mode","duet"]]': Said("set", ("mode", "duet")),
    '[["set","pause",true]]': Said("set", ("pause", True)),
    '[["set","likeness",1]]': Said("set", ("likeness", 1.0)),
    '[["do","panic"]]': Said("do", ("panic",)),
    '[["ping",7.5]]': Said("ping", (7.5,)),
}


@pytest.mark.parametrize(("frame", "message"), UNDERSTOOD.items())
def test_what_a_page_may_say(frame: str, message: protocol.Message) -> None:
    (said,) = parse(frame)
    assert said == message
    assert repr(said) == repr(message)  # true is not 1, and 1 is not 1.0


REFUSED = [
    "", "{", "7", "null", '"touch"', "{}", "[7]", "[[]]", "[[7]]", '["touch"]', '[["shout"]]',
    '[["welcome",{}]]',
    '[["touch"]]', '[["touch",1,0.5,0.5,true]]', '[["touch",1,0.5,0.5,true,1,1]]',
    '[["touch",1.5,0.5,0.5,true,1]]', '[["touch","1",0.5,0.5,true,1]]', '[["touch",true,0.5,0.5,true,1]]',
    '[["touch",1,NaN,0.5,true,1]]', '[["touch",1,Infinity,0.5,true,1]]', '[["touch",1,1e999,0.5,true,1]]',
    '[["touch",1,0.5,-1e999,true,1]]', '[["touch",1,0.5,0.5,2,1]]', '[["touch",1,0.5,0.5,"true",1]]',
    '[["touch",1,null,0.5,true,1]]', f'[["touch",1,{"9" * 400},0.5,true,1]]',
    f'[["touch",1,{"9" * 5000},0,1,1]]',
    '[["hello","Ann"]]', '[["hello",{"name":7}]]', '[["values",7]]', '[["values",[[0.5]]]]', '[["set",7,1]]',
    '[["set","mode",null]]', '[["set","mode",[]]]', '[["do","quit"]]', '[["do",["panic"]]]', '[["ping",{}]]',
    "[" * 100_000, '{"a":' * 50_000, f"[{','.join(['[]'] * (MAX_MESSAGES + 1))}]",
]  # fmt: skip


@pytest.mark.parametrize("frame", REFUSED)
def test_what_is_no_message_is_said_to_be_none(frame: str) -> None:
    (message,) = parse(frame)
    assert isinstance(message, Malformed)
    assert "expected" in message.reason


def test_a_binary_frame_is_none() -> None:
    (message,) = parse(b'[["ping",1]]')
    assert isinstance(message, Malformed)


def test_what_is_wrong_spoils_nothing_beside_it() -> None:
    first, wrong, last = parse('[["release",1],["shout"],["release",2]]')
    assert (first, last) == (Said("release", (1,)), Said("release", (2,)))
    assert isinstance(wrong, Malformed)


def test_a_name_has_an_end() -> None:
    assert parse(json.dumps([["hello", {"name": "n" * 1000}]])) == [Said("hello", ("n" * MAX_NAME,))]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)
WORDS = st.sampled_from(["hello", "touch", "release", "note", "values", "set", "do", "ping", "state"])
MESSAGES = st.tuples(WORDS, st.lists(JSON, max_size=6)).map(lambda each: [each[0], *each[1]])


@given(st.lists(MESSAGES | JSON, max_size=4).map(json.dumps) | st.text(max_size=40) | st.binary(max_size=40))
def test_no_frame_raises_and_every_number_is_finite(frame: str | bytes) -> None:
    for message in parse(frame):
        if isinstance(message, Said):
            numbers = [*message.arguments]
            if message.word == "values":
                (numbers,) = message.arguments
            assert all(math.isfinite(each) for each in numbers if isinstance(each, int | float))
            assert message.word != "touch" or [type(each) for each in numbers] == [
                int,
                float,
                float,
                bool,
                float,
            ]


PLAYED = [
    (Touch(1.0, Source.PLAYER, 16, 0.123456789, 1e-9, False, 0.5), 3,
     ["touch", "player", 16, 0.12346, 1e-09, False, 0.5, 3]),
    (Touch(1.0, Source.GHOST, 0, 0.5, 1.0, True), None, ["touch", "ghost", 0, 0.5, 1, True, 1, None]),
    (Release(1.0, Source.PLAYER, 16), 3, ["release", "player", 16, 3]),
    (Note(1.0, Source.GHOST, 60, 100), None, ["note", "ghost", 60, 100, None]),
    (Release(1.0, Source.GHOST, KEYS_VOICE + 60), None, ["note", "ghost", 60, 0, None]),
    (Values(1.0, Source.PLAYER, (0.25, 1.0), 17), 4, ["values", "player", [0.25, 1], 17, 4]),
]  # fmt: skip


@pytest.mark.parametrize(("event", "person", "message"), PLAYED)
def test_what_sounded(
    event: Touch | Release | Note | Values, person: int | None, message: list[object]
) -> None:
    assert json.loads(protocol.frame([protocol.event(event, person)])) == [message]


FRACTIONS = st.floats(0.0, 1.0)


@given(FRACTIONS, FRACTIONS, st.floats(1e-300, 1.0), st.booleans())
def test_every_touch_is_json_and_nearly_what_it_was(
    x: float, y: float, pressure: float, moving: bool
) -> None:
    touch = Touch(0.0, Source.PLAYER, 1, x, y, moving, pressure)
    _, _, voice, *numbers, is_moving, pressed, person = json.loads(protocol.event(touch, None))
    assert (voice, is_moving, person) == (1, moving, None)
    assert numbers == pytest.approx([x, y], abs=1e-5)
    assert pressed == pytest.approx(pressure, rel=1e-3)


def test_answers() -> None:
    texts = [
        protocol.welcome({"person": 1}),
        protocol.state({"mode": "call", "silence_left_s": None}),
        protocol.refused("x" * 1000),
        protocol.pong(7.0),
        protocol.pong(0.5),
        protocol.PANIC,
    ]
    assert json.loads(protocol.frame(texts)) == [
        ["welcome", {"person": 1}],
        ["state", {"mode": "call", "silence_left_s": None}],
        ["refused", "x" * protocol.MAX_REASON],
        ["pong", 7],
        ["pong", 0.5],
        ["panic"],
    ]
