"""Notes through the real engine: what the ghost hears of a keyboard, when it answers, and that keys go up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.core.clock import ManualClock
from app.core.events import Source
from app.core.parameters import Settings
from app.engine.evening import Evening
from app.engine.event_rows import Columns
from app.engine.hearing import HELD_S
from app.engine.keys_reply import MOST_TOGETHER
from app.engine.thread import Engine
from app.ghost import Ghost
from tests.app.fakes import NOTE_COLUMNS, Literal, RecordingSink, ScriptedGhost, Stage

TUNE = (
    (0.5, 60.0, 0.25, 90.0),
    (0.0, 64.0, 0.75, 80.0),
    (0.5, 67.0, 0.25, 70.0),
)  # dt, pitch, duration, velocity
PHRASE: list[Literal] = [
    [1.0, "note 60", [90]],
    [1.25, "up 60", []],
    [1.5, "note 62", [40]],
    [1.75, "up 62", []],
]


def make(mode: str = "call", script: Any = TUNE, **values: Any) -> Stage:
    return Stage(mode, ghost=ScriptedGhost(script, NOTE_COLUMNS), **values)


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> list[list[float]]:
    """Every row the ghost was fed, rounded."""
    fed: list[list[float]] = []
    feed = ScriptedGhost.feed

    def noted(ghost: ScriptedGhost, events: np.ndarray) -> None:
        fed.extend([round(value, 3) for value in row] for row in np.atleast_2d(events).tolist())
        feed(ghost, events)

    monkeypatch.setattr(ScriptedGhost, "feed", noted)
    return fed


def test_a_phrase_is_answered_with_chords_and_every_key_goes_up() -> None:
    assert make(reply_s=1.1).play(PHRASE, until=9.0) == [
        [1.0, "player note 60", [90]],
        [1.25, "player up 60", []],
        [1.5, "player note 62", [40]],
        [1.75, "player up 62", []],
        [2.25, "ghost note 60", [90]],
        [2.25, "ghost note 64", [80]],
        [2.5, "ghost up 60", []],
        [2.75, "ghost note 67", [70]],
        [3.0, "ghost up 64", []],
        [3.0, "ghost up 67", []],
        [3.25, "ghost note 60", [90]],
        [3.25, "ghost note 64", [80]],
        [3.35, "ghost up 60", []],  # the end of the answer
        [3.35, "ghost up 64", []],
    ]


@pytest.mark.parametrize(
    ("played", "expected"),
    [
        (PHRASE, [[0.0, 60, 0.25, 90], [0.5, 62, 0.25, 40]]),
        (  # fingers never come down together: from the lowest on, and the next dt counts from the first
            [
                [1.0, "note 67", [70]], [1.01, "note 60", [90]], [1.02, "note 64", [80]],
                [1.5, "up 60", []], [1.5, "up 64", []], [1.5, "up 67", []],
                [1.875, "note 72", [50]], [2.125, "up 72", []],
            ],
            [[0.0, 60, 0.49, 90], [0.0, 64, 0.48, 80], [0.0, 67, 0.5, 70], [0.875, 72, 0.25, 50]],
        ),
        (  # legato: the next key is down before this one is up
            [[1.0, "note 60", [90]], [1.25, "note 62", [80]], [1.375, "up 60", []], [1.5, "up 62", []]],
            [[0.0, 60, 0.375, 90], [0.25, 62, 0.25, 80]],
        ),
        (  # a long note under short ones: in the order of their onsets
            [
                [1.0, "note 48", [60]], [1.25, "note 60", [90]], [1.5, "up 60", []],
                [1.75, "up 48", []],
            ],
            [[0.0, 48, 0.75, 60], [0.25, 60, 0.25, 90]],
        ),
        (  # struck again while it is down
            [[1.0, "note 60", [90]], [1.5, "note 60", [50]], [1.75, "up 60", []]],
            [[0.0, 60, 0.5, 90], [0.5, 60, 0.25, 50]],
        ),
        ([[1.0, "note 12", [90]], [1.5, "up 12", []]], [[0.0, 24, 0.5, 90]]),  # off its keyboard
        ([[1.0, "note 127", [90]], [1.5, "up 127", []]], [[0.0, 103, 0.5, 90]]),
        ([[1.0, "up 60", []]], []),
    ],
)  # fmt: skip
def test_what_the_ghost_hears(
    rows: list[list[float]], played: list[Literal], expected: list[list[float]]
) -> None:
    make().play(played, until=3.0)
    assert rows[: len(expected)] == expected and all(row not in rows[len(expected) :] for row in expected)


def test_a_pedal_note_does_not_silence_the_ghost(rows: list[list[float]]) -> None:
    stage = make(reply_s=0.5)
    log = stage.play([[0.5, "note 36", [64]], *PHRASE], until=9.0)
    assert log[5][0] == pytest.approx(1.75 + HELD_S) and log[5][1] == "ghost note 60"
    assert rows[0] == [
        0.0,
        36,
        pytest.approx(1.75 + HELD_S - 0.5, abs=0.13),
        64,
    ]  # so far, when it was prepared
    assert [row[1] for row in rows[:3]] == [36, 60, 62]
    assert stage.sink.held == {(Source.PLAYER, 128 + 36)}


def test_a_key_that_goes_up_gives_the_turn_like_a_finger() -> None:
    log = make(threshold_s=0.5).play([[1.0, "note 60", [90]], [2.5, "up 60", []]], until=3.1)
    assert log[2] == [3.0, "ghost note 60", [90]]


def test_a_note_of_the_player_silences_the_ghost_at_once() -> None:
    stage = make()
    log = stage.play([*PHRASE, [2.3, "note 72", [100]]], until=2.4)
    ups = [[2.3, "ghost up 60", []], [2.3, "ghost up 64", []]]
    assert log[-3:] == [[2.3, "player note 72", [100]], *ups]
    assert stage.sink.held == {(Source.PLAYER, 128 + 72)}


def test_what_sounded_of_the_answer_is_remembered(rows: list[list[float]]) -> None:
    stage = make()
    stage.play([*PHRASE, [2.3, "note 72", [100]], [2.5, "up 72", []]], until=2.6)
    assert rows[-1] == pytest.approx([0.05, 72, 0.2, 100])
    assert rows[-3:-1] == [[0.5, 60, 0.25, 90], [0.0, 64, 0.75, 80]]


@pytest.mark.parametrize(
    ("what", "values"),
    [
        ("panic", []),
        ("reset", []),
        ("set pause", True),
        ("set mute", True),
        ("set mode", "listen"),
        ("set mode", "duet"),
        ("set ghosts", "one"),
    ],
)
@pytest.mark.parametrize("time_s", [2.25, 2.3, 2.6])
def test_whatever_happens_in_a_chord_every_key_goes_up(time_s: float, what: str, values: Any) -> None:
    stage = make()
    stage.play([*PHRASE, [time_s, what, values]], until=time_s)
    assert not stage.sink.held
    if what == "set pause":
        assert stage.play([[4.0, what, False], [6.0, "panic", []]], until=9.0) and not stage.sink.held


@pytest.mark.parametrize("mode", ["call", "duet", "solo", "loop"])
def test_every_key_goes_up_at_the_end(mode: str) -> None:
    stage = make(mode, loop_s=2.0)
    stage.play([*PHRASE, [2.0, "note 48", [64]]], until=7.3)
    stage.engine.stop()
    assert not stage.sink.held
    assert any("ghost note" in what for _, what, _ in stage.sink.log)


def test_a_mode_that_comes_while_a_key_is_down_does_not_wait_for_it(rows: list[list[float]]) -> None:
    make().play([[1.0, "note 60", [90]], [1.5, "set mode", "listen"], [2.0, "up 60", []]], until=3.0)
    assert rows == [[0.0, 60, 0.5, 90]]


def test_a_duet_goes_on_from_what_is_played(rows: list[list[float]]) -> None:
    stage = make("duet")
    log = stage.play([*PHRASE, [2.0, "note 64", [90]], [2.25, "up 64", []]], until=3.0)
    first = next(each for each in log if "ghost" in each[1])
    assert 1.25 < first[0] < 2.5  # not before the first note is known
    assert [0.0, 60, 0.25, 90] in rows


def test_a_duet_over_a_held_note_goes_on(rows: list[list[float]]) -> None:
    log = make("duet").play([[1.0, "note 36", [64]]], until=6.0)
    assert rows[0] == [0.0, 36, pytest.approx(HELD_S, abs=0.3), 64]
    assert any("ghost note" in what for _, what, _ in log)


def test_a_loop_brings_back_all_keys() -> None:
    keys = [[1.0 + 0.05 * i, f"note {40 + i}", [50 + i]] for i in range(12)]
    ups = [[2.0 + 0.05 * i, f"up {40 + i}", []] for i in range(12)]
    log = make("loop", loop_s=2.0, script=((5.0, 60, 0.1, 90),)).play([*keys, *ups], until=4.99)
    again = [
        [round(t - 2.0, 3), what.replace("ghost", "player"), values] for t, what, values in log if t >= 3.0
    ]
    played = [each for each in log if each[0] < 2.99 and "player" in each[1]]
    assert [each for each in played if each not in again] == []


def test_a_chord_of_a_broken_model_has_an_end() -> None:
    script = [(0.0, 21.0 + i, 0.1, 64.0) for i in range(80)]
    log = make(script=script, reply_s=0.2).play(PHRASE, until=9.0)
    onsets = [t for t, what, _ in log if "ghost note" in what]
    assert max(onsets.count(t) for t in onsets) <= MOST_TOGETHER and len(onsets) > MOST_TOGETHER


def test_a_key_that_the_ghost_strikes_again_sounds_again() -> None:
    log = make(script=[(0.25, 60.0, 0.25, 90.0), (0.25, 60.0, 2.0, 80.0)], reply_s=0.9).play(
        PHRASE, until=9.0
    )
    assert [each for each in log if "ghost" in each[1]] == [
        [2.25, "ghost note 60", [90]],
        [2.5, "ghost up 60", []],
        [2.5, "ghost note 60", [80]],
        [2.75, "ghost up 60", []],
        [2.75, "ghost note 60", [90]],
        [3.0, "ghost up 60", []],
        [3.0, "ghost note 60", [80]],
        [3.15, "ghost up 60", []],
    ]


def test_the_stretch_holds_for_durations_too_and_what_is_taken_back_leaves_no_key_down() -> None:
    stage = make(reply_s=4.0)
    log = stage.play([*PHRASE, [2.5, "set timescale", 2.0]], until=9.0)
    ghost = [each for each in log if "ghost" in each[1]]
    assert ghost[:7] == [
        [2.25, "ghost note 60", [90]],
        [2.25, "ghost note 64", [80]],
        [2.5, "ghost up 60", []],
        [3.0, "ghost up 64", []],
        [3.25, "ghost note 60", [90]],  # a scripted ghost begins anew when it has heard what was kept
        [3.25, "ghost note 64", [80]],
        [3.75, "ghost up 60", []],
    ]
    assert not stage.sink.held


def test_a_model_of_touches_is_told_of_a_keyboard_once() -> None:
    stage = Stage("call")
    stage.play(PHRASE, until=1.8)
    assert stage.engine.status().counters.refused == 2
    assert "hears touches; a note came" in stage.engine.status().notice


def test_a_model_that_hears_other_things_does_not_take_over_from_keys() -> None:
    choices = {"model": ("touch", "other")}
    stage = Stage(
        ghost=ScriptedGhost(TUNE, NOTE_COLUMNS), load_ghost=lambda name: ScriptedGhost(), choices=choices
    )
    stage.play([*PHRASE, [2.3, "set model", "other"]], until=3.0)
    assert "plays on" in stage.engine.status().notice
    stage.play([[3.0, "panic", []]], until=3.0)
    assert not stage.sink.held


def test_another_model_of_notes_hears_what_was_played_and_what_is_held() -> None:
    other = ScriptedGhost(TUNE, NOTE_COLUMNS)
    stage = Stage(
        ghost=ScriptedGhost(TUNE, NOTE_COLUMNS),
        load_ghost=lambda name: other,
        choices={"model": ("touch", "other")},
    )
    stage.play([*PHRASE, [1.8, "note 64", [90]], [1.9, "set model", "other"], [2.0, "up 64", []]], until=2.2)
    assert [state[2] for state in other.state] == [60.0, 62.0, 64.0]


def test_the_shipped_model_answers_a_chord() -> None:
    sink, settings = RecordingSink(), Settings()
    engine = Engine(Ghost.load("keys", seed=1), settings, [sink], clock=ManualClock())
    stage = Stage.__new__(Stage)
    stage.engine = engine
    for time_s, what, values in PHRASE:
        engine.run_until(time_s)
        stage.do(time_s, what, values)
    engine.run_until(8.0)
    engine.stop()
    assert any(event.source is Source.GHOST for event in sink.events) and not sink.held


def test_a_long_note_is_no_silence() -> None:
    evening = Evening(Columns(NOTE_COLUMNS))
    rows = np.array(
        [(0.0, 60, 1.5, 90), (0.25, 62, 0.1, 90), (1.5, 64, 0.1, 90), (1.0, 65, 0.1, 90)], np.float32
    )
    evening.take(rows, 0.8)
    assert [len(phrase) for phrase in evening._closed] == [3] and len(evening._open) == 1


@pytest.mark.parametrize("gap_s", [0.0, 0.001, 0.004, 0.03, 0.1, 0.24, 0.3])
def test_notes_that_are_denser_than_the_grid_do_not_stand_still(gap_s: float) -> None:
    beat = [
        each for n in range(8) for each in ([1.0 + 0.5 * n, "note 60", [90]], [1.25 + 0.5 * n, "up 60", []])
    ]
    script = [(gap_s, 60.0 + n, 0.1, 90.0) for n in range(25)]
    log = make(script=script, quantise="1/4", reply_s=3.0).play(beat, until=12.0)
    onsets = [t for t, what, _ in log if "ghost note" in what]
    assert max(onsets.count(t) for t in onsets) <= MOST_TOGETHER
    if gap_s > 0.02:
        assert np.diff(sorted(set(onsets))) == pytest.approx(0.5, abs=0.002)
        assert len(onsets) == pytest.approx(min(3.0 / gap_s, 6 * MOST_TOGETHER), rel=0.35)
