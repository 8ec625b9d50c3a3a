"""The palette: every colour is there, and of what it should be."""

from __future__ import annotations

import colorsys

from app.core.events import FIRST_FINGERS, Source
from app.pictures.palette import load_palette


def hue(colour: tuple[int, int, int]) -> float:
    return colorsys.rgb_to_hsv(*(channel / 255 for channel in colour))[0] * 360


def test_the_player_is_warm_the_ghost_is_cool_and_the_canvas_is_dark() -> None:
    palette = load_palette()
    assert palette.name == "night"
    assert all(hue(colour) < 60 or hue(colour) > 330 for colour in palette.player)
    assert all(150 < hue(colour) < 260 for colour in palette.ghost)
    assert sum(palette.background) < 60


def test_voices_have_their_own_colours_and_go_round() -> None:
    palette = load_palette()
    assert palette.stroke(Source.PLAYER, 0) == palette.player[0] != palette.stroke(Source.PLAYER, 1)
    assert palette.stroke(Source.GHOST, len(palette.ghost) + 1) == palette.ghost[1]


def test_people_at_pages_have_the_colours_that_their_pages_show() -> None:
    palette = load_palette()
    first = FIRST_FINGERS.start
    assert [palette.stroke(Source.PLAYER, first + n) for n in range(6)] == list(palette.people)
    assert palette.stroke(Source.PLAYER, FIRST_FINGERS.stop) in palette.player
    assert palette.stroke(Source.GHOST, first) in palette.ghost
