"""The picture of the drawing canvas: its parts put on the display in order, where they changed.

A pen changes little of a window, and sending all of it to the screen takes longer than drawing it. So each
frame finds out where something changed, and is composed and sent there only.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pygame

from app.core.parameters import Settings
from app.pictures.live.paint import ground, put, word
from app.pictures.palette import Palette
from app.sketch.sketcher import End
from app.window.base_scene import BaseScene
from app.window.commands import Command
from app.window.draw.draw_controller import DrawController
from app.window.draw.modes import Side
from app.window.draw.paper import Paper
from app.window.draw.place import Place, place
from app.window.draw.preview_requests import PreviewRequests
from app.window.draw.side_panel import Cells
from app.window.draw.status_text import Turn, turn_of
from app.window.draw.table import GESTURES
from app.window.layout import Layout
from app.window.overlay import STEPS
from app.window.panel import Panel
from app.window.timing import p50_p99, window_rows

SEAL = 22  # letters, units


class DrawScene(BaseScene):
    """Paper, what stands beside it, bar, words, menu and help.

    Attributes:
        place: where everything is.
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
        super().__init__(palette, settings, panel, table, GESTURES)
        self._palette, self._controller = palette, controller
        self._turn: object = None
        self.place = self._place()
        self._cells = Cells(palette, controller, panel.layout, self.place)
        self._paper = Paper(palette, controller, previews, panel.layout, self.place)

    def resize(self, size: tuple[int, int]) -> None:
        """The window has another size, the panel another layout, the controller another mode or model."""
        self.place = self._place()
        self._paper.lay(self._panel.layout, self.place)
        self._cells.lay(self._panel.layout, self.place)
        self.refresh()

    def cell_at(self, x: float, y: float) -> int | None:
        """The number of the ending, or of the kept drawing, at a pixel."""
        number = self.place.cell_at(x, y)
        shown = self._cells.shown()
        return next((which for cell, (_, which), _ in shown if cell == number), None)

    def scroll(self, rows: int) -> None:
        """Show the kept drawings so many rows further on."""
        self._cells.scroll(rows)

    def frame(self, display: pygame.Surface, now_s: float, counters: dict[str, int]) -> Iterator[None]:
        """Draw one frame in short steps; nothing where nothing changed. `counters`: for the timing page."""
        start_s = time.perf_counter()
        yield from self._frame(display, now_s, counters)
        self._paper.pace.took(time.perf_counter() - start_s)

    def _frame(self, display: pygame.Surface, now_s: float, counters: dict[str, int]) -> Iterator[None]:
        elapsed_s = self._pass(now_s)
        turn = turn_of(self._controller, self._settings, now_s)
        self._paper.follow(elapsed_s, now_s)
        self._count(now_s, lambda: self._timing_rows(counters))
        yield from self._paper.prepare()
        found = [*(self._paper.changed or [])]
        found += self._cells.prepare(self._paper.background)
        if self._controller.mode.side is Side.UNITS and self._paper.inside.settle(elapsed_s):
            found.append(self.place.beside)
        found += self._words_changed(turn)
        page, mode = self._controller.page, self._controller.mode
        over = (*self._over(now_s), page.end, len(self._controller.ghost_turn.endings), mode)
        bar_drawn = self._bar.draw(display, self._paper.background, self._panel)
        canvas = self._panel.layout.canvas
        if self._paper.changed is None or over != self._shown:
            found = [canvas]
        elif bar_drawn and self._panel.layout.drawer.height:
            found.append(self._panel.layout.drawer)
        self._shown = over
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
                self._cells.draw(display)
            yield
            if not self._panel.help_open:
                self._draw_turn(display, turn)
            self._draw_over(display, now_s)
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

    # --- drawing ------------------------------------------------------------------------------------

    def _draw_turn(self, display: pygame.Surface, turn: Turn) -> None:
        layout = self._panel.layout
        x, baseline = self._overlay.words(display, layout, turn.big, turn.small)
        if turn.left is not None:
            self._overlay.countdown(display, layout, x, baseline, turn.left)
        self._draw_seal(display, layout)

    def _draw_seal(self, display: pygame.Surface, layout: Layout) -> None:
        """A seal in the corner of a drawing that the ghost calls done."""
        if self._controller.page.end is not End.END:
            return
        text = word("END", layout.letters(SEAL), self._palette.background)
        pad = layout.px(9)
        area = text.get_rect().inflate(2 * pad, round(1.4 * pad))
        area.bottomright = self.place.paper.move(-layout.px(16), -layout.px(16)).bottomright
        display.blit(ground(area.size, layout.px(6), self._palette.ghost[0], 235), area)
        put(display, text, center=area.center)

    def _place(self) -> Place:
        return place(self._panel.layout, self._controller.mode.side, self._controller.box)

    def _timing_rows(self, counters: dict[str, int]) -> list[tuple[str, str]]:
        rows = window_rows(self.timing)
        if self._paper.answers_s:
            rows.append(("fan or mixture p50 / p99", p50_p99(self._paper.answers_s)))
        return rows + [(name, str(count)) for name, count in counters.items()]
