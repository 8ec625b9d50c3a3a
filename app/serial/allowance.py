"""How many lines a device may send: a token bucket."""

from __future__ import annotations

# Ten fingers at 120 reports a second are 1200 lines. A cable of 115200 baud carries no more than 2880 of the
# shortest, but USB carries a hundred times that.
LINES_PER_S = 2000.0
AT_ONCE = 1024.0  # what the system may hold back while this program is not looked after


class Allowance:
    """What is left of it."""

    def __init__(self) -> None:
        self._left = AT_ONCE
        self._since_s: float | None = None

    def take(self, now_s: float) -> bool:
        """Whether one more line is taken at `now_s`."""
        since_s = now_s if self._since_s is None else self._since_s
        self._left = min(AT_ONCE, self._left + LINES_PER_S * max(now_s - since_s, 0.0))
        self._since_s = max(now_s, since_s)
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
