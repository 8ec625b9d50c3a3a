"""Requests for previews: one for every place of the pen, and no more than the model can answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.core.events import Source
from app.core.parameters import Settings
from app.window.draw.draw_controller import DrawController
from app.window.draw.model_thread import ModelThread
from app.window.draw.modes import Preview
from app.window.draw.requests import Request, RequestKind, Response
from app.window.draw.table import temperatures

IDLE_S = 1 / 15  # between two fans for a pen that rests
STILL_S = 1.5  # a pen that has rested for so long is told no more futures: the last ones stay
LOST_S = 1.0  # an answer that does not come is waited for no longer: another question took its place


class PreviewRequests:
    """Asks while somebody draws.

    Args:
        controller: what is drawn.
        model_thread: answers.
        settings: the live parameters.

    Attributes:
        show: makes what is seen of an answer, in the thread that answers.
        rest_s: for how long neither the pen nor the temperatures have moved.
    """

    def __init__(self, controller: DrawController, model_thread: ModelThread, settings: Settings) -> None:
        self._controller, self._model_thread, self._settings = controller, model_thread, settings
        self.show: Callable[[Response], object] | None = None
        self.rest_s = 0.0
        self._asked: Request | None = None
        self._asked_s = self._moved_s = float("-inf")
        self._where: object = None
        self._asked_where: object = None

    @property
    def is_still(self) -> bool:
        """Whether nothing is asked any more until something moves."""
        return self.rest_s >= STILL_S and self._asked is None and self._is_open

    def step(self, now_s: float) -> list[Response]:
        """Ask if there is something to ask; the answers that came and still fit the mode."""
        answers = self._controller.ghost_turn.take_looks()
        if any(answer.request is self._asked for answer in answers) or now_s - self._asked_s > LOST_S:
            self._asked = None
        what = {Preview.FAN: RequestKind.FAN, Preview.INSIDE: RequestKind.INSIDE}.get(
            self._controller.mode.preview
        )
        self._follow(what, now_s)
        if what is not None and self._asked is None and self._is_time(what, now_s):
            request = replace(self._controller.question(what), show=self.show)
            if request.tip is not None:
                self._asked, self._asked_s, self._asked_where = request, now_s, self._where
                self._model_thread.ask(request)
        changes = self._controller.page.n_changes
        return [
            a for a in answers if a.request.what is what and not a.fault and a.request.n_changes == changes
        ]

    @property
    def _is_open(self) -> bool:
        """Whether there is a drawing that may go on."""
        return bool(self._controller.page.marks) and self._controller.page.end is None

    def _follow(self, what: RequestKind | None, now_s: float) -> None:
        """Note when what would be asked about changes."""
        page, where = self._controller.page, None
        if what is not None and page.marks:
            last = page.marks[-1]
            n_places = len(last.ink) if last.source is Source.PLAYER else len(last.corners)
            knobs = temperatures(self._settings)
            where = (what, self.show, page.n_changes, len(page.marks), n_places, last.is_open, knobs)
        if where != self._where:
            self._where, self._moved_s = where, now_s
        self.rest_s = max(0.0, now_s - self._moved_s)

    def _is_time(self, what: RequestKind, now_s: float) -> bool:
        if not self._is_open:
            return False
        if self._where != self._asked_where:
            return True
        return what is RequestKind.FAN and self.rest_s < STILL_S and now_s - self._asked_s >= IDLE_S
