"""The addresses of this machine, as another one in its network reaches it. No name is looked up."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import time
from functools import lru_cache

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # all addresses of this machine: its loopback
# Nobody has these (RFC 5737, 3849).
_FAR = {4: (socket.AF_INET, "192.0.2.1"), 6: (socket.AF_INET6, "2001:db8::1")}
MAX_HOSTS = 256  # remembered of those that something came from
KNOWN_S = 2.0  # to ask takes 0.5 ms with two network cards, and a web port wants to know 20 times a second
_known: dict[int, tuple[float, tuple[str, ...]]] = {}  # by version: until when, and what


def machine_addresses(version: int = 4) -> list[str]:
    """The addresses of this machine in its networks: first the one by which it reaches others, last those
    that it gave itself for want of a router. Empty without a network. As they were within the last `KNOWN_S`.

    Args:
        version: 4 or 6; of IPv6 not those that only mean something with the name of a network card.
    """
    now_s = time.monotonic()
    until_s, known = _known.get(version, (0.0, ()))
    if now_s >= until_s:
        known = _asked(version)
        _known[version] = now_s + KNOWN_S, known
    return list(known)


def _asked(version: int) -> tuple[str, ...]:
    import ifaddr

    found: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = []
    with contextlib.suppress(OSError):
        for adapter in ifaddr.get_adapters():
            for each in adapter.ips:
                address = ipaddress.ip_address(each.ip if isinstance(each.ip, str) else each.ip[0])
                if address.version == version and not address.is_loopback:
                    found.append(address)
    if version == 6:
        found = [address for address in found if not address.is_link_local]
    first = _address_toward_others(version)
    return tuple(
        dict.fromkeys(map(str, sorted(found, key=lambda each: (str(each) != first, each.is_link_local))))
    )


def reachable_hosts(host: str) -> list[str]:
    """The addresses by which other programs reach what listens on `host`, this machine's loopback first."""
    if host not in EVERYWHERE:
        return [host]
    return [EVERYWHERE[host], *machine_addresses(6 if host == "::" else 4)]


def reachable_addresses(host: str, port: int) -> list[str]:
    """The same as HOST:PORT."""
    return [written(each, port) for each in reachable_hosts(host)]


def written(host: str, port: int) -> str:
    """HOST:PORT, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether only this machine itself reaches a host: an address, or the name localhost."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@lru_cache(maxsize=MAX_HOSTS)
def host_of(address: str) -> str:
    """Who has an address that something comes from: "" for this machine's own loopback, "?" for none.

    An IPv6 network of 64 bits is one, for whoever has an address there has all of them.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address or "?"
    found = getattr(found, "ipv4_mapped", None) or found
    if found.is_loopback:
        return ""
    return str(ipaddress.IPv6Network((int(found) >> 64 << 64, 64)) if found.version == 6 else found)


def _address_toward_others(version: int) -> str:
    """The address that this machine would send from, "" without a way out. Nothing is sent."""
    family, far = _FAR[version]
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as opened:
        opened.connect((far, 9))
        return str(opened.getsockname()[0])
    return ""
