"""The help page: every key and gesture, from the tables they are dispatched from. Its lines can be tapped."""

from __future__ import annotations

import pygame

from app.palette import Palette
from app.window.commands import GESTURES, Command
from app.window.layout import Layout
from app.window.paint import ground, word

TITLE, LINE = 40, 23  # heights of letters, units
STEP = 41  # from line to line: a finger wide


class Help:
    """Draws the page once per size and keeps it.

    Attributes:
        lines: where each command's line is on the display, and its name.
    """

    def __init__(self, palette: Palette, table: tuple[Command, ...]) -> None:
        self._palette = palette
        self._table = table
        self._page: pygame.Surface | None = None
        self._made_for: Layout | None = None
        self.lines: tuple[tuple[pygame.Rect, str], ...] = ()

    def draw(self, display: pygame.Surface, layout: Layout) -> None:
        """The page over the canvas."""
        if self._page is None or self._made_for != layout:
            self._page, self._made_for = self._make(layout), layout
        display.blit(self._page, layout.canvas)

    def _make(self, layout: Layout) -> pygame.Surface:
        palette, canvas = self._palette, layout.canvas
        page = pygame.Surface(canvas.size, pygame.SRCALPHA)
        page.fill((*palette.background, 225))
        rows = -(-len(self._table) // 2)
        scale = min(layout.unit, canvas.height / (200 + STEP * (rows + 1 + len(GESTURES) / 2)),
                    canvas.width / 1290)

        def px(units: float) -> int:
            return max(1, round(units * scale))

        block = pygame.Rect(0, 0, px(1210), px(110 + STEP * (rows + 1 + (len(GESTURES) + 1) // 2)))
        block.center = page.get_rect().center
        page.blit(word("keys and fingers", px(TITLE), palette.text), block.topleft)
        lines: list[tuple[pygame.Rect, str]] = []
        top = block.top + px(84)
        for index, command in enumerate(self._table):
            column, row = divmod(index, rows)
            place = pygame.Rect(block.left + column * px(620), top + row * px(STEP), px(590), px(STEP))
            self._key(page, command.label, place)
            page.blit(word(command.words, px(LINE), palette.text), (place.left + px(150), place.top + px(7)))
            lines.append((place.move(canvas.topleft), command.name))
        top += px(STEP) * (rows + 1)
        for index, (fingers, words) in enumerate(GESTURES):
            row, column = divmod(index, 2)
            x, y = block.left + column * px(620), top + row * px(STEP)
            page.blit(word(fingers, px(LINE - 3), palette.player[0]), (x, y))
            page.blit(word(words, px(LINE - 5), palette.dim), (x + px(150), y + px(1)))
        self.lines = tuple(lines)
        return page

    def _key(self, page: pygame.Surface, label: str, place: pygame.Rect) -> None:
        text = word(label, int(place.height * 0.5), self._palette.accent)
        width = max(text.get_width() + place.height // 2, place.height)
        cap = pygame.Rect(place.left, place.top + place.height // 12, width, place.height - place.height // 6)
        page.blit(ground(cap.size, place.height // 5, self._palette.chosen, 150), cap)
        page.blit(text, text.get_rect(center=cap.center))
