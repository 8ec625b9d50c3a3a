"""Another model while one draws: it loads on a thread of its own, and the old one draws on until then."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable

from app.core.parameters import ParameterError, Settings
from app.sketch.sketcher import Sketcher


class SketcherSwitch:
    """Follows the setting `model`. One loads at a time, however fast somebody chooses.

    Args:
        settings: `model` is set back when a model cannot draw.
        name: of the model that draws now.
        load: opens another by name; raises if it cannot.
    """

    def __init__(self, settings: Settings, name: str, load: Callable[[str], Sketcher]) -> None:
        self._settings, self._load = settings, load
        self.name = name
        self._loading: str | None = None
        self._loaded: queue.SimpleQueue[tuple[str, Sketcher | Exception]] = queue.SimpleQueue()

    def step(self) -> tuple[Sketcher | None, str]:
        """Follow the setting; the model that draws from now on, if it is another, and what to tell."""
        wanted = self._settings.word("model")
        if self._loading is None and wanted != self.name:
            self._loading = wanted
            threading.Thread(target=self._work, args=(wanted,), name="load", daemon=True).start()
        if self._loaded.empty():
            return None, ""
        (name, found), self._loading = self._loaded.get(), None
        if name != wanted:  # somebody chose again meanwhile
            return None, ""
        if isinstance(found, Exception):
            with contextlib.suppress(ParameterError):
                self._settings.set("model", self.name)
            return None, f"The model {name} cannot draw, {self.name} draws on: {found}"
        self.name = name
        return found, ""

    def _work(self, name: str) -> None:
        try:
            self._loaded.put((name, self._load(name)))
        except Exception as error:  # a model file is foreign: whatever is wrong with it, the old one draws on
            self._loaded.put((name, error))
