"""A program that looks for others on the loopback, by zeroconf."""

from __future__ import annotations

import time
from typing import Any

import zeroconf

from app.web.announce import OSC, OSCQUERY

LOOPBACK = ("127.0.0.1",)
PATIENCE_S = 20.0


class Finder:
    """Everything of two kinds that the loopback knows: ports by kind and name."""

    def __init__(self) -> None:
        self.zeroconf = zeroconf.Zeroconf(interfaces=list(LOOPBACK))
        self.found: dict[str, tuple[int, list[str]]] = {}
        kinds = [f"{kind}.local." for kind in (OSCQUERY, OSC)]
        zeroconf.ServiceBrowser(self.zeroconf, kinds, handlers=[self._note])

    def _note(self, zeroconf: Any, service_type: str, name: str, state_change: Any) -> None:
        if state_change.name == "Removed":
            self.found.pop(name, None)
        elif info := zeroconf.get_service_info(service_type, name):
            self.found[name] = info.port, info.parsed_addresses()

    def ours(self, name: str) -> dict[str, int]:
        """The ports of what is called `name` and so on."""
        found = self.found.items()
        return {full.removesuffix(".local."): port for full, (port, _) in found if full.startswith(name)}

    def wait(self, name: str, expected: dict[str, int]) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while self.ours(name) != expected:
            assert time.monotonic() < end_s, (self.ours(name), expected)
            time.sleep(0.02)

    def wait_for_port(self, full_name: str, port: int | None) -> None:
        """Until what is called so is at this port, or is gone."""
        end_s = time.monotonic() + PATIENCE_S
        while (found := self.found.get(f"{full_name}.local.", (None,))[0]) != port:
            assert time.monotonic() < end_s, (found, port, self.found)
            time.sleep(0.02)
