"""The drawing canvas while somebody draws: frames, the work of its window, how quick and many its fans are.


    xvfb-run -s "-screen 0 1920x1200x24" python tests/bench/bench_draw_window.py [--size 1600x1000]

A real window with a real model, and a scripted hand whose pen tells its place 240 times a second, as a tablet
does. The hand is in the window's own thread, between two polls, where the system's events would come; so
nothing but the window and the ghost is measured. Without --size the window fits the desktop. It runs on the
display there is, or in memory with SDL_VIDEODRIVER=dummy.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pygame

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.core.parameters import Number
from app.ghost import Ghost
from app.pictures.palette import load_palette
from app.sketch.sketcher import Sketcher
from app.window.base import FRAME_S
from app.window.display import WindowOptions
from app.window.draw.draw_controller import DrawController
from app.window.draw.model_thread import ModelThread
from app.window.draw.modes import MODES
from app.window.draw.requests import Request, Response
from app.window.draw.save import Saver
from app.window.draw.stroke_outputs import StrokeOutputs
from app.window.draw.switch import SketcherSwitch
from app.window.draw.table import draw_settings
from app.window.draw.window import DrawWindow

STROKES = 6  # to a drawing
REST_S = 0.15  # between two strokes
WARM_S = 1.5  # left out at the start
OPEN_S = 0.5  # for the window to be there before the hand begins: what is hidden and shown lifts every pen


class TimedArtist(ModelThread):
    """Notes when it is asked and when the answer is taken."""

    def __init__(self, sketcher: Sketcher) -> None:
        super().__init__(sketcher)
        self.asked_s: dict[int, float] = {}
        self.work_s: list[float] = []
        self.answers_s: list[tuple[float, float, float]] = []  # taken at, work, from asking to taking

    def ask(self, request: Request) -> None:
        self.asked_s[id(request)] = time.perf_counter()
        super().ask(request)

    def answer(self, request: Request) -> None:
        before = time.thread_time()
        super().answer(request)
        self.work_s.append(time.thread_time() - before)

    def answers(self) -> list[Response]:
        found, now_s = super().answers(), time.perf_counter()
        for one in found:
            if one.fault:
                raise RuntimeError(one.fault)
            if one.request.what.is_preview:
                self.answers_s.append((now_s, one.seconds, now_s - self.asked_s.pop(id(one.request))))
        return found


class DrawnOn(DrawWindow):
    """A window with a hand on it."""

    def prepare(self, rate: float, stroke_s: float, seconds: float) -> None:
        """Draw strokes of `stroke_s`, `rate` places a second, for `seconds`, then close."""
        self.starts_s: list[float] = []
        self.work_s: list[float] = []
        self.lasting_s: list[float] = []
        self._worked_s = time.thread_time()
        start_s = time.perf_counter()
        self.end_s = start_s + seconds
        self._stroke_timing = self._events(rate, stroke_s, start_s + OPEN_S)
        self._next = next(self._stroke_timing)

    def _ended(self) -> None:
        self.seen, self.driver = self._display.copy(), pygame.display.get_driver()
        super()._ended()

    def _draw(self, now_s: float) -> None:
        worked_s = time.thread_time()
        self.starts_s.append(now_s)
        self.work_s.append(worked_s - self._worked_s)  # the frame before, and the polls after it
        self._worked_s = worked_s
        super()._draw(now_s)
        self.lasting_s.append(time.perf_counter() - now_s)

    def _poll(self) -> None:
        now_s = time.perf_counter()
        while self._next[0] <= now_s:
            if self._next[1] is None:
                self.act("next")
            else:
                self._handle(self._next[1], now_s)
            self._next = next(self._stroke_timing)
        if now_s > self.end_s:
            self.close()
        super()._poll()

    def _events(
        self, rate: float, stroke_s: float, start_s: float
    ) -> Iterator[tuple[float, pygame.event.Event | None]]:
        """What the pen does, and when; None: another drawing."""
        number, begun_s = 0, start_s
        while True:
            n = max(2, round(stroke_s * rate))
            for i in range(n):
                kind = pygame.MOUSEBUTTONDOWN if i == 0 else pygame.MOUSEMOTION
                yield begun_s + i / rate, self._event(kind, number, i / rate)
            yield begun_s + n / rate, self._event(pygame.MOUSEBUTTONUP, number, n / rate)
            number += 1
            begun_s += n / rate + REST_S
            if number % STROKES == 0:
                yield begun_s - REST_S / 2, None

    def _event(self, kind: int, number: int, at_s: float) -> pygame.event.Event:
        """The pen goes in loops of its own for each stroke, half a paper a second."""
        paper, phase = self._scene.place.paper, 1.7 * number
        x = 0.5 + 0.33 * math.sin(1.3 * at_s + phase) + 0.08 * math.sin(4.7 * at_s + 2 * phase)
        y = 0.5 + 0.33 * math.cos(1.1 * at_s + 2 * phase) + 0.08 * math.cos(3.9 * at_s)
        pos = (round(paper.left + x * paper.width), round(paper.top + y * paper.height))
        if kind == pygame.MOUSEMOTION:
            return pygame.event.Event(kind, pos=pos, rel=(0, 0), buttons=(1, 0, 0), touch=False)
        return pygame.event.Event(kind, pos=pos, button=1, touch=False)


def row(name: str, values: list[float]) -> None:
    """One line of the table, in ms."""
    p10, p50, p99, most = np.quantile(np.array(values) * 1e3, [0.1, 0.5, 0.99, 1.0])
    print(f"  {name:42s} p10 {p10:7.2f}  p50 {p50:7.2f}  p99 {p99:7.2f}  max {most:7.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="kanji")
    parser.add_argument("--mode", choices=sorted(MODES), default="fan")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--size", help="pixels, as 1600x1000; else what fits the desktop")
    parser.add_argument("--rate", type=float, default=240.0, help="places of the pen a second")
    parser.add_argument("--stroke", type=float, default=2.5, help="seconds a stroke lasts")
    parser.add_argument("--picture", type=Path, help="save what is seen at the end as PNG")
    args = parser.parse_args()
    width, height = (int(part) for part in args.size.split("x")) if args.size else (0, 0)

    settings = draw_settings((args.model,), args.model)
    settings.set("mode", args.mode)
    patience = settings.parameter("threshold_s")
    assert isinstance(patience, Number)
    settings.set("threshold_s", patience.high)  # whatever the mode, the ghost leaves the hand alone
    sketcher = Sketcher(Ghost.load(args.model, seed=7))
    model_thread, outputs = TimedArtist(sketcher), StrokeOutputs(settings, None)
    controller = DrawController(settings, model_thread, sketcher.scale, outputs.play, outputs.new_drawing)
    palette = load_palette()
    window = DrawnOn(
        controller, model_thread, settings, outputs, Saver(Path("never"), palette),
        SketcherSwitch(settings, args.model, lambda name: Sketcher(Ghost.load(name))), palette,
        WindowOptions(size=(width, height) if args.size else None),
    )  # fmt: skip
    model_thread.start()
    window.prepare(args.rate, args.stroke, args.seconds + WARM_S)
    window.run()
    model_thread.stop()
    surface = window.seen

    periods = np.diff(window.starts_s)
    counts = np.array(window.starts_s[1:]) > window.starts_s[0] + WARM_S
    first_s = window.starts_s[0] + WARM_S
    fans = [one for one in model_thread.answers_s if one[0] > first_s]
    span_s = window.starts_s[-1] - first_s
    load = os.getloadavg()[0]
    print(
        f"{args.model}, {args.mode}, {surface.get_width()} x {surface.get_height()} on "
        f"{window.driver}, {args.rate:g} places a second in strokes of {args.stroke:g} s, "
        f"{span_s:.0f} s, load {load:.1f}"
    )
    print(f"  {'frames a second':42s} {counts.sum() / span_s:.1f}")
    row("from frame to frame", periods[counts].tolist())
    row("a frame, with the polls inside it", np.array(window.lasting_s[1:])[counts].tolist())
    row("processor time of the window, a frame", np.array(window.work_s[1:])[counts].tolist())
    print(f"  {'frames later than a frame':42s} {100 * (periods[counts] > 1.5 * FRAME_S).mean():.1f} %")
    if fans:
        print(f"  {'answers a second':42s} {len(fans) / span_s:.1f}")
        row("an answer, in the model thread", [one[1] for one in fans])
        row("an answer, from asking to taking", [one[2] for one in fans])
        row("processor time of the model thread, an answer", model_thread.work_s)
    if args.picture:
        pygame.image.save(surface, args.picture)


if __name__ == "__main__":
    main()
