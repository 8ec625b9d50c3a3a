"""What is saved is what was shown: screen, PNG and SVG have the same curves, widths and brightness."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pygame
import pytest
from numpy.typing import NDArray

from app.core.events import Event, Release, Source, Touch
from app.pictures.live.fading_light import plain_surface
from app.pictures.page.layout import PageLayout, lay_out
from app.pictures.page.png import pixels
from app.pictures.page.svg import svg_text
from app.pictures.palette import load_palette
from app.pictures.performance import png as performance_png
from app.pictures.performance import svg as performance_svg
from app.pictures.performance.event_strokes import draw
from app.pictures.performance.lines_and_dots import Sheet
from app.sketch.sketcher import Drawn
from app.window.canvas import Canvas
from app.window.draw.paper_strokes import Mark, Page
from app.window.draw.pen import GhostPen
from app.window.draw.save import to_drawing
from app.window.draw.stroke_raster import StrokeRaster
from tests.app.sketch.fakes import SCALE

Floats = NDArray[np.float64]
PALETTE = load_palette()
SIZE, MARGIN = (1000, 625), 34  # of the picture; the canvas in it is the window's
INNER = (SIZE[0] - 2 * MARGIN, SIZE[1] - 2 * MARGIN)
BEND = np.radians(33.0)
CORNER = (0.5, 0.35)


@pytest.fixture(autouse=True)
def display() -> Iterator[pygame.Surface]:
    pygame.display.init()
    yield pygame.display.set_mode(INNER)
    pygame.display.quit()


def cornered(n: int, aspect: float = 1.0) -> Floats:
    """Places, (2 n + 1, 2), along two straight lines that turn by 33 degrees at `CORNER`."""
    share = np.linspace(0.0, 1.0, n + 1)[:, None]
    first = np.array([0.15, 0.35]) * (1 - share) + np.array(CORNER) * share
    rest = np.array(CORNER) + share[1:] * 0.4 * np.array([np.cos(BEND) / aspect, np.sin(BEND)])
    return np.concatenate([first, rest])


def stroke(places: Floats, seconds: float, start_s: float, pressure: float = 1.0) -> list[Event]:
    times = start_s + np.linspace(0.0, seconds, len(places))
    rows = zip(times.tolist(), places.tolist(), strict=True)
    found: list[Event] = [
        Touch(now_s, Source.PLAYER, 0, x, y, i > 0, pressure) for i, (now_s, (x, y)) in enumerate(rows)
    ]
    return [*found, Release(start_s + seconds, Source.PLAYER, 0)]


def evening() -> list[Event]:
    """A corner of many places, a zigzag of few, a slow arc, a quick one, and one that is hardly pressed."""
    turn = np.linspace(0.0, 2.2, 60)
    arc = np.stack([0.2 + 0.1 * np.sin(turn), 0.85 - 0.2 * np.cos(turn)], axis=1)
    zigzag = np.array([[0.55, 0.9], [0.65, 0.6], [0.72, 0.9], [0.8, 0.6]])
    return [
        *stroke(cornered(40, INNER[0] / INNER[1]), 1.0, 0.0),
        *stroke(zigzag, 0.5, 2.0),
        *stroke(arc, 3.0, 3.0),
        *stroke(arc + np.array([0.12, 0.0]), 0.12, 7.0),
        *stroke(arc + np.array([0.24, 0.0]), 1.0, 8.0, pressure=0.4),
    ]


def shown(events: list[Event], display: pygame.Surface) -> NDArray[np.int64]:
    """What the window shows before anything fades, and without heads, (height, width)."""
    canvas = Canvas(PALETTE, INNER, pygame.Rect(0, 0, *INNER))
    for event in events:  # a frame after every event, as if it were played
        for _ in canvas.frame(display, [event], 0.0, event.time_s):
            pass
    canvas.strokes.heads.clear()
    for _ in canvas.frame(display, [], 0.0, 10.0):
        pass
    return pygame.surfarray.array3d(display).astype(np.int64).max(axis=2).T


def saved(events: list[Event]) -> NDArray[np.int64]:
    """The same part of the PNG."""
    whole = performance_png.pixels(draw(events), Sheet(SIZE), PALETTE).astype(np.int64).max(axis=2)
    return whole[MARGIN:-MARGIN, MARGIN:-MARGIN]


def overlap(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """The share of what either covers that both do."""
    return float((one & other).sum() / (one | other).sum())


def between_ends(events: list[Event]) -> NDArray[np.bool_]:
    """What is not where a finger came or left: the window glows there while it is played."""
    row, column = np.mgrid[: INNER[1], : INNER[0]]
    found = np.ones(row.shape, bool)
    touches = [event for event in events if isinstance(event, Touch)]
    for one, then in zip(touches, [*touches[1:], touches[0]], strict=True):
        if not one.moving or not then.moving:
            found &= np.hypot(column - one.x * INNER[0], row - one.y * INNER[1]) > 34
    return found


def around(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is in it or next to it."""
    grown = mask.copy()
    for axis in (0, 1):
        grown |= np.roll(grown, 1, axis) | np.roll(grown, -1, axis)
    return grown


def test_the_window_and_the_picture_of_a_performance_agree(display: pygame.Surface) -> None:
    window, picture = shown(evening(), display), saved(evening())
    lines = between_ends(evening())
    bright, light = (window > 160) & lines, (picture > 160) & lines
    assert (bright & around(light)).sum() > 0.98 * bright.sum(), "no further than a pixel from the picture's"
    assert (light & around(bright)).sum() > 0.98 * light.sum()
    assert bright.sum() == pytest.approx(light.sum(), rel=0.1)
    difference = (window - picture)[bright & light]
    assert np.abs(difference).mean() < 26, (
        "the window's haze is added to its lines as bytes, and brightens them"
    )


def test_the_drawing_of_a_performance_agrees_with_its_picture() -> None:
    events, picture = evening(), saved(evening())
    text = performance_svg.svg_text(draw(events), Sheet(SIZE), PALETTE, "an evening")
    paths = re.findall(r'stroke-width="([\d.]+)" d="([^"]+)"', text)
    assert len(paths) == 5
    for width, data in paths:
        places = along(data) - MARGIN
        assert bright_at(picture, places).min() > 100
        row = places[len(places) // 3]
        assert profile(picture, places, len(places) // 3) == pytest.approx(float(width), rel=0.45), row


def bright_at(picture: NDArray[np.int64], places: Floats) -> NDArray[np.int64]:
    x, y = np.floor(places).astype(int).T
    return picture[y.clip(0, len(picture) - 1), x.clip(0, picture.shape[1] - 1)]


def profile(picture: NDArray[np.int64], places: Floats, index: int) -> float:
    """Pixels across the line at a place where the light is more than half of that in the middle."""
    step = places[index + 1] - places[index - 1]
    across = np.array([-step[1], step[0]]) / np.hypot(*step)
    reach = np.linspace(-12, 12, 97)
    shown = (bright_at(picture, places[index] + reach[:, None] * across) / 255) ** 2
    light = -np.log1p(-np.minimum(shown, 0.99))
    return float((light > light.max() / 2).sum() * (reach[1] - reach[0]))


# --- the paper -----------------------------------------------------------------------------------------


def page_of(places: Floats) -> Page:
    """A person's corner and what the ghost drew below it: two lines that turn by 33 degrees, and a hook."""
    page = Page()
    mark = page.begin(Source.PLAYER)
    for i, (x, y) in enumerate((places * SCALE.box).tolist()):
        mark.add(x, y, i / 60, SCALE.box)
    mark.finish(SCALE)
    box = SCALE.box
    steps = np.array([[0, 0.4, 0], [0.3, 0, 0], [0.3, 0.15, 0], [-0.1, 0.1, 1]]) * (box, box, 1)
    start = np.array([[0.1 * box - mark.ink[-1].x, 0.2 * box - mark.ink[-1].y, 0]])
    drawn = Drawn(np.concatenate([start, steps]).astype(np.float32), None)
    pen = GhostPen(page, drawn, (1.0, 1.0), SCALE, 5.0, lambda event: None)
    for _ in range(400):
        pen.advance(1 / 60, 0.0)
    assert pen.is_done
    return page


def on_paper(page: Page, sheet: PageLayout) -> NDArray[np.int64]:
    """What the paper shows, growing place by place, where a page of that layout has its one drawing."""
    raster = StrokeRaster(plain_surface(sheet.size), PALETTE, sheet.side_px)
    left, top = sheet.left_top(0).tolist()
    for mark in page.marks:
        growing = Mark(mark.source)
        marks = [growing]
        for sample in mark.ink:
            growing.ink.append(sample)
            growing.is_open = sample is not mark.ink[-1]
            for _ in raster.draw(marks, left, top, sheet.side_px / SCALE.box):
                pass
    for _ in raster.develop():
        pass
    return pygame.surfarray.array3d(raster.surface).astype(np.int64).max(axis=2).T


def test_the_paper_and_its_picture_agree() -> None:
    page = page_of(cornered(60))
    sheet = lay_out([to_drawing(page, SCALE)], width_px=700)
    paper, picture = on_paper(page, sheet), pixels(sheet, PALETTE).astype(np.int64).max(axis=2)
    inked = paper > 150
    assert overlap(inked, picture > 150) > 0.95
    assert np.abs(paper - picture).max() < 90 and np.abs(paper - picture)[inked].mean() < 4


def along(data: str) -> Floats:
    """Places on a path of M, L and C with absolute numbers, (k, 2)."""
    found: list[Floats] = []
    for letter, numbers in re.findall(r"([MLC])([^MLC]*)", data):
        points = np.array(re.findall(r"-?[\d.]+", numbers), float).reshape(-1, 2)
        if letter != "C":
            found += [np.linspace(found[-1][-1], points[0], 40) if found else points]
            continue
        for a, b, c in points.reshape(-1, 3, 2):
            t, start = np.linspace(0, 1, 40)[:, None], found[-1][-1]
            found.append((1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * a + 3 * (1 - t) * t * t * b + t**3 * c)
    return np.concatenate(found)


def test_a_corner_is_kept_in_the_file_and_widths_agree() -> None:
    page = page_of(cornered(60))
    sheet = lay_out([to_drawing(page, SCALE)], width_px=700)
    text = svg_text(sheet, PALETTE, "", "")
    paths = re.findall(r'<path data-by="(\w+)".* stroke-width="([\d.]+)" d="([^"]+)"', text)
    assert [source for source, _, _ in paths] == ["player", "ghost"]
    picture = pixels(sheet, PALETTE).astype(np.int64)
    warm = (picture[..., 0] > 150) & (picture[..., 0] > picture[..., 2])
    cool = (picture[..., 2] > 150) & (picture[..., 2] > picture[..., 0])
    for (_, width, data), mark, inked in zip(paths, page.marks, (warm, cool), strict=True):
        drawn = sheet.to_pixels(0, mark.drawn() / SCALE.box)
        places = along(data)
        way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(drawn, axis=0).T))])
        dense = np.stack([np.interp(np.arange(0, way[-1], 0.2), way, one) for one in drawn.T], axis=1)
        away = np.hypot(*(dense[:, None] - places[None]).T).min(axis=1)
        assert away.max() < 2.2 * sheet.side_px / 500, "never further from what was drawn than two of `FINE`"
        length = np.hypot(*np.diff(drawn, axis=0).T).sum()
        assert inked.sum() / length == pytest.approx(float(width), rel=0.12)
    corner = sheet.to_pixels(0, np.array([CORNER]))[0]
    places = along(paths[0][2])
    near = places[np.hypot(*(places - corner).T) < 0.02 * sheet.side_px]
    heading = np.unwrap(
        np.arctan2(*np.diff(near[np.any(np.diff(near, axis=0, append=0) != 0, axis=1)], axis=0).T)
    )
    assert np.ptp(heading) > 0.9 * BEND, "the whole turn is within a fiftieth of the paper"
