"""The square of practice paper: a cross through the middle of the model's box, clear on an empty paper."""

from __future__ import annotations

import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pictures.palette import load_palette
from app.window.draw.guide import dashes
from app.window.draw.modes import MODES, Begins
from tests.app.window.draw.stage import Stage

DRAWN_IN = [name for name, mode in MODES.items() if mode.begins is not Begins.ALONE]


@given(st.integers(8, 2500), st.integers(1, 5), st.integers(2, 40), st.integers(0, 99))
def test_the_cross_is_the_same_to_all_sides_of_the_middle(side: int, line: int, length: int, at: int) -> None:
    paper = pygame.Rect(at, 2 * at, side, side)
    found = [dash.move(-paper.left, -paper.top) for dash in dashes(paper, line, length)]
    across = {(dash.left, dash.right) for dash in found[::2]}
    assert across == {(dash.top, dash.bottom) for dash in found[1::2]}
    assert across == {(side - right, side - left) for left, right in across}
    assert any(left < side / 2 < right for left, right in across), "a dash in the middle"
    for dash in found[::2]:
        assert abs(dash.top + dash.bottom - side) <= 1 and dash.height == line


def cross(stage: Stage) -> list[int]:
    """How bright the middle of the paper is, the paper beside it, and its edge."""
    middle = stage.place.to_pixels(stage.place.box / 2, stage.place.box / 2)
    paper = stage.place.paper
    places = [middle, (middle[0] + 30, middle[1] + 30), (paper.left, paper.centery)]
    surface = pygame.display.get_surface()
    return [sum(surface.get_at((int(x), int(y)))[:3]) for x, y in places]


@pytest.mark.parametrize("mode", DRAWN_IN)
def test_the_cross_is_in_the_middle_of_the_box_clear_on_an_empty_paper_and_then_faint(mode: str) -> None:
    stage = Stage(mode=mode)
    stage.settings.set("pause", True)  # the ghost leaves the paper alone
    stage.frame(2.0)
    palette = load_palette()
    clear, paper, edge = cross(stage)
    assert paper + 60 < clear < sum(palette.dim), "legible, and calmer than any word"
    assert paper + 30 < edge
    stage.mouse((0.1, 0.1), (0.2, 0.1))
    stage.frame(2.0)
    faint, paper, _ = cross(stage)
    assert paper + 30 < faint < clear - 30
    stage.key(pygame.K_r, "r")
    stage.frame(2.0)
    assert cross(stage)[0] == clear


def test_ink_is_not_covered_and_a_paper_at_rest_is_not_drawn_again() -> None:
    stage = Stage(mode="fan")
    stage.frame(2.0)
    n_frames = len(stage.window._scene.timing.frames_s)
    stage.frame(2.0)
    assert len(stage.window._scene.timing.frames_s) == n_frames
    stage.mouse((0.4, 0.5), (0.5, 0.5), (0.6, 0.5))
    stage.frame()
    red, _, blue = stage.colour(0.5, 0.5)
    assert red > 200 and red > blue + 80


def test_where_the_ghost_draws_alone_nobody_is_invited() -> None:
    stage = Stage(mode="free")
    stage.settings.set("pause", True)
    stage.frame(2.0)
    faint = cross(stage)[0]
    stage.settings.set("mode", "fan")
    stage.key(pygame.K_r, "r")
    stage.frame(2.0)
    assert cross(stage)[0] > faint + 30
