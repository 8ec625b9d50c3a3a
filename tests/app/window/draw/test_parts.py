"""The parts of the drawing canvas: places, stroke timing, the model thread, ink, overlay, saving, outputs."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.events import Event, Release, Source, Touch
from app.ghost import Ghost as RealGhost
from app.pictures.live.fading_light import plain_surface
from app.pictures.palette import load_palette
from app.recording.recorder import Recorder
from app.sketch.opening import open_drawing
from app.sketch.sketcher import Sketcher
from app.window.draw.futures_overlay import FuturesOverlay
from app.window.draw.light_segments import fan_segments, mixture_segments
from app.window.draw.model_thread import ModelThread
from app.window.draw.modes import MODES, Side
from app.window.draw.paper_strokes import Mark, Page
from app.window.draw.place import place, to_fractions
from app.window.draw.requests import Request, RequestKind, Response
from app.window.draw.save import Saver, save, to_drawing, to_page
from app.window.draw.splat import FuturesView, OverlayGrid
from app.window.draw.stroke_outputs import StrokeOutputs
from app.window.draw.stroke_raster import StrokeRaster
from app.window.draw.stroke_timing import StrokeTiming
from app.window.draw.table import BOARD, draw_commands, draw_settings
from app.window.layout import place as lay_out
from models.frame import Frame
from models.performance import read_performance
from models.strokes import to_points
from tests.app.sketch.fakes import SCALE
from tests.app.window.draw.stage import DONE, RIGHT, STROKES, Ghost, Sketch

NOW = datetime(2026, 1, 2, 3, 4, 5)


@pytest.mark.parametrize("side", list(Side))
@given(width=st.integers(480, 3000), height=st.integers(300, 2000))
def test_everything_has_its_place_in_every_window(side: Side, width: int, height: int) -> None:
    layout = lay_out((width, height), draw_settings(("kanji",), "kanji"), True, BOARD)
    found = place(layout, side, 109.0)
    assert found.paper.width == found.paper.height > 0
    assert layout.canvas.contains(found.paper)
    for cell in found.cells:
        assert layout.canvas.contains(cell) and not cell.colliderect(found.paper)
    for a, b in itertools.combinations(found.cells, 2):
        assert not a.colliderect(b)
    x, y = found.to_units(*found.to_pixels(12.5, 99.0))
    assert (x, y) == pytest.approx((12.5, 99.0))


def test_a_recording_has_the_paper_in_the_middle_of_its_canvas() -> None:
    assert to_fractions(50.0, 50.0, 100.0) == (0.5, 0.5)
    assert to_fractions(0.0, 100.0, 100.0) == pytest.approx((0.5 - 0.5 / 1.6, 1.0))


def test_every_mode_has_a_key_and_every_key_one_meaning() -> None:
    commands = draw_commands(draw_settings(("kanji",), "kanji"))
    keys = [key for command in commands for key in command.keys]
    assert len(keys) == len(set(keys))
    assert [command.name for command in commands][: len(MODES)] == [f"mode:{name}" for name in MODES]


# --- the hand ----------------------------------------------------------------------------------------


def test_the_hand_passes_every_point_and_lifts_between_strokes() -> None:
    stroke_timing = StrokeTiming(np.array(STROKES, np.float32), (0.0, 0.0), False, 100.0)
    passed = stroke_timing.advance(100.0)
    path = stroke_timing.path
    assert passed == list(range(len(path.places))) and stroke_timing.is_done
    assert path.corner[path.corner >= 0].tolist() == [0, 1, 2, 3, 4, 5]
    at = path.places[np.flatnonzero(path.corner >= 0)]
    assert at.tolist() == [[10, 0], [20, 0], [20, 10], [30, 10], [40, 10], [50, 10]]
    assert np.flatnonzero(path.begins).tolist() == [0, int(np.flatnonzero(path.corner == 3)[0])]
    assert path.lifts[[np.flatnonzero(path.corner == 2)[0], -1]].all() and path.lifts.sum() == 2
    assert (np.diff(path.time_s) >= 0).all()


def test_the_hand_is_slow_at_ends_and_corners() -> None:
    points = np.array([(0.0, 0.0, 0.0), (60.0, 0.0, 0.0), (0.0, 60.0, 2.0)], np.float32)
    path = StrokeTiming(points, (0.0, 0.0), False, 100.0).path
    speed = np.hypot(*np.diff(path.places, axis=0).T) / np.diff(path.time_s)
    corner = int(np.flatnonzero(path.corner == 1)[0])
    assert speed[corner // 2] > 2 * speed[0] and speed[corner // 2] > 2 * speed[corner]


def test_a_hand_in_the_middle_of_a_stroke_goes_on_with_it() -> None:
    stroke_timing = StrokeTiming(np.array([RIGHT, DONE], np.float32), (30.0, 30.0), True, 100.0)
    assert not stroke_timing.path.begins.any()
    assert stroke_timing.path.places[0].tolist() == [30.0, 30.0] and stroke_timing.path.corner[0] == -1
    assert stroke_timing.path.time_s[0] == 0.0


def test_points_at_the_same_place_are_all_passed() -> None:
    points = np.array([RIGHT, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), (5.0, 5.0, 0.0), (0.0, 0.0, 2.0)], np.float32)
    stroke_timing = StrokeTiming(points, (0.0, 0.0), False, 100.0)
    assert sum(stroke_timing.pass_point(index) for index in stroke_timing.advance(100.0)) == 5


def test_a_hand_stops_at_the_next_point_and_not_at_the_last() -> None:
    stroke_timing = StrokeTiming(np.array(STROKES, np.float32), (0.0, 0.0), False, 100.0)
    stroke_timing.advance(stroke_timing.path.time_s[3])
    index = stroke_timing.stop_at_next_point()
    assert index is not None and stroke_timing.path.corner[index] == 1
    assert stroke_timing.stop_at_next_point() == index
    assert stroke_timing.advance(100.0)[-1] == index and stroke_timing.is_done
    short = StrokeTiming(np.array([DONE], np.float32), (0.0, 0.0), False, 100.0)
    assert short.stop_at_next_point() is None


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50), st.sampled_from([0.0, 1.0])), max_size=30))
def test_a_hand_draws_whatever_a_model_says(rows: list[tuple[float, float, float]]) -> None:
    points = np.array(rows, np.float32).reshape(-1, 3)
    stroke_timing = StrokeTiming(points, (50.0, 50.0), False, 100.0)
    passed = stroke_timing.advance(1e6)
    assert np.isfinite(stroke_timing.path.places).all() and np.isfinite(stroke_timing.path.time_s).all()
    assert sum(stroke_timing.pass_point(index) for index in passed) == len(points)


# --- the model thread --------------------------------------------------------------------------------


def wait_for(answers: Callable[[], list[Any]]) -> list[Any]:
    for _ in range(12_000):
        if found := answers():
            return found
        time.sleep(0.005)
    raise AssertionError("no answer came")


def test_the_artist_answers_in_its_own_thread_and_the_newest_question_wins() -> None:
    ghost, threads, go = Ghost(STROKES), [], threading.Event()
    fan = ghost.fan

    def slow_fan(*args: Any, **kwargs: Any) -> np.ndarray:
        threads.append(threading.current_thread().name)
        assert go.wait(60)
        return fan(*args, **kwargs)

    ghost.fan = slow_fan  # type: ignore[method-assign]
    model_thread = ModelThread(Sketch(ghost))  # type: ignore[arg-type]
    model_thread.start()
    try:
        line = [np.array([[0, 0], [9, 0]], np.float32)]
        asked = [Request(RequestKind.FAN, line) for _ in range(4)]
        asked.append(Request(RequestKind.COMPLETE, line, box=100.0))
        model_thread.ask(asked[0])
        for _ in range(12_000):
            if threads:
                break
            time.sleep(0.005)
        for request in asked[1:]:
            model_thread.ask(request)
        go.set()
        found: list[Request] = []
        while len(found) < 3:
            found += [answer.request for answer in wait_for(model_thread.answers)]
        assert found == [asked[0], asked[4], asked[3]] and threads == ["model", "model"]
    finally:
        model_thread.stop()
    assert not model_thread._thread.is_alive()


def test_what_was_heard_is_not_heard_again_and_undo_is_an_ordinary_question() -> None:
    ghost = Ghost(STROKES)
    model_thread = ModelThread(Sketch(ghost))  # type: ignore[arg-type]
    fed: list[int] = []
    feed = ghost.feed
    ghost.feed = lambda rows: (fed.append(len(rows)), feed(rows))[1]  # type: ignore[method-assign]
    one, two = np.array([[0, 0], [9, 0]], np.float32), np.array([[0, 9], [9, 9]], np.float32)
    for drawing in (two[:1], two):
        model_thread.answer(Request(RequestKind.FAN, [one], drawing=drawing, box=100.0))
    assert fed == [2, 2, 2]  # the first stroke once, what is being drawn each time
    model_thread.answer(Request(RequestKind.FAN, [one, two], box=100.0))
    model_thread.answer(Request(RequestKind.FAN, [one], box=100.0))
    assert fed[3:] == [2, 2]  # the second stroke after the first; then the first alone
    assert [row[2] for row in ghost.state] == [0.0, 1.0]
    assert all(len(answer.futures) == 32 and not answer.fault for answer in model_thread.answers())


def test_the_model_is_told_where_on_the_paper_a_drawing_begins() -> None:
    ghost = Ghost(STROKES)
    ghost.manifest.drawing = replace(ghost.manifest.drawing, frames=(Frame(0.0, 0.0, 50.0, 50.0),))
    model_thread = ModelThread(Sketch(ghost))  # type: ignore[arg-type]
    line = np.array([[20, 60], [30, 60]], np.float32)
    model_thread.answer(Request(RequestKind.FAN, [], drawing=line, box=100.0))
    assert ghost.starts[-1] == (-30.0, 10.0)
    model_thread.answer(Request(RequestKind.FAN, [line], box=100.0))
    assert ghost.starts[-1] == (-30.0, 10.0)
    model_thread.answer(Request(RequestKind.FAN, [line + 10], box=100.0))
    assert ghost.starts[-1] == (-20.0, 20.0), "the same steps at another place are another drawing"
    assert not any(answer.fault for answer in model_thread.answers())


def test_what_is_seen_is_made_by_who_answers_and_belongs_to_one_place() -> None:
    model_thread, made_by = ModelThread(Sketch(Ghost(STROKES))), []  # type: ignore[arg-type]
    layout = lay_out((900, 700), draw_settings(("kanji",), "kanji"), True, BOARD)
    where = place(layout, Side.STRIP, 100.0)
    view = FuturesView(where, OverlayGrid(where.paper, where.paper))

    def show(answer: Response) -> object:
        made_by.append(threading.current_thread().name)
        return view(answer)

    model_thread.start()
    try:
        for what in (RequestKind.FAN, RequestKind.INSIDE):
            model_thread.ask(
                Request(what, [np.array([[20, 50], [50, 50]], np.float32)], box=100.0, show=show)
            )
            (answer,) = wait_for(model_thread.answers)
            futures_overlay, elsewhere = (
                FuturesOverlay(view.field, load_palette()),
                FuturesOverlay(field(), load_palette()),
            )
            futures_overlay.add(answer.seen, 1.0)
            elsewhere.add(answer.seen, 1.0)  # what was under way when the window got another size
            assert futures_overlay.seen is not None and futures_overlay.seen.inflate(40, 40).collidepoint(
                where.to_pixels(50, 50)
            )
            assert elsewhere.is_dark and answer.seconds > 0.0
    finally:
        model_thread.stop()
    assert made_by == ["model", "model"]


def test_the_units_are_those_after_the_last_point() -> None:
    """As a network has them that hears one point more: what it hears last is still to go in."""
    sketchers = [Sketcher(RealGhost.load("kanji", seed=1)) for _ in range(2)]
    line = np.array([[20, 20], [60, 20], [60, 60]], np.float32)
    model_thread = ModelThread(sketchers[0])
    model_thread.answer(Request(RequestKind.INSIDE, [line], box=109.0))
    (answer,) = model_thread.answers()
    heard = to_points([line, line[:1]], sketchers[1].scale.first, end=False)
    sketchers[1].reset(start=sketchers[0].snapshot().start)
    sketchers[1].hear(heard)
    assert answer.units is not None
    assert np.allclose(answer.units, sketchers[1].ghost.state.tensor[:-1, 0, 0], atol=1e-6)
    again = sketchers[0].ghost.state
    assert again.event is not None and again.event[2] == 1.0  # and it has not moved on


def test_a_fault_of_the_model_is_an_answer() -> None:
    ghost = Ghost(STROKES)
    model_thread = ModelThread(Sketch(ghost))  # type: ignore[arg-type]
    ghost.feed = lambda rows: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    model_thread.answer(Request(RequestKind.COMPLETE, [np.zeros((2, 2), np.float32)]))
    (answer,) = model_thread.answers()
    assert "division" in answer.fault and answer.drawn is None


# --- ink and overlay ---------------------------------------------------------------------------------


def inked(*marks: Mark, size: int = 200) -> np.ndarray:
    """A paper of 100 units on `size` pixels with these strokes, [x, y, 3]."""
    ink = StrokeRaster(plain_surface((size, size)), load_palette(), size)
    for _ in ink.draw(marks, 0.0, 0.0, size / 100.0):
        pass
    for _ in ink.develop():
        pass
    return pygame.surfarray.array3d(ink.surface).astype(int)


def mark_of(source: Source, *places: tuple[float, float]) -> Mark:
    mark = Mark(source)
    for index, (x, y) in enumerate(places):
        mark.add(x, y, 0.1 * index, 100.0)
    mark.is_open = False
    return mark


def test_ink_has_the_colour_of_its_hand_a_smooth_edge_and_a_halo() -> None:
    picture = inked(mark_of(Source.PLAYER, (20, 50), (80, 50)), mark_of(Source.GHOST, (20, 20), (80, 20)))
    warm, cool = picture[100, 100], picture[100, 40]
    assert warm[0] > 200 and warm[0] > warm[2] + 80 and cool[2] > 200 and cool[2] > cool[0] + 80
    column = picture[100, 100:130, 0]
    assert (np.diff(column) <= 0).all()  # from the middle outwards it only falls
    assert 5 < column[6] < 80 and column[-1] < 3
    assert picture[30, 100, 0] < 40 < picture[41, 100, 0]  # it ends where it ends


def test_ink_that_grows_is_the_ink_that_was_drawn_at_once() -> None:
    full = mark_of(Source.PLAYER, *[(20 + 2 * i, 50 + 10 * np.sin(i / 5)) for i in range(30)])
    growing = Mark(Source.PLAYER)
    ink = StrokeRaster(plain_surface((200, 200)), load_palette(), 200)
    for sample in full.ink:
        growing.ink.append(sample)
        growing.is_open = sample is not full.ink[-1]
        for _ in ink.draw([growing], 0.0, 0.0, 2.0):
            pass
        for _ in ink.develop():
            pass
    grown = pygame.surfarray.array3d(ink.surface).astype(int)
    assert np.abs(grown - inked(full)).max() <= 6


def test_ink_goes_through_its_places_sharp_where_it_turns() -> None:
    picture = inked(mark_of(Source.PLAYER, (20, 80), (50, 20), (80, 80)))[:, :, 0]
    assert picture[100, 40] > 200 and picture[100, 52] < 100, "a peak, and empty below it"
    assert picture[40, 160] > 150 and picture[160, 160] > 150


def test_a_dot_is_seen() -> None:
    assert inked(mark_of(Source.GHOST, (50, 50)))[100, 100, 2] > 200


def test_slow_ink_is_broad_and_quick_ink_is_thin() -> None:
    widths = []
    for step_s in (0.1, 0.005):
        mark = Mark(Source.PLAYER)
        for index in range(20):
            mark.add(4.0 * index, 0.0, step_s * index, 100.0)
        widths.append(mark.ink[-1].width)
    assert widths[0] > 1.3 * widths[1]


def field(left: int = 0, top: int = 0, size: int = 200) -> OverlayGrid:
    """Where the paper is the whole of the overlay."""
    area = pygame.Rect(left, top, size, size)
    return OverlayGrid(area, area)


def lit(futures_overlay: FuturesOverlay) -> np.ndarray:
    surface = pygame.Surface((200, 200))
    futures_overlay.draw(surface)
    return pygame.surfarray.array3d(surface).astype(int)[:, :, 2]


def test_the_fan_is_brighter_where_futures_agree_and_fades() -> None:
    futures_overlay = FuturesOverlay(field(), load_palette())
    up = np.array([[0.0, -30.0, 0.0]], np.float32)
    right = np.array([[30.0, 0.0, 0.0]], np.float32)
    futures_overlay.add(
        futures_overlay.field.splat(fan_segments([right, right, right, up], (100.0, 100.0), 2.0, True)), 0.1
    )
    light = lit(futures_overlay)
    assert light[130, 100] > light[100, 70] > 5 and light[60, 130] == 0
    for _ in range(200):
        futures_overlay.fade(0.02)
    assert futures_overlay.is_dark


def test_a_lifted_pen_leaves_little_light() -> None:
    futures_overlay = FuturesOverlay(field(), load_palette())
    future = np.array([[30.0, 0.0, 0.0], [0.0, 30.0, 1.0]], np.float32)
    futures_overlay.add(futures_overlay.field.splat(fan_segments([future], (60.0, 60.0), 2.0, False)), 1.0)
    light = lit(futures_overlay)
    assert light[120, 90] > 3 * light[90, 60]


def test_an_ellipse_lies_where_its_component_does() -> None:
    futures_overlay = FuturesOverlay(field(), load_palette())
    mixture = Ghost(STROKES).mixture()
    futures_overlay.add(futures_overlay.field.splat(mixture_segments(mixture, (100.0, 100.0), 2.0)), 1.0)
    light = lit(futures_overlay)
    assert light[126, 100] > 60 and light[114, 100] > 60  # 20 px to the right, a ring of 6 px
    assert light[120, 104] < 20


def test_light_beyond_the_paper_fades_towards_the_edge() -> None:
    sheet, paper = pygame.Rect(0, 0, 200, 200), pygame.Rect(60, 60, 80, 80)
    futures_overlay = FuturesOverlay(OverlayGrid(sheet, paper), load_palette())
    left = np.array([[-100.0, 0.0, 0.0]], np.float32)
    futures_overlay.add(futures_overlay.field.splat(fan_segments([left], (120.0, 100.0), 1.0, True)), 1.0)
    light = lit(futures_overlay)[:, 100]
    assert light[62] > 0.8 * light[100] > 20 and 5 < light[30] < 0.8 * light[62] and light[4] <= 2


def test_haze_of_another_time_constant_is_as_bright() -> None:
    levels = []
    for fade_s in (0.1, 0.5):
        futures_overlay = FuturesOverlay(field(), load_palette())
        futures_overlay.fade_s = fade_s
        right = futures_overlay.field.splat(
            fan_segments([np.array([[60.0, 0.0, 0.0]])], (40.0, 100.0), 1.0, True)
        )
        for _ in range(200):
            futures_overlay.fade(1 / 60)
            futures_overlay.add(right, 1 / 60)
        levels.append(lit(futures_overlay)[60, 100])
    assert levels[0] == pytest.approx(levels[1], rel=0.1) and levels[0] > 30


def test_light_looks_the_same_in_a_window_of_any_size() -> None:
    pictures = []
    for size in (400, 800, 1600):
        futures_overlay = FuturesOverlay(field(0, 0, size), load_palette())
        bent = np.array([[30.0, 10.0, 0.0], [10.0, 40.0, 0.0]], np.float32)
        futures_overlay.add(
            futures_overlay.field.splat(fan_segments([bent], (size * 0.2, size * 0.3), size / 100, True)), 1.0
        )
        surface = pygame.Surface((size, size))
        futures_overlay.draw(surface)
        small = pygame.transform.smoothscale(surface, (50, 50))
        pictures.append(pygame.surfarray.array3d(small).astype(int)[:, :, 2])
    assert np.abs(pictures[1] - pictures[2]).max() < 4 and pictures[1].max() > 14
    assert futures_overlay.field.size[0] == 400, "and costs no more"


def test_haze_outside_is_left_out() -> None:
    futures_overlay = FuturesOverlay(field(50, 50, 100), load_palette())
    far = np.array([[900.0, 900.0, 0.0]], np.float32)
    assert futures_overlay.field.splat(fan_segments([-far], (40.0, 40.0), 2.0, True)) is None
    futures_overlay.add(futures_overlay.field.splat(fan_segments([far, far], (60.0, 60.0), 2.0, True)), 1.0)
    assert lit(futures_overlay)[:48].max() == 0


# --- saving, sound, recording ------------------------------------------------------------------------


def page_of_both() -> Page:
    page = Page()
    for source, y in ((Source.PLAYER, 20.0), (Source.GHOST, 60.0)):
        mark = mark_of(source, (10.0, y), (50.0, y + 5), (90.0, y))
        mark.finish(SCALE)
        page.marks.append(mark)
    return page


def test_a_page_is_a_drawing_and_a_page_again() -> None:
    page = page_of_both()
    again = to_page(to_drawing(page, SCALE), SCALE)
    assert [mark.source for mark in again.marks] == [Source.PLAYER, Source.GHOST]
    for one, other in zip(page.marks, again.marks, strict=True):
        assert np.allclose(one.drawn(), other.drawn(), atol=1e-3)
        assert np.allclose(one.corners, other.corners, atol=1e-3)
        assert not other.is_open


def test_saving_twice_in_a_second_keeps_both_and_the_recording_opens(tmp_path: Path) -> None:
    paths = []
    for _ in range(2):
        paths += save(page_of_both(), SCALE, tmp_path, load_palette(), "kanji", lambda: NOW)
    assert len(set(paths)) == 6 and all(path.stat().st_size > 100 for path in paths)
    found = to_page(open_drawing(paths[2], SCALE), SCALE)
    assert [mark.source for mark in found.marks] == [Source.PLAYER, Source.GHOST]
    assert found.marks[0].corners == [pytest.approx(c, abs=0.2) for c in page_of_both().marks[0].corners]


class FakeSound:
    """A sound that writes down what it is told."""

    def __init__(self, notice: str = "") -> None:
        self.notice = notice
        self.told: list[Any] = []

    def play(self, event: Event) -> None:
        self.told.append(type(event).__name__)

    def set(self, name: str, value: Any) -> None:
        self.told.append((name, value))

    def panic(self) -> None:
        self.told.append("panic")

    def close(self) -> None:
        self.told.append("close")


def stroke(outputs: StrokeOutputs, source: Source = Source.PLAYER) -> None:
    outputs.play(Touch(1.0, source, 0, 0.5, 0.5, False))
    outputs.play(Touch(1.1, source, 0, 0.6, 0.5, True))
    outputs.play(Release(1.2, source, 0))


def test_the_sound_card_is_opened_when_somebody_wants_to_hear(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[dict[str, Any]] = []
    sound = FakeSound("no sound card: playing on silently")

    def open_sound(**kwargs: Any) -> FakeSound:
        opened.append(kwargs)
        return sound

    settings = draw_settings(("kanji",), "kanji")
    monkeypatch.setattr("app.sound.remote.SoundSink", open_sound)
    outputs = StrokeOutputs(settings, None)
    stroke(outputs)
    assert opened == [] and outputs.notice() == ""
    outputs.play(Touch(1.0, Source.PLAYER, 0, 0.5, 0.5, False))
    settings.set("hear", True)
    assert opened == [{"instrument": "strings", "scale": "free", "volume": 0.8}]
    outputs.play(Touch(1.1, Source.PLAYER, 0, 0.6, 0.5, True))  # in the middle of a stroke: not heard
    stroke(outputs, Source.GHOST)
    settings.set("volume", 0.3)
    settings.set("hear", False)
    stroke(outputs)
    outputs.close()
    assert sound.told == ["Touch", "Touch", "Release", ("volume", 0.3), "panic", "close"]
    assert [outputs.notice(), outputs.notice()] == ["no sound card: playing on silently", ""]


def test_a_folder_that_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    outputs = StrokeOutputs(draw_settings(("kanji",), "kanji"), tmp_path / "file" / "folder")
    stroke(outputs)
    for _ in range(12_000):
        if notice := outputs.notice():
            break
        time.sleep(0.005)
    assert notice.startswith("Not recording") and outputs.notice() == ""
    outputs.close()
    assert outputs.paths == []


class SlowRecorder(Recorder):
    """A recorder on a disk that takes its time."""

    may_close = threading.Event()

    def close(self) -> None:
        assert self.may_close.wait(20)
        super().close()


def test_another_drawing_does_not_wait_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SlowRecorder, "may_close", threading.Event())
    monkeypatch.setattr("app.window.draw.stroke_outputs.Recorder", SlowRecorder)
    outputs = StrokeOutputs(draw_settings(("kanji",), "kanji"), tmp_path)
    for _ in range(3):
        stroke(outputs)
        outputs.new_drawing()  # would fail after 20 s if it waited
    assert outputs.paths == [] and outputs.notice() == ""
    SlowRecorder.may_close.set()
    outputs.close()
    assert len(set(outputs.paths)) == 3 and all(len(read_performance(path)) == 3 for path in outputs.paths)


def test_a_drawing_that_was_cleared_leaves_no_file(tmp_path: Path) -> None:
    outputs = StrokeOutputs(draw_settings(("kanji",), "kanji"), tmp_path)
    for is_kept in (False, True, False):
        stroke(outputs)
        wait_for(lambda: outputs._recorder is not None and outputs._recorder.paths)
        outputs.new_drawing(is_kept)
    outputs.close()
    assert outputs.paths == [*tmp_path.iterdir()] and len(outputs.paths) == 1


def test_a_recording_that_fails_when_its_drawing_is_over_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SlowRecorder, "may_close", threading.Event())
    monkeypatch.setattr("app.window.draw.stroke_outputs.Recorder", SlowRecorder)
    outputs = StrokeOutputs(draw_settings(("kanji",), "kanji"), tmp_path)
    stroke(outputs)
    recorder = outputs._recorder
    assert recorder is not None
    outputs.new_drawing()
    stroke(outputs)
    wait_for(lambda: recorder.paths)  # it fails after it began
    recorder.notice = "Not recording: the disk is full"
    assert [outputs.notice(), outputs.notice()] == ["Not recording: the disk is full", ""]
    outputs.new_drawing()
    SlowRecorder.may_close.set()
    outputs.close()
    assert len(outputs.paths) == 2 and outputs.notice() == ""


def test_pages_saved_in_one_moment_are_all_there(tmp_path: Path) -> None:
    saver = Saver(tmp_path, load_palette())
    for _ in range(2):
        saver.save(page_of_both(), SCALE, "kanji")
    saver.close()
    assert len(set(saver.paths)) == len(list(tmp_path.iterdir())) == 6
    assert all(path.stat().st_size > 0 for path in saver.paths)


def test_a_page_that_cannot_be_drawn_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ValueError("no such colour.")

    monkeypatch.setattr("app.window.draw.save.render_png", fails)
    saver = Saver(tmp_path, load_palette())
    saver.save(page_of_both(), SCALE, "kanji")
    saver.close()
    assert [saver.notice(), saver.notice()] == ["Not saved: no such colour.", ""]
