"""The drawing canvas on a real X server: the real program and model, a mouse that draws, its pixels."""

from __future__ import annotations

import signal

import pytest
from pygame import Rect

from tests.contract.screen import PATIENCE_S, Screen, missing_tools, open_screen, wait_for
from tests.contract.screen_draw import TREE, draw, drawing, place_of

pytestmark = [
    pytest.mark.window,
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_tools()), reason="needs Xvfb and xdotool"),
]


def coloured(screen: Screen, area: Rect) -> tuple[int, int]:
    """How many pixels of ink there are in a part of the screen: warm, cool."""
    picture = screen.picture()[area.top : area.bottom, area.left : area.right].astype(int)
    warm = (picture[:, :, 0] > 180) & (picture[:, :, 0] > picture[:, :, 2] + 70)
    cool = (picture[:, :, 2] > 180) & (picture[:, :, 2] > picture[:, :, 0] + 70)
    return int(warm.sum()), int(cool.sum())


def test_a_person_draws_and_the_ghost_finishes() -> None:
    where = place_of("complete")
    with open_screen() as screen, drawing(screen, "complete", "--seed", "12", "--fast") as process:
        assert coloured(screen, where.paper) == (0, 0)
        draw(screen, where, TREE[:2])
        wait_for(lambda: coloured(screen, where.paper)[0] > 5000)
        wait_for(lambda: coloured(screen, where.paper)[1] > 1000)
        screen.do("key", "r")
        wait_for(lambda: coloured(screen, where.paper) == (0, 0))
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0


def test_the_fan_shines_where_the_pen_is_and_control_q_ends_it() -> None:
    where = place_of("fan")
    with open_screen() as screen, drawing(screen, "fan", "--seed", "12") as process:
        before = screen.picture().astype(int)
        draw(screen, where, TREE[:2])
        right = Rect(where.paper.centerx, where.paper.top, where.paper.width // 2, where.paper.height)

        def shine() -> bool:
            now = screen.picture().astype(int)
            brighter = (now - before)[right.top : right.bottom, right.left : right.right, 2] > 12
            return bool(brighter.sum() > 500)

        wait_for(shine)
        # Light where futures agree: 3600 to 3900 once it stands still, with five seeds, less while it comes.
        # Nothing is drawn for a person in this mode: that would be more than 5000.
        assert coloured(screen, where.paper)[1] < 4500
        screen.do("key", "ctrl+q")
        assert process.wait(PATIENCE_S) == 0


def test_free_fills_the_gallery() -> None:
    where = place_of("free")
    with open_screen() as screen, drawing(screen, "free", "--seed", "12", "--fast") as process:
        wait_for(lambda: coloured(screen, where.cells[2])[1] > 50)
        assert process.poll() is None
