"""Windows of every size: nothing overlaps, nothing is cut, and every control is within reach."""

from __future__ import annotations

import itertools
import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pygame
import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from app.core.modes import MODES
from app.core.parameters import PARAMETERS, Settings, Switch
from app.pictures.live.paint import word
from app.pictures.palette import load_palette
from app.window.bar import LABEL, fitted
from app.window.base import LEAST_SIZE
from app.window.commands import GESTURES, commands
from app.window.display import WindowOptions, open_display
from app.window.draw.modes import MODES as DRAW_MODES
from app.window.draw.modes import Side
from app.window.draw.place import place as place_paper
from app.window.draw.table import BOARD, draw_settings
from app.window.help import INDENT, flow, help_lines, line_px
from app.window.input import Gesture, Phase
from app.window.layout import EVENING, Board, Kind, place
from app.window.overlay import Overlay
from app.window.panel import LONG_PRESS_S, Panel

FIXED = [(360, 640), (640, 360), (360, 300), (480, 300), (800, 600), (1000, 640), (1600, 1000), (2560, 1440)]
SIZES = st.one_of(
    st.sampled_from(FIXED), st.tuples(st.integers(LEAST_SIZE[0], 2560), st.integers(LEAST_SIZE[1], 1440))
)
LEAST_TARGET_PX = 22


@pytest.fixture(autouse=True, scope="module")
def display() -> Iterator[None]:
    pygame.display.init()
    pygame.font.init()
    pygame.display.set_mode((64, 64))
    yield
    pygame.display.quit()


def panel_of(
    settings: Settings,
    board: Board = EVENING,
    *,
    words: dict[str, str] | None = None,
    told: Callable[[str], None] = print,
) -> Panel:
    return Panel(settings, lambda name: None, told, board, lambda name: "", words or {})


def boards(mode: int) -> list[tuple[Settings, Board]]:
    """The play and the draw window's, each in one of its modes."""
    play, draw = Settings(), draw_settings(("kanji", "characters"), "kanji")
    play.set("mode", [*MODES][mode])
    draw.set("mode", [*DRAW_MODES][mode])
    return [(play, EVENING), (draw, BOARD)]


def check_apart(rects: Sequence[pygame.Rect], within: pygame.Rect) -> None:
    assert all(within.contains(rect) for rect in rects), (within, rects)
    for first, second in itertools.combinations(rects, 2):
        assert not first.colliderect(second), (first, second)


@profile(max_examples=80, deadline=None)
@given(size=SIZES, mode=st.integers(0, 4))
def test_nothing_overlaps_or_is_cut_and_every_control_is_in_reach(size: tuple[int, int], mode: int) -> None:
    window = pygame.Rect(0, 0, *size)
    for settings, board in boards(mode):
        closed, opened = (
            place(size, settings, board=board, drawer_open=is_open) for is_open in (False, True)
        )
        for layout in (closed, opened):
            check_apart([control.rect for control in layout.controls], window)
            check_apart([layout.canvas, layout.bar], window)
            assert min(min(control.rect.size) for control in layout.controls) >= LEAST_TARGET_PX
        wanted = {p for p in settings.snapshot() if isinstance(settings.parameter(p), Switch)}
        wanted |= set(board.buttons) | {"mode", "model", "instrument", "scale"}
        wanted |= {c.name for c in place((2560, 1440), settings, board=board).controls}
        names = [control.name for control in opened.controls]
        assert wanted <= set(names) and len(names) == len(set(names))
        if names != [control.name for control in closed.controls]:
            assert "drawer" in [control.name for control in closed.controls]
        assert closed.canvas.height >= 0.7 * size[1]


@profile(max_examples=40, deadline=None)
@given(size=SIZES, mode=st.integers(0, 4))
def test_every_word_on_the_bar_fits_its_control(size: tuple[int, int], mode: int) -> None:
    for settings, board in boards(mode):
        layout = place(size, settings, board=board, drawer_open=True)
        for control in layout.controls:
            if control.kind is Kind.KNOB:
                label, width = settings.parameter(control.name).label, control.rect.width - layout.px(6)
                picture = fitted(label, layout.letters(LABEL), (0, 0, 0), width)
                assert picture.get_width() <= control.rect.width, (label, layout.unit)


@profile(max_examples=40, deadline=None)
@given(
    size=SIZES,
    n_models=st.integers(1, 60),
    name=st.sampled_from(["ghost", "touch-2026-11-28-with-a-long-name"]),
)
def test_every_choice_of_a_menu_is_in_reach(size: tuple[int, int], n_models: int, name: str) -> None:
    settings = Settings(choices={"model": ("touch", *(f"{name}-{number}" for number in range(n_models)))})
    panel = panel_of(settings)
    panel.drawer_open = True
    panel.resize(size)
    control = next(c for c in panel.layout.controls if c.name == "model")
    tap(panel, control.rect.center)
    found: list[str] = []
    for _ in range(n_models + 1):
        check_apart([entry.rect for entry in panel.menu.entries], pygame.Rect(0, 0, *size))
        found += [entry.value for entry in panel.menu.entries if entry.kind is Kind.ENTRY]
        more = [entry for entry in panel.menu.entries if entry.kind is Kind.MORE]
        if not more or len(found) > n_models:
            break
        tap(panel, more[0].rect.center)
    assert found == ["touch", *(f"{name}-{number}" for number in range(n_models))]


def tap(panel: Panel, at: tuple[int, int]) -> None:
    panel.gesture(Gesture(Phase.PRESS, 1, *at, 1.0))
    panel.gesture(Gesture(Phase.LIFT, 1, *at, 1.1))


@profile(max_examples=40, deadline=None)
@given(size=SIZES, notices_px=st.integers(0, 100))
def test_every_line_of_the_help_is_on_a_page_and_no_notice_covers_it(
    size: tuple[int, int], notices_px: int
) -> None:
    settings = Settings()
    layout, lines = place(size, settings), help_lines(commands(settings), settings, GESTURES)
    placed = flow(lines, layout, notices_px)
    assert [one.line for one in placed] == list(lines)
    free = layout.canvas.copy()
    free.height -= 2 * line_px(layout)  # there the pages are turned
    free.height, free.top = free.height - notices_px, free.top + notices_px
    for page in range(placed[-1].page + 1):
        check_apart([one.rect for one in placed if one.page == page], free)
    px = line_px(layout)
    for one in placed:
        for words in one.words:
            shown = word(words, px, (255, 255, 255))
            assert one.rect.left + round(INDENT * px) + shown.get_width() <= one.rect.right, words


@profile(max_examples=30, deadline=None)
@given(
    size=SIZES,
    is_open=st.booleans(),
    text=st.sampled_from(
        ["", "Saved it", "Saved ghostjam-drawing in /" + "a-long-folder/" * 9, "one\ntwo\nthree"]
    ),
)
def test_notices_lie_in_the_window_and_over_no_control(
    size: tuple[int, int], is_open: bool, text: str
) -> None:
    settings = Settings()
    layout = place(size, settings, drawer_open=is_open)
    black = pygame.Surface(size)
    overlay = Overlay(load_palette(), settings)
    overlay.notes(black, layout, (text, 1.0), "learning 42 %", "volume: loudness of the sound")
    drawn = pygame.mask.from_threshold(black, (0, 0, 0), (1, 1, 1, 255))
    drawn.invert()
    box = drawn.get_bounding_rects()
    assert len(box) == (3 if text else 2)
    if not is_open and size[1] >= 600:  # an open menu covers none of them
        black.fill((0, 0, 0))
        overlay.notes(black, layout, (text, 1.0), above=size[1] - 300)
        assert not text or lowest(black) < size[1] - 300
    free = size[1] - (layout.bar.height + layout.drawer.height)
    if free > 0.5 * size[1] and free > 250:
        assert all(rect.bottom <= size[1] - layout.bar.height - layout.drawer.height for rect in box)


def lowest(picture: pygame.Surface) -> int:
    """The last row that is not black."""
    return int(pygame.surfarray.array3d(picture).any(axis=(0, 2)).nonzero()[0][-1])


@profile(max_examples=60, deadline=None)
@given(size=SIZES, mode=st.integers(0, 4))
def test_the_paper_and_what_is_beside_it_fit_the_canvas(size: tuple[int, int], mode: int) -> None:
    settings = boards(mode)[1][0]
    layout = place(size, settings, board=BOARD)
    side = [*DRAW_MODES.values()][mode].side
    found = place_paper(layout, side, 100.0)
    check_apart([found.paper, *found.cells], layout.canvas)
    assert found.paper.width >= 0.28 * min(size)
    assert len(found.cells) == {Side.ENDINGS: 9, Side.GALLERY: 16, Side.UNITS: 0}.get(side, len(found.cells))


def test_every_control_and_mode_says_what_it_does_under_a_resting_pointer_or_finger() -> None:
    for number in range(5):
        for settings, board in boards(number):
            words = {name: f"does {name}" for name in board.buttons}
            panel = panel_of(settings, board, words=words)
            panel.resize((1600, 1000))
            for control in panel.layout.controls:
                panel.point(*control.rect.center, 10.0)
                assert panel.explanation(10.1) == ""
                assert len(panel.explanation(11.0)) > 5, control
                panel.point(5, 5, 11.0)
                assert panel.explanation(20.0) == ""
                panel.gesture(Gesture(Phase.PRESS, 1, *control.rect.center, 30.0))
                assert len(panel.explanation(30.0 + LONG_PRESS_S)) > 5, control
                panel.gesture(Gesture(Phase.LIFT, 1, *control.rect.center, 40.0))
                panel.menu.close()
    panel = panel_of(Settings())
    panel.resize((1600, 1000))
    tap(panel, next(c for c in panel.layout.controls if c.name == "mode").rect.center)
    for entry in panel.menu.entries:
        panel.point(*entry.rect.center, 50.0)
        assert panel.explanation(51.0) == f"{entry.value}: {MODES[entry.value].help}"
        panel.point(5, 5, 51.0)


@pytest.mark.parametrize("size", [(1400, 900), (1000, 700), (700, 500)])
def test_the_help_begins_with_what_a_finger_does_and_no_page_is_nearly_empty(size: tuple[int, int]) -> None:
    settings = Settings()
    placed = flow(help_lines(commands(settings), settings, GESTURES), place(size, settings), 0)
    assert [one.line.name for one in placed[:2]] == ["fingers", "touch, draw"]
    n_lines = [sum(one.page == page for one in placed) for page in range(placed[-1].page + 1)]
    assert len(n_lines) > 1 and n_lines[-1] > max(n_lines) / 3
    for one, after in itertools.pairwise(placed):
        assert not one.line.is_heading or (one.page, one.rect.left) == (after.page, after.rect.left)


def test_the_help_says_of_every_parameter_and_mode_what_the_readme_says() -> None:
    settings = Settings()
    told = " ".join(line.words for line in help_lines(commands(settings), settings, GESTURES))
    assert all(parameter.help in told for parameter in PARAMETERS)
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8").replace("*", "")
    for mode in MODES.values():
        assert mode.help and mode.help in told
        assert f"| {mode.name} | {mode.help} |" in readme


def test_a_choice_of_one_says_so_by_key_and_by_finger() -> None:
    told: list[str] = []
    settings = Settings(choices={"model": ("touch",)}, why_not={"model": {"controller": "hears x1"}})
    panel = panel_of(settings, told=told.append)
    panel.resize((1600, 1000))
    panel.next_choice("model")
    tap(panel, next(c for c in panel.layout.controls if c.name == "model").rect.center)
    assert told == ["There is no other model than touch here (controller: for other input)."] * 2


def test_the_windows_have_an_icon_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[pygame.Surface] = []
    monkeypatch.setattr(pygame.display, "set_icon", given.append)
    open_display(WindowOptions(size=(400, 300)))
    pixels = pygame.surfarray.array3d(given[0]).reshape(-1, 3).astype(int)
    assert (pixels[:, 0] > pixels[:, 2] + 100).mean() > 0.03  # the player's stroke
    assert (pixels[:, 2] > pixels[:, 0] + 80).mean() > 0.03  # the ghost's
    assert given[0].get_at((0, 0))[3] == 0 and given[0].get_at((64, 64))[3] == 255
