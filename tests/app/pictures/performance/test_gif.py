"""The animation: in time, with trails that fade, one table of colours, and it loops."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app.core.events import KEYS_VOICE, Event, Note, Release, Source, Touch, Values
from app.pictures import gif_palette, style
from app.pictures.gif import write_gif
from app.pictures.keyboard import KeyRange
from app.pictures.palette import Palette, load_palette
from app.pictures.performance.event_strokes import RenderError, draw
from app.pictures.performance.gif import FPS, pictures, render_gif
from app.pictures.performance.lines_and_dots import Sheet

P, G = Source.PLAYER, Source.GHOST
SIZE = (160, 100)
Frames = list[tuple[NDArray[np.int64], int]]


@pytest.fixture(scope="module")
def palette() -> Palette:
    return load_palette()


def swipe(source: Source, y: float, start_s: float, seconds: float = 1.0) -> list[Event]:
    """From left to right at height y."""
    touches: list[Event] = [
        Touch(start_s + seconds * i / 20, source, 0, i / 20, y, moving=i > 0) for i in range(21)
    ]
    return [*touches, Release(start_s + seconds, source, 0)]


def frames_of(path: Path) -> Frames:
    """Every picture as integers (height, width, 3), and how long it stays in ms."""
    frames = []
    with Image.open(path) as gif:
        for index in range(getattr(gif, "n_frames", 1)):
            gif.seek(index)
            frames.append((np.asarray(gif.convert("RGB")).astype(np.int64), int(gif.info["duration"])))
    return frames


def render(events: list[Event], folder: Path, palette: Palette) -> Frames:
    shown = pictures(draw(events), Sheet(SIZE))
    write_gif(folder / "a.gif", shown, gif_palette.colour_table(palette), FPS)
    return frames_of(folder / "a.gif")


def at_time(frames: Frames, time_ms: int) -> NDArray[np.int64]:
    """The picture that shows at `time_ms`."""
    for picture, stays_ms in frames:
        if time_ms < stays_ms:
            return picture
        time_ms -= stays_ms
    raise AssertionError("the animation is shorter")


def pixel(x: float, y: float) -> tuple[int, int]:
    column, row = Sheet(SIZE).to_pixels(np.array([x, y]))
    return int(row), int(column)


def test_it_lasts_as_long_as_the_performance_and_then_rests(tmp_path: Path, palette: Palette) -> None:
    frames = render(swipe(P, 0.3, 50.0) + swipe(G, 0.7, 51.5), tmp_path, palette)
    total_s = sum(stays for _, stays in frames) / 1000
    assert total_s == pytest.approx(2.5 + style.GIF_LAST_S, abs=0.1)
    with Image.open(tmp_path / "a.gif") as gif:
        assert gif.info["loop"] == 0, "for ever"


@pytest.mark.parametrize("fps", [1, 12, *(pytest.param(fps, marks=pytest.mark.slow) for fps in (30, 50))])
def test_hundredths_of_a_second_are_shared_out(tmp_path: Path, palette: Palette, fps: int) -> None:
    numbered = (np.full((8, 8), number % 7, np.uint8) for number in range(2 * fps))
    write_gif(tmp_path / "a.gif", numbered, gif_palette.colour_table(palette), fps)
    shown = frames_of(tmp_path / "a.gif")
    assert sum(stays for _, stays in shown) / 1000 == pytest.approx(2.0, abs=0.02)
    assert {abs(stays - 1000 / fps) < 10 for _, stays in shown} == {True}


def test_strokes_appear_when_they_were_played(tmp_path: Path, palette: Palette) -> None:
    frames = render(swipe(P, 0.3, 0.0) + swipe(G, 0.7, 1.5), tmp_path, palette)
    early, late, ghost = pixel(0.2, 0.3), pixel(0.9, 0.3), pixel(0.5, 0.7)
    half = at_time(frames, 500)
    assert half[early][0] > 120 and half[late].sum() < 60 and half[ghost].sum() < 60
    whole = at_time(frames, 1100)
    assert whole[late][0] > 120 and whole[ghost].sum() < 60
    answered = at_time(frames, 2100)
    assert answered[ghost][2] > 120 and answered[ghost][2] > answered[ghost][0] + 60


def test_trails_fade_to_an_ember(tmp_path: Path, palette: Palette) -> None:
    events = [*swipe(P, 0.3, 0.0, 0.5), *swipe(P, 0.8, 7.0, 0.5)]
    frames = render(events, tmp_path, palette)
    fresh, old = (int(at_time(frames, ms)[pixel(0.5, 0.3)][0]) for ms in (600, 6900))
    assert 40 < old < 0.7 * fresh


def test_a_head_shines_only_where_the_finger_is(tmp_path: Path, palette: Palette) -> None:
    frames = render(swipe(P, 0.5, 0.0, 2.0), tmp_path, palette)
    now, later = at_time(frames, 1050), at_time(frames, 1850)
    place = pixel(0.5, 0.5)
    assert now[place].sum() > later[place].sum() + 60


def test_a_long_performance_is_shown_in_time_lapse(tmp_path: Path, palette: Palette) -> None:
    events = [*swipe(P, 0.3, 0.0), *swipe(G, 0.7, 299.0)]
    frames = render(events, tmp_path, palette)
    total_s = sum(stays for _, stays in frames) / 1000
    assert total_s == pytest.approx(style.GIF_LONGEST_S + style.GIF_LAST_S, abs=0.3)
    assert frames[-1][0][pixel(0.5, 0.7)][2] > 80


def test_one_table_of_colours_and_small_files(tmp_path: Path, palette: Palette) -> None:
    render(swipe(P, 0.3, 0.0) + swipe(G, 0.31, 1.0), tmp_path, palette)
    data = (tmp_path / "a.gif").read_bytes()
    assert data[:6] == b"GIF89a" and data[10] == 0xF7, "a global table of 256"
    with Image.open(tmp_path / "a.gif") as gif:
        gif.seek(5)
        assert gif.tile[0].args is not None and len(data) < 200_000


def test_taps_knobs_and_odd_strokes(tmp_path: Path, palette: Palette) -> None:
    tap = render([Touch(3.0, G, 0, 0.5, 0.5, moving=False)], tmp_path, palette)
    assert tap[0][0][pixel(0.5, 0.5)][2] > 120
    knobs: list[Event] = [Values(0.1 * i, P, (0.5,)) for i in range(11)]
    assert render(knobs, tmp_path, palette)[-1][0][pixel(0.3, 0.5)][0] > 60
    zero: list[Event] = [Touch(0.0, P, 0, 0.1 * i, 0.5, moving=i > 0) for i in range(11)]
    assert render(zero, tmp_path, palette)[0][0][pixel(0.5, 0.5)][0] > 100


def test_the_same_events_give_the_same_bytes(tmp_path: Path, palette: Palette) -> None:
    events = swipe(P, 0.3, 0.0, 0.3) + swipe(G, 0.7, 0.5, 0.3)
    for name in ("one", "two"):
        render_gif(events, tmp_path / name, palette=palette)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_table_grows_brighter_without_jumps(palette: Palette) -> None:
    table = gif_palette.colour_table(palette).astype(int)
    assert tuple(table[0]) == palette.background
    for start in (1, 1 + gif_palette.FINE):
        ramp = np.concatenate([table[:1], table[start : start + gif_palette.FINE]])
        steps = np.diff(ramp, axis=0)
        assert steps.min() >= 0 and steps.max() <= 18


def test_dithered_light_has_the_right_mean(palette: Palette) -> None:
    # A faint even light of the player must not become black or a step of the ramp everywhere.
    for share in (0.3, 0.5, 0.8):
        level = (7 + share) / (gif_palette.FINE - 1e-3)
        light = np.zeros((2, 32, 32), dtype=np.float32)
        light[0] = level**2 * gif_palette.MOST_LIGHT
        shown = gif_palette.indices(light, gif_palette.dither(32, 32))
        assert sorted(np.unique(shown)) == [7, 8]
        assert (shown == 8).mean() == pytest.approx(share, abs=0.07)


def test_both_lights_show_both(palette: Palette) -> None:
    table = gif_palette.colour_table(palette).astype(int)
    light = np.full((2, 8, 8), 1.0, dtype=np.float32)
    red, green, blue = table[gif_palette.indices(light, gif_palette.dither(8, 8))].reshape(-1, 3).mean(axis=0)
    assert min(red, green, blue) > 150
    light = np.array([[[gif_palette.MOST_LIGHT]], [[0.0]]], dtype=np.float32) * np.ones(
        (2, 8, 8), dtype=np.float32
    )
    assert set(gif_palette.indices(light, gif_palette.dither(8, 8)).ravel()) == {gif_palette.FINE}


def test_errors(tmp_path: Path, palette: Palette) -> None:
    with pytest.raises(RenderError, match="events: expected"):
        render_gif([], tmp_path / "a.gif", palette=palette)
    with pytest.raises(OSError, match="nowhere"):
        render_gif(swipe(P, 0.5, 0.0, 0.1), tmp_path / "nowhere" / "a.gif", palette=palette)


def test_a_note_grows_while_its_key_is_down(tmp_path: Path, palette: Palette) -> None:
    events: list[Event] = [Note(0.0, P, 60, 100), Release(2.0, P, KEYS_VOICE + 60)]
    frames = render(events, tmp_path, palette)
    row, _ = pixel(0.5, KeyRange().y(60))
    lit = [(at_time(frames, time_ms)[row].max(axis=1) > 60).sum() for time_ms in (500, 1000, 1900)]
    assert lit[0] < 0.7 * lit[1] and lit[1] < 0.7 * lit[2]
