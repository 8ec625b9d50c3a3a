"""Notes of the ghost on the steps of a beat: that of a MIDI clock, or the one that was played."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.core.grid import TICKS_PER_QUARTER
from app.core.midi_clock import START, TICK
from tests.app.fakes import NOTE_COLUMNS, Literal, ScriptedGhost, Stage

TEMPI = (60, 84, 100, 120, 144, 180)
NEAR_S = 0.01
BEGIN_S = 2.0  # of the phrase
N_PLAYED = 24
PATIENT_S = 1.5  # longer than the longest note


class Clocked(Stage):
    """A stage that hears a clock, or none."""

    def do(self, time_s: float, what: str, values: Any) -> None:
        if what == "clock":
            self.engine.beat.hear(values, time_s)
        else:
            super().do(time_s, what, values)


def played(bpm: float, jitter_s: float) -> list[Literal]:
    """Two quarters, two eighths and four sixteenths in turn, as a hand plays them."""
    rng = np.random.default_rng(int(bpm))
    gaps = np.tile([1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25], 8)[: N_PLAYED - 1] * 60.0 / bpm
    meant_s = BEGIN_S + np.concatenate([[0.0], np.cumsum(gaps)])
    rows: list[Literal] = []
    for n, time_s in enumerate((meant_s + jitter_s * rng.standard_normal(N_PLAYED)).tolist()):
        rows.append([time_s, f"note {60 + n % 5}", [80]])
        rows.append([time_s + 10.0 / bpm, f"up {60 + n % 5}", []])
    return rows


def loose(bpm: float) -> ScriptedGhost:
    """Eighths and sixteenths of a tempo, each 8 ms off at random, chords among them."""
    rng = np.random.default_rng(int(bpm) + 1)
    script = []
    for n in range(60):
        gap_s = float(rng.choice([0.25, 0.5])) * 60.0 / bpm + 0.008 * rng.standard_normal()
        held_s = float(rng.choice([0.25, 0.5, 1.0])) * 60.0 / bpm * float(rng.uniform(0.9, 1.1))
        script.append((gap_s, 48.0 + n % 24, held_s, 70.0))
        if n % 7 == 0:
            script.append((0.0, 78.0 + n % 24, held_s, 70.0))
    return ScriptedGhost(script, NOTE_COLUMNS)


def ticks(bpm: float, until_s: float) -> list[Literal]:
    tick_s = 60.0 / bpm / TICKS_PER_QUARTER
    return [[0.0, "clock", START], *([n * tick_s, "clock", TICK] for n in range(int(until_s / tick_s)))]


def notes(stage: Stage) -> tuple[np.ndarray, np.ndarray]:
    """When the ghost's notes began, and how long they lasted, those that nothing cut short."""
    begun: dict[str, float] = {}
    found = []
    for time_s, what, _ in stage.sink.ghost:
        _, verb, key = what.split()
        if verb == "note":
            begun[key] = time_s
        elif key in begun:
            found.append((begun[key], time_s - begun.pop(key)))
    onset_s, held_s = np.array(sorted(found)[:-4]).T  # the end of the answer cuts the last ones
    assert len(onset_s) >= 12
    return onset_s, held_s


def share_near(times_s: np.ndarray, step_s: float) -> float:
    steps = times_s / step_s
    return float((np.abs(steps - np.round(steps)) * step_s <= NEAR_S).mean())


@pytest.mark.parametrize("bpm", TEMPI)
@pytest.mark.parametrize(("quantise", "parts"), [("1/16", 4), ("1/8", 2)])
def test_with_a_clock_notes_and_their_lengths_are_on_its_steps(bpm: float, quantise: str, parts: int) -> None:
    """The ghost would play a little faster than the clock."""
    stage = Clocked("call", ghost=loose(bpm * 1.03), quantise=quantise, reply_s=8.0, threshold_s=PATIENT_S)
    phrase = played(bpm, 0.005)
    end_s = phrase[-1][0] + 11.0
    stage.play(sorted([*ticks(bpm, end_s), *phrase], key=lambda row: row[0]), until=end_s)
    onset_s, held_s = notes(stage)
    step_s = 60.0 / bpm / parts
    assert share_near(onset_s, step_s) >= 0.95
    assert share_near(held_s, step_s / 4) >= 0.95


@pytest.mark.parametrize("bpm", TEMPI)
def test_without_one_they_are_on_the_beat_that_was_played(bpm: float) -> None:
    stage = Clocked("call", ghost=loose(bpm), quantise="1/16", reply_s=8.0, threshold_s=PATIENT_S)
    phrase = played(bpm, 0.004)
    stage.play(phrase, until=phrase[-1][0] + 9.0)
    onset_s, held_s = notes(stage)
    step_s = 60.0 / bpm / 4
    assert share_near(onset_s - BEGIN_S, step_s) >= 0.95
    assert share_near(held_s, step_s / 4) >= 0.95


def test_off_they_are_as_loose_as_the_ghost_plays_them() -> None:
    stage = Clocked("call", ghost=loose(100), reply_s=6.0, threshold_s=PATIENT_S)
    phrase = played(100, 0.004)
    stage.play(phrase, until=phrase[-1][0] + 9.0)
    onset_s, _ = notes(stage)
    assert share_near(onset_s - BEGIN_S, 0.15) < 0.8


def test_chords_stay_together_on_a_step() -> None:
    chords = [(0.13 * (n % 3 == 0), 48.0 + 4 * n, 0.2, 70.0) for n in range(12)]
    stage = Clocked(
        "call", ghost=ScriptedGhost(chords, NOTE_COLUMNS), quantise="1/16", reply_s=4.0, threshold_s=PATIENT_S
    )
    rows = [*ticks(120, 9.0), [1.0, "note 60", [80]], [1.2, "up 60", []]]
    stage.play(sorted(rows, key=lambda row: row[0]), until=6.0)
    times = [time_s for time_s, what, _ in stage.sink.ghost if "note" in what]
    assert len(times) > 12 and all(len(set(times[i : i + 3])) == 1 for i in range(0, len(times) - 2, 3))
