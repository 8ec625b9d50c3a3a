"""The overlay of the canvas: whose turn it is, notices, and how punctual everything is."""

from __future__ import annotations

import math

import pygame

from app.core.modes import MODES
from app.core.parameters import Settings
from app.core.status import Status, printable
from app.core.turn_words import BEGIN, GHOST, GHOST_PAUSED, LISTENING, MUTED, PAUSED, YOU, YOURS
from app.pictures.live.paint import font, ground, put, ring, shade, word, word_width
from app.pictures.palette import Colour, Palette
from app.window.layout import MARGIN, Layout
from app.window.turn import Moment

TURN, SECOND, NOTICE, TIMING = 60, 27, 25, 19  # heights of letters, units
COUNTDOWN = 46  # diameter of the arc of silence, units
EVENING_TURN = 84  # of the turn where two take turns: it is read from three metres, units
SHADE = 100  # how much the canvas darkens behind the words, of 255
STEPS = 48  # of the arc: each is drawn once and kept
VISIBLE_S = 6.0  # of a notice
NOTICE_FADE_S = 0.5
MOST_NOTICES = 3  # at once
MOST_LINES = 8  # of them


def learning_words(said: str) -> str:
    """What the ghost that learns is doing, how far it is and how to stop it; `said` by what learns."""
    what = "getting ready to learn" if said == "starting" else said
    return f"{what} from your playing: A stops it"


def turn_words(status: Status, moment: Moment, settings: Settings, played: bool) -> tuple[str, str]:
    """A word or two for whose turn it is, and a short one beside it. `played`: the evening has begun."""
    mode = MODES[status.mode]
    if settings.is_on("pause"):
        return (YOU, GHOST_PAUSED) if moment is Moment.PLAYING else (PAUSED, "")
    if moment is Moment.ANSWERING:
        return GHOST, mode.ghost
    if moment is Moment.YOURS:
        return YOURS, ""
    if moment is Moment.PLAYING:
        return YOU, mode.you
    return LISTENING, "" if played else BEGIN


class Notices:
    """What a person should know, shown for some seconds, coming and going softly."""

    def __init__(self) -> None:
        self._told: dict[str, float] = {}  # text, and since when it shows
        self._engine_text = ""

    def tell(self, text: str, now_s: float) -> None:
        """Show `text` from now on; the same text stays without blinking."""
        text = printable(text)
        if not text:
            return
        self._told = {one: since_s for one, since_s in self._told.items() if now_s - since_s < VISIBLE_S}
        since_s = self._told.pop(text, None)
        self._told[text] = now_s if since_s is None else max(since_s, now_s - NOTICE_FADE_S)
        self._told = dict([*self._told.items()][-MOST_NOTICES:])

    def watch(self, text: str, now_s: float) -> None:
        """The engine's notice; told when it changes."""
        if text != self._engine_text:
            self._engine_text = text
            self.tell(text, now_s)

    def shown(self, now_s: float) -> tuple[str, float]:
        """The texts, one a line, and how visible they are, 0 to 1."""
        ages = {text: now_s - since_s for text, since_s in self._told.items()}
        shown = {text: age for text, age in ages.items() if age < VISIBLE_S}
        visible = [min(1.0, age / NOTICE_FADE_S, (VISIBLE_S - age) / NOTICE_FADE_S) for age in shown.values()]
        return "\n".join(shown), max(visible, default=0.0)


class Overlay:
    """Draws words and the arc of silence onto the canvas part of the display."""

    def __init__(self, palette: Palette, settings: Settings) -> None:
        self._palette = palette
        self._settings = settings

    def turn(
        self,
        display: pygame.Surface,
        layout: Layout,
        status: Status,
        moment: Moment,
        played: bool,
        silence: float,
    ) -> None:
        """Whose turn it is, top left, and how much silence is left until the ghost answers, 0 to 1."""
        palette = self._palette
        big, small = turn_words(status, moment, self._settings, played)
        kept_px = 0
        if self._settings.is_on("mute"):
            muted = word(MUTED, layout.letters(SECOND), palette.warning)
            put(display, muted, topright=(layout.size[0] - layout.px(MARGIN), layout.px(44)))
            kept_px = muted.get_width() + layout.px(20)
        x, baseline = self.words(display, layout, big, small, EVENING_TURN, kept_px)
        if status.silence_left_s is not None and not self._settings.is_on("pause"):
            self.countdown(display, layout, x, baseline, silence)

    def words(
        self,
        display: pygame.Surface,
        layout: Layout,
        big: str,
        small: str,
        letters: float = TURN,
        kept_px: int = 0,
    ) -> tuple[int, int]:
        """One large word and some small ones, top left; returns where they end: x and the baseline.

        `letters`: height of those of the large word, units; `kept_px`: what stays free on the right.
        """
        palette = self._palette
        colour = {YOU: palette.player[0], YOURS: palette.player[0], GHOST: palette.ghost[0]}.get(
            big, palette.dim
        )
        left, top = layout.px(MARGIN), layout.px(30)
        room = layout.size[0] - 2 * left - layout.px(COUNTDOWN + 40) - kept_px
        px, small_px = layout.letters(letters), layout.letters(SECOND)
        wanted = word_width(big, px) + word_width(small, small_px)
        if wanted > room:
            px, small_px = (max(9, one * room // wanted) for one in (px, small_px))
        text = word(big, px, colour)
        second = word(small, small_px, palette.dim) if small else None
        width = text.get_width() + (second.get_width() if second else 0) + layout.px(COUNTDOWN + 60)
        place = pygame.Rect(0, 0, width + 2 * left, 2 * top + text.get_height())
        display.blit(shade(place.size, palette.vignette, SHADE), place.move(-left // 2, -top // 2))
        display.blit(text, (left, top))
        x, baseline = left + text.get_width() + layout.px(16), top + round(text.get_height() * 0.79)
        if second is not None:
            display.blit(second, (x, baseline - round(second.get_height() * 0.79)))
            x += second.get_width() + layout.px(18)
        return x, baseline

    def notes(
        self,
        display: pygame.Surface,
        layout: Layout,
        notice: tuple[str, float],
        learning: str = "",
        explanation: str = "",
        *,
        at_top: bool = False,
        above: int | None = None,
    ) -> int:
        """What a person should know, boxes above each other over bar or drawer; returns their height.

        Args:
            notice: text and how visible it is, 0 to 1; in the middle.
            learning: how far the ghost that learns is; on the left.
            explanation: of the control under the mouse; in the middle.
            at_top: at the top instead, where a page leaves room for them.
            above: row of pixels that they stay above: an open menu begins there.
        """
        palette, left, gap = self._palette, layout.px(MARGIN), layout.px(12)
        boxes = [
            (explanation, NOTICE, palette.text, 1.0, None),
            (learning, SECOND, palette.ghost[0], 1.0, left),
            (notice[0], NOTICE, palette.warning, notice[1], None),
        ]
        made = [
            (self._box(layout, text, letters, colour, visible), at)
            for text, letters, colour, visible, at in boxes
            if text and visible > 0.0
        ]
        tall = sum(box.get_height() + gap for box, _ in made)
        floor = (layout.drawer.top if layout.drawer.height else layout.canvas.bottom) - gap
        y = floor = floor if above is None else min(floor, above - 2 * gap)
        if at_top or floor - tall < 0:
            y = gap + tall
        for box, x in made:
            y -= box.get_height()
            display.blit(box, ((layout.size[0] - box.get_width()) // 2 if x is None else x, y))
            y -= gap
        return tall + gap

    def _box(
        self, layout: Layout, text: str, letters: float, colour: Colour, visible: float
    ) -> pygame.Surface:
        """Lines of words on a ground of their own."""
        px, pad = layout.letters(letters), layout.px(20)
        lines = wrapped(text, px, min(layout.size[0] * 9 // 10 - 2 * pad, 46 * px))
        pictures = [word(line, px, colour) for line in lines]
        step = pictures[0].get_height() + layout.px(6)
        size = max(p.get_width() for p in pictures) + 2 * pad, len(lines) * step + pad
        veil = pygame.Surface(size, pygame.SRCALPHA)
        veil.blit(ground(size, layout.px(16), self._palette.panel, 240), (0, 0))
        for index, picture in enumerate(pictures):
            put(veil, picture, midtop=(size[0] // 2, pad // 2 + layout.px(3) + index * step))
        veil.set_alpha(round(255 * visible))
        return veil

    def timing(self, display: pygame.Surface, layout: Layout, rows: list[tuple[str, str]]) -> None:
        """A small table, top right."""
        px, pad = layout.letters(TIMING), layout.px(18)
        step = round(px * 1.5)
        width = max(sum(word_width(part, px) for part in row) for row in rows) + 4 * pad
        area = pygame.Rect(0, layout.px(90), max(width, layout.px(430)), step * len(rows) + 2 * pad)
        area.right = layout.size[0] - layout.px(MARGIN)
        display.blit(ground(area.size, layout.px(16), self._palette.panel, 225), area)
        for index, (name, value) in enumerate(rows):
            y = area.top + pad + index * step
            display.blit(word(name, px, self._palette.dim), (area.left + pad, y))
            text = font(px).render(value, True, self._palette.text)  # not kept: it keeps changing
            put(display, text, topright=(area.right - pad, y))

    def corner(self, display: pygame.Surface, layout: Layout) -> None:
        """Where a finger brings the bar back: a faint ring."""
        if layout.corner.width:
            diameter = layout.px(26)
            mark = ring(diameter, max(2.0, 3 * layout.unit), 0.0, 2 * math.pi, self._palette.faint)
            put(display, mark, center=layout.corner.center)

    def countdown(self, display: pygame.Surface, layout: Layout, x: int, baseline: int, share: float) -> None:
        """What is left of a silence, as an arc after the words."""
        diameter, thickness = layout.px(COUNTDOWN), max(2.0, 3.5 * layout.unit)
        place = pygame.Rect(x, baseline - round(diameter * 0.82), diameter, diameter)
        display.blit(ring(diameter, thickness, 0.0, 2 * math.pi, self._palette.faint), place)
        steps = round(share * STEPS)
        if steps:
            sweep = 2 * math.pi * steps / STEPS
            display.blit(ring(diameter, thickness, 0.0, sweep, self._palette.ghost[0]), place)


def wrapped(text: str, px: int, width: int) -> list[str]:
    """`text` in lines of at most `width` pixels, broken at its line breaks, at spaces, or anywhere."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.append("")
        for part in paragraph.split():
            longer = f"{lines[-1]} {part}".strip()
            if word_width(longer, px) <= width:
                lines[-1] = longer
                continue
            if lines[-1]:
                lines.append("")
            for letter in part:  # a path may be wider than a line
                if lines[-1] and word_width(lines[-1] + letter, px) > width:
                    lines.append("")
                lines[-1] += letter
    return lines[:MOST_LINES]
