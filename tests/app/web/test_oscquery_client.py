"""A client of OSCQuery at a whole session: it finds, browses, reads, writes by UDP and websocket, listens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from app.core.parameters import PARAMETERS, Settings
from app.core.way_in import CLOSED, WayIn
from app.osc.packet import build, parse
from app.runtime import surfaces
from app.runtime.osc_ports import OpenOscIn
from app.runtime.rig import OscInPort, Rig, WebPort
from app.runtime.session import Session
from app.runtime.web_port import OpenWeb
from app.web.announce import OSCQUERY, Announcer, Service
from tests.app.runtime.fakes import WAIT_S, NamedGhost, Peer
from tests.app.web.finder import Finder

TOKEN = "of-this-evening"


class Client:
    """A surface: what it has of a web port it asks for by HTTP."""

    def __init__(self, port: int, token: str = "") -> None:
        self.port = port
        self._token = [f"token={token}"] if token else []

    def get(self, path: str, query: str = "", accept: str = "") -> Any:
        """The JSON; the status where it is not 200; the text where it is no JSON."""
        words = "&".join(filter(None, [query, *self._token]))
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)) as connection:
            connection.request("GET", f"{path}?{words}", headers={"Accept": accept} if accept else {})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                assert body == b"" or answer.status != 204
                return answer.status
            kind = answer.headers["Content-Type"]
            return json.loads(body) if kind == "application/json" else body.decode("utf-8")

    def socket(self) -> ClientConnection:
        words = "&".join(self._token)
        return connect(f"ws://127.0.0.1:{self.port}/?{words}", open_timeout=WAIT_S)


class FakeAnnouncer(Announcer):
    """Tells nobody; remembers what it was to tell."""

    told: frozenset[Service] = frozenset()

    def announce(self, services: Any) -> None:
        FakeAnnouncer.told = frozenset(services)


@contextmanager
def evening(web: str = "0", *osc: str) -> Iterator[tuple[Session, Client]]:
    """A session with a web port and OSC inputs, and a client of it without its token."""
    settings = Settings()
    rig = Rig(
        osc_in=tuple(map(OscInPort, osc)), web=(WebPort(web, token=TOKEN if web != "0" else ""),),
        sound=False, record=False,
    )  # fmt: skip
    with Session(rig, NamedGhost(), settings) as session:  # type: ignore[arg-type]
        session.start()
        yield session, Client(device_of(session, OpenWeb).port)


def device_of(session: Session, kind: Any) -> Any:
    return next(each.device for each in session.ports._open if isinstance(each, kind))


def hear(socket: ClientConnection) -> tuple[Any, ...]:
    frame = socket.recv(WAIT_S)
    assert isinstance(frame, bytes)
    message = parse(frame)[0]
    return message.address, message.tags, *message.arguments


def listen(socket: ClientConnection, address: str) -> tuple[Any, ...]:
    """Ask for the values at an address; the first is the one there is."""
    socket.send(json.dumps({"COMMAND": "LISTEN", "DATA": address}))
    return hear(socket)


@pytest.mark.slow
def test_a_surface_finds_browses_reads_writes_and_listens(
    finder: Finder, monkeypatch: pytest.MonkeyPatch, peer: Peer
) -> None:
    monkeypatch.setattr(surfaces, "is_loopback", lambda host: False)  # the loopback is the network here
    with evening("0", "0") as (session, client):
        name = session.ports._surfaces._announcer.name
        finder.wait_for_port(f"{name}.{OSCQUERY}", client.port)
        info = client.get("/", "HOST_INFO")
        assert info["NAME"] == name and info["WS_PORT"] == client.port
        names = client.get("/ghostjam/set")["CONTENTS"]
        assert names.keys() == {parameter.name for parameter in PARAMETERS}
        path = names["pi_temperature"]["FULL_PATH"]
        assert client.get(path, "RANGE") == {"RANGE": [{"MIN": 0.05, "MAX": 3.0}]}
        with client.socket() as socket:
            assert listen(socket, path) == (path, "f", 1.0)
            peer.send(info["OSC_PORT"], path, 2.0)
            assert hear(socket) == (path, "f", 2.0)
            assert client.get(path, "VALUE") == {"VALUE": [2.0]}
            socket.send(build(path, (0.5,)))
            assert hear(socket) == (path, "f", 0.5)
            assert client.get(path, "VALUE") == {"VALUE": [0.5]}
    finder.wait_for_port(f"{name}.{OSCQUERY}", None)


def test_a_browser_gets_the_page_and_everything_else_the_tree() -> None:
    with evening() as (_, client):
        assert not isinstance(client.get("/", accept="text/html,*/*"), dict)
        assert client.get("/")["FULL_PATH"] == client.get("/", accept="*/*")["FULL_PATH"] == "/"
        assert "EXTENSIONS" in client.get("/", "HOST_INFO", "text/html")
        assert "palette" in client.get("/facts.json")
        assert client.get("/ghostjam/set/volume", accept="text/html")["TYPE"] == "f"


def test_errors_are_statuses() -> None:
    with evening() as (_, client):
        assert client.get("/ghostjam/nowhere") == 404
        assert client.get("/ghostjam/panic", "VALUE") == 204
        assert client.get("/ghostjam/panic", "NONSENSE") == 400


def test_a_socket_plays_is_answered_and_follows_the_turn() -> None:
    with evening() as (session, client), client.socket() as socket:
        assert listen(socket, "/ghostjam/state/turn") == ("/ghostjam/state/turn", "s", "nobody")
        socket.send(build("/ghostjam/touch", (0, 0.25, 0.5, 0)))
        assert hear(socket) == ("/ghostjam/state/turn", "s", "player")
        socket.send(build("/ghostjam/set/mode", ("nonsense",)))
        address, _, reason = hear(socket)
        assert address == "/ghostjam/refused" and "nonsense" in reason
        socket.send(build("/ghostjam/release", (0,)))
        assert session.controls.n_refused == 1


def test_a_hundred_hostile_frames_end_nothing() -> None:
    with evening() as (session, client), client.socket() as socket:
        for number in range(100):
            socket.send(bytes([number]) * number if number % 2 else "{" * number)
        socket.send(build("/ghostjam/ping", ()))
        assert hear(socket)[0] == "/ghostjam/pong"
        assert session.controls.n_refused == 100


@pytest.fixture
def quiet_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ports are open to all, and nobody is told."""
    monkeypatch.setattr(surfaces, "Announcer", FakeAnnouncer)


@pytest.mark.usefixtures("quiet_network")
def test_beyond_this_machine_the_token_is_asked_for_unless_osc_lets_others_in() -> None:
    with evening("0.0.0.0:0", "127.0.0.1:0") as (_, client):
        assert client.get("/ghostjam/set/volume", "VALUE") == client.get("/", "HOST_INFO") == 403
        with pytest.raises(InvalidStatus), client.socket():
            pass
        invited = Client(client.port, TOKEN)
        assert invited.get("/ghostjam/set/volume", "VALUE") == {"VALUE": [0.8]}
        assert "OSC_PORT" not in invited.get("/", "HOST_INFO")  # others do not reach it
        with invited.socket() as socket:
            assert listen(socket, "/ghostjam/set/volume")[1] == "f"
        assert FakeAnnouncer.told == frozenset()
    with evening("0.0.0.0:0", "127.0.0.1:0", "0.0.0.0:0") as (session, client):
        inputs = [each.device for each in session.ports._open if isinstance(each, OpenOscIn)]
        assert client.get("/", "HOST_INFO")["OSC_PORT"] == inputs[1].port
        with client.socket() as socket:
            assert listen(socket, "/ghostjam/set/volume")[1] == "f"
        assert client.get("/facts.json") == 403  # the page is not for everybody
        with pytest.raises(InvalidStatus), connect(f"ws://127.0.0.1:{client.port}/play"):
            pass
        assert {service.kind: service.port for service in FakeAnnouncer.told} == {
            "_oscjson._tcp": client.port, "_osc._udp": inputs[1].port,
        }  # fmt: skip


def test_a_token_that_was_asked_for_holds_on_this_machine_unless_osc_is_open() -> None:
    with evening("127.0.0.1:0") as (_, client):
        assert client.get("/ghostjam/set/volume", "VALUE") == 403
    with evening("127.0.0.1:0", "0") as (_, client):
        assert client.get("/ghostjam/set/volume", "VALUE") == {"VALUE": [0.8]}


@pytest.mark.usefixtures("quiet_network")
def test_nobody_is_told_the_token_and_who_plays_is() -> None:
    with evening("0.0.0.0:0", "0.0.0.0:0") as (session, client):
        ports = client.get("/ghostjam/state/ports")["VALUE"][0]
        assert f"web http://127.0.0.1:{client.port}/" in ports and TOKEN not in ports
        assert f"http://127.0.0.1:{client.port}/?token={TOKEN}" in session.ports.pages
        phone = session.ports.way_in().address
        if phone:  # this machine is in a network
            assert phone.endswith(f":{client.port}/?token={TOKEN}") and "127.0.0.1" not in phone


def test_without_a_way_in_there_is_no_address_for_phones() -> None:
    with evening() as (session, client):
        assert session.ports.way_in() == WayIn("", CLOSED)
        assert session.ports.pages == [f"http://127.0.0.1:{client.port}/"]


@pytest.mark.usefixtures("quiet_network")
def test_a_rig_that_changes_is_followed() -> None:
    with evening("0.0.0.0:0") as (session, client):
        page = Rig(web=(WebPort("0.0.0.0:0", token=TOKEN),))
        with_osc = replace(page, osc_in=(OscInPort("0.0.0.0:0"),))
        assert FakeAnnouncer.told == frozenset() and client.get("/", "HOST_INFO") == 403
        session.ports.use(with_osc, page)
        assert {service.port for service in FakeAnnouncer.told} == {
            client.port, device_of(session, OpenOscIn).port,
        }  # fmt: skip
        assert client.get("/", "HOST_INFO")["WS_PORT"] == client.port
        session.ports.use(page, with_osc)
        assert FakeAnnouncer.told == frozenset() and client.get("/", "HOST_INFO") == 403
