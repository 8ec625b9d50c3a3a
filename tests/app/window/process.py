"""A whole process with the real window and an engine that prints what it is told: run by `test_xvfb.py`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
sys.path.insert(0, str(Path(__file__).parent))

from conftest import FakeAdaptation, FakeEngine, literal

from app.core.events import Event, EventKind
from app.core.parameters import Settings
from app.core.way_in import CLOSED, WayIn
from app.window import CanvasSink, Window, WindowOptions


class PrintingEngine(FakeEngine):
    """Prints every event as a line."""

    def submit(self, event: Event) -> None:
        super().submit(event)
        print(*literal(event), flush=True)


class PrintingWindow(Window):
    """Prints its size whenever it is another."""

    _told: tuple[int, int] = (0, 0)

    def _fit(self) -> None:
        super()._fit()
        if self._display.get_size() != self._told:
            self._told = self._display.get_size()
            print("size", *self._told, flush=True)


settings, sink = Settings(), CanvasSink()
settings.subscribe(lambda name, value: print("set", name, value, flush=True))
window = PrintingWindow(
    PrintingEngine(settings, sink, EventKind.TOUCHES),
    settings,
    sink,
    FakeAdaptation(),
    options=WindowOptions(fullscreen="--fullscreen" in sys.argv, size=(800, 600)),
    way_in=lambda: WayIn("", CLOSED),
)
print("open", flush=True)
window.run()
print("ended", flush=True)
