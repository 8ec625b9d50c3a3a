"""What waits to be written to a device: bounded, and what ends something is never refused. Pure; no lock."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable


class Outbox:
    """A queue of lines or messages.

    Where it is full, what begins or goes on is refused: late it would be of no use. What ends something (the
    release of a voice, the end of a note) is always taken, unless its end waits or was written already and
    nothing began it again. So no more ends can wait than there are voices and keys.

    Args:
        most_bytes: that may wait; ends may be more.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._waiting: deque[bytes] = deque()
        self._n_bytes = 0
        self._ended: set[Hashable] = set()  # what ended and did not begin again

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def put(self, data: bytes, begins: Hashable = None, ends: Hashable = None) -> bool:
        """Take `data`, which begins or ends something, or neither; whether it is written, or was."""
        is_full = self._n_bytes + len(data) > self._most_bytes
        if is_full and ends is None:
            return False
        if is_full and ends in self._ended:
            return True
        if ends is not None:
            self._ended.add(ends)
        self._ended.discard(begins)
        self._waiting.append(data)
        self._n_bytes += len(data)
        return True

    def take(self) -> bytes:
        """The one that waited longest; b"" if none waits."""
        if not self._waiting:
            return b""
        data = self._waiting.popleft()
        self._n_bytes -= len(data)
        return data

    def clear(self) -> None:
        """Nothing waits any more."""
        self._waiting.clear()
        self._ended.clear()
        self._n_bytes = 0
