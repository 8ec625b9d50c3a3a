"""The geometry of the window: the canvas, the bar of controls, a menu of choices. Pure arithmetic on sizes.

One unit is a thousandth of the window's height, or less in a narrow window, so that text and targets
grow with the window and its resolution. A target is at least 44 units each way: a fingertip.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from pygame import Rect

from app.core.modes import MODES
from app.core.parameters import Choice, Number, Settings, Switch

BAR = 132  # height of the bar, units
MARGIN = 40
KNOB = 124  # width of a knob's cell
WORD = 158  # width of a word's cell
BUTTON = 118
STACKED = 1.15  # how much larger everything must become for the knobs to get a row of their own
STACKED_HEIGHT = 0.24  # of the window, which two rows take at most
ENTRY = 58  # height of a line of a menu
LETTER, MOST_LETTERS = 15, 24  # width of one in it, and of how many there is room; more are drawn smaller
CORNER = 88  # what brings the bar back when it is hidden
LEAST_LETTERS_PX = 11


class Kind(Enum):
    """What a control is."""

    KNOB = auto()  # a Number
    WORD = auto()  # a Choice: opens a menu
    SWITCH = auto()  # a Switch
    BUTTON = auto()  # a command
    ENTRY = auto()  # one choice of an open menu


@dataclass(frozen=True)
class Board:
    """What the bar of a window has beside the parameters.

    Attributes:
        buttons: commands with a button, after the switches.
        only_in: Numbers that mean something in these modes only; their knobs come and go with the mode.
        most_knobs: room for so many, so that the bar does not change its scale with the mode.
        button: width of a switch or button, units.
    """

    buttons: tuple[str, ...]
    only_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    most_knobs: int = 7
    button: float = BUTTON


EVENING = Board(
    ("reset", "panic", "help"),
    {name: (mode.name,) for mode in MODES.values() for name in mode.parameters},
)


@dataclass(frozen=True)
class Control:
    """One thing to touch. `name`: the parameter or command; `value`: what an ENTRY would choose."""

    kind: Kind
    name: str
    rect: Rect
    value: str = ""


@dataclass(frozen=True)
class Layout:
    """Everything's place in a window of `size` pixels; `unit` in pixels."""

    size: tuple[int, int]
    unit: float
    canvas: Rect
    bar: Rect
    controls: tuple[Control, ...]
    corner: Rect  # empty while the bar shows

    def px(self, units: float) -> int:
        """Units in whole pixels, at least one."""
        return max(1, round(units * self.unit))

    def letters(self, units: float) -> int:
        """The height of letters in pixels: units, but never too small to read."""
        return max(LEAST_LETTERS_PX, round(units * self.unit))

    def at(self, x: float, y: float) -> Control | None:
        """The control at pixel (x, y)."""
        return next((control for control in self.controls if control.rect.collidepoint(x, y)), None)


def knob_names(settings: Settings, board: Board = EVENING) -> tuple[str, ...]:
    """The Numbers with a knob in the current mode, in the order of the table."""
    mode = settings.word("mode")
    return tuple(
        name
        for name in settings.snapshot()
        if isinstance(settings.parameter(name), Number) and mode in board.only_in.get(name, (mode,))
    )


def place(
    size: tuple[int, int], settings: Settings, bar_shown: bool = True, board: Board = EVENING
) -> Layout:
    """The layout for a window of `size`: knobs and words side by side, or in two rows where it is narrow."""
    width, height = size
    knobs = knob_names(settings, board)
    words = tuple(n for n in settings.snapshot() if isinstance(settings.parameter(n), Choice))
    switches = tuple(n for n in settings.snapshot() if isinstance(settings.parameter(n), Switch))
    lower = [(Kind.SWITCH, name) for name in switches]
    lower += [(Kind.BUTTON, name) for name in board.buttons]
    right = max(len(words) * WORD, len(lower) * board.button)
    left = max(board.most_knobs, len(knobs)) * KNOB
    needed = left + right + 2 * MARGIN
    unit = min(height / 1000.0, width / needed)
    unit = max(unit, 0.42 if width >= needed * 0.42 else width / needed)
    knob_step, top = float(KNOB), 0.0  # top: of the words, below that of the bar
    stacked_unit = min(STACKED_HEIGHT * height / (2 * BAR), width / (max(left, right) + 2 * MARGIN))
    if stacked_unit > STACKED * unit:
        unit, top = stacked_unit, float(BAR)
        right = width / unit - 2 * MARGIN
        knob_step = right / len(knobs)
    bar_height = round((top + BAR) * unit)
    if not bar_shown:
        side = round(CORNER * unit)
        corner = Rect(width - side, height - side, side, side)
        return Layout(size, unit, Rect(0, 0, width, height), Rect(0, height, width, 0), (), corner)
    bar = Rect(0, height - bar_height, width, bar_height)
    controls = [
        Control(Kind.KNOB, name, _cell(bar, unit, MARGIN + index * knob_step, 0, knob_step, BAR))
        for index, name in enumerate(knobs)
    ]
    start = width / unit - MARGIN - right
    step = right / len(words)
    controls += [
        Control(Kind.WORD, name, _cell(bar, unit, start + index * step, top, step, BAR * 0.54))
        for index, name in enumerate(words)
    ]
    step = right / len(lower)
    controls += [
        Control(kind, name, _cell(bar, unit, start + index * step, top + BAR * 0.54, step, BAR * 0.46))
        for index, (kind, name) in enumerate(lower)
    ]
    return Layout(size, unit, Rect(0, 0, width, bar.top), bar, tuple(controls), Rect(0, 0, 0, 0))


def menu(layout: Layout, word: Control, settings: Settings) -> tuple[Control, ...]:
    """The entries of `word`'s menu, above it, in as many columns as they need."""
    parameter = settings.parameter(word.name)
    if not isinstance(parameter, Choice):
        return ()
    letters = min(max(map(len, parameter.choices), default=0), MOST_LETTERS)
    height, width = layout.px(ENTRY), max(word.rect.width, layout.px(max(WORD + 30, LETTER * letters + 44)))
    rows = max(1, min(len(parameter.choices), (layout.bar.top - layout.px(90)) // height))
    columns = -(-len(parameter.choices) // rows)
    left = min(word.rect.left, layout.size[0] - layout.px(MARGIN / 2) - columns * width)
    top = layout.bar.top - rows * height - layout.px(14)
    return tuple(
        Control(
            Kind.ENTRY,
            word.name,
            Rect(left + index // rows * width, top + index % rows * height, width, height),
            choice,
        )
        for index, choice in enumerate(parameter.choices)
    )


def _cell(bar: Rect, unit: float, left: float, top: float, width: float, height: float) -> Rect:
    x, y = round(left * unit), bar.top + round(top * unit)
    bottom = min(bar.bottom, bar.top + round((top + height) * unit))
    return Rect(x, y, round((left + width) * unit) - x, bottom - y)
