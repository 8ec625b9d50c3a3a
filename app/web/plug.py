"""What a web port may answer beside its own pages: other rooms plug in here, and it knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Answer:
    """What is sent for a GET.

    Attributes:
        body: of the answer.
        content_type: as "application/json".
        status: of HTTP.
    """

    body: bytes
    content_type: str
    status: int = 200


Pages = Callable[[str, str, str], Answer | None]
"""Answers a GET: `pages(path, query, accept)`, one after the other, on a thread that plays nothing.

path is as "/facts.json", query without its question mark, accept the header of this name, "" without one.
None: it has no such page, and the files of the pages are looked through. It is asked first, also for "/",
where an `accept` without "text/html" tells a program from a browser. Where a port asks for a token, only who
has it gets here. It may raise: that is answered by a status of 500.
"""


class Session(Protocol):
    """One websocket of a `Surface`. All calls are made on the port's thread and must return at once."""

    def receive(self, frame: str | bytes) -> None:
        """Take a frame: text, or binary as bytes; of up to `app.web.limits.MAX_BYTES`."""

    def close(self) -> None:
        """The websocket is closed: give everything back. Called once, whatever happened."""


class Surface(Protocol):
    """Answers control surfaces: at addresses of its own, and at the websocket "/". OSCQuery is one."""

    def page(self, path: str, query: str, accept: str) -> Answer | None:
        """As `Pages`."""

    def needs_token(self) -> bool:
        """Whether here, too, only who has the token comes in, where the port asks for one."""

    def open(self, send: Callable[[str | bytes], None], host: str) -> Session:
        """Somebody has connected.

        Args:
            send: sends a frame, text or bytes. Any thread, never blocks, never raises; to who is gone or
                takes nothing, nothing is sent.
            host: the address of who connected.
        """
