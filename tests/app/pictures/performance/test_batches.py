"""A performance of hours is painted in batches: the same picture, in the memory of a batch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.core.events import Event, Release, Source, Touch, Values
from app.pictures.palette import Palette, load_palette
from app.pictures.performance import png, secondary_lines, stroke_lines
from app.pictures.performance.event_strokes import draw
from app.pictures.performance.gif import LightInTime, render_gif
from app.pictures.performance.lines_and_dots import Sheet
from app.pictures.performance.png import render_png
from app.pictures.performance.stroke_lines import Painting


@pytest.fixture(scope="module")
def palette() -> Palette:
    return load_palette()


def evening(n_strokes: int = 30, seconds: float = 60.0) -> list[Event]:
    """Strokes of two voices, some of them at once, and a knob."""
    rng, events = np.random.default_rng(3), []
    for i in range(n_strokes):
        start_s = float(rng.uniform(0.0, seconds))
        source = Source.GHOST if i % 3 == 0 else Source.PLAYER
        x, y = np.clip(0.5 + 0.03 * rng.normal(size=(2, 40)).cumsum(axis=1), 0.0, 1.0).tolist()
        times = start_s + 0.02 * np.arange(40)
        events += [
            Touch(t, source, i, a, b, j > 0) for j, (t, a, b) in enumerate(zip(times, x, y, strict=True))
        ]
        events.append(Release(start_s + 0.8, source, i))
        events.append(Values(start_s, Source.PLAYER, (float(rng.uniform()),)))
    return events


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image, int)


@pytest.mark.parametrize("bands", [pytest.param(False, marks=pytest.mark.slow), True])
def test_a_picture_in_batches_is_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, palette: Palette, bands: bool
) -> None:
    whole, parts = tmp_path / "take.png", tmp_path / "parts" / "take.png"
    parts.parent.mkdir()
    render_png(evening(), whole, palette=palette, size=(640, 400))
    monkeypatch.setattr(stroke_lines, "BATCH", 300)
    if bands:
        monkeypatch.setattr(png, "MOST_BYTES", 1)
    shares: list[float] = []
    render_png(evening(), parts, palette=palette, size=(640, 400), progress=shares.append)
    difference = np.abs(pixels(whole) - pixels(parts))
    assert difference.max() <= 1, "rounding"
    assert len(shares) > 10 and shares == sorted(shares) and 0.9 < shares[-1] <= 1.0


def test_an_animation_in_batches_is_the_animation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, palette: Palette
) -> None:
    frames = []
    for name, batch in (("whole", 10**9), ("parts", 300)):
        monkeypatch.setattr(stroke_lines, "BATCH", batch)
        path = tmp_path / f"{name}.gif"
        render_gif(evening(), path, palette=palette, size=(160, 100), fps=10, seconds=3.0)
        shown = []
        with Image.open(path) as image:
            for i in range(getattr(image, "n_frames", 1)):
                image.seek(i)
                shown.append(np.asarray(image.convert("RGB"), int))
        frames.append(shown)
    whole, parts = frames
    assert len(whole) == len(parts) > 10
    assert max(np.abs(a - b).mean() for a, b in zip(whole, parts, strict=True)) < 0.5, (
        "rounding and its dither"
    )


def test_light_comes_once_and_in_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stroke_lines, "BATCH", 300)
    drawing, sheet = draw(evening()), Sheet((640, 400))
    expected = np.sort(np.concatenate([lines.time_s for lines, _ in Painting(drawing, sheet, head=False)]))
    coming, found, before = LightInTime(Painting(drawing, sheet, head=False)), [], -1.0
    for now_s in np.linspace(0.0, drawing.duration_s + 5.0, 50):
        for lines, _ in coming.until(float(now_s)):
            assert (lines.time_s <= now_s).all() and (lines.time_s > before).all()
            found.append(lines.time_s)
        before = float(now_s)
    assert np.sort(np.concatenate(found)) == pytest.approx(expected)


def test_no_batch_is_much_larger_than_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stroke_lines, "BATCH", 2000)
    sizes = [len(lines) for lines, _ in Painting(draw(evening(200)), Sheet((640, 400)))]
    assert len(sizes) > 20 and max(sizes) < 4000


def test_the_lag_of_an_evening_is_followed_more_coarsely(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing = draw(evening())
    usual = secondary_lines.step_s(drawing)
    monkeypatch.setattr(secondary_lines, "MOST_STEPS", 100)
    assert usual == pytest.approx(1 / 120) and secondary_lines.step_s(drawing) == pytest.approx(
        30 * 0.78 / 100
    )


def test_a_knob_of_hours_keeps_its_peaks_and_its_ends() -> None:
    values = np.full(200_000, 0.5)
    values[[77_777, 123_456]] = 0.0, 1.0
    drawing = draw([Values(i * 0.01, Source.PLAYER, (value,)) for i, value in enumerate(values.tolist())])
    (lane,) = drawing.strokes
    assert len(lane.points) <= 32_100
    assert (lane.time_s[0], lane.time_s[-1]) == (0.0, pytest.approx(1999.99))
    lowest, highest = lane.time_s[lane.points[:, 1].argmax()], lane.time_s[lane.points[:, 1].argmin()]
    assert (lowest, highest) == (pytest.approx(777.77), pytest.approx(1234.56))
