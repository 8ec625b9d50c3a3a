"""OSC out: every event as one UDP message, the moment it sounds. `app.osc.profiles` says how it looks."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Collection

from app.core.events import Event, Source
from app.core.parameters import Value
from app.core.sink import Sink
from app.osc.address import parse_address
from app.osc.packet import build_bundle, from_unix_s
from app.osc.profiles import PROFILES
from app.osc.table import Told, target_of
from app.osc.udp import open_socket, why

logger = logging.getLogger(__name__)


class OscOut(Sink):
    """A sink that sends to one address, and never waits for it.

    Args:
        address: HOST:PORT, [IPv6]:PORT too. A name is looked up once, here.
        profile: the dialect, see `PROFILES`.
        sources: whose events are sent.
        bundles: every message is a bundle with the time of the event as its time tag.

    Raises:
        AddressError: `address` is not a HOST:PORT.
        PortError: its host has no address.
    """

    def __init__(
        self,
        address: str,
        *,
        profile: str = "ghostjam",
        sources: Collection[Source] = tuple(Source),
        bundles: bool = False,
    ) -> None:
        self.address = address
        self._profile = PROFILES[profile]
        self._sources = frozenset(sources)
        self._bundles = bundles
        self._socket: socket.socket | None
        self._socket, self._target = open_socket(*parse_address(address), f"OSC out {address}")

    def play(self, event: Event) -> None:
        """Send one event."""
        if event.source in self._sources:
            self._send(self._profile.encode(event), event.time_s)

    def tell_state(self, name: str, value: Value, told: set[Told]) -> None:
        """Send a parameter that changed, unless `told` says that this address was told so. Any thread.

        Args:
            told: who was told, and how; this address is added.
        """
        datagram = self._profile.encode_state(name, value)
        key = (datagram or b"", target_of(self._target))
        if key not in told:
            told.add(key)
            self._send(datagram, time.perf_counter())

    def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, datagram: bytes | None, time_s: float) -> None:
        if datagram is None:
            return
        opened = self._socket  # another thread may close it
        if opened is None:
            self.n_dropped += 1
            return
        if self._bundles:  # the event's clock is monotonic, a time tag is not
            datagram = build_bundle([datagram], from_unix_s(time.time() - time.perf_counter() + time_s))
        try:
            opened.sendto(datagram, self._target)
        except OSError as error:  # nobody listens, no route, a full buffer: music does not wait for it
            self.n_dropped += 1
            self._tell(error)

    def _tell(self, error: OSError) -> None:
        if not self.notice:
            self.notice = f"OSC to {self.address} does not get through: {why(error)}"
            logger.warning(self.notice)
