"""The window of the drawing canvas: pens go to the easel, keys to what they do, and the easel is shown."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from pathlib import Path

from app.core.clock import not_held_up
from app.core.events import Release, Touch
from app.core.parameters import Settings
from app.pictures.palette import Palette, load_palette
from app.window.base import BaseWindow
from app.window.display import WindowOptions
from app.window.draw.artist import Artist
from app.window.draw.easel import Easel
from app.window.draw.looking import Looking
from app.window.draw.modes import Side
from app.window.draw.outlet import Outlet
from app.window.draw.save import Saver
from app.window.draw.scene import DrawScene
from app.window.draw.switch import SketcherSwitch
from app.window.draw.table import BOARD, draw_commands
from app.window.input import Gesture, Phase

SWITCH_S = 0.0005  # a frame waits no longer for the artist's NumPy; Python's own is 5 ms, a third of a frame


class DrawWindow(BaseWindow):
    """Opens at once; draws from `run` until it is closed. Main thread only.

    Args:
        easel: what happens.
        artist: the ghost's thread; started and stopped by whoever made it.
        settings: the live parameters.
        outlet: where strokes go.
        saver: saves drawings.
        switch: loads other models.
        palette: the colours; the default palette if None.
        options: size and fullscreen.

    Raises:
        DisplayError: there is no display.
    """

    _scene: DrawScene

    def __init__(
        self,
        easel: Easel,
        artist: Artist,
        settings: Settings,
        outlet: Outlet,
        saver: Saver,
        switch: SketcherSwitch,
        palette: Palette | None = None,
        options: WindowOptions | None = None,
    ) -> None:
        self._easel, self._artist, self._outlet = easel, artist, outlet
        self._saver, self._switch = saver, switch
        self._pen: int | None = None  # the voice that draws; others are passed over
        self._presses: dict[Hashable, int] = {}  # contacts on a cell, and the number of what is in it
        super().__init__(settings, draw_commands(), BOARD, options)
        self._scene = DrawScene(
            palette or load_palette(), settings, self._panel, self._table, easel,
            Looking(easel, artist, settings),
        )  # fmt: skip

    def run(self) -> None:
        """As `BaseWindow.run`. No other program comes between while it draws: the pen would lag."""
        with not_held_up():
            super().run()

    def _began(self) -> None:
        """The artist is at work: whoever of both waits for the interpreter gets it soon."""
        self._switch_s = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_S)

    def _ended(self) -> None:
        sys.setswitchinterval(self._switch_s)
        self._send(self._input.let_go(time.perf_counter()))
        self._easel.end(time.perf_counter())

    def _make_actions(self) -> dict[str, Callable[[], None]]:
        easel, now = self._easel, time.perf_counter
        return super()._make_actions() | {
            "finish": lambda: easel.finish(now()),
            "undo": lambda: easel.undo(now()),
            "clear": lambda: easel.clear(now()),
            "next": lambda: easel.next(now()),
            "save": self._save,
            "panic": self._outlet.panic,
        }

    def _frame(self, now_s: float) -> Iterator[None]:
        sketcher, text = self._switch.step()
        if sketcher is not None:
            self._artist.use(sketcher)
            self._easel.use_scale(sketcher.scale, now_s)
        self._easel.step(now_s)
        self._tell(text, now_s)
        counters = {"fingers outside": self._input.out_of_range, "mouse shadows": self._input.shadows}
        return self._scene.frame(self._display, now_s, counters)

    def _placement(self) -> tuple[object, ...]:
        return *super()._placement(), self._easel.box

    def _is_control(self, x: float, y: float) -> bool:
        return super()._is_control(x, y) or self._scene.cell_at(x, y) is not None

    def _send(self, found: Sequence[Touch | Release | Gesture]) -> None:
        for one in found:
            if isinstance(one, Gesture):
                self._gesture(one)
            elif isinstance(one, Release):
                if one.voice == self._pen:
                    self._pen = None
                    self._easel.pen_up(one.time_s)
            elif one.moving:
                if one.voice == self._pen:
                    x, y = self._scene.place.on_paper(*self._pixel(one))
                    self._easel.pen_move(x, y, one.time_s, one.pressure)
            elif self._pen is None:
                self._pen_down(one)

    def _pen_down(self, touch: Touch) -> None:
        self._panel.close_menu()
        pixel = self._pixel(touch)
        if self._scene.place.paper.collidepoint(pixel):
            self._pen = touch.voice
            x, y = self._scene.place.on_paper(*pixel)
            self._easel.pen_down(x, y, touch.time_s, touch.pressure)

    def _pixel(self, touch: Touch) -> tuple[float, float]:
        canvas = self._panel.layout.canvas
        return canvas.left + touch.x * (canvas.width - 1), canvas.top + touch.y * (canvas.height - 1)

    def _gesture(self, gesture: Gesture) -> None:
        """A contact on a cell, or on the controls."""
        if gesture.phase is Phase.PRESS and not super()._is_control(gesture.x, gesture.y):
            cell = self._scene.cell_at(gesture.x, gesture.y)
            if cell is not None:
                self._presses[gesture.contact] = cell
            return
        pressed = self._presses.get(gesture.contact)
        if pressed is None:
            self._panel.gesture(gesture)
        elif gesture.phase in (Phase.LIFT, Phase.CANCEL):
            del self._presses[gesture.contact]
            if gesture.phase is Phase.LIFT and self._scene.cell_at(gesture.x, gesture.y) == pressed:
                self._tap(pressed, gesture.time_s)

    def _tap(self, cell: int, time_s: float) -> None:
        self._panel.close_menu()
        if self._easel.mode.side is Side.ENDINGS:
            self._easel.choose(cell, time_s)
        else:
            self._easel.reopen(cell, time_s)

    def _save(self) -> None:
        if not self._easel.page.marks:
            self._complain("Nothing to save: the paper is empty.")
            return
        self._saver.save(self._easel.page, self._easel.scale, Path(self._switch.name).stem)

    def _tell(self, text: str, now_s: float) -> None:
        """Whatever one of them has to say."""
        fault, self._easel.partner.fault = self._easel.partner.fault, ""
        for one in (text, fault, self._outlet.notice(), self._saver.notice()):
            if one:
                self._scene.notices.tell(one, now_s)
