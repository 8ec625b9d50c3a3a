"""The drawing canvas as a window: posted events, the real frames, pixels; a scripted ghost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pygame
import pytest

from app.core.events import Source, Touch
from app.sketch.sketcher import End
from app.window.draw.kept_drawings import Kept
from app.window.draw.modes import MODES
from app.window.draw.paper_strokes import Mark, Page, Sample
from app.window.draw.table import draw_commands, draw_settings
from app.window.input import Gesture, Phase
from models.manifest import Scale
from models.performance import read_performance
from models.strokes import resample
from tests.app.window.draw.stage import Ghost, Sketch, Stage, is_cool, is_warm

MakeStage = Callable[..., Stage]
LINE = ((0.2, 0.2), (0.3, 0.2), (0.4, 0.2))


@pytest.fixture
def make() -> Iterator[MakeStage]:
    yield Stage
    pygame.display.quit()


def finger(number: int, pixel: tuple[int, int]) -> dict[str, Any]:
    x, y = pixel[0] / 999, pixel[1] / 699
    return {"touch_id": 1, "finger_id": number, "x": x, "y": y, "dx": 0.0, "dy": 0.0, "pressure": 1.0}


def test_a_stroke_is_warm_and_the_ghosts_ending_is_cool(make: MakeStage) -> None:
    stage = make()
    stage.mouse(*LINE)
    stage.frame()
    assert is_warm(stage.colour(0.3, 0.2))
    stage.until_done()
    assert is_cool(stage.colour(0.5, 0.2)) and is_warm(stage.colour(0.3, 0.2))
    assert not is_warm(stage.colour(0.5, 0.8)) and not is_cool(stage.colour(0.5, 0.8))


def test_the_real_loop_draws_what_is_posted(make: MakeStage) -> None:
    stage = make()
    for x in (0.2, 0.3, 0.4):
        kind = pygame.MOUSEBUTTONDOWN if x == 0.2 else pygame.MOUSEMOTION
        extra = {"button": 1} if x == 0.2 else {"rel": (9, 0), "buttons": (1, 0, 0)}
        pygame.event.post(pygame.event.Event(kind, pos=stage.pixel(x, 0.2), touch=False, **extra))
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    stage.window.run()
    assert stage.who() == "p" and not stage.controller.player_draws  # closing lifts the pen
    assert [type(event).__name__ for event in stage.events] == ["Touch", "Touch", "Touch", "Release"]
    assert not pygame.display.get_init()


def test_one_pen_at_a_time_draws(make: MakeStage) -> None:
    stage = make()
    stage.post(pygame.FINGERDOWN, **finger(7, stage.pixel(0.2, 0.2)))
    stage.post(pygame.FINGERDOWN, **finger(8, stage.pixel(0.8, 0.8)))
    stage.post(pygame.FINGERMOTION, **finger(8, stage.pixel(0.9, 0.9)))
    stage.post(pygame.FINGERMOTION, **finger(7, stage.pixel(0.3, 0.2)))
    stage.post(pygame.FINGERUP, **finger(7, stage.pixel(0.3, 0.2)))
    stage.post(pygame.FINGERMOTION, **finger(8, stage.pixel(0.8, 0.7)))
    stage.post(pygame.FINGERUP, **finger(8, stage.pixel(0.8, 0.7)))
    assert stage.who() == "p"
    assert stage.controller.page.marks[0].drawn()[-1].tolist() == pytest.approx([30.0, 20.0], abs=0.5)


def test_a_finger_that_comes_as_a_mouse_too_draws_one_stroke(make: MakeStage) -> None:
    stage = make()
    at = stage.pixel(0.3, 0.3)
    stage.post(pygame.FINGERDOWN, **finger(7, at))
    stage.press(at)
    stage.post(pygame.FINGERUP, **finger(7, at))
    stage.lift(at)
    assert stage.who() == "p"


def test_the_edge_of_the_paper_stops_a_pen_and_beside_it_none_draws(make: MakeStage) -> None:
    stage = make()
    stage.mouse((-0.05, 0.5), (0.5, 0.5))
    assert stage.who() == ""
    stage.mouse((0.5, 0.5), (1.3, 0.5))
    assert stage.controller.page.marks[0].drawn()[-1].tolist() == pytest.approx([100.0, 50.0], abs=0.5)


@pytest.mark.parametrize("size", [(700, 1000), (1600, 1000), (480, 300), (1000, 701)])
def test_resizing_keeps_the_drawing_in_model_units(make: MakeStage, size: tuple[int, int]) -> None:
    stage = make()
    stage.mouse(*LINE)
    before = stage.controller.page.marks[0].drawn().copy()
    pygame.display.set_mode(size, pygame.RESIZABLE)
    stage.frame()
    assert np.array_equal(stage.controller.page.marks[0].drawn(), before)
    assert stage.window._panel.layout.size == size
    assert is_warm(stage.colour(0.3, 0.2))
    stage.mouse(*LINE)  # the same place of the paper is the same place of the drawing
    unit = 100.0 / stage.place.paper.width
    assert stage.controller.page.marks[-1].drawn()[-1].tolist() == pytest.approx([40.0, 20.0], abs=unit)
    first, last = stage.controller.page.marks
    assert last.corners[0] == pytest.approx(first.corners[0], abs=1.5)


def test_what_the_model_hears_does_not_depend_on_the_window(make: MakeStage) -> None:
    requests = []
    for size in ((1000, 700), (1600, 1000), (600, 800)):
        stage = make(size=size)
        t = np.linspace(0.0, 1.0, 40)
        stage.mouse(*zip(0.2 + 0.5 * t, 0.3 + 0.2 * np.sin(3 * t), strict=True))
        stage.frame(1.0)
        requests.append(stage.model_thread.requests[-1].strokes[0])
    assert max(map(len, requests)) - min(map(len, requests)) <= 2  # a pixel more or less
    evenly = [resample(one, 0.1)[:: max(1, len(resample(one, 0.1)) // 50)][:50] for one in requests]
    assert all(np.abs(one - evenly[0]).max() < 1.5 for one in evenly)


def test_keys_do_what_they_say(make: MakeStage) -> None:
    stage = make(mode="fan")
    stage.mouse(*LINE)
    stage.key(pygame.K_RETURN)
    stage.frame(0.4)
    assert stage.controller.ghost_turn.draws
    stage.key(pygame.K_z, "z")
    assert stage.who() == "p"
    stage.key(pygame.K_n, "n")
    assert stage.who() == "" and len(stage.controller.kept) == 1
    stage.mouse(*LINE)
    stage.key(pygame.K_r, "r")
    assert stage.who() == "" and len(stage.controller.kept) == 1
    for number, name in enumerate(MODES, start=1):
        stage.key(pygame.K_0 + number, str(number))
        assert stage.settings.word("mode") == name
        stage.frame()
    stage.key(pygame.K_SPACE, " ")
    stage.key(pygame.K_x, "x")
    assert stage.settings.is_on("pause") and stage.settings.is_on("fast")


@pytest.mark.parametrize("n_modes", [1, pytest.param(len(MODES), marks=pytest.mark.slow)])
def test_every_command_does_something_in_every_mode(make: MakeStage, n_modes: int) -> None:
    """Of all the commands, each in another mode; and, slowly, each in all of them."""
    modes = list(MODES)
    for number, command in enumerate(draw_commands(draw_settings(("kanji",), "kanji"))):
        for mode in (modes[(number + shift) % len(modes)] for shift in range(n_modes)):
            if command.name in ("switch:hear", "next:model", "save"):
                continue  # see the tests of these
            stage = make(mode=mode, size=(240, 160))
            stage.mouse(*LINE)
            stage.window.act(command.name)  # KeyError: a key of the help that leads nowhere
            stage.frame(0.1)


@pytest.mark.parametrize(
    "size", [(120, 90), (480, 300), (600, 900), pytest.param((1920, 1080), marks=pytest.mark.slow)]
)
def test_every_mode_draws_at_every_size(make: MakeStage, size: tuple[int, int]) -> None:
    for mode in MODES:
        stage = make(mode=mode, size=size)
        stage.settings.set("fast", True)
        stage.mouse(*LINE)
        stage.frame(0.1)
        for name in ("help", "timing", "help", "bar"):
            stage.window.act(name)
            stage.frame()


def test_the_buttons_are_within_reach_of_a_finger(make: MakeStage) -> None:
    stage = make()
    stage.mouse(*LINE)
    buttons = {control.name: control.rect.center for control in stage.window._panel.layout.controls}
    stage.tap(buttons["finish"])
    stage.frame(0.4)
    assert stage.controller.ghost_turn.draws
    stage.tap(buttons["undo"])
    assert stage.who() == "p"
    stage.tap(buttons["next"])
    assert stage.who() == "" and len(stage.controller.kept) == 1
    assert {"clear", "save", "help", "pause", "fast", "hear"} <= buttons.keys()


def test_the_fan_shines_at_the_tip_while_one_draws_and_goes_out(make: MakeStage) -> None:
    stage = make(mode="fan")
    stage.press(stage.pixel(0.2, 0.5))
    for x in np.linspace(0.2, 0.4, 20):
        stage.post(pygame.MOUSEMOTION, pos=stage.pixel(x, 0.5), rel=(1, 0), buttons=(1, 0, 0), touch=False)
        stage.frame()
    # The futures go to the right and a little down.
    ahead = [stage.colour(0.47, y) for y in np.linspace(0.5, 0.56, 30)]
    assert max(c[2] for c in ahead) > 60 and all(c[2] >= c[0] for c in ahead)
    assert stage.colour(0.47, 0.8)[2] < 40
    assert (
        len([request for request in stage.model_thread.requests if request.drawing is not None]) >= 19
    )  # with every frame
    stage.lift(stage.pixel(0.4, 0.5))
    stage.key(pygame.K_1, "1")
    stage.settings.set("threshold_s", 5.0)
    stage.frame(1.5)
    assert max(stage.colour(0.47, y)[2] for y in np.linspace(0.51, 0.56, 30)) < 40


def test_the_fan_goes_on_from_the_stroke_that_is_being_drawn(make: MakeStage) -> None:
    stage = make(mode="fan")
    stage.mouse((0.1, 0.1), (0.2, 0.1))
    stage.press(stage.pixel(0.2, 0.5))
    stage.post(pygame.MOUSEMOTION, pos=stage.pixel(0.4, 0.5), rel=(1, 0), buttons=(1, 0, 0), touch=False)
    stage.frame()
    rows = np.round(np.array(stage.ghost.state)).tolist()
    assert [row[2] for row in rows] == [0.0, 1.0, 0.0, 0.0]
    assert rows[3][:2] == [20.0, 0.0] and rows[2][:2] == [0.0, 40.0]


def test_inside_shows_units_bars_and_ellipses(make: MakeStage) -> None:
    stage = make(mode="inside", size=(1600, 1000))
    stage.settings.set("threshold_s", 5.0)
    stage.mouse(*LINE)
    stage.frame(0.6)
    assert stage.ghost.looked > 0
    beside = stage.place.beside
    part = pygame.surfarray.array3d(pygame.display.get_surface())[
        beside.left : beside.right, beside.top : beside.bottom
    ].astype(int)
    assert (part[:, :, 2] > part[:, :, 0] + 60).sum() > 2000  # the first layer glows one way
    assert (part[:, :, 0] > part[:, :, 2] + 60).sum() > 2000  # the second the other
    assert stage.colour(0.53, 0.2)[2] > 60  # the ring of the heavier component, 3 units around (50, 20)


def test_a_tap_on_an_ending_keeps_it(make: MakeStage) -> None:
    stage = make(mode="endings", size=(1600, 1000))
    stage.mouse(*LINE)
    stage.frame(4.0)
    assert len(stage.controller.ghost_turn.endings) == 9
    cell = stage.place.cells[4]
    pixels = pygame.surfarray.array3d(pygame.display.get_surface().subsurface(cell))
    colours = pixels.reshape(-1, 3).tolist()
    assert any(is_warm(tuple(c)) for c in colours) and any(is_cool(tuple(c)) for c in colours)
    stage.press(cell.center)
    stage.lift(stage.place.cells[0].center)  # slid off: not a tap
    assert len(stage.controller.ghost_turn.endings) == 9
    stage.tap(cell.center)
    stage.until_done()
    assert stage.who() == "pgg"
    assert is_cool(stage.colour(0.5, 0.2))


def test_free_fills_the_gallery_and_a_tap_brings_one_back(make: MakeStage) -> None:
    stage = make(mode="free", size=(1600, 1000))
    stage.settings.set("fast", True)
    stage.frame(3.0)
    n_kept = len(stage.controller.kept)
    assert n_kept >= 2
    stage.key(pygame.K_1, "1")
    stage.frame(0.5)
    stage.key(pygame.K_n, "n")
    stage.frame(0.2)
    n_kept = len(stage.controller.kept)
    stage.tap(stage.place.cells[0].center)
    assert stage.who() == "gg" and len(stage.controller.kept) == n_kept  # the paper was empty


@pytest.mark.parametrize(
    ("keys", "n_files"), [((pygame.K_r,), 0), ((pygame.K_z,), 0), ((pygame.K_n,), 1), ((), 1)]
)
def test_what_was_taken_back_leaves_no_recording(
    make: MakeStage, tmp_path: Path, keys: tuple[int, ...], n_files: int
) -> None:
    stage = make(folder=tmp_path)
    stage.mouse(*LINE)
    for code in keys:
        stage.key(code, chr(code))
    stage.frame()
    stage.controller.end(stage.now_s)
    stage.outputs.close()
    assert len([*tmp_path.iterdir()]) == n_files


def test_the_gallery_keeps_everything_and_scrolls_by_wheel_page_and_finger(make: MakeStage) -> None:
    stage = make(mode="free", size=(1600, 1000))
    stage.settings.set("pause", True)
    dot = Mark(Source.PLAYER, [Sample(10.0, 10.0, 0.0, 1.0, 1.0)], [(10.0, 10.0)], False)
    for _ in range(30):
        stage.controller.kept.append(Kept(Page([dot]), 100.0, "a"))
    stage.frame()
    beside = stage.place.beside.center

    def shown() -> tuple[int | None, int | None]:
        cells = stage.place.cells
        return tuple(stage.window._scene.cell_at(*cells[at].center) for at in (0, -1))  # type: ignore[return-value]

    assert shown() == (16, None)  # 8 rows of 4; the last has two
    stage.window._wheel(*beside, 1.0)
    assert shown() == (12, 27)
    for _ in range(9):
        stage.window._wheel(*beside, 1.0)
    assert shown() == (0, 15)
    stage.controller.kept.append(stage.controller.kept[0])
    assert shown() == (0, 15)  # whoever looks at old ones is not disturbed
    stage.window.act("next page")
    assert shown() == (16, None)
    stage.window.act("previous page")
    assert shown() == (0, 15)
    cell = stage.place.cells[-1]
    for phase, y in ((Phase.PRESS, 0), (Phase.DRAG, -cell.height), (Phase.LIFT, -cell.height)):
        stage.window._gesture(Gesture(phase, 1, cell.centerx, cell.centery + y, 1.0))
    assert shown() == (4, 19) and stage.who() == ""  # it scrolled, and opened nothing


def test_the_seal_shows_when_the_ghost_says_end(make: MakeStage) -> None:
    stage = make()
    stage.mouse(*LINE)
    stage.frame(0.1)
    corner = stage.place.paper.inflate(-60, -60).bottomright
    before = pygame.display.get_surface().get_at(corner)[:3]
    stage.until_done()
    stage.frame()
    assert stage.controller.page.end is End.END
    seal = pygame.display.get_surface().subsurface(pygame.Rect(corner[0] - 30, corner[1] - 5, 60, 30))
    blue = pygame.surfarray.array3d(seal)[:, :, 2]
    assert (blue > 150).mean() > 0.2 and max(before) < 60


def test_nothing_is_drawn_while_nothing_changes(make: MakeStage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = make()
    stage.mouse(*LINE)
    stage.until_done()
    stage.frame(1.0)
    sent: list[Any] = []
    monkeypatch.setattr(pygame.display, "update", sent.append)
    n_frames = len(stage.window._scene.timing.frames_s)
    stage.frame(1.0)
    assert sent == [] and len(stage.window._scene.timing.frames_s) == n_frames
    stage.settings.set("volume", 0.1)
    stage.frame(0.2)
    assert sent == [stage.window._panel.layout.bar]


def test_only_what_changed_is_sent_to_the_screen(make: MakeStage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = make(size=(1600, 1000))
    stage.press(stage.pixel(0.2, 0.2))
    stage.frame(0.1)
    sent: list[pygame.Rect] = []
    monkeypatch.setattr(pygame.display, "update", sent.append)
    for x in (0.21, 0.22, 0.23):
        stage.post(pygame.MOUSEMOTION, pos=stage.pixel(x, 0.2), rel=(1, 0), buttons=(1, 0, 0), touch=False)
        stage.frame()
        assert sent[-1].collidepoint(stage.pixel(x, 0.2))
    assert len(sent) == 3 and all(area.width < 260 and area.height < 260 for area in sent)


def test_drawing_where_it_changed_shows_what_drawing_everything_shows(make: MakeStage) -> None:
    for mode in ("complete", "inside", "endings"):
        stage = make(mode=mode)
        stage.settings.set("threshold_s", 0.2)
        stage.mouse(*LINE)
        stage.frame(3.0)
        stage.settings.set("pause", True)
        stage.frame(2.5)
        parts = pygame.surfarray.array3d(pygame.display.get_surface()).astype(int)
        stage.window._scene.refresh()
        stage.frame()
        whole = pygame.surfarray.array3d(pygame.display.get_surface()).astype(int)
        assert np.abs(parts - whole).max() <= 2, mode


def test_saving_writes_three_files_that_hold_the_drawing(make: MakeStage, tmp_path: Path) -> None:
    stage = make(folder=tmp_path)
    stage.key(pygame.K_w, "w")
    stage.frame()
    assert "Nothing to save" in stage.window._scene.notices.shown(stage.now_s + 1.0)[0]
    stage.mouse(*LINE)
    stage.until_done()
    stage.key(pygame.K_w, "w")
    stage.saver.close()
    stage.frame()
    assert sorted(path.suffix for path in stage.saver.paths) == [".csv", ".png", ".svg"]
    text = next(path for path in stage.saver.paths if path.suffix == ".svg").read_text("utf-8")
    assert text.count("<path") == 3 and text.count('data-by="ghost"') == 2
    found = read_performance(next(path for path in stage.saver.paths if path.suffix == ".csv"))
    assert set(found.source.tolist()) == {"player", "ghost"}


def test_a_recording_holds_one_drawing_and_begins_with_a_person(make: MakeStage, tmp_path: Path) -> None:
    stage = make(folder=tmp_path, mode="free")
    stage.settings.set("fast", True)
    stage.frame(2.0)
    assert list(tmp_path.iterdir()) == []  # what the ghost draws alone is not kept
    stage.key(pygame.K_1, "1")
    stage.key(pygame.K_r, "r")
    stage.frame()
    stage.mouse(*LINE)
    stage.until_done()
    stage.key(pygame.K_n, "n")
    stage.mouse(*LINE)
    stage.outputs.close()
    assert [len(read_performance(path)) > 3 for path in stage.outputs.paths] == [True, True]
    first, second = (read_performance(path) for path in stage.outputs.paths)
    assert set(first.source.tolist()) == {"player", "ghost"} and set(second.source.tolist()) == {"player"}


def test_what_sounds_is_what_is_drawn(make: MakeStage) -> None:
    stage = make()
    stage.mouse(*LINE)
    touches = [event for event in stage.events if isinstance(event, Touch)]
    assert [round(t.y, 2) for t in touches] == [0.2, 0.2, 0.2]
    assert [round((t.x - 0.5) * 1.6 + 0.5, 2) for t in touches] == [0.2, 0.3, 0.4]


def test_another_model_comes_without_a_gap_and_the_old_one_draws_until_then(make: MakeStage) -> None:
    go = threading.Event()
    other = Ghost(((50.0, 0.0, 0.0), (0.0, 50.0, 2.0)), scale=Scale(1000.0, 5.0, 20, (0.0, 0.0)))

    def load(name: str) -> Any:
        assert name == "other" and go.wait(60)
        return Sketch(other)  # type: ignore[arg-type]

    stage = make(load=load)
    stage.mouse(*LINE)
    stage.key(pygame.K_g, "g")
    stage.until_done()  # by the old one
    assert stage.controller.box == 100.0
    go.set()
    for _ in range(12_000):
        stage.frame()
        if stage.controller.box == 1000.0:
            break
        threading.Event().wait(0.005)
    assert stage.controller.box == 1000.0 and stage.who() == "pgg"
    stage.frame()
    assert is_warm(stage.colour(0.3, 0.2))
    stage.mouse((0.1, 0.6), (0.2, 0.6))
    stage.until_done()
    assert stage.controller.page.marks[-1].corners[0] == pytest.approx((250.0, 600.0), abs=3.0)


def test_a_model_that_cannot_draw_is_named_and_the_old_one_draws_on(make: MakeStage) -> None:
    stage = make()
    stage.key(pygame.K_g, "g")
    for _ in range(12_000):
        stage.frame()
        if stage.settings.word("model") == "scripted":
            break
        threading.Event().wait(0.005)
    stage.frame(0.2)
    assert stage.settings.word("model") == "scripted"
    assert "other cannot draw" in stage.window._scene.notices.shown(stage.now_s)[0]
