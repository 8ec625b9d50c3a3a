"""Connections of a port, counted from the first byte on: half open ones too."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection

from app.core.allowance import Allowance
from app.core.network import MAX_HOSTS, host_of
from app.web import limits


@dataclass(eq=False)
class Host:
    """What comes from one machine, or from all behind one router.

    Attributes:
        n_connections: that are open; `n_surfaces` of them are control surfaces.
        requests, messages: what it may still send.
    """

    n_connections: int = 0
    n_surfaces: int = 0
    requests: Allowance = field(default_factory=lambda: Allowance(limits.HTTP_PER_S, limits.HTTP_AT_ONCE))
    messages: Allowance = field(default_factory=lambda: Allowance(limits.HOST_PER_S, limits.HOST_AT_ONCE))


class Hosts:
    """Who comes to one port. One thread."""

    def __init__(self) -> None:
        self._hosts: dict[str, Host] = {}

    def of(self, address: str) -> Host:
        """The host of an address. One without connections may be forgotten, and begins anew."""
        name = host_of(address)
        if name not in self._hosts and len(self._hosts) >= MAX_HOSTS:
            gone = (each for each, host in self._hosts.items() if not host.n_connections)
            self._hosts.pop(next(gone, ""), None)
        return self._hosts.setdefault(name, Host())

    def came(self, host: Host) -> bool:
        """One more connection of `host`; False if there are too many."""
        host.n_connections += 1
        n_connections = sum(each.n_connections for each in self._hosts.values())
        return host.n_connections <= limits.MAX_OF_HOST and n_connections <= limits.MAX_CONNECTIONS

    @contextlib.contextmanager
    def surface(self, host: Host) -> Iterator[bool]:
        """Within `with`, one more connection of `host` is a surface, if there is room: whether there is."""
        n_surfaces = sum(each.n_surfaces for each in self._hosts.values())
        has_room = host.n_surfaces < limits.MAX_SURFACES_OF_HOST and n_surfaces < limits.MAX_SURFACES
        host.n_surfaces += has_room
        try:
            yield has_room
        finally:
            host.n_surfaces -= has_room


def address_of(connection: ServerConnection) -> str:
    """Where a connection comes from, "" if it is gone already."""
    return str((connection.remote_address or ("",))[0])


def counted(hosts: Hosts) -> type[ServerConnection]:
    """The connections of one port: beyond what `app.web.limits` allows they are cut off at once."""

    class Connection(ServerConnection):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._host = Host()

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            self._host = hosts.of(address_of(self))
            if not hosts.came(self._host):
                self.transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            self._host.n_connections -= 1
            super().connection_lost(exc)

    return Connection
