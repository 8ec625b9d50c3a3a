"""OSC packets: literal bytes, an independent encoder, and everything that is no packet."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from app.osc.packet import (
    IMMEDIATELY,
    MAX_DEPTH,
    Message,
    PacketError,
    build,
    build_bundle,
    from_unix_s,
    parse,
    to_unix_s,
)

TOUCH = b"/ghostjam/touch\0,iffi\0\0\0" + struct.pack(">iffi", 3, 0.25, 0.5, 1)
PING = b"/ghostjam/ping\0\0,\0\0\0"


def test_a_message_byte_by_byte() -> None:
    assert parse(TOUCH) == [Message("/ghostjam/touch", "iffi", (3, 0.25, 0.5, 1), IMMEDIATELY)]
    assert parse(PING) == [Message("/ghostjam/ping", "", ())]


def test_every_type_that_is_understood() -> None:
    packet = b"/a\0\0,ifhdsTF\0\0\0\0" + struct.pack(">ifqd", -1, 0.5, 1 << 40, 0.1) + b"abcd\0\0\0\0"
    assert parse(packet) == [Message("/a", "ifhdsTF", (-1, 0.5, 1 << 40, 0.1, "abcd", True, False))]


@pytest.mark.parametrize(
    ("packet", "message"),
    [
        (b"", "packet: expected a multiple of 4 bytes, got 0."),
        (TOUCH[:-1], "packet: expected a multiple of 4 bytes, got 39."),
        (TOUCH[:-4], "'/ghostjam/touch': the packet ends before its arguments ,iffi do."),
        (TOUCH[:24], "'/ghostjam/touch': the packet ends before its arguments ,iffi do."),
        (TOUCH[:16], "'/ghostjam/touch': expected type tags, got none."),
        (TOUCH + bytes(4), "'/ghostjam/touch': 4 bytes more than its type tags ,iffi say."),
        (b"ghostjam" + bytes(4), "packet: expected an address or a bundle, got b'ghostjam'."),
        (b"/abc", "address: expected a string that ends with zeros"),
        (b"/a\0x,\0\0\0", "address: expected a string that ends with zeros"),
        (b"/a\0\0iffi", "type tags: expected a string that ends with zeros"),
        (b"/a\0\0if\0\0", "'/a': expected type tags, got 'if'."),
        (b"/a\0\0,b\0\0" + bytes(4), "'/a': expected type tags out of ifhdsSTFNI, got 'b'."),
        (b"/\xff\0\0,\0\0\0", "address: expected UTF-8, got b'/\\xff'."),
        (b"/a\0\0,s\0\0\xff\xfe\0\0", "'/a': expected UTF-8, got b'\\xff\\xfe'."),
        (b"/a\0\0,s\0\0abcd", "'/a': expected a string that ends with zeros"),
        (b"#bundle\0" + bytes(4), "bundle: expected a time tag of 8 bytes, got less."),
        (b"#bundle\0" + bytes(8) + b"\0\0\0\x10" + PING[:8], "bundle: expected an element of up to 8"),
        (b"#bundle\0" + bytes(8) + b"\xff" * 4, "bundle: expected an element of up to 0 bytes, got -1."),
        (b"#bundle\0" + bytes(8) + bytes(4), "bundle: expected an element of up to 0 bytes, got 0."),
    ],
)  # fmt: skip
def test_what_is_no_packet_is_refused_with_what_is_wrong(packet: bytes, message: str) -> None:
    with pytest.raises(PacketError) as error:
        parse(packet)
    assert str(error.value).startswith(message)


def nested(depth: int) -> bytes:
    packet = PING
    for _ in range(depth):
        packet = build_bundle([packet], IMMEDIATELY)
    return packet


def test_bundles_in_bundles_to_a_depth() -> None:
    assert parse(nested(MAX_DEPTH)) == [Message("/ghostjam/ping", "", ())]
    with pytest.raises(PacketError, match="bundle: expected at most 8 levels"):
        parse(nested(MAX_DEPTH + 1))


def test_an_inner_time_tag_is_not_before_the_outer_one() -> None:
    inner, later = build_bundle([PING], 5), build_bundle([PING], 90)
    assert [m.time_tag for m in parse(build_bundle([PING, inner, later], 50))] == [50, 50, 90]


def test_one_bad_element_spoils_the_bundle() -> None:
    with pytest.raises(PacketError):
        parse(build_bundle([PING, TOUCH[:-4]], IMMEDIATELY))


texts = st.text("a\u00e4/ \u20ac,#x", max_size=9)
arguments = st.lists(st.integers(-(2**31), 2**31 - 1) | st.floats(width=32, allow_nan=False) | texts)


@given(st.text("abc/_1", max_size=9), arguments)
def test_an_independent_implementation_writes_the_same(name: str, values: list[int | float | str]) -> None:
    builder = OscMessageBuilder("/" + name)
    for value in values:
        builder.add_arg(value, {int: "i", float: "f", str: "s"}[type(value)])
    packet = build("/" + name, values)
    assert packet == builder.build().dgram
    assert parse(packet)[0].arguments == tuple(values)
    assert OscMessage(packet).params == values


@given(st.binary(max_size=80) | st.builds(lambda at, byte: TOUCH[:at] + bytes([byte]) + TOUCH[at + 1 :],
                                          st.integers(0, 39), st.integers(0, 255)))  # fmt: skip
def test_any_bytes_give_messages_or_a_packet_error(packet: bytes) -> None:
    try:
        messages = parse(packet)
    except PacketError as error:
        assert str(error)
    else:
        assert all(isinstance(message, Message) for message in messages)


def test_time_tags_against_an_independent_implementation() -> None:
    unix_s = 1_900_000_000.25
    bundle = OscBundle(build_bundle([PING], from_unix_s(unix_s)))
    assert bundle.timestamp == pytest.approx(unix_s, abs=1e-6)
    assert math.isclose(to_unix_s(from_unix_s(unix_s)), unix_s, abs_tol=1e-6)
