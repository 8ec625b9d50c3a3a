"""Opens a web port of a rig: the pages, or IMPSY's websockets with the mapping of MIDI."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.core.controls import Controls
from app.core.status import Status
from app.midi.compatibility import n_values_of
from app.midi.values_codec import ValuesCodec
from app.osc.address import parse_listen
from app.runtime.rig import WebPort
from app.runtime.surfaces import Surfaces
from app.runtime.web_pages import facts_page
from app.web.device import WebDevice


def open_web(
    port: WebPort,
    controls: Controls,
    status: Callable[[], Status],
    columns: Sequence[str],
    facts: Callable[[], Mapping[str, Any]],
    surfaces: Surfaces,
) -> WebDevice:
    """The port, which lets nobody in yet.

    Args:
        port: what the rig says.
        controls: where everything goes.
        status: of the engine.
        columns: of the model.
        facts: what a page must know, as `/facts.json` tells it.
        surfaces: answers control surfaces, where the pages are.

    Raises:
        WebPortError: it cannot be opened.
    """
    from app.web.server import WebServer  # with websockets, which a window without a page does not wait for

    host, number = parse_listen(port.listen)
    codec = ValuesCodec(n_values_of(columns), port.input, port.output) if port.profile == "impsy" else None
    server = WebServer(
        host, number, controls, status=status, columns=columns,
        token=port.token, pages=facts_page(facts),
        surface=None if codec else surfaces.on(host, lambda: server.port),  # its websocket is another one
        codec=codec, sources=port.sources,
    )  # fmt: skip
    return server
