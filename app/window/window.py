"""The window of a session: the player's events go to the engine, and what the engine does is shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from app.core.events import EventKind, Touch
from app.core.parameters import Settings
from app.core.way_in import WayIn
from app.pictures.palette import load_palette
from app.window.base import BaseWindow
from app.window.canvas_keys import CanvasKeys
from app.window.commands import commands
from app.window.display import WindowOptions
from app.window.input import Found, Gesture
from app.window.layout import EVENING
from app.window.overlay import learning_words
from app.window.scene import Scene
from app.window.sink import CanvasSink
from app.window.view import Adapting, Performing

LIKENESS_STEP = 0.05  # of the knob's range


class Window(BaseWindow):
    """Opens at once; plays from `run` until it is closed. Main thread only.

    Args:
        engine: takes the player's events and commands, tells its status.
        settings: the live parameters, which the controls turn.
        sink: where the engine puts what is to be drawn.
        adaptation: learns from what was played.
        options: size and fullscreen.
        way_in: says how a phone comes in.

    Raises:
        DisplayError: there is no display.
    """

    _scene: Scene

    def __init__(
        self,
        engine: Performing,
        settings: Settings,
        sink: CanvasSink,
        adaptation: Adapting,
        options: WindowOptions,
        way_in: Callable[[], WayIn],
    ) -> None:
        self._engine, self._sink, self._adaptation = engine, sink, adaptation
        self._way_in = way_in
        super().__init__(settings, commands(settings), EVENING, options)
        self._keys = CanvasKeys() if engine.hears is EventKind.NOTES else None
        self._scene = Scene(
            load_palette(), settings, self._panel, self._table, self._size(), self._keys is not None
        )

    def _began(self) -> None:
        self._engine.watch_mixture = True

    def _ended(self) -> None:
        self._engine.watch_mixture = False

    def _make_actions(self) -> dict[str, Callable[[], None]]:
        return super()._make_actions() | {
            "more like you": lambda: self._liken(LIKENESS_STEP),
            "less like you": lambda: self._liken(-LIKENESS_STEP),
            "reset": lambda: self._engine.command("reset"),
            "panic": lambda: self._engine.command("panic"),
            "adapt": self._adaptation.adapt,
            "adapt back": self._adaptation.back,
            "phones": self._toggle_phones,
        }

    def _toggle_phones(self) -> None:
        self._panel.toggle_phones()
        self._scene.way_in = self._way_in()  # once: to ask the network cards is no work of a frame

    def _remark(self, name: str) -> str:
        if name != "quantise" or self._settings.word(name) == "off" or self._engine.hears is EventKind.NOTES:
            return ""  # notes have a beat of their own
        is_heard = self._engine.beat.bpm(time.perf_counter()) > 0.0
        return "" if is_heard else "The grid waits for a MIDI clock: none comes in."

    def _liken(self, by: float) -> None:
        self._panel.selected = "likeness"  # its knob lights up, so that one sees what the key does
        self._panel.turn("likeness", by)

    def _frame(self, now_s: float) -> Iterator[None]:
        counters = {
            "canvas waiting": len(self._sink),
            "canvas dropped": self._sink.n_dropped,
            "fingers outside": self._input.out_of_range,
            "mouse shadows": self._input.shadows,
        }
        events = self._sink.drain()  # before the status, which then knows of them, or will at once
        self._scene.learning = learning_words(self._adaptation.said) if self._adaptation.is_busy else ""
        return self._scene.frame(self._display, self._engine.status(), events, now_s, counters)

    def _send(self, found: Sequence[Found]) -> None:
        for one in found:
            if isinstance(one, Gesture):
                self._panel.gesture(one)
                continue
            played = [one] if self._keys is None else self._keys.play(one, self._scene.keys)
            for event in played:
                self._engine.submit(event)
            if isinstance(one, Touch) and not one.moving:
                self._scene.played = True
                self._panel.menu.close()
