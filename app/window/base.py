"""The window loop: polls the input, draws in time, follows its size, and ends when asked."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence

import pygame

from app.core.clock import not_held_up
from app.core.ending import ended_by_signals, finishing, is_asked_to_end
from app.core.parameters import Settings
from app.window.base_scene import BaseScene
from app.window.commands import Command, find
from app.window.display import WindowOptions, fitting_size, open_display, set_mode
from app.window.input import Found, Input
from app.window.layout import Board
from app.window.panel import SMALL_STEP, STEP, Panel
from app.window.x11 import ending_with_display

FRAME_S = 1.0 / 60.0
REST = 0.1  # of the time a frame took, that the window waits after it
POLL_S = 0.003  # the input waits this long at most, drawing or not
LEAST_SIZE = (360, 300)  # a smaller window grows to it, or is drawn for it and cut where the system forbids
RESIZED = (pygame.WINDOWSIZECHANGED, pygame.WINDOWRESIZED, pygame.VIDEORESIZE)
UNCOVERED = (pygame.WINDOWEXPOSED, pygame.WINDOWRESTORED, pygame.WINDOWSHOWN)


class BaseWindow(ABC):
    """Opens at once; runs from `run` until it is closed.

    Args:
        settings: the live parameters, which the controls turn.
        table: what there is to do, and its keys.
        board: what stands on the bar beside the parameters.
        options: size and fullscreen.

    Raises:
        DisplayError: there is no display.
    """

    _scene: BaseScene

    def __init__(
        self, settings: Settings, table: tuple[Command, ...], board: Board, options: WindowOptions
    ) -> None:
        self._settings, self._table, self._options = settings, table, options
        self._display = open_display(options)
        pygame.key.set_repeat(350, 40)
        self._fullscreen = self._fullscreen_wanted = options.fullscreen
        self._size_before = options.size or fitting_size()  # of the window that fullscreen comes back to
        self._has_place = not options.fullscreen
        self._refused_size: tuple[int, int] | None = None  # smaller than the least, and the system keeps it
        words = {command.name: command.words for command in table}
        self._panel = Panel(settings, self.act, self._complain, board, self._remark, words)
        self._panel.resize(self._size())
        self._input = Input(self._is_control)
        self._input.resize(self._size(), self._panel.layout.canvas)
        self._placed_for = self._placement()
        self._actions = self._make_actions()
        self._keys_down: set[int] = set()
        self._closing = False
        self._next_frame_s = time.perf_counter()

    def run(self) -> None:
        """Run until the window is closed or the process is asked to end. Call it once.

        Raises:
            RuntimeError: called from another thread than the main one.
        """
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("window: expected the main thread, which alone gets input from the system.")
        # A signal is only noted here: it can come inside of any call, and nobody may look into half a frame.
        # No other program comes between while it draws: the pen would lag, and all that plays would wait.
        with not_held_up(), ended_by_signals(), finishing(), ending_with_display(self._let_go_and_end):
            self._began()
            try:
                while not self._closing and not is_asked_to_end():
                    self._turn()
            finally:
                self._let_go()
                pygame.display.quit()

    def close(self) -> None:
        """Ask `run` to end. Any thread."""
        self._closing = True

    def _let_go(self) -> None:
        self._ended()
        self._send(self._input.let_go(time.perf_counter()))

    def _let_go_and_end(self) -> None:
        """The display is gone in the middle of anything: what comes after `run` is done here."""
        self._closing = True
        try:
            self._let_go()
        finally:
            if self._options.when_lost is not None:
                self._options.when_lost()

    def act(self, name: str) -> None:
        """Do the command `name` of the table."""
        if name in self._actions:
            self._actions[name]()
            return
        kind, _, word = name.partition(":")
        if kind == "switch":
            self._panel.set(word, not self._settings.is_on(word))
        elif kind == "next":
            self._panel.next_choice(word)
        elif kind == "mode":
            self._panel.set("mode", word)
        else:
            raise KeyError(name)

    @abstractmethod
    def _frame(self, now_s: float) -> Iterator[None]:
        """Draw one frame in short steps; none if nothing changed."""

    @abstractmethod
    def _send(self, found: Sequence[Found]) -> None:
        """Take what the input made of its events."""

    @abstractmethod
    def _began(self) -> None:
        """`run` began."""

    @abstractmethod
    def _ended(self) -> None:
        """`run` ends; what is held is let go after this."""

    def _is_control(self, x: float, y: float) -> bool:
        """Whether a touch that begins at pixel (x, y) is a gesture."""
        return self._panel.is_control(x, y)

    def _make_actions(self) -> dict[str, Callable[[], None]]:
        panel = self._panel
        return {
            "previous knob": lambda: panel.select(-1),
            "next knob": lambda: panel.select(+1),
            "turn up": lambda: panel.turn(panel.selected, STEP),
            "turn down": lambda: panel.turn(panel.selected, -STEP),
            "turn up a little": lambda: panel.turn(panel.selected, SMALL_STEP),
            "turn down a little": lambda: panel.turn(panel.selected, -SMALL_STEP),
            "turn back": lambda: panel.turn_back(panel.selected),
            "help": panel.toggle_help,
            "timing": self._toggle_timing,
            "bar": self._toggle_bar,
            "drawer": self._toggle_drawer,
            "next page": lambda: self._turn_page(+1),
            "previous page": lambda: self._turn_page(-1),
            "fullscreen": self._toggle_fullscreen,
            "leave": self._leave,
            "quit": self.close,
        }

    def _turn(self) -> None:
        """Draw a frame if it is time for one, else wait for input."""
        now_s = time.perf_counter()
        left_s = self._next_frame_s - now_s
        if left_s <= 0.0:
            # A frame that comes late is not made up for: the next one shows everything anyway.
            self._next_frame_s = max(self._next_frame_s + FRAME_S, now_s)
            self._draw(now_s)
            # Where frames take longer than they may, the window would never wait; and a thread that runs
            # before ordinary programs (`not_held_up`) and never waits is stopped by Linux for 50 ms a second.
            end_s = time.perf_counter()
            self._next_frame_s = max(self._next_frame_s, end_s + REST * (end_s - now_s))
        elif left_s < 0.001:
            time.sleep(left_s)
        else:
            event = pygame.event.wait(int(1e3 * min(POLL_S, left_s)))
            if event.type != pygame.NOEVENT:
                self._handle(event, time.perf_counter())
        self._poll()

    def _draw(self, now_s: float) -> None:
        self._fit()
        steps = 0
        for _ in self._frame(now_s):
            steps += 1
            self._poll()
        if steps:
            self._scene.timing.drew(now_s, time.perf_counter())

    def _poll(self) -> None:
        for event in pygame.event.get():
            self._handle(event, time.perf_counter())
        now_s = time.perf_counter()
        self._send(self._input.tick(now_s))
        self._scene.timing.polled(now_s)

    def _handle(self, event: pygame.event.Event, now_s: float) -> None:
        if event.type in (pygame.QUIT, pygame.WINDOWCLOSE):
            self._closing = True
        elif event.type == pygame.KEYDOWN:
            self._key(event)
        elif event.type == pygame.KEYUP:
            self._keys_down.discard(event.key)
        elif event.type == pygame.MOUSEWHEEL:
            self._wheel(*pygame.mouse.get_pos(), getattr(event, "precise_y", 0.0) or event.y)
        elif event.type in UNCOVERED:
            self._scene.refresh()
        elif event.type not in RESIZED:
            if event.type == pygame.WINDOWFOCUSLOST:
                self._keys_down.clear()
            if event.type == pygame.MOUSEMOTION and not getattr(event, "touch", False):
                x, y = event.pos
                self._panel.point(x, y, now_s)
            elif event.type == pygame.WINDOWLEAVE:
                self._panel.point(-1, -1, now_s)
            self._send(self._input.handle(event, now_s))

    def _key(self, event: pygame.event.Event) -> None:
        command = find(self._table, event)
        held = event.key in self._keys_down  # SDL repeats a held key and does not say so
        self._keys_down.add(event.key)
        if command is not None and (command.repeats or not held):
            self.act(command.name)

    def _size(self) -> tuple[int, int]:
        width, height = self._display.get_size()
        return max(width, LEAST_SIZE[0]), max(height, LEAST_SIZE[1])

    def _placement(self) -> tuple[object, ...]:
        panel = self._panel
        return self._size(), panel.bar_shown, panel.drawer_open, self._settings.word("mode")

    def _fit(self) -> None:
        """Follow a change of the window, of the bar or of the mode: between two frames, never within one."""
        if self._fullscreen_wanted != self._fullscreen:
            self._fill_screen(self._fullscreen_wanted)
        surface = pygame.display.get_surface()
        self._display = surface if surface is not None else self._display
        self._grow_if_small()
        if self._placement() != self._placed_for:
            self._placed_for = self._placement()
            self._panel.resize(self._size())
            self._input.resize(self._size(), self._panel.layout.canvas)
            self._scene.resize(self._size())

    def _grow_if_small(self) -> None:
        """SDL has a least size for windows, but pygame does not pass it on."""
        size = self._display.get_size()
        if size == self._size() or self._fullscreen or size == self._refused_size:
            return
        self._display = set_mode(False, self._size())
        if self._display.get_size() != self._size():
            self._refused_size = size

    def _complain(self, text: str) -> None:
        self._scene.notices.tell(text, time.perf_counter())

    def _fill_screen(self, fullscreen: bool) -> None:
        if fullscreen:
            self._size_before = self._display.get_size()
        self._display = set_mode(fullscreen, self._size_before, is_new=not self._has_place)
        self._has_place = self._has_place or not fullscreen
        self._fullscreen = fullscreen
        self._scene.refresh()

    def _toggle_fullscreen(self) -> None:
        self._fullscreen_wanted = not self._fullscreen_wanted

    def _remark(self, name: str) -> str:
        """What a person should know about the value that a parameter has now, "" if nothing."""
        return ""

    def _wheel(self, x: float, y: float, clicks: float) -> None:
        """The wheel turned at a pixel."""
        if self._panel.help_open:
            self._turn_page(-1 if clicks > 0 else +1)
        else:
            self._panel.wheel(x, y, clicks)

    def _turn_page(self, by: int) -> None:
        """To the next page of the help, or the one before."""
        self._panel.turn_help_page(by)

    def _toggle_timing(self) -> None:
        self._scene.timing_shown = not self._scene.timing_shown

    def _toggle_bar(self) -> None:
        self._panel.bar_shown = not self._panel.bar_shown

    def _toggle_drawer(self) -> None:
        self._panel.drawer_open = not self._panel.drawer_open

    def _leave(self) -> None:
        was_open, self._scene.timing_shown = self._scene.timing_shown, False
        if self._panel.close_pages() or was_open:
            return
        if self._panel.layout.drawer.height:
            self._panel.drawer_open = False
        elif self._fullscreen:
            self._fullscreen_wanted = False
