"""The beat found in the times of notes, in closed form, and notes that are moved to it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from app.core.events import NOTE_COLUMNS, Note
from app.core.grid import Grid, Steps
from app.core.status import Report
from app.engine.guarded_ghost import GuardedGhost
from app.engine.keys_reply import KeysReply
from app.engine.note_beat import find_grid
from tests.app.fakes import ScriptedGhost

RHYTHMS = {  # intervals in quarters, again and again
    "quarters": (1.0,),
    "eighths": (0.5,),
    "sixteenths": (0.25,),
    "mixed": (1.0, 0.5, 0.5, 0.25, 0.25, 0.5),
    "dotted": (0.75, 0.25, 1.0),
    "a melody": (0.5, 0.5, 1.0, 1.0, 2.0, 0.5, 0.5, 1.0),
}
TEMPI = (60, 72, 90, 100, 120, 135, 160, 180)


def onsets(rhythm: str, bpm: float, jitter_s: float = 0.0, start_s: float = 3.0) -> np.ndarray:
    """24 notes, each as far from its time as a hand is."""
    quarters = np.cumsum(np.tile(RHYTHMS[rhythm], 24))[:24]
    rng = np.random.default_rng(int(bpm))
    return np.sort(start_s + quarters * 60.0 / bpm + jitter_s * rng.standard_normal(24))


@pytest.mark.parametrize("rhythm", RHYTHMS)
@pytest.mark.parametrize("bpm", TEMPI)
def test_even_playing_tells_its_tempo_up_to_twice_or_half(rhythm: str, bpm: float) -> None:
    grid = find_grid(onsets(rhythm, bpm))
    assert grid is not None
    octave = np.log2(grid.quarter_s * bpm / 60.0)
    assert abs(octave) < 1.01 and octave == pytest.approx(round(octave), abs=1e-6)
    off = (3.0 - grid.origin_s) / (15.0 / bpm)  # of a sixteenth
    assert off == pytest.approx(round(off), abs=1e-6)


@pytest.mark.parametrize("rhythm", RHYTHMS)
@pytest.mark.parametrize("bpm", TEMPI)
def test_a_jittery_hand_is_put_on_its_own_grid(rhythm: str, bpm: float) -> None:
    """Each onset 5 ms off at random: all but one in twenty are within 10 ms of where they were meant."""
    grid = find_grid(onsets(rhythm, bpm, 0.005))
    assert grid is not None
    meant, played = onsets(rhythm, bpm), onsets(rhythm, bpm, 0.005)
    fine = grid.steps(3)  # 1/32, where the tempo was taken for half
    put = np.array([fine.nearest_s(time_s) for time_s in played])
    assert (np.abs(put - meant) < 0.01).mean() > 0.95


def test_the_beat_of_a_waltz_and_of_chords_is_that_of_their_first_notes() -> None:
    grid = find_grid(np.arange(12) * 0.5 + 7.0)
    assert grid is not None and grid.quarter_s == pytest.approx(0.5)
    assert (grid.origin_s - 7.0) / 0.5 == pytest.approx(round((grid.origin_s - 7.0) / 0.5))


def test_the_quarter_begins_where_most_notes_are() -> None:
    """Of a dotted rhythm, not at its short note."""
    grid = find_grid(onsets("dotted", 100))
    assert grid is not None
    quarters = (onsets("dotted", 100) - grid.origin_s) / 0.6
    assert (np.abs(quarters - np.round(quarters)) < 1e-6).mean() > 0.5


@pytest.mark.parametrize(
    "times", [[], [0.0], [0.0, 0.5, 1.0, 1.5], [0.0] * 9, [0.0, 0.01, 0.02, 0.03, 0.04, 0.05]]
)
def test_too_little_tells_of_no_beat(times: list[float]) -> None:
    assert find_grid(np.array(times)) is None


def test_notes_at_random_have_no_beat() -> None:
    rng = np.random.default_rng(1)
    found = [find_grid(np.cumsum(rng.exponential(0.3, 24))) for _ in range(40)]
    assert sum(grid is not None for grid in found) <= 3


def test_steps_by_hand() -> None:
    steps = Grid(10.0, 0.5).steps(12)
    assert steps == Steps(10.0, 0.25)
    assert steps.nearest_s(10.37) == pytest.approx(10.25) and steps.nearest_s(10.38) == pytest.approx(10.5)
    assert steps.next_s(10.26) == pytest.approx(10.5) and steps.next_s(10.2505) == 10.2505  # it is on it
    assert steps.nearest_s(9.1) == pytest.approx(9.0)
    assert Grid(10.0, 0.5).moved(0.2).origin_s == 10.2


@pytest.mark.parametrize(
    ("held_s", "length_s"),
    [(0.24, 0.25), (0.4, 0.5), (1.1, 1.0), (0.13, 0.125), (0.07, 0.0625), (0.001, 0.03125)],
)
def test_lengths_are_steps_or_simple_parts_of_one(held_s: float, length_s: float) -> None:
    assert Steps(0.0, 0.25).length_s(held_s) == pytest.approx(length_s)


def placed(gaps_s: list[float], steps: Steps) -> list[float]:
    """When notes that far apart come, as a reply plans them that begins at the first step."""
    ghost = GuardedGhost(ScriptedGhost(columns=NOTE_COLUMNS), "scripted", Report())
    reply = KeysReply(0, 0, ghost, ghost.blank)
    rows = np.array([(gap_s, 60.0, 0.01, 80.0) for gap_s in (0.0, *gaps_s)], np.float32)
    reply.plan(steps.origin_s, rows, (), 1.0, steps)
    return [event.time_s for event in reply.queue if isinstance(event, Note)]


def test_every_interval_becomes_whole_steps() -> None:
    assert placed([0.26, 0.24, 0.51, 0.49], Steps(1.0, 0.25)) == pytest.approx([1.0, 1.25, 1.5, 2.0, 2.5])


def test_another_tempo_skips_no_step() -> None:
    times_s = placed([0.27] * 100, Steps(0.0, 0.25))
    assert [after - before for before, after in pairwise(times_s)] == pytest.approx([0.25] * 100)


def test_notes_closer_than_a_step_take_as_long_as_they_did() -> None:
    times_s = placed([0.125] * 64, Steps(0.0, 0.25))
    assert times_s[-1] == pytest.approx(8.0, abs=0.25)
    assert max(after - before for before, after in pairwise(times_s)) <= 0.25
