"""The controls as they are touched: knobs turn, words open menus, help lines act. Draws nothing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from pygame import Rect

from app.core.parameters import Choice, Number, Parameter, ParameterError, Settings, Value
from app.window.explanation import explained
from app.window.input import Gesture, Phase
from app.window.knob import to_fraction, to_value, turned
from app.window.layout import Board, Control, Kind, Layout, knob_names, place
from app.window.menu import Menu

TRAVEL = 260  # units a finger moves to turn a knob through its whole range
TAP_SLACK = 12  # units a finger may move and still tap
DOUBLE_TAP_S = 0.4
HOVER_S, LONG_PRESS_S = 0.5, 0.6  # a pointer, or a finger, rests so long until what is under it is explained
STEP, SMALL_STEP, WHEEL_STEP = 0.025, 0.005, 0.02  # fractions of a knob's range

MENU = (Kind.ENTRY, Kind.MORE)


@dataclass
class _Hold:
    """A contact on a control. `travel`: units moved; up and to the right count as more."""

    control: Control
    x: float
    y: float
    since_s: float
    fraction: float = 0.0
    dragged: bool = False


class Panel:
    """The state of the controls.

    Args:
        settings: what they turn.
        act: does a command.
        complain: tells a person why something was refused.
        board: what stands on the bar beside the parameters.
        remark: what a person should know about the value a parameter has now, "" if nothing.
        words: what each command does, by name.

    Attributes:
        layout: where everything is.
        menu: the open one, if one is.
        selected: the knob the arrow keys turn.
        help_open: whether the help covers the canvas.
        phones_open: whether the page for phones does.
        help_lines: where its lines are and which command each does; set by whoever draws them, as
        help_page, n_help_pages: which page of it is open, from 0, and how many there are.
        drawer_open: whether the controls show, in a window that has a drawer for them.
    """

    def __init__(
        self,
        settings: Settings,
        act: Callable[[str], None],
        complain: Callable[[str], None],
        board: Board,
        remark: Callable[[str], str],
        words: Mapping[str, str],
    ) -> None:
        self._settings = settings
        self._remark, self._words = remark, words
        self._pointed: tuple[Control | None, float] = (None, 0.0)  # under the mouse, and since when
        self.drawer_open = False
        self.help_page, self.n_help_pages = 0, 1
        self._board = board
        self._act = act
        self._complain = complain
        self._holds: dict[Hashable, _Hold] = {}
        self._last_tap: tuple[str, float] = ("", float("-inf"))
        self._press_line: dict[Hashable, str] = {}
        self.bar_shown = True
        self.layout: Layout = place((640, 400), settings, board=board)
        self.menu = Menu(settings)
        self.selected = knob_names(settings, board)[0]
        self.help_open = self.phones_open = False
        self.help_lines: tuple[tuple[Rect, str], ...] = ()

    def resize(self, size: tuple[int, int]) -> None:
        """Lay everything out anew: the window, the mode or the bar changed."""
        self.layout = place(size, self._settings, self.bar_shown, self._board, self.drawer_open)
        self._pointed = (None, 0.0)
        self.menu.close()
        names = knob_names(self._settings, self._board)
        if self.selected not in names:
            self.selected = names[0]

    def is_control(self, x: float, y: float) -> bool:
        """Whether a touch that begins at pixel (x, y) is for the controls."""
        layout = self.layout
        return (
            self.is_covered
            or layout.bar.collidepoint(x, y)
            or layout.corner.collidepoint(x, y)
            or layout.drawer.collidepoint(x, y)
            or self.menu.at(x, y) is not None
        )

    @property
    def is_covered(self) -> bool:
        """Whether a page lies over the canvas."""
        return self.help_open or self.phones_open

    def toggle_help(self) -> None:
        """Open the help at its first page, or close it."""
        self.help_open, self.phones_open, self.help_page = not self.help_open, False, 0

    def toggle_phones(self) -> None:
        """Open the page for phones, or close it."""
        self.help_open, self.phones_open = False, not self.phones_open
        self.menu.close()

    def turn_help_page(self, by: int) -> None:
        """Turn so many pages of the help, if it is open."""
        if self.help_open:
            self.help_page = (self.help_page + by) % self.n_help_pages

    def close_pages(self) -> bool:
        """Close what lies over the canvas, page or menu; whether there was any."""
        was_open = self.is_covered or bool(self.menu.entries)
        self.help_open = self.phones_open = False
        self.menu.close()
        return was_open

    def point(self, x: float, y: float, now_s: float) -> None:
        """The mouse is at pixel (x, y), and rests there from now on."""
        control = None if self.is_covered else self.menu.at(x, y) or self.layout.at(x, y)
        if control != self._pointed[0]:
            self._pointed = (control, now_s)
        if self.menu.entries and not self._holds and control is not None:
            self.menu.hovered = control if control in self.menu.entries else None

    def explanation(self, now_s: float) -> str:
        """What the control does under a mouse, or a finger, that rests on it; "" if there is none."""
        if self.is_covered:
            return ""
        for hold in self._holds.values():
            if now_s - hold.since_s >= LONG_PRESS_S and not hold.dragged:
                return explained(self.menu.hovered or hold.control, self._settings, self._words)
        control, since_s = self._pointed
        if control is None or now_s - since_s < HOVER_S:
            return ""
        return explained(control, self._settings, self._words)

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
            self._tell_if_alone(parameter)
            word = self._settings.word(name)
            at = parameter.choices.index(word) if word in parameter.choices else -1
            self.set(name, parameter.choices[(at + 1) % len(parameter.choices)])

    def set(self, name: str, value: Value) -> None:
        """Set a parameter; what it refuses is told to the person."""
        try:
            self._settings.set(name, value)
        except ParameterError as error:
            self._complain(str(error))
            return
        if text := self._remark(name):
            self._complain(text)

    def _tell_if_alone(self, parameter: Parameter) -> None:
        """A choice of one is none: say so, and why others are not there."""
        if isinstance(parameter, Choice) and len(parameter.choices) == 1:
            only = parameter.choices[0]
            others = ", ".join(word for word, _ in parameter.why_not)
            why = f" ({others}: for other input)" if others else ""
            self._complain(f"There is no other {parameter.label} than {only} here{why}.")

    def _press(self, gesture: Gesture) -> None:
        if self.phones_open and not self.layout.bar.collidepoint(gesture.x, gesture.y):
            self.phones_open = False
            return
        if self.help_open and not self.layout.bar.collidepoint(gesture.x, gesture.y):
            self._press_line[gesture.contact] = self._line_at(gesture.x, gesture.y)
            return
        if self.layout.corner.collidepoint(gesture.x, gesture.y):
            self._act("bar")
            return
        control = self.menu.at(gesture.x, gesture.y) or self.layout.at(gesture.x, gesture.y)
        if control is None:
            self.menu.close()
            return
        if control.kind not in MENU:
            was_open = self.menu.name == control.name
            self.menu.close()
            if control.kind is Kind.WORD and not was_open:
                self.menu.open(self.layout, control)
                self._tell_if_alone(self._settings.parameter(control.name))
        hold = _Hold(control, gesture.x, gesture.y, gesture.time_s)
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
        elif control.kind in MENU:
            self.menu.hovered = control

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
        elif hold.control.kind in (Kind.WORD, *MENU):
            self.menu.hovered = self.menu.at(gesture.x, gesture.y)

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
        elif hold.control.kind in (Kind.WORD, *MENU):
            # The menu may lie over its own word: a tap there opens it, and chooses nothing.
            chooses = hold.dragged or hold.control.kind in MENU
            entry = self.menu.at(gesture.x, gesture.y) if chooses else None
            if entry is not None and entry.kind is Kind.MORE:
                self.menu.turn()
            elif entry is not None:
                self.set(entry.name, entry.value)
                self.menu.close()
            elif hold.control.kind in MENU or hold.dragged:
                self.menu.close()

    def _line_at(self, x: float, y: float) -> str:
        return next((name for rect, name in self.help_lines if rect.collidepoint(x, y)), "")
