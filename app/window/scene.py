"""The picture of the window: its parts put on the display in order, only when they changed."""

from __future__ import annotations

from collections.abc import Iterator

import pygame

from app.core.events import Event
from app.core.modes import MODES
from app.core.parameters import Settings
from app.core.status import Status
from app.core.way_in import CLOSED, WayIn
from app.pictures.keyboard import KeyRange
from app.pictures.palette import Palette
from app.window.base_scene import BaseScene
from app.window.canvas import Canvas
from app.window.commands import GESTURES, Command
from app.window.overlay import STEPS, turn_words
from app.window.panel import Panel
from app.window.phone_page import PhonePage
from app.window.timing import timing_rows
from app.window.turn import Moment, Turn
from mdn.mixture import Mixture


class Scene(BaseScene):
    """Canvas, bar, words, menu and help of a window of `size` pixels.

    Args:
        shows_roll: of `Canvas`.

    Attributes:
        played: whether the player has touched the canvas yet.
        learning: how far the ghost that learns is, "" while none does.
        way_in: for phones.
    """

    def __init__(
        self,
        palette: Palette,
        settings: Settings,
        panel: Panel,
        table: tuple[Command, ...],
        size: tuple[int, int],
        shows_roll: bool,
    ) -> None:
        super().__init__(palette, settings, panel, table, GESTURES)
        self._canvas = Canvas(palette, size, panel.layout.canvas, shows_roll)
        self._phone_page = PhonePage(palette)
        self._turn = Turn()
        self.played = False
        self.learning = ""
        self.way_in = WayIn("", CLOSED)
        self._mixture: Mixture | None = None

    @property
    def keys(self) -> KeyRange:
        """The keys that the roll shows."""
        return self._canvas.roll.keys

    def resize(self, size: tuple[int, int]) -> None:
        """The window has another size, or the panel another layout."""
        self._canvas.resize(size, self._panel.layout.canvas)
        self.refresh()

    def frame(
        self,
        display: pygame.Surface,
        status: Status,
        events: list[Event | None],
        now_s: float,
        counters: dict[str, int],
    ) -> Iterator[None]:
        """Draw one frame in short steps; nothing where nothing changed. `counters`: for the timing page."""
        elapsed_s = self._pass(now_s)
        self.notices.watch(status.notice, now_s)
        self._count(now_s, lambda: timing_rows(self.timing, status, counters))
        if self._turn.follow(status, events, self._settings.is_on("pause"), now_s):
            self._canvas.strokes.release()
        # Where the ghost would go on is shown while somebody plays.
        is_played = self._turn.moment in (Moment.PLAYING, Moment.ANSWERING)
        mixture = status.mixture if is_played else None
        if mixture is not self._mixture:
            self._mixture = mixture
            self._canvas.want(mixture)
        self._canvas.strokes.keeps = self._turn.keeps
        self._canvas.strokes.first_repeat = MODES[status.mode].first_repeat
        self._canvas.want_turn(*self._turn.light(1.0 - self._silence(status), now_s))
        over = (
            *self._over(now_s),
            turn_words(status, self._turn.moment, self._settings, self.played),
            self._settings.is_on("mute"),
            None if status.silence_left_s is None else round(STEPS * self._silence(status)),
            self.learning,
            self.way_in,
        )
        still = self._canvas.still and not events and mixture is None
        bar_drawn = self._bar.draw(display, self._canvas.background, self._panel)
        if still and not bar_drawn and over == self._shown:
            return
        self._shown = over
        yield
        yield from self._canvas.frame(display, events, elapsed_s, now_s)
        yield
        if self._panel.phones_open:
            self._phone_page.draw(display, self._panel.layout, self.way_in)
        elif not self._panel.help_open:
            self._draw_turn(display, status)
        self._draw_over(display, now_s, self.learning)
        yield
        pygame.display.flip()

    def _draw_turn(self, display: pygame.Surface, status: Status) -> None:
        moment, silence = self._turn.moment, self._silence(status)
        self._overlay.turn(display, self._panel.layout, status, moment, self.played, silence)

    def _silence(self, status: Status) -> float:
        """How much of the silence before an answer is left, 0 to 1; 1 while none runs."""
        if status.silence_left_s is None or self._settings.is_on("pause"):
            return 1.0
        return min(1.0, max(0.0, status.silence_left_s / self._settings.number("threshold_s")))
