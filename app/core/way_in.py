"""How a phone in the network comes in to play along."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.core.network import is_loopback

CLOSED = "No phone can come in. Start with --web 0.0.0.0:8080, and this page shows them the way."
ALONE = "No phone can come in: this machine is in no network."


@dataclass(frozen=True)
class WayIn:
    """Where the page to play on is, or why nobody can come in; the other one is ""."""

    address: str
    why_not: str


def way_in(hosts: Collection[str], pages: Sequence[str]) -> WayIn:
    """The way in where web ports listen on `hosts` and are reached at `pages`."""
    if all(map(is_loopback, hosts)):
        return WayIn("", CLOSED)
    others = [address for address in pages if not is_loopback(urlsplit(address).hostname or "")]
    return WayIn(others[0], "") if others else WayIn("", ALONE)
