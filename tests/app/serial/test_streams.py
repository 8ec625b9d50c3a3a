"""A device as a stream of bytes, shared by who reads and who writes; and MIDI over it, both ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.controls import Controls
from app.core.events import Release, Source, Touch
from app.core.parameters import Settings
from app.midi.opener import Output
from app.midi.session import Midi
from app.midi.setup import InSetup, OutSetup
from app.serial.errors import SerialError, SerialUnavailableError
from app.serial.streams import Streams
from tests.app.core.test_controls import FakeEngine
from tests.app.serial.board import Board, wait_for, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "there are boards")


def test_two_share_a_device_and_the_last_one_gives_it_back(tmp_path: Path) -> None:
    board, streams, heard = Board(tmp_path), Streams(), list[bytes]()
    name = streams.name(str(board.path))
    assert name == f"{board.path}@31250"
    out, into = streams.open(name), streams.open(name, heard.append)
    with pytest.raises(SerialUnavailableError, match="it is open with 31250 baud"):
        streams.open(f"{board.path}@9600")
    assert out.send(b"\x90\x3c\x40") and board.read_until(lambda found: len(found) == 3) == b"\x90\x3c\x40"
    out.close()
    out.close()
    board.write(b"\x90")
    wait_for(lambda: heard)
    with pytest.raises(SerialUnavailableError, match="another program"):
        Streams().open(name)
    into.close()
    Streams().open(name).close()


def test_a_device_that_is_gone_is_lost_to_all_and_another_plug_is_another_device(tmp_path: Path) -> None:
    board, streams = Board(tmp_path), Streams()
    name = streams.name(str(board.path))
    stream = streams.open(name)
    board.unplug()
    wait_for(lambda: stream.is_lost)
    assert not stream.send(b"x")
    with pytest.raises(SerialUnavailableError, match="it is gone"):
        streams.open(name)
    stream.close()
    board.plug()
    again = streams.open(name)
    assert again.send(b"y", begins=1) and board.read_until(bool) == b"y"
    again.close()


def test_an_address_that_can_be_none_is_refused() -> None:
    for text in ("", "@9600", "/dev/x@", "/dev/x@fast", "/dev/x@12", "/d\nev"):
        with pytest.raises(SerialError, match=r"expected PORT or PORT@BAUD"):
            Streams().name(text)
    assert Streams().name("COM3@9600") == "COM3@9600"


def test_midi_over_a_wire_in_and_out_and_silence_at_the_end(tmp_path: Path) -> None:
    board, engine, settings, told = Board(tmp_path), FakeEngine(), Settings(), list[str]()
    controls, columns = Controls(engine, settings), ("x", "y", "dt", "moving")
    midi = Midi(controls, settings, columns, told.append, streams=Streams())
    port = f"serial:{board.path}"
    out, _ = midi.open(OutSetup(port)), midi.open(InSetup(port))
    board.write(bytes.fromhex("90 3c 40 3e f8 41 f0 7e 01 f7 ff 3c 80 3c 00 3e 00"))
    wait_for(lambda: len(engine.log) == 4)
    assert [each[1] for each in engine.log] == [
        "player touch 32", "player touch 33", "player release 32", "player release 33",
    ]  # fmt: skip
    assert isinstance(out, Output)
    out.sink.play(Touch(0.0, Source.GHOST, 0, 0.5, 0.5, False))
    sent = board.read_until(lambda found: b"\x91" in found and len(found.partition(b"\x91")[2]) >= 2)
    pitch = sent.partition(b"\x91")[2][0]
    out.sink.play(Release(0.0, Source.GHOST, 0))
    out.sink.play(Touch(0.0, Source.GHOST, 1, 0.5, 0.5, False))
    midi.close()
    rest = board.read_until(lambda found: found.endswith(bytes((0xBF, 120, 0))))
    on, off = rest.rindex(bytes((0x91, pitch))), rest.rindex(bytes((0x81, pitch)))
    assert on < off and told == []
