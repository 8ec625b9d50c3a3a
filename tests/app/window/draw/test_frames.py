"""Frames of the drawing canvas: light that gives way to the pen, and how pixels get to the screen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pygame
import pytest

from app.window.display import AS_PIXELS
from app.window.draw.preview_requests import STILL_S
from app.window.draw.refresh_rate import MOST, RefreshRate
from app.window.draw.window import SWITCH_S
from tests.app.window.draw.stage import Bench, Stage
from tests.contract.screen import missing_tools, open_screen


def shown(pace: RefreshRate, seconds: float, frames: int = 60) -> int:
    """How many of `frames` frames that take so long show light anew; those that do not take no time."""
    n = 0
    for _ in range(frames):
        with_light = pace.next()
        n += with_light
        pace.took(seconds if with_light else 0.001)
    return n


def test_light_is_shown_with_every_frame_unless_frames_would_come_late() -> None:
    pace = RefreshRate()
    assert shown(pace, 0.008) == 60
    pace.next()
    pace.took(0.2)  # one frame that the system held changes nothing
    assert shown(pace, 0.008) == 60
    shown(pace, 0.02, 200)
    assert shown(pace, 0.02) == 30
    shown(pace, 9.0, 200)
    assert shown(pace, 9.0) == 60 // MOST
    shown(pace, 0.008, 200)
    assert shown(pace, 0.008) == 60


def test_the_pen_is_seen_with_every_frame_when_light_is_not() -> None:
    stage = Stage(mode="fan")
    stage.mouse((0.2, 0.5), (0.3, 0.5))
    stage.frame(0.5)
    paper = stage.window._scene._paper
    paper.pace = RefreshRate()
    for _ in range(200):
        paper.pace.next()
        paper.pace.took(1.0)
    stage.press(stage.pixel(0.5, 0.5))
    lit, glowing = [], 0
    for i in range(12):
        place = 0.5 + 0.01 * i, 0.5
        stage.post(pygame.MOUSEMOTION, pos=stage.pixel(*place), rel=(0, 0), buttons=(1, 0, 0), touch=False)
        stage.frame()
        glowing += stage.colour(*place)[0] > 150
        lit.append(paper._waits)
    assert glowing == 12 and lit.count(False) == 12 // MOST


def test_a_fan_stays_when_the_pen_rests_and_nothing_is_asked_or_drawn_any_more() -> None:
    stage = Stage(mode="fan")
    stage.press(stage.pixel(0.3, 0.5))
    stage.post(pygame.MOUSEMOTION, pos=stage.pixel(0.4, 0.5), rel=(0, 0), buttons=(1, 0, 0), touch=False)
    stage.frame(STILL_S + 0.5)
    asked, light = len(stage.model_thread.requests), stage.colour(0.48, 0.52)
    assert asked > 10 and light[2] > 40
    stage.window._scene.timing.drew(0.0, 0.0)
    n_frames = len(stage.window._scene.timing.frames_s)
    stage.frame(3.0)
    assert len(stage.model_thread.requests) == asked and stage.colour(0.48, 0.52) == light
    assert len(stage.window._scene.timing.frames_s) == n_frames, (
        "frames in which nothing changes are not drawn"
    )
    stage.settings.set("sigma_temperature", 0.4)
    stage.frame()
    stage.lift(stage.pixel(0.4, 0.5))
    stage.frame(0.2)
    assert len(stage.model_thread.requests) > asked + 1
    stage.key(pygame.K_r, "r")
    stage.frame(2.0)
    assert stage.colour(0.48, 0.52)[2] < 40, "an empty paper has no light"


def test_the_strokes_places_that_were_given_out_do_not_change() -> None:
    bench = Bench(mode="fan")
    bench.controller.pen_down(10.0, 10.0, bench.now_s)
    mark = bench.controller.page.marks[0]
    given = []
    for i in range(200):
        bench.controller.pen_move(10.0 + i / 4, 10.0, bench.now_s)
        given.append((mark.drawn(), [(one.x, one.y) for one in mark.ink]))
    assert all(places.tolist() == [list(row) for row in rows] for places, rows in given)


def test_another_driver_than_that_of_x_keeps_its_way_to_the_screen() -> None:
    assert _hint({"SDL_VIDEODRIVER": "dummy"}) == "None"


@pytest.mark.window
@pytest.mark.slow
@pytest.mark.skipif(bool(missing_tools()), reason="needs Xvfb and xdotool")
def test_an_x_window_gets_its_pixels_as_they_are() -> None:
    with open_screen() as screen:
        display = {"DISPLAY": screen.environment["DISPLAY"]}
        assert _hint(display) == "0"
        assert _hint({**display, AS_PIXELS: "1"}) == "1", "whoever said how is heard"


def _hint(environment: dict[str, str]) -> str:
    """What a process of its own has set when its window is open."""
    code = (
        "import os; from app.window.display import WindowOptions, open_display; "
        f"open_display(WindowOptions()); print(os.environ.get({AS_PIXELS!r}))"
    )
    others = (AS_PIXELS, "DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    keep = {key: value for key, value in os.environ.items() if key not in others}
    result = subprocess.run(
        [sys.executable, "-c", code], env=keep | environment, capture_output=True, text=True, check=True
    )
    return result.stdout.split()[-1]


def test_ordinary_programs_do_not_hold_the_window_up_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []

    @contextmanager
    def asked() -> Iterator[None]:
        told.append("before")
        yield
        told.append("after")

    monkeypatch.setattr("app.window.base.not_held_up", asked)
    before = sys.getswitchinterval()
    stage = Stage()

    def turn() -> None:
        told.append(sys.getswitchinterval())
        stage.window.close()

    monkeypatch.setattr(stage.window, "_turn", turn)
    stage.window.run()
    assert told == ["before", pytest.approx(SWITCH_S), "after"]
    assert sys.getswitchinterval() == before, "and the interpreter is as it was"
