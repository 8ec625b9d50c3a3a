"""The queue before one MIDI output: notes at once, controllers no denser than a cable can carry them.

A message of three bytes takes 1 ms on a DIN cable (31 250 baud). So a controller that moves fast is thinned:
of what comes within a gap only the newest value is sent, at its end, and the last one always arrives. A panic
is spread over some 50 ms. Pure: it knows no port and no thread; it says when it wants to be called again.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable

from app.midi.messages import ALL_NOTES_OFF, ALL_SOUND_OFF, CONTROL_CHANGE, KEY_PRESSURE, NOTE_ON, SUSTAIN
from app.midi.values_out import continuous_key

SPREAD_S = 0.001  # between two messages of a panic


class SendQueue:
    """The order and the density of messages.

    Args:
        send: puts a message on the port.

    Attributes:
        gap_s: least time between two values of one controller; 0 sends all.
    """

    def __init__(self, send: Callable[[bytes], None], gap_s: float) -> None:
        self._send = send
        self.gap_s = gap_s
        self._sent_s: dict[tuple[int, int], float] = {}  # when a controller was last sent
        self._waiting: dict[tuple[int, int], bytes] = {}
        self._sweep: deque[bytes] = deque()
        self._swept_s = -math.inf

    def put(self, messages: Iterable[bytes], now_s: float, *, at_once: bool = False) -> None:
        """Send messages in their order, controllers `at_once` or as soon as their gap is over."""
        for message in messages:
            if message[0] & 0xF0 < KEY_PRESSURE:
                self._note(message)
                continue
            key = continuous_key(message)
            if not at_once and now_s < self._sent_s.get(key, -math.inf) + self.gap_s:
                self._waiting[key] = message
            else:
                self._continuous(key, message, now_s)

    def sweep(self, note_offs: Iterable[bytes]) -> None:
        """Silence everything: the notes that are known, then whatever may sound on any channel."""
        self._waiting.clear()
        self._sweep.clear()
        self._sweep += note_offs
        for channel in range(16):
            for control in (SUSTAIN, ALL_NOTES_OFF, ALL_SOUND_OFF):
                self._sweep.append(bytes((CONTROL_CHANGE | channel, control, 0)))

    def step(self, now_s: float) -> float:
        """Send what is due; returns when to be called again, infinity for never."""
        due = [key for key in self._waiting if now_s >= self._sent_s.get(key, -math.inf) + self.gap_s]
        for key in due:
            self._continuous(key, self._waiting[key], now_s)
        if self._sweep and now_s >= self._swept_s + SPREAD_S:
            self._swept_s = now_s
            self._send(self._sweep.popleft())
        waiting = [self._sent_s.get(key, -math.inf) + self.gap_s for key in self._waiting]
        return min([*waiting, self._swept_s + SPREAD_S if self._sweep else math.inf])

    def rest(self) -> list[bytes]:
        """What is left of a sweep; the caller sends and spreads it."""
        rest = list(self._sweep)
        self._sweep.clear()
        return rest

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()
        self._sent_s.clear()
        self._sweep.clear()

    def _note(self, message: bytes) -> None:
        """A note goes at once. What a panic still has to say on its channel must not come after it."""
        if message[0] & 0xF0 == NOTE_ON and self._sweep:
            channel = message[0] & 0x0F
            hasty = [m for m in self._sweep if m[0] & 0x0F == channel]
            self._sweep = deque(m for m in self._sweep if m[0] & 0x0F != channel)
            for earlier in hasty:
                self._send(earlier)
        self._send(message)

    def _continuous(self, key: tuple[int, int], message: bytes, now_s: float) -> None:
        self._waiting.pop(key, None)
        self._sent_s[key] = now_s
        self._send(message)
