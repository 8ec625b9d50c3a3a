"""The square of practice paper: the model's box, with a dashed cross through its middle.

A model knows where in its box a drawing begins; the cross shows a person where that box is. On an empty paper
it is clear, under a drawing it is faint.
"""

from __future__ import annotations

import math

import pygame

from app.pictures.live.paint import ground, mix
from app.pictures.palette import Palette
from app.window.layout import Layout

ROUND, DASH, LINE = 10, 14, 2  # units
FOLLOW_S = 0.3  # in which the cross grows clear or faint
FAINT, CLEAR = 0.8, 0.32  # of the way from background to faint, from faint to dim
LEAST = 0.01  # a clearer cross than faint is seen from here on


class Guide:
    """The square and its cross on `paper`.

    Args:
        surface: gets the square and the faint cross.
        paper: where, pixels.
    """

    def __init__(self, surface: pygame.Surface, paper: pygame.Rect, layout: Layout, palette: Palette) -> None:
        px, line = layout.px, max(1, layout.px(LINE))
        edge = mix(palette.background, palette.faint, 0.9)
        surface.blit(ground(paper.size, px(ROUND), edge, 255), paper)
        inner = paper.inflate(-2 * line, -2 * line)
        inside = mix(palette.background, palette.panel, 0.5)
        surface.blit(ground(inner.size, px(ROUND), inside, 255), inner)
        self._faint = mix(palette.background, palette.faint, FAINT)
        self._clear = mix(palette.faint, palette.dim, CLEAR)
        self._dashes = dashes(paper, line, max(2, px(DASH)))
        for dash in self._dashes:
            surface.fill(self._faint, dash)
        self._share = 0.0

    def settle(self, elapsed_s: float, is_clear: bool) -> bool:
        """Become clear or faint; whether that is seen."""
        wanted, before = float(is_clear), self._share
        self._share += (wanted - before) * (1.0 - math.exp(-elapsed_s / FOLLOW_S))
        if abs(wanted - self._share) < LEAST:
            self._share = wanted
        return self._share != before

    def draw(self, display: pygame.Surface) -> None:
        """Put the cross over the faint one, if it is clearer; ink is not covered."""
        if self._share:
            colour = mix(self._faint, self._clear, self._share)
            for dash in self._dashes:
                display.fill(colour, dash, pygame.BLEND_RGB_MAX)


def dashes(paper: pygame.Rect, line: int, length: int) -> list[pygame.Rect]:
    """The dashes of a cross through the middle of `paper`, the same to all sides; two cross in the middle.

    Args:
        paper: a square, pixels.
        line: how broad they are, pixels.
        length: of a dash and of a gap, about, pixels.
    """
    side = paper.width
    n = max(1, round((side / length - 1) / 4))  # dashes between the middle and an edge
    period = side / (2 * n + 1)
    long = 2 * max(1, round(period / 4)) + side % 2
    across, found = (side - line) // 2, []
    for number in range(-n, n + 1):
        along = (side - long) // 2 + int(number * period)  # cut towards 0: the same on both sides
        found.append(pygame.Rect(paper.left + along, paper.top + across, long, line))
        found.append(pygame.Rect(paper.left + across, paper.top + along, line, long))
    return found
