"""The help: every key, control and gesture, from the tables they come from. Its lines can be tapped.

In a window that has not room for all of it, it has pages.
"""

from __future__ import annotations

from dataclasses import dataclass

import pygame

from app.core.parameters import Settings
from app.pictures.live.paint import ground, put, word
from app.pictures.palette import Palette
from app.window.bar import fitted
from app.window.commands import Command
from app.window.layout import Layout
from app.window.overlay import wrapped
from app.window.panel import Panel

TITLE, LINE = 40, 21  # heights of letters, units
LEAST_LINE_PX = 13
COLUMN, INDENT = 28.0, 8.2  # a column, and where its words begin; these in heights of its letters
STEP, MORE_STEP = 1.9, 1.25  # from line to line, a finger wide; and for each more line of words
PAD = 24  # around it, units
TURN = "next page"


@dataclass(frozen=True)
class Line:
    """A line of the help: what stands in front, what it means, and the command it does if it is tapped."""

    name: str
    words: str
    command: str = ""

    @property
    def is_heading(self) -> bool:
        """Whether what follows belongs to it."""
        return not self.words


@dataclass(frozen=True)
class Placed:
    """A line at `rect` of the window, on a page, with its words as they are broken."""

    page: int
    rect: pygame.Rect
    line: Line
    words: tuple[str, ...]


def help_lines(
    table: tuple[Command, ...], settings: Settings, gestures: tuple[tuple[str, str], ...]
) -> tuple[Line, ...]:
    """Everything there is to know, and first what a finger or the mouse does."""
    parameters = [settings.parameter(name) for name in settings.snapshot()]
    return (
        Line("fingers", ""),
        *(Line(*gesture) for gesture in gestures),
        Line("keys", ""),
        *(Line(command.label, command.words, command.name) for command in table),
        Line("controls", ""),
        *(Line(parameter.label, parameter.help) for parameter in parameters),
    )


def line_px(layout: Layout) -> int:
    """The height of the letters, pixels."""
    return max(LEAST_LINE_PX, round(LINE * layout.unit))


def head_px(layout: Layout, notices_px: int) -> int:
    """The height of the head, pixels: notices of this height stand in it and cover no line."""
    return max(layout.px(TITLE + 2 * PAD), notices_px)


def flow(lines: tuple[Line, ...], layout: Layout, notices_px: int) -> tuple[Placed, ...]:
    """The lines in columns, and those on pages, between the head and a foot for turning the pages.

    Columns are no longer than so many pages need, so that the last is not left with a line or two.
    """
    px, pad, canvas = line_px(layout), layout.px(PAD), layout.canvas
    room = canvas.width - 2 * pad
    n_columns = max(1, int(room // (COLUMN * px)))
    width = room // n_columns
    area = pygame.Rect(canvas.left + pad, canvas.top + head_px(layout, notices_px), width, 0)
    area.height = canvas.bottom - round(2.4 * px) - area.top
    words_px = round(width - (INDENT + 1.0) * px)
    broken = [(one, tuple(wrapped(one.words, px, words_px)) if one.words else ()) for one in lines]
    placed = _in_columns(broken, area, n_columns, px)
    while placed[-1].page > 0 and area.height > px:
        area.height -= px
        shorter = _in_columns(broken, area, n_columns, px)
        if shorter[-1].page > placed[-1].page:
            break
        placed = shorter
    return placed


def _in_columns(
    broken: list[tuple[Line, tuple[str, ...]]], area: pygame.Rect, n_columns: int, px: int
) -> tuple[Placed, ...]:
    """Lines, with their words as they are broken, in columns on pages; `area` is that of the first."""
    placed: list[Placed] = []
    heights = [round(px * (STEP + MORE_STEP * max(0, len(words) - 1))) for _, words in broken]
    column, y = 0, area.top
    for number, (line, words) in enumerate(broken):
        together = sum(heights[number : number + 2]) if line.is_heading else heights[number]
        if y + together > area.bottom and y > area.top:
            column, y = column + 1, area.top
        left, width = area.left + column % n_columns * area.width, area.width - px // 2
        rect = pygame.Rect(left, y, width, heights[number])
        placed.append(Placed(column // n_columns, rect, line, words))
        y += heights[number]
    return tuple(placed)


class Help:
    """Draws a page once per size and keeps it."""

    def __init__(
        self,
        palette: Palette,
        table: tuple[Command, ...],
        settings: Settings,
        gestures: tuple[tuple[str, str], ...],
    ) -> None:
        self._palette = palette
        self._lines = help_lines(table, settings, gestures)
        self._picture: pygame.Surface | None = None
        self._made_for: tuple[Layout, int, int] | None = None

    def draw(self, display: pygame.Surface, panel: Panel, notices_px: int) -> None:
        """The open page over the canvas, below notices of this height; the panel learns where lines are."""
        layout = panel.layout
        if self._picture is None or self._made_for != (layout, panel.help_page, notices_px):
            placed = flow(self._lines, layout, notices_px)
            panel.n_help_pages = placed[-1].page + 1
            panel.help_page = min(panel.help_page, panel.n_help_pages - 1)
            self._made_for = layout, panel.help_page, notices_px
            self._picture = self._make(panel, [one for one in placed if one.page == panel.help_page])
        display.blit(self._picture, layout.canvas)

    def _make(self, panel: Panel, placed: list[Placed]) -> pygame.Surface:
        layout, palette = panel.layout, self._palette
        canvas, pad, px = layout.canvas, layout.px(PAD), line_px(layout)
        page = pygame.Surface(canvas.size, pygame.SRCALPHA)
        page.fill((*palette.background, 236))
        head = pygame.Rect(pad, 0, canvas.width - 2 * pad, head_px(layout, 0))
        title = word("help", layout.letters(TITLE), palette.text)
        put(page, title, midleft=head.midleft)
        tapped = [(one.rect, one.line.command) for one in placed if one.line.command]
        if panel.n_help_pages > 1:
            told = f"{TURN}   {panel.help_page + 1} of {panel.n_help_pages}"
            turn = word(told, round(1.1 * px), palette.accent)
            foot = pygame.Rect(0, canvas.height - round(2.3 * px), canvas.width - pad, round(2.3 * px))
            place = put(page, turn, midright=foot.midright)
            area = pygame.Rect(place.left - px, foot.top, foot.right - place.left + px, foot.height)
            tapped.append((area.move(canvas.topleft), TURN))
        for one in placed:
            self._line(page, one, one.rect.move(-canvas.left, -canvas.top), px)
        panel.help_lines = tuple(tapped)
        return page

    def _line(self, page: pygame.Surface, one: Placed, rect: pygame.Rect, px: int) -> None:
        palette, first = self._palette, round(rect.top + 0.5 * STEP * px)
        if one.line.is_heading:
            text = word(one.line.name, round(1.25 * px), palette.text)
            put(page, text, midleft=(rect.left, first))
            return
        colour = palette.accent if one.line.command else palette.player[0]
        text = fitted(one.line.name, px, colour, round((INDENT - (1.2 if one.line.command else 0.4)) * px))
        if one.line.command:
            cap = pygame.Rect(rect.left, 0, text.get_width() + px, round(1.55 * px))
            cap.centery = first
            page.blit(ground(cap.size, px // 3, palette.chosen, 150), cap)
            put(page, text, center=cap.center)
        else:
            put(page, text, midleft=(rect.left, first))
        for number, words in enumerate(one.words):
            shown = word(words, px, palette.text if one.line.command else palette.dim)
            put(page, shown, midleft=(rect.left + round(INDENT * px), first + round(number * MORE_STEP * px)))
