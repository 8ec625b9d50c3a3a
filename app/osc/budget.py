"""How much the network may cause: bytes, messages and answers, each sender's and all senders' together.

This machine's own programs are not held to it. Of a flood nothing is read but who sent it, so what a stranger
costs is bounded by what is granted here, and no datagram is answered by more than `ANSWERS` allows at once.
Whoever forges addresses gets what all senders together get, and that is bounded as well.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.core.allowance import Allowance
from app.core.network import MAX_HOSTS, host_of

Sender = Any  # an address as the socket gives it


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
        self._left: dict[tuple[Grant, str], Allowance] = {}  # by host, "" for all together; last used last

    def take(self, grant: Grant, host: str, amount: float, now_s: float) -> bool:
        """Whether `host` may use so much now; if it may it is used.

        Args:
            host: as `network_host` names it.
            now_s: monotonic seconds.
        """
        with self._lock:
            asked = [(key, self._allowance(*key)) for key in ((grant, host), (grant, ""))]
            if any(allowance.left(now_s) < amount for _, allowance in asked):
                return False
            for key, allowance in asked:
                allowance.use(amount, now_s)
                self._left.pop(key, None)
                self._left[key] = allowance
            while len(self._left) > 3 * MAX_HOSTS:  # who is forgotten begins anew, and all together do not
                del self._left[next(iter(self._left))]
        return True

    def _allowance(self, grant: Grant, host: str) -> Allowance:
        share = 1.0 if host else grant.together
        return self._left.get((grant, host)) or Allowance(share * grant.per_s, share * grant.at_once)


def network_host(sender: Sender) -> str:
    """Who on the network a sender is, as `host_of`."""
    return host_of(str(sender[0])) if sender else "?"


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
