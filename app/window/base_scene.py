"""What the pictures of all windows have in common: bar, words and pages over the canvas, notices, timing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import pygame

from app.core.parameters import Settings
from app.pictures.palette import Palette
from app.window.bar import Bar
from app.window.commands import Command
from app.window.help import Help
from app.window.overlay import Notices, Overlay
from app.window.panel import Panel
from app.window.timing import Timing

LONGEST_STEP_S = 0.1  # a window that was held by the system goes on from where it was
TIMING_ROWS_S = 0.4  # how often the numbers of the timing page change


class BaseScene(ABC):
    """Draws what lies over the canvas, and knows whether it changed.

    Attributes:
        notices: what a person should know.
        timing: how punctual the window is.
        timing_shown: whether the timing page is open.
    """

    def __init__(
        self,
        palette: Palette,
        settings: Settings,
        panel: Panel,
        table: tuple[Command, ...],
        gestures: tuple[tuple[str, str], ...],
    ) -> None:
        self._settings, self._panel = settings, panel
        self._bar, self._overlay = Bar(palette, settings), Overlay(palette, settings)
        self._help = Help(palette, table, settings, gestures)
        self.notices, self.timing = Notices(), Timing()
        self.timing_shown = False  # input between two steps of a frame may change it
        self._rows: list[tuple[str, str]] = []
        self._rows_s = float("-inf")
        self._last_s: float | None = None
        self._shown: object = None  # what lay over the canvas in the last frame
        self._notices_px = 0  # their height in it

    @abstractmethod
    def resize(self, size: tuple[int, int]) -> None:
        """The window has another size, or the panel another layout."""

    def refresh(self) -> None:
        """Draw everything with the next frame."""
        self._bar.forget()
        self._shown = None

    def _pass(self, now_s: float) -> float:
        """Another frame; the seconds since the last."""
        elapsed_s = 0.0 if self._last_s is None else min(LONGEST_STEP_S, max(0.0, now_s - self._last_s))
        self._last_s = now_s
        return elapsed_s

    def _count(self, now_s: float, rows: Callable[[], list[tuple[str, str]]]) -> None:
        """Bring the numbers of the timing page up to date, if it is open."""
        if self.timing_shown and now_s - self._rows_s >= TIMING_ROWS_S:
            self._rows, self._rows_s = rows(), now_s

    def _over(self, now_s: float) -> tuple[object, ...]:
        """Everything that any window has over its canvas, for comparison: the same value looks the same."""
        panel, (text, visible) = self._panel, self.notices.shown(now_s)
        return (
            text,
            round(visible, 2),
            panel.layout,
            panel.menu.entries,
            panel.menu.hovered,
            panel.help_open,
            panel.help_page,
            panel.phones_open,
            panel.explanation(now_s),
            self._rows_s if self.timing_shown else None,
        )

    def _draw_over(self, display: pygame.Surface, now_s: float, learning: str = "") -> None:
        """Draw it; `learning`: how far the ghost that learns is."""
        panel, layout, overlay = self._panel, self._panel.layout, self._overlay
        if panel.help_open:
            self._help.draw(display, panel, self._notices_px)
        # It can be opened in the middle of a frame: then the rows come with the next.
        if self.timing_shown and self._rows and not panel.is_covered:
            overlay.timing(display, layout, self._rows)
        self._bar.draw_drawer(display, panel)
        self._notices_px = overlay.notes(
            display,
            layout,
            self.notices.shown(now_s),
            "" if panel.is_covered else learning,
            panel.explanation(now_s),
            at_top=panel.is_covered,
            above=panel.menu.top,
        )
        overlay.corner(display, layout)
        self._bar.draw_menu(display, panel)
