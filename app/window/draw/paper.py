"""The paper: its guide lines, the ink on it, the ghost's futures over it, the pen's glow."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import pygame

from app.core.events import Source
from app.pictures.ink import End
from app.pictures.live.fading_light import plain_surface
from app.pictures.live.heads import RADIUS, Heads
from app.pictures.live.paint import ground
from app.pictures.palette import Palette
from app.window.canvas import background
from app.window.draw.draw_controller import DrawController
from app.window.draw.futures_overlay import FADE_S, FuturesOverlay
from app.window.draw.guide import Guide
from app.window.draw.modes import Begins, Preview
from app.window.draw.paper_strokes import Mark
from app.window.draw.place import Place
from app.window.draw.preview_requests import PreviewRequests
from app.window.draw.refresh_rate import RefreshRate
from app.window.draw.requests import Response
from app.window.draw.side_panel import Inside
from app.window.draw.splat import FuturesView, OverlayGrid, Splat
from app.window.draw.stroke_raster import StrokeRaster
from app.window.layout import Layout

LONGEST_FAN_S = 0.08
HOLD_S = 0.8  # a mixture that stays the same is drawn no more after this
REST_S, CALM_S = 0.15, 0.5  # the fan of a pen that rests for so long fades slowly: futures become one light
OVER = 0.08  # ink and overlay shine beyond the paper, share of its side
GLOW = {Source.PLAYER: 0.8, Source.GHOST: 1.0}


class Paper:
    """What is on the paper and over it.

    Attributes:
        background: the whole empty window with the guide lines.
        inside: what stands beside the paper of what was asked; brought up to date here.
        answers_s: how long the last answers took.
        pace: how often light over the paper is shown anew.
        changed: where something changed, after `prepare`; None: everywhere.
    """

    def __init__(
        self,
        palette: Palette,
        controller: DrawController,
        previews: PreviewRequests,
        layout: Layout,
        where: Place,
    ) -> None:
        self._palette, self._controller, self._previews = palette, controller, previews
        self.inside = Inside(palette)
        self.answers_s: deque[float] = deque(maxlen=240)
        self.pace = RefreshRate()
        self._waits, self._waited_s = False, 0.0  # light stays as it is with this frame; for how long it has
        self.changed: list[pygame.Rect] | None = None
        self._mixture: Splat | None = None  # what shines as long as the pen rests
        self._mixture_s = self._fan_s = float("-inf")
        self._tip: pygame.Rect | None = None
        self._lit: pygame.Rect | None = None
        self.lay(layout, where)

    def lay(self, layout: Layout, where: Place) -> None:
        """The paper has another place."""
        self._place = where
        self.background = background(layout.size, self._palette)
        self._guide = Guide(self.background, where.paper, layout, self._palette)
        over = round(OVER * where.paper.width)
        self._sheet = where.paper.inflate(2 * over, 2 * over).clip(layout.canvas)
        self._ground = plain_surface(self._sheet.size)
        self._ground.blit(self.background, (0, 0), self._sheet)
        field = OverlayGrid(self._sheet, where.paper)
        self._futures_overlay, self._mixture, self._tip = FuturesOverlay(field, self._palette), None, None
        self._previews.show = FuturesView(where, field)
        self._heads = Heads(where.paper.height)
        self._new_ink()

    def follow(self, elapsed_s: float, now_s: float) -> None:
        """Let time pass, and take what the ghost has in mind."""
        controller = self._controller
        is_inviting = not controller.page.marks and controller.mode.begins is not Begins.ALONE
        self._is_guide_new = self._guide.settle(elapsed_s, is_inviting)
        self._waited_s += elapsed_s
        self._waits = not self.pace.next()
        if self._waits:
            return
        elapsed_s, self._waited_s = self._waited_s, 0.0
        answers = self._previews.step(now_s)
        if not controller.page.marks or controller.mode.preview is Preview.NOTHING:
            self._mixture = None
            self.inside.forget()
        for answer in answers:
            self.answers_s.append(answer.seconds)
            self._show(answer, now_s)
        shines = self._mixture is not None and now_s - self._mixture_s > HOLD_S
        if controller.mode.preview is Preview.FAN:
            shines = self._previews.is_still
            self._futures_overlay.fade_s = CALM_S if self._previews.rest_s > REST_S else FADE_S
        self._holds = shines and not answers
        if not self._holds:
            self._futures_overlay.fade(elapsed_s)
            self._futures_overlay.add(self._mixture, elapsed_s)

    def prepare(self) -> Iterator[None]:
        """Draw new ink and work out what `changed`, in short steps; none if there is no new ink."""
        page, paper = self._controller.page, self._place.paper
        is_new = page.n_changes != self._ink_of
        if is_new:
            self._new_ink()
        left, top = paper.left - self._sheet.left, paper.top - self._sheet.top
        for _ in self._ink.draw(page.marks, left, top, self._place.px_per_unit):
            yield
        inked = self._ink.changed
        yield from self._ink.develop()
        changed = [inked.move(self._sheet.topleft)] if inked is not None else []
        if not self._waits:
            lit = None if self._holds else self._futures_overlay.seen
            changed += [area for area in (self._lit, lit) if area is not None]
            self._lit = lit
        if self._is_guide_new:
            changed.append(paper)
        tip = self._tip_area()
        if tip != self._tip or changed:
            changed += [area for area in (self._tip, tip) if area is not None]
        self._tip = tip
        self.changed = None if is_new else changed

    def draw(self, display: pygame.Surface, area: pygame.Rect) -> Iterator[None]:
        """Put it on the display, in `area`."""
        if not self._sheet.contains(area):
            display.blit(self.background, area, area)
            yield
        display.blit(self._ink.surface, self._sheet)
        self._guide.draw(display)
        yield
        if not self._futures_overlay.is_dark:
            self._futures_overlay.draw(display, self._ink.covered(self._futures_overlay.field.step))
            yield
        mark = self._controller.page.open_mark
        if mark is not None and mark.ink:
            colour = self._palette.stroke(mark.source, 0)
            for x, y, radius in self._tail(mark):
                size = round(2 * radius)
                disc = ground((size, size), size, colour, 255)
                display.blit(disc, (round(x - size / 2), round(y - size / 2)))
            x, y = self._place.to_pixels(mark.ink[-1].x, mark.ink[-1].y)
            self._heads.draw(display, colour, x, y, GLOW[mark.source])

    def _tail(self, mark: Mark) -> list[End]:
        """Discs in pixels of the window, from where the ink ends to the pen."""
        left, top = self._sheet.topleft
        return [(x + left, y + top, radius) for x, y, radius in self._ink.tail(mark)]

    def _show(self, answer: Response, now_s: float) -> None:
        seen = answer.seen if isinstance(answer.seen, Splat) else None
        if answer.mixture is not None and answer.units is not None:
            self._mixture, self._mixture_s = seen, now_s
            self.inside.want(answer.mixture, answer.units)
        else:
            self._futures_overlay.add(seen, min(LONGEST_FAN_S, now_s - self._fan_s))
            self._fan_s = now_s

    def _tip_area(self) -> pygame.Rect | None:
        """Where the pen glows."""
        mark = self._controller.page.open_mark
        if mark is None or not mark.ink:
            return None
        x, y = self._place.to_pixels(mark.ink[-1].x, mark.ink[-1].y)
        reach = max(8, round(RADIUS * self._place.paper.height)) + 2
        area = pygame.Rect(round(x) - reach, round(y) - reach, 2 * reach + 1, 2 * reach + 1)
        discs = self._tail(mark)
        around = [(round(x - r) - 1, round(y - r) - 1, 2 * r + 3, 2 * r + 3) for x, y, r in discs]
        return area.unionall(around)

    def _new_ink(self) -> None:
        self._ink = StrokeRaster(self._ground, self._palette, self._place.paper.width)
        self._ink_of = self._controller.page.n_changes
