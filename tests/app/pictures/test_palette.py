"""Palettes: every colour is there, and a wrong file says what is wrong with it."""

from __future__ import annotations

import colorsys
from importlib.resources import files

import pytest

from app.core.events import FIRST_FINGERS, Source
from app.pictures.palette import PaletteError, load_palette, palette_names, parse_palette

TEXT = (files("assets") / "palettes" / "night.toml").read_text(encoding="utf-8")


def hue(colour: tuple[int, int, int]) -> float:
    return colorsys.rgb_to_hsv(*(channel / 255 for channel in colour))[0] * 360


@pytest.mark.parametrize("name", palette_names())
def test_the_player_is_warm_the_ghost_is_cool_and_the_canvas_is_dark(name: str) -> None:
    palette = load_palette(name)
    assert palette.name == name
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


def test_an_unknown_palette_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(PaletteError, match=r"palette: expected one of night, got '../secret'\."):
        load_palette("../secret")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('text = "#e6eaf2"', 'text = "white"', r'text: expected a colour as "#rrggbb", got \'white\'\.'),
        ('text = "#e6eaf2"', "text = 7", r'text: expected a colour as "#rrggbb", got 7\.'),
        ('text = "#e6eaf2"', "", "missing or unknown: text"),
        ('text = "#e6eaf2"', 'text = "#e6eaf2"\nsparkle = "#ffffff"', "missing or unknown: sparkle"),
        ('player = ["#f2a344"', 'player = ["orange"', r"player: expected a colour"),
        ("player = [", "player = [] #", r"player: expected a list of colours, got \[\]"),
        ('name = "night"', "name = ", "expected TOML"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(old: str, new: str, message: str) -> None:
    with pytest.raises(PaletteError, match=message):
        parse_palette(TEXT.replace(old, new))
