"""The canvas: background, haze and mixture, ink, notes, heads, put together on the display once a frame.

Ink lives at about half the window's resolution (a stroke is soft anyway), haze and mixture at a
twelfth, and both are scaled up smoothly. No stroke is ever drawn twice. A frame is a generator of
short steps, so that input is polled between them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pygame

from app.core.events import Event
from app.pictures.live.deposit import Levels
from app.pictures.live.fading_light import FadingLight, plain_surface, surface_of, to_light
from app.pictures.live.glow import Glow
from app.pictures.live.heads import Heads
from app.pictures.live.roll import Roll
from app.pictures.live.stroke_light import HAZE_DECAY_S, INK_DECAY_S, Strokes
from app.pictures.live.turn_light import TurnLight
from app.pictures.palette import Palette
from app.pictures.tone_map import empty_canvas
from mdn.mixture import Mixture

INK_ROWS = (480, 720)  # least and most rows of the ink field, if the canvas has as many
HAZE_STEP = 6  # ink pixels to a pixel of haze


def background(size: tuple[int, int], palette: Palette) -> pygame.Surface:
    """The empty window: calm, a little darker towards the corners, dithered so that no ring shows."""
    pixels = np.zeros((size[1], size[0], 4), np.uint8)
    pixels[:, :, 2::-1] = empty_canvas(size, palette)  # blue first: FORMAT
    return surface_of(pixels)


class Canvas:
    """The part of the display where strokes are, `rect` of a window of `window` pixels.

    Attributes:
        rect: where it lies in the window.
        background: the whole empty window.
        strokes: takes the events.
        roll: takes those of keys.
        shows_roll: whether the roll is there although nothing is on it: the model is one of notes.
    """

    def __init__(
        self, palette: Palette, window: tuple[int, int], rect: pygame.Rect, shows_roll: bool = False
    ) -> None:
        self._palette = palette
        self._mixture = to_light(palette.mixture)
        self.background = background(window, palette)
        ink_size, haze_size = _field_sizes(rect)
        self._ink = FadingLight(ink_size, INK_DECAY_S)
        self._haze = FadingLight(haze_size, HAZE_DECAY_S, is_soft=True)
        self._glow = Glow(haze_size)
        self._full: pygame.Surface | None = None  # made when `_part_of` needs it
        self._turn_light = TurnLight(haze_size, palette)
        self.strokes = Strokes(palette, self._ink, self._haze)
        self.roll = Roll(palette, rect.size)
        self.shows_roll = shows_roll
        self._prepare(window, rect)

    def resize(self, window: tuple[int, int], rect: pygame.Rect) -> None:
        """Use `rect` of `window`. What glows is stretched along."""
        ink_size, haze_size = _field_sizes(rect)
        if ink_size != self._ink.size:
            self._ink, self._haze = self._ink.resized(ink_size), self._haze.resized(haze_size)
            self._glow = self._glow.resized(haze_size)
            before, self._turn_light = self._turn_light, TurnLight(haze_size, self._palette)
            self._turn_light.follow(before)
            self.strokes.use(self._ink, self._haze)
        if rect.size != self.rect.size:
            self.roll.resize(rect.size)
        self._prepare(window, rect)

    def want(self, mixture: Mixture | None) -> None:
        """The mixture to show from now on."""
        self.roll.want(mixture if self.shows_roll else None)
        self._glow.want(None if self.shows_roll else mixture)

    def want_turn(self, player: float, ghost: float) -> None:
        """How brightly the player's and the ghost's side are to shine, 0 to 1."""
        self._turn_light.want(player, ghost)

    @property
    def still(self) -> bool:
        """Whether nothing moves: the next frame would look like the last."""
        strokes_dark = self._ink.dark and self._haze.dark and not self.strokes.heads
        roll_dark = self.roll.dark and not self.roll.heads
        return strokes_dark and roll_dark and self._glow.dark and self._turn_light.settled

    def frame(
        self, display: pygame.Surface, events: list[Event | None], elapsed_s: float, now_s: float
    ) -> Iterator[None]:
        """Draw one frame in short steps; the last one puts it on `display`."""
        self.strokes.fade(elapsed_s, now_s)
        yield
        self.strokes.play(events)
        self.roll.play(events)
        self.roll.follow(elapsed_s, now_s)
        yield from self.strokes.draw()
        self._glow.settle(elapsed_s)
        self._turn_light.settle(elapsed_s)
        has_roll = self.shows_roll or not self.roll.dark
        if self.still and self._turn_light.dark and not has_roll:
            display.blit(self.background, self.rect, self.rect)
            return
        self._haze.expose(self._soft_light())
        yield
        pygame.transform.smoothscale(self._haze.surface, self._soft.get_size(), self._soft)
        yield
        self._ink.expose()
        yield
        self._soft.blit(self._ink.surface, (0, 0), special_flags=pygame.BLEND_RGB_ADD)
        yield
        canvas = self._part_of(display)
        if self._soft.get_size() == self.rect.size:
            canvas.blit(self._soft, (0, 0))
        else:
            pygame.transform.smoothscale(self._soft, self.rect.size, canvas)
        yield
        canvas.blit(self.background, (0, 0), self.rect, pygame.BLEND_RGB_ADD)
        if has_roll:
            yield
            yield from self.roll.draw(canvas)
        width, height = self.rect.width - 1, self.rect.height - 1
        for head in (*self.strokes.heads.values(), *self.roll.heads.values()):
            self._heads.draw(canvas, head.colour, head.x * width, head.y * height, head.glow)
        if canvas is self._full:
            display.blit(canvas, self.rect)

    def _part_of(self, display: pygame.Surface) -> pygame.Surface:
        """The display itself where the canvas is, which saves a copy, if its pixels are in our order."""
        fits = display.get_rect().contains(self.rect)
        if fits and display.get_bitsize() == 32 and display.get_masks()[:3] == self._soft.get_masks()[:3]:
            return display.subsurface(self.rect)
        if self._full is None:
            self._full = plain_surface(self.rect.size)
        return self._full

    def _soft_light(self) -> Levels | None:
        """What shines along with the haze: the mixture and the light of the turn."""
        mixture = None if self._glow.dark else self._glow.light[:, :, None] * self._mixture
        if self._turn_light.dark:
            return mixture
        return self._turn_light.levels if mixture is None else mixture + self._turn_light.levels

    def _prepare(self, window: tuple[int, int], rect: pygame.Rect) -> None:
        self.rect = pygame.Rect(rect)
        if self.background.get_size() != window:
            self.background = background(window, self._palette)
        self._soft = plain_surface(self._ink.size)
        self._full = None
        self._heads = Heads(rect.height)


def _field_sizes(rect: pygame.Rect) -> tuple[tuple[int, int], tuple[int, int]]:
    """Sizes of the ink and of the haze field for a canvas like `rect`; their pixels are square."""
    rows = min(rect.height, max(INK_ROWS[0], min(INK_ROWS[1], rect.height // 2)))
    columns = max(2, round(rows * rect.width / rect.height))
    return (columns, rows), (max(2, columns // HAZE_STEP), max(2, rows // HAZE_STEP))
