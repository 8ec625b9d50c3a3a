"""How much the network may cause: bytes, messages and answers, each sender's and all senders' together.

This machine's own programs are not held to it. Of a flood nothing is read but who sent it, so what a stranger
costs is bounded by what is granted here, and no datagram is answered by more than `ANSWERS` allows at once.
Whoever forges addresses gets what all senders together get, and that is bounded as well.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Sender = Any  # an address as the socket gives it

MAX_HOSTS = 256  # remembered; one that is forgotten begins anew, and all together do not


@dataclass(frozen=True)
class Grant:
    """A token bucket.

    Attributes:
        per_s: what comes back in a second.
        at_once: what may be used without a pause.
        together: how many senders' worth all of them have together.
    """

    per_s: float
    at_once: float
    together: float = 2.0


# Ten fingers at 120 reports a second are 1200 touches, and 64 kB with their addresses; a page of a surface
# that says where its faders are is up to 60 settings at once.
BYTES = Grant(128_000, 16_000)
MESSAGES = Grant(2000, 256)
# `/ghostjam/get` is answered by one datagram for each parameter and reading: less than 40.
ANSWERS = Grant(200, 40)


class Budget:
    """What the senders have left. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[tuple[Grant, str], tuple[float, float]] = {}  # by grant and host: how much, when

    def take(self, grant: Grant, host: str, amount: float, now_s: float) -> bool:
        """Whether `host` may use so much now; if it may it is used.

        Args:
            host: as `network_host` names it.
            now_s: monotonic seconds.
        """
        with self._lock:
            own = self._now(grant, host, 1.0, now_s)
            if own < amount:
                return False
            everybody = self._now(grant, "", grant.together, now_s)
            if everybody < amount:
                return False
            self._put((grant, host), own - amount, now_s)
            self._put((grant, ""), everybody - amount, now_s)
        return True

    def _now(self, grant: Grant, host: str, share: float, now_s: float) -> float:
        """How much is there by now."""
        full = share * grant.at_once
        left, since_s = self._left.get((grant, host), (full, now_s))
        return min(full, left + share * grant.per_s * max(now_s - since_s, 0.0))

    def _put(self, key: tuple[Grant, str], left: float, now_s: float) -> None:
        """Note what is left; of too many hosts the one that used something longest ago is forgotten."""
        _, since_s = self._left.pop(key, (0.0, now_s))
        self._left[key] = left, max(now_s, since_s)
        if len(self._left) > 3 * MAX_HOSTS:
            del self._left[next(iter(self._left))]


def network_host(sender: Sender) -> str:
    """Who on the network a sender is, "" for this machine's own loopback.

    An IPv6 network of 64 bits is one, for whoever has an address there has all of them.
    """
    return _host(str(sender[0])) if sender else "?"


@lru_cache(maxsize=MAX_HOSTS)
def _host(text: str) -> str:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text or "?"
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback:
        return ""
    if address.version == 6:
        return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))
    return str(address)


def remember(senders: dict[Sender, float], sender: Sender, now_s: float, most: int) -> None:
    """Put `sender` last, with the time; of more than `most` of its kind forget the one put longest ago.

    This machine's senders are a kind, and those of the network another: neither drives out the other.
    """
    is_known = senders.pop(sender, None) is not None
    senders[sender] = now_s
    if not is_known and len(kin := of_kind(senders, sender)) > most:
        del senders[kin[0]]


def of_kind(senders: Iterable[Sender], sender: Sender) -> list[Sender]:
    """Those of `senders` that are of this machine, or of the network, as `sender` is."""
    is_own = not network_host(sender)
    return [each for each in senders if (not network_host(each)) is is_own]
