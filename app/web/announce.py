"""zeroconf: the network is told what is open here, so that surfaces find it by themselves.

Source: RFC 6762 (multicast DNS) and RFC 6763 (DNS-based service discovery). OSCQuery's type is that of the
proposal, section "Core Functionality"; that of OSC is registered with IANA.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import socket
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zeroconf import ServiceInfo
    from zeroconf.asyncio import AsyncZeroconf

logger = logging.getLogger(__name__)

OSCQUERY, OSC = "_oscjson._tcp", "_osc._udp"
MOST_BYTES = 63  # of a name, by the standard
LOOK_MS = 700  # for another one of our name: in the network, or on this machine
JOIN_S = 1.5


@dataclass(frozen=True)
class Service:
    """Something that is open.

    Attributes:
        kind: as "_oscjson._tcp".
        port: its number.
        addresses: of this machine, under which others reach it.
    """

    kind: str
    port: int
    addresses: tuple[str, ...]


class Announcer:
    """Tells the network what is open, on a thread of its own, and takes it back.

    Args:
        tell: shows a line to a person; called once, if the network cannot be told.
        name: of this machine, for people; its host name if "".
    """

    def __init__(self, tell: Callable[[str], None], name: str = "") -> None:
        self.name = service_name(name or socket.gethostname())
        self._tell_person = tell
        self._wanted: frozenset[Service] = frozenset()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def announce(self, services: Collection[Service]) -> None:
        """What is open from now on; what is no longer among it is taken back. Returns at once. One thread."""
        self._wanted = frozenset(services)
        if self._is_closed or (self._loop is None and not self._wanted):
            return
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=self._run, args=(self._loop,), name="zeroconf", daemon=True
            )
            self._thread.start()
        self._loop.call_soon_threadsafe(self._changed.set)

    def close(self) -> None:
        """Take everything back. Safe to call twice."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._loop is not None and self._thread is not None:
            with contextlib.suppress(RuntimeError):  # its thread has ended
                self._loop.call_soon_threadsafe(self._cancel)
            self._thread.join(JOIN_S)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        self._task = loop.create_task(self._serve())
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(self._task)
        loop.close()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _serve(self) -> None:
        import zeroconf  # 0.1 s, which nobody waits for here

        shown = _Shown(self.name)
        try:
            while True:
                await self._changed.wait()
                self._changed.clear()
                try:
                    await shown.follow(self._wanted)
                except (OSError, zeroconf.Error) as error:  # no network, or one that lets nothing through
                    await shown.close()
                    self._tell(f"Surfaces do not find Ghostjam by themselves: {_said(error)}.")
        finally:
            await shown.close()

    def _tell(self, text: str) -> None:
        self._tell_person(text)
        self._tell_person = logger.debug


class _Shown:
    """What the network knows by now."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._network: AsyncZeroconf | None = None
        self._addresses: list[str] = []  # of the networks that are told
        self._infos: dict[Service, ServiceInfo] = {}

    async def follow(self, wanted: frozenset[Service]) -> None:
        """Tell what is new, and take back what is gone."""
        from zeroconf import IPVersion
        from zeroconf.asyncio import AsyncZeroconf

        addresses = sorted({address for service in wanted for address in service.addresses})
        if wanted and not addresses:
            raise OSError("this machine is in no network")
        if addresses != self._addresses:
            await self.close()
        if not addresses:
            return
        if self._network is None:
            version = IPVersion.All if any(":" in each for each in addresses) else IPVersion.V4Only
            self._network = AsyncZeroconf(interfaces=addresses, ip_version=version)
            self._addresses = addresses
        for service in self._infos.keys() - wanted:
            await (await self._network.async_unregister_service(self._infos.pop(service)))
        for service in sorted(wanted - self._infos.keys(), key=lambda each: (each.kind, each.port)):
            info = self._infos[service] = await self._named(self._network, service)
            await (await self._network.async_register_service(info, allow_name_change=True))

    async def close(self) -> None:
        """Take everything back."""
        network, self._network = self._network, None
        self._infos, self._addresses = {}, []
        if network is not None:
            with contextlib.suppress(OSError):  # the network went before us
                await network.async_unregister_all_services()
            await network.async_close()

    async def _named(self, network: AsyncZeroconf, service: Service) -> ServiceInfo:
        """A service under a name that nobody has.

        zeroconf looks for others of a name by itself, but not for those on this machine: their answers go to
        one address, and so to one of the programs there.
        """
        from zeroconf import DNSQuestionType, ServiceInfo

        kind, number, name = f"{service.kind}.local.", 1, self._name
        server = (
            f"{re.sub('[^A-Za-z0-9-]', '-', socket.gethostname().partition('.')[0]) or 'ghostjam'}.local."
        )
        ours = {info.name for info in self._infos.values()}
        while f"{name}.{kind}" in ours or await network.async_get_service_info(
            kind, f"{name}.{kind}", LOOK_MS, question_type=DNSQuestionType.QM
        ):
            number += 1
            name = f"{self._name}-{number}"
        return ServiceInfo(
            kind, f"{name}.{kind}", service.port, server=server, parsed_addresses=list(service.addresses)
        )


def why_not_told(addresses: Sequence[str]) -> str:
    """Why the networks of these addresses of this machine cannot be told, "" if they can. Nothing is told."""
    from zeroconf import Error, Zeroconf

    try:
        Zeroconf(interfaces=list(addresses)).close()
    except (OSError, Error) as error:
        return _said(error)
    return ""


def _said(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def service_name(host: str) -> str:
    """The name that surfaces show, with room for a number at its end."""
    text = f"Ghostjam on {host.partition('.')[0] or 'this machine'}"
    return text.encode("utf-8")[: MOST_BYTES - 4].decode("utf-8", "ignore").strip()
