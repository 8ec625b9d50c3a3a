"""`ghostjam bridge` over a real MIDI transport: JACK with its dummy driver, and a peer with its own ports."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.osc.packet import Argument, build, parse
from tests.programs import PATIENCE_S, Program

GHOSTJAM = (sys.executable, "-u", "-m", "app")
RIG = """
sound = false
record = false
[parameters]
threshold_s = 0.2
scale = "chromatic"
[midi]
api = "jack"
[[midi.in]]
port = "peer-keys"
[midi.in.controls]
mute = ["control_change", 16, 1]
[[midi.out]]
port = "peer-synth"
"""


def why_not() -> str:
    """Why JACK cannot be used here, "" if it can."""
    if sys.platform != "linux":
        return "JACK's dummy driver is tried on Linux only"
    if shutil.which("jackd") is None:
        return "no jackd (Debian: apt-get install jackd2)"
    try:
        import rtmidi
    except ImportError:
        return "no python-rtmidi for this Python"
    return "" if rtmidi.API_UNIX_JACK in rtmidi.get_compiled_api() else "python-rtmidi was built without JACK"


pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "JACK is here")


def wait_for(condition: Callable[[], object], what: str) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end_s, what
        time.sleep(0.02)


class Jack:
    """A JACK server of this test's own; skips the test where it does not start."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.start()

    def start(self) -> None:
        self._server = subprocess.Popen(
            ["jackd", "--no-realtime", "--no-mlock", "--name", self._name, "-d", "dummy", "-r", "48000",
             "-p", "128"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        if not _answers(self._server):
            pytest.skip("jackd does not start here")

    def kill(self) -> None:
        self._server.kill()
        self._server.wait(PATIENCE_S)

    def stop(self) -> None:
        self._server.terminate()
        self._server.wait(PATIENCE_S)


@pytest.fixture
def jack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Jack]:
    name = f"ghostjam-test-{os.getpid()}"
    monkeypatch.setenv("JACK_DEFAULT_SERVER", name)
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    monkeypatch.setenv("JACK_NO_AUDIO_RESERVATION", "1")
    server = Jack(name)
    try:
        yield server
    finally:
        server.stop()


def _answers(server: subprocess.Popen[bytes]) -> bool:
    import rtmidi

    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s and server.poll() is None:
        time.sleep(0.1)
        try:
            rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "knock").delete()
        except Exception:  # rtmidi has errors of its own
            continue
        return True
    return False


class Peer:
    """Another program: a keyboard and a synthesizer that knows what it sounds."""

    def __init__(self) -> None:
        import rtmidi

        self.log: list[list[int]] = []
        self.keys = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "peer")
        self.keys.open_virtual_port("peer-keys")
        self.synth: Any = None
        self.plug()

    def plug(self) -> None:
        """Switch the synthesizer on."""
        import rtmidi

        self.synth = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, "peer2")
        self.synth.set_callback(lambda message, _: self.log.append(list(message[0])))
        self.synth.open_virtual_port("peer-synth")

    def unplug(self) -> None:
        """Switch it off."""
        self.synth.cancel_callback()
        self.synth.close_port()
        self.synth.delete()

    def notes(self, channel: int) -> list[int]:
        """The notes begun on a channel, from 0."""
        return [m[1] for m in list(self.log) if m[0] == 0x90 | channel and m[2] > 0]

    @property
    def sounding(self) -> set[tuple[int, int]]:
        """What began and was not ended; no all notes off is believed."""
        held: set[tuple[int, int]] = set()
        for message in list(self.log):
            if message[0] & 0xE0 == 0x80:
                note = (message[0] & 0x0F, message[1])
                held.add(note) if message[0] & 0x10 and message[2] else held.discard(note)
        return held

    def close(self) -> None:
        self.unplug()
        self.keys.close_port()
        self.keys.delete()

    def abandon(self) -> None:
        """Its server is gone: to close what it had would crash."""
        self.synth.cancel_callback()
        for port in (self.synth, self.keys):
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(port))


def press(peer: Peer, key: int) -> None:
    """Press a key until it sounds: JACK may need a cycle or two before a new connection carries anything."""

    def sounds() -> bool:
        peer.keys.send_message([0x80, key, 0])
        peer.keys.send_message([0x90, key, 100])
        time.sleep(0.1)
        return key in peer.notes(0)

    wait_for(sounds, "thru: the key sounds")


@pytest.mark.slow
def test_a_key_is_answered_and_nothing_is_left_sounding(jack: Jack, tmp_path: Path, root: Path) -> None:
    peer = Peer()
    rig = tmp_path / "rig.toml"
    rig.write_text(RIG, "utf-8")
    bridge = Program(*GHOSTJAM, "bridge", "--config", str(rig), "--seed", "1", cwd=root)
    try:
        bridge.wait_for("Ghostjam: ")
        assert "MIDI in " in bridge.lines[-1] and "MIDI out " in bridge.lines[-1]
        press(peer, 60)
        for bend in range(0, 127, 8):
            peer.keys.send_message([0xE0, 0, bend])
            time.sleep(0.02)
        peer.keys.send_message([0x80, 60, 0])
        wait_for(lambda: peer.notes(1), "the ghost answers")

        peer.unplug()
        del peer.log[:]
        bridge.wait_for("MIDI output peer-synth is gone")
        peer.plug()
        wait_for(lambda: peer.notes(1), "the ghost is heard again on the port that came back")

        peer.keys.send_message([0xBF, 1, 127])  # mute
        wait_for(lambda: not {note for note in peer.sounding if note[0] == 1}, "mute ends the ghost's notes")
        assert bridge.stop() == 0
        wait_for(lambda: not peer.sounding, "every note ended")
    finally:
        bridge.stop()
        peer.close()


HOLDING = """
sound = false
record = false
[parameters]
model = "touch"
mode = "listen"
scale = "chromatic"
[[osc.out]]
address = "ADDRESS"
[midi]
api = "jack"
[[midi.in]]
port = "peer-keys"
[[midi.out]]
port = "peer-synth"
[[midi.out]]
port = "virtual:thru"
"""
TIMES = 10


@pytest.mark.slow
def test_a_server_that_is_killed_and_comes_back_leaves_nothing_held(
    jack: Jack, tmp_path: Path, root: Path
) -> None:
    ears = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ears.bind(("127.0.0.1", 0))
    ears.setblocking(False)
    rig = tmp_path / "rig.toml"
    rig.write_text(HOLDING.replace("ADDRESS", f"127.0.0.1:{ears.getsockname()[1]}"), "utf-8")
    held: set[Argument] = set()

    def heard() -> set[Argument]:
        with contextlib.suppress(BlockingIOError):
            while True:
                for message in parse(ears.recv(65536)):
                    if message.address == "/ghostjam/touch":
                        held.add(message.arguments[1])
                    elif message.address == "/ghostjam/release":
                        held.discard(message.arguments[1])
        return held

    peer = Peer()
    bridge = Program(*GHOSTJAM, "bridge", "--config", str(rig), cwd=root)
    try:
        bridge.wait_for("Ghostjam: ")
        for _ in range(TIMES):
            press(peer, 60)
            assert heard()
            jack.kill()
            peer.abandon()
            del bridge.lines[:]
            for port in ("input peer-keys", "output peer-synth", "output virtual:thru"):
                bridge.wait_for(f"MIDI {port} is gone")
            wait_for(lambda: not heard(), "what the keys held ended")
            jack.start()
            peer = Peer()
            for port in ("input peer-keys", "output peer-synth", "output virtual:thru"):
                bridge.wait_for(f"MIDI {port} is back")
        press(peer, 64)
        assert bridge.stop() == 0
        wait_for(lambda: not peer.sounding, "every note ended")
        assert not heard()
    finally:
        bridge.stop()
        peer.close()
        ears.close()


@pytest.mark.slow
def test_a_system_exclusive_message_that_is_cut_makes_nobody_deaf(
    jack: Jack, tmp_path: Path, root: Path
) -> None:
    peer, rig = Peer(), tmp_path / "rig.toml"
    rig.write_text(RIG, "utf-8")
    bridge = Program(*GHOSTJAM, "bridge", "--config", str(rig), cwd=root)
    try:
        bridge.wait_for("Ghostjam: ")
        press(peer, 60)
        peer.keys.send_message([0xF0, 1, 2, 3])
        press(peer, 64)
        assert bridge.stop() == 0
        wait_for(lambda: not peer.sounding, "every note ended")
    finally:
        bridge.stop()
        peer.close()


def test_learn_prints_what_was_moved(jack: Jack, root: Path) -> None:
    peer = Peer()
    learn = Program(*GHOSTJAM, "learn", "--api", "jack", "--midi-in", "peer-keys", cwd=root)

    def turn() -> None:
        for value in range(40):
            peer.keys.send_message([0xF8])  # clock
            peer.keys.send_message([0xB2, 21, value])
            time.sleep(0.02)

    try:
        learn.wait_for("peer-keys")
        learn.wait_while_doing(turn, 1.0, '["control_change", 3, 21]')
        assert learn.stop() == 0
    finally:
        learn.stop()
        peer.close()


LIVE = """
sound = false
record = false
[parameters]
mode = "listen"
[[osc.in]]
listen = 0
[midi]
api = "jack"
[[midi.in]]
port = "peer-keys"
clock = true
"""


@pytest.mark.slow
def test_ports_come_by_osc_a_mapping_by_the_file_and_a_clock_is_heard(
    jack: Jack, tmp_path: Path, root: Path
) -> None:
    peer, rig = Peer(), tmp_path / "rig.toml"
    rig.write_text(LIVE, "utf-8")
    bridge = Program(*GHOSTJAM, "bridge", "--config", str(rig), cwd=root)
    osc = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    osc.settimeout(PATIENCE_S)
    try:
        bridge.wait_for("OSC in ")
        port = ("127.0.0.1", int(bridge.lines[-1].split("OSC in 127.0.0.1:")[1].split(";")[0]))

        def ask(address: str, *arguments: Argument) -> Argument:
            osc.sendto(build(address, arguments), port)
            return parse(osc.recv(65536))[0].arguments[0]

        assert "MIDI out" in str(ask("/ghostjam/port/midi_out/add", "peer-synth"))
        press(peer, 60)
        # The one that came by OSC is now the one in the file, with the file's mapping.
        rig.write_text(LIVE + '[[midi.out]]\nport = "peer-synth"\nchannels = { player = 6 }\n', "utf-8")
        wait_for(lambda: not peer.sounding, "what sounded by the old mapping ended")
        assert "MIDI out" in str(ask("/ghostjam/get", "ports"))

        def ticks() -> bool:
            for _ in range(48):
                peer.keys.send_message([0xF8])
                time.sleep(0.02)
            return 10.0 < float(ask("/ghostjam/get", "bpm")) < 130.0  # 125, and less on a busy machine

        wait_for(ticks, "the clock is heard")
        peer.keys.send_message([0x80, 60, 0])
        peer.keys.send_message([0x90, 62, 100])
        wait_for(lambda: 62 in peer.notes(5), "the mapping of the file")
        assert bridge.stop() == 0
        wait_for(lambda: not peer.sounding, "every note ended")
    finally:
        osc.close()
        bridge.stop()
        peer.close()


IMPSY_CONFIG = """
log_input = false
[interaction]
mode = "callresponse"
threshold = 0.2
input_thru = false
[model]
dimension = 3
file = "MODEL"
sigmatemp = 0.01
pitemp = 1.5
timescale = 1
[midi]
in_device = ["peer-keys"]
out_device = ["peer-synth"]
input."peer-keys" = [["control_change", 1, 20], ["control_change", 1, 21]]
output."peer-synth" = [["note_on", 3], ["control_change", 3, 74]]
"""


@pytest.mark.shared
@pytest.mark.slow
def test_a_setup_of_impsy_plays_as_it_is(jack: Jack, tmp_path: Path, root: Path, shared_folder: Path) -> None:
    """Its configuration, converted by the command, and its model: knobs in, notes and a controller out."""
    model = next((shared_folder / "impsy-conformance").glob("*.tflite"))
    config, rig = tmp_path / "config.toml", tmp_path / "rig.toml"
    config.write_text(IMPSY_CONFIG.replace("MODEL", str(model)), "utf-8")
    subprocess.run([*GHOSTJAM, "impsy-config", str(config), "--out", str(rig)], cwd=root, check=True)
    text = rig.read_text("utf-8")
    assert "\n[midi]" not in text
    rig.write_text(text.replace("[[midi.in]]", '[midi]\napi = "jack"\n[[midi.in]]'), "utf-8")
    peer = Peer()
    bridge = Program(*GHOSTJAM, "bridge", "--config", str(rig), "--no-sound", cwd=root)
    try:
        bridge.wait_for("MIDI in ")
        for value in range(0, 120, 10):
            peer.keys.send_message([0xB0, 20 + value % 20 // 10, value])
            time.sleep(0.05)
        wait_for(lambda: len(peer.notes(2)) > 3, "the ghost answers with notes")
        assert any(m[:2] == [0xB2, 74] for m in list(peer.log))
        assert {m[0] & 0x0F for m in list(peer.log)} == {2}  # thru is off
        assert bridge.stop() == 0
        wait_for(lambda: not peer.sounding, "every note ended")
    finally:
        bridge.stop()
        peer.close()
