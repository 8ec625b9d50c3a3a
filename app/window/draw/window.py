"""The window of the drawing canvas: pens go to the controller, keys to what they do; the page is shown."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from pathlib import Path

from app.core.events import Release, Touch
from app.core.parameters import Settings
from app.pictures.palette import Palette
from app.window.base import BaseWindow
from app.window.display import WindowOptions
from app.window.draw.draw_controller import DrawController
from app.window.draw.model_thread import ModelThread
from app.window.draw.modes import Side
from app.window.draw.preview_requests import PreviewRequests
from app.window.draw.save import Saver
from app.window.draw.scene import DrawScene
from app.window.draw.stroke_outputs import StrokeOutputs
from app.window.draw.switch import SketcherSwitch
from app.window.draw.table import BOARD, draw_commands
from app.window.input import Found, Gesture, Phase

SCROLL_SHARE = 0.6  # of the height of a cell that a finger moves until the drawings scroll by a row
SWITCH_S = 0.0005  # no frame waits longer for the model thread; Python's own is 5 ms, a third of a frame


class DrawWindow(BaseWindow):
    """Opens at once; draws from `run` until it is closed. Main thread only.

    Args:
        controller: what happens.
        model_thread: the ghost's thread; started and stopped by whoever made it.
        settings: the live parameters.
        outputs: where strokes go.
        saver: saves drawings.
        switch: loads other models.
        palette: the colours.
        options: size and fullscreen.

    Raises:
        DisplayError: there is no display.
    """

    _scene: DrawScene

    def __init__(
        self,
        controller: DrawController,
        model_thread: ModelThread,
        settings: Settings,
        outputs: StrokeOutputs,
        saver: Saver,
        switch: SketcherSwitch,
        palette: Palette,
        options: WindowOptions,
    ) -> None:
        self._controller, self._model_thread, self._outputs = controller, model_thread, outputs
        self._saver, self._switch = saver, switch
        self._pen: int | None = None  # the voice that draws; others are passed over
        # Contacts on what stands beside the paper: the number of what is in the cell, None for one that
        # scrolls; and where it last scrolled.
        self._presses: dict[Hashable, tuple[int | None, float]] = {}
        super().__init__(settings, draw_commands(settings), BOARD, options)
        self._scene = DrawScene(
            palette, settings, self._panel, self._table, controller,
            PreviewRequests(controller, model_thread, settings),
        )  # fmt: skip

    def _began(self) -> None:
        """The model thread is at work: whoever of both waits for the interpreter gets it soon."""
        self._switch_s = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_S)

    def _ended(self) -> None:
        sys.setswitchinterval(self._switch_s)
        self._send(self._input.let_go(time.perf_counter()))
        self._controller.end(time.perf_counter())

    def _make_actions(self) -> dict[str, Callable[[], None]]:
        controller, now = self._controller, time.perf_counter
        return super()._make_actions() | {
            "finish": lambda: controller.finish(now()),
            "undo": lambda: controller.undo(now()),
            "clear": lambda: controller.clear(now()),
            "next": lambda: controller.next(now()),
            "save": self._save,
            "panic": self._outputs.panic,
        }

    def _frame(self, now_s: float) -> Iterator[None]:
        sketcher, text = self._switch.step()
        if sketcher is not None:
            self._model_thread.use(sketcher)
            self._controller.use_model(self._switch.name, sketcher.scale, now_s)
        self._controller.step(now_s)
        self._tell(text, now_s)
        counters = {"fingers outside": self._input.out_of_range, "mouse shadows": self._input.shadows}
        return self._scene.frame(self._display, now_s, counters)

    def _placement(self) -> tuple[object, ...]:
        return *super()._placement(), self._controller.box

    def _is_control(self, x: float, y: float) -> bool:
        return super()._is_control(x, y) or self._scene.cell_at(x, y) is not None

    def _send(self, found: Sequence[Found]) -> None:
        for one in found:
            if isinstance(one, Gesture):
                self._gesture(one)
            elif isinstance(one, Release):
                if one.voice == self._pen:
                    self._pen = None
                    self._controller.pen_up(one.time_s)
            elif one.moving:
                if one.voice == self._pen:
                    x, y = self._scene.place.on_paper(*self._pixel(one))
                    self._controller.pen_move(x, y, one.time_s, one.pressure)
            elif self._pen is None:
                self._pen_down(one)

    def _pen_down(self, touch: Touch) -> None:
        self._panel.menu.close()
        pixel = self._pixel(touch)
        if self._scene.place.paper.collidepoint(pixel):
            self._pen = touch.voice
            x, y = self._scene.place.on_paper(*pixel)
            self._controller.pen_down(x, y, touch.time_s, touch.pressure)

    def _pixel(self, touch: Touch) -> tuple[float, float]:
        canvas = self._panel.layout.canvas
        return canvas.left + touch.x * (canvas.width - 1), canvas.top + touch.y * (canvas.height - 1)

    def _gesture(self, gesture: Gesture) -> None:
        """A contact on a cell, or on the controls."""
        if gesture.phase is Phase.PRESS and not super()._is_control(gesture.x, gesture.y):
            cell = self._scene.cell_at(gesture.x, gesture.y)
            if cell is not None:
                self._presses[gesture.contact] = cell, gesture.y
            return
        if gesture.contact not in self._presses:
            self._panel.gesture(gesture)
            return
        pressed, y = self._presses[gesture.contact]
        row_px = self._scene.place.row_px
        if gesture.phase is Phase.DRAG and abs(gesture.y - y) >= SCROLL_SHARE * row_px > 0:
            self._scene.scroll(-1 if gesture.y > y else +1)
            self._presses[gesture.contact] = None, gesture.y
        elif gesture.phase in (Phase.LIFT, Phase.CANCEL):
            del self._presses[gesture.contact]
            is_tap = pressed is not None and self._scene.cell_at(gesture.x, gesture.y) == pressed
            if gesture.phase is Phase.LIFT and pressed is not None and is_tap:
                self._tap(pressed, gesture.time_s)

    def _wheel(self, x: float, y: float, clicks: float) -> None:
        if self._panel.help_open or not self._scene.place.beside.collidepoint(x, y):
            super()._wheel(x, y, clicks)
        elif clicks:
            self._scene.scroll(-1 if clicks > 0 else +1)

    def _turn_page(self, by: int) -> None:
        if self._panel.help_open:
            super()._turn_page(by)
        else:
            self._scene.scroll(by * self._scene.place.n_rows)

    def _tap(self, cell: int, time_s: float) -> None:
        self._panel.menu.close()
        if self._controller.mode.side is Side.ENDINGS:
            self._controller.choose(cell, time_s)
        else:
            self._controller.reopen(cell, time_s)

    def _save(self) -> None:
        if not self._controller.page.marks:
            self._complain("Nothing to save: the paper is empty.")
            return
        self._saver.save(self._controller.page, self._controller.scale, Path(self._switch.name).stem)

    def _tell(self, text: str, now_s: float) -> None:
        """Whatever one of them has to say."""
        fault, self._controller.ghost_turn.fault = self._controller.ghost_turn.fault, ""
        for one in (text, fault, self._outputs.notice(), self._saver.notice()):
            if one:
                self._scene.notices.tell(one, now_s)
