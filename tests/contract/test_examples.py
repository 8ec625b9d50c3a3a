"""The example instrument plays: by a clock moved by hand, as a program, and in its window."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pygame
import pytest

from app.core.clock import ManualClock
from app.core.events import Event, Release, Source, Touch
from app.core.sink import CollectingSink

SECONDS = 4.0
# A click that was made before the window opens, and the end of it.
IN_WINDOW = """
import duet, pygame
from app.core.clock import SystemClock
from app.core.sink import CollectingSink
pygame.display.init()
for kind, where in (("DOWN", {"pos": (480, 300)}), ("UP", {"pos": (480, 300)})):
    pygame.event.post(pygame.event.Event(getattr(pygame, f"MOUSEBUTTON{kind}"), button=1, **where))
pygame.event.post(pygame.event.Event(pygame.QUIT))
trails, sink, clock = duet.Trails(), CollectingSink(), SystemClock()
duet.play_in_window(duet.open_engine([trails, sink], clock, "listen"), trails, clock)
print(*(type(event).__name__ for event in sink.events))
"""


@pytest.fixture(scope="module")
def example(root: Path) -> Path:
    return root / "assets" / "examples" / "duet.py"


@pytest.fixture(scope="module")
def duet(example: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("duet", example)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def played(duet: ModuleType, mode: str, seed: int) -> list[Event]:
    sink = CollectingSink()
    duet.play_at_once(duet.open_engine([sink], ManualClock(), mode, seed), SECONDS)
    return sink.events


def run(root: Path, *arguments: str, **variables: str) -> str:
    result = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(root), **variables},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return result.stdout


@pytest.mark.parametrize("mode", ["duet", "call"])
def test_the_ghost_plays_with_the_gesture_or_after_it(duet: ModuleType, mode: str) -> None:
    events = played(duet, mode, seed=1)
    player, ghost = ([e for e in events if e.source is source] for source in (Source.PLAYER, Source.GHOST))
    assert player == list(duet.gesture(SECONDS / 2.0))
    assert len(ghost) > 20 and player[0].time_s <= ghost[0].time_s and ghost[-1].time_s <= SECONDS
    assert events.index(player[0]) < events.index(ghost[0])
    assert (events.index(ghost[0]) < events.index(player[-1])) is (mode == "duet")
    touches = [event for event in ghost if isinstance(event, Touch)]
    assert all(0.0 <= event.x <= 1.0 and 0.0 <= event.y <= 1.0 for event in touches)
    assert len({(event.x, event.y) for event in touches}) > 10
    assert isinstance(ghost[-1], Release)


def test_a_seed_repeats_it(duet: ModuleType) -> None:
    first = played(duet, "duet", seed=1)
    assert played(duet, "duet", seed=1) == first
    assert played(duet, "duet", seed=2) != first


def test_it_runs_as_a_program(root: Path, example: Path) -> None:
    lines = run(root, str(example), "--seconds", "1", "--seed", "1").splitlines()
    assert lines[0].split() == ["0.000", "s", "player", "0.700", "0.500"]
    assert sum("ghost" in line for line in lines) > 5


def test_ctrl_c_ends_it_without_a_word(root: Path, example: Path) -> None:
    with subprocess.Popen(
        [sys.executable, str(example), "--seconds", "3600"],
        env={**os.environ, "PYTHONPATH": str(root)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()  # it plays
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=60)[1] == b"" and process.returncode == 0


def test_it_plays_in_a_window(root: Path, example: Path) -> None:
    path = os.pathsep.join((str(root), str(example.parent)))
    assert run(root, "-c", IN_WINDOW, PYTHONPATH=path, SDL_VIDEODRIVER="dummy") == "Touch Release\n"


def test_the_mouse_plays_and_what_is_played_is_drawn(duet: ModuleType) -> None:
    down = pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=(480, 300))
    drag = pygame.event.Event(pygame.MOUSEMOTION, buttons=(1, 0, 0), pos=(1200, 150))
    up = pygame.event.Event(pygame.MOUSEBUTTONUP, button=1, pos=(1200, 150))
    others = (
        pygame.event.Event(pygame.MOUSEMOTION, buttons=(0, 0, 0), pos=(1, 1)),
        pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=3, pos=(1, 1)),
        pygame.event.Event(pygame.MOUSEBUTTONUP, button=3, pos=(1, 1)),
    )
    events = [duet.from_mouse(event, 2.0) for event in (down, drag, up)]
    assert events == [
        Touch(2.0, Source.PLAYER, 0, 0.5, 0.5, False),
        Touch(2.0, Source.PLAYER, 0, 1.0, 0.25, True),
        Release(2.0, Source.PLAYER, 0),
    ]
    assert [duet.from_mouse(event, 2.0) for event in others] == [None] * 3
    trails, screen = duet.Trails(), pygame.Surface((100, 100))
    for event in events:
        trails.play(event)
    trails.draw(screen)
    assert screen.get_at((50, 50))[:3] == screen.get_at((75, 38))[:3] == duet.COLOURS[Source.PLAYER]
    trails.draw(screen)
    faded = screen.get_at((50, 50))
    assert 0 < faded.r < duet.COLOURS[Source.PLAYER][0]
