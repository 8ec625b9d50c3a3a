"""Lines that go out: what sounds, as a sketch can read it. They are those of `app.serial.lines_in`.

| what sounds | line |
|---|---|
| values | `x1,..,xn` |
| a touch | `voice,x,y,moving` |
| the end of a touch | `release,voice` |
| a key | `pitch,velocity`, and `pitch,0` when it is up |

Where both player and ghost are sent each line begins with who plays: `ghost,0,0.5000,0.2500,1`. The profile
`impsy` sends values only and never says who. Source of that: as in `lines_in`.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import replace

from app.core.contacts import Contacts
from app.core.events import KEYS_VOICE, Event, Heard, Note, Release, Source, Touch, Values
from app.core.sink import Sink
from app.serial.link import Link


def line_of(event: Event, last: Heard | None, *, named: bool = False, only_values: bool = False) -> bytes:
    """The line of an event, b"" if it has none.

    Args:
        last: what the voice of a release did last.
        named: whether it says who plays.
        only_values: everything else has no line.
    """
    words: list[str] = []
    if isinstance(event, Values):
        words = [f"{value:.4f}" for value in event.values]
    elif only_values:
        return b""
    elif isinstance(event, Touch):
        words = [str(event.voice), f"{event.x:.4f}", f"{event.y:.4f}", str(int(event.moving))]
    elif isinstance(event, Note):
        words = [str(event.pitch), str(event.velocity)]
    elif isinstance(last, Touch):
        words = ["release", str(event.voice)]
    elif isinstance(last, Note):
        words = [str(event.voice - KEYS_VOICE), "0"]
    if not words:
        return b""
    return (",".join([event.source.value, *words] if named else words) + "\n").encode("ascii")


class LinesOut(Sink):
    """A sink for one device. It plays whether or not the device is there; see `attach`.

    Args:
        name: of the port, for people.
        sources: whose events are sent.
        only_values: as in `line_of`.
    """

    def __init__(self, name: str, sources: Collection[Source], *, only_values: bool = False) -> None:
        self._name = name
        self._lock = threading.Lock()  # never held for longer than it takes to queue a line
        self._link: Link | None = None
        self._contacts = Contacts()  # what the device believes to be down
        self.speak(sources, only_values=only_values)

    def speak(self, sources: Collection[Source], *, only_values: bool = False) -> None:
        """Send the events of others from here on, in another way; what was down is released."""
        with self._lock:
            self._release_all()
            self._sources = frozenset(sources)
            self._only_values = only_values

    def attach(self, link: Link) -> None:
        """Send to `link` from here on. What was down when the last one went is released first."""
        with self._lock:
            self._link = link
            self.notice = ""
            self._release_all()

    def detach(self) -> None:
        """The device is gone."""
        with self._lock:
            self._link = None

    def play(self, event: Event) -> None:
        """Send one event."""
        with self._lock:
            if event.source not in self._sources:
                return
            if self._link is None:
                self.n_dropped += 1
                return
            last = self._contacts.note(event)
            if isinstance(event, Touch) and event.moving and not isinstance(last, Touch):
                event = replace(event, moving=False)  # the device knows nothing of its beginning
            if not self._send(event, last):
                self.n_dropped += 1
                if not isinstance(last, Touch | Note):
                    self._contacts.note(Release(event.time_s, event.source, event.voice))
                self.notice = f"Serial {self._name} is slower than what is played; it misses some of it."

    def close(self) -> None:
        """Release what is down, and give the device back."""
        with self._lock:
            self._release_all()
            link, self._link = self._link, None
        if link is not None:
            link.close()

    def _release_all(self) -> None:
        """Say that everything is up that the device believes to be down; without a device, later."""
        if self._link is None:
            return
        while (voice := next(iter(self._contacts), None)) is not None:
            release = Release(0.0, *voice)
            self._send(release, self._contacts.note(release))

    def _send(self, event: Event, last: Heard | None) -> bool:
        named = len(self._sources) > 1 and not self._only_values
        line = line_of(event, last, named=named, only_values=self._only_values)
        if not line or self._link is None:
            return True
        voice = (event.source, event.voice)
        if isinstance(event, Release):
            return self._link.send(line, ends=voice)
        return self._link.send(line, begins=None if isinstance(event, Values) else voice)
