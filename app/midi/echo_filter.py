"""The guard against feedback: messages that were sent are not taken for playing when they come back.

An echo comes back on the port it was sent to, within a moment, byte for byte: it is ignored. A loop comes
back on any other port, again and again: then that input is not listened to until it was silent for a while.
Both judge by what was sent, so neither needs to know how the ports are connected.
"""

from __future__ import annotations

import math
import threading
from collections import deque

from app.midi.messages import NOTE_ON

LOOP_NOTES = 12  # so many notes in a row that we had just sent are no coincidence
LOOP_WINDOW_S = 0.06  # "just": longer than most loops take, shorter than a fast drum roll repeats
QUIET_S = 2.0
MEMORY = 512  # messages; more than a port carries in the longest window


class EchoFilter:
    """Remembers what was sent. Any thread.

    Attributes:
        window_s: how long after it was sent a message counts as an echo; 0: never.
    """

    def __init__(self, window_s: float = 0.03) -> None:
        self.window_s = window_s
        self._lock = threading.Lock()
        self._sent: deque[tuple[float, str, bytes]] = deque(maxlen=MEMORY)

    def sent(self, device: str, message: bytes, now_s: float) -> None:
        """`message` went out to `device`."""
        with self._lock:
            self._sent.append((now_s, device, message))

    def is_echo(self, device: str, message: bytes, time_s: float) -> bool:
        """Whether a message from `device` is one that was just sent to it."""
        return self.window_s > 0 and self._find(message, time_s, self.window_s, device)

    def is_known(self, message: bytes, time_s: float) -> bool:
        """Whether the same was just sent anywhere."""
        return self.window_s > 0 and self._find(message, time_s, LOOP_WINDOW_S, None)

    def _find(self, message: bytes, time_s: float, window_s: float, device: str | None) -> bool:
        with self._lock:
            for sent_s, to, sent in reversed(self._sent):
                if sent_s < time_s - window_s:
                    return False
                if sent == message and device in (None, to):
                    return True
        return False


class LoopDetector:
    """Whether one input is fed by our own output."""

    def __init__(self, echo_filter: EchoFilter) -> None:
        self._echo_filter = echo_filter
        self._in_a_row = 0
        self._last_s = -math.inf
        self._looping = False

    def hear(self, message: bytes, time_s: float) -> tuple[bool, bool]:
        """Take note of a message: (whether to ignore it, whether a loop was found just now)."""
        if self._looping and time_s >= self._last_s + QUIET_S:
            self._looping, self._in_a_row = False, 0
        self._last_s = time_s
        if self._looping:
            return True, False
        if message[0] & 0xF0 == NOTE_ON and message[-1] > 0:
            self._in_a_row = self._in_a_row + 1 if self._echo_filter.is_known(message, time_s) else 0
        self._looping = self._in_a_row >= LOOP_NOTES
        return self._looping, self._looping
