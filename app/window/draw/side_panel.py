"""The panel beside the paper: drawings in cells, and the inside of the network."""

from __future__ import annotations

import math

import numpy as np
import pygame
from numpy.typing import NDArray

from app.pictures.live.fading_light import FORMAT, plain_surface
from app.pictures.live.paint import ground, mix, put, word
from app.pictures.palette import Palette
from app.window.draw.draw_controller import DrawController
from app.window.draw.modes import Side
from app.window.draw.paper_strokes import Page
from app.window.draw.place import Place
from app.window.draw.stroke_raster import StrokeRaster
from app.window.layout import Layout
from mdn.mixture import Mixture

CELL_PAD = 0.07  # of a cell, around the paper in it
CELL_ROUND = 12  # units
MOST_NEW = 1  # cells with another drawing in one frame
INK_SHARE = 1.25  # ink in a cell is broader than its size would have it
LETTERS, BAR, BAR_STEP = 20, 12, 38  # units
SETTLE_S = 0.10  # the units follow the network in this time: they glow, they do not flicker
PEN_WORDS = ("goes on", "lifts", "ends")


class Cells:
    """Drawings in the cells of a place: what was kept, or the endings."""

    def __init__(self, palette: Palette, controller: DrawController, layout: Layout, where: Place) -> None:
        self._palette, self._controller = palette, controller
        self._scrolled: int | None = None  # row of drawings in the first row of cells; None: nobody scrolled
        self.lay(layout, where)

    def shown(self) -> list[tuple[int, tuple[str, int], Page]]:
        """What is in which cell: its number, what it is (and which), and its drawing."""
        if not self._place.cells:
            return []
        if self._controller.mode.side is Side.ENDINGS:
            ghost_turn = self._controller.ghost_turn
            shown = ghost_turn.endings[: len(self._place.cells)]
            return [(i, (f"ending {ghost_turn.ticket}", i), one.page) for i, one in enumerate(shown)]
        first = self._row() * self._place.n_columns
        order = range(len(self._controller.kept))
        if self._controller.mode.side is Side.STRIP:  # the last first
            order = order[::-1]
        numbers = order[first : first + len(self._place.cells)]
        return [(i, ("kept", number), self._controller.kept[number].page) for i, number in enumerate(numbers)]

    def scroll(self, rows: int) -> None:
        """Show the drawings `rows` further on, as far as there are any."""
        if self._controller.mode.side in (Side.STRIP, Side.GALLERY) and self._place.cells:
            self._scrolled = self._row() + rows
            self._scrolled = self._row()
            if self._controller.mode.side is Side.GALLERY and self._scrolled == self._last_row():
                self._scrolled = None

    def _last_row(self) -> int:
        return max(0, -(-len(self._controller.kept) // self._place.n_columns) - self._place.n_rows)

    def _row(self) -> int:
        """The row of drawings in the first row of cells: a gallery shows its last until somebody scrolls."""
        last = self._last_row()
        if self._scrolled is None:
            return last if self._controller.mode.side is Side.GALLERY else 0
        return max(0, min(self._scrolled, last))

    def box(self, key: tuple[str, int]) -> float:
        """Side of the paper of a drawing, in the units it was drawn in."""
        return self._controller.kept[key[1]].box if key[0] == "kept" else self._controller.box

    def lay(self, layout: Layout, where: Place) -> None:
        """Draw everything anew: the place or the model changed."""
        self._layout, self._place = layout, where
        self._cells: dict[tuple[str, int], StrokeRaster] = {}
        self._keys: list[tuple[str, int]] = []

    def prepare(self, background: pygame.Surface) -> list[pygame.Rect]:
        """Bring the cells up to date; where something changed. A drawing that is new may wait a frame."""
        shown = self.shown()
        keys = [key for _, key, _ in shown]
        changed: list[pygame.Rect] = []
        if keys != self._keys:
            self._keys = keys
            self._cells = {key: cell for key, cell in self._cells.items() if key in keys}
            changed += self._place.cells
        n_new = 0
        for number, key, page in shown:
            rect = self._place.cells[number]
            if key not in self._cells:
                n_new += 1
                if n_new > MOST_NEW:
                    continue
                self._cells[key] = self._ink(background, rect)
                changed.append(rect)
            ink = self._cells[key]
            pad = CELL_PAD * rect.width
            for _ in ink.draw(page.marks, pad, pad, (rect.width - 2 * pad) / self.box(key)):
                pass
            if ink.changed is not None:
                changed.append(rect)
            for _ in ink.develop():
                pass
        return changed

    def draw(self, display: pygame.Surface) -> None:
        """Put the cells on the display."""
        full = set()
        for number, key, _ in self.shown():
            full.add(number)
            if key in self._cells:
                display.blit(self._cells[key].surface, self._place.cells[number])
        if self._controller.mode.side is not Side.STRIP:
            colour = mix(self._palette.background, self._palette.panel, 0.4)
            for number, rect in enumerate(self._place.cells):
                if number not in full:
                    display.blit(ground(rect.size, self._layout.px(CELL_ROUND), colour, 255), rect)

    def _ink(self, background: pygame.Surface, rect: pygame.Rect) -> StrokeRaster:
        under = plain_surface(rect.size)
        under.blit(background, (0, 0), rect)
        colour = mix(self._palette.background, self._palette.panel, 0.75)
        under.blit(ground(rect.size, self._layout.px(CELL_ROUND), colour, 255), (0, 0))
        return StrokeRaster(under, self._palette, INK_SHARE * (1 - 2 * CELL_PAD) * rect.width)


class Inside:
    """The pen's states as bars, and the units of every layer as fields of light."""

    def __init__(self, palette: Palette) -> None:
        self._palette = palette
        self._units: NDArray[np.float32] | None = None
        self._wanted: NDArray[np.float32] | None = None
        self._pen = np.zeros(3)
        self._wanted_pen = np.zeros(3)
        self._fields: dict[tuple[int, tuple[int, int]], pygame.Surface] = {}

    def want(self, mixture: Mixture, units: NDArray[np.float32]) -> None:
        """What to show from now on."""
        self._wanted = np.asarray(units, np.float32)
        if self._units is None or self._units.shape != self._wanted.shape:
            self._units = np.zeros_like(self._wanted)
        pen = mixture.pi @ mixture.pen if mixture.pen.shape[-1] == 3 else np.zeros(3)
        self._wanted_pen = np.asarray(pen, np.float64)

    def forget(self) -> None:
        """Nothing is drawn: everything goes out."""
        if self._wanted is not None:
            self._wanted = np.zeros_like(self._wanted)
        self._wanted_pen = np.zeros(3)

    def settle(self, elapsed_s: float) -> bool:
        """Move towards what is wanted; whether there was still a way to go."""
        share = 1.0 - math.exp(-elapsed_s / SETTLE_S)
        moves = float(np.abs(self._wanted_pen - self._pen).max()) > 2e-3
        self._pen += (self._wanted_pen - self._pen) * share
        if self._units is not None and self._wanted is not None:
            moves = moves or float(np.abs(self._wanted - self._units).max()) > 4e-3
            self._units += (self._wanted - self._units) * np.float32(share)
        if moves:
            self._fields.clear()
        return moves

    def draw(self, display: pygame.Surface, layout: Layout, area: pygame.Rect) -> None:
        """Bars above, units below."""
        px, palette = layout.px, self._palette
        title = word("the pen, after the next point", layout.letters(LETTERS), palette.dim)
        display.blit(title, area.topleft)
        top = area.top + px(40)
        left, width = area.left + px(110), area.width - px(200)
        colours = (palette.ghost[0], palette.text, palette.player[0])
        for name, share, colour in zip(PEN_WORDS, self._pen, colours, strict=True):
            text = word(name, layout.letters(LETTERS), palette.text)
            put(display, text, midleft=(area.left, top + px(BAR) // 2))
            display.blit(ground((width, px(BAR)), px(BAR) // 2, palette.panel, 255), (left, top))
            filled = round(width * float(share))
            full = ground((width, px(BAR)), px(BAR) // 2, colour, 230)
            display.blit(full, (left, top), (0, 0, filled, px(BAR)))
            figures = word(f"{100 * float(share):.0f} %", layout.letters(LETTERS), palette.dim)
            put(display, figures, midright=(area.right, top + px(BAR) // 2))
            top += px(BAR_STEP)
        if self._units is not None:
            below = pygame.Rect(area.left, top + px(26), area.width, area.bottom - top - px(26))
            self._draw_units(display, layout, below, self._units)

    def _draw_units(
        self, display: pygame.Surface, layout: Layout, area: pygame.Rect, units: NDArray[np.float32]
    ) -> None:
        label = layout.px(34)
        height = area.height // len(units)
        for number, layer in enumerate(units):
            top = area.top + number * height
            text = word(f"layer {number + 1}: {len(layer)} units", layout.letters(LETTERS), self._palette.dim)
            display.blit(text, (area.left, top))
            room = pygame.Rect(area.left, top + label, area.width, height - label - layout.px(14))
            if room.height > 8:
                picture = self._fields.get((number, room.size)) or self._field(room, layer)
                self._fields[number, room.size] = picture
                display.blit(picture, room.topleft, special_flags=pygame.BLEND_RGB_MAX)

    def _field(self, room: pygame.Rect, layer: NDArray[np.float32]) -> pygame.Surface:
        """The units of a layer as squares of light, on black."""
        columns = 2 ** round(math.log2(max(1.0, math.sqrt(len(layer) * room.width / room.height))))
        side = max(2, room.width // columns)
        rows = math.ceil(len(layer) / columns)
        cells = np.zeros(rows * columns, np.float32)
        cells[: len(layer)] = layer
        palette = self._palette
        strength = np.abs(cells)[:, None] ** 0.8
        warm, cool = (np.array(c[0], np.float32) for c in (palette.player, palette.ghost))
        dark = np.array(mix(palette.background, palette.panel, 0.8), np.float32)
        colours = dark + (np.where(cells[:, None] < 0, warm, cool) - dark) * np.minimum(strength, 1.0)
        grid = np.zeros((rows, columns, 4), np.uint8)
        grid[:, :, :3] = colours.reshape(rows, columns, 3)[:, :, ::-1]
        shape = np.ones((side, side, 1), np.uint8)
        shape[-max(1, side // 7) :], shape[:, -max(1, side // 7) :] = 0, 0
        pixels = np.ascontiguousarray(
            np.tile(shape, (rows, columns, 1)) * np.repeat(np.repeat(grid, side, axis=0), side, axis=1)
        )
        picture = pygame.image.frombuffer(pixels.data, (columns * side, rows * side), FORMAT)
        picture.set_alpha(None)
        return picture
