"""Draws the bar of controls and the menu above it. What they do is in `panel`."""

from __future__ import annotations

from dataclasses import replace

import pygame

from app.core.parameters import Number, Settings
from app.pictures.live.paint import RING_SWEEP, ground, mix, put, ring, word
from app.pictures.palette import Palette
from app.window.knob import to_fraction, written
from app.window.layout import MARGIN, Control, Kind, Layout
from app.window.panel import Panel

RING, THICK = 78, 6  # of a knob, units
RING_STEPS = 180  # of a ring: each is drawn once and kept for a while
VALUE, UNIT, LABEL, WORD, HALF, BUTTON, ENTRY = 23, 16, 18, 31, 22, 22, 30  # heights of letters, units
WORDS, INSIDE = 20, 58  # letters of a knob's value in two lines, and the width inside the ring, units
NAMES = {"drawer": "controls"}  # of buttons that are not called what they do


class Bar:
    """Draws the bar when something on it changed, and the menu on every frame that shows one."""

    def __init__(self, palette: Palette, settings: Settings) -> None:
        self._palette = palette
        self._settings = settings
        self._drawn: object = None
        self._drawer: pygame.Surface | None = None  # as it was drawn last

    def forget(self) -> None:
        """Draw again next time: the display is new."""
        self._drawn = None

    def draw(self, display: pygame.Surface, background: pygame.Surface, panel: Panel) -> bool:
        """Bring the bar up to date; returns whether anything was drawn."""
        layout = panel.layout
        holds = tuple(c.name for c in layout.controls if c.kind is Kind.KNOB and panel.held(c.name))
        values = tuple(self._settings.snapshot().items())
        state = (layout, values, panel.selected, holds, panel.menu.name, panel.help_open, panel.drawer_open)
        if state == self._drawn or not layout.bar.height:
            self._drawn = state
            return False
        self._drawn = state
        display.blit(background, layout.bar, layout.bar)
        rule = pygame.Rect(layout.px(MARGIN), layout.bar.top, layout.size[0] - 2 * layout.px(MARGIN), 1)
        display.fill(self._palette.faint, rule)
        self._drawer = None
        for control in layout.controls:
            if layout.bar.contains(control.rect):
                self._control(display, layout, control, panel)
        return True

    def draw_drawer(self, display: pygame.Surface, panel: Panel) -> None:
        """The open drawer, over the canvas; drawn once and kept until something on it changes."""
        layout = panel.layout
        if not layout.drawer.height:
            return
        if self._drawer is None:
            self._drawer = pygame.Surface(layout.drawer.size)
            self._drawer.fill(self._palette.panel)
            self._drawer.fill(self._palette.faint, (0, 0, layout.drawer.width, 1))
            whole = self._drawer
            for control in layout.controls:
                if layout.drawer.contains(control.rect):
                    at = control.rect.move(-layout.drawer.left, -layout.drawer.top)
                    self._control(whole, layout, replace(control, rect=at), panel)
        display.blit(self._drawer, layout.drawer)

    def draw_menu(self, display: pygame.Surface, panel: Panel) -> None:
        """The open menu, over the canvas."""
        entries, layout, palette = panel.menu.entries, panel.layout, self._palette
        if not entries:
            return
        area = entries[0].rect.unionall([entry.rect for entry in entries])
        pad = layout.px(8)
        area.inflate_ip(2 * pad, 2 * pad)
        display.blit(ground(area.size, layout.px(18), palette.panel, 245), area)
        current = self._settings.word(panel.menu.name)
        for entry in entries:
            chosen, hovered = entry.value == current, entry == panel.menu.hovered
            if chosen or hovered:
                inner = entry.rect.inflate(0, -layout.px(6))
                opacity = 255 if hovered else 190
                display.blit(ground(inner.size, layout.px(14), palette.chosen, opacity), inner)
            colour = palette.text if chosen or hovered else palette.dim
            text = fitted(entry.value, layout.letters(ENTRY), colour, entry.rect.width - layout.px(24))
            put(display, text, midleft=(entry.rect.left + layout.px(18), entry.rect.centery))

    def _control(self, display: pygame.Surface, layout: Layout, control: Control, panel: Panel) -> None:
        if control.kind is Kind.KNOB:
            self._knob(display, layout, control, control.name == panel.selected, panel.held(control.name))
        elif control.kind is Kind.WORD:
            self._word(display, layout, control, panel.menu.name == control.name)
        else:
            is_on = {"help": panel.help_open, "drawer": panel.drawer_open}.get(control.name, False)
            self._button(display, layout, control, is_on)

    def _knob(
        self, display: pygame.Surface, layout: Layout, control: Control, selected: bool, held: bool
    ) -> None:
        parameter, palette = self._settings.parameter(control.name), self._palette
        if not isinstance(parameter, Number):
            return
        value = self._settings.number(control.name)
        diameter, thickness = layout.px(RING), max(2.0, THICK * layout.unit)
        centre = (control.rect.centerx, control.rect.top + layout.px(52))
        place = pygame.Rect(0, 0, diameter, diameter)
        place.center = centre
        start, fraction = -RING_SWEEP / 2, to_fraction(parameter, value)
        if held:
            inner = place.inflate(-diameter // 4, -diameter // 4)
            display.blit(ground(inner.size, diameter, palette.chosen, 255), inner)
        display.blit(ring(diameter, thickness, start, RING_SWEEP, palette.faint), place)
        bright = palette.accent if selected or held else mix(palette.accent, palette.background, 0.3)
        sweep = RING_SWEEP * round(fraction * RING_STEPS) / RING_STEPS
        display.blit(ring(diameter, thickness, start, sweep, bright), place)
        if words := parameter.word(value):
            self._words(display, layout, centre, words.split())
        else:
            self._figures(display, layout, centre, *written(parameter, value))
        colour, width = palette.text if selected else palette.dim, control.rect.width - layout.px(6)
        label = fitted(parameter.label, layout.letters(LABEL), colour, width)
        put(display, label, midbottom=(centre[0], control.rect.bottom - layout.px(14)))

    def _words(
        self, display: pygame.Surface, layout: Layout, centre: tuple[int, int], words: list[str]
    ) -> None:
        """A value that is words, one under the other inside the ring."""
        px = layout.letters(WORDS if len(words) > 1 else VALUE)
        for index, text in enumerate(words):
            y = centre[1] + round((index - (len(words) - 1) / 2) * px)
            put(display, fitted(text, px, self._palette.text, layout.px(INSIDE)), center=(centre[0], y))

    def _figures(
        self, display: pygame.Surface, layout: Layout, centre: tuple[int, int], figures: str, unit_name: str
    ) -> None:
        text = word(figures, layout.letters(VALUE), self._palette.text)
        unit = word(unit_name or " ", layout.letters(UNIT), self._palette.dim)
        width = text.get_width() + (unit.get_width() if unit_name else 0)
        at = put(display, text, midleft=(centre[0] - width // 2, centre[1]))
        if unit_name:
            display.blit(unit, (at.right, at.top + round(0.79 * (at.height - unit.get_height()))))

    def _word(self, display: pygame.Surface, layout: Layout, control: Control, opened: bool) -> None:
        parameter, palette = self._settings.parameter(control.name), self._palette
        left = control.rect.left + layout.px(14)
        label = word(parameter.label, layout.letters(LABEL), palette.dim)
        colour, width = palette.accent if opened else palette.text, control.rect.width - layout.px(20)
        display.blit(label, (left, control.rect.top + layout.px(10)))
        lines = in_two(self._settings.word(control.name), layout.letters(WORD), width)
        for line, centre in zip(lines, (49,) if len(lines) == 1 else (40, 60), strict=True):
            value = fitted(line, layout.letters(WORD if len(lines) == 1 else HALF), colour, width)
            put(display, value, midleft=(left, control.rect.top + layout.px(centre)))

    def _button(self, display: pygame.Surface, layout: Layout, control: Control, is_on: bool) -> None:
        palette = self._palette
        switch = control.kind is Kind.SWITCH
        on = self._settings.is_on(control.name) if switch else is_on
        name = (
            self._settings.parameter(control.name).label if switch else NAMES.get(control.name, control.name)
        )
        if on:
            place = control.rect.inflate(-layout.px(6), -layout.px(14))
            display.blit(ground(place.size, place.height // 2, palette.chosen, 255), place)
        colour, width = palette.text if on else palette.dim, control.rect.width - layout.px(20)
        text = fitted(name, layout.letters(BUTTON), colour, width)
        put(display, text, midleft=(control.rect.left + layout.px(14), control.rect.centery))


def in_two(text: str, px: int, width: int) -> tuple[str, ...]:
    """`text`, and what comes after its first hyphen as a line of its own if it is wider than `width`."""
    first, _, rest = text.partition("-")
    if first and rest and word(text, px, (0, 0, 0)).get_width() > width:
        return first, rest
    return (text,)


def fitted(text: str, px: int, colour: tuple[int, int, int], width: int) -> pygame.Surface:
    """`text`, its letters smaller if it would be wider than `width`."""
    picture = word(text, px, colour)
    if picture.get_width() > width > 0:
        picture = word(text, max(9, px * width // picture.get_width()), colour)
    return picture
