"""The PNG and the GIF of a page: the ink is where the strokes are, in its colours, and the rest is dark."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.core.events import Source
from app.pictures.gif_palette import FINE, PLAIN, colour_table, dither, indices
from app.pictures.page.gif import FPS, RESTS_S, render_gif
from app.pictures.page.layout import PageLayout, lay_out
from app.pictures.page.png import pixels, render_png
from app.pictures.palette import Palette, load_palette
from app.sketch.drawing import Drawing

P, G = Source.PLAYER, Source.GHOST


@pytest.fixture(scope="module")
def palette() -> Palette:
    return load_palette()


def cross() -> Drawing:
    """The player across, the ghost down."""
    drawing = Drawing()
    drawing.add(P, np.array([(0.1, 0.5), (0.4, 0.5)]))
    drawing.add(G, np.array([(0.7, 0.1), (0.7, 0.9)]))
    return drawing


def page(*drawings: Drawing) -> PageLayout:
    return lay_out(drawings or (cross(), cross()), width_px=400)


def at(picture: np.ndarray, one: PageLayout, index: int, place: tuple[float, float]) -> np.ndarray:
    x, y = one.to_pixels(index, np.array([place]))[0].astype(int)
    return picture[y, x].astype(int)


def test_ink_lies_where_the_strokes_are_in_the_colours_of_who_drew(palette: Palette) -> None:
    picture = pixels(page(), palette)
    for index in (0, 1):
        assert at(picture, page(), index, (0.25, 0.5)) == pytest.approx(palette.stroke(P, 0), abs=25)
        assert at(picture, page(), index, (0.7, 0.5)) == pytest.approx(palette.stroke(G, 0), abs=25)
        assert at(picture, page(), index, (0.1, 0.1)).max() < 60
    assert picture[2, 2].max() < 20


def test_a_png_names_itself(tmp_path: Path, palette: Palette) -> None:
    render_png(page(), tmp_path / "a.png", palette=palette, title="kanji, seed 7", text="KanjiVG, © U. Apel")
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == page().size and picture.mode == "RGB"
        assert picture.info["Title"] == "kanji, seed 7"
        assert picture.info["Description"] == "KanjiVG, © U. Apel"
        caption = np.asarray(picture)[-int(page().margin_px * 0.7) : -int(page().margin_px * 0.3)]
        assert caption.max() > 80
        lit = np.flatnonzero((caption > 60).any(axis=(1, 2)))
        assert lit[-1] - lit[0] >= 8  # letters that can be read, also on a small page


@pytest.mark.parametrize(
    "strokes", [[], [[(0.5, 0.5)]], [[(0.5, 0.5)] * 3], [[(-9.0, 0.5), (9.0, 0.5)]]], ids=str
)
def test_dots_emptiness_and_far_strokes_are_painted(
    tmp_path: Path, palette: Palette, strokes: list[list[tuple[float, float]]]
) -> None:
    drawing = Drawing()
    for stroke in strokes:
        drawing.add(G, np.array(stroke))
    render_png(page(drawing), tmp_path / "a.png", palette=palette, title="t", text="")
    render_gif(page(drawing), tmp_path / "a.gif", palette=palette, text="")
    inked = (pixels(page(drawing), palette)[..., 2] > 200).any()
    assert inked == bool(strokes)


def frames(path: Path) -> tuple[list[np.ndarray], list[int]]:
    pictures, durations = [], []
    with Image.open(path) as gif:
        for number in range(gif.n_frames):  # type: ignore[attr-defined]
            gif.seek(number)
            pictures.append(np.asarray(gif.convert("RGB")))
            durations.append(gif.info["duration"])
        assert gif.info["loop"] == 0
    return pictures, durations


def test_the_animation_draws_in_order_and_rests(tmp_path: Path, palette: Palette) -> None:
    render_gif(page(), tmp_path / "a.gif", palette=palette, text="seed 7")
    pictures, durations = frames(tmp_path / "a.gif")
    player, ghost = (0.25, 0.5), (0.7, 0.5)
    seen = [[at(p, page(), 1, place).max() > 180 for p in pictures] for place in (player, ghost)]
    when = [one.index(True) for one in seen]
    assert 0 < when[0] < when[1] < len(pictures) - 1
    assert durations[-1] >= 1000 * RESTS_S and max(durations[:-1]) <= 10 * 1000 / FPS
    assert at(pictures[-1], page(), 0, player) == pytest.approx(palette.stroke(P, 0), abs=25)
    assert at(pictures[-1], page(), 0, ghost) == pytest.approx(palette.stroke(G, 0), abs=25)


def test_the_animation_ends_in_the_ink_of_the_picture(tmp_path: Path, palette: Palette) -> None:
    render_gif(page(), tmp_path / "a.gif", palette=palette, text="")
    last = frames(tmp_path / "a.gif")[0][-1].max(axis=2)
    still = pixels(page(), palette)[: int(page().size[1] - page().margin_px)].max(axis=2)
    last = last[: len(still)]
    assert (last[still > 210] > 170).all() and (last[still < 20] < 20).all() and (still > 210).any()


def test_the_pen_is_seen_while_it_draws_and_not_afterwards(tmp_path: Path, palette: Palette) -> None:
    render_gif(page(), tmp_path / "a.gif", palette=palette, text="")
    pictures = frames(tmp_path / "a.gif")[0]
    white = [int((p.min(axis=2) > 170).sum()) for p in pictures]
    assert min(white[:-2]) > 0 and white[-1] == 0


def test_ink_has_one_colour_of_the_table_that_of_the_palette(tmp_path: Path, palette: Palette) -> None:
    colours = colour_table(palette).astype(int)
    for source, start in ((P, 0), (G, FINE)):
        assert colours[start + PLAIN] == pytest.approx(np.array(palette.stroke(source, 0)), abs=4)
    light = np.zeros((2, 8, 8), np.float32)
    light[1] = 1.0
    assert set(indices(light, dither(8, 8)).ravel()) == {FINE + PLAIN}
