"""A board on a pseudo-terminal: it plays, is sent lines, floods, stalls, and is pulled out and plugged in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.controls import Controls
from app.core.events import EventKind, Release, Source, Touch
from app.core.parameters import Settings
from app.serial import port as port_module
from app.serial.address import SerialAddress
from app.serial.device import Device
from app.serial.errors import SerialUnavailableError
from app.serial.link import Link
from app.serial.port import SerialPort
from tests.app.core.test_controls import FakeEngine
from tests.app.serial.board import Board, wait_for, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "there are boards")


class Stand:
    """The port of a board, on a fake engine."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.board = Board(folder)
        self.engine = FakeEngine()
        self.controls = Controls(self.engine, Settings())
        address, told = SerialAddress(str(self.board.path), 115200), self.engine.told
        self.n_opens = 0
        self.port = SerialPort(
            address, self.controls, told.append, options.pop("hears", EventKind.TOUCHES), 2, **options
        )
        self.port.start()
        self.board.print("\n")  # ends the line that might have begun before

    @property
    def log(self) -> list[Any]:
        """What was played, without the times."""
        return [each[1:] for each in tuple(self.engine.log)]

    def ghost(self, voice: int, moving: bool | None) -> None:
        touch = Touch(0.0, Source.GHOST, voice, 0.5, 0.25, bool(moving))
        self.port.sink.play(Release(0.0, Source.GHOST, voice) if moving is None else touch)

    def close(self) -> None:
        self.port.close()
        self.port.sink.close()


@pytest.fixture
def stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    monkeypatch.setattr(port_module, "RETRY_S", 0.02)
    stand = Stand(tmp_path)
    count_opens(stand, monkeypatch)
    yield stand
    stand.close()


def count_opens(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `stand` know how often a device was tried."""
    link = port_module.Link

    def opened(address: SerialAddress) -> Link:
        stand.n_opens += 1
        return link(address)

    monkeypatch.setattr(port_module, "Link", opened)


def test_a_board_plays_and_is_played_to(stand: Stand) -> None:
    stand.board.print("0.25,0.5,0\r\n0.5,0.5,1\r\nrelease\r\n")
    wait_for(lambda: len(stand.log) == 3)
    assert stand.log == [
        ["player touch 0", [0.25, 0.5, 0]], ["player touch 0", [0.5, 0.5, 1]], ["player release 0", []],
    ]  # fmt: skip
    stand.ghost(0, False)
    stand.ghost(0, True)
    stand.ghost(0, None)
    assert stand.board.read_lines(3) == ["0,0.5000,0.2500,0", "0,0.5000,0.2500,1", "release,0"]


def test_values_go_in_and_out_as_the_peer_has_them(tmp_path: Path) -> None:
    stand = Stand(tmp_path, hears=EventKind.VALUES, profile="impsy")
    stand.board.print("0.1000,0.9000\n")
    wait_for(lambda: stand.log)
    assert stand.log == [["player values 0", [0.1, 0.9]]]
    stand.close()


def test_the_first_line_is_left_out_if_it_may_have_been_cut(tmp_path: Path) -> None:
    board = Board(tmp_path)
    engine = FakeEngine()
    address = SerialAddress(str(board.path), 115200)
    port = SerialPort(address, Controls(engine, Settings()), engine.told.append, EventKind.TOUCHES, 0)
    board.print("5,0.5\n0.5,0.5\n")  # the end of 0.25,0.5
    port.start()
    wait_for(lambda: engine.log)
    assert [each[1:] for each in engine.log] == [["player touch 0", [0.5, 0.5, 0]]]
    port.close()
    port.sink.close()


def test_a_contact_without_a_release_ends_by_itself(stand: Stand) -> None:
    """With nothing else that would look after it: the port does."""
    stand.board.print("0.25,0.5\n")
    wait_for(lambda: len(stand.log) == 2)
    assert stand.log[1] == ["player release 0", []]


def test_garbage_at_full_speed_is_refused_and_bounded_and_loses_no_release(stand: Stand) -> None:
    """Hundreds of kilobytes, as a board of another baud rate sends it, with a contact in the middle."""
    stand.board.print("0,0.5,0.5,0\n")
    wait_for(lambda: stand.log)
    noise = bytes(range(128, 256)) * 8 + b"\n0,1,1,x\n" * 64
    for _ in range(100):
        stand.board.write(noise)
    stand.board.print("\nrelease,0\n")
    wait_for(lambda: len(stand.log) == 2)
    assert stand.log[1] == ["player release 0", []]
    assert stand.controls.n_refused > 100 * 60
    refused = [text for text in stand.engine.told if text.startswith("Refused: Serial")]
    assert 1 <= len(refused) <= 3  # a notice in ten seconds
    stand.board.write(b"\x00\xff" * 10000 + b"\n")
    assert len(stand.port._splitter._rest) <= 1025 if stand.port._splitter else False


def test_more_lines_than_are_taken_are_dropped_but_for_releases(stand: Stand) -> None:
    voices = range(1, 60)
    stand.board.print("release\n")  # from here on no contact ends by itself
    stand.board.print("".join(f"{voice},0.5,0.5,0\n" for voice in voices))
    for voice in voices:
        stand.board.print("0,0.5,0.5,1\n" * 100 + f"release,{voice}\n")
    wait_for(lambda: all([f"player release {voice}", []] in stand.log for voice in voices))
    assert stand.controls.n_refused > 1000
    assert "at most 2000 lines a second" in stand.controls.last_refusal


def test_a_board_is_pulled_out_and_plugged_in_again(stand: Stand) -> None:
    stand.board.print("0.25,0.5,0\n")
    stand.ghost(3, False)
    wait_for(lambda: stand.log)
    stand.board.read_lines(1)
    stand.board.unplug()
    name = f"Serial {stand.board.path}"
    wait_for(lambda: stand.engine.told)
    assert stand.engine.told == [f"{name} is gone; it is opened again when it comes back."]
    assert stand.log[1:] == [["player release 0", []]] and not stand.port.is_here
    stand.ghost(3, None)
    assert stand.port.sink.n_dropped == 1
    wait_for(lambda: stand.n_opens >= 3)  # it is looked for again and again, and that is told once
    stand.board.plug()
    wait_for(lambda: len(stand.engine.told) == 2)
    assert stand.engine.told[1] == f"{name} is back." and stand.port.is_here
    stand.ghost(4, True)
    assert stand.board.read_lines(2) == ["release,3", "4,0.5000,0.2500,0"]
    stand.board.print("\n0.75,0.5\n")
    wait_for(lambda: len(stand.log) == 3)
    assert stand.log[2] == ["player touch 0", [0.75, 0.5, 0]]


def test_a_board_that_does_not_read_blocks_nobody_and_misses_no_release(stand: Stand) -> None:
    stand.ghost(0, False)
    for _ in range(5000):  # far more than the system's buffer holds
        stand.ghost(0, True)
    sink = stand.port.sink
    before = sink.n_dropped
    stand.ghost(1, False)
    stand.ghost(0, None)
    stand.ghost(1, None)
    assert sink.n_dropped > 1000 and "slower" in sink.notice
    ends = [b"release,0\n"]
    if sink.n_dropped == before:  # the system had just taken some: there was room for its beginning
        ends.append(b"release,1\n")
    lines = stand.board.read_until(lambda found: all(end in found for end in ends)).decode().splitlines()
    of_one = [line for line in lines if line in ("1,0.5000,0.2500,0", "release,1")]
    assert of_one == (["1,0.5000,0.2500,0", "release,1"] if len(ends) == 2 else [])
    of_zero = [line for line in lines if line not in of_one]
    assert of_zero[0] == "0,0.5000,0.2500,0" and of_zero[-1] == "release,0"
    assert set(of_zero[1:-1]) == {"0,0.5000,0.2500,1"}
    stand.ghost(1, False)
    assert stand.board.read_lines(1) == ["1,0.5000,0.2500,0"]


def test_the_end_releases_what_is_down_on_both_sides(stand: Stand) -> None:
    stand.board.print("0.25,0.5,0\n")
    wait_for(lambda: stand.log)
    stand.ghost(7, False)
    stand.close()
    assert stand.log[1:] == [["player release 0", []]]
    assert stand.board.read_lines(2)[-1] == "release,7"
    Device(SerialAddress(str(stand.board.path), 115200)).close()  # it was given back


def test_it_ends_although_nobody_reads(tmp_path: Path) -> None:
    stand = Stand(tmp_path)
    for _ in range(3000):
        stand.ghost(0, True)
    stand.close()
    assert not stand.port._thread.is_alive()


def test_another_baud_rate_opens_it_anew_and_another_dialect_does_not(stand: Stand) -> None:
    link, address = stand.port._link, SerialAddress(str(stand.board.path), 9600)
    stand.port.speak(stand.port.address, tuple(Source), "ghostjam")
    assert stand.port._link is link
    stand.port.speak(address, tuple(Source), "ghostjam")
    wait_for(lambda: stand.port._link not in (link, None))
    stand.ghost(0, False)
    assert stand.board.read_lines(1) == ["ghost,0,0.5000,0.2500,0"]
    assert stand.engine.told == []


def test_a_port_is_ours_alone_and_says_why_it_does_not_open(stand: Stand, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("")
    for path, why in {
        stand.board.path: "another program has it open",
        tmp_path / "none": "there is no such device; ghostjam doctor",
        **dict.fromkeys(
            (tmp_path / "text", tmp_path, "/dev/null"), "expected a serial port, got another kind of"
        ),
    }.items():
        with pytest.raises(SerialUnavailableError, match=why):
            Device(SerialAddress(str(path), 115200))
