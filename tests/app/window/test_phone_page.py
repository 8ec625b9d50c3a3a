"""The page for phones: its code can be read, it opens and closes, and says how where no phone can come in."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pygame
import pytest

from app.core.parameters import Settings
from app.core.qr_code import QUIET, qr_modules
from app.core.way_in import ALONE, CLOSED, WayIn
from app.pictures.palette import load_palette
from app.window.layout import place
from app.window.phone_page import LIGHT, PhonePage
from tests.app.window.test_loop import finger, key

ADDRESS = "http://192.168.178.23:8080/?token=Xq0y_3Ad5-kk2RkQm4Nxpw"
LONG = "http://[fd00:1234:5678:9abc:def0:1234:5678:9abc]:65535/?token=" + 22 * "W"
OPEN = WayIn(ADDRESS, "")
SIZES = [(1600, 1000), (2560, 1440), (1280, 720), (800, 480), (480, 300), (700, 1200), (360, 300)]


def drawn(size: tuple[int, int], way_in: WayIn) -> tuple[np.ndarray, Any]:
    """The brightness of the display with the page, [rows, columns], and the layout."""
    display, layout = pygame.Surface(size), place(size, Settings())
    PhonePage(load_palette()).draw(display, layout, way_in)
    return pygame.surfarray.array3d(display).mean(2).T, layout


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.usefixtures("stage")
def test_the_code_is_drawn_module_by_module_within_its_quiet_zone(size: tuple[int, int]) -> None:
    picture, layout = drawn(size, OPEN)
    modules = np.array(qr_modules(ADDRESS))
    light = np.abs(picture - np.mean(LIGHT)) < 0.5
    full = light.sum(1) > 2 * len(modules)  # rows of pixels that go through the code
    rows, columns = np.flatnonzero(full), np.flatnonzero(light[full].any(0))
    across = len(modules) + 2 * QUIET
    side = rows[-1] - rows[0] + 1
    assert side % across == 0 and columns[-1] - columns[0] + 1 == side
    px = side // across
    code = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] < 128
    inside = code[px * QUIET : -px * QUIET, px * QUIET : -px * QUIET]
    assert (inside == np.kron(modules, np.ones((px, px), bool))).all()
    code[px * QUIET : -px * QUIET, px * QUIET : -px * QUIET] = False
    assert code.sum() <= 4 * (px * QUIET) ** 2 // 4  # dark is only the canvas at the round corners
    assert rows[0] >= layout.canvas.top and rows[-1] < layout.canvas.bottom
    if size[1] >= 700:  # read at two metres: a tenth of that high on a screen of 22 cm
        assert side > 0.5 * min(layout.canvas.size)


WAYS = [OPEN, WayIn(LONG, ""), WayIn("", CLOSED), WayIn("", ALONE)]


@pytest.mark.parametrize(  # quickly every size, and every way in once; slowly, each of these in each of those
    ("size", "way_in"),
    [
        pytest.param(size, way_in, marks=() if OPEN is way_in or SIZES[0] == size else pytest.mark.slow)
        for size in SIZES
        for way_in in WAYS
    ],
)
@pytest.mark.usefixtures("stage")
def test_nothing_is_cut(size: tuple[int, int], way_in: WayIn) -> None:
    picture, layout = drawn(size, way_in)
    canvas = picture[layout.canvas.top : layout.canvas.bottom]
    edge = np.concatenate([canvas[0], canvas[-1], canvas[:, 0], canvas[:, -1]])
    assert edge.max() - edge.min() < 4 and canvas.max() > 100


def test_it_closes_by_its_key_by_a_tap_and_by_escape(stage: Any) -> None:
    stage.way_in = OPEN
    panel, window = stage.window._panel, stage.window
    window.act("phones")
    assert panel.phones_open
    window.act("phones")
    assert not panel.phones_open
    window.act("phones")
    window.act("leave")
    assert not panel.phones_open
    window.act("help")
    window.act("phones")
    assert (panel.phones_open, panel.help_open) == (True, False)
    window.act("help")
    assert (panel.phones_open, panel.help_open) == (False, True)
    window.act("phones")
    stage.play(finger(pygame.FINGERDOWN, 1, 0.5, 0.5), finger(pygame.FINGERUP, 1, 0.5, 0.5))
    assert not panel.phones_open and stage.engine.heard() == []


def test_its_key_opens_it(stage: Any) -> None:
    stage.play(key(pygame.K_w, "w"))
    assert stage.window._panel.phones_open


def test_it_is_shown_while_it_is_open_with_the_address_there_is_then(stage: Any) -> None:
    def n_light() -> int:
        stage.window._draw(time.perf_counter())
        shown = pygame.surfarray.array3d(pygame.display.get_surface())
        return int((shown == LIGHT).all(2).sum())

    assert n_light() == 0
    stage.window.act("phones")
    assert n_light() == 0  # nobody can come in
    stage.window.act("phones")
    stage.way_in = OPEN
    stage.window.act("phones")
    assert n_light() > 10_000
    stage.window.act("phones")
    assert n_light() == 0


def test_while_it_is_open_the_bar_can_be_used(stage: Any) -> None:
    stage.window.act("phones")
    x, y = next(c for c in stage.window._panel.layout.controls if c.name == "mute").rect.center
    stage.play(finger(pygame.FINGERDOWN, 1, x / 799, y / 599), finger(pygame.FINGERUP, 1, x / 799, y / 599))
    assert stage.settings.is_on("mute") and stage.window._panel.phones_open
