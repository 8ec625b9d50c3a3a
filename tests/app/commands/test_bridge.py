"""The bridge over a real loopback: ports, answers, pushed state, bad input, and a clean end."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pythonosc.osc_bundle import OscBundle

from app.cli import main
from app.core.clock import ManualClock
from app.core.controls import Controls
from app.core.events import Source
from app.core.parameters import Settings
from app.osc.address import AddressError, parse_listen
from app.osc.budget import ANSWERS
from app.osc.packet import build, build_bundle, from_unix_s, parse
from app.osc.profiles import PROFILES
from app.osc.receiver import OscIn
from app.osc.table import markdown
from app.osc.udp import PortError
from app.runtime.load import load_session
from app.runtime.rig import OscInPort, OscOutPort, Rig
from app.runtime.session import Session
from tests.app.core.test_controls import FakeEngine
from tests.app.runtime.fakes import WAIT_S, Peer, port_of, session


class Stand:
    """A port on a fake engine."""

    def __init__(self, **options: Any) -> None:
        self.engine = FakeEngine()
        self.settings = Settings()
        self.controls = Controls(self.engine, self.settings)
        self.port = OscIn("0", self.controls, **options)
        self.settings.subscribe(lambda name, value: self.port.tell_state(name, value, set()))
        self.port.start()


@pytest.fixture
def stand() -> Iterator[Stand]:
    stand = Stand()
    yield stand
    stand.port.close()


def test_what_is_sent_is_played_in_order(stand: Stand, peer: Peer) -> None:
    for index in range(100):
        peer.send(stand.port.port, "/ghostjam/touch", 0, index / 100, 0.5, int(index > 0))
    peer.send(stand.port.port, "/ghostjam/ping")
    assert peer.hear()[:3] == ("/ghostjam/pong", "i", (1,))
    assert [values[0] for _, _, values in stand.engine.log] == pytest.approx([i / 100 for i in range(100)])


def test_a_burst_waits_in_a_large_buffer(peer: Peer) -> None:
    """5 000 touches that nobody takes yet: more than the usual buffer of the kernel holds."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        room = probe.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    if room < 5001 * 768:  # of which a small datagram takes so much on Linux
        pytest.skip(f"this machine gives a buffer of {room} bytes at most")
    engine = FakeEngine()
    with closing(OscIn("0", Controls(engine, Settings()))) as port:
        for index in range(5000):
            peer.send(port.port, "/ghostjam/values", index / 5000)
        peer.send(port.port, "/ghostjam/ping")
        port.start()
        peer.hear()
        heard = [values[0] for _, _, values in engine.log]
        assert len(heard) == 5000 and heard == sorted(heard)


def test_a_bundle_waits_for_its_time_without_holding_up_others(stand: Stand, peer: Peer) -> None:
    later = build_bundle([build("/ghostjam/get", ("mode",))], from_unix_s(time.time() + 1.0))
    peer.socket.sendto(later, ("127.0.0.1", stand.port.port))
    peer.send(stand.port.port, "/ghostjam/ping")
    assert [peer.hear().address, peer.hear().address] == ["/ghostjam/pong", "/ghostjam/state/mode"]


def test_who_listens_is_told_what_others_change(stand: Stand, peer: Peer) -> None:
    peer.send(stand.port.port, "/ghostjam/listen", 1)
    peer.send(stand.port.port, "/ghostjam/ping")
    peer.hear()
    stand.settings.set("timescale", 2.0)
    assert peer.hear()[:3] == ("/ghostjam/state/timescale", "f", (2.0,))
    peer.send(stand.port.port, "/ghostjam/set/mode", "duet")
    assert peer.hear()[:3] == ("/ghostjam/state/mode", "s", ("duet",))


def test_a_listener_in_the_network_misses_values_but_never_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[Any, ...]] = []
    clock, eve = ManualClock(1.0), ("198.51.100.7", 6001)
    with closing(OscIn("0", Controls(FakeEngine(), Settings()))) as port:
        monkeypatch.setattr(port, "_send", lambda packet, to: sent.append((to, *parse(packet)[0][::2])))
        port.inbound.clock = clock
        port.inbound.listeners[eve] = 1.0
        for index in range(301):
            port.tell_state("volume", index / 300, set())
        port.tell_state("mode", "duet", set())
        n_at_once = len(sent)
        clock.advance_to(2.0)
        port._tell_owed()
        port._tell_owed()
        assert sent[n_at_once:] == [
            (eve, "/ghostjam/state/volume", (1.0,)),
            (eve, "/ghostjam/state/mode", ("duet",)),
        ]
        assert n_at_once == ANSWERS.at_once
        for index in range(301):
            port.tell_state("volume", index / 300, set())
        port.inbound.listeners.clear()
        port._tell_owed()
        assert len(sent) == 2 * n_at_once and not port._owed  # who listens no longer is owed nothing


def test_a_contact_that_is_never_released_ends(stand: Stand, peer: Peer) -> None:
    peer.send(stand.port.port, "/ghostjam/touch", 0, 0.5, 0.5, 0)
    deadline_s = time.perf_counter() + WAIT_S
    while len(stand.engine.log) < 2 and time.perf_counter() < deadline_s:
        time.sleep(0.01)
    touch, release = stand.engine.log
    assert release[1] == "player release 0" and 1.0 <= release[0] - touch[0] < WAIT_S


def test_answers_can_be_bundles_with_a_time(peer: Peer) -> None:
    stand = Stand()
    stand.port.bundles = True
    peer.send(stand.port.port, "/ghostjam/ping")
    bundle = OscBundle(peer.socket.recv(1024))
    assert bundle.content(0).address == "/ghostjam/pong"
    assert abs(bundle.timestamp - time.time()) < WAIT_S
    stand.port.close()


def test_a_port_is_closed_for_good_and_can_be_opened_again(stand: Stand) -> None:
    stand.port.close()
    stand.port.close()
    stand.settings.set("mode", "duet")  # nobody is told any more
    again = OscIn(str(stand.port.port), stand.controls)
    again.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_port_that_is_open_everywhere_is_shared_with_nobody(host: str) -> None:
    controls = Controls(FakeEngine(), Settings())
    try:
        port = OscIn(f"[{host}]:0" if ":" in host else f"{host}:0", controls)
    except PortError:
        pytest.skip("no IPv6 here")
    with closing(port):
        assert port._own is not None  # this machine's programs have a lane of their own
        for other in ("127.0.0.1", "0.0.0.0"):
            with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as thief:
                thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                with pytest.raises(OSError, match="in use"):
                    thief.bind((other, port.port))


def test_a_port_that_is_open_everywhere_answers_this_machine(peer: Peer) -> None:
    with closing(OscIn("0.0.0.0:0", Controls(FakeEngine(), Settings()))) as port:
        for _ in range(100):
            peer.send(port.port, "/ghostjam/ping")
        port.start()
        assert [peer.hear().address for _ in range(100)] == ["/ghostjam/pong"] * 100


def test_a_port_in_use_is_one_line(stand: Stand) -> None:
    with pytest.raises(PortError) as error:
        OscIn(str(stand.port.port), stand.controls)
    line = f"OSC port 127.0.0.1:{stand.port.port} cannot be opened: Address already in use."
    assert str(error.value) == line


def test_an_address_of_another_machine_cannot_be_listened_on(stand: Stand) -> None:
    with pytest.raises(PortError, match=r"OSC port 192\.0\.2\.1:9000 cannot be opened: "):
        OscIn("192.0.2.1:9000", stand.controls)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("9000", ("127.0.0.1", 9000)),
        ("0", ("127.0.0.1", 0)),
        ("0.0.0.0:0", ("0.0.0.0", 0)),
        ("[::1]:9", ("::1", 9)),
    ],
)
def test_where_to_listen(text: str, address: tuple[str, int]) -> None:
    assert parse_listen(text) == address


@pytest.mark.parametrize("text", ["", "x", "65536", "-1", ":9", "h:x", "h:65536", "a b:9", "::1:0", "/h:0"])
def test_what_is_no_place_to_listen(text: str) -> None:
    with pytest.raises(AddressError) as error:
        parse_listen(text)
    assert str(error.value).endswith(f"got {text!r}.") or "HOST:PORT" in str(error.value)


def test_thru_ghost_and_state_go_where_the_rig_says(peer: Peer) -> None:
    other = Peer()
    senders = OscOutPort(peer.address, sources=(Source.GHOST,)), OscOutPort(other.address, bundles=True)
    with session(*senders) as opened:
        opened.start()
        sender = Peer()
        sender.send(port_of(opened), "/ghostjam/touch", 3, 0.5, 0.25, 0)
        assert other.hear()[:3] == ("/ghostjam/touch", "siffi", ("player", 3, 0.5, 0.25, 0))
        sender.send(port_of(opened), "/ghostjam/release", 3)
        assert other.hear()[:3] == ("/ghostjam/release", "si", ("player", 3))
        for each in (peer, other):  # the first only hears the ghost
            message = each.hear()
            assert message.address == "/ghostjam/touch" and message.arguments[0] == "ghost"
        sender.send(port_of(opened), "/ghostjam/set/volume", 0.5)
        assert peer.hear_until(lambda m: "state" in m.address)[:3] == ("/ghostjam/state/volume", "f", (0.5,))
        sender.socket.close()
    peer.hear_until(lambda m: m.address == "/ghostjam/release")  # nothing is left held
    other.socket.close()


def test_a_model_that_hears_something_else_is_refused_to_who_asked_and_on_screen(peer: Peer) -> None:
    rig = Rig(osc_in=(OscInPort("0"),), osc_out=(OscOutPort(peer.address),), sound=False, record=False)
    with Session(rig, *load_session(rig)) as opened:
        opened.start()
        peer.send(port_of(opened), "/ghostjam/set/model", "controller")
        reasons = [str(peer.hear().arguments[0]) for _ in range(2)]  # the answer, and what everybody is told
        assert opened.controls.get("model") == opened.engine.status().model == "touch"
        notice = opened.engine.status().notice
    for reason in (*reasons, notice):
        assert "'controller', which hears dt, x1, x2, x3, x4, x5, x6, x7, x8." in reason


def test_every_port_is_heard_in_every_mode(peer: Peer) -> None:
    for mode in ("call", "duet", "solo", "listen", "loop"):
        with session(OscOutPort(peer.address, sources=(Source.PLAYER,)), receivers=2, mode=mode) as opened:
            opened.start()
            for index in range(2):
                peer.send(port_of(opened, index), "/ghostjam/touch", index, 0.5, 0.5, 0)
                assert peer.hear()[:3] == ("/ghostjam/touch", "siffi", ("player", index, 0.5, 0.5, 0))
        assert {peer.hear().address, peer.hear().address} == {"/ghostjam/release"}


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line that the bridge ends with."""
    assert main.main(["bridge", "--no-sound", "--no-record", *words]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    return err


def test_the_bridge_refuses_a_port_in_use(capsys: pytest.CaptureFixture[str], peer: Peer) -> None:
    line = f"ghostjam bridge: OSC port {peer.address} cannot be opened: Address already in use.\n"
    assert refused(capsys, "--osc-in", peer.address) == line
    assert refused(capsys, "--osc-in", "0", "--osc-in", peer.address) == line


def test_the_bridge_refuses_an_output_to_a_host_that_does_not_exist(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    line = "ghostjam bridge: OSC out no.invalid:9 cannot be opened: "
    assert refused(capsys, "--osc-in", "0", "--osc-out", "no.invalid:9").startswith(line)
    rig = tmp_path / "rig.toml"
    rig.write_text("[[osc.in]]\nlisten = 0\n[[osc.out]]\naddress = 'no.invalid:9'\n")
    assert refused(capsys, "--config", str(rig)).startswith(line)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "seed = " + 100_000 * "[",
            "1: seed: expected lines of at most 4096 characters and 256 open brackets.\n",
        ),
        ("[midi]\napi = [[[]]]", "2: midi.api: expected one of alsa, jack, core, mm, got [[[]]].\n"),
        ("seed = 1e400", "1: seed: expected a whole number from 0 to 4294967295, got inf.\n"),
    ],
)
def test_the_bridge_refuses_a_rig_of_a_wrong_shape(
    text: str, line: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rig = tmp_path / "rig.toml"
    rig.write_text(text)
    assert refused(capsys, "--config", str(rig)) == f"ghostjam bridge: {rig}:{line}"


def test_the_bridge_refuses_a_model_that_does_not_fit(capsys: pytest.CaptureFixture[str]) -> None:
    line = refused(capsys, "--osc-in", "0", "--osc-profile", "impsy")
    assert line.endswith("the profile impsy plays values, expected touches, which the model touch hears.\n")


def test_the_bridge_refuses_a_preset_of_no_model_here(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rig = tmp_path / "rig.toml"
    rig.write_text("[presets.a]\nmodel = 'none'\n[[osc.in]]\nlisten = 0\n")
    assert "model: expected one of" in refused(capsys, "--config", str(rig))


@pytest.mark.parametrize(
    "end", ["SIGTERM", *(pytest.param(s, marks=pytest.mark.slow) for s in ("SIGINT", "SIGHUP", "SIGQUIT"))]
)
def test_the_program_says_where_it_is_answers_and_ends_cleanly(
    end: str, peer: Peer, root: Path, tmp_path: Path
) -> None:
    options = ["--osc-in", "0", "--osc-out", peer.address, "--no-sound", "--threshold", "0.1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "bridge", *options, "--record", str(tmp_path)],
        cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Ghostjam: mode call, model touch; OSC in 127.0.0.1:"), process.communicate()
        port = int(line.split("; ")[1].rsplit(":", 1)[1])
        peer.send(port, "/ghostjam/touch", 0, 0.5, 0.5, 0)
        peer.send(port, "/ghostjam/release", 0)
        peer.hear_until(lambda m: m.address == "/ghostjam/touch" and m.arguments[0] == "ghost")
        process.send_signal(getattr(signal, end))
        out, err = process.communicate(timeout=WAIT_S)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0 and err == ""
    (path,) = tmp_path.iterdir()
    assert out == f"Recorded {path}\n"
    assert path.read_text().count("ghost") > 0


def test_the_readme_shows_the_addresses_there_are(root: Path) -> None:
    """`ghostjam bridge --addresses` prints the table to put there."""
    readme = root / "README.md"
    if not readme.exists():
        pytest.skip("no README beside the tests")
    assert markdown(PROFILES["ghostjam"].table) in readme.read_text("utf-8")


def test_the_addresses_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["bridge", "--addresses", "--osc-profile", "robojam"]) == 0
    assert capsys.readouterr().out == markdown(PROFILES["robojam"].table) + "\n"
