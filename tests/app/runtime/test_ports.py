"""Ports that open and close while an evening plays, by OSC."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from app.core.events import Event, Release, Source, Touch
from app.core.parameters import Settings
from app.midi import session as midi_session
from app.midi.errors import MidiUnavailableError
from app.osc.inbound import Inbound
from app.osc.packet import build, parse
from app.osc.profiles import PROFILES
from app.osc.table import is_loopback
from app.runtime.osc_ports import OpenOscIn
from app.runtime.rig import OscInPort, OscOutPort, Rig, read_rig
from app.runtime.session import Session
from tests.app.core.test_controls import Surface
from tests.app.fakes import RecordingSink, Stage
from tests.app.midi.fakes import FakeBackend
from tests.app.runtime.fakes import NamedGhost, Peer, port_of, session

PORT = "/ghostjam/port/"
REFUSED = "/ghostjam/refused"
PORTS = "/ghostjam/state/ports"


def ask(peer: Peer, opened: Session, what: str, name: str) -> tuple[str, str]:
    """Ask for a port; the address and the text of the answer."""
    peer.send(port_of(opened), PORT + what, name)
    message = peer.hear_until(lambda m: m.address in (REFUSED, PORTS))
    return message.address, str(message.arguments[0])


def test_an_output_joins_in_the_middle_of_a_contact_and_leaves_with_a_release(peer: Peer) -> None:
    other = Peer()
    with session() as opened:
        opened.start()
        port = port_of(opened)
        peer.send(port, "/ghostjam/touch", 0, 0.25, 0.5, 0)
        said = ask(peer, opened, "osc_out/add", other.address)
        assert said == (PORTS, f"OSC in 127.0.0.1:{port}; OSC out {other.address}")
        peer.send(port, "/ghostjam/touch", 0, 0.5, 0.5, 1)
        heard = other.hear_until(lambda m: m.address == "/ghostjam/touch")
        assert heard.arguments == ("player", 0, 0.5, 0.5, 0)  # for it the contact begins here
        peer.send(port, "/ghostjam/touch", 0, 0.75, 0.5, 1)
        assert other.hear()[2] == ("player", 0, 0.75, 0.5, 1)
        assert ask(peer, opened, "osc_out/remove", other.address) == (PORTS, f"OSC in 127.0.0.1:{port}")
        assert other.hear_until(lambda m: "state" not in m.address)[::2] == (
            "/ghostjam/release", ("player", 0),
        )  # fmt: skip
        peer.send(port, "/ghostjam/release", 0)
        peer.send(port, "/ghostjam/ping")
        peer.hear_until(lambda m: m.address == "/ghostjam/pong")
    other.socket.settimeout(0.0)
    with pytest.raises(BlockingIOError):
        other.hear()
    other.socket.close()


def test_what_a_late_sink_is_told() -> None:
    """Of contacts that were down before it came: a begin, or nothing if they only end. All are released."""
    stage = Stage("listen")
    stage.play([[0.1, "touch 0", [0.1, 0.5, 0]], [0.1, "touch 1", [0.2, 0.5, 0]]])
    late = RecordingSink()
    stage.engine.add_sink(late)
    stage.play([[0.2, "touch 0", [0.3, 0.5, 1]], [0.3, "release 1", []], [0.4, "touch 1", [0.4, 0.5, 0]]])
    stage.engine.remove_sink(late)
    stage.play([[0.5, "touch 1", [0.5, 0.5, 1]], [0.6, "release 0", []]], until=0.7)
    assert late.log == [
        [0.2, "player touch 0", [0.3, 0.5, 0]],
        [0.4, "player touch 1", [0.4, 0.5, 0]],
        [0.4, "player release 0", []],
        [0.4, "player release 1", []],
    ]
    assert late.values["instrument"] == "strings" and late.n_closes == 0
    assert [entry[1] for entry in stage.sink.log].count("player release 0") == 1


@pytest.mark.parametrize(
    ("what", "name", "reason"),
    [
        ("osc_out/add", "nowhere", "address: expected HOST:PORT with a port from 1 to 65535"),
        ("osc_out/add", "127.0.0.1:70000", "address: expected HOST:PORT with a port from 1 to 65535"),
        (
            "osc_out/remove",
            "127.0.0.1:9",
            "OSC out: expected one that is open, THERE, got '127.0.0.1:9'.",
        ),
        ("osc_out/add", "THERE", "OSC out THERE is open already."),
        ("osc_out/add", "no.invalid:9", "OSC out no.invalid:9 cannot be opened: "),
        ("osc_out/add", "a..b:9", "OSC out a..b:9 cannot be opened: "),
        ("midi_in/add", "piano", "MIDI input: expected a part of a port's name, got 'piano'; there is keys"),
        ("midi_in/remove", "keys", "MIDI input: expected a part of a port's name, got 'keys'; there is no"),
        ("midi_out/add", "piano", "MIDI output: expected a part of a port's name, got 'piano'; there is syn"),
        ("midi_out/remove", "", "MIDI output: expected a part of a port's name, got ''; there is no"),
    ],
)
def test_what_is_wrong_is_refused_in_one_line(
    what: str, name: str, reason: str, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(midi_session, "RtMidi", lambda _: FakeBackend(("keys",), ("synth",)))
    there = Peer()
    with session(OscOutPort(there.address)) as opened:
        opened.start()
        before = opened.ports.said
        address, text = ask(peer, opened, what, name.replace("THERE", there.address))
        assert address == REFUSED and "\n" not in text
        assert text.startswith(f"{PORT}{what}: {reason.replace('THERE', there.address)}"), text
        assert opened.ports.said == before
        assert str(opened.controls.get("last_refusal")).endswith(text)
        notice = there.hear_until(lambda m: m.address == "/ghostjam/state/notice")
        assert text in str(notice.arguments[0])  # everybody is told
    there.socket.close()


def test_midi_comes_and_goes_and_nothing_is_left_sounding(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = FakeBackend(("keys",), ("synth",))
    monkeypatch.setattr(midi_session, "RtMidi", lambda _: backend)
    with session() as opened:
        opened.start()
        osc_in = f"OSC in 127.0.0.1:{port_of(opened)}"
        assert ask(peer, opened, "midi_out/add", "syn") == (PORTS, f"{osc_in}; MIDI out synth")
        assert ask(peer, opened, "midi_out/add", "synth")[1].endswith("MIDI out synth is open already.")
        said = f"{osc_in}; MIDI in keys; MIDI out synth"
        assert ask(peer, opened, "midi_in/add", "keys") == (PORTS, said)
        assert ask(peer, opened, "midi_in/add", "key")[1].endswith("MIDI in key is open already.")
        synth = backend.synths["synth"]
        peer.send(port_of(opened), "/ghostjam/touch", 0, 0.5, 0.5, 0)
        assert ask(peer, opened, "midi_in/remove", "keys") == (PORTS, f"{osc_in}; MIDI out synth")
        assert backend.receivers == {}
        assert ask(peer, opened, "midi_out/remove", "synth") == (PORTS, osc_in)
        assert [message[0] for message in synth.log if message[0] & 0xF0 == 0x90] == [0x90]
        assert synth.sounding == set() and synth.closed


@pytest.mark.parametrize("what", ["midi_in/remove", "midi_out/remove"])
def test_nothing_is_opened_to_close_a_port(what: str, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    opened_apis: list[str] = []

    def note(api: str) -> FakeBackend:
        opened_apis.append(api)
        return FakeBackend(("keys",), ("synth",))

    monkeypatch.setattr(midi_session, "RtMidi", note)
    with session() as opened:
        opened.start()
        assert ask(peer, opened, what, "keys")[0] == REFUSED
    assert opened_apis == []


def test_without_a_midi_system_that_is_the_reason(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(api: str) -> FakeBackend:
        raise MidiUnavailableError("no sequencer")

    monkeypatch.setattr(midi_session, "RtMidi", none)
    with session() as opened:
        opened.start()
        line = f"{PORT}midi_in/add: MIDI is off: no sequencer"
        assert ask(peer, opened, "midi_in/add", "keys") == (REFUSED, line)


def test_no_more_ports_than_a_patch_that_is_sane_needs(peer: Peer) -> None:
    with session() as opened:
        opened.start()
        answers = [ask(peer, opened, "osc_out/add", f"127.0.0.1:{9000 + n}") for n in range(17)]
    assert [address for address, _ in answers] == [PORTS] * 16 + [REFUSED]
    assert answers[-1][1].endswith("OSC out: expected at most 16 ports.")


class PortsLog:
    """Notes what it is asked for, and does it at once."""

    def __init__(self) -> None:
        self.log: list[Any] = []
        self.said = ["OSC in 9"]

    def change(self, kind: str, verb: str, name: str, answer: Any) -> None:
        self.log.append([kind, verb, name])
        answer("", ())


def asked(sender: tuple[str, int], *, remote_ports: bool = False) -> tuple[list[Any], Any]:
    """What the ports were asked for by a message of `sender`, and what it was answered."""
    surface, ports, sent = Surface(), PortsLog(), []
    surface.controls.ports = ports
    inbound = Inbound(
        surface.controls, PROFILES["ghostjam"], lambda packet, to: sent.append((to, *parse(packet)[0][::2])),
        remote_ports=remote_ports,
    )  # fmt: skip
    inbound.receive(build(f"{PORT}osc_out/add", ("127.0.0.1:9",)), sender)
    (answer,) = sent
    assert answer[0] == sender
    return ports.log, answer[1:]


def test_a_state_is_sent_once_to_whoever_listens_asks_and_is_an_output(peer: Peer) -> None:
    """On both ports it listens, an output sends to it, and it asks for a change of the ports."""
    with session(OscOutPort(peer.address), receivers=2) as opened:
        opened.start()
        ports = [port_of(opened, index) for index in range(2)]
        for port in ports:
            peer.send(port, "/ghostjam/listen", 1)
            peer.send(port, "/ghostjam/ping")
            peer.hear_until(lambda m: m.address == "/ghostjam/pong")
        peer.send(ports[0], "/ghostjam/set/timescale", 2.0)
        peer.send(ports[0], "/ghostjam/port/osc_out/add", "127.0.0.1:9")
        peer.send(ports[0], "/ghostjam/port/osc_out/remove", "127.0.0.1:9")
        heard: list[tuple[str, Any]] = []
        while sum(address == PORTS for address, _ in heard) < 2 or len(heard) < 3:
            message = peer.hear()
            heard.append((message.address, message.arguments))
        peer.send(ports[1], "/ghostjam/ping")
        while (message := peer.hear()).address != "/ghostjam/pong":
            heard.append((message.address, message.arguments))
    assert [address for address, _ in heard] == ["/ghostjam/state/timescale", PORTS, PORTS]


def test_who_is_an_output_from_now_on_is_told_of_it_once(peer: Peer) -> None:
    """Also if it listens: the input that it listens on was there before the output."""
    with session() as opened:
        opened.start()
        for listens in (0, 1):
            peer.send(port_of(opened), "/ghostjam/listen", listens)
            assert ask(peer, opened, "osc_out/add", peer.address)[0] == PORTS
            peer.send(port_of(opened), "/ghostjam/set/timescale", 2.0 + listens)
            peer.send(port_of(opened), "/ghostjam/ping")
            heard = [peer.hear().address for _ in range(2)]
            assert heard == ["/ghostjam/state/timescale", "/ghostjam/pong"]
            assert ask(peer, opened, "osc_out/remove", peer.address)[0] == PORTS


def test_only_this_machine_changes_ports_unless_the_rig_allows_others() -> None:
    done = ([["osc_out", "add", "127.0.0.1:9"]], (PORTS, ("OSC in 9",)))
    assert asked(("127.0.0.1", 5000)) == done
    log, (address, (text,)) = asked(("192.0.2.7", 5000))
    assert (log, address) == ([], REFUSED) and "only this machine may change ports" in text
    assert asked(("192.0.2.7", 5000), remote_ports=True) == done


def test_where_the_ports_are_fixed_that_is_said() -> None:
    surface, sent = Surface(), list[Any]()
    inbound = Inbound(surface.controls, PROFILES["ghostjam"], lambda packet, _: sent.append(parse(packet)[0]))
    inbound.receive(build(f"{PORT}midi_in/add", ("keys",)), ("127.0.0.1", 1))
    assert sent[0][2] == (f"{PORT}midi_in/add: the ports are fixed here.",)


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        (("127.0.0.1", 1), True), (("127.8.8.8", 1), True), (("::1", 1, 0, 0), True),
        (("::ffff:127.0.0.1", 1, 0, 0), True), (("fe80::1%eth0", 1, 0, 2), False),
        (("192.168.1.2", 1), False), (("::ffff:10.0.0.1", 1, 0, 0), False), (("", 1), False), (None, False),
    ],
)  # fmt: skip
def test_what_is_this_machine(sender: Any, expected: bool) -> None:
    assert is_loopback(sender) is expected


def test_the_rig_says_whether_others_may(tmp_path: Any) -> None:
    path = tmp_path / "rig.toml"
    path.write_text('[[osc.in]]\nlisten = "0.0.0.0:9000"\nremote_ports = true\n')
    assert read_rig(path).osc_in == (OscInPort("0.0.0.0:9000", remote_ports=True),)


class HangingSink(RecordingSink):
    """Takes what it is given, and raises when it is played."""

    def play(self, event: Event) -> None:
        raise OSError("the device is gone")


def test_a_sink_that_fails_can_be_removed_too() -> None:
    stage, broken = Stage("listen"), HangingSink()
    stage.engine.add_sink(broken)
    stage.play([[0.1, "touch 0", [0.1, 0.5, 0]]], until=0.2)
    stage.engine.remove_sink(broken)
    stage.play([[0.3, "release 0", []]], until=0.4)
    assert stage.engine.status().counters.sink_faults == 2  # played, and asked to let go of it
    assert [type(event) for event in stage.sink.events] == [Touch, Release]
    assert stage.sink.events[0].source is Source.PLAYER


def test_an_evening_of_a_real_engine_gives_everything_back() -> None:
    """A port that came by OSC is closed with the others."""
    there, peer = Peer(), Peer()
    opened = Session(Rig(osc_in=(OscInPort("0"),), sound=False, record=False), NamedGhost(), Settings())  # type: ignore[arg-type]
    with opened:
        opened.start()
        ask(peer, opened, "osc_out/add", there.address)
        peer.send(port_of(opened), "/ghostjam/touch", 0, 0.5, 0.5, 0)
        there.hear_until(lambda m: m.address == "/ghostjam/touch")
    assert there.hear_until(lambda m: m.address == "/ghostjam/release")[2] == ("player", 0)
    there.socket.close()
    peer.socket.close()


def test_a_port_that_cannot_be_closed_keeps_none_of_the_others_open(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Session(Rig(osc_in=(OscInPort("0"),) * 3, sound=False, record=False), NamedGhost(), Settings())  # type: ignore[arg-type]
    opened.start()
    first, *others = [each for each in opened.ports._open if isinstance(each, OpenOscIn)]
    midi_closed: list[bool] = []
    monkeypatch.setattr(opened.ports._midi, "close", lambda: midi_closed.append(True))
    close = first.device.close

    def fail() -> None:
        close()
        raise OSError("the driver says no")

    monkeypatch.setattr(first.device, "close", fail)
    with pytest.raises(OSError, match="the driver says no"):
        opened.close()
    assert midi_closed
    for each in (first, *others):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", each.device.port))
