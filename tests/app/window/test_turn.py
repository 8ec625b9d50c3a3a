"""Whose turn it is, and the phrase that stays until it is answered: pixels of the real window's frames."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pygame
import pytest

from app.core.events import Event, Release, Source, Touch
from app.core.parameters import Settings
from app.window.overlay import turn_words
from app.window.turn import YOURS_LIGHT, Moment, Turn
from tests.app.window.conftest import FakeStatus

TAP = [Touch(0.0, Source.PLAYER, 0, 0.5, 0.5, False), Release(0.1, Source.PLAYER, 0)]
STROKE = [Touch(0.02 * i, Source.PLAYER, 0, 0.2 + 0.02 * i, 0.5, i > 0) for i in range(31)]
STROKE.append(Release(0.7, Source.PLAYER, 0))  # type: ignore[arg-type]


def followed(*steps: tuple[str, list[Event]]) -> list[tuple[Moment, bool]]:
    """The moment after each (turn of the status, events), and whether what was kept fades."""
    turn, out = Turn(), []
    for number, (word, events) in enumerate(steps):
        released = turn.follow(FakeStatus(turn=word), events, False, float(number))
        out.append((turn.moment, released))
    return out


def test_a_call_its_answer_and_the_turn_that_comes_back() -> None:
    assert followed(
        ("nobody", []), ("player", TAP), ("player", []), ("ghost", []), ("ghost", []),
        ("player", []), ("player", TAP),
    ) == [
        (Moment.IDLE, False),
        (Moment.PLAYING, True),
        (Moment.PLAYING, False),
        (Moment.ANSWERING, False),
        (Moment.ANSWERING, False),
        (Moment.YOURS, True),
        (Moment.PLAYING, True),
    ]  # fmt: skip


def test_a_touch_takes_over_once_though_the_status_knows_it_later() -> None:
    steps = followed(
        ("player", TAP), ("ghost", []), ("ghost", TAP), ("ghost", []), ("player", []), ("ghost", [])
    )
    assert [moment for moment, _ in steps[2:]] == [Moment.PLAYING] * 3 + [Moment.ANSWERING]
    assert [released for _, released in steps[2:]] == [True, False, False, False]


def test_what_the_ghost_plays_takes_no_turn() -> None:
    ghost: list[Event] = [Touch(0.0, Source.GHOST, 0, 0.5, 0.5, False)]
    assert followed(("ghost", ghost), ("player", ghost))[1][0] is Moment.YOURS


def test_a_pause_keeps_the_phrase_and_a_reset_does_not() -> None:
    for is_paused in (True, False):
        turn = Turn()
        turn.follow(FakeStatus(turn="player"), TAP, is_paused, 0.0)
        assert turn.follow(FakeStatus(turn="nobody"), [], is_paused, 1.0) is not is_paused


@pytest.mark.parametrize("mode", ["duet", "solo", "listen", "loop"])
def test_only_call_keeps_a_phrase_and_says_your_turn(mode: str) -> None:
    turn = Turn()
    turn.follow(FakeStatus(turn="ghost"), [], False, 0.0)
    assert turn.keeps
    assert turn.follow(FakeStatus(turn="ghost", mode=mode), [], False, 1.0)  # what call kept fades
    assert not turn.follow(FakeStatus(turn="player", mode=mode), TAP, False, 2.0)
    assert (turn.moment, turn.keeps, turn.light(0.0, 2.0)) == (Moment.PLAYING, False, (0.0, 0.0))


def test_the_light_goes_over_from_the_player_to_the_ghost_and_swells_when_it_comes_back() -> None:
    turn = Turn()
    turn.follow(FakeStatus(turn="player"), TAP, False, 0.0)
    lights = [turn.light(waited, 0.0) for waited in (0.0, 0.5, 1.0)]
    assert lights[0][0] > lights[1][0] > lights[2][0] == 0.0 == lights[0][1] < lights[1][1] < lights[2][1]
    turn.follow(FakeStatus(turn="ghost"), [], False, 1.0)
    assert turn.light(0.0, 1.0)[0] == 0.0 and turn.light(0.0, 1.0)[1] > lights[2][1]
    turn.follow(FakeStatus(turn="player"), [], False, 5.0)
    assert turn.light(0.0, 5.0) == (1.0, 0.0)
    assert turn.light(0.0, 30.0) == (YOURS_LIGHT, 0.0)


def test_words_say_whose_turn_it_is() -> None:
    status, settings = FakeStatus(), Settings()
    said = [turn_words(status, moment, settings, True)[0] for moment in Moment]
    assert said == ["listening", "you", "ghost", "your turn"]


def test_the_headline_does_not_say_paused_to_someone_who_plays() -> None:
    status, settings = FakeStatus(), Settings()
    settings.set("pause", True)
    said = [turn_words(status, moment, settings, True) for moment in Moment]
    assert said == [("paused", ""), ("you", "the ghost is paused"), ("paused", ""), ("paused", "")]


class Evening:
    """Frames of a real window at made-up times, 10 a second."""

    def __init__(self, stage: Any) -> None:
        self.stage, self.now_s = stage, 0.0

    def go_on(self, turn: str, seconds: float, events: list[Event] | None = None) -> None:
        self.stage.engine.now = replace(self.stage.engine.now, turn=turn)
        for event in events or []:
            self.stage.sink.play(event)
        for _ in range(math.ceil(10 * seconds)):
            self.now_s += 0.1
            for _step in self.stage.window._frame(self.now_s):
                pass

    def light_at(self, x: float, y: float) -> int:
        """The red of the brightest pixel near (x, y), fractions of the canvas."""
        rect = self.stage.window._panel.layout.canvas
        display = pygame.display.get_surface()
        at = round(x * rect.width), round(y * rect.height)
        return max(display.get_at((at[0] + dx, at[1] + dy))[0] for dx in range(-2, 3) for dy in range(-2, 3))


@pytest.fixture
def evening(stage: Any) -> Evening:
    return Evening(stage)


@pytest.mark.parametrize(("events", "x"), [(STROKE, 0.5), (TAP, 0.5)], ids=["stroke", "tap"])
def test_the_phrase_stays_faintly_until_its_answer_ends_and_then_goes(
    evening: Evening, events: list[Event], x: float
) -> None:
    evening.go_on("player", 0.2, events)
    fresh = evening.light_at(x, 0.5)
    evening.go_on("ghost", 12.0)
    kept = evening.light_at(x, 0.5)
    evening.go_on("ghost", 6.0)
    assert 0.2 * fresh < evening.light_at(x, 0.5) <= kept < 0.45 * fresh
    evening.go_on("player", 12.0)
    assert evening.light_at(x, 0.5) < 0.1 * fresh


def test_circles_drawn_over_each_other_stay_as_faint_as_one_line(evening: Evening) -> None:
    for _ in range(8):
        evening.go_on("player", 0.1, STROKE)
    evening.go_on("ghost", 20.0)
    assert evening.light_at(0.5, 0.5) < 130


def test_the_next_phrase_ends_the_last_one_and_stays_itself(evening: Evening) -> None:
    other: list[Event] = [replace(event, y=0.2) if isinstance(event, Touch) else event for event in STROKE]
    evening.go_on("player", 0.2, STROKE)
    evening.go_on("ghost", 2.0)
    evening.go_on("ghost", 0.1, other)  # the status does not know it yet
    evening.go_on("player", 0.5)
    evening.go_on("ghost", 14.0)
    assert evening.light_at(0.5, 0.5) < 20 < evening.light_at(0.5, 0.2)


def test_in_a_duet_nothing_stays(evening: Evening) -> None:
    evening.stage.settings.set("mode", "duet")
    evening.go_on("player", 20.0, STROKE)
    assert evening.light_at(0.5, 0.5) < 20


def test_a_kept_phrase_follows_the_window(evening: Evening) -> None:
    evening.go_on("player", 0.2, STROKE)
    pygame.display.set_mode((1100, 700), pygame.RESIZABLE)
    evening.stage.window._fit()
    evening.go_on("ghost", 14.0)
    assert evening.light_at(0.5, 0.5) > 40


def test_the_players_light_is_warm_below_and_the_ghosts_cool_above(evening: Evening) -> None:
    display, rect = pygame.display.get_surface(), evening.stage.window._panel.layout.canvas
    evening.go_on("player", 0.1, TAP)
    evening.go_on("ghost", 4.0)
    red, _, blue = display.get_at((rect.centerx, 2))[:3]
    assert blue > red + 40 and max(display.get_at((rect.centerx, rect.bottom - 3))[:3]) < 20
    evening.go_on("player", 4.0)
    red, _, blue = display.get_at((rect.centerx, rect.bottom - 3))[:3]
    assert red > blue + 40 and max(display.get_at((rect.centerx, 2))[:3]) < 20


def test_a_window_that_waits_for_the_player_rests(evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    flips: list[int] = []
    evening.go_on("player", 0.1, TAP)
    evening.go_on("ghost", 1.0)
    evening.go_on("player", 60.0)
    monkeypatch.setattr(pygame.display, "flip", lambda: flips.append(1))
    evening.go_on("player", 1.0)
    assert flips == []


@pytest.mark.parametrize(("turn", "is_shown"), [("player", True), ("ghost", True), ("nobody", False)])
def test_the_glow_of_what_comes_next_goes_when_nobody_plays(
    turn: str, is_shown: bool, evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[object] = []
    canvas, mixture = evening.stage.window._scene._canvas, object()
    monkeypatch.setattr(canvas, "want", wanted.append)
    evening.stage.engine.now = replace(evening.stage.engine.now, mixture=mixture)
    evening.go_on("player", 0.1, TAP)
    evening.go_on(turn, 0.2)
    assert wanted[-1] is (mixture if is_shown else None)


@pytest.mark.parametrize(
    ("mode", "voice", "is_warm"), [("loop", 8, True), ("loop", 0, False), ("duet", 8, False)]
)
def test_what_comes_back_in_a_loop_has_the_players_colour(
    mode: str, voice: int, is_warm: bool, evening: Evening
) -> None:
    evening.stage.settings.set("mode", mode)
    repeated: list[Event] = [replace(event, source=Source.GHOST, voice=voice) for event in STROKE]
    evening.go_on("player", 0.2, repeated)
    rect = evening.stage.window._panel.layout.canvas
    red, _, blue = pygame.display.get_surface().get_at((round(0.5 * rect.width), round(0.5 * rect.height)))[
        :3
    ]
    assert (red > blue) is is_warm
