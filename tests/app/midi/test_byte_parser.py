"""Bytes as messages, as MIDI 1.0 lets a device send them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.midi.byte_parser import ByteParser
from app.midi.messages import is_whole

ON, OFF = "90 3c 40", "80 3c 40"


@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        (ON, [ON]),
        (f"{ON} {OFF}", [ON, OFF]),
        ("90 3c 40 3e 41 3c 00", [ON, "90 3e 41", "90 3c 00"]),  # running status
        ("c0 05 06 d1 07", ["c0 05", "c0 06", "d1 07"]),  # of two bytes too
        ("90 f8 3c fe 40 f8 3e 41", ["f8", "fe", ON, "f8", "90 3e 41"]),  # realtime in between
        ("f0 7e 90 3c 40", [ON]),  # an exclusive message that was cut
        ("f0 00 01 02 f7 3c 40", []),  # and one that was not: no status runs on
        ("90 3c 40 f0 01 f8 02 f7 3e 41", [ON, "f8"]),
        ("90 3c 40 f2 01 02 3e 41", [ON]),  # a common message ends running status
        ("90 3c 40 f6 3e 41", [ON]),
        ("3c 40 90", []),  # stray data, and a status alone
        ("90 3c 90 3c 40", [ON]),  # a byte was lost
        ("90 3c b0 07 7f", ["b0 07 7f"]),
        ("ff", ["ff"]),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 99])
def test_what_is_heard_of_a_stream_in_pieces(sent: str, heard: list[str], size: int) -> None:
    parser, data = ByteParser(), bytes.fromhex(sent)
    pieces = [data[index : index + size] for index in range(0, len(data), size)]
    assert [message.hex(" ") for piece in pieces for message in parser.feed(piece)] == heard


@given(st.binary(max_size=300))
def test_whatever_comes_all_that_is_heard_is_whole_and_the_next_message_is(data: bytes) -> None:
    parser = ByteParser()
    assert all(is_whole(message) or message[0] >= 0xF8 for message in parser.feed(data))
    assert len(parser._message) <= 3
    assert parser.feed(bytes.fromhex(ON))[-1:] == [bytes.fromhex(ON)]
