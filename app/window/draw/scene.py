"""Everything that is seen of the drawing canvas, put on the display in the right order, when it changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np
import pygame

from app.events import Source
from app.palette import Palette
from app.parameters import Settings
from app.sketch.sketcher import End
from app.window.bar import Bar
from app.window.canvas import background
from app.window.commands import Command
from app.window.draw.artist import Answer
from app.window.draw.easel import Easel
from app.window.draw.haze import STEP, Haze, Spread, fan_pieces, mixture_pieces
from app.window.draw.ink import Ink
from app.window.draw.looking import Looking
from app.window.draw.modes import Look, Side
from app.window.draw.place import Place, place
from app.window.draw.side import Cells, Inside
from app.window.draw.table import GESTURES
from app.window.draw.turns import Turn, turn_of
from app.window.heads import Heads
from app.window.help import Help
from app.window.layout import Layout
from app.window.light import plain_surface
from app.window.overlay import STEPS, Notices, Overlay
from app.window.paint import ground, mix, word
from app.window.panel import Panel
from app.window.timing import Timing, window_rows

LONGEST_STEP_S = 0.1  # a window that was held by the system goes on from where it was
LONGEST_FAN_S = 0.08
TIMING_ROWS_S = 0.4
HOLD_S = 0.8  # a mixture that stays the same is drawn no more after this
PAPER_ROUND, DASH, SEAL = 10, 14, 22  # units
OVER = 0.08  # ink and haze shine beyond the paper, share of its side


class DrawScene:
    """Paper, what stands beside it, bar, words, menu and help.

    Attributes:
        place: where everything is.
        notices: what a person should know.
        timing: how punctual the window is.
        timing_shown: whether the timing page is open.
    """

    _mixture: Spread | None  # what shines as long as the pen rests

    def __init__(
        self, palette: Palette, settings: Settings, panel: Panel, table: tuple[Command, ...], easel: Easel,
        looking: Looking, size: tuple[int, int],
    ) -> None:
        self._looking = looking
        self._palette, self._settings, self._panel, self._easel = palette, settings, panel, easel
        self._bar, self._overlay = Bar(palette, settings), Overlay(palette, settings)
        self._help = Help(palette, table, GESTURES)
        self.notices, self.timing = Notices(), Timing()
        self.timing_shown = False
        self._rows: list[tuple[str, str]] = []
        self._rows_s = float("-inf")
        self._answers_s: deque[float] = deque(maxlen=240)
        self._last_s: float | None = None
        self._shown: object = None
        self._cells, self._inside = Cells(palette), Inside(palette)
        self._mixture_s = float("-inf")
        self._fan_s = 0.0
        self.resize(size)

    def resize(self, size: tuple[int, int]) -> None:
        """The window has another size, the panel another layout, the easel another mode or model."""
        layout = self._panel.layout
        self.place = place(layout, self._easel.mode.side, self._easel.box)
        self._background = background(size, self._palette)
        self._draw_paper(self._background, layout, self.place)
        paper = self.place.paper
        over = round(OVER * paper.width)
        self._sheet = paper.inflate(2 * over, 2 * over).clip(layout.canvas)
        self._ground = plain_surface(self._sheet.size)
        self._ground.blit(self._background, (0, 0), self._sheet)
        self._new_ink()
        self._haze, self._mixture = Haze(self._sheet, self._palette), None
        self._heads = Heads(paper.height)
        self._cells.forget()
        self.refresh()

    def refresh(self) -> None:
        """Draw everything with the next frame."""
        self._bar.forget()
        self._shown = None

    def cell_at(self, x: float, y: float) -> int | None:
        """The number of the ending, or of the kept drawing, at a pixel."""
        number = self.place.cell_at(x, y)
        shown = self._cells.shown(self._easel, self.place)
        return next((which for cell, (_, which), _ in shown if cell == number), None)

    def frame(self, display: pygame.Surface, now_s: float, counters: dict[str, int]) -> Iterator[None]:
        """Draw one frame in short steps; nothing where nothing changed. `counters`: for the timing page."""
        elapsed_s = 0.0 if self._last_s is None else min(LONGEST_STEP_S, max(0.0, now_s - self._last_s))
        self._last_s = now_s
        turn = turn_of(self._easel, self._settings, now_s)
        moves = self._follow(elapsed_s, now_s)
        if self.timing_shown and now_s - self._rows_s >= TIMING_ROWS_S:
            self._rows, self._rows_s = self._timing_rows(counters), now_s
        bar_drawn = self._bar.draw(display, self._background, self._panel)
        over = self._over(turn, now_s)
        if not moves and not bar_drawn and over == self._shown:
            return
        self._shown = over
        yield
        yield from self._draw_ink()
        canvas = self._panel.layout.canvas
        display.blit(self._background, canvas, canvas)
        yield
        display.blit(self._ink.surface, self._sheet)
        yield
        yield from self._draw_beside(display)
        if not self._haze.is_dark:
            self._haze.draw(display, self._ink.covered(STEP))
        yield
        self._draw_tip(display)
        self._draw_over(display, turn, now_s)
        yield
        pygame.display.flip()

    # --- what moves ---------------------------------------------------------------------------------

    def _follow(self, elapsed_s: float, now_s: float) -> bool:
        """Take what came from the ghost; whether anything moves that the words do not tell."""
        easel = self._easel
        looks = self._looking.step(now_s)
        self._answers_s.extend(answer.seconds for answer in looks)
        if not easel.page.marks or easel.mode.look is Look.NOTHING:
            self._mixture = None
            self._inside.forget()
        for answer in looks:
            self._show(answer, now_s)
        holds = self._mixture is not None and now_s - self._mixture_s > HOLD_S
        was_lit = not self._haze.is_dark
        if not holds:
            self._haze.fade(elapsed_s)
            self._haze.add(self._mixture, elapsed_s)
        inside = easel.mode.side is Side.UNITS and self._inside.settle(elapsed_s)
        pens = easel.player_draws or easel.ghost_draws or any(not e.pen.is_done for e in easel.endings)
        paused = self._settings.is_on("pause") and not easel.player_draws
        return bool(looks) or (was_lit and not holds) or inside or (pens and not paused)

    def _show(self, answer: Answer, now_s: float) -> None:
        if answer.ask.tip is None:
            return
        tip, scale = self.place.to_pixels(*answer.ask.tip), self.place.px_per_unit
        if answer.mixture is not None and answer.units is not None:
            self._mixture = self._haze.spread(mixture_pieces(answer.mixture, tip, scale))
            self._mixture_s = now_s
            self._inside.want(answer.mixture, answer.units)
        else:
            pieces = fan_pieces(answer.futures, tip, scale, answer.ask.is_down)
            self._haze.add(self._haze.spread(pieces), min(LONGEST_FAN_S, now_s - self._fan_s))
            self._fan_s = now_s

    def _over(self, turn: Turn, now_s: float) -> object:
        """Everything that is still, for comparison: the same value looks the same."""
        easel, panel = self._easel, self._panel
        text, visible = self.notices.shown(now_s)
        page = easel.page
        return (
            turn.big, turn.small, None if turn.left is None else round(STEPS * turn.left), text,
            round(visible, 2), panel.layout, panel.entries, panel.hovered, panel.help_open, self.timing_shown,
            self._rows_s if self.timing_shown else 0.0, page.n_changes, page.end, len(page.marks),
            len(page.marks[-1].ink) if page.marks else 0, len(easel.kept), len(easel.endings),
            easel.kept[-1].number if easel.kept else -1,
        )  # fmt: skip

    # --- drawing ------------------------------------------------------------------------------------

    def _new_ink(self) -> None:
        self._ink = Ink(self._ground, self._palette, self.place.paper.width)
        self._ink_of = self._easel.page.n_changes

    def _draw_ink(self) -> Iterator[None]:
        page, paper = self._easel.page, self.place.paper
        if page.n_changes != self._ink_of:
            self._new_ink()
        left, top = paper.left - self._sheet.left, paper.top - self._sheet.top
        yield from self._ink.draw(page.marks, left, top, self.place.px_per_unit)
        yield from self._ink.develop()

    def _draw_beside(self, display: pygame.Surface) -> Iterator[None]:
        layout = self._panel.layout
        if self._easel.mode.side is Side.UNITS:
            self._inside.draw(display, layout, self.place.beside)
            yield
        else:
            yield from self._cells.frame(display, self._background, self._easel, self.place, layout)

    def _draw_tip(self, display: pygame.Surface) -> None:
        mark = self._easel.page.open_mark
        if mark is not None and mark.ink:
            tip = self.place.to_pixels(mark.ink[-1].x, mark.ink[-1].y)
            source = self._palette.stroke(mark.source, 0)
            self._heads.draw(display, source, tip[0], tip[1], 0.8 if mark.source is Source.PLAYER else 1.0)

    def _draw_over(self, display: pygame.Surface, turn: Turn, now_s: float) -> None:
        layout, overlay = self._panel.layout, self._overlay
        if self._panel.help_open:
            self._help.draw(display, layout)
            self._panel.help_lines = self._help.lines
        else:
            x, baseline = overlay.words(display, layout, turn.big, turn.small)
            if turn.left is not None:
                overlay.countdown(display, layout, x, baseline, turn.left)
            self._draw_seal(display, layout)
        # It can be opened in the middle of a frame: then the rows come with the next.
        if self.timing_shown and self._rows and not self._panel.help_open:
            overlay.timing(display, layout, self._rows)
        overlay.notice(display, layout, *self.notices.shown(now_s))
        overlay.corner(display, layout)
        self._bar.draw_menu(display, self._panel)

    def _draw_seal(self, display: pygame.Surface, layout: Layout) -> None:
        """A seal in the corner of a drawing that the ghost calls done."""
        if self._easel.page.end is not End.END:
            return
        text = word("END", layout.letters(SEAL), self._palette.background)
        pad = layout.px(9)
        area = text.get_rect().inflate(2 * pad, round(1.4 * pad))
        area.bottomright = self.place.paper.move(-layout.px(16), -layout.px(16)).bottomright
        display.blit(ground(area.size, layout.px(6), self._palette.ghost[0], 235), area)
        display.blit(text, text.get_rect(center=area.center))

    def _draw_paper(self, surface: pygame.Surface, layout: Layout, where: Place) -> None:
        """The square of practice paper with its cross, faint."""
        palette, paper, px = self._palette, where.paper, layout.px
        edge = mix(palette.background, palette.faint, 0.9)
        surface.blit(ground(paper.size, px(PAPER_ROUND), edge, 255), paper)
        line = max(1, px(2))
        inner = paper.inflate(-2 * line, -2 * line)
        inside = mix(palette.background, palette.panel, 0.5)
        surface.blit(ground(inner.size, px(PAPER_ROUND), inside, 255), inner)
        cross = mix(palette.background, palette.faint, 0.85)
        step = px(DASH)
        for start in range(step // 2, inner.width - step // 2, 2 * step):
            length = min(step, inner.width - start)
            surface.fill(cross, (inner.left + start, inner.centery - line // 2, length, line))
            surface.fill(cross, (inner.centerx - line // 2, inner.top + start, line, length))

    def _timing_rows(self, counters: dict[str, int]) -> list[tuple[str, str]]:
        rows = window_rows(self.timing)
        if self._answers_s:
            first, last = (1e3 * float(np.quantile(self._answers_s, q)) for q in (0.5, 0.99))
            rows.append(("fan or mixture p50 / p99", f"{first:.2f} / {last:.2f} ms"))
        return rows + [(name, str(count)) for name, count in counters.items()]
