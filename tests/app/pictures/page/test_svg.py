"""The SVG of a page: a group a drawing, a path a stroke, and that read back; hostile files are refused."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.events import Source
from app.pictures.curves import beziers
from app.pictures.page.layout import lay_out
from app.pictures.page.svg import render_svg, svg_text
from app.pictures.palette import Palette, load_palette
from app.pictures.svg_words import path_data
from app.sketch.drawing import Drawing
from app.sketch.opening import open_drawing
from models.formats.svg import MOST_PAGE_BYTES as MOST_BYTES
from models.formats.svg_page import read_title
from models.manifest import Scale
from models.performance import PerformanceError

P, G = Source.PLAYER, Source.GHOST
SVG = "{http://www.w3.org/2000/svg}"
SCALE = Scale(box=100.0, epsilon=1.0, longest=20, first=(0.0, 0.0))
ANGLE = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8))
LINE = ((0.1, 0.9), (0.9, 0.9))


@pytest.fixture(scope="module")
def palette() -> Palette:
    return load_palette()


def drawing(*strokes: tuple[Source, tuple[tuple[float, float], ...]]) -> Drawing:
    found = Drawing()
    for source, places in strokes:
        found.add(source, np.array(places))
    return found


DRAWINGS = [
    drawing((P, ANGLE), (G, LINE)),
    drawing((G, LINE)),
    drawing((G, ((0.5, 0.5),)), (G, ANGLE), (P, LINE)),
    drawing(),
]


def parsed(palette: Palette) -> ElementTree.Element:
    return ElementTree.fromstring(svg_text(lay_out(DRAWINGS), palette, "a <page>", "R & D\x00").encode())


def test_every_drawing_is_a_group_and_every_stroke_a_path(palette: Palette) -> None:
    root = parsed(palette)
    groups = [g for g in root.iter(f"{SVG}g") if g.get("id") != "drawings"]
    assert [g.get("id") for g in groups] == ["drawing-1", "drawing-2", "drawing-3", "drawing-4"]
    assert [len(list(g)) for g in groups] == [2, 1, 3, 0]
    assert len(list(root.iter(f"{SVG}path"))) == 6


def test_the_player_is_warm_and_the_ghost_is_cool(palette: Palette) -> None:
    root = parsed(palette)
    (everything,) = (g for g in root.iter(f"{SVG}g") if g.get("id") == "drawings")
    assert everything.get("stroke") == "#{:02x}{:02x}{:02x}".format(*palette.stroke(G, 0))
    assert everything.get("stroke-linecap") == "round" and everything.get("fill") == "none"
    warm = [path.get("stroke") for path in root.iter(f"{SVG}path")]
    player = "#{:02x}{:02x}{:02x}".format(*palette.stroke(P, 0))
    assert warm == [player, None, None, None, None, player]


def test_words_are_escaped(palette: Palette) -> None:
    root = parsed(palette)
    assert root.findtext(f"{SVG}title") == "a <page>" and root.findtext(f"{SVG}desc") == "R & D"


def through(*places: tuple[float, float]) -> str:
    return path_data(beziers(np.array(places)), np.array(places[0]))


def test_paths_are_plain_numbers() -> None:
    assert through((1.0, 2.0), (3.456, 4.0)) == "M 1,2 L 3.46,4"
    assert through((1.0, 2.0)) == "M 1,2 h 0.01"
    assert through((0.0, 0.0), (0.0, 50.0), (50.0, 50.0)) == "M 0,0 L 0,50 L 50,50"
    bend = through((0.0, 0.0), (50.0, 0.0), (90.0, 20.0))
    assert bend.startswith("M 0,0 C ") and bend.endswith(" 90,20") and bend.count("C") == 2


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_drawing_is_read_back(tmp_path: Path, palette: Palette, index: int) -> None:
    path = tmp_path / "page.svg"
    render_svg(lay_out(DRAWINGS), path, palette=palette, title="", text="")
    again = open_drawing(path, SCALE, index)
    assert [s.source for s in again.strokes] == [s.source for s in DRAWINGS[index].strokes]
    for read, written in zip(again.strokes, DRAWINGS[index].strokes, strict=True):
        assert read.places == pytest.approx(written.places, abs=1e-4)


def test_what_is_not_there_is_not_read(tmp_path: Path, palette: Palette) -> None:
    path = tmp_path / "page.svg"
    render_svg(lay_out(DRAWINGS), path, palette=palette, title="", text="")
    with pytest.raises(PerformanceError, match=r"page\.svg: index: expected 0 to 3, got 4"):
        open_drawing(path, SCALE, 4)
    with pytest.raises(PerformanceError, match="expected at least one path"):
        open_drawing(path, SCALE, 3)
    with pytest.raises(PerformanceError, match=r"nowhere\.svg: expected a file that can be read"):
        open_drawing(tmp_path / "nowhere.svg", SCALE)


@pytest.mark.parametrize("title", ["kanji", "a <page>", ""])
def test_the_title_is_read_back(tmp_path: Path, palette: Palette, title: str) -> None:
    path = tmp_path / "page.svg"
    render_svg(lay_out(DRAWINGS), path, palette=palette, title=title, text="words")
    assert read_title(path) == title


@pytest.mark.parametrize("text", ["", "<svg/>", "<svg", "<svg><g><title>kanji</title></g></svg>"])
def test_a_file_without_a_title_has_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "page.svg"
    path.write_text(text, encoding="utf-8")
    assert read_title(path) == "" == read_title(tmp_path / "nowhere.svg")


def page(data: str = "M 1,1 L 5,5", canvas: str = "0 0 10", group: str = "drawing-1") -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"><g id="{group}" data-canvas="{canvas}">'
        f'<path data-by="player" d="{data}"/></g></svg>'
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected XML, got"),
        ("<svg", "expected XML, got"),
        ("\x00\xff", "expected XML, got"),
        ('<?xml version="1.0" encoding="klingon"?><svg/>', "expected XML, got"),
        ("<html/>", "expected a root <svg>"),
        (page(group="layer-1"), "expected a root <svg>"),
        (page(canvas=""), "data-canvas: expected"),
        (page(canvas="0 0 0"), "data-canvas: expected"),
        (page(canvas="0 0 1e999"), "data-canvas: expected"),
        (page(data=""), "path 1: expected one M"),
        (page(data="m 1,1 l 5,5"), "path 1: expected one M"),
        (page(data="L 1,1"), "path 1: expected one M"),
        (page(data="M 1,1 L 5"), "path 1: expected one M"),
        (page(data="M 1,1 C 5,5 6,6"), "path 1: expected one M"),
        (page(data="M 1,1 M 5,5"), "path 1: expected one M"),
        (page(data="M 1,1 A 5,5 0 0 0 1,1"), "path 1: expected one M"),
        (page(data="M 1,1 L 1e999,5"), "path 1: expected places within 10 sides of the canvas, got inf"),
        (page(data="M 1,1 L 1e9,5"), "path 1: expected places within 10 sides of the canvas, got 1e"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "bb">]>' + page(), "no entities"),
    ],
)
def test_a_file_that_is_no_page_is_refused_in_one_line(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "page.svg"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(PerformanceError, match=expected) as caught:
        open_drawing(path, SCALE)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


@given(data=st.text("MLCh0123456789.,- eE+mz", max_size=60), canvas=st.text("0123456789.- e", max_size=12))
def test_no_path_does_harm(tmp_path_factory: pytest.TempPathFactory, data: str, canvas: str) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.svg"
    path.write_text(page(data, canvas), encoding="utf-8")
    try:
        found = open_drawing(path, SCALE)
    except PerformanceError:
        return
    assert all(np.isfinite(stroke.places).all() for stroke in found.strokes)


def test_of_a_file_that_is_too_large_no_more_is_read_than_tells_so(tmp_path: Path) -> None:
    path = tmp_path / "large.svg"
    with path.open("wb") as file:
        file.truncate(8 * MOST_BYTES)
    tracemalloc.start()
    try:
        with pytest.raises(PerformanceError, match="at most 32 MiB"):
            open_drawing(path, SCALE)
        assert tracemalloc.get_traced_memory()[1] < 3 * MOST_BYTES
    finally:
        tracemalloc.stop()
