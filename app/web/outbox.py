"""What waits to be sent to one page: gathered and bounded. Of a slow reader's, moves are left out first."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from app.web import limits, protocol
from app.web.protocol import Told


class Outbox:
    """Messages in their order, and what changed since the last frame."""

    def __init__(self) -> None:
        self._messages: deque[tuple[str, bool]] = deque()  # and whether it may be left out
        self._state: dict[str, Told] = {}

    def put(self, message: str, *, is_move: bool = False) -> int:
        """Add a message. A move, of which the next says where the finger is, may be left out.

        Returns:
            How many moves were left out for it.
        """
        return self.put_all([(message, is_move)])

    def put_all(self, messages: Sequence[tuple[str, bool]]) -> int:
        """Add messages, each with whether it is a move; returns as `put`."""
        n_left_out = self._leave_out() if len(self._messages) >= limits.MAX_WAITING else 0
        self._messages.extend(messages)
        return n_left_out

    def put_state(self, changed: Mapping[str, Told]) -> None:
        """Add what changed: of each name only the last value is sent."""
        self._state.update(changed)

    def take(self) -> str:
        """Everything as one frame; "" if there is nothing."""
        if not self._messages and not self._state:
            return ""
        messages = [message for message, _ in self._messages]
        if self._state:
            messages.append(protocol.state(self._state))
        self._messages.clear()
        self._state = {}
        return protocol.frame(messages)

    def __len__(self) -> int:
        return len(self._messages) + bool(self._state)

    def _leave_out(self) -> int:
        """Leave out the older half of the moves: to look for one at a time would take long each time."""
        n_left_out = n_out = (sum(is_move for _, is_move in self._messages) + 1) // 2
        kept: deque[tuple[str, bool]] = deque()
        for message, is_move in self._messages:
            if is_move and n_out:
                n_out -= 1
            else:
                kept.append((message, is_move))
        self._messages = kept
        return n_left_out
