"""The ledger of one port: which notes sound and who holds them, so that every one of them is ended."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from app.core.events import Source
from app.midi.messages import NOTE_OFF, NOTE_ON

LONGEST_S = 11.0  # a note that nobody ends is ended after this long


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds a note, at most one: a voice of touches, or one of the values x1 .. xn.

    Attributes:
        source: player or ghost.
        voice: of the events.
        index: of the value, from 0; None for a touch.
    """

    source: Source
    voice: int
    index: int | None = None


@dataclass(slots=True)
class _Held:
    channel: int
    note: int
    end_s: float


class Ledger:
    """The sounding notes of one port. Each method returns the messages that must be sent for it, in order.

    Two owners may hold one note of one channel: it is ended when the last of them lets go.
    """

    def __init__(self) -> None:
        self._held: dict[Owner, _Held] = {}

    def start(
        self, owner: Owner, channel: int, note: int, velocity: int, end_s: float = math.inf
    ) -> list[bytes]:
        """`owner` plays a note, after the one it held. It ends at `end_s` unless something else ends it."""
        messages = self.stop(owner)
        self._held[owner] = _Held(channel, note, end_s)
        return [*messages, bytes((NOTE_ON | channel, note, velocity))]

    def stop(self, owner: Owner) -> list[bytes]:
        """`owner` lets go of what it holds, if anything."""
        held = self._held.pop(owner, None)
        if held is None or any((h.channel, h.note) == (held.channel, held.note) for h in self._held.values()):
            return []
        return [bytes((NOTE_OFF | held.channel, held.note, 0))]

    def extend(self, owner: Owner, end_s: float) -> None:
        """What `owner` holds may sound until `end_s`."""
        if owner in self._held:
            self._held[owner].end_s = end_s

    def stop_all(self, whose: Callable[[Owner], bool] = lambda owner: True) -> list[bytes]:
        """Every owner of `whose` lets go."""
        return self._stop([owner for owner in self._held if whose(owner)])

    def expire(self, now_s: float) -> list[bytes]:
        """Everything whose time is over ends."""
        return self._stop([owner for owner, held in self._held.items() if held.end_s <= now_s])

    @property
    def next_s(self) -> float:
        """When to call `expire`; infinity for never."""
        return min((held.end_s for held in self._held.values()), default=math.inf)

    def holds(self, owner: Owner) -> bool:
        """Whether `owner` holds a note."""
        return owner in self._held

    def __len__(self) -> int:
        return len(self._held)

    def _stop(self, owners: list[Owner]) -> list[bytes]:
        return [message for owner in owners for message in self.stop(owner)]
