"""Web ports that are open: the pages, or IMPSY's websockets with the mapping of MIDI."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from app.core.controls import Controls
from app.core.network import reachable_addresses
from app.core.parameters import Settings
from app.engine.thread import Engine
from app.midi.compatibility import n_values_of
from app.midi.values_codec import ValuesCodec
from app.osc.address import parse_listen
from app.runtime.open_port import OpenPort
from app.runtime.rig import WebPort
from app.runtime.web_facts import web_facts
from app.runtime.web_pages import facts_page
from app.web.plug import Surface


class OpenWeb(OpenPort):
    """A web port.

    Args:
        port: what the rig says.
        engine, controls, settings: what people at the pages play and see.
        columns: of the model.
        surface_on: makes what answers control surfaces on a host and a port, whose number is known later.
        tokens: random ones, by where a port listens: one that is opened again is found by those who were told
            where it is. The port's is added.

    Raises:
        WebPortError: it cannot be opened.
    """

    def __init__(
        self,
        port: WebPort,
        engine: Engine,
        controls: Controls,
        settings: Settings,
        columns: Sequence[str],
        surface_on: Callable[[str, Callable[[], int]], Surface],
        tokens: dict[str, str],
    ) -> None:
        from app.web.server import (
            WebServer,  # with websockets, which a window without a page does not wait for
        )

        super().__init__(port)
        host, number = parse_listen(port.listen)
        self.is_page = port.profile != "impsy"
        codec = None if self.is_page else ValuesCodec(n_values_of(columns), port.input, port.output)
        self.device = WebServer(
            host, number, controls, status=engine.status, columns=columns,
            token=port.token or tokens.get(port.listen, ""), pages=facts_page(partial(web_facts, settings)),
            # IMPSY's websocket is another one
            surface=surface_on(host, lambda: self.device.port) if self.is_page else None,
            codec=codec, sources=port.sources,
        )  # fmt: skip
        if not port.token:
            tokens[port.listen] = self.device.token
        self.sink = self.device.sink

    @property
    def addresses(self) -> list[str]:
        """Where it is, this machine's own first, without the token: what is open is told to everybody."""
        scheme = "http" if self.is_page else "ws"
        return [f"{scheme}://{each}/" for each in reachable_addresses(self.device.host, self.device.port)]

    @property
    def address(self) -> str:
        """All of them."""
        return ", ".join(self.addresses)

    @property
    def ways_in(self) -> list[str]:
        """The addresses with the token, for people at this machine."""
        token = f"?token={self.device.token}" if self.device.token else ""
        return [f"{address}{token}" for address in self.addresses]

    def start(self) -> None:
        """Let people in."""
        self.device.start()

    def stop(self) -> None:
        """Send everybody away; what they hold ends."""
        self.device.close()
