"""A fixed pool of voices, shared by the fingers of one source: which finger has which. Pure bookkeeping.

A pool has a few more voices than may be held at once, so that a stolen voice can fade out on its own
while the finger that stole starts on a quiet one. Nothing here knows about audio; the promises are
tested without it: a key holds at most one voice, never more than `limit` are held, whatever is
released, stolen, expired or panicked is held no longer.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

STEAL_FADE_S = 0.012
"""Seconds in which a stolen voice is out of the way."""


@dataclass
class _Voice:
    key: Hashable | None = None  # None: not held
    touched_s: float = 0.0
    quiet_s: float = 0.0  # when a voice no longer held is silent
    asleep: bool = True


@dataclass(frozen=True)
class Grant:
    """What `VoicePool.hold` decided: the voice to start, and the one to fade out first if any."""

    voice: int
    stolen: int | None = None


class VoicePool:
    """`limit` held voices out of `limit + spare`.

    Args:
        limit: how many keys may be held at once; one more steals the one held longest.
        spare: voices on which stolen and released sounds can ring out.
        max_rest_s: a key without events for so long is let go by `expire`; None: never.
    """

    def __init__(self, limit: int, spare: int = 2, max_rest_s: float | None = None) -> None:
        if limit < 1 or spare < 0:
            raise ValueError(f"pool: expected limit >= 1 and spare >= 0, got {limit} and {spare}.")
        self.limit = limit
        self._max_rest_s = max_rest_s
        self._voices = [_Voice() for _ in range(limit + spare)]
        self._held: dict[Hashable, int] = {}  # insertion order: oldest first

    def __len__(self) -> int:
        return len(self._voices)

    @property
    def held(self) -> dict[Hashable, int]:
        """A copy: key to voice, the one held longest first."""
        return dict(self._held)

    def voice_of(self, key: Hashable, now_s: float) -> int | None:
        """The voice `key` holds, marked as alive at `now_s`; None if it holds none."""
        index = self._held.get(key)
        if index is not None:
            self._voices[index].touched_s = now_s
        return index

    def hold(self, key: Hashable, now_s: float) -> Grant:
        """Give `key` a voice. A voice it already held must have been released by the caller."""
        if key in self._held:
            raise ValueError(f"key: expected one that holds no voice, got {key!r}.")
        stolen: int | None = None
        if len(self._held) >= self.limit:
            oldest = next(iter(self._held))
            stolen = self.release(oldest, now_s, STEAL_FADE_S)
        index = self._quietest()
        self._voices[index] = _Voice(key, now_s, asleep=False)
        self._held[key] = index
        return Grant(index, stolen)

    def release(self, key: Hashable, now_s: float, ring_s: float) -> int | None:
        """Let go of `key`; its voice rings for `ring_s`. The voice, or None if it held none."""
        index = self._held.pop(key, None)
        if index is not None:
            voice = self._voices[index]
            voice.key, voice.quiet_s = None, now_s + ring_s
        return index

    def expire(self, now_s: float) -> list[Hashable]:
        """The keys that rested longer than `max_rest_s`, oldest first. The caller releases them."""
        if self._max_rest_s is None:
            return []
        return [
            key
            for key, index in self._held.items()
            if now_s - self._voices[index].touched_s > self._max_rest_s
        ]

    def fall_asleep(self, now_s: float) -> list[int]:
        """The voices that have become silent since they were last asked for, each told once."""
        tired = [
            index
            for index, voice in enumerate(self._voices)
            if not voice.asleep and voice.key is None and voice.quiet_s < now_s
        ]
        for index in tired:
            self._voices[index].asleep = True
        return tired

    def _quietest(self) -> int:
        """The voice not held that is, or will first be, silent."""
        free = (index for index, voice in enumerate(self._voices) if voice.key is None)
        return min(free, key=lambda index: self._voices[index].quiet_s)
