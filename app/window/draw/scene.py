"""The picture of the drawing canvas: its parts put on the display in order, where they changed.

A pen changes little of a window, and sending all of it to the screen takes longer than drawing it. So each
frame finds out where something changed, and is composed and sent there only.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pygame

from app.core.parameters import Settings
from app.pictures.live.paint import ground, word
from app.pictures.palette import Palette
from app.sketch.sketcher import End
from app.window.bar import Bar
from app.window.commands import Command
from app.window.draw.draw_controller import DrawController
from app.window.draw.modes import Side
from app.window.draw.paper import Paper
from app.window.draw.place import Place, place
from app.window.draw.preview_requests import PreviewRequests
from app.window.draw.side_panel import Cells
from app.window.draw.status_text import Turn, turn_of
from app.window.draw.table import GESTURES
from app.window.help import Help
from app.window.layout import Layout
from app.window.overlay import STEPS, Notices, Overlay
from app.window.panel import Panel
from app.window.timing import Timing, window_rows

LONGEST_STEP_S = 0.1  # a window that was held by the system goes on from where it was
TIMING_ROWS_S = 0.4
SEAL = 22  # letters, units


class DrawScene:
    """Paper, what stands beside it, bar, words, menu and help.

    Attributes:
        place: where everything is.
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
        controller: DrawController,
        previews: PreviewRequests,
    ) -> None:
        self._palette, self._settings, self._panel, self._controller = palette, settings, panel, controller
        self._bar, self._overlay = Bar(palette, settings), Overlay(palette, settings)
        self._help = Help(palette, table, settings, GESTURES)
        self.notices, self.timing = Notices(), Timing()
        self.timing_shown = False
        self._rows: list[tuple[str, str]] = []
        self._rows_s = float("-inf")
        self._last_s: float | None = None
        self._still: object = None
        self._notices_px = 0  # their height in the last frame
        self._turn: object = None
        self._cells = Cells(palette)
        self.place = self._place()
        self._paper = Paper(palette, controller, previews, panel.layout, self.place)

    def resize(self, size: tuple[int, int]) -> None:
        """The window has another size, the panel another layout, the controller another mode or model."""
        self.place = self._place()
        self._paper.lay(self._panel.layout, self.place)
        self._cells.forget()
        self.refresh()

    def refresh(self) -> None:
        """Draw everything with the next frame."""
        self._bar.forget()
        self._still = None

    def cell_at(self, x: float, y: float) -> int | None:
        """The number of the ending, or of the kept drawing, at a pixel."""
        number = self.place.cell_at(x, y)
        shown = self._cells.shown(self._controller, self.place)
        return next((which for cell, (_, which), _ in shown if cell == number), None)

    def scroll(self, rows: int) -> None:
        """Show the kept drawings so many rows further on."""
        self._cells.scroll(self._controller, self.place, rows)

    def frame(self, display: pygame.Surface, now_s: float, counters: dict[str, int]) -> Iterator[None]:
        """Draw one frame in short steps; nothing where nothing changed. `counters`: for the timing page."""
        start_s = time.perf_counter()
        yield from self._frame(display, now_s, counters)
        self._paper.pace.took(time.perf_counter() - start_s)

    def _frame(self, display: pygame.Surface, now_s: float, counters: dict[str, int]) -> Iterator[None]:
        elapsed_s = 0.0 if self._last_s is None else min(LONGEST_STEP_S, max(0.0, now_s - self._last_s))
        self._last_s = now_s
        turn = turn_of(self._controller, self._settings, now_s)
        self._paper.follow(elapsed_s, now_s)
        if self.timing_shown and now_s - self._rows_s >= TIMING_ROWS_S:
            self._rows, self._rows_s = self._timing_rows(counters), now_s
        yield from self._paper.prepare()
        found = [*(self._paper.changed or [])]
        found += self._cells.prepare(self._paper.background, self._controller, self.place, self._panel.layout)
        if self._controller.mode.side is Side.UNITS and self._paper.inside.settle(elapsed_s):
            found.append(self.place.beside)
        found += self._words_changed(turn)
        still = self._everything_else(now_s)
        bar_drawn = self._bar.draw(display, self._paper.background, self._panel)
        canvas = self._panel.layout.canvas
        if self._paper.changed is None or still != self._still:
            found = [canvas]
        elif bar_drawn and self._panel.layout.drawer.height:
            found.append(self._panel.layout.drawer)
        self._still = still
        if not found and not bar_drawn:
            return
        yield
        if found:
            area = found[0].unionall(found[1:]).clip(canvas)
            yield from self._compose(display, area, turn, now_s)
            pygame.display.update([area, self._panel.layout.bar] if bar_drawn else area)
        else:
            pygame.display.update(self._panel.layout.bar)

    def _compose(
        self, display: pygame.Surface, area: pygame.Rect, turn: Turn, now_s: float
    ) -> Iterator[None]:
        """Everything anew, in `area`."""
        display.set_clip(area)
        try:
            yield from self._paper.draw(display, area)
            yield
            if self._controller.mode.side is Side.UNITS:
                self._paper.inside.draw(display, self._panel.layout, self.place.beside)
            else:
                self._cells.draw(display, self._controller, self.place, self._panel.layout)
            yield
            self._draw_over(display, turn, now_s)
            yield
        finally:
            display.set_clip(None)

    # --- what changed -------------------------------------------------------------------------------

    def _words_changed(self, turn: Turn) -> list[pygame.Rect]:
        words = (turn.big, turn.small, None if turn.left is None else round(STEPS * turn.left))
        if words == self._turn:
            return []
        self._turn = words
        canvas, paper = self._panel.layout.canvas, self.place.paper
        return [pygame.Rect(canvas.left, canvas.top, canvas.width, max(1, paper.top - canvas.top))]

    def _everything_else(self, now_s: float) -> object:
        """What lies over the paper and seldom changes, for comparison: the same value looks the same."""
        controller, panel = self._controller, self._panel
        return (
            *self.notices.shown(now_s), panel.layout, panel.entries, panel.hovered, panel.help_open,
            panel.help_page, panel.explanation(now_s),
            self.timing_shown, self._rows_s if self.timing_shown else 0.0, controller.page.end,
            len(controller.ghost_turn.endings), controller.mode,
        )  # fmt: skip

    # --- drawing ------------------------------------------------------------------------------------

    def _draw_over(self, display: pygame.Surface, turn: Turn, now_s: float) -> None:
        layout, overlay = self._panel.layout, self._overlay
        if self._panel.help_open:
            self._help.draw(display, self._panel, self._notices_px)
        else:
            x, baseline = overlay.words(display, layout, turn.big, turn.small)
            if turn.left is not None:
                overlay.countdown(display, layout, x, baseline, turn.left)
            self._draw_seal(display, layout)
        # It can be opened in the middle of a frame: then the rows come with the next.
        if self.timing_shown and self._rows and not self._panel.help_open:
            overlay.timing(display, layout, self._rows)
        self._bar.draw_drawer(display, self._panel)
        notice, explanation = self.notices.shown(now_s), self._panel.explanation(now_s)
        self._notices_px = overlay.notes(
            display, layout, notice, "", explanation,
            at_top=self._panel.help_open, above=self._panel.menu_top,
        )  # fmt: skip
        overlay.corner(display, layout)
        self._bar.draw_menu(display, self._panel)

    def _draw_seal(self, display: pygame.Surface, layout: Layout) -> None:
        """A seal in the corner of a drawing that the ghost calls done."""
        if self._controller.page.end is not End.END:
            return
        text = word("END", layout.letters(SEAL), self._palette.background)
        pad = layout.px(9)
        area = text.get_rect().inflate(2 * pad, round(1.4 * pad))
        area.bottomright = self.place.paper.move(-layout.px(16), -layout.px(16)).bottomright
        display.blit(ground(area.size, layout.px(6), self._palette.ghost[0], 235), area)
        display.blit(text, text.get_rect(center=area.center))

    def _place(self) -> Place:
        return place(self._panel.layout, self._controller.mode.side, self._controller.box)

    def _timing_rows(self, counters: dict[str, int]) -> list[tuple[str, str]]:
        rows = window_rows(self.timing)
        if self._paper.answers_s:
            first, last = (1e3 * float(np.quantile(self._paper.answers_s, q)) for q in (0.5, 0.99))
            rows.append(("fan or mixture p50 / p99", f"{first:.2f} / {last:.2f} ms"))
        return rows + [(name, str(count)) for name, count in counters.items()]
