"""All people at the pages of one port: what sounds and what changes, told to each. The port's thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from websockets.asyncio.server import ServerConnection, broadcast

from app.core.controls import Controls
from app.core.events import Event, EventKind, Release, Source, Touch
from app.core.status import Status
from app.web import limits, protocol
from app.web.feed import Feed
from app.web.glow import components
from app.web.person import Person
from app.web.protocol import Told
from app.web.voices import MAX_FINGERS, VoiceShares

LOOK_S = 0.05  # between two looks at what may have changed, while somebody is there


@dataclass(eq=False)
class _Member:
    person: Person
    socket: ServerConnection
    slow_since_s: float | None = None  # since when the network takes nothing


class Audience:
    """Who is there.

    Args:
        controls: what is played, set and asked.
        status: of the engine; any thread.
        hears: what the model hears, for the pages: "touches", "notes" or "values".
        columns: of the model.

    Attributes:
        feed: what the engine plays on.
    """

    def __init__(
        self,
        controls: Controls,
        status: Callable[[], Status],
        hears: str,
        columns: tuple[str, ...],
    ) -> None:
        self.feed = Feed(self.nudge)
        self._controls = controls
        self._status = status
        self._hears = hears
        self._columns = columns
        self._voices = VoiceShares()
        self._members: list[_Member] = []
        self._state: Mapping[str, Told] = {}  # as everybody knows it
        self._timer: asyncio.TimerHandle | None = None
        self._sent_s = 0.0
        self._look: asyncio.Task[None] | None = None

    def join(self, name: str, socket: ServerConnection) -> Person | None:
        """Somebody has said hello; None if there is no room."""
        number = self._voices.join(name)
        if number is None:
            return None
        self.feed.loop = asyncio.get_running_loop()
        person = Person(number, self._controls, self._voices)
        self._members.append(_Member(person, socket))
        self.feed.is_wanted = True
        self.feed.wants_mixture = self._hears == EventKind.TOUCHES.value
        self._tell_changes()
        about = {
            "person": number,
            "colour": self._voices.colour(number),
            "fingers": MAX_FINGERS,
            "hears": self._hears,
            "columns": self._columns,
            "state": self._state,
        }
        person.outbox.put(protocol.welcome(about))
        if self._look is None:
            self._look = self.feed.loop.create_task(self._keep_looking())
        self.nudge()
        return person

    def leave(self, person: Person) -> None:
        """Somebody is gone."""
        self._members = [member for member in self._members if member.person is not person]
        person.leave()
        if not self._members:
            self.feed.is_wanted = self.feed.wants_mixture = False
            self.feed.take()  # nobody is to hear of it later

    def nudge(self) -> None:
        """Something may wait to be sent: at once, unless something was sent just now."""
        if self._timer is not None or self.feed.loop is None:
            return
        wait_s = self._sent_s + limits.GATHER_S - time.monotonic()
        if wait_s <= 0.0:
            self._send()
        else:
            self._timer = self.feed.loop.call_later(wait_s, self._send)

    def _send(self) -> None:
        """Send what was played since the last time, and all that waits."""
        self._timer = None
        if told := [self._told(event) for event in self.feed.take()]:
            for member in self._members:
                number, outbox = member.person.number, member.person.outbox
                self.feed.n_dropped += outbox.put_all([said for owner, said in told if owner != number])
        now_s = time.monotonic()
        for member in self._members:
            if len(member.person.outbox):
                self._sent_s = now_s
                self._send_to(member)

    def _told(self, event: Event | None) -> tuple[int | None, tuple[str, bool]]:
        """Who made what sounded, and so is not told; the message, and whether it is a move."""
        if event is None:
            return None, (protocol.PANIC, False)
        owner = self._voices.owner(event.voice) if event.source is Source.PLAYER else None
        if isinstance(event, Release) and event.source is Source.PLAYER:
            self._voices.ended(event.voice)
        return owner, (protocol.event(event, owner), isinstance(event, Touch) and event.moving)

    def _send_to(self, member: _Member) -> None:
        if member.socket.transport.get_write_buffer_size() <= limits.MAX_UNSENT:
            member.slow_since_s = None
            broadcast([member.socket], member.person.outbox.take())
        elif member.slow_since_s is None:
            member.slow_since_s = self._sent_s
        elif self._sent_s > member.slow_since_s + limits.SLOW_S:
            member.socket.transport.abort()

    async def _keep_looking(self) -> None:
        while self._members:
            await asyncio.sleep(LOOK_S)
            self._tell_changes()
            self.nudge()
        self._look = None

    def _tell_changes(self) -> None:
        """Tell everybody what is not as it was told last."""
        status = self._status()
        left_s, mixture = status.silence_left_s, status.mixture if self.feed.wants_mixture else None
        now: dict[str, Told] = {
            **self._controls.all(),
            "people": len(self._voices),
            "silence_left_s": None if left_s is None else round(left_s, 2),
            "glow": None if mixture is None else components(mixture),
        }
        before, self._state = self._state, now
        changed = {name: value for name, value in now.items() if name not in before or before[name] != value}
        if changed:
            for member in self._members:
                member.person.outbox.put_state(changed)
