"""The SVG: one path per stroke, through its points, in plain numbers."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from app.core.events import KEYS_VOICE, Event, Note, Release, Source, Touch, Values
from app.pictures.palette import Palette, load_palette
from app.pictures.performance.event_strokes import RenderError, draw
from app.pictures.performance.lines_and_dots import Sheet
from app.pictures.performance.svg import render_svg, svg_text
from app.pictures.style import SIZE

P, G = Source.PLAYER, Source.GHOST
SVG = "{http://www.w3.org/2000/svg}"
EVENTS: list[Event] = [
    Touch(0.0, P, 0, 0.0, 0.0, moving=False),
    Touch(0.2, P, 0, 0.5, 0.25, moving=True),
    Touch(0.3, P, 0, 0.5, 0.25, moving=True),
    Touch(0.4, P, 0, 1.0, 0.5, moving=True),
    Release(0.5, P, 0),
    Touch(1.0, G, 1, 0.5, 1.0, moving=False),
    Release(1.1, G, 1),
    Touch(1.5, G, 0, 0.25, 0.5, moving=False),
    Touch(1.9, G, 0, 0.75, 0.5, moving=True),
]


@pytest.fixture(scope="module")
def palette() -> Palette:
    return load_palette()


def parsed(events: list[Event], palette: Palette, name: str = "drawing") -> ElementTree.Element:
    return ElementTree.fromstring(svg_text(draw(events), Sheet(SIZE), palette, name))


def points_of(path: ElementTree.Element) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The points that the curves of a path go through, (n, 2)."""
    parts = re.findall(r"[MLC] ([^MLC]*)", path.attrib["d"])
    return np.array([part.split()[-1].split(",") for part in parts], dtype=float)


def test_the_file_is_literally_this(tmp_path: Path, palette: Palette) -> None:
    events: list[Event] = [Touch(0.0, G, 0, 0.0, 0.5, moving=False), Touch(1.0, G, 0, 1.0, 0.5, moving=True)]
    render_svg(events, tmp_path / "one line.svg", palette=palette)
    assert (tmp_path / "one line.svg").read_text(encoding="utf-8") == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1000" viewBox="0 0 1600 1000">\n'
        "  <title>one line</title>\n"
        "  <desc>ghost: 1 stroke in 1.0 s</desc>\n"
        '  <rect id="background" width="1600" height="1000" fill="#08090e"/>\n'
        '  <g id="ghost" fill="none" stroke="#4fb4ec" stroke-linecap="round" stroke-linejoin="round">\n'
        '    <path stroke-width="5.43" d="M 55,500 L 1545,500"/>\n'
        "  </g>\n"
        "</svg>\n"
    )


def test_strokes_are_paths_in_the_group_of_their_source(palette: Palette) -> None:
    root = parsed(EVENTS, palette)
    groups = {group.attrib["id"]: group for group in root.iter(f"{SVG}g")}
    assert list(groups) == ["player", "ghost"]
    assert [len(group) for group in groups.values()] == [1, 2]
    assert {child.tag for group in groups.values() for child in group} == {f"{SVG}path"}
    tap = groups["ghost"][0]
    assert tap.attrib["d"] == "M 800,945 h 0.01"
    assert tap.attrib["stroke"] == "#58cfe0", "the colour of its own voice"


def test_curves_go_through_the_points(palette: Palette) -> None:
    path = next(parsed(EVENTS, palette).iter(f"{SVG}path"))
    # 55 pixels of margin: x = 55 + 1490 x, y = 55 + 890 y; the point that did not move is there once.
    np.testing.assert_allclose(points_of(path), [[55, 55], [800, 277.5], [1545, 500]], atol=0.005)


def test_numbers_have_two_decimals_and_stay_on_the_sheet(palette: Palette) -> None:
    rng = np.random.default_rng(3)
    events: list[Event] = [
        Touch(0.01 * i, P, 0, x, y, moving=i > 0)
        for i, (x, y) in enumerate(np.round(rng.random((300, 2))).tolist())
    ]
    data = next(parsed(events, palette).iter(f"{SVG}path")).attrib["d"]
    assert not re.search(r"\.\d{3}", data) and "e" not in data and "nan" not in data
    numbers = np.array(re.findall(r"-?\d+(?:\.\d+)?", data), dtype=float).reshape(-1, 2)
    assert np.all((numbers >= 55) & (numbers <= [1545, 945]))


def test_lanes_have_hair_lines(palette: Palette) -> None:
    root = parsed([Values(0.0, P, (0.0, 0.5)), Values(0.5, P, (1.0, 0.5))], palette)
    lanes, player = root.iter(f"{SVG}g")
    assert (lanes.attrib["id"], len(lanes), len(player)) == ("lanes", 2, 2)
    assert lanes[0].attrib["d"] == "M 55,437.7 H 1545"


def test_the_same_events_give_the_same_bytes(tmp_path: Path, palette: Palette) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        render_svg(reversed(EVENTS), tmp_path / name / "a.svg", palette=palette)
    assert (tmp_path / "one" / "a.svg").read_bytes() == (tmp_path / "two" / "a.svg").read_bytes()


@pytest.mark.parametrize("name", ["<&>\"'", "a\x00b\x1b", "夜", ""])
def test_any_name_is_valid_xml(palette: Palette, name: str) -> None:
    title = parsed(EVENTS, palette, name).find(f"{SVG}title")
    assert title is not None
    assert (title.text or "") == "".join(letter for letter in name if letter.isprintable())


def test_errors(tmp_path: Path, palette: Palette) -> None:
    with pytest.raises(RenderError, match="events: expected"):
        render_svg([], tmp_path / "a.svg", palette=palette)
    with pytest.raises(OSError, match="nowhere"):
        render_svg(EVENTS, tmp_path / "nowhere" / "a.svg", palette=palette)
    assert not list(tmp_path.iterdir())


def test_a_note_is_one_straight_path_and_each_octave_a_hair_line(palette: Palette) -> None:
    events: list[Event] = [Note(0.0, P, 60, 90), Release(1.0, P, KEYS_VOICE + 60), Note(1.0, P, 67, 40)]
    root = parsed([*events, Release(2.0, P, KEYS_VOICE + 67)], palette)
    assert len(root.findall(f"{SVG}g[@id='octaves']/{SVG}path")) == 6
    first, second = root.findall(f"{SVG}g[@id='player']/{SVG}path")
    assert all(re.fullmatch(r"M [\d.]+,[\d.]+ H [\d.]+", path.get("d", "")) for path in (first, second))
    assert float(first.get("stroke-width", "0")) > 1.3 * float(second.get("stroke-width", "0"))
