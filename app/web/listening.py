"""The socket of a web port, opened before anything else: who cannot have it is told at once."""

from __future__ import annotations

import socket
import sys

from app.web.errors import WebPortError

BACKLOG = 64  # connections that wait to be taken


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 is any that is free.

    Raises:
        WebPortError: the host is no address of this machine, or the port is taken.
    """
    what = f"web port {host}:{port}"
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind)
    except (OSError, UnicodeError) as error:
        raise WebPortError(f"{what} cannot be opened: {_why(error)}.") from None
    try:
        if sys.platform != "win32":  # where it would let another program take the port too
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(BACKLOG)
        opened.setblocking(False)
    except OSError as error:
        opened.close()
        raise WebPortError(f"{what} cannot be opened: {_why(error)}.") from None
    return opened


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).lower()
