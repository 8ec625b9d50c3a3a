"""Which contacts are down, for everybody who has to know: one type, and one rule what a whole contact is.

A contact begins with a touch that does not move, or with a note, and ends with a release. Values hold like a
contact, from the first of a voice to a release of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

from app.core.events import Event, Heard, Note, Release, Source, Touch, Values

Voice = tuple[Source, int]


class Contacts:
    """The contacts of some voices, each with what its voice did last and when it ends by itself.

    Args:
        hold_s: a contact whose release was lost has ended so long after its last event, or when it begins
            again if that is before.
    """

    def __init__(self, hold_s: float = math.inf) -> None:
        self._hold_s = hold_s
        self._down: dict[Voice, tuple[Heard, float]] = {}

    def __iter__(self) -> Iterator[Voice]:
        """Who is down, first who came first."""
        return iter(self._down)

    @property
    def has_finger(self) -> bool:
        """Whether a finger is down."""
        return any(isinstance(last, Touch) for last, _ in self._down.values())

    @property
    def has_key(self) -> bool:
        """Whether a key is down."""
        return any(isinstance(last, Note) for last, _ in self._down.values())

    @property
    def next_s(self) -> float:
        """When the next contact ends by itself; infinity if none does."""
        return min((end_s for _, end_s in self._down.values()), default=math.inf)

    def note(self, event: Event, end_s: float = math.inf) -> Heard | None:
        """Take note of an event, after which its contact ends by itself at `end_s`.

        Returns:
            What the voice did last while it was down; None if it was not. Of a voice with a finger and values
            that is the touch.
        """
        voice = (event.source, event.voice)
        last, _ = self._down.get(voice, (None, math.inf))
        if isinstance(event, Release):
            self._down.pop(voice, None)
        elif not isinstance(event, Values) or last is None or isinstance(last, Values):
            self._down[voice] = event, end_s
        return last

    def whole(self, event: Event, end_s: float = math.inf) -> list[Event]:
        """As `note`; returns `event` as part of a whole contact.

        A touch that moves what is not down begins there, before a note or a touch that begins what is down
        comes a release, and a release of what is not down is nothing.
        """
        last = self.note(event, end_s)
        if isinstance(event, Release):
            return [] if last is None else [event]
        if isinstance(event, Values):
            return [event]
        finger = None if isinstance(last, Values) else last
        if isinstance(event, Touch) and event.moving:
            return [replace(event, moving=False) if finger is None else event]
        return [event] if finger is None else [self._end(finger, event.time_s), event]

    def release(self, time_s: float, is_meant: Callable[[Heard], bool] = lambda last: True) -> list[Release]:
        """End all contacts at `time_s`, or those whose last event is meant."""
        ended = [last for last, _ in self._down.values() if is_meant(last)]
        for last in ended:
            del self._down[last.source, last.voice]
        return [self._end(last, time_s) for last in ended]

    def expire(self, now_s: float) -> list[Release]:
        """End what ends by itself by now."""
        return self.release(now_s, lambda last: self._down[last.source, last.voice][1] <= now_s)

    def clear(self) -> None:
        """Nothing is down any more."""
        self._down.clear()

    def _end(self, last: Heard, time_s: float) -> Release:
        return Release(min(last.time_s + self._hold_s, time_s), last.source, last.voice)
