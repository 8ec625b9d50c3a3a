"""The geometry of the window: the canvas and the bar of controls. Pure arithmetic on sizes.

One unit is a thousandth of the window's height, or less in a narrow window, so that text and targets
grow with the window and its resolution. A target is at least 44 units each way: a fingertip. Where the bar
would be too small for fingers and letters, only a strip of it stays, and the controls lie in a drawer
above it that opens and closes.
"""

from __future__ import annotations

import math
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
LEAST_UNIT, LEAST_STACKED = 0.5, 0.43  # pixels, of one row and of two: with less the bar becomes a drawer,
DRAWER_UNIT = 0.645  # whose unit is this, unless the window is too low for it
STRIP = 68  # height of what stays of the bar then
DRAWER_PAD = 14  # inside the drawer, at its edges
WORDS_ROW, BUTTONS_ROW = 0.54, 0.46  # of the height of a bar
CORNER = 88  # what brings the bar back when it is hidden
LEAST_LETTERS_PX = 11


class Kind(Enum):
    """What a control is."""

    KNOB = auto()  # a Number
    WORD = auto()  # a Choice: opens a menu
    SWITCH = auto()  # a Switch
    BUTTON = auto()  # a command
    ENTRY = auto()  # one choice of an open menu
    MORE = auto()  # the next choices of it


Entry = tuple[Kind, str]
"""A control without its place: what it is, and the parameter or command."""


@dataclass(frozen=True)
class Board:
    """What the bar of a window has beside the parameters.

    Attributes:
        buttons: commands with a button, after the switches.
        only_in: Numbers that mean something in these modes only; their knobs come and go with the mode.
        most_knobs: room for so many, so that the bar does not change its scale with the mode.
        button: width of a switch or button, units.
        strip: which of the buttons stay in reach where the controls are in a drawer.
    """

    buttons: tuple[str, ...]
    only_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    most_knobs: int = 7
    button: float = BUTTON
    strip: tuple[str, ...] = ()


EVENING = Board(
    ("reset", "panic", "help"),
    {name: (mode.name,) for mode in MODES.values() for name in mode.parameters},
    strip=("panic", "help"),
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
    """Everything's place in a window of `size` pixels; `unit` in pixels.

    Attributes:
        canvas, bar: the window above, the controls below.
        controls: those that can be touched now.
        corner: what brings the bar back; empty while it shows.
        drawer: where the controls lie over the canvas; empty while it is closed or there is none.
    """

    size: tuple[int, int]
    unit: float
    canvas: Rect
    bar: Rect
    controls: tuple[Control, ...]
    corner: Rect
    drawer: Rect = field(default_factory=lambda: Rect(0, 0, 0, 0))

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
    size: tuple[int, int],
    settings: Settings,
    bar_shown: bool = True,
    board: Board = EVENING,
    drawer_open: bool = False,
) -> Layout:
    """The layout for a window of `size`: knobs and words side by side, in two rows, or in a drawer."""
    width, height = size
    knobs = [(Kind.KNOB, name) for name in knob_names(settings, board)]
    parameters = [settings.parameter(name) for name in settings.snapshot()]
    words = [(Kind.WORD, one.name) for one in parameters if isinstance(one, Choice)]
    lower = [(Kind.SWITCH, one.name) for one in parameters if isinstance(one, Switch)]
    lower += [(Kind.BUTTON, name) for name in board.buttons]
    right = max(len(words) * WORD, len(lower) * board.button)
    left = max(board.most_knobs, len(knobs)) * KNOB
    needed = left + right + 2 * MARGIN
    unit = min(height / 1000.0, width / needed)
    if width >= needed * LEAST_UNIT:
        unit = max(unit, LEAST_UNIT)
    knob_step, top = float(KNOB), 0.0  # top: of the words, below that of the bar
    stacked_unit = min(STACKED_HEIGHT * height / (2 * BAR), width / (max(left, right) + 2 * MARGIN))
    is_stacked = stacked_unit > STACKED * unit or (unit < LEAST_UNIT and stacked_unit >= LEAST_STACKED)
    if is_stacked:
        unit, top = stacked_unit, float(BAR)
        right = width / unit - 2 * MARGIN
        knob_step = right / len(knobs)
    has_drawer = unit < (LEAST_STACKED if is_stacked else LEAST_UNIT)
    if has_drawer:
        unit = _drawer_unit(size, len(knobs), len(words), len(lower) - len(board.strip), board)
    if not bar_shown:
        side = round(CORNER * unit)
        corner = Rect(width - side, height - side, side, side)
        return Layout(size, unit, Rect(0, 0, width, height), Rect(0, height, width, 0), (), corner)
    if has_drawer:
        kept = [entry for entry in lower if entry[1] not in board.strip]
        return _with_drawer(size, unit, (knobs, words, kept), board, drawer_open)
    bar_height = round((top + BAR) * unit)
    bar = Rect(0, height - bar_height, width, bar_height)
    start, below = width / unit - MARGIN - right, top + BAR * WORDS_ROW
    controls = (
        *_row(bar, unit, knobs, MARGIN, 0, knob_step, BAR),
        *_row(bar, unit, words, start, top, right / len(words), BAR * WORDS_ROW),
        *_row(bar, unit, lower, start, below, right / len(lower), BAR * BUTTONS_ROW),
    )
    return Layout(size, unit, Rect(0, 0, width, bar.top), bar, controls, Rect(0, 0, 0, 0))


def _in_rows(width: float, n: int, cell: float) -> tuple[int, int]:
    """Rows, and cells in each, of `n` cells at least `cell` wide; all in units."""
    rows = -(-n // max(1, int((width - 2 * DRAWER_PAD) // cell)))
    return rows, -(-n // max(1, rows))


def _drawer_unit(size: tuple[int, int], n_knobs: int, n_words: int, n_buttons: int, board: Board) -> float:
    """The largest unit, at most `DRAWER_UNIT`, with which the open drawer and its strip fit the window."""
    unit = DRAWER_UNIT
    while True:
        width = size[0] / unit
        height = (
            STRIP
            + 2 * DRAWER_PAD
            + BAR
            * (
                _in_rows(width, n_knobs, KNOB)[0]
                + _in_rows(width, n_words, WORD)[0] * WORDS_ROW
                + _in_rows(width, n_buttons, board.button)[0] * BUTTONS_ROW
            )
        )
        if height * unit <= size[1]:
            return unit
        unit *= 0.98


def _with_drawer(
    size: tuple[int, int], unit: float, groups: tuple[list[Entry], ...], board: Board, is_open: bool
) -> Layout:
    """A strip below, and above it, if it is open, the drawer with these groups of controls."""
    width, height = size
    bar_height = round(STRIP * unit)
    bar = Rect(0, height - bar_height, width, bar_height)
    canvas = Rect(0, 0, width, bar.top)
    strip = [(Kind.BUTTON, name) for name in ("drawer", *board.strip)]
    room = width / unit - 2 * DRAWER_PAD
    controls = _row(bar, unit, strip, DRAWER_PAD, 0, room / len(strip), STRIP)
    drawer = Rect(0, bar.top, width, 0)
    if is_open:
        cells = zip(groups, (KNOB, WORD, board.button), (1.0, WORDS_ROW, BUTTONS_ROW), strict=True)
        rows: list[tuple[list[Entry], float, float, float]] = []  # entries, top, width and height of each
        top = float(DRAWER_PAD)
        for group, least, share in cells:
            _, columns = _in_rows(width / unit, len(group), least)
            for first in range(0, len(group), max(1, columns)):
                rows.append((group[first : first + columns], top, room / columns, BAR * share))
                top += BAR * share
        tall = min(bar.top, round((top + DRAWER_PAD) * unit))
        drawer = Rect(0, bar.top - tall, width, tall)
        for entries, *row in rows:
            controls += _row(drawer, unit, entries, DRAWER_PAD, *row)
    return Layout(size, unit, canvas, bar, tuple(controls), Rect(0, 0, 0, 0), drawer)


def _row(
    area: Rect, unit: float, entries: list[Entry], left: float, top: float, width: float, height: float
) -> list[Control]:
    """Controls side by side in `area`, each so wide and high; units."""
    return [
        Control(kind, name, _cell(area, unit, left + index * width, top, width, height))
        for index, (kind, name) in enumerate(entries)
    ]


def _cell(bar: Rect, unit: float, left: float, top: float, width: float, height: float) -> Rect:
    x, y = _pixel(left * unit), bar.top + _pixel(top * unit)
    bottom = min(bar.bottom, bar.top + _pixel((top + height) * unit))
    return Rect(x, y, _pixel((left + width) * unit) - x, bottom - y)


def _pixel(place: float) -> int:
    """The nearest whole pixel; a half goes up, also where floats came to a hair less: neighbours meet."""
    return math.floor(place + 0.5 + 1e-6)
