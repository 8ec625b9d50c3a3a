"""A web port: one socket, one thread with a loop of its own. It serves the pages and speaks with them.

websockets serves both: a GET is answered before a request becomes a websocket (`process_request`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from app.core.clock import ask_for_priority, not_held_up, sharpen_timers
from app.core.controls import Controls
from app.core.events import EventKind, Source
from app.core.status import Status
from app.web import limits
from app.web.audience import Audience
from app.web.connection import Hosts, address_of, counted
from app.web.gate import Gate
from app.web.impsy import Codec, ImpsyRoom
from app.web.listening import listen
from app.web.pace import Pace
from app.web.play import TRY_AGAIN_LATER, play
from app.web.plug import Pages, Surface
from app.web.site import ANY, PLAY, ROOT, Site, is_websocket
from app.web.surface import speak

logger = logging.getLogger(__name__)
# What the library says of every connection is of no use to who plays; a defect of ours is logged here.
_library = logging.getLogger("app.web.websockets")
_library.setLevel(logging.CRITICAL + 1)

JOIN_S = 1.0


class WebServer:
    """A port that listens.

    Args:
        host, port: where. Only this machine reaches 127.0.0.1, ::1 and localhost; port 0 is any free one.
        controls: where everything goes.
        status: of the engine; any thread.
        columns: of the model.
        token: asked for in the address; "" for a random one where others reach the port, else for none.
        pages: what is answered beside the files of the pages, see `app.web.plug`.
        surface: who answers control surfaces, likewise.
        codec: what messages mean; then the port speaks IMPSY's dialect, at every path, instead of the pages'.
        sources: whose events that dialect sends.

    Attributes:
        host, port: where it listens; the port that was given out if 0 was asked for.
        token: that is asked for, "" for none.
        sink: what the engine plays on.

    Raises:
        WebPortError: it cannot be opened.
    """

    def __init__(
        self,
        host: str,
        port: int,
        controls: Controls,
        *,
        status: Callable[[], Status],
        columns: Sequence[str],
        token: str = "",
        pages: Pages | None = None,
        surface: Surface | None = None,
        codec: Codec | None = None,
        sources: Collection[Source] = tuple(Source),
    ) -> None:
        gate = Gate(host, token)
        self.host, self.token = host, gate.token
        self._surface = surface
        kind = EventKind.of(columns).value
        self._audience = Audience(controls, status, kind, tuple(columns))
        self._impsy = ImpsyRoom(controls, codec, sources) if codec else None
        self.sink = self._impsy.feed if self._impsy else self._audience.feed
        sockets = [ANY] if self._impsy else [PLAY, *([ROOT] if surface else [])]
        self._site = Site(gate, pages, sockets, surface)
        self._hosts = Hosts()
        self._socket = listen(host, port)
        self.port = int(self._socket.getsockname()[1])
        self._pages_thread = ThreadPoolExecutor(1, f"web {self.port} pages")
        self._is_closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name=f"web {self.port}", daemon=True)

    def start(self) -> None:
        """Let others in."""
        self._thread.start()

    def close(self) -> None:
        """Let nobody in any more; what people at the pages hold ends. Safe to call twice."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._loop is not None and self._closing is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._closing.set)
        if self._thread.ident is not None:
            self._thread.join(JOIN_S)
        self._pages_thread.shutdown(wait=False)
        self._socket.close()

    def _run(self) -> None:
        sharpen_timers()
        ask_for_priority()
        try:
            asyncio.run(self._serve())
        except Exception:  # a defect of ours: the port is deaf, everything else plays on
            logger.exception("Web port %d: it ended.", self.port)

    async def _serve(self) -> None:
        self._closing, self._loop = asyncio.Event(), asyncio.get_running_loop()
        if self._is_closed:
            return
        async with serve(
            self._handle,
            sock=self._socket,
            process_request=self._respond,
            compression=None,  # takes longer than to send the few bytes, and unpacks to any size
            server_header=None,
            open_timeout=limits.OPEN_S,
            ping_interval=limits.PING_S,
            ping_timeout=limits.PONG_S,
            close_timeout=limits.CLOSE_S,
            max_size=limits.MAX_BYTES,
            max_queue=limits.MAX_FRAMES,
            write_limit=limits.MAX_UNSENT,
            logger=_library,
            create_connection=counted(self._hosts),
        ):
            await self._closing.wait()

    async def _respond(self, connection: ServerConnection, request: Request) -> Response | None:
        wait_s = self._hosts.of(address_of(connection)).requests.use(1.0, time.monotonic())
        if wait_s > 0.0:  # of one host no more connections wait than are counted
            await asyncio.sleep(wait_s)
        if is_websocket(request):
            return self._site.respond(request)
        # What a page is made of may take a while to gather, and who plays is not to wait for it.
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pages_thread, self._answer, request)

    def _answer(self, request: Request) -> Response | None:
        with not_held_up():  # nor are they to wait for who took its turn meanwhile
            return self._site.respond(request)

    async def _handle(self, socket: ServerConnection) -> None:
        host = self._hosts.of(address_of(socket))
        pace = Pace(host.messages, time.monotonic())
        try:
            if self._impsy is not None:
                await self._impsy.serve(socket, pace)
            elif self._surface is not None and socket.request and not _is_play(socket.request):
                with self._hosts.surface(host) as has_room:
                    if has_room:
                        await speak(socket, self._surface, pace)
                    else:
                        await socket.close(TRY_AGAIN_LATER, "too many surfaces are here.")
            else:
                await play(socket, self._audience, pace)
        except Exception:  # a defect of ours: this connection ends, the others do not
            logger.exception("Web port %d: a connection failed.", self.port)


def _is_play(request: Request) -> bool:
    return urlsplit(request.path).path == PLAY  # as the site reads it, which asked for the token
