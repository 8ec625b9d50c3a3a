"""HOST:PORT as people write it: where to send, and where to listen."""

from __future__ import annotations


class AddressError(ValueError):
    """Not a HOST:PORT: says what was expected and what was found."""


def parse_address(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`; an IPv6 address stands in brackets. No name is looked up.

    >>> parse_address("127.0.0.1:9000"), parse_address("[::1]:9000")
    (('127.0.0.1', 9000), ('::1', 9000))

    Raises:
        AddressError: anything else, or a port outside 1 .. 65535.
    """
    host, _, port = text.strip().rpartition(":")
    is_bracketed = host.startswith("[") and host.endswith("]")
    if is_bracketed:
        host = host[1:-1]
    is_host = host and not any(c.isspace() or c in "[]/" for c in host) and is_bracketed == (":" in host)
    if not is_host or not _is_number(port) or not 1 <= int(port) <= 65535:
        raise AddressError(
            f"address: expected HOST:PORT with a port from 1 to 65535, as 127.0.0.1:9000 or [::1]:9000, "
            f"got {text!r}."
        )
    return host, int(port)


def parse_listen(text: str) -> tuple[str, int]:
    """Host and port to listen on: PORT, which only this machine reaches, or HOST:PORT. Port 0: any.

    >>> parse_listen("9000"), parse_listen("0.0.0.0:9000")
    (('127.0.0.1', 9000), ('0.0.0.0', 9000))

    Raises:
        AddressError: anything else.
    """
    host, colon, port = text.strip().rpartition(":")
    is_port = _is_number(port) and int(port) <= 65535
    if is_port and not colon:
        return "127.0.0.1", int(port)
    if is_port and int(port) == 0:
        return parse_address(f"{host}:1")[0], 0
    try:
        return parse_address(text)
    except AddressError:
        raise AddressError(
            "address: expected PORT or HOST:PORT with a port up to 65535, as 9000 or 0.0.0.0:9000, "
            f"got {text!r}."
        ) from None


def _is_number(port: str) -> bool:
    return port.isascii() and port.isdigit() and len(port) <= 5
