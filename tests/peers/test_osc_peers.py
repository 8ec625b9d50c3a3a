"""Other people's programs on the other end: Pure Data, liblo's tools and python-osc, over a real loopback.

Each is started and stopped by its test, and skipped where it is not installed:
`apt-get install puredata-core liblo-tools`.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_server import BlockingOSCUDPServer
from pythonosc.udp_client import SimpleUDPClient

from app.core.events import Source
from app.core.parameters import Settings
from app.runtime.rig import OscInPort, OscOutPort, Rig
from app.runtime.session import Session
from tests.app.runtime.fakes import NamedGhost
from tests.programs import PATIENCE_S, Program, free_port

KNOCK_S = 0.05
PATCH = Path(__file__).with_name("ghostjam.pd")
PD = shutil.which("pd") or shutil.which("puredata")


@contextmanager
def session(send_to: int, sources: tuple[Source, ...] = tuple(Source)) -> Iterator[int]:
    """A real evening whose ghost plays a script; the port on which it listens."""
    settings = Settings()
    settings.set("threshold_s", 0.1)
    port = OscOutPort(f"127.0.0.1:{send_to}", sources=sources)
    rig = Rig(osc_in=(OscInPort("0"),), osc_out=(port,), sound=False, record=False)
    with Session(rig, NamedGhost(), settings) as opened:  # type: ignore[arg-type]
        opened.start()
        yield int(opened.ports.said[0].rsplit(":", 1)[1])


def wait_until_it_listens(program: Program, port: int) -> None:
    """Knock until it prints that: what is sent to a port that nobody has opened yet is lost, unsaid."""
    with SimpleUDPClient("127.0.0.1", port) as client:
        program.wait_while_doing(lambda: client.send_message("/knock", []), KNOCK_S, "/knock")


@pytest.mark.skipif(PD is None, reason="no Pure Data: apt-get install puredata-core")
def test_pure_data_plays_hears_the_ghost_and_is_answered() -> None:
    listens = free_port()
    with session(listens) as port:
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
        wait_until_it_listens(dump, listens)
        with session(listens) as port:
            for words in (
                ["/ghostjam/set/reply_s", "f", "1.0"],
                ["/ghostjam/touch", "iffi", "1", "0.5", "0.25", "0"],
                ["/ghostjam/release", "i", "1"],
            ):
                subprocess.run(["oscsend", "127.0.0.1", str(port), *words], check=True, timeout=PATIENCE_S)
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
    server.timeout = PATIENCE_S
    with session(int(server.server_address[1])) as port:
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
