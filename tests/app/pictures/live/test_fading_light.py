"""Light: even strokes, fading to nothing with their hue, and the slow glow of the mixture."""

from __future__ import annotations

import colorsys
import math
from types import SimpleNamespace

import numpy as np
import pygame
import pytest

from app.core.events import Release, Source, Touch, Values
from app.pictures.live.deposit import add_path, add_spot
from app.pictures.live.fading_light import FAINT, KEPT, MOST_KEPT, FadingLight, to_light
from app.pictures.live.glow import Glow
from app.pictures.live.stroke_light import GHOST_HOLD_S, HEAD_FADE_S, Strokes
from app.pictures.palette import load_palette

WHITE = np.ones(4, np.float32)


def colour_at(light: FadingLight, x: int, y: int) -> tuple[int, int, int]:
    red, green, blue = light.surface.get_at((x, y))[:3]
    return red, green, blue


def test_a_stroke_of_many_pieces_is_as_even_as_one_of_one_piece() -> None:
    whole, pieces = np.zeros((40, 120, 4), np.float32), np.zeros((40, 120, 4), np.float32)
    add_path(whole, [(20.0, 20.0), (100.0, 20.0)], [[1.0]], WHITE, 1.5)
    corners = [20.0, 21.3, 33.0, 34.0, 60.5, 100.0]
    add_path(pieces, [(x, 20.0) for x in corners], [[1.0] * 5], WHITE, 1.5)
    assert np.abs(whole - pieces).max() < 0.02
    assert whole[20, 60, 0] == pytest.approx(1.0, abs=0.01)
    assert whole[20, 10, 0] == pytest.approx(0.0, abs=0.01)


def test_a_stroke_is_as_wide_as_its_sigma_in_every_direction() -> None:
    for angle in (0.0, 0.4, math.pi / 2, 2.5):
        levels = np.zeros((101, 101, 4), np.float32)
        dx, dy = math.cos(angle), math.sin(angle)
        add_path(levels, [(50 - 30 * dx, 50 - 30 * dy), (50 + 30 * dx, 50 + 30 * dy)], [[1.0]], WHITE, 3.0)
        area = float(levels[:, :, 0].sum())
        assert area == pytest.approx(60.0 * 3.0 * math.sqrt(2 * math.pi), rel=0.02)


def test_a_long_path_is_halved_without_a_seam() -> None:
    straight, halved = np.zeros((300, 300, 4), np.float32), np.zeros((300, 300, 4), np.float32)
    corners = [(10.0 + 30 * i, 10.0 + 28 * i) for i in range(9)]
    add_path(halved, corners, [[1.0] * 8], WHITE, 2.0)
    add_path(straight, [corners[0], corners[-1]], [[1.0]], WHITE, 2.0)
    assert np.abs(straight - halved).max() < 0.02


def test_pieces_have_their_own_strengths() -> None:
    levels = np.zeros((40, 120, 4), np.float32)
    add_path(levels, [(10.0, 20.0), (60.0, 20.0), (60.0, 20.0), (110.0, 20.0)], [[0.5, 7.0, 1.5]], WHITE, 1.5)
    assert levels[20, 30, 0] == pytest.approx(0.5, abs=0.01)
    assert levels[20, 90, 0] == pytest.approx(1.5, abs=0.01)


def test_a_part_of_a_stroke_is_taken_back_alone() -> None:
    both, first = np.zeros((40, 120, 4), np.float32), np.zeros((40, 120, 4), np.float32)
    corners = [(10.0, 20.0), (60.0, 20.0), (90.0, 28.0), (110.0, 20.0)]
    _, tip = add_path(both, corners, [[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]], WHITE, 1.5)
    assert both[28, 90, 0] > 0.5
    for deposit in tip:
        deposit.withdraw(both, 1.0)
    add_path(first, corners[:2], [[1.0]], WHITE, 1.5)
    assert np.abs(both - first).max() < 5e-3  # less than a step of a byte: a wider box ends further away


def test_a_path_that_stands_still_leaves_no_light() -> None:
    levels = np.zeros((20, 20, 4), np.float32)
    assert add_path(levels, [(5.0, 5.0), (5.0, 5.0), (5.0, 5.0)], [[1.0, 1.0]], WHITE, 2.0) == [[]]
    assert not levels.any()


@pytest.mark.parametrize("place", [(-500.0, 5.0), (5.0, 900.0)])
def test_light_outside_the_field_is_no_deposit(place: tuple[float, float]) -> None:
    levels = np.zeros((20, 20, 4), np.float32)
    assert add_spot(levels, place, WHITE, 2.0) is None
    assert add_path(levels, [place, (place[0] + 1, place[1])], [[1.0]], WHITE, 2.0) == [[]]
    assert not levels.any()


def test_a_deposit_can_be_taken_back_after_fading() -> None:
    light = FadingLight((60, 40), decay_s=2.0)
    ((deposit,),) = light.path([(10, 20), (50, 22)], [[1.0]], WHITE, 1.5)
    faded = light.fade(0.5)
    light.withdraw(deposit, faded)
    assert light.levels.max() < 1e-5


def test_light_fades_to_exactly_nothing_and_the_field_rests() -> None:
    light = FadingLight((160, 100), decay_s=1.0)
    for y in range(5, 100, 10):
        light.path([(10, y), (150, y)], [[1.0]], to_light((242, 163, 68)), 1.5)
    light.expose()
    assert light.surface.get_at((80, 45))[0] > 150
    for _ in range(15 * 60):
        light.fade(1 / 60)
        light.expose()
    assert light.dark
    assert not light.levels.any()
    assert pygame.surfarray.array3d(light.surface).max() == 0


@pytest.mark.parametrize("colour", load_palette().player + load_palette().ghost)
def test_the_hue_holds_while_light_fades(colour: tuple[int, int, int]) -> None:
    light = FadingLight((40, 40), decay_s=1.0)
    light.path([(-50, 20), (90, 20)], [[1.0]], to_light(colour), 3.0)
    hues = []
    for _ in range(200):
        light.expose()
        shown = colour_at(light, 20, 20)
        if max(shown) < 40:
            break
        hues.append(colorsys.rgb_to_hsv(*(c / 255 for c in shown))[0] * 360)
        light.fade(1 / 30)
    assert len(hues) > 40
    wanted = colorsys.rgb_to_hsv(*(c / 255 for c in colour))[0] * 360
    assert max(abs((hue - wanted + 180) % 360 - 180) for hue in hues) < 18


def test_full_light_shows_about_the_colour_of_the_palette() -> None:
    for colour in load_palette().player + load_palette().ghost:
        light = FadingLight((40, 40), decay_s=1.0)
        light.path([(-50, 20), (90, 20)], [[1.0]], to_light(colour), 3.0)
        light.expose()
        assert max(abs(a - b) for a, b in zip(colour_at(light, 20, 20), colour, strict=True)) < 45


def test_fading_does_not_depend_on_the_frame_rate() -> None:
    results = []
    for frames in (10, 100):
        light = FadingLight((40, 40), decay_s=1.0)
        light.path([(5, 20), (35, 20)], [[1.0]], WHITE * 0.1, 2.0)
        for _ in range(frames):
            light.fade(1.0 / frames)
        results.append(float(light.levels[20, 20, 0]))
    assert results[0] == pytest.approx(results[1], rel=0.02)


def test_a_full_field_fades_faster() -> None:
    sparse, full = FadingLight((40, 40), decay_s=1.0), FadingLight((40, 40), decay_s=1.0)
    full.levels[:] = 2.0
    full._brightest = [2.0] * len(full._brightest)
    for light in (sparse, full):
        light.path([(5, 20), (35, 20)], [[1.0]], WHITE, 2.0)
        for _ in range(3):
            light.fade(0.01)
    assert full.fade(0.1) < 0.8 * sparse.fade(0.1)


def test_a_resized_field_keeps_its_picture() -> None:
    light = FadingLight((80, 50), decay_s=1.0)
    light.spot((60, 10), WHITE, 3.0)
    larger = light.resized((160, 100))
    row, column = np.unravel_index(larger.levels[:, :, 0].argmax(), (100, 160))
    assert abs(column - 120) <= 2 and abs(row - 20) <= 2
    larger.expose()
    assert larger.surface.get_at((120, 20))[0] > 100


def make_strokes() -> Strokes:
    return Strokes(load_palette(), FadingLight((801, 501), 3.0), FadingLight((134, 84), 1.0))


def draw(strokes: Strokes) -> None:
    for _ in strokes.draw():
        pass


def touch(time_s: float, x: float, y: float, moving: bool = True, voice: int = 0) -> Touch:
    return Touch(time_s, Source.GHOST, voice, x, y, moving)


def test_ink_reaches_the_newest_point_at_once_and_the_head_is_there() -> None:
    strokes = make_strokes()
    strokes.play([touch(1.0, 0.2, 0.5, False), touch(1.05, 0.5, 0.5), touch(1.1, 0.8, 0.5)])
    draw(strokes)
    assert strokes._ink.levels[250, 640, :3].max() > 0.3
    head = strokes.heads[(Source.GHOST, 0)]
    assert (head.x, head.y, head.held) == (0.8, 0.5, True)


def test_a_straight_stroke_of_many_events_is_even() -> None:
    strokes = make_strokes()
    strokes.play([touch(1.0, 0.1, 0.5, False)])
    strokes.play([touch(1.0 + 0.02 * i, 0.1 + 0.02 * i, 0.5) for i in range(1, 40)])
    draw(strokes)
    middle = strokes._ink.levels[250, 240:560, 0]
    assert middle.max() - middle.min() < 0.1 * middle.mean()


def test_the_tip_is_taken_back_when_the_path_goes_on_and_stays_when_it_ends() -> None:
    strokes, plain = make_strokes(), make_strokes()
    events = [
        touch(1.0, 0.2, 0.5, False),
        touch(1.1, 0.5, 0.5),
        touch(1.2, 0.5, 0.2),
        Release(1.3, Source.GHOST, 0),
    ]
    for event in events:
        strokes.play([event])
        draw(strokes)  # a frame after each event
    plain.play(events)  # one frame for all of them
    draw(plain)
    assert np.abs(strokes._ink.levels - plain._ink.levels).max() < 0.05
    assert strokes._ink.levels[105, 400, 0] > 0.3


def test_a_released_head_fades_and_goes() -> None:
    strokes = make_strokes()
    strokes.play([touch(1.0, 0.2, 0.5, False), Release(1.1, Source.GHOST, 0)])
    strokes.fade(HEAD_FADE_S / 2, 1.3)
    assert strokes.heads[(Source.GHOST, 0)].glow == pytest.approx(0.5)
    strokes.fade(HEAD_FADE_S, 1.8)
    assert strokes.heads == {}


def test_panic_lets_every_head_go() -> None:
    strokes = make_strokes()
    strokes.play([touch(1.0, 0.2, 0.5, False, voice) for voice in range(3)])
    strokes.play([None])
    assert [head.held for head in strokes.heads.values()] == [False, False, False]


def test_a_ghost_whose_release_was_lost_fades_but_a_resting_finger_glows_on() -> None:
    strokes = make_strokes()
    strokes.play([touch(1.0, 0.2, 0.5, False), Touch(1.0, Source.PLAYER, 0, 0.5, 0.5, False)])
    strokes.fade(1.0, 1.0 + GHOST_HOLD_S + 0.1)
    assert list(strokes.heads) == [(Source.PLAYER, 0)]


def test_controller_values_are_strokes_side_by_side() -> None:
    strokes = make_strokes()
    strokes.play([Values(1.0, Source.GHOST, (0.25, 1.0)), Values(1.1, Source.GHOST, (0.5, 1.0))])
    assert [(head.x, head.y) for head in strokes.heads.values()] == [(0.25, 0.5), (0.75, 0.0)]


def mixture(pi: list[float], mean: list[list[float]], variance: float) -> SimpleNamespace:
    n = len(mean[0])
    covariance = np.broadcast_to(np.diag(np.full(n, variance)), (len(pi), n, n))
    return SimpleNamespace(pi=np.array(pi), mean=np.array(mean), covariance=covariance)


def settled(view: SimpleNamespace) -> np.ndarray:
    glow = Glow((64, 40))
    glow.want(view)
    for _ in range(200):
        glow.settle(0.05)
    return glow.levels


def test_the_glow_lies_on_the_means_and_shares_tell_their_brightness() -> None:
    levels = settled(mixture([0.8, 0.2], [[0.25, 0.5], [0.75, 0.5]], 0.002))
    assert np.unravel_index(levels.argmax(), levels.shape)[1] == pytest.approx(16, abs=1)
    assert 0.2 < levels[20, 47] / levels[20, 16] < 0.8


def test_the_glow_moves_slowly_and_goes_out_entirely() -> None:
    glow = Glow((64, 40))
    glow.want(mixture([1.0], [[0.5, 0.5]], 0.002))
    glow.settle(1 / 60)
    assert 0.0 < glow.levels.max() < 0.1 * settled(mixture([1.0], [[0.5, 0.5]], 0.002)).max()
    glow.want(None)
    for _ in range(400):
        glow.settle(1 / 60)
    assert glow.dark and not glow.levels.any()


def test_a_resized_glow_goes_on_where_it_was_and_to_where_it_went() -> None:
    glow = Glow((64, 40))
    glow.want(mixture([1.0], [[0.25, 0.5]], 0.002))
    for _ in range(20):
        glow.settle(0.05)
    larger = glow.resized((128, 80))
    assert larger.levels.max() == pytest.approx(glow.levels.max(), rel=0.05)
    for _ in range(100):
        larger.settle(0.05)
    assert np.unravel_index(larger.levels.argmax(), (80, 128))[1] == pytest.approx(32, abs=1)


@pytest.mark.parametrize(
    "view",
    [
        mixture([1.0], [[math.nan, 0.5]], 0.002),
        mixture([1.0], [[0.5, 0.5]], math.inf),
    ],
)
def test_a_mixture_that_is_not_finite_is_not_drawn(view: SimpleNamespace) -> None:
    assert not settled(view).any()


def test_components_that_agree_do_not_outshine_the_strokes() -> None:
    levels = settled(mixture([0.05] * 20, [[0.5, 0.5]] * 20, 0.0))
    assert 0.2 < levels.max() <= 0.3


def test_a_degenerate_covariance_is_a_small_glow() -> None:
    levels = settled(mixture([1.0], [[0.5, 0.5]], 0.0))
    assert np.isfinite(levels).all() and 0 < levels.max() <= 0.3


def test_a_mixture_of_knobs_glows_where_their_strokes_are() -> None:
    levels = settled(mixture([1.0], [[0.9, 0.1, 0.5]], 0.001))
    assert levels[4, 10] > 3 * levels[35, 10]
    assert levels[35, 32] > 3 * levels[4, 32]


def test_the_threshold_of_darkness_is_below_what_a_byte_shows() -> None:
    assert 255.0 * math.sqrt(1.0 - math.exp(-FAINT)) <= 0.5


def test_light_that_shone_along_leaves_nothing_behind() -> None:
    light = FadingLight((40, 60), decay_s=1.0)
    light.expose(np.full((60, 40, 4), 0.1, np.float32))
    assert colour_at(light, 20, 30) > (20, 20, 20)
    light.expose()
    assert not light._pixels[:, :, :3].any()


def test_kept_light_fades_to_its_share_and_to_nothing_when_it_is_released() -> None:
    light = FadingLight((60, 40), decay_s=1.0)
    ((deposit,),) = light.path([(10, 20), (50, 20)], [[1.0]], WHITE, 1.5)
    light.keep(deposit)
    for _ in range(200):
        light.fade(0.1)
        light.expose()
    assert light.levels.max() < FAINT and not light.dark
    assert colour_at(light, 30, 20)[0] == pytest.approx(255 * math.sqrt(1 - math.exp(-KEPT)), abs=1)
    light.release()
    for _ in range(200):
        light.fade(0.1)
        light.expose()
    assert light.dark and not light.levels.any()


def test_kept_crossings_do_not_add_up_and_keep_their_hue() -> None:
    light = FadingLight((60, 40), decay_s=1.0)
    for _ in range(50):
        ((deposit,),) = light.path(
            [(10, 20), (50, 20)], [[1.0]], np.array([0.3, 0.8, 1.6, 0.0], np.float32), 1.5
        )
        light.keep(deposit)
    light.levels[:] = 0.0
    light.release()
    blue, green, red, _ = light.levels[20, 30]
    assert MOST_KEPT * 0.9 < red <= MOST_KEPT * 1.05
    assert (blue / red, green / red) == pytest.approx((0.3 / 1.6, 0.8 / 1.6), rel=0.01)
