"""The menu of a word: its choices in columns above the bar, page by page. Draws nothing."""

from __future__ import annotations

from pygame import Rect

from app.core.parameters import Choice, Settings
from app.window.layout import MARGIN, WORD, Control, Kind, Layout

LEAST_ENTRY_PX = 120  # a menu of more choices than fit in columns so wide has pages
ENTRY = 58  # height of a line of a menu
LETTER, MOST_LETTERS = 15, 24  # width of one in it, and of how many there is room; more are drawn smaller


class Menu:
    """The open menu, if one is.

    Args:
        settings: know the choices.

    Attributes:
        name: of the parameter whose choices it shows; "" if none is open.
        entries: its lines; empty if none is open.
        hovered: the one under a finger or the mouse.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._first = 0  # choice that is shown first
        self.name = ""
        self.entries: tuple[Control, ...] = ()
        self.hovered: Control | None = None

    def open(self, layout: Layout, word: Control, first: int = 0) -> None:
        """Show the choices of `word`, from choice `first` on."""
        self.name, self._layout, self._word, self._first = word.name, layout, word, first
        self.entries, self.hovered = menu(layout, word, self._settings, first), None

    def turn(self) -> None:
        """The next choices, after the last the first."""
        first = self._first + len(self.entries) - 1
        parameter = self._settings.parameter(self.name)
        is_there = isinstance(parameter, Choice) and first < len(parameter.choices)
        self.open(self._layout, self._word, first if is_there else 0)

    def close(self) -> None:
        """Close it, if it is open."""
        self.name, self.entries, self.hovered = "", (), None

    @property
    def top(self) -> int | None:
        """Its first row of pixels; None if none is open."""
        return min((entry.rect.top for entry in self.entries), default=None)

    def at(self, x: float, y: float) -> Control | None:
        """The entry at pixel (x, y)."""
        return next((entry for entry in self.entries if entry.rect.collidepoint(x, y)), None)


def menu(layout: Layout, word: Control, settings: Settings, first: int = 0) -> tuple[Control, ...]:
    """The entries of `word`'s menu, above the bar, in as many columns as they need, from choice `first` on.

    Where not all fit, the last entry is MORE, and brings the next.
    """
    parameter = settings.parameter(word.name)
    if not isinstance(parameter, Choice):
        return ()
    choices = parameter.choices
    letters = min(max(map(len, choices), default=0), MOST_LETTERS)
    height, width = layout.px(ENTRY), max(word.rect.width, layout.px(max(WORD + 30, LETTER * letters + 44)))
    room = layout.size[0] - 2 * layout.px(MARGIN / 2)
    rows = max(1, min(len(choices), (layout.bar.top - layout.px(90)) // height))
    columns = -(-len(choices) // rows)
    if columns > 1 and room // columns < LEAST_ENTRY_PX:
        columns = max(1, room // LEAST_ENTRY_PX)
    width = min(width, room // columns)
    shown = [(Kind.ENTRY, choice) for choice in choices]
    if len(choices) > rows * columns:
        shown = [*shown[first : first + rows * columns - 1], (Kind.MORE, "more")]
        rows = max(1, min(rows, len(shown)))
    left = max(
        layout.px(MARGIN / 2), min(word.rect.left, layout.size[0] - layout.px(MARGIN / 2) - columns * width)
    )
    top = layout.bar.top - rows * height - layout.px(14)
    return tuple(
        Control(
            kind,
            word.name,
            Rect(left + index // rows * width, top + index % rows * height, width, height),
            choice,
        )
        for index, (kind, choice) in enumerate(shown)
    )
