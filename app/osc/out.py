"""OSC out: every event as one UDP message, the moment it sounds.

    /ghostjam/touch   ,siffi  source voice x y moving
    /ghostjam/values  ,sf..f  source x1 .. xn
    /ghostjam/release ,si     source voice
"""

from __future__ import annotations

import logging
import socket
from typing import Any

from pythonosc.osc_message_builder import OscMessageBuilder

from app.events import Event, Release, Source, Touch
from app.osc.address import parse_address

logger = logging.getLogger(__name__)


class OscOut:
    """A sink that sends to one address, and never waits for it.

    Args:
        address: HOST:PORT, [IPv6]:PORT too. A name is looked up once, here.

    Attributes:
        notice: what a person should know: that nothing can be sent there. "" while all is well.
        n_sent, n_dropped: messages.

    Raises:
        AddressError: `address` is not a HOST:PORT.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.notice = ""
        self.n_sent = self.n_dropped = 0
        self._held: dict[tuple[Source, int], None] = {}
        self._socket: socket.socket | None = None
        self._target: Any = None  # as getaddrinfo gives it, different for each family
        self._open(*parse_address(address))

    def play(self, event: Event) -> None:
        """Send one event."""
        key = (event.source, event.voice)
        if isinstance(event, Touch):
            self._held[key] = None
        elif isinstance(event, Release):
            self._held.pop(key, None)
        self._send(encode(event))

    def panic(self) -> None:
        """Release every voice the other side believes held."""
        for source, voice in list(self._held):
            self.play(Release(0.0, source, voice))  # the time is not sent

    def close(self) -> None:
        """Panic and close the socket."""
        self.panic()
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _open(self, host: str, port: int) -> None:
        try:
            family, kind, protocol, _, target = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
            self._socket = socket.socket(family, kind, protocol)
            self._socket.setblocking(False)
            self._target = target
        except OSError as error:
            self._tell(error)

    def _send(self, datagram: bytes) -> None:
        if self._socket is None:
            self.n_dropped += 1
            return
        try:
            self._socket.sendto(datagram, self._target)
            self.n_sent += 1
        except OSError as error:  # nobody listens, no route, a full buffer: music does not wait for it
            self.n_dropped += 1
            self._tell(error)

    def _tell(self, error: OSError) -> None:
        if not self.notice:
            self.notice = f"OSC to {self.address} does not get through: {error.strerror or error}"
            logger.warning(self.notice)


def encode(event: Event) -> bytes:
    """The datagram of an event."""
    if isinstance(event, Touch):
        arguments = [("i", event.voice), ("f", event.x), ("f", event.y), ("i", int(event.moving))]
        return _message("/ghostjam/touch", event.source, arguments)
    if isinstance(event, Release):
        return _message("/ghostjam/release", event.source, [("i", event.voice)])
    return _message("/ghostjam/values", event.source, [("f", value) for value in event.values])


def _message(address: str, source: Source, arguments: list[tuple[str, int | float]]) -> bytes:
    builder = OscMessageBuilder(address)
    builder.add_arg(source.value, "s")
    for tag, value in arguments:
        builder.add_arg(value, tag)
    return builder.build().dgram
