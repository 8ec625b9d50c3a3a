"""A web port on a fake engine or a real one, and pages that speak with it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect

from app.core.controls import Controls
from app.core.parameters import Settings
from app.core.status import Counters, Status
from app.web.server import WebServer
from mdn.columns import TOUCH
from tests.app.core.test_controls import FakeEngine

COLUMNS = [column.name for column in TOUCH]
WAIT_S = 10.0  # for what must come; nothing waits so long that is well


class EchoEngine(FakeEngine):
    """Plays at once what it is given, and nothing of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.sinks: list[Any] = []

    def submit(self, event: Any) -> None:
        super().submit(event)
        for sink in self.sinks:
            sink.play(event)


class Port:
    """A web port that listens on this machine."""

    def __init__(self, **options: Any) -> None:
        self.engine, self.settings = EchoEngine(), Settings()
        self.controls = Controls(self.engine, self.settings)
        self.status = Status("nobody", "call", "touch", None, Counters(), 0.0, 0.0, None, "")
        self.server = WebServer(
            options.pop("host", "127.0.0.1"), 0, self.controls, status=lambda: self.status,
            columns=options.pop("columns", COLUMNS), **options,
        )  # fmt: skip
        self.engine.sinks.append(self.server.sink)

    @property
    def log(self) -> list[Any]:
        """What came to the engine, without its times."""
        return [[*entry[1:]] if isinstance(entry, list) else entry for entry in self.engine.log]

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.port}"


@contextmanager
def a_port(**options: Any) -> Iterator[Port]:
    """One that is open, and closed again."""
    port = Port(**options)
    port.server.start()
    try:
        yield port
    finally:
        port.server.close()


class Page:
    """A client: what it was sent is in `heard`, message by message.

    Args:
        port: where it goes.
        name: under which it says hello; None: it does not.
        path: of the websocket.
    """

    def __init__(self, port: Port, name: str | None = "ann", path: str = "/play", **options: Any) -> None:
        self._connect = connect(f"ws://{port.address}{path}", **options)
        self._name = name
        self.heard: list[Any] = []
        self.welcome: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        self.socket: ClientConnection = await self._connect
        if self._name is not None:
            await self.say(["hello", {"name": self._name}])
            self.welcome = (await self.until(lambda message: message[0] == "welcome"))[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.socket.close()

    async def say(self, *messages: Any) -> None:
        """Send one frame."""
        await self.socket.send(json.dumps(messages))

    async def until(self, is_it: Callable[[Any], bool]) -> Any:
        """The next message that is meant; those before it, and it, are in `heard`."""
        async with asyncio.timeout(WAIT_S):
            while True:
                frame = json.loads(await self.socket.recv())
                self.heard += frame
                for message in frame:
                    if is_it(message):
                        return message

    async def after_all(self) -> list[Any]:
        """What was heard until everything said is done, without states."""
        await self.say(["ping", 1])
        await self.until(lambda message: message[0] == "pong")
        return [message for message in self.heard if message[0] not in ("state", "welcome", "pong")]


def play(scenario: Callable[[], Awaitable[None]]) -> None:
    """Run a scenario."""

    async def run() -> None:
        async with asyncio.timeout(3 * WAIT_S):
            await scenario()

    asyncio.run(run())
