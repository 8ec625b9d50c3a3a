"""How much one browser may cause, and how long it is waited for. The numbers, and the bucket that counts."""

from __future__ import annotations

MAX_CONNECTIONS = 96  # of all kinds, half open too
MAX_OF_HOST = 48  # of these from one address
MAX_BYTES = 16_384  # of an incoming message
MAX_FRAMES = 32  # that wait unread, before no more is taken from the network
OPEN_S = 5.0  # for a request to be whole
HELLO_S = 5.0  # for a page to say who it is
PING_S, PONG_S = 2.0, 4.0  # a phone that fell off the network is gone, and its fingers are up, after 6 s
CLOSE_S = 0.5  # for a goodbye

# Ten fingers at 120 reports a second are 1200 messages, as with OSC (`app.osc.budget`); a frame costs too.
PER_S = 2000.0
AT_ONCE = 512.0
REFUSED_COST = 32.0  # of what is not done: to say why takes longer than to play
FLOOD_S = 3.0  # who sends more than is taken for so long is sent away
MAX_MALFORMED = 256  # messages of one connection, then it is sent away

HTTP_PER_S, HTTP_AT_ONCE = 100.0, 200.0  # requests of one address; a page is about 30

GATHER_S = 0.008  # from one frame to a page to the next
MAX_WAITING = 2048  # messages that wait for a slow reader; of more the oldest moves are left out
MAX_UNSENT = 65_536  # bytes that the network has not taken; more wait here
SLOW_S = 5.0  # who takes nothing for so long is sent away
MAX_PLAYED = 8192  # events that the port has not looked at yet; of more all but ends are dropped


class Allowance:
    """A token bucket that may be overdrawn: who does waits until it is even again.

    Args:
        per_s: what comes back in a second.
        at_once: what may be used without a pause.
        now_s: monotonic seconds.
    """

    def __init__(self, per_s: float, at_once: float, now_s: float) -> None:
        self._per_s = per_s
        self._at_once = at_once
        self._left = at_once
        self._since_s = now_s

    def use(self, amount: float, now_s: float) -> float:
        """Use so much; returns how long to wait before the next, in seconds, 0 if not at all."""
        self._left = min(self._at_once, self._left + self._per_s * max(now_s - self._since_s, 0.0)) - amount
        self._since_s = now_s
        return max(-self._left / self._per_s, 0.0)
