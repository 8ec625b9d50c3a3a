"""Fingers and mouse: pygame's events in, literal lists of touches out."""

from __future__ import annotations

from typing import Any

import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.events import Release, Touch
from app.window.input import MOUSE_SHADOW_S, STITCH_S, Gesture, Input, Phase

WINDOW = (1001, 701)
CANVAS = pygame.Rect(0, 0, 1001, 601)  # a bar of 100 pixels below


def make_input() -> Input:
    made = Input(lambda x, y: y > 600)
    made.resize(WINDOW, CANVAS)
    return made


def finger(kind: str, number: int, x: float, y: float, **more: Any) -> pygame.event.Event:
    types = {"down": pygame.FINGERDOWN, "move": pygame.FINGERMOTION, "up": pygame.FINGERUP}
    return pygame.event.Event(types[kind], touch_id=5, finger_id=number, x=x, y=y, dx=0.0, dy=0.0, **more)


def mouse(kind: str, x: int, y: int, **more: Any) -> pygame.event.Event:
    if kind == "move":
        return pygame.event.Event(pygame.MOUSEMOTION, pos=(x, y), rel=(0, 0), buttons=(1, 0, 0), **more)
    types = {"down": pygame.MOUSEBUTTONDOWN, "up": pygame.MOUSEBUTTONUP}
    return pygame.event.Event(types[kind], **{"pos": (x, y), "button": 1, **more})


def literal(one: Touch | Release | Gesture) -> list[Any]:
    if isinstance(one, Touch):
        return [one.time_s, "touch", one.voice, round(one.x, 4), round(one.y, 4), one.moving]
    if isinstance(one, Release):
        return [one.time_s, "release", one.voice]
    return [one.time_s, one.phase.name, one.x, one.y]


def heard(made: Input, *script: tuple[float, pygame.event.Event]) -> list[list[Any]]:
    return [literal(one) for now_s, event in script for one in made.handle(event, now_s)]


def test_a_finger_plays_in_fractions_of_the_canvas() -> None:
    assert heard(
        make_input(),
        (1.0, finger("down", 1, 0.5, 300 / 700)),
        (1.1, finger("move", 1, 0.25, 150 / 700)),
        (1.2, finger("up", 1, 0.25, 150 / 700)),
    ) == [[1.0, "touch", 0, 0.5, 0.5, False], [1.1, "touch", 0, 0.25, 0.25, True], [1.2, "release", 0]]


def test_the_mouse_plays_with_its_first_button_only() -> None:
    assert heard(
        make_input(),
        (1.0, mouse("move", 10, 10)),
        (1.1, mouse("down", 500, 300)),
        (1.2, mouse("move", 1000, 600)),
        (1.3, mouse("up", 1000, 600)),
        (1.4, mouse("down", 500, 300, button=3)),
    ) == [[1.1, "touch", 0, 0.5, 0.5, False], [1.2, "touch", 0, 1.0, 1.0, True], [1.3, "release", 0]]


def test_each_finger_takes_the_lowest_free_voice_and_keeps_it() -> None:
    out = heard(
        make_input(),
        (1.0, finger("down", 70, 0.1, 0.0)),
        (1.1, finger("down", 71, 0.2, 0.0)),
        (1.2, mouse("down", 900, 0)),
        (1.3, finger("up", 70, 0.1, 0.0)),
        (1.4, finger("down", 72, 0.3, 0.0)),
        (1.5, finger("move", 71, 0.25, 0.0)),
    )
    assert out == [
        [1.0, "touch", 0, 0.1, 0.0, False],
        [1.1, "touch", 1, 0.2, 0.0, False],
        [1.2, "touch", 2, 0.9, 0.0, False],
        [1.3, "release", 0],
        [1.4, "touch", 0, 0.3, 0.0, False],
        [1.5, "touch", 1, 0.25, 0.0, True],
    ]


def test_a_finger_that_rests_says_nothing() -> None:
    assert heard(
        make_input(),
        (1.0, finger("down", 1, 0.5, 0.0)),
        (1.1, finger("move", 1, 0.5, 0.0)),
        (1.2, finger("move", 1, 0.5004, 0.0)),  # less than a pixel
        (1.3, finger("move", 1, 0.5012, 0.0)),
    ) == [[1.0, "touch", 0, 0.5, 0.0, False], [1.3, "touch", 0, 0.5012, 0.0, True]]


def test_positions_outside_the_window_are_clamped_and_counted() -> None:
    made = make_input()
    out = heard(made, (1.0, finger("down", 1, 1.7, -0.2)), (1.1, finger("move", 1, 0.5, 0.0)))
    assert out == [[1.0, "touch", 0, 1.0, 0.0, False], [1.1, "touch", 0, 0.5, 0.0, True]]
    assert made.out_of_range == 1


@pytest.mark.parametrize(("given_pressure", "heard_pressure"), [(0.25, 0.25), (0.0, 1.0), (3.0, 1.0)])
def test_pressure_is_heard_where_the_device_tells_one(given_pressure: float, heard_pressure: float) -> None:
    (touch,) = make_input().handle(finger("down", 1, 0.5, 0.5, pressure=given_pressure), 1.0)
    assert isinstance(touch, Touch)
    assert touch.pressure == heard_pressure


def test_mouse_events_that_say_they_are_touches_are_ignored() -> None:
    assert heard(make_input(), (1.0, mouse("down", 500, 300, touch=True)), (1.1, mouse("up", 500, 300))) == []


def test_a_mouse_press_near_a_finger_and_soon_after_it_is_that_finger() -> None:
    made = make_input()
    out = heard(
        made,
        (1.00, finger("down", 1, 0.5, 300 / 700)),
        (1.01, mouse("down", 502, 301)),
        (1.02, mouse("move", 600, 301)),
        (1.03, mouse("up", 600, 301)),
        (1.04, finger("up", 1, 0.5, 300 / 700)),
        (1.05, mouse("down", 502, 301)),
        (1.06 + MOUSE_SHADOW_S, mouse("down", 502, 301)),
    )
    assert [one[1] for one in out] == ["touch", "release", "touch"]
    assert made.shadows == 2


def test_a_mouse_far_from_the_finger_plays_beside_it() -> None:
    out = heard(make_input(), (1.0, finger("down", 1, 0.1, 0.1)), (1.1, mouse("down", 900, 500)))
    assert [one[2] for one in out] == [0, 1]


def test_a_mouse_press_just_before_its_finger_becomes_that_finger() -> None:
    assert heard(
        make_input(),
        (1.00, mouse("down", 500, 300)),
        (1.01, finger("down", 1, 0.5, 300 / 700)),
        (1.02, finger("move", 1, 0.6, 300 / 700)),
        (1.03, mouse("up", 500, 300)),
        (1.04, finger("up", 1, 0.6, 300 / 700)),
    ) == [[1.0, "touch", 0, 0.5, 0.5, False], [1.02, "touch", 0, 0.6, 0.5, True], [1.04, "release", 0]]


def test_a_panel_that_lifts_instead_of_moving_is_stitched_from_its_second_lift_on() -> None:
    made = make_input()
    script = []
    for step in range(5):
        at_s, x = 1.0 + 0.02 * step, 0.5 + 0.01 * step
        script += [(at_s, finger("down", step, x, 0.0)), (at_s + 0.01, finger("up", step, x, 0.0))]
    out = heard(made, *script)
    assert [one[1:3] + one[5:] for one in out] == [
        ["touch", 0, False],
        ["release", 0],  # the first lift is believed
        ["touch", 0, False],
        ["touch", 0, True],
        ["touch", 0, True],
        ["touch", 0, True],
    ]
    assert made.tick(1.09 + STITCH_S - 0.001) == []
    last = made.tick(1.09 + STITCH_S + 0.001)
    assert [literal(one) for one in last] == [[pytest.approx(1.09), "release", 0]]


@pytest.mark.parametrize("number", [7, 8])
def test_a_finger_that_goes_down_again_is_not_lifted_whatever_number_it_has(number: int) -> None:
    """Some panels count their fingers anew with every contact, others give the same number again."""
    made = make_input()
    made._stutters.add(5)
    out = heard(
        made,
        (1.00, finger("down", 7, 0.5, 0.0)),
        (1.10, finger("up", 7, 0.5, 0.0)),
        (1.12, finger("down", number, 0.51, 0.0)),
        (1.30, finger("move", number, 0.6, 0.0)),
    )
    assert out == [
        [1.0, "touch", 0, 0.5, 0.0, False],
        [1.12, "touch", 0, 0.51, 0.0, True],
        [1.3, "touch", 0, 0.6, 0.0, True],
    ]


def test_a_finger_that_goes_down_elsewhere_was_lifted_where_it_was() -> None:
    made = make_input()
    made._stutters.add(5)
    out = heard(
        made,
        (1.00, finger("down", 7, 0.1, 0.0)),
        (1.10, finger("up", 7, 0.1, 0.0)),
        (1.12, finger("down", 7, 0.9, 0.0)),
        (2.00, finger("down", 7, 0.2, 0.0)),  # and here the lift got lost
    )
    assert out == [
        [1.0, "touch", 0, 0.1, 0.0, False],
        [1.1, "release", 0],
        [1.12, "touch", 0, 0.9, 0.0, False],
        [2.0, "release", 0],
        [2.0, "touch", 0, 0.2, 0.0, False],
    ]


def test_two_quick_taps_of_a_person_stay_two_strokes() -> None:
    out = heard(
        make_input(),
        (1.00, finger("down", 1, 0.5, 0.0)),
        (1.05, finger("up", 1, 0.5, 0.0)),
        (1.10, finger("down", 2, 0.5, 0.0)),
        (1.15, finger("up", 2, 0.5, 0.0)),
    )
    assert [one[1] for one in out] == ["touch", "release", "touch", "release"]


@pytest.mark.parametrize("kind", [pygame.WINDOWFOCUSLOST, pygame.WINDOWMINIMIZED, pygame.WINDOWHIDDEN])
def test_a_window_that_loses_the_focus_lets_go_of_everything(kind: int) -> None:
    made = make_input()
    out = heard(
        made,
        (1.0, finger("down", 1, 0.5, 0.0)),
        (1.1, finger("down", 2, 0.5, 0.99)),
        (1.2, pygame.event.Event(kind)),
        (1.3, finger("move", 1, 0.6, 0.0)),
        (1.4, finger("up", 1, 0.6, 0.0)),
    )
    assert [one[1] for one in out] == ["touch", "PRESS", "release", "CANCEL"]


def test_what_begins_on_the_controls_never_becomes_music_and_the_other_way_round() -> None:
    assert heard(
        make_input(),
        (1.0, finger("down", 1, 0.5, 650 / 700)),
        (1.1, finger("move", 1, 0.5, 100 / 700)),
        (1.2, finger("up", 1, 0.5, 100 / 700)),
        (2.0, finger("down", 1, 0.5, 100 / 700)),
        (2.1, finger("move", 1, 0.5, 650 / 700)),
        (2.2, finger("up", 1, 0.5, 650 / 700)),
    ) == [
        [1.0, "PRESS", 500.0, 650.0],
        [1.1, "DRAG", 500.0, 100.0],
        [1.2, "LIFT", 500.0, 100.0],
        [2.0, "touch", 0, 0.5, 0.1667, False],
        [2.1, "touch", 0, 0.5, 1.0, True],
        [2.2, "release", 0],
    ]


def test_a_lost_lift_does_not_keep_a_voice() -> None:
    out = heard(make_input(), (1.0, finger("down", 1, 0.1, 0.0)), (2.0, finger("down", 1, 0.9, 0.0)))
    assert [one[1:3] for one in out if one[1] != "touch" or not one[5]] == [
        ["touch", 0],
        ["release", 0],
        ["touch", 0],
    ]


FRACTION = st.floats(-0.5, 1.5, allow_nan=False)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["down", "move", "up", "mouse down", "mouse move", "mouse up"]),
            st.integers(0, 3),
            FRACTION,
            FRACTION,
            st.floats(0.0, 0.2),
        ),
        max_size=40,
    )
)
def test_whatever_happens_strokes_begin_and_end_properly(
    script: list[tuple[str, int, float, float, float]],
) -> None:
    made, now_s, out = make_input(), 1.0, []
    for kind, number, x, y, wait_s in script:
        now_s += wait_s
        if kind.startswith("mouse"):
            event = mouse(kind[6:], round(x * 1000), round(y * 700))
        else:
            event = finger(kind, number, x, y)
        out += made.handle(event, now_s)
    out += made.let_go(now_s)
    down: set[int] = set()
    for one in out:
        if isinstance(one, Touch):
            assert one.moving == (one.voice in down)
            down.add(one.voice)
        elif isinstance(one, Release):
            down.remove(one.voice)  # KeyError: a release of nothing
    assert down == set()


@given(st.integers(0, 1000), st.integers(0, 590), st.booleans(), st.booleans(), st.floats(0.0, 0.3))
def test_one_tap_is_one_stroke_whatever_the_system_adds_to_it(
    x: int, y: int, mouse_first: bool, flagged: bool, held_s: float
) -> None:
    down, up = finger("down", 1, x / 1000, y / 700), finger("up", 1, x / 1000, y / 700)
    shadow_down, shadow_up = mouse("down", x, y, touch=flagged), mouse("up", x, y, touch=flagged)
    downs = [shadow_down, down] if mouse_first else [down, shadow_down]
    ups = [shadow_up, up] if mouse_first else [up, shadow_up]
    script = [(1.0 + 0.001 * i, e) for i, e in enumerate(downs)]
    script += [(1.01 + held_s + 0.001 * i, e) for i, e in enumerate(ups)]
    out = heard(make_input(), *script)
    assert [one[1] for one in out if one[1] != "touch" or not one[5]] == ["touch", "release"]


def test_gestures_tell_their_contact_apart() -> None:
    made = make_input()
    first = made.handle(finger("down", 1, 0.1, 0.99), 1.0)[0]
    second = made.handle(finger("down", 2, 0.2, 0.99), 1.0)[0]
    assert isinstance(first, Gesture) and isinstance(second, Gesture)
    assert first.phase is second.phase is Phase.PRESS
    assert first.contact != second.contact
