"""The page that a phone is held up to: the address of the page to play on, as a QR code and in letters."""

from __future__ import annotations

import pygame

from app.core.qr_code import QUIET, qr_modules
from app.core.way_in import WayIn
from app.pictures.live.paint import ground, put, word, word_width
from app.pictures.palette import Colour, Palette
from app.window.layout import Layout
from app.window.overlay import wrapped

LIGHT: Colour = (246, 244, 238)  # of the code: a camera wants dark on light, whatever the palette
DARK: Colour = (10, 10, 14)
ADDRESS, LINE, LEAST_LETTERS = 34, 25, 15  # heights of letters, units; and the least, pixels
GAP = 26  # between the code and what is beneath it, units
ROOM = 0.94  # of the canvas that is used
TITLE = "play along with a phone in this network"


class PhonePage:
    """Draws the page once per size and address, and keeps it."""

    def __init__(self, palette: Palette) -> None:
        self._palette = palette
        self._picture: pygame.Surface | None = None
        self._made_for: tuple[Layout, WayIn] | None = None

    def draw(self, display: pygame.Surface, layout: Layout, way_in: WayIn) -> None:
        """Over the canvas."""
        if self._picture is None or self._made_for != (layout, way_in):
            self._made_for = layout, way_in
            self._picture = self._make(layout, way_in)
        display.blit(self._picture, layout.canvas)

    def _make(self, layout: Layout, way_in: WayIn) -> pygame.Surface:
        address = way_in.address
        size, palette = layout.canvas.size, self._palette
        page = pygame.Surface(size, pygame.SRCALPHA)
        page.fill((*palette.background, 236))
        room = round(ROOM * size[0]), round(ROOM * size[1])
        px = max(LEAST_LETTERS, layout.letters(LINE))
        text, colour = (TITLE, palette.dim) if address else (way_in.why_not, palette.text)
        lines = [word(line, px, colour) for line in wrapped(text, px, room[0])]
        parts = lines
        if address:
            letters = max(LEAST_LETTERS, layout.letters(ADDRESS))
            while letters > LEAST_LETTERS and word_width(address, letters) > room[0]:
                letters -= 1
            spelt = [word(line, letters, palette.text) for line in wrapped(address, letters, room[0])]
            words_px = sum(line.get_height() + layout.px(GAP) for line in (*lines, *spelt))
            code = _code(address, min(room[0], room[1] - words_px), layout)
            parts = [*lines, code, *spelt]
        y = (size[1] - sum(part.get_height() for part in parts) - layout.px(GAP) * (len(parts) - 1)) // 2
        for part in parts:
            put(page, part, midtop=(size[0] // 2, y))
            y += part.get_height() + layout.px(GAP)
        return page


def _code(text: str, side_px: int, layout: Layout) -> pygame.Surface:
    """The code within its quiet zone, at most so many pixels high and wide; a module has whole pixels."""
    modules = qr_modules(text)
    across = len(modules) + 2 * QUIET
    module_px = max(1, side_px // across)
    picture = pygame.Surface((module_px * across,) * 2, pygame.SRCALPHA)
    picture.blit(ground(picture.get_size(), min(layout.px(18), QUIET * module_px), LIGHT, 255), (0, 0))
    for y, row in enumerate(modules):
        for x, is_dark in enumerate(row):
            if is_dark:
                place = (QUIET + x) * module_px, (QUIET + y) * module_px
                picture.fill(DARK, (*place, module_px, module_px))
    return picture
