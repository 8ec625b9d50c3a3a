"""The controls as they are touched: knobs turn, words open menus, help lines act. Draws nothing."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from pygame import Rect

from app.core.parameters import Choice, Number, ParameterError, Settings, Value
from app.window.input import Gesture, Phase
from app.window.knob import to_fraction, to_value, turned
from app.window.layout import EVENING, Board, Control, Kind, Layout, knob_names, menu, place

TRAVEL = 260  # units a finger moves to turn a knob through its whole range
TAP_SLACK = 12  # units a finger may move and still tap
DOUBLE_TAP_S = 0.4
STEP, SMALL_STEP, WHEEL_STEP = 0.025, 0.005, 0.02  # fractions of a knob's range


@dataclass
class _Hold:
    """A contact on a control. `travel`: units moved; up and to the right count as more."""

    control: Control
    x: float
    y: float
    fraction: float = 0.0
    dragged: bool = False


class Panel:
    """The state of the controls. `act` does a command; `complain` tells a person why something was refused.

    Attributes:
        layout: where everything is.
        entries: the open menu, empty if none is open.
        hovered: the entry under a finger.
        selected: the knob the arrow keys turn.
        help_open: whether the help covers the canvas.
        help_lines: where its lines are and which command each does; set by whoever draws them.
    """

    def __init__(
        self,
        settings: Settings,
        act: Callable[[str], None],
        complain: Callable[[str], None],
        board: Board = EVENING,
    ) -> None:
        self._settings = settings
        self._board = board
        self._act = act
        self._complain = complain
        self._holds: dict[Hashable, _Hold] = {}
        self._last_tap: tuple[str, float] = ("", float("-inf"))
        self._press_line: dict[Hashable, str] = {}
        self.bar_shown = True
        self.layout: Layout = place((640, 400), settings, board=board)
        self.entries: tuple[Control, ...] = ()
        self.hovered: Control | None = None
        self.selected = knob_names(settings, board)[0]
        self.help_open = False
        self.help_lines: tuple[tuple[Rect, str], ...] = ()

    def resize(self, size: tuple[int, int]) -> None:
        """Lay everything out anew: the window, the mode or the bar changed."""
        self.layout = place(size, self._settings, self.bar_shown, self._board)
        self.entries = ()
        names = knob_names(self._settings, self._board)
        if self.selected not in names:
            self.selected = names[0]

    def is_control(self, x: float, y: float) -> bool:
        """Whether a touch that begins at pixel (x, y) is for the controls."""
        layout = self.layout
        return (
            self.help_open
            or layout.bar.collidepoint(x, y)
            or layout.corner.collidepoint(x, y)
            or self._entry_at(x, y) is not None
        )

    def close_menu(self) -> None:
        """Close the open menu, if one is."""
        self.entries, self.hovered = (), None

    def held(self, name: str) -> bool:
        """Whether a finger is on the knob `name`."""
        return any(hold.control.name == name for hold in self._holds.values())

    def gesture(self, gesture: Gesture) -> None:
        """A contact that began on the controls did something."""
        if gesture.phase is Phase.PRESS:
            self._press(gesture)
        elif gesture.phase is Phase.DRAG:
            self._drag(gesture)
        elif gesture.phase is Phase.LIFT:
            self._lift(gesture)
        else:
            self._holds.pop(gesture.contact, None)
            self._press_line.pop(gesture.contact, None)

    def wheel(self, x: float, y: float, clicks: float) -> None:
        """The wheel turned by `clicks` at pixel (x, y)."""
        control = self.layout.at(x, y)
        if control is not None and control.kind is Kind.KNOB and not self.help_open:
            self.turn(control.name, clicks * WHEEL_STEP)

    def turn(self, name: str, by: float) -> None:
        """Turn the knob `name` by a fraction of its range."""
        parameter = self._settings.parameter(name)
        if isinstance(parameter, Number):
            self.set(name, turned(parameter, self._settings.number(name), by))

    def turn_back(self, name: str) -> None:
        """Set the knob `name` to its default."""
        self.set(name, self._settings.parameter(name).default)

    def select(self, by: int) -> None:
        """Let the arrow keys turn the knob `by` places further."""
        names = knob_names(self._settings, self._board)
        at = names.index(self.selected) if self.selected in names else 0
        self.selected = names[(at + by) % len(names)]

    def next_choice(self, name: str) -> None:
        """Set a Choice to the word after its current one."""
        parameter = self._settings.parameter(name)
        if isinstance(parameter, Choice) and parameter.choices:
            word = self._settings.word(name)
            at = parameter.choices.index(word) if word in parameter.choices else -1
            self.set(name, parameter.choices[(at + 1) % len(parameter.choices)])

    def set(self, name: str, value: Value) -> None:
        """Set a parameter; what it refuses is told to the person."""
        try:
            self._settings.set(name, value)
        except ParameterError as error:
            self._complain(str(error))

    def _press(self, gesture: Gesture) -> None:
        if self.help_open and not self.layout.bar.collidepoint(gesture.x, gesture.y):
            self._press_line[gesture.contact] = self._line_at(gesture.x, gesture.y)
            return
        if self.layout.corner.collidepoint(gesture.x, gesture.y):
            self._act("bar")
            return
        control = self._entry_at(gesture.x, gesture.y) or self.layout.at(gesture.x, gesture.y)
        if control is None:
            self.close_menu()
            return
        if control.kind is not Kind.ENTRY:
            was_open = bool(self.entries) and self.entries[0].name == control.name
            self.close_menu()
            if control.kind is Kind.WORD and not was_open:
                self.entries = menu(self.layout, control, self._settings)
        hold = _Hold(control, gesture.x, gesture.y)
        self._holds[gesture.contact] = hold
        if control.kind is Kind.KNOB:
            self.selected = control.name
            parameter = self._settings.parameter(control.name)
            if isinstance(parameter, Number):
                hold.fraction = to_fraction(parameter, self._settings.number(control.name))
        elif control.kind is Kind.SWITCH:
            self._act(f"switch:{control.name}")
        elif control.kind is Kind.BUTTON:
            self._act(control.name)
        elif control.kind is Kind.ENTRY:
            self.hovered = control

    def _drag(self, gesture: Gesture) -> None:
        hold = self._holds.get(gesture.contact)
        if hold is None:
            return
        travel = ((gesture.x - hold.x) - (gesture.y - hold.y)) / self.layout.unit
        reach = max(abs(gesture.x - hold.x), abs(gesture.y - hold.y)) / self.layout.unit
        hold.dragged = hold.dragged or reach > TAP_SLACK
        if hold.control.kind is Kind.KNOB:
            parameter = self._settings.parameter(hold.control.name)
            if hold.dragged and isinstance(parameter, Number):
                self.set(parameter.name, to_value(parameter, hold.fraction + travel / TRAVEL))
        elif hold.control.kind in (Kind.WORD, Kind.ENTRY):
            self.hovered = self._entry_at(gesture.x, gesture.y)

    def _lift(self, gesture: Gesture) -> None:
        line = self._press_line.pop(gesture.contact, None)
        if line is not None:
            if line and line == self._line_at(gesture.x, gesture.y):
                self._act(line)
            elif not line:
                self.help_open = False
            return
        hold = self._holds.pop(gesture.contact, None)
        if hold is None:
            return
        if hold.control.kind is Kind.KNOB and not hold.dragged:
            name, time_s = self._last_tap
            if name == hold.control.name and gesture.time_s - time_s <= DOUBLE_TAP_S:
                self.turn_back(name)
            self._last_tap = (hold.control.name, gesture.time_s)
        elif hold.control.kind in (Kind.WORD, Kind.ENTRY):
            entry = self._entry_at(gesture.x, gesture.y)
            if entry is not None:
                self.set(entry.name, entry.value)
                self.close_menu()
            elif hold.control.kind is Kind.ENTRY or hold.dragged:
                self.close_menu()

    def _entry_at(self, x: float, y: float) -> Control | None:
        return next((entry for entry in self.entries if entry.rect.collidepoint(x, y)), None)

    def _line_at(self, x: float, y: float) -> str:
        return next((name for rect, name in self.help_lines if rect.collidepoint(x, y)), "")
