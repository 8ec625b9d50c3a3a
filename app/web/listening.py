"""The socket of a web port, opened before anything else: who cannot have it is told at once."""

from __future__ import annotations

import socket
import sys

from app.web.errors import WebPortError

BACKLOG = 64  # connections that wait to be taken
SEND_BYTES = 65_536  # of one connection


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 is any that is free.

    Raises:
        WebPortError: the host is no address of this machine, or the port is taken.
    """
    what = f"web port {host}:{port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # With the number of TCP, and not 0: only then asyncio sends small frames at once (TCP_NODELAY).
        opened = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise WebPortError(f"{what} cannot be opened: {_why(error)}.") from None
    try:
        if sys.platform != "win32":  # where it would let another program take the port too
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # What lies in the system of who reads slowly is not to be called back: no more than a second of play.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)
        opened.bind(address)
        opened.listen(BACKLOG)
        opened.setblocking(False)
    except OSError as error:
        opened.close()
        raise WebPortError(f"{what} cannot be opened: {_why(error)}.") from None
    return opened


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).lower()
