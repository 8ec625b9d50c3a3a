"""OSC out: literal messages over a real loopback, and addresses that nobody answers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_message import OscMessage
from pythonosc.osc_server import BlockingOSCUDPServer

from app.core.events import Event, Release, Source, Touch, Values
from app.osc.address import AddressError, parse_address
from app.osc.ghostjam import encode
from app.osc.out import OscOut
from app.osc.udp import PortError

P, G = Source.PLAYER, Source.GHOST
WAIT_S = 60.0  # a busy machine is no defect


class Listener:
    """A python-osc server that is asked for one message at a time."""

    def __init__(self, family: int = socket.AF_INET, host: str = "127.0.0.1") -> None:
        self.messages: list[tuple[Any, ...]] = []
        dispatcher = Dispatcher()
        dispatcher.set_default_handler(lambda address, *values: self.messages.append((address, *values)))
        self.server = BlockingOSCUDPServer((host, 0), dispatcher)
        self.server.timeout = WAIT_S
        self.port = int(self.server.server_address[1])

    def receive(self, n_messages: int) -> list[tuple[Any, ...]]:
        for _ in range(n_messages):
            self.server.handle_request()
        return self.messages


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.server.server_close()


def test_every_kind_of_event_arrives(listener: Listener) -> None:
    out = OscOut(f"127.0.0.1:{listener.port}")
    events: list[Event] = [
        Touch(1.0, P, 3, 0.25, 0.75, True),
        Values(1.0, G, (0.5, 0.125)),
        Release(1.0, P, 3),
    ]
    for event in events:
        out.play(event)
    assert listener.receive(3) == [
        ("/ghostjam/touch", "player", 3, 0.25, 0.75, 1),
        ("/ghostjam/values", "ghost", 0.5, 0.125),
        ("/ghostjam/release", "player", 3),
    ]
    assert (out.n_dropped, out.notice) == (0, "")
    out.close()


@pytest.mark.parametrize(
    ("event", "types"),
    [
        (Touch(1.0, P, 0, 0.0, 1.0, False), b",siffi"),
        (Release(1.0, G, 0), b",si"),
        (Values(1.0, P, (0.0, 0.5, 1.0)), b",sfff"),
    ],
)
def test_types_are_what_the_door_promises(event: Event, types: bytes) -> None:
    datagram = encode(event)
    start = datagram.index(b",")
    assert datagram[start : datagram.index(b"\0", start)] == types
    assert OscMessage(datagram).params[0] == event.source.value


def test_sending_never_waits(listener: Listener) -> None:
    out = OscOut(f"127.0.0.1:{listener.port}")
    assert out._socket is not None and not out._socket.getblocking()
    out.close()


def test_ipv6_loopback() -> None:
    try:
        receiver = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        receiver.bind(("::1", 0))
    except OSError:
        pytest.skip("no IPv6 here")
    with receiver:
        receiver.settimeout(WAIT_S)
        out = OscOut(f"[::1]:{receiver.getsockname()[1]}")
        out.play(Release(1.0, P, 0))
        assert OscMessage(receiver.recv(100)).address == "/ghostjam/release"
        out.close()


def test_a_host_that_does_not_exist_is_refused() -> None:
    with pytest.raises(PortError, match=r"^OSC out host.invalid:9000 cannot be opened: .+\.$"):
        OscOut("host.invalid:9000")
    with pytest.raises(PortError, match="cannot be opened"):
        OscOut(f"{'a' * 64}:9000")  # no part of a name is so long


def test_what_is_sent_after_the_end_is_counted() -> None:
    out = OscOut("127.0.0.1:9000")
    out.close()
    out.play(Release(1.0, P, 0))
    assert out.n_dropped == 1


def test_a_send_that_fails_is_counted_and_noticed_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Unreachable(socket.socket):
        def sendto(self, *_: Any) -> int:
            raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "socket", Unreachable)
    out = OscOut("127.0.0.1:9000")
    out.play(Release(1.0, P, 0))
    out.play(Release(1.0, P, 0))
    out.close()
    assert out.n_dropped == 2
    assert out.notice == "OSC to 127.0.0.1:9000 does not get through: Network is unreachable"
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:9000", ("127.0.0.1", 9000)),
        ("localhost:1", ("localhost", 1)),
        ("[::1]:65535", ("::1", 65535)),
        (" studio.local:57120 ", ("studio.local", 57120)),
    ],
)
def test_addresses(text: str, address: tuple[str, int]) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "9000", ":9000", "host", "host:", "host:0", "host:65536", "host:-1", "host:9e3", "host:٣",
     "::1:9000", "[host]:9000", "[::1:9000", "[]:9000", "a b:9000", "http://host:9000"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(AddressError) as error:
        parse_address(text)
    assert str(error.value) == (
        "address: expected HOST:PORT with a port from 1 to 65535, as 127.0.0.1:9000 or [::1]:9000, "
        f"got {text!r}."
    )
