"""The real loop on a dummy display, with posted events."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pygame
import pytest

from app.core.clock import ManualClock
from app.core.parameters import Settings
from app.pictures.live.paint import word
from app.window import CanvasSink, DisplayError, Window, WindowOptions, base
from app.window.bar import ENTRY, in_two
from app.window.commands import ADAPT, commands, find
from app.window.input import Gesture, Phase
from app.window.menu import menu
from app.window.overlay import Notices, learning_words
from app.window.sink import MOST_WAITING

Event = pygame.event.Event
MakeStage = Callable[..., Any]


def finger(kind: int, number: int, x: float, y: float) -> Event:
    return Event(kind, touch_id=1, finger_id=number, x=x, y=y, dx=0.0, dy=0.0, pressure=1.0)


def key(code: int, letter: str = "", mod: int = 0) -> Event:
    return Event(pygame.KEYDOWN, key=code, unicode=letter, mod=mod)


def test_fingers_play_through_the_loop(stage: Any) -> None:
    height = stage.window._panel.layout.canvas.height
    scale = (height - 1) / 599
    stage.play(
        finger(pygame.FINGERDOWN, 7, 0.5, 0.5 * scale),
        finger(pygame.FINGERDOWN, 8, 0.25, 0.25 * scale),
        finger(pygame.FINGERMOTION, 7, 0.75, 0.5 * scale),
        finger(pygame.FINGERUP, 8, 0.25, 0.25 * scale),
        finger(pygame.FINGERUP, 7, 0.75, 0.5 * scale),
    )
    assert stage.engine.heard() == [
        ("touch", 0, 0.5, 0.5, False),
        ("touch", 1, 0.25, 0.25, False),
        ("touch", 0, 0.75, 0.5, True),
        ("release", 1),
        ("release", 0),
    ]


def test_the_mouse_plays_through_the_loop(stage: Any) -> None:
    stage.play(
        Event(pygame.MOUSEBUTTONDOWN, pos=(0, 0), button=1, touch=False),
        Event(pygame.MOUSEMOTION, pos=(799, 0), rel=(799, 0), buttons=(1, 0, 0), touch=False),
        Event(pygame.MOUSEBUTTONUP, pos=(799, 0), button=1, touch=False),
    )
    assert stage.engine.heard() == [
        ("touch", 0, 0.0, 0.0, False),
        ("touch", 0, 1.0, 0.0, True),
        ("release", 0),
    ]


def test_events_are_stamped_with_the_clock_of_the_engine(stage: Any) -> None:
    before = time.perf_counter()
    stage.play(finger(pygame.FINGERDOWN, 1, 0.5, 0.5))
    times = [event.time_s for event in stage.engine.events]
    assert times == sorted(times)
    assert before <= times[0] <= times[-1] <= time.perf_counter()


@pytest.mark.parametrize(("took_s", "rest_s"), [(0.005, 1 / 60 - 0.005), (0.016, 0.0016), (0.1, 0.01)])
def test_the_window_waits_after_a_frame_however_long_it_took(
    took_s: float, rest_s: float, stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, clock = stage.window, ManualClock(window_s := stage.window._next_frame_s)

    def draw(now_s: float) -> None:
        clock.advance_to(now_s + took_s)

    monkeypatch.setattr(base, "time", SimpleNamespace(perf_counter=clock.now))
    monkeypatch.setattr(window, "_draw", draw)
    window._turn()
    assert clock.now() == pytest.approx(window_s + took_s)
    assert window._next_frame_s - clock.now() == pytest.approx(rest_s)


def test_closing_the_window_releases_what_is_held(stage: Any) -> None:
    stage.play(finger(pygame.FINGERDOWN, 1, 0.5, 0.5))
    assert [one[0] for one in stage.engine.heard()] == ["touch", "release"]
    assert stage.engine.watched and not stage.engine.watch_mixture
    assert not pygame.display.get_init()


def test_a_touch_on_the_bar_is_no_music_and_a_touch_beside_an_open_menu_is(stage: Any) -> None:
    layout = stage.window._panel.layout
    word = next(c for c in layout.controls if c.name == "mode").rect.center
    at = (word[0] / 799, word[1] / 599)
    stage.play(
        finger(pygame.FINGERDOWN, 1, *at),
        finger(pygame.FINGERUP, 1, *at),
        finger(pygame.FINGERDOWN, 2, 0.1, 0.1),
        finger(pygame.FINGERUP, 2, 0.1, 0.1),
    )
    assert [one[0] for one in stage.engine.heard()] == ["touch", "release"]
    assert stage.window._panel.menu.entries == ()


def test_keys_reach_settings_and_engine(stage: Any) -> None:
    stage.play(
        key(pygame.K_2, "2"),
        key(pygame.K_SPACE, " "),
        key(pygame.K_m, "m"),
        key(pygame.K_s, "s"),
        key(pygame.K_r, "r"),
        key(pygame.K_p, "p"),
        key(pygame.K_RIGHT),
        Event(pygame.KEYUP, key=pygame.K_RIGHT, unicode="", mod=0),
        key(pygame.K_RIGHT),
        key(pygame.K_DOWN),
    )
    settings = stage.settings
    assert (settings.word("mode"), settings.word("instrument")) == ("duet", "chirp")
    assert settings.is_on("pause") and settings.is_on("mute")
    assert stage.engine.commands == ["reset", "panic"]
    assert settings.number("sigma_temperature") < 1.0


def test_a_key_lets_the_ghost_learn_and_another_goes_back(stage: Any) -> None:
    stage.play(key(pygame.K_a, "a"), key(pygame.K_a, "A", pygame.KMOD_LSHIFT))
    assert stage.adaptation.told == ["adapt"]  # a held key is one press
    stage.window._handle(Event(pygame.KEYUP, key=pygame.K_a, unicode="", mod=0), 0.0)
    stage.window._handle(key(pygame.K_a, "A", pygame.KMOD_LSHIFT), 0.0)
    assert stage.adaptation.told == ["adapt", "back"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("starting", "getting ready to learn from your playing: A stops it"),
        ("learning 42 %", "learning 42 % from your playing: A stops it"),
    ],
)
def test_what_the_ghost_that_learns_does_is_said_in_words(said: str, words: str) -> None:
    assert learning_words(said) == words
    assert find(ADAPT, key(pygame.K_a, "a")) == ADAPT[0]


def test_how_far_the_ghost_has_learned_is_shown_while_it_learns_and_not_after(stage: Any) -> None:
    def picture() -> bytes:
        list(stage.window._frame(time.perf_counter()))
        return pygame.image.tobytes(stage.window._display, "RGB")

    for _ in range(3):
        before = picture()
    stage.adaptation.said = "learning 42 %"
    assert picture() == before  # it is not at it
    stage.adaptation.is_busy = True
    during = picture()
    stage.adaptation.said = "learning 43 %"
    assert before != during != picture()
    stage.adaptation.is_busy = False
    assert picture() == before


def test_the_name_of_a_ghost_that_has_learned_can_be_read(stage: Any) -> None:
    """In the menu, which is as wide as it, and on the bar, where it has two lines."""
    layout, name = stage.window._panel.layout, "touch-2026-11-28-2"
    control = next(c for c in layout.controls if c.name == "model")
    narrow = menu(layout, control, stage.settings)[0].rect.width
    stage.settings.add_choice("model", name)
    entry = menu(layout, control, stage.settings)[1]
    assert narrow < entry.rect.width
    assert word(name, layout.letters(ENTRY), (0, 0, 0)).get_width() <= entry.rect.width - layout.px(24)
    assert in_two(name, 30, 100) == ("touch", "2026-11-28-2")
    assert in_two(name, 30, 1000) == (name,)
    assert in_two("-strings", 30, 10) == ("-strings",)


def test_a_held_key_turns_a_knob_on_but_does_not_switch_to_and_fro(stage: Any) -> None:
    up = Event(pygame.KEYUP, key=pygame.K_SPACE, unicode=" ", mod=0)
    stage.play(key(pygame.K_SPACE, " "), key(pygame.K_SPACE, " "), key(pygame.K_DOWN), key(pygame.K_DOWN))
    assert stage.settings.is_on("pause")
    twice = stage.settings.number("likeness")
    stage.window._handle(up, 0.0)
    stage.window._handle(key(pygame.K_SPACE, " "), 0.0)
    assert not stage.settings.is_on("pause")
    stage.window._handle(key(pygame.K_UP), 0.0)
    assert twice < stage.settings.number("likeness") < 0.6


def test_keys_make_the_ghost_more_and_less_like_you_and_its_knob_lights_up(stage: Any) -> None:
    stage.window._panel.selected = "volume"
    stage.play(key(pygame.K_l, "l"))
    assert stage.settings.number("likeness") == pytest.approx(0.7)
    assert stage.window._panel.selected == "likeness"


def test_shift_l_makes_it_less_like_you(stage: Any) -> None:
    stage.play(key(pygame.K_l, "L", pygame.KMOD_SHIFT), key(pygame.K_l, "L", pygame.KMOD_SHIFT))
    assert stage.settings.number("likeness") == pytest.approx(0.4)


def test_every_command_of_the_table_does_something(make_stage: MakeStage) -> None:
    for command in commands(Settings()):
        stage = make_stage()
        stage.window.act(command.name)  # KeyError: a key of the help that leads nowhere
        stage.play()


def test_escape_never_ends_the_evening_but_control_q_does(stage: Any) -> None:
    for _ in range(5):
        stage.window._handle(key(pygame.K_ESCAPE, "\x1b"), 0.0)
        stage.window._handle(Event(pygame.KEYUP, key=pygame.K_ESCAPE, unicode="\x1b", mod=0), 0.0)
    assert not stage.window._closing
    stage.window._handle(key(pygame.K_q, "\x11", pygame.KMOD_CTRL), 0.0)
    assert stage.window._closing


def test_escape_closes_help_then_menu(stage: Any) -> None:
    stage.window.act("help")
    stage.window.act("leave")
    assert not stage.window._panel.help_open


def test_the_help_shows_every_command_and_each_line_can_be_tapped(stage: Any) -> None:
    stage.window.act("help")
    frame(stage)
    canvas, found = stage.window._panel.layout.canvas, []
    for _ in range(stage.window._panel.n_help_pages):
        lines = stage.window._panel.help_lines
        assert all(canvas.contains(place) for place, _ in lines)
        assert all(not a.colliderect(b) for i, (a, _) in enumerate(lines) for b, _ in lines[i + 1 :])
        turner = lines[-1][0]
        found += [name for place, name in lines if place is not turner]
        stage.window._panel.gesture(Gesture(Phase.PRESS, 1, *turner.center, 0.0))
        stage.window._panel.gesture(Gesture(Phase.LIFT, 1, *turner.center, 0.1))
        frame(stage)
    assert found == [command.name for command in commands(stage.settings)]
    assert stage.window._panel.help_page == 0 and stage.window._panel.n_help_pages > 1


def test_hiding_the_bar_gives_the_canvas_the_whole_window(stage: Any) -> None:
    stage.window.act("bar")
    frame(stage)
    stage.play(finger(pygame.FINGERDOWN, 1, 0.5, 1.0))
    assert stage.engine.heard()[0] == ("touch", 0, 0.5, 1.0, False)


def frame(stage: Any) -> None:
    stage.window._draw(time.perf_counter())


def test_a_stroke_is_seen_in_the_next_frame_and_the_idle_window_rests(stage: Any) -> None:
    frame(stage)
    stage.window._handle(finger(pygame.FINGERDOWN, 1, 0.5, 0.5), time.perf_counter())
    frame(stage)
    canvas = stage.window._panel.layout.canvas
    display = pygame.display.get_surface()
    assert max(display.get_at((20, canvas.height // 2))[:3]) < 20
    assert min(display.get_at((400, 299))[:3]) > 150  # the head is nearly white
    red, green, blue = display.get_at((418, 299))[:3]
    assert red > green > blue  # and the player is warm


def test_nothing_is_drawn_while_nothing_changes(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    flips = []
    monkeypatch.setattr(pygame.display, "flip", lambda: flips.append(1))
    for _ in range(5):
        frame(stage)
    assert len(flips) == 1
    stage.settings.set("volume", 0.1)
    for _ in range(5):
        frame(stage)
    assert len(flips) == 2


def test_keys_in_the_middle_of_a_frame_do_not_break_it(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    polls: list[int] = []
    names = ["timing", "fullscreen", "bar", "help", "leave", "mode:loop", "bar", "fullscreen", "timing"]

    def poll() -> None:
        polls.append(1)
        if names and len(polls) % 2:
            stage.window.act(names.pop())

    monkeypatch.setattr(stage.window, "_poll", poll)
    for _ in range(12):
        stage.window._scene.refresh()
        frame(stage)
    assert names == []


def test_resizing_follows_and_keeps_the_ink(stage: Any) -> None:
    stage.window._handle(finger(pygame.FINGERDOWN, 1, 0.5, 0.5), time.perf_counter())
    frame(stage)
    pygame.display.set_mode((1100, 700), pygame.RESIZABLE)
    frame(stage)
    assert stage.window._panel.layout.size == (1100, 700)
    assert not stage.window._scene._canvas._ink.dark
    stage.play(finger(pygame.FINGERDOWN, 1, 1.0, 0.0))
    assert stage.engine.heard()[-2:] == [("touch", 0, 1.0, 0.0, False), ("release", 0)]


@pytest.mark.parametrize("size", [(120, 90), (480, 300), pytest.param((3840, 2160), marks=pytest.mark.slow)])
def test_every_size_draws(make_stage: MakeStage, size: tuple[int, int]) -> None:
    stage = make_stage(size)
    for name in ("help", "timing", "bar"):
        stage.window.act(name)
        frame(stage)
    stage.play()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_loop_and_puts_the_handlers_back(stage: Any, number: int) -> None:
    before = signal.getsignal(number)

    def kill() -> None:
        while signal.getsignal(number) is before:  # or it would end the tests
            time.sleep(0.005)
        os.kill(os.getpid(), number)

    killer = threading.Thread(target=kill)
    killer.start()
    stage.window.run()
    killer.join()
    assert signal.getsignal(number) is before


def test_another_thread_can_close_but_not_run(stage: Any) -> None:
    errors: list[str] = []

    def wrong() -> None:
        try:
            stage.window.run()
        except RuntimeError as error:
            errors.append(str(error))

    thread = threading.Thread(target=wrong)
    thread.start()
    thread.join()
    assert re.match("window: expected the main thread", errors[0])
    threading.Timer(0.05, stage.window.close).start()
    stage.window.run()


def test_no_display_is_an_error_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "there-is-none")
    pygame.display.quit()
    settings, sink = Settings(), CanvasSink()
    with pytest.raises(DisplayError, match="display: expected one to open a window on"):
        Window(None, settings, sink, None, WindowOptions(size=(640, 400)), None)  # type: ignore[arg-type]


def test_the_sink_drops_the_oldest_and_counts() -> None:
    sink = CanvasSink()
    for voice in range(MOST_WAITING + 1):
        sink.play(voice)  # type: ignore[arg-type]
    assert (sink.drain(), sink.n_dropped, len(sink)) == ([*range(1, MOST_WAITING + 1)], 1, 0)
    sink.panic()
    sink.close()
    assert sink.drain() == [None, None]


@pytest.mark.skipif(
    sys.platform != "linux" or os.access("/dev/dri/card0", os.R_OK),
    reason="has a screen without X or Wayland",
)
def test_a_driver_that_nobody_sees_is_no_display() -> None:
    """In a process of its own: the driver is chosen once."""
    code = "from app.window.display import WindowOptions, open_display; open_display(WindowOptions())"
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    blind = {name: value for name, value in os.environ.items() if name not in screens}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=blind, capture_output=True, text=True, check=False)
    assert "DisplayError: display: expected one to open a window on" in done.stderr


def test_a_window_that_is_made_too_small_grows_to_the_least_size(stage: Any) -> None:
    pygame.display.set_mode((200, 150), pygame.RESIZABLE)
    frame(stage)
    assert pygame.display.get_surface().get_size() == base.LEAST_SIZE
    assert stage.window._panel.layout.size == base.LEAST_SIZE


def test_the_grid_says_when_no_clock_comes_in_and_nothing_when_one_does(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.window.act("next:quantise")
    assert stage.window._scene.notices.shown(time.perf_counter())[0].startswith(
        "The grid waits for a MIDI clock"
    )
    stage.window._scene.notices = Notices()
    monkeypatch.setattr(stage.engine.beat, "bpm", lambda now_s: 120.0)
    stage.window.act("next:quantise")
    assert stage.window._scene.notices.shown(time.perf_counter())[0] == ""


def test_the_drawer_opens_by_key_and_button_and_closes_with_escape(make_stage: MakeStage) -> None:
    stage = make_stage((360, 640))
    panel = stage.window._panel
    button = next(c for c in panel.layout.controls if c.name == "drawer")
    panel.gesture(Gesture(Phase.PRESS, 1, *button.rect.center, 0.0))
    frame(stage)
    assert panel.layout.drawer.height and not panel.layout.drawer.colliderect(panel.layout.bar)
    assert panel.is_control(*panel.layout.drawer.center)
    knob = next(c for c in panel.layout.controls if c.name == "volume")
    panel.wheel(*knob.rect.center, 1.0)
    assert stage.settings.number("volume") == pytest.approx(0.82)
    before = pygame.display.get_surface().get_at(panel.layout.drawer.center)
    stage.window.act("leave")
    frame(stage)
    frame(stage)
    assert not panel.layout.drawer.height
    assert pygame.display.get_surface().get_at((180, 400)) != before
    stage.play(key(pygame.K_TAB, "\t"))
    assert panel.drawer_open
