"""The ghost's turn: the request under way, its answers, and the pens that draw them. No display."""

from __future__ import annotations

from collections.abc import Callable

from app.core.events import Event
from app.sketch.sketcher import Drawn, End
from app.window.draw.kept_drawings import Ending
from app.window.draw.model_thread import ModelThread
from app.window.draw.paper_strokes import Page
from app.window.draw.pen import GhostPen
from app.window.draw.requests import Request, RequestKind, Response
from models.manifest import Scale

Temperatures = tuple[float, float]


class GhostTurn:
    """Asks the model thread, one thing at a time, and draws what comes.

    Args:
        model_thread: answers for the ghost.
        play: takes the strokes on the paper, as events.

    Attributes:
        ticket: grows whenever what was asked for is of no use any more.
        asked: what the ghost is thinking of.
        endings: while there are several to choose from.
        fault: what a person should know, "" if nothing.
        failed_s: when the ghost failed last.
    """

    def __init__(self, model_thread: ModelThread, play: Callable[[Event], None]) -> None:
        self._model_thread, self._play = model_thread, play
        self.ticket = 0
        self.asked: Request | None = None
        self.endings: list[Ending] = []
        self.fault = ""
        self.failed_s = float("-inf")
        self._looks: list[Response] = []
        self._pen: GhostPen | None = None

    @property
    def draws(self) -> bool:
        """Whether it moves its pen on the paper."""
        return self._pen is not None

    @property
    def is_idle(self) -> bool:
        """Whether it neither draws, nor thinks, nor offers anything."""
        return self._pen is None and self.asked is None and not self.endings

    def ask(self, request: Request) -> None:
        """Ask for this; never blocks."""
        self.asked = request
        self._model_thread.ask(request)

    def stop(self, time_s: float) -> None:
        """It lifts its pen where it is; what it was asked for is of no use any more."""
        self.ticket += 1
        self.asked, self.endings = None, []
        if self._pen is not None:
            self._pen.lift(time_s)
            self._pen = None

    def begin(self, page: Page, drawn: Drawn, knobs: Temperatures, scale: Scale, now_s: float) -> None:
        """It draws this on the page from here on."""
        self.asked = None
        self._pen = GhostPen(page, drawn, knobs, scale, now_s, self._play)

    def take(self, page: Page, scale: Scale, now_s: float) -> bool:
        """Take the answers that came; whether what was asked for was among them."""
        taken = [self._take(answer, page, scale, now_s) for answer in self._model_thread.answers()]
        return any(taken)

    def take_looks(self) -> list[Response]:
        """The answers to questions that are only looked at, since the last call."""
        found, self._looks = self._looks, []
        return found

    def advance(self, hand_s: float, now_s: float, wanted: Temperatures, box: float) -> End | None:
        """Draw on for `hand_s` of the hand's time, with the temperatures that are wanted now.

        Returns:
            Why the ghost ended its drawing on the paper, when it just did.
        """
        for ending in self.endings:
            ending.pen.advance(hand_s, now_s)
        pen = self._pen
        if pen is None:
            return None
        pen.advance(hand_s, now_s)
        self._follow(pen, wanted, box)
        if not pen.is_done or self.asked is not None:
            return None
        self.stop(now_s)
        return pen.drawn.end

    def _take(self, answer: Response, page: Page, scale: Scale, now_s: float) -> bool:
        self.fault = answer.fault or self.fault
        if answer.request.what.is_preview:
            self._looks.append(answer)
            return False
        if answer.request is not self.asked:
            return False
        knobs = answer.request.temperatures
        if answer.drawn is None:
            self.stop(now_s)
            self.failed_s = now_s
        elif answer.request.what is RequestKind.ENDINGS:
            ending = page.copy()  # as it would end; nobody hears the pen beside the paper
            pen = GhostPen(ending, answer.drawn, knobs, scale, now_s, lambda event: None)
            self.endings.append(Ending(answer.drawn, ending, pen))
            if len(self.endings) == answer.request.n_endings:
                self.asked = None
        elif self._pen is not None:
            self.asked = None
            self._pen.then(answer.drawn, knobs)
        else:
            self.begin(page, answer.drawn, knobs, scale, now_s)
        return True

    def _follow(self, pen: GhostPen, wanted: Temperatures, box: float) -> None:
        """Other temperatures: the ghost goes on from its next point with them."""
        if pen.is_done or pen.temperatures == wanted:
            return
        pen.temperatures = wanted
        cut = pen.cut()
        if cut is not None:
            self.ticket += 1
            self.ask(Request(RequestKind.COMPLETE, *cut, temperatures=wanted, box=box))
