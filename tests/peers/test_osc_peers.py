"""Other people's programs on the other end: Pure Data, liblo's tools and python-osc, over a real loopback.

Each is started and stopped by its test, and skipped where it is not installed:
`apt-get install puredata-core liblo-tools`.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest
from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_server import BlockingOSCUDPServer
from pythonosc.udp_client import SimpleUDPClient

from app.commands.evening import Evening
from app.events import Source
from app.parameters import Settings
from app.rig import OscInPort, OscOutPort, Rig
from tests.app.fakes import ScriptedGhost

WAIT_S = 60.0  # a busy machine is no defect
KNOCK_S = 0.05
PATCH = Path(__file__).with_name("ghostjam.pd")
PD = shutil.which("pd") or shutil.which("puredata")


class NamedGhost(ScriptedGhost):
    """A ghost that the fit of a rig can be checked against."""

    name = "scripted"


@contextmanager
def evening(send_to: int, sources: tuple[Source, ...] = tuple(Source)) -> Iterator[int]:
    """A real evening whose ghost plays a script; the port on which it listens."""
    settings = Settings()
    settings.set("threshold_s", 0.1)
    port = OscOutPort(f"127.0.0.1:{send_to}", sources=sources)
    rig = Rig(osc_in=(OscInPort("0"),), osc_out=(port,), sound=False, record=False)
    with Evening(rig, NamedGhost(), settings) as opened:  # type: ignore[arg-type]
        opened.start()
        yield int(opened.ports[0].rsplit(":", 1)[1])


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Program:
    """A running program and the lines it prints."""

    def __init__(self, *command: str) -> None:
        self.lines: list[str] = []
        self._queue: SimpleQueue[str] = SimpleQueue()
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._queue.put(line.strip())

    def wait_for(self, *wanted: str) -> None:
        """Wait until lines that hold these were printed, in this order, with others between them or not."""
        end_s = time.perf_counter() + WAIT_S
        while not _in_order(wanted, self.lines):
            self._take(max(0.0, end_s - time.perf_counter()))
            if time.perf_counter() > end_s:
                pytest.fail(f"expected {wanted} in {self.lines[:50]}")

    def wait_until_it_listens(self, port: int) -> None:
        """Knock until it prints that: what is sent to a port that nobody has opened yet is lost, unsaid."""
        end_s = time.perf_counter() + WAIT_S
        with SimpleUDPClient("127.0.0.1", port) as client:
            while not _in_order(["/knock"], self.lines):
                client.send_message("/knock", [])
                self._take(KNOCK_S)
                assert time.perf_counter() < end_s and self.process.poll() is None, self.lines

    def _take(self, timeout_s: float) -> None:
        with suppress(Empty):
            self.lines.append(self._queue.get(timeout=timeout_s))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(WAIT_S)
        self._reader.join(WAIT_S)
        assert self.process.stdout is not None
        self.process.stdout.close()


def _in_order(parts: Sequence[str], lines: Iterable[str]) -> bool:
    remaining = iter(lines)
    return all(any(part in line for line in remaining) for part in parts)


@pytest.mark.skipif(PD is None, reason="no Pure Data: apt-get install puredata-core")
def test_pure_data_plays_hears_the_ghost_and_is_answered() -> None:
    listens = free_port()
    with evening(listens) as port:
        sends = [
            f"ghostjam-listen {listens}", f"ghostjam-port {port}", "ghostjam-ping bang",
            "ghostjam-touch 2 0.5 0.25 0", "ghostjam-touch 2 0.75 0.25 1", "ghostjam-release 2",
        ]  # fmt: skip
        options = [word for send in sends for word in ("-send", send)]
        pd = Program(str(PD), "-nogui", "-noaudio", "-nomidi", "-stderr", "-open", str(PATCH), *options)
        try:
            pd.wait_for("answered: list ghostjam pong 1")
            pd.wait_for(
                "heard: list ghostjam touch player 2 0.5 0.25 0",
                "heard: list ghostjam touch player 2 0.75 0.25 1",
                "heard: list ghostjam release player 2",
                "heard: list ghostjam touch ghost 0 0.5 0.5 0",
                "heard: list ghostjam touch ghost 0 0.6 0.5 1",
            )
        finally:
            pd.stop()


@pytest.mark.skipif(shutil.which("oscsend") is None, reason="no liblo tools: apt-get install liblo-tools")
def test_liblo_plays_and_hears_the_ghost() -> None:
    listens = free_port()
    dump = Program("stdbuf", "-oL", "oscdump", str(listens))
    try:
        dump.wait_until_it_listens(listens)
        with evening(listens) as port:
            for words in (
                ["/ghostjam/set/reply_s", "f", "1.0"],
                ["/ghostjam/touch", "iffi", "1", "0.5", "0.25", "0"],
                ["/ghostjam/release", "i", "1"],
            ):
                subprocess.run(["oscsend", "127.0.0.1", str(port), *words], check=True, timeout=WAIT_S)
            dump.wait_for(
                "/ghostjam/state/reply_s f 1.000000",
                '/ghostjam/touch siffi "player" 1 0.500000 0.250000 0',
                '/ghostjam/release si "player" 1',
                '/ghostjam/touch siffi "ghost" 0 0.500000 0.500000 0',
            )
    finally:
        dump.stop()


def test_python_osc_plays_in_bundles_and_hears_the_ghost() -> None:
    heard: list[tuple[object, ...]] = []
    dispatcher = Dispatcher()
    dispatcher.set_default_handler(lambda address, *values: heard.append((address, *values)))
    server = BlockingOSCUDPServer(("127.0.0.1", 0), dispatcher)
    server.timeout = WAIT_S
    with evening(int(server.server_address[1])) as port:
        builder = OscBundleBuilder(time.time() + 0.05)  # type: ignore[arg-type]
        for address, arguments in (("touch", (0, 0.5, 0.25, 0)), ("release", (0,))):
            message = OscMessageBuilder(f"/ghostjam/{address}")
            for argument in arguments:
                message.add_arg(argument)
            builder.add_content(message.build())
        with SimpleUDPClient("127.0.0.1", port) as client:
            client.send(builder.build())
        for _ in range(3):
            server.handle_request()
    server.server_close()
    assert heard == [
        ("/ghostjam/touch", "player", 0, 0.5, 0.25, 0),
        ("/ghostjam/release", "player", 0),
        ("/ghostjam/touch", "ghost", 0, 0.5, 0.5, 0),
    ]
