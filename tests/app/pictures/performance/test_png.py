"""The still picture: light falls where the strokes are, in the right colour, and adds up."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app.core.events import Event, Release, Source, Touch, Values
from app.pictures.palette import Palette, load_palette
from app.pictures.performance.caption import write_caption
from app.pictures.performance.event_strokes import RenderError, draw
from app.pictures.performance.lines_and_dots import Sheet
from app.pictures.performance.png import pixels, render_png

P, G = Source.PLAYER, Source.GHOST
SIZE = (400, 250)


@pytest.fixture(scope="module")
def palette() -> Palette:
    return load_palette()


def line(
    source: Source, start: tuple[float, float], end: tuple[float, float], at_s: float = 0.0, voice: int = 0
) -> list[Event]:
    """A straight stroke of 21 points in one second, then a release."""
    share = np.linspace(0, 1, 21)
    touches: list[Event] = [
        Touch(
            at_s + float(s),
            source,
            voice,
            start[0] + s * (end[0] - start[0]),
            start[1] + s * (end[1] - start[1]),
            moving=bool(s > 0),
        )
        for s in share
    ]
    return [*touches, Release(at_s + 1.0, source, voice)]


def render(events: list[Event], palette: Palette, size: tuple[int, int] = SIZE) -> NDArray[np.int64]:
    """The picture without caption as integers (height, width, 3)."""
    return pixels(draw(events), Sheet(size), palette).astype(np.int64)


def caption(
    events: list[Event], palette: Palette, name: str, size: tuple[int, int] = SIZE
) -> NDArray[np.int64]:
    """The same with its caption."""
    drawing, sheet = draw(events), Sheet(size)
    picture = Image.fromarray(pixels(drawing, sheet, palette))
    write_caption(picture, drawing, palette, name, sheet)
    return np.asarray(picture).astype(np.int64)


def pixel(x: float, y: float) -> tuple[int, int]:
    """Row and column of a place on the canvas."""
    column, row = Sheet(SIZE).to_pixels(np.array([x, y]))
    return int(row), int(column)


def test_a_straight_stroke_lights_its_pixels_and_nothing_far_away(palette: Palette) -> None:
    seen = render(line(P, (0.2, 0.3), (0.8, 0.3)), palette)
    for x in (0.25, 0.5, 0.75):
        red, green, blue = seen[pixel(x, 0.3)]
        assert red > 150
        assert red > green > blue
    row, _ = pixel(0.5, 0.3)
    column = seen[:, SIZE[0] // 3].sum(axis=1)
    assert abs(int(column.argmax()) - row) <= 1
    # Far from the stroke there is only the canvas, to within its dither.
    far = seen[pixel(0.5, 0.95)[0] :]
    assert np.abs(far - np.array(palette.background)).max() <= 6


def test_ghost_and_player_have_their_own_hues(palette: Palette) -> None:
    seen = render(line(P, (0.1, 0.2), (0.9, 0.2)) + line(G, (0.1, 0.8), (0.9, 0.8), 2.0), palette)
    warm, cool = seen[pixel(0.5, 0.2)], seen[pixel(0.5, 0.8)]
    assert warm[0] > warm[2] + 60
    assert cool[2] > cool[0] + 60


def test_crossing_strokes_add_their_light(palette: Palette) -> None:
    one, two = line(P, (0.2, 0.5), (0.8, 0.5)), line(P, (0.5, 0.1), (0.5, 0.9), 2.0)
    crossing, alone = pixel(0.5, 0.5), pixel(0.35, 0.5)
    seen = render(one + two, palette)
    single = render(one, palette)
    assert seen[crossing].sum() > single[crossing].sum() + 30
    assert seen[crossing].sum() > seen[alone].sum() + 30


def test_slow_strokes_are_brighter_and_broader_than_fast_ones(palette: Palette) -> None:
    slow = [Touch(4.0 * i / 20, P, 0, 0.1 + 0.02 * i, 0.3, moving=i > 0) for i in range(21)]
    fast = [Touch(9 + 0.1 * i / 20, P, 0, 0.1 + 0.04 * i, 0.7, moving=i > 0) for i in range(21)]
    seen = render([*slow, *fast], palette).sum(axis=2)
    column = pixel(0.3, 0.0)[1]
    slow_row, fast_row = pixel(0.0, 0.3)[0], pixel(0.0, 0.7)[0]
    slow_profile, fast_profile = (seen[row - 12 : row + 13, column] for row in (slow_row, fast_row))
    assert slow_profile.max() > fast_profile.max() + 40
    assert (slow_profile > 250).sum() > (fast_profile > 250).sum()


def test_taps_shine(palette: Palette) -> None:
    taps: list[Event] = [Touch(0.0, G, 0, 0.25, 0.25, moving=False), Release(0.1, G, 0)]
    taps += [Touch(0.5, P, 0, 0.75, 0.75, moving=False), Release(0.6, P, 0)]
    seen = render(taps, palette)
    assert seen[pixel(0.25, 0.25)][2] > 200
    assert seen[pixel(0.75, 0.75)][0] > 200
    assert seen[pixel(0.5, 0.5)].sum() < 60


def test_the_halo_fades_with_distance_and_is_mirrored(palette: Palette) -> None:
    seen = render([Touch(0.0, P, 0, 0.5, 0.5, moving=False)], palette)[..., 0]
    row, column = pixel(0.5, 0.5)
    right = seen[row, column : column + 60]
    assert np.all(np.diff(right) <= 1)  # the dither
    assert right[0] > right[10] > right[40]
    assert np.abs(seen[row, column - 60 : column][::-1] - right).max() <= 2


def test_pressure_makes_light(palette: Palette) -> None:
    events = [
        Touch(t, P, voice, 0.1 + 0.8 * t, 0.3 + 0.4 * voice, moving=t > 0, pressure=pressure)
        for voice, pressure in ((0, 1.0), (5, 0.1))
        for t in (0.0, 0.5, 1.0)
        for voice in (voice // 5,)
    ]
    seen = render(list(events), palette).sum(axis=2)
    assert seen[pixel(0.3, 0.3)] > seen[pixel(0.3, 0.7)] + 100


def test_knobs_are_drawn_as_lanes(palette: Palette) -> None:
    events: list[Event] = [Values(0.1 * i, P, (0.5, i / 20)) for i in range(21)]
    seen = render(events, palette)
    assert seen[pixel(0.5, 0.25)][0] > 120  # knob 1 rests at the middle of the upper lane
    rising = [int(seen[SIZE[1] // 2 :, pixel(x, 0)[1], 0].argmax()) for x in (0.2, 0.4, 0.6, 0.8)]
    assert rising == sorted(rising, reverse=True)


def test_the_same_events_give_the_same_bytes(tmp_path: Path, palette: Palette) -> None:
    events = line(P, (0.1, 0.1), (0.9, 0.8)) + line(G, (0.9, 0.1), (0.2, 0.8), 2.0)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        render_png(events, tmp_path / name / "a.png", palette=palette)
    assert (tmp_path / "one" / "a.png").read_bytes() == (tmp_path / "two" / "a.png").read_bytes()


def test_the_caption_is_in_the_bottom_margin(palette: Palette) -> None:
    events = line(P, (0.2, 0.2), (0.8, 0.2)) + line(G, (0.2, 0.4), (0.8, 0.4), 1.0)
    without = render(events, palette)
    with_caption = caption(events, palette, "an evening")
    changed = np.flatnonzero((without != with_caption).any(axis=(1, 2)))
    assert changed.min() >= SIZE[1] - 2 * Sheet(SIZE).margin_px
    words = with_caption[changed.min() :].reshape(-1, 3)
    assert (words[:, 0] > words[:, 2] + 100).any(), "the word player, warm"
    assert (words[:, 2] > words[:, 0] + 100).any(), "the word ghost, cool"


@pytest.mark.parametrize(
    "size", [SIZE, *(pytest.param(size, marks=pytest.mark.slow) for size in ((1600, 1000), (1000, 1600)))]
)
def test_the_caption_can_be_read(palette: Palette, size: tuple[int, int]) -> None:
    """Capitals as high as a page shows letters where the picture is half as wide; and bright enough."""
    events = line(P, (0.2, 0.2), (0.8, 0.2))
    without, written = render(events, palette, size), caption(events, palette, "HHHH", size)
    shown = np.abs(written - without)[:, : size[0] // 2].sum(axis=2)
    rows = np.flatnonzero((shown > 60).any(axis=1))
    assert len(rows) >= max(9, 0.017 * min(size))
    assert contrast(palette.dim, palette.background) > 4.5


def contrast(first: tuple[int, int, int], second: tuple[int, int, int]) -> float:
    """Source: WCAG 2.1, contrast ratio."""

    def luminance(colour: tuple[int, int, int]) -> float:
        red, green, blue = (
            c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in np.array(colour) / 255
        )
        return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)

    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["", "x" * 500, "Überraschung", "夜\n\t\x00"])
def test_any_name_fits(palette: Palette, name: str) -> None:
    seen = caption(line(P, (0.2, 0.2), (0.8, 0.2)), palette, name)
    assert seen.shape == (250, 400, 3)


@pytest.mark.parametrize(
    "points",
    [
        [(0.0, 0.5, 0.5)],
        [(0.0, 0.5, 0.5)] * 40,
        [(0.0, 0.1, 0.1), (0.0, 0.9, 0.9)],
        [(0.0, 0.0, 0.0), (0.1, 1.0, 1.0), (0.2, 0.0, 1.0), (0.3, 1.0, 0.0)],
        [(0.0, 0.5, 0.5), (1e-12, 0.5000001, 0.5)],
        [(0.0, 0.1, 0.1), (1e9, 0.9, 0.9)],
    ],
    ids=["one point", "coincident", "zero duration", "corners", "tiny", "thirty years"],
)
def test_odd_strokes_shine_where_they_begin(
    palette: Palette, points: list[tuple[float, float, float]]
) -> None:
    events: list[Event] = [Touch(t, P, 0, x, y, moving=i > 0) for i, (t, x, y) in enumerate(points)]
    assert render(events, palette)[pixel(*points[0][1:])][0] > 100


@pytest.mark.slow
def test_ten_thousand_events_stay_within_memory(palette: Palette) -> None:
    rng = np.random.default_rng(7)
    walk = 0.5 + np.cumsum(rng.normal(0, 0.01, (10_000, 2)), axis=0) % 0.5
    events: list[Event] = [
        Touch(0.004 * i, (P, G)[i // 500 % 2], 0, x, y, moving=i % 500 > 0)
        for i, (x, y) in enumerate(np.clip(walk, 0, 1).tolist())
    ]
    tracemalloc.start()
    try:
        seen = render(events, palette)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 160e6
    assert 100 < seen.max(axis=2).max() and np.median(seen[10:40]) < 100, "lines, not a white sheet"


def test_an_unwritable_path_is_an_os_error_that_names_it(tmp_path: Path, palette: Palette) -> None:
    with pytest.raises(OSError, match="nowhere"):
        render_png(line(P, (0, 0), (1, 1)), tmp_path / "nowhere" / "a.png", palette=palette)


def test_nothing_to_draw_is_refused(tmp_path: Path, palette: Palette) -> None:
    with pytest.raises(RenderError, match="events: expected"):
        render_png([], tmp_path / "a.png", palette=palette)
