"""The help page: every key and gesture, from the tables they are dispatched from. Its lines can be tapped."""

from __future__ import annotations

import pygame

from app.pictures.live.paint import ground, word
from app.pictures.palette import Palette
from app.window.commands import GESTURES, Command
from app.window.layout import Layout

TITLE, LINE, GESTURE = 40, 23, 20  # heights of letters, units
HEAD = 84  # from the title to the first line
COLUMN, INDENT = 680, 185  # a column, and where its words begin
STEP = 41  # from line to line: a finger wide


class Help:
    """Draws the page once per size and keeps it.

    Attributes:
        lines: where each command's line is on the display, and its name.
    """

    def __init__(
        self,
        palette: Palette,
        table: tuple[Command, ...],
        gestures: tuple[tuple[str, str], ...] = GESTURES,
    ) -> None:
        self._palette = palette
        self._table = table
        self._gestures = gestures
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
        page.fill((*palette.background, 228))
        rows = -(-len(self._table) // 2)
        height = HEAD + STEP * (rows + -(-len(self._gestures) // 2) + 1)
        scale = min(1.25 * layout.unit, canvas.height / (height + 50), canvas.width / (2 * COLUMN + 60))

        def px(units: float) -> int:
            return round(units * scale)

        block = pygame.Rect(0, 0, px(2 * COLUMN), px(height))
        block.center = page.get_rect().center
        page.blit(word("keys and fingers", px(TITLE), palette.text), block.topleft)
        lines: list[tuple[pygame.Rect, str]] = []
        top = block.top + px(HEAD)
        for index, command in enumerate(self._table):
            column, row = divmod(index, rows)
            y, below = top + px(row * STEP), top + px((row + 1) * STEP)
            place = pygame.Rect(block.left + px(column * COLUMN), y, px(COLUMN) - 1, below - y)
            self._key(page, command.label, place)
            words = word(command.words, px(LINE), palette.text)
            page.blit(words, words.get_rect(midleft=(place.left + px(INDENT), place.centery)))
            lines.append((place.move(canvas.topleft), command.name))
        top += px((rows + 0.6) * STEP)
        for index, (fingers, meaning) in enumerate(self._gestures):
            row, column = divmod(index, 2)
            x, y = block.left + px(column * COLUMN), top + px((row + 0.5) * STEP)
            for text, colour, indent in ((fingers, palette.player[0], 0), (meaning, palette.dim, INDENT)):
                words = word(text, px(GESTURE), colour)
                page.blit(words, words.get_rect(midleft=(x + px(indent), y)))
        self.lines = tuple(lines)
        return page

    def _key(self, page: pygame.Surface, label: str, place: pygame.Rect) -> None:
        text = word(label, max(1, int(place.height * 0.48)), self._palette.accent)
        width = max(text.get_width() + place.height // 2, place.height)
        cap = pygame.Rect(place.left, place.top, width, round(place.height * 0.84))
        cap.centery = place.centery
        page.blit(ground(cap.size, place.height // 5, self._palette.chosen, 150), cap)
        page.blit(text, text.get_rect(center=cap.center))
