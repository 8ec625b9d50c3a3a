"""The beat of a MIDI clock, and a ghost that begins on it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from app.core.midi_clock import CONTINUE, LOST_S, START, STOP, TICK, Beat
from tests.app.engine.test_scenarios import PHRASE
from tests.app.fakes import ScriptedGhost, Stage

TICK_S = 1 / 48  # 120 quarters a minute: 1/8 is 0.25 s


def ticking(n_ticks: int, *, start_s: float = 0.0, tick_s: float = TICK_S) -> Beat:
    """A beat that heard a start and so many ticks."""
    beat = Beat()
    beat.hear(START, start_s)
    for number in range(n_ticks):
        beat.hear(TICK, start_s + number * tick_s)
    return beat


def next_s(beat: Beat, time_s: float, ticks: int, now_s: float) -> float:
    """The step at or after a time; the time itself while no clock runs."""
    grid = beat.grid(now_s)
    return time_s if grid is None else grid.steps(ticks).next_s(time_s)


def test_the_steps_of_a_steady_clock() -> None:
    beat, now_s = ticking(49, start_s=10.0), 11.0
    wanted = [10.999, 11.0, 11.0005, 11.01, 11.124, 11.2, 14.99]
    eighths = [round(next_s(beat, time_s, 12, now_s), 6) for time_s in wanted]
    assert eighths == [11.0, 11.0, 11.0005, 11.25, 11.25, 11.25, 15.0]
    quarters = [round(next_s(beat, time_s, 24, now_s), 6) for time_s in wanted]
    assert quarters == [11.0, 11.0, 11.0005, 11.5, 11.5, 11.5, 15.0]
    sixteenths = [round(next_s(beat, time_s, 6, now_s), 6) for time_s in wanted]
    assert sixteenths == [11.0, 11.0, 11.0005, 11.125, 11.125, 11.25, 15.0]
    assert round(beat.bpm(now_s), 6) == 120.0


def test_an_uneven_clock_makes_an_even_beat() -> None:
    beat, dice = Beat(), random.Random(1)
    beat.hear(START, 0.0)
    for number in range(200):
        beat.hear(TICK, number * TICK_S + dice.uniform(-0.0015, 0.0015))
    assert abs(beat.bpm(4.2) - 120.0) < 1.5
    assert abs(next_s(beat, 4.2, 24, 4.2) - 4.5) < 0.004


def test_another_tempo_is_followed() -> None:
    beat = ticking(48)
    for number in range(96):
        beat.hear(TICK, 1.0 + number * TICK_S * 0.8)
    assert abs(beat.bpm(2.6) - 150.0) < 0.5
    assert abs(next_s(beat, 2.59, 24, 2.59) - 2.6) < 0.003  # tick 144


@pytest.mark.parametrize("stall", [{30: 0.012}, {30: 0.1, 31: 0.08, 32: 0.06, 33: 0.04, 34: 0.02}])
def test_a_machine_that_stood_still_for_a_moment_does_not_move_the_beat(stall: dict[int, float]) -> None:
    beat = Beat()
    beat.hear(START, 0.0)
    for number in range(48):
        time_s = number * TICK_S + stall.get(number, 0.0)
        beat.hear(TICK, time_s)
        if number >= 2:
            assert beat.bpm(time_s) == pytest.approx(120.0, abs=0.5)
            assert next_s(beat, 0.99, 24, time_s) == pytest.approx(1.0, abs=0.002)


def test_a_tempo_that_jumps_is_followed_within_a_quarter_of_a_beat() -> None:
    beat = ticking(48)
    for number in range(1, 9):
        beat.hear(TICK, 47 * TICK_S + number * TICK_S / 2)
    now_s = 51 * TICK_S
    assert beat.bpm(now_s) == pytest.approx(240.0, abs=0.5)
    assert next_s(beat, now_s, 24, now_s) == pytest.approx(now_s + 17 * TICK_S / 2, abs=0.002)  # number 72


def test_stop_lets_the_ghost_free_and_continue_goes_on_where_it_was() -> None:
    beat = ticking(31)  # 6 ticks after the second beat
    beat.hear(STOP, 0.63)
    assert next_s(beat, 0.65, 24, 0.65) == 0.65
    for number in range(31, 36):
        beat.hear(TICK, number * TICK_S)
    beat.hear(CONTINUE, 35.5 * TICK_S)
    beat.hear(TICK, 36 * TICK_S)  # number 31
    assert next_s(beat, 0.76, 24, 0.76) == pytest.approx((36 + 17) * TICK_S)


def test_start_is_where_the_next_tick_is() -> None:
    beat = ticking(31)
    beat.hear(START, 0.63)
    for number in range(31, 34):
        beat.hear(TICK, number * TICK_S)
    assert next_s(beat, 0.7, 24, 0.7) == pytest.approx((31 + 24) * TICK_S)


def test_without_a_clock_or_when_it_is_gone_nothing_waits() -> None:
    assert next_s(Beat(), 1.0, 24, 1.0) == 1.0 and Beat().bpm(1.0) == 0.0
    beat = ticking(49)
    gone_s = 1.0 + LOST_S + 0.01
    assert next_s(beat, gone_s, 24, gone_s) == gone_s and beat.bpm(gone_s) == 0.0
    beat.hear(TICK, 9.0)  # the first of a clock that comes back says no tempo
    assert next_s(beat, 9.1, 24, 9.1) == 9.1
    beat.hear(TICK, 9.0 + TICK_S)
    assert next_s(beat, 9.1, 24, 9.1) > 9.1


@pytest.mark.parametrize("gap_s", [0.0, 1e-6, -1.0, 0.4])
def test_what_is_no_tempo_is_none(gap_s: float) -> None:
    beat = Beat()
    beat.hear(TICK, 1.0)
    beat.hear(TICK, 1.0 + gap_s)
    assert beat.bpm(1.0 + gap_s) == 0.0


class Club(Stage):
    """A stage with a clock of 120 quarters a minute in the room, from 0 s on."""

    def do(self, time_s: float, what: str, values: Any) -> None:
        if what == "clock":
            self.engine.beat.hear(values, time_s)
        else:
            super().do(time_s, what, values)

    def dance(self, scenario: list[list[Any]], until: float) -> list[list[Any]]:
        ticks = [[n * TICK_S, "clock", TICK] for n in range(int(until / TICK_S))]
        rows = sorted(ticks + scenario, key=lambda row: row[0])
        return self.play([[0.0, "clock", START], *rows], until=until)


def test_contacts_begin_on_the_step_and_keep_their_shape() -> None:
    club = Club("call", quantise="1/8")
    club.dance(PHRASE, until=2.6)
    assert club.sink.ghost == [
        [1.75, "ghost touch 0", [0.5, 0.5, 0]],  # at 1.7 without
        [1.85, "ghost touch 0", [0.6, 0.5, 1]],
        [1.95, "ghost touch 0", [0.7, 0.5, 1]],
        [2.05, "ghost touch 0", [0.8, 0.5, 1]],
        [2.13, "ghost release 0", []],
        [2.5, "ghost touch 0", [0.5, 0.5, 0]],  # at 2.35 without
        [2.6, "ghost touch 0", [0.6, 0.5, 1]],
    ]


@pytest.mark.parametrize(
    ("quantise", "times"),
    [("off", [1.7, 2.3]), ("1/4", [2.0, 3.0]), ("1/8", [1.75, 2.5]), ("1/16", [1.75, 2.375])],
)
def test_the_steps_that_can_be_chosen(quantise: str, times: list[float]) -> None:
    club = Club("call", quantise=quantise)
    club.dance(PHRASE, until=3.1)
    assert [time_s for time_s, _, values in club.sink.ghost if values[2:] == [0]][:2] == times


def test_the_setting_and_a_stop_are_followed_while_it_plays() -> None:
    club = Club("call", quantise="1/4")
    club.dance([*PHRASE, [2.1, "clock", STOP]], until=2.7)
    assert [time_s for time_s, _, values in club.sink.ghost if values[2:] == [0]] == [2.0, 2.6]


def test_values_that_come_after_a_pause_begin_on_the_step() -> None:
    ghost = ScriptedGhost([(0.3, 0.1, 0.1), (0.02, 0.2, 0.2), (0.02, 0.3, 0.3)], columns=("dt", "x1", "x2"))
    club = Club("call", ghost=ghost, quantise="1/8")
    club.dance([[1.0, "values 0", [0.5, 0.5]]], until=2.1)
    assert club.sink.ghost == [
        [1.5, "ghost values 0", [0.1, 0.1]],
        [1.52, "ghost values 0", [0.2, 0.2]],
        [1.54, "ghost values 0", [0.3, 0.3]],
        [2.0, "ghost values 0", [0.1, 0.1]],  # at 1.84 without
        [2.02, "ghost values 0", [0.2, 0.2]],
        [2.04, "ghost values 0", [0.3, 0.3]],
    ]


def test_without_a_clock_the_setting_changes_nothing() -> None:
    free, waiting = Stage("call"), Stage("call", quantise="1/4")
    assert free.play(PHRASE, until=5.0) == waiting.play(PHRASE, until=5.0)
