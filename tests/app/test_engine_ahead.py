"""An answer is sampled shortly before it is due, so that its first event has nothing to wait for.

Everything that can happen in between must leave no trace of what was sampled too early.
"""

from __future__ import annotations

from typing import Any

import pytest

from app.replies import AHEAD_S, ROOM_S
from tests.app.fakes import Literal, Stage

PHRASE: list[Literal] = [
    [1.0, "touch 0", [0.1, 0.2, 0]],
    [1.1, "touch 0", [0.2, 0.2, 1]],
    [1.2, "release 0", []],
]  # fmt: skip
DUE_S = 1.7  # with the threshold of the stage, 0.5 s
SHORTLY_S = DUE_S - AHEAD_S / 2


def test_the_first_chunk_is_sampled_before_it_is_due_and_only_once() -> None:
    stage = Stage("call")
    stage.play(PHRASE, until=DUE_S - 2 * AHEAD_S)
    assert stage.ghost.chunks == []
    stage.play([], until=SHORTLY_S)
    assert stage.ghost.chunks == [4]
    assert not stage.sink.ghost  # nothing sounds early
    stage.play([], until=DUE_S)
    assert stage.ghost.chunks == [4]
    assert stage.sink.ghost == [[1.7, "ghost touch 0", [0.5, 0.5, 0]]]


def test_nothing_is_sampled_when_it_is_due() -> None:
    stage = Stage("call")
    stage.play(PHRASE, until=SHORTLY_S)
    stage.ghost.fail = [RuntimeError("too late")]
    stage.play([], until=DUE_S)
    assert stage.sink.ghost == [[1.7, "ghost touch 0", [0.5, 0.5, 0]]]


def test_every_voice_of_a_phrase_is_ready() -> None:
    stage = Stage("call")
    phrase: list[Literal] = [
        [1.0, "touch 0", [0.1, 0.2, 0]],
        [1.0, "touch 1", [0.8, 0.2, 0]],
        [1.2, "release 0", []],
        [1.2, "release 1", []],
    ]
    stage.play(phrase, until=SHORTLY_S)
    assert stage.ghost.chunks == [4, 4]
    stage.play([], until=DUE_S)
    assert [what for _, what, _ in stage.sink.ghost] == ["ghost touch 0", "ghost touch 1"]
    assert stage.ghost.chunks == [4, 4]


def test_a_touch_in_the_last_moment_is_in_the_answer() -> None:
    stage = Stage("call")
    stage.play([*PHRASE, [SHORTLY_S, "touch 0", [0.9, 0.9, 0]], [SHORTLY_S, "release 0", []]], until=1.9)
    assert not stage.sink.ghost
    stage.play([], until=SHORTLY_S + 0.5)
    heard = [row[1:3] for row in stage.ghost.state if row[0] == "heard"]
    assert heard[-1] == (0.9, 0.9)
    assert stage.ghost.chunks == [4, 4]  # what was sampled too early is not played


@pytest.mark.parametrize("name", ["pi_temperature", "sigma_temperature"])
def test_a_temperature_that_changes_in_the_last_moment_counts(name: str) -> None:
    stage = Stage("call")
    stage.play(PHRASE, until=SHORTLY_S)
    stage.settings.set(name, 0.25)
    stage.play([], until=DUE_S)
    assert 0.25 in stage.ghost.temperatures[-1]
    assert stage.sink.ghost[0] == [1.7, "ghost touch 0", [0.5, 0.5, 0]]


def test_a_reset_in_the_last_moment_leaves_nothing_to_answer() -> None:
    stage = Stage("call")
    stage.play(PHRASE, until=SHORTLY_S)
    stage.engine.command("reset")
    stage.play([], until=3.0)
    assert stage.sink.ghost == []


def test_nothing_is_sampled_ahead_while_paused() -> None:
    stage = Stage("call", pause=True)
    stage.play(PHRASE, until=3.0)
    assert stage.ghost.chunks == []
    stage.settings.set("pause", False)
    stage.play([], until=3.0)
    assert stage.ghost.chunks == [4]
    assert stage.sink.ghost


def test_a_model_that_fails_ahead_is_counted_once() -> None:
    stage = Stage("call")
    stage.ghost.fail = [RuntimeError("broken")]
    stage.play(PHRASE, until=DUE_S)
    assert stage.engine.status().counters.model_faults == 1


def test_no_mixture_is_computed_when_an_answer_is_about_to_be_due(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage("call", threshold_s=0.5 + ROOM_S / 2)  # due just after one of the 30 mixtures a second
    due_s = DUE_S + ROOM_S / 2
    stage.engine.watch_mixture = True
    asked_s: list[float] = []
    mixture = stage.ghost.mixture

    def noted() -> Any:
        asked_s.append(stage.clock.now())
        return mixture()

    monkeypatch.setattr(stage.ghost, "mixture", noted)
    stage.play(PHRASE, until=1.8)
    assert len(asked_s) > 10
    assert not [time_s for time_s in asked_s if due_s - ROOM_S < time_s < due_s]
