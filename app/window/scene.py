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
from app.window.bar import Bar
from app.window.canvas import Canvas
from app.window.commands import Command
from app.window.help import Help
from app.window.overlay import STEPS, Notices, Overlay, turn_words
from app.window.panel import Panel
from app.window.phone_page import PhonePage
from app.window.timing import Timing, timing_rows
from app.window.turn import Moment, Turn
from mdn.mixture import Mixture

LONGEST_STEP_S = 0.1  # a window that was held by the system fades on from where it was
TIMING_ROWS_S = 0.4  # how often the numbers of the timing page change


class Scene:
    """Canvas, bar, words, menu and help of a window of `size` pixels.

    Attributes:
        notices: what a person should know.
        timing: how punctual the window is.
        timing_shown: whether the timing page is open.
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
    ) -> None:
        self._settings = settings
        self._panel = panel
        self._canvas = Canvas(palette, size, panel.layout.canvas)
        self._bar, self._overlay = Bar(palette, settings), Overlay(palette, settings)
        self._help = Help(palette, table, settings)
        self._phone_page = PhonePage(palette)
        self._turn = Turn()
        self.notices, self.timing = Notices(), Timing()
        self.timing_shown = self.played = False  # input between two steps of a frame may change them
        self.learning = ""
        self.way_in = WayIn("", CLOSED)
        self._rows: list[tuple[str, str]] = []
        self._rows_s = float("-inf")
        self._mixture: Mixture | None = None
        self._last_s: float | None = None
        self._shown: object = None
        self._notices_px = 0  # their height in the last frame

    @property
    def keys(self) -> KeyRange:
        """The keys that the roll shows."""
        return self._canvas.roll.keys

    @property
    def shows_roll(self) -> bool:
        """Whether the roll is there although nothing is on it: the model is one of notes."""
        return self._canvas.shows_roll

    @shows_roll.setter
    def shows_roll(self, shows: bool) -> None:
        self._canvas.shows_roll = shows

    def resize(self, size: tuple[int, int]) -> None:
        """The window has another size, or the panel another layout."""
        self._canvas.resize(size, self._panel.layout.canvas)
        self.refresh()

    def refresh(self) -> None:
        """Draw everything with the next frame."""
        self._bar.forget()
        self._shown = None

    def frame(
        self,
        display: pygame.Surface,
        status: Status,
        events: list[Event | None],
        now_s: float,
        counters: dict[str, int],
    ) -> Iterator[None]:
        """Draw one frame in short steps; nothing where nothing changed. `counters`: for the timing page."""
        elapsed_s = 0.0 if self._last_s is None else min(LONGEST_STEP_S, max(0.0, now_s - self._last_s))
        self._last_s = now_s
        self.notices.watch(status.notice, now_s)
        if self.timing_shown and now_s - self._rows_s >= TIMING_ROWS_S:
            self._rows, self._rows_s = timing_rows(self.timing, status, counters), now_s
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
        over = self._over(status, now_s)
        still = self._canvas.still and not events and mixture is None
        bar_drawn = self._bar.draw(display, self._canvas.background, self._panel)
        if still and not bar_drawn and over == self._shown:
            return
        self._shown = over
        yield
        yield from self._canvas.frame(display, events, elapsed_s, now_s)
        yield
        self._draw_over(display, status, now_s)
        yield
        pygame.display.flip()

    def _over(self, status: Status, now_s: float) -> object:
        """Everything over the canvas, for comparison: the same value looks the same."""
        text, visible = self.notices.shown(now_s)
        return (
            turn_words(status, self._turn.moment, self._settings, self.played),
            self._settings.is_on("mute"),
            None if status.silence_left_s is None else round(STEPS * self._silence(status)),
            self.learning,
            text,
            round(visible, 2),
            self._panel.layout,
            self._panel.entries,
            self._panel.hovered,
            self._panel.help_open,
            self._panel.help_page,
            self._panel.phones_open,
            self.way_in,
            self._panel.explanation(now_s),
            self.timing_shown,
            self._rows_s if self.timing_shown else 0.0,
        )

    def _draw_over(self, display: pygame.Surface, status: Status, now_s: float) -> None:
        layout, overlay = self._panel.layout, self._overlay
        if self._panel.help_open:
            self._help.draw(display, self._panel, self._notices_px)
        elif self._panel.phones_open:
            self._phone_page.draw(display, layout, self.way_in)
        else:
            overlay.turn(display, layout, status, self._turn.moment, self.played, self._silence(status))
        # It can be opened in the middle of a frame: then the rows come with the next.
        is_covered = self._panel.help_open or self._panel.phones_open
        if self.timing_shown and self._rows and not is_covered:
            overlay.timing(display, layout, self._rows)
        self._bar.draw_drawer(display, self._panel)
        learning = "" if is_covered else self.learning
        explanation = self._panel.explanation(now_s)
        self._notices_px = overlay.notes(
            display, layout, self.notices.shown(now_s), learning, explanation,
            at_top=is_covered, above=self._panel.menu_top,
        )  # fmt: skip
        overlay.corner(display, layout)
        self._bar.draw_menu(display, self._panel)

    def _silence(self, status: Status) -> float:
        """How much of the silence before an answer is left, 0 to 1; 1 while none runs."""
        if status.silence_left_s is None or self._settings.is_on("pause"):
            return 1.0
        return min(1.0, max(0.0, status.silence_left_s / self._settings.number("threshold_s")))
