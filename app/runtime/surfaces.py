"""Control surfaces find the program and its parameters: OSCQuery on the web ports, zeroconf in the network.

A web port that others reach asks for a token, which no surface knows. So OSCQuery is there without it only
for who reaches an OSC input too: whoever may play and ask by UDP may do so by HTTP, and nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.core.controls import Controls
from app.core.network import EVERYWHERE, is_loopback, reachable_hosts
from app.core.parameters import Value
from app.osc.oscquery import Host
from app.osc.oscquery_sockets import OscQuerySocket, OscQuerySockets
from app.osc.table import Told
from app.runtime.open_port import OpenPort
from app.runtime.osc_ports import OpenOscIn
from app.runtime.web_port import OpenWeb
from app.web.announce import OSC, OSCQUERY, Announcer, Service
from app.web.plug import Answer


class Surfaces:
    """What a session has for surfaces.

    Args:
        controls: where everything goes.
        tell: shows a line to a person.
    """

    def __init__(self, controls: Controls, tell: Callable[[str], None]) -> None:
        self._sockets = OscQuerySockets(controls)
        self._announcer = Announcer(tell)
        self._open: tuple[OpenPort, ...] = ()
        self._is_started = False

    def on(self, host: str, port: Callable[[], int]) -> Surface:
        """What a web port that listens on `host` has for them; `port` says its number when it is open."""
        return Surface(self._sockets, self._announcer.name, host, port, lambda: self._open)

    def follow(self, opened: Sequence[OpenPort]) -> None:
        """Other ports are open now. One thread."""
        self._open = tuple(opened)
        if not self._is_started and any(isinstance(each, OpenWeb) for each in opened):
            self._is_started = True
            self._sockets.start()
        self._announcer.announce(services(opened))

    def tell_state(self, name: str, value: Value, told: set[Told]) -> None:
        """As `OscIn.tell_state`."""
        self._sockets.tell_state(name, value, told)

    def close(self) -> None:
        """Be found no longer. Safe to call twice."""
        self._announcer.close()
        self._sockets.close()


@dataclass(frozen=True)
class Surface:
    """OSCQuery on one web port, as `app.web.plug.Surface`. Any thread.

    Attributes:
        sockets: of the session.
        name: of this machine, for people.
        host, port: where the web port listens.
        opened: all ports that are open.
    """

    sockets: OscQuerySockets
    name: str
    host: str
    port: Callable[[], int]
    opened: Callable[[], Sequence[OpenPort]]

    def page(self, path: str, query: str, accept: str) -> Answer | None:
        """The JSON of a node or of the host; None for what is no address, and for who wants to see a page."""
        asks_for_host = "HOST_INFO" in query.split("&")
        if path == "/" and "text/html" in accept and not asks_for_host:
            return None
        osc = udp_port(self.opened(), self.host)
        host = Host(self.name, self.port(), *(osc or (None,)))
        answer = self.sockets.space.answer(path, query, host)
        return (
            None if answer.status == 404 else Answer(answer.text.encode(), "application/json", answer.status)
        )

    def open(self, send: Callable[[str | bytes], None], host: str) -> OscQuerySocket:
        """A surface has connected to the websocket."""
        return self.sockets.open(send, host)

    def needs_token(self) -> bool:
        """Whether only who has the token may come in: who comes here reaches no OSC input."""
        return udp_port(self.opened(), self.host) is None


def udp_port(opened: Sequence[OpenPort], web_host: str) -> tuple[int, str] | tuple[int] | None:
    """The OSC input for who reaches a web port that listens on `web_host`: its number, and its address where
    that is another. None if there is none of our own dialect that they reach."""
    inputs = [each.device for each in _inputs(opened) if each.port.profile == "ghostjam"]
    if not is_loopback(web_host):
        inputs = [device for device in inputs if not is_loopback(device.host)]
    if not inputs:
        return None
    first = inputs[0]
    is_same = first.host in (*EVERYWHERE, web_host)
    return (first.port,) if is_same else (first.port, first.host)


def services(opened: Sequence[OpenPort]) -> frozenset[Service]:
    """What the network is told: nothing while no web port lets others in, and of those only what needs no
    token."""
    pages = [each.device for each in opened if isinstance(each, OpenWeb) and each.is_page]
    servers = [each for each in pages if not is_loopback(each.host)]
    inputs = [each.device for each in _inputs(opened) if not is_loopback(each.device.host)] if servers else []
    free = [each for each in servers if udp_port(opened, each.host) is not None]
    return frozenset(
        Service(kind, each.port, tuple(host for host in reachable_hosts(each.host) if not is_loopback(host)))
        for kind, devices in ((OSCQUERY, free), (OSC, inputs))
        for each in devices
    )


def _inputs(opened: Sequence[OpenPort]) -> list[OpenOscIn]:
    return [each for each in opened if isinstance(each, OpenOscIn)]
