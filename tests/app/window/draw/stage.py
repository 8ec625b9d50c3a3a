"""A drawing canvas on a dummy display, a scripted ghost that answers at once, a clock that a test turns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pygame

from app.core.events import Event, Release, Source, Touch
from app.pictures.palette import load_palette
from app.sketch.sketcher import Sketcher
from app.window import WindowOptions
from app.window.draw.draw_controller import DrawController
from app.window.draw.model_thread import ModelThread
from app.window.draw.refresh_rate import RefreshRate
from app.window.draw.requests import Request
from app.window.draw.save import Saver
from app.window.draw.stroke_outputs import StrokeOutputs
from app.window.draw.switch import SketcherSwitch
from app.window.draw.table import draw_settings
from app.window.draw.window import DrawWindow
from mdn.mixture import Mixture
from tests.app.sketch.fakes import SCALE, Row, ScriptedSketch

FRAME_S = 1 / 60
RIGHT: Row = (10.0, 0.0, 0.0)
LIFTED: Row = (0.0, 10.0, 1.0)
DONE: Row = (10.0, 0.0, 2.0)
STROKES: tuple[Row, ...] = (RIGHT, RIGHT, LIFTED, RIGHT, RIGHT, DONE)


class Ghost(ScriptedSketch):
    """A scripted ghost that can be looked into."""

    def __init__(self, *takes: Sequence[Row], scale: Any = SCALE) -> None:
        super().__init__(*takes, scale=scale)
        self.futures = np.tile(np.array([[4.0, 1.0, 0.0]], np.float32), (32, 16, 1))
        self.looked = 0

    def mixture(self) -> Mixture:
        self.looked += 1
        return Mixture(
            pi=np.array([0.7, 0.3], np.float32),
            mean=np.array([[10.0, 0.0], [0.0, 20.0]], np.float32),
            covariance=np.array([np.eye(2) * 9.0, np.eye(2) * 25.0], np.float32),
            dt_s=np.zeros(2, np.float32),
            moving=np.ones(2, np.float32),
            pen=np.array([[0.2, 0.7, 0.1]] * 2, np.float32),
        )


class Sketch(Sketcher):
    """A sketcher of a scripted ghost, which has no network: its units are made up."""

    @property
    def ghost(self) -> Any:
        tensor = np.zeros((3, 2, 1, 64), np.float32)
        tensor[0, 0, 0], tensor[1, 0, 0] = 0.9, -0.9
        return SimpleNamespace(
            mixture=self._ghost.mixture, state=SimpleNamespace(tensor=tensor), columns=("dx", "dy", "pen"),
            feed=lambda rows: None,
        )  # fmt: skip


class Prompt(ModelThread):
    """A model thread that answers in the thread that asks, at once.

    Attributes:
        asks: everything it was asked.
        is_slow: keeps questions until `work`.
    """

    def __init__(self, sketcher: Sketcher) -> None:
        super().__init__(sketcher)
        self.requests: list[Request] = []
        self.is_slow = False
        self._late: list[Request] = []

    def ask(self, request: Request) -> None:
        self.requests.append(request)
        if self.is_slow:
            self._late.append(request)
        else:
            self.answer(request)

    def work(self) -> None:
        """Answer what was asked meanwhile."""
        while self._late:
            self.answer(self._late.pop(0))

    def use(self, sketcher: Sketcher) -> None:
        self._sketcher, self._kept = sketcher, None


class Bench:
    """A draw controller with its settings, ghost and events; `pass_s` lets time pass in frames."""

    def __init__(self, *takes: Sequence[Row], mode: str = "complete") -> None:
        self.ghost = Ghost(*(takes or (STROKES,)))
        self.model_thread = Prompt(Sketch(self.ghost))  # type: ignore[arg-type]
        self.settings = draw_settings(("scripted", "other"), "scripted")
        self.settings.set("mode", mode)
        self.events: list[Event] = []
        self.n_drawings = 0
        self.controller = DrawController(
            self.settings, self.model_thread, SCALE, self.events.append, self._another
        )
        self.now_s = 100.0
        self.controller.step(self.now_s)

    def _another(self, is_kept: bool) -> None:
        self.n_drawings += 1

    def pass_s(self, seconds: float) -> None:
        for _ in range(round(seconds / FRAME_S)):
            self.now_s += FRAME_S
            self.controller.step(self.now_s)

    def until_done(self) -> None:
        """Until the ghost has finished."""
        for _ in range(3000):
            self.pass_s(FRAME_S)
            if self.controller.page.end is not None:
                return
        raise AssertionError("the ghost never finished")

    def draw(self, *places: tuple[float, float]) -> None:
        """A person's stroke."""
        self.controller.pen_down(*places[0], self.now_s)
        for place in places[1:]:
            self.pass_s(FRAME_S)
            self.controller.pen_move(*place, self.now_s)
        self.controller.pen_up(self.now_s)

    def who(self) -> str:
        """The strokes on the paper, as p and g."""
        return "".join(mark.source[0] for mark in self.controller.page.marks)

    def balance(self) -> list[str]:
        """Every stroke as the sinks heard it: who, and whether it began and ended once."""
        told, down = [], set()
        for event in self.events:
            if isinstance(event, Touch) and not event.moving:
                assert event.source not in down
                down.add(event.source)
                told.append(str(event.source))
            elif isinstance(event, Touch):
                assert event.source in down
            elif isinstance(event, Release):
                down.remove(event.source)
        assert not down
        return told


class Unhurried(RefreshRate):
    """Light is shown with every frame, however busy the machine is."""

    def took(self, seconds: float) -> None:
        pass


class Stage:
    """A window of 1000 x 700 on a dummy display."""

    def __init__(
        self,
        *takes: Sequence[Row],
        mode: str = "complete",
        size: tuple[int, int] = (1000, 700),
        folder: Path | None = None,
        load: Any = None,
    ) -> None:
        self.ghost = Ghost(*(takes or (STROKES,)))
        self.model_thread = Prompt(Sketch(self.ghost))  # type: ignore[arg-type]
        self.settings = draw_settings(("scripted", "other"), "scripted")
        self.settings.set("mode", mode)
        self.events: list[Event] = []
        palette = load_palette()
        self.outputs = StrokeOutputs(self.settings, folder)
        self.saver = Saver(folder or Path("never"), palette)
        self.controller = DrawController(
            self.settings, self.model_thread, SCALE, self._play, self.outputs.new_drawing
        )
        switch = SketcherSwitch(self.settings, "scripted", load or self._no_other)
        self.window = DrawWindow(
            self.controller, self.model_thread, self.settings, self.outputs, self.saver, switch, palette,
            WindowOptions(size=size),
        )  # fmt: skip
        self.window._scene._paper.pace = Unhurried()
        self.now_s = 1000.0
        pygame.event.clear()
        self.frame()

    def _play(self, event: Event) -> None:
        self.events.append(event)
        self.outputs.play(event)

    def _no_other(self, name: str) -> Sketcher:
        raise ValueError("there is no other")

    @property
    def place(self) -> Any:
        return self.window._scene.place

    def frame(self, seconds: float = FRAME_S) -> None:
        """Let time pass, in frames."""
        for _ in range(max(1, round(seconds / FRAME_S))):
            self.now_s += FRAME_S
            self.window._draw(self.now_s)

    def until_done(self) -> None:
        for _ in range(3000):
            self.frame()
            if self.controller.page.end is not None:
                return
        raise AssertionError("the ghost never finished")

    def mouse(self, *places: tuple[float, float]) -> None:
        """Press at the first place, in shares of the paper, move through the others, let go."""
        pixels = [self.pixel(*place) for place in places]
        self.press(pixels[0])
        for pixel in pixels[1:]:
            self.frame()
            self.post(pygame.MOUSEMOTION, pos=pixel, rel=(0, 0), buttons=(1, 0, 0), touch=False)
        self.lift(pixels[-1])

    def press(self, pixel: tuple[int, int]) -> None:
        self.post(pygame.MOUSEBUTTONDOWN, pos=pixel, button=1, touch=False)

    def lift(self, pixel: tuple[int, int]) -> None:
        self.post(pygame.MOUSEBUTTONUP, pos=pixel, button=1, touch=False)

    def tap(self, pixel: tuple[int, int]) -> None:
        self.press(pixel)
        self.lift(pixel)

    def post(self, kind: int, **fields: Any) -> None:
        """An event, as the window takes it from the queue now."""
        self.window._handle(pygame.event.Event(kind, **fields), self.now_s)

    def key(self, code: int, letter: str = "", mod: int = 0) -> None:
        self.post(pygame.KEYDOWN, key=code, unicode=letter, mod=mod)
        self.post(pygame.KEYUP, key=code, unicode=letter, mod=mod)

    def pixel(self, x: float, y: float) -> tuple[int, int]:
        """A pixel of the paper, in shares of it."""
        paper = self.place.paper
        return round(paper.left + x * paper.width), round(paper.top + y * paper.height)

    def colour(self, x: float, y: float) -> tuple[int, int, int]:
        """What is seen there."""
        red, green, blue = pygame.display.get_surface().get_at(self.pixel(x, y))[:3]
        return red, green, blue

    def who(self) -> str:
        return "".join(mark.source[0] for mark in self.controller.page.marks)


def is_warm(colour: tuple[int, int, int]) -> bool:
    return colour[0] > 150 and colour[0] > colour[2] + 60


def is_cool(colour: tuple[int, int, int]) -> bool:
    return colour[2] > 150 and colour[2] > colour[0] + 60


PLAYER, GHOST = Source.PLAYER, Source.GHOST
