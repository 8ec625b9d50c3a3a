"""Light is gathered in the amount it was given, at every angle and place, whatever tiles it crosses."""

from __future__ import annotations

import numpy as np
import pytest

from app.pictures import blur, tone_map
from app.pictures.performance.gather_light import TILE_PX, Halo, core, level_sigmas
from app.pictures.performance.lines_and_dots import Dots, Lines, Sheet

ONE = np.ones((1, 1), dtype=np.float32)
NONE, ZERO = np.empty(0), np.zeros(1)
NO_DOTS = Dots(np.empty((0, 2)), NONE, NONE, np.empty(0, np.intp), NONE, NONE)


def one_line(start: tuple[float, float], end: tuple[float, float], sigma_px: float) -> Lines:
    return Lines(
        ends=np.array([[start, end]], dtype=float),
        light=np.ones((1, 2)),
        sigma_px=np.full((1, 2), sigma_px),
        colour=np.zeros(1, dtype=np.intp),
        glow=np.ones(1),
        time_s=np.zeros(1),
    )


@pytest.mark.parametrize("sigma_px", [0.85, 1.0, 1.9, 3.4])
@pytest.mark.parametrize("rise_px", [0.0, 7.0, 160.0])
def test_a_line_has_its_light_in_the_middle_and_its_flux_everywhere(sigma_px: float, rise_px: float) -> None:
    line = one_line((-20, 40.3), (420, 40.3 + rise_px), sigma_px)
    seen = core(line, NO_DOTS, ONE, (0, 300, 0, 400), unit=1.0)[0]
    slope = np.hypot(440, rise_px) / 440
    np.testing.assert_allclose(seen.sum(axis=0), sigma_px * blur.ROOT_TAU * slope, rtol=0.01)
    # A pixel is at most half a pixel from the middle of the line.
    least = np.exp(-0.5 * (0.5 / sigma_px) ** 2)
    crest = seen.max(axis=0)
    assert crest.max() <= 1.06 and crest.min() >= 0.88 * least


def test_a_box_shows_what_the_whole_shows_there() -> None:
    line = one_line((10, 10), (390, 280), 2.0)
    whole = core(line, NO_DOTS, ONE, (0, 300, 0, 400), unit=1.0)
    part = core(line, NO_DOTS, ONE, (TILE_PX - 5, TILE_PX + 60, 90, 290), unit=1.0)
    np.testing.assert_allclose(part, whole[:, TILE_PX - 5 : TILE_PX + 60, 90:290], atol=1e-5)


def test_a_dot_is_as_bright_as_it_was_given() -> None:
    dot = Dots(np.array([[50.5, 40.5]]), np.array([2.0]), np.array([3.0]), np.zeros(1, np.intp), ZERO, ZERO)
    seen = core(one_line((0, 0), (0, 0), 1.0), dot, ONE, (0, 80, 0, 100), unit=1.0)[0]
    assert seen[40, 50] == seen.max() == pytest.approx(2.0, rel=0.06)
    assert seen.sum() == pytest.approx(2.0 * 2 * np.pi * 3.0**2, rel=0.01)


def test_the_halo_is_even_along_a_line_and_smooth_across() -> None:
    sheet = Sheet((400, 300))
    halo = Halo(sheet.size, 1, sheet.unit)
    halo.add(one_line((-200, 150), (600, 150), sheet.unit), NO_DOTS, ONE)
    seen = halo.rows(halo.columns(0, 400), 0, 300)[0]
    middle = seen[:, 190:210]
    assert middle.std(axis=1).max() < 1e-3 * seen.max()
    assert np.all(np.diff(middle[:149, 0]) > -1e-7), "brighter and brighter towards the line"
    np.testing.assert_allclose(middle[:150], middle[:149:-1], atol=2e-3 * seen.max())


def test_blurs_in_blocks_are_plain_matrix_products() -> None:
    rng = np.random.default_rng(5)
    kernel = np.triu(np.tril(rng.random((70, 90)), 25), -3).astype(np.float32)
    light = rng.random((2, 90, 333)).astype(np.float32)
    np.testing.assert_allclose(blur.down(kernel, light), kernel @ light, rtol=1e-5)
    sideways = np.ascontiguousarray(light.swapaxes(1, 2))
    np.testing.assert_allclose(blur.across(sideways, kernel), sideways @ kernel.T, rtol=1e-5)


def test_light_one_shows_the_colour_of_the_palette() -> None:
    colours = [(242, 163, 68), (79, 180, 236), (10, 10, 10), (255, 255, 255)]
    light = tone_map.emission(colours).T[:, :, None]
    shown = tone_map.nearest_bytes(tone_map.expose(light))[:, 0].astype(int)
    assert np.abs(shown - np.array(colours)).max() <= 3
    brighter = tone_map.nearest_bytes(tone_map.expose(light * 8))[:2, 0].astype(int)
    assert (brighter.max(axis=1) - brighter.min(axis=1) < 60).all(), "much light is nearly white"


@pytest.mark.parametrize("unit", [0.6, 1.0, 2.4])
def test_levels_reach_from_the_thinnest_line_to_the_broadest(unit: float) -> None:
    sigmas = level_sigmas(unit)
    assert sigmas[0] <= 0.85 * unit + 1e-9 and sigmas[-1] >= 3.4 * unit
