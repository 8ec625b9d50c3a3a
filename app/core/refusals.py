"""What came in and was not done, or not as it was asked: counted, kept, and shown where a person is."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable

from app.core.clock import Clock
from app.core.status import NOTICE_S

logger = logging.getLogger(__name__)

LONGEST_REASON = 400  # characters of a refusal: what came in may be a book, and every surface is told of it
SLIGHTLY = 0.01  # beyond a range: rounding, and the ends of faders; not told, only counted


class ControlError(ValueError):
    """What a surface sent must not enter the app: says the rule, what was expected and what was found."""


class Refusals:
    """Refuses what cannot be done, and takes numbers that are out of range at its end. Any thread.

    Args:
        tell: shows a line to a person.
        clock: the engine's.

    Attributes:
        n_refused: how much was refused.
        last_refusal: its last reason, "" if none.
        n_clamped: how many numbers were out of range and taken at its end.
    """

    def __init__(self, tell: Callable[[str], None], clock: Clock) -> None:
        self.n_refused = 0
        self.last_refusal = ""
        self.n_clamped = 0
        self._tell_person = tell
        self._clock = clock
        self._told_s = -math.inf
        self._lock = threading.Lock()

    def refuse(self, reason: str, times: int = 1) -> None:
        """Count what was refused, keep why, and show it: at most once in `NOTICE_S`, for it may rain."""
        self.note_refusal(reason, times)
        self._tell_seldom(f"Refused: {_shortened(reason)}")

    def _tell_seldom(self, text: str) -> None:
        now_s = self._clock.now()
        with self._lock:
            is_time = now_s >= self._told_s + NOTICE_S
            if is_time:
                self._told_s = now_s
        if is_time:
            self._tell_person(text)

    def note_refusal(self, reason: str, times: int = 1) -> None:
        """Count what was refused and keep why, for what is shown in another way."""
        logger.debug("Refused: %s", reason)
        with self._lock:
            self.n_refused += times
            self.last_refusal = _shortened(reason)

    def is_on(self, name: str, value: float) -> bool:
        """A number as a switch: on from 0.5; ControlError if it is not finite. Any but 0 and 1 is counted."""
        if not math.isfinite(value):
            raise ControlError(f"{name}: expected 0 or 1, got {value}.")
        if value not in (0, 1):
            self._note_clamped(f"{name}: expected 0 or 1, got {value:g}.", 0.0 <= value <= 1.0)
        return value >= 0.5

    def clamped(self, **fractions: float) -> tuple[float, ...]:
        """Numbers that should be in [0, 1]. One that is not finite is left as it is, to be refused."""
        return tuple(
            self.within(name, value, 0.0, 1.0) if math.isfinite(value) else value
            for name, value in fractions.items()
        )

    def within(self, name: str, value: float, low: float, high: float) -> float:
        """A finite number, taken at the end of the range if it is beyond."""
        if low <= value <= high:
            return value
        slack = SLIGHTLY * (high - low)
        expected = f"{name}: expected a number from {low:g} to {high:g}, got {value:g}."
        self._note_clamped(expected, low - slack <= value <= high + slack)
        return min(max(value, low), high)

    def _note_clamped(self, expected: str, is_slight: bool) -> None:
        """Count it, and show it if it is more than a slight excess."""
        with self._lock:
            self.n_clamped += 1
        if not is_slight:
            self._tell_seldom(f"Clamped: {expected}")


def _shortened(reason: str) -> str:
    return reason if len(reason) <= LONGEST_REASON else f"{reason[: LONGEST_REASON - 3]}..."
