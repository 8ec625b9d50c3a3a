"""A microcontroller on a pseudo-terminal plays with the bridge: in lines, over MIDI, by a rig."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import main
from app.core.events import EventKind
from app.serial.address import SerialAddress
from app.serial.device import Device
from app.serial.line_splitter import LineSplitter
from app.serial.lines_in import LinesIn
from tests.app.core.test_controls import Surface
from tests.app.midi.fakes import FakeBackend
from tests.app.runtime.test_reload import Stand
from tests.app.serial.board import WAIT_S, Board, wait_for, why_not

boards = pytest.mark.skipif(bool(why_not()), reason=why_not() or "there are boards")


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


def bridge(root: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "app", "bridge", "--no-sound", "--no-record", "--seed", "1", *options],
        cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.fixture
def program(board: Board, root: Path) -> Iterator[subprocess.Popen[str]]:
    process = bridge(root, "--serial", f"{board.path}@57600", "--threshold", "0.1")
    yield process
    process.kill()
    process.communicate()


@boards
def test_a_board_plays_a_phrase_and_is_sent_the_answer(board: Board, program: subprocess.Popen[str]) -> None:
    assert program.stdout is not None
    said = program.stdout.readline()
    assert said == f"Ghostjam: mode call, model touch; serial {board.path}@57600\n", program.communicate()
    board.print("\n")
    for index in range(30):
        board.print(f"{0.2 + 0.02 * index:.3f},0.5\r\n")
        time.sleep(0.02)
    board.print("release\r\n")
    lines = board.read_lines(20)[:20]
    surface = Surface()
    reader = LinesIn(surface.controls, "ghost", EventKind.TOUCHES, 0)
    for line in lines:
        reader.take(line.encode(), 0.0)  # what goes out is what comes in
    assert surface.controls.n_refused == 0 and len(surface.log) >= 20
    assert lines[0].endswith(",0") and any(line.endswith(",1") for line in lines)
    program.send_signal(signal.SIGTERM)
    out, err = program.communicate(timeout=WAIT_S)
    assert (out, err, program.returncode) == ("", "", 0)
    down: set[str] = set()
    for line in [*lines, *board.read(1.0).decode().splitlines()]:
        voice = line.removeprefix("release,")
        (down.discard if line != voice else down.add)(voice.split(",")[0])
    assert down == set()


@boards
def test_keys_over_a_wire_are_answered_over_it_without_a_midi_system(board: Board, root: Path) -> None:
    port = f"serial:{board.path}"
    process = bridge(root, "--midi-in", port, "--midi-out", port, "--threshold", "0.1")
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert "model keys" in said and f"MIDI in {port}@31250; MIDI out {port}@31250" in said, said
        for pitch in (60, 62, 64, 65, 67):
            board.write(bytes((0x90, pitch, 90)))
            time.sleep(0.08)
            board.write(bytes((pitch, 0)))
            time.sleep(0.02)
        board.read_until(lambda found: b"\x91" in found)  # the ghost is on channel 2
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=WAIT_S)
    finally:
        process.kill()
        process.communicate()
    assert (out, err, process.returncode) == ("", "", 0)
    assert board.read(1.0).endswith(bytes((0xBF, 120, 0)))


@boards
def test_a_knob_on_a_wire_is_learned(board: Board, root: Path) -> None:
    command = [sys.executable, "-u", "-m", "app", "learn", "--midi-in", f"serial:{board.path}"]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert f"Listening to serial:{board.path}@31250." in process.stdout.readline()
        board.write(bytes.fromhex("b0 15 40 15 41 15 42"))
        assert process.stdout.readline() == f'["control_change", 1, 21]  # serial:{board.path}@31250\n'
    finally:
        process.kill()
        process.communicate()


@boards
def test_a_rig_that_changes_while_it_plays(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f'[[serial]]\nport = "{board.path}"\nbaud = {{}}\nsources = ["player"]\n'
    stand = Stand(tmp_path, text.format(115200), FakeBackend())
    try:
        board.print("\n0.5,0.5,0\nrelease\n")
        assert board.read_lines(2) == ["0,0.5000,0.5000,0", "release,0"]
        assert stand.write(text.format(9600)) == ["rig.toml was read again."]
        wait_for(lambda: stand.session.ports.said == [f"serial {board.path}@9600"])
        both = text.format(9600).replace('["player"]', '["player", "ghost"]')
        assert stand.write(both) == ["rig.toml was read again."]
        wait_for(lambda: "(gone)" not in stand.session.ports.said[0])
        board.print("\n0.5,0.5,0\n")
        assert board.read_lines(1)[-1] == "player,0,0.5000,0.5000,0"
        (refused,) = stand.write('[[serial]]\nport = "/dev/none"\n')
        assert "serial port /dev/none: there is no such device" in refused
        assert stand.write("") == ["rig.toml was read again."] and stand.session.ports.said == []
        assert board.read_lines(1) == ["player,release,0"]
        given_back(board)
        assert stand.write(both) == ["rig.toml was read again."]
    finally:
        stand.session.close()
    given_back(board)


def given_back(board: Board) -> None:
    """A board can be opened, and nobody of ours looks after it any more."""
    Device(SerialAddress(str(board.path), 9600)).close()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("serial")] == []


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line that the bridge ends with."""
    assert main.main(["bridge", "--no-sound", "--no-record", *words]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    return err


@boards
def test_a_port_that_cannot_be_had_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    none = "there is no such device; ghostjam doctor lists those there are.\n"
    assert refused(capsys, "--serial", "/dev/none") == f"ghostjam bridge: serial port /dev/none: {none}"
    other = "expected a serial port, got another kind of file; ghostjam doctor lists those there are.\n"
    assert refused(capsys, "--serial", "/dev/null") == f"ghostjam bridge: serial port /dev/null: {other}"
    line = refused(capsys, "--midi-in", "serial:/dev/none")
    assert line == f"ghostjam bridge: MIDI input serial:/dev/none@31250 does not open: {none}"
    assert main.main(["learn", "--midi-in", "serial:/dev/none"]) == 2
    assert capsys.readouterr().err.endswith(f"MIDI input serial:/dev/none@31250 does not open: {none}")
    line = refused(capsys, "--midi-out", "serial:/dev/none@1")
    assert line.startswith("ghostjam bridge: MIDI over a serial port: expected PORT or PORT@BAUD")
    rig = tmp_path / "rig.toml"
    rig.write_text('[[serial]]\nport = "/dev/none"\nprofile = "impsy"\n')
    assert "profile impsy plays values, expected touches" in refused(capsys, "--config", str(rig))


def test_without_pyserial_one_line_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "serial", None)
    need = "serial ports need pyserial: pip install 'ghostjam[serial]'.\n"
    assert refused(capsys, "--serial", "/dev/x") == f"ghostjam bridge: serial port /dev/x: {need}"
    assert refused(capsys, "--midi-in", "serial:/dev/x").endswith(f"does not open: {need}")


def printed(sketch: str, value: float) -> list[list[str]]:
    """What each block of a sketch prints, with `value` for whatever it measures."""
    blocks = []
    for block in re.findall(r"\{((?:[^{}]*?Serial\.print[^{}]*?)+)\}", sketch):
        text = ""
        for end, argument in re.findall(r"Serial\.print(ln)?\((.*?)\);", block):
            literal, number = re.fullmatch(r'"(.*)"', argument), re.fullmatch(r".+, (\d)", argument)
            assert literal or number, argument
            text += literal[1] if literal else f"{value:.{number[1]}f}" if number else ""
            text += "\r\n" if end else ""
        blocks.append(text.split("\r\n")[:-1])
    return blocks


def test_the_sketch_of_the_readme_prints_lines_that_are_played(root: Path) -> None:
    readme = root / "README.md"
    if not readme.exists():
        pytest.skip("no README beside the tests")
    sketch = re.search(r"```cpp\n(.*?)```", readme.read_text("utf-8"), re.DOTALL)
    assert sketch and "Serial.begin(115200)" in sketch[1]
    surface, splitter = Surface(), LineSplitter()
    reader = LinesIn(surface.controls, "board", EventKind.TOUCHES, 0)
    down, up = printed(sketch[1], 0.25)
    for lines in (down, down, up):
        for line in splitter.feed("".join(f"{line}\r\n" for line in lines).encode()):
            reader.take(line, 10.0)
    assert surface.log == [
        [10.0, "player touch 0", [0.25, 0.25, 0]],
        [10.0, "player touch 0", [0.25, 0.25, 1]],
        [10.0, "player release 0", []],
    ]
