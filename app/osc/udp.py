"""UDP sockets, to listen with and to send with, and why there is none."""

from __future__ import annotations

import socket
from typing import Any


class PortError(ValueError):
    """A port that cannot be opened: one line that says which and why."""


def open_socket(host: str, port: int, what: str, flags: int = 0) -> tuple[socket.socket, Any]:
    """A socket that never waits, and the address of a host as this kind of socket takes it.

    Args:
        host: an address, or a name, which is looked up: that may take seconds.
        what: for the message, as "OSC out mixer:9000".
        flags: of `getaddrinfo`.

    Raises:
        PortError: the name means nothing, or there are no such sockets here.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_DGRAM, flags=flags
        )[0]
        opened = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:  # UnicodeError: a part of the name is empty or too long
        raise PortError(f"{what} cannot be opened: {why(error)}.") from None
    opened.setblocking(False)
    return opened, address


def why(error: OSError | UnicodeError) -> str:
    """What an error says, without its number."""
    return str(getattr(error, "strerror", None) or error)
