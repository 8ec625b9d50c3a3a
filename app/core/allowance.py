"""How much may come from a device, a browser or a program: a token bucket."""

from __future__ import annotations

import math


class Allowance:
    """A token bucket, full at first. A clock that goes back gives nothing.

    Args:
        per_s: what comes back in a second.
        at_once: what may be used without a pause.
    """

    def __init__(self, per_s: float, at_once: float) -> None:
        self._per_s = per_s
        self._at_once = at_once
        self._left = at_once
        self._since_s = -math.inf

    def left(self, now_s: float) -> float:
        """What is there at `now_s`, in monotonic seconds; below 0 while it is overdrawn."""
        self._left = min(self._at_once, self._left + self._per_s * max(now_s - self._since_s, 0.0))
        self._since_s = max(now_s, self._since_s)
        return self._left

    def take(self, amount: float, now_s: float) -> bool:
        """Use so much if it is there; whether it was."""
        is_there = self.left(now_s) >= amount
        if is_there:
            self._left -= amount
        return is_there

    def use(self, amount: float, now_s: float) -> float:
        """Use so much, there or not; returns the seconds to wait before the next, 0 for not at all."""
        self._left = self.left(now_s) - amount
        return max(-self._left / self._per_s, 0.0)
