"""The piano roll: where notes lie, how long and broad they are, and what stays of them."""

from __future__ import annotations

import os

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

from types import SimpleNamespace

import numpy as np
import pygame
import pytest
from numpy.typing import NDArray

from app.core.events import KEYS_VOICE, Event, Note, Release, Source
from app.pictures.keyboard import KeyRange
from app.pictures.live.fading_light import plain_surface
from app.pictures.live.roll import NOW, SPAN_S, Roll
from app.pictures.palette import load_palette

P, G = Source.PLAYER, Source.GHOST
SIZE = (600, 400)
SPEED = NOW * SIZE[0] / SPAN_S
pygame.font.init()  # fonts are kept: it is never given back


def shown(roll: Roll, now_s: float, elapsed_s: float = 10.0) -> NDArray[np.float64]:
    """How bright its light is at `now_s`, float64 [height, width, 3] in [0, 1], without the octaves."""
    roll.follow(elapsed_s, now_s)
    pictures = []
    for one in (roll, Roll(load_palette(), SIZE)):
        target = plain_surface(SIZE)
        one.follow(0.0, now_s)
        one.keys = roll.keys
        list(one.draw(target))
        pictures.append(pygame.surfarray.array3d(target).swapaxes(0, 1).astype(float))
    return np.maximum(pictures[0] - pictures[1], 0.0) / 255.0


def roll_of(*events: Event | None) -> Roll:
    roll = Roll(load_palette(), SIZE)
    roll.play(events)
    return roll


def row(picture: NDArray[np.float64], pitch: int, keys: KeyRange | None = None) -> NDArray[np.float64]:
    """The brightest channel along the middle of a key, [width]."""
    y = round((keys or KeyRange()).y(pitch) * (SIZE[1] - 1))
    return picture[y].max(axis=1)


def lit_of(line: NDArray[np.float64]) -> NDArray[np.intp]:
    """Where the bar of a row is, without the light around it."""
    return np.flatnonzero(line > 0.6 * line.max())


def up(time_s: float, pitch: int, source: Source = P) -> Release:
    return Release(time_s, source, KEYS_VOICE + pitch)


def test_a_held_key_grows_from_its_onset_to_the_line_of_now() -> None:
    roll = roll_of(Note(10.0, P, 60, 90))
    lengths = [lit_of(row(shown(roll, now_s), 60)) for now_s in (10.5, 12.0)]
    for held_s, lit in zip((0.5, 2.0), lengths, strict=True):
        assert lit[-1] == pytest.approx(NOW * SIZE[0], abs=4)
        assert lit[-1] - lit[0] == pytest.approx(held_s * SPEED, abs=6)


def test_a_released_key_keeps_its_length_and_flows_to_the_left() -> None:
    roll = roll_of(Note(10.0, P, 60, 90), up(11.0, 60))
    for now_s in (11.5, 14.0):
        lit = lit_of(row(shown(roll, now_s), 60))
        assert lit[0] == pytest.approx(NOW * SIZE[0] - (now_s - 10.0) * SPEED, abs=6)
        assert lit[-1] - lit[0] == pytest.approx(SPEED, abs=8)


def test_a_note_drawn_in_many_steps_looks_like_one_drawn_at_once() -> None:
    events = [Note(0.0, P, 60, 100), up(5.0, 60)]
    stepwise, at_once = roll_of(events[0]), roll_of(*events)
    for now_s in np.arange(0.1, 5.0, 0.1).tolist():
        shown(stepwise, now_s)
    stepwise.play(events[1:])
    assert np.abs(shown(stepwise, 5.2) - shown(at_once, 5.2)).max() < 0.02


def test_a_chord_lies_together_and_high_keys_are_above_low_ones() -> None:
    picture = shown(roll_of(*(Note(1.0, P, pitch, 90) for pitch in (48, 64, 79))), 2.0)
    begins = [lit_of(row(picture, pitch))[0] for pitch in (48, 64, 79)]
    assert len(set(begins)) == 1
    assert KeyRange().y(79) < KeyRange().y(64) < KeyRange().y(48)


def test_velocity_is_width_and_light() -> None:
    soft, hard = (shown(roll_of(Note(1.0, P, 60, velocity)), 2.0) for velocity in (25, 120))
    middle = round((NOW * SIZE[0]) - 0.5 * SPEED)
    assert row(hard, 60)[middle] > 1.15 * row(soft, 60)[middle]
    broad = [(one[:, middle].max(axis=1) > 0.3).sum() for one in (soft, hard)]
    assert broad[1] > broad[0]


def test_the_player_is_warm_and_the_ghost_cool() -> None:
    picture = shown(roll_of(Note(1.0, P, 50, 90), Note(1.0, G, 80, 90)), 2.0)
    at = round(NOW * SIZE[0] - 0.5 * SPEED)
    red, _, blue = picture[round(KeyRange().y(50) * (SIZE[1] - 1)), at]
    assert red > 1.3 * blue
    red, _, blue = picture[round(KeyRange().y(80) * (SIZE[1] - 1)), at]
    assert blue > 1.3 * red


def test_what_was_played_stays_faintly_and_is_forgotten_when_it_has_left() -> None:
    roll = roll_of(Note(0.0, P, 60, 100), up(1.0, 60))
    fresh, old = row(shown(roll, 1.2), 60).max(), row(shown(roll, 9.0), 60).max()
    assert 0.15 < old < 0.6 * fresh
    shown(roll, SPAN_S + 1.5)
    assert roll.dark


def test_a_panic_lets_go_of_every_key() -> None:
    roll = roll_of(Note(0.0, P, 60, 100), Note(0.0, G, 64, 100))
    shown(roll, 1.0, 0.0)
    roll.play([None])
    assert not any(head.held for head in roll.heads.values())
    lit = lit_of(row(shown(roll, 3.0), 60))
    assert lit[-1] - lit[0] == pytest.approx(SPEED, abs=8)


def test_a_head_glows_while_its_key_is_down() -> None:
    roll = roll_of(Note(0.0, P, 60, 100))
    roll.follow(5.0, 5.0)
    assert [(head.x, head.y) for head in roll.heads.values()] == [(NOW, KeyRange().y(60))]
    roll.play([up(5.0, 60)])
    roll.follow(5.0, 10.0)
    assert not roll.heads


def test_the_range_widens_for_what_is_played_and_comes_back() -> None:
    roll = roll_of(Note(0.0, P, 24, 100), up(0.5, 24), Note(0.0, P, 104, 100), up(0.5, 104))
    roll.follow(10.0, 1.0)
    assert roll.keys.low <= 24 and roll.keys.high >= 104
    assert 0.0 < roll.keys.y(104) < roll.keys.y(24) < 1.0
    roll.follow(10.0, SPAN_S + 1.0)
    assert roll.keys == KeyRange()


def test_keys_that_may_come_are_lit_beyond_the_line_of_now() -> None:
    roll = roll_of()
    mean = np.array([[60.0, 0.2, 80.0], [72.0, 0.2, 80.0]])
    roll.want(SimpleNamespace(pi=np.array([0.9, 0.1]), mean=mean, covariance=np.zeros((2, 3, 3))))
    picture = shown(roll, 1.0)
    beyond = round(NOW * SIZE[0]) + 10
    likely, rare = row(picture, 60)[beyond], row(picture, 72)[beyond]
    assert likely > 1.5 * rare > 0.05
    assert row(picture, 60)[: beyond - 20].max() < 0.02
    roll.want(None)
    assert shown(roll, 2.0).max() < 0.02 and roll.dark


def test_another_size_shows_the_same_notes() -> None:
    roll = roll_of(Note(0.0, P, 60, 100))
    roll.resize((300, 200))
    target = plain_surface((300, 200))
    roll.follow(0.0, 1.0)
    list(roll.draw(target))
    found = pygame.surfarray.array3d(target)[round(NOW * 300) - 5, round(KeyRange().y(60) * 199)]
    assert found.max() > 100
