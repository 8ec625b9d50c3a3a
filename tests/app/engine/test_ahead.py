"""An answer is sampled shortly before it is due, so that its first event has nothing to wait for.

Everything that can happen in between must leave no trace of what was sampled too early.
"""

from __future__ import annotations

import gc
import math
import random
import weakref
from typing import Any

import numpy as np
import pytest

from app.engine.replies import AHEAD_S, ROOM_S
from app.ghost import Ghost
from tests.app.fakes import STROKE, Literal, ScriptedGhost, Stage

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


def test_a_model_that_fails_ahead_is_not_counted_if_that_was_too_early() -> None:
    stage = Stage("call")
    stage.ghost.fail = [RuntimeError("broken")]
    stage.play([*PHRASE, [SHORTLY_S, "touch 0", [0.9, 0.9, 0]], [SHORTLY_S, "release 0", []]], until=1.9)
    status = stage.engine.status()
    assert stage.ghost.fail == [] and (status.counters.model_faults, status.notice) == (0, "")


@pytest.mark.parametrize("touched_s", [SHORTLY_S, DUE_S - 2 * AHEAD_S])
def test_a_seed_gives_the_same_answer_whatever_was_sampled_too_early(touched_s: float) -> None:
    answers = []
    for woken_s in (touched_s, DUE_S - 3 * AHEAD_S):  # the touch comes just after, to an engine that slept
        stage = Stage("call", ghost=Ghost.load("touch", seed=7))  # type: ignore[arg-type]
        stage.play(PHRASE, until=woken_s)
        stage.clock.advance_to(touched_s)
        stage.play([[touched_s, "touch 0", [0.9, 0.9, 0]], [touched_s, "release 0", []]], until=4.0)
        answers.append(stage.sink.ghost)
    assert len(answers[0]) > 4 and answers[0] == answers[1]


@pytest.mark.parametrize("again", [0, 1])
def test_a_voice_that_plays_on_does_not_change_the_numbers_of_the_others(again: int) -> None:
    both: list[Literal] = [[1.0, f"touch {voice}", [0.2 + 0.4 * voice, 0.2, 0]] for voice in (0, 1)]
    both += [[1.2, "release 0", []], [1.2, "release 1", []]]
    answers = []
    for woken_s in (SHORTLY_S, DUE_S - 3 * AHEAD_S):
        stage = Stage("call", ghost=Ghost.load("touch", seed=7))  # type: ignore[arg-type]
        stage.play(both, until=woken_s)
        stage.clock.advance_to(SHORTLY_S)
        more: list[Literal] = [
            [SHORTLY_S, f"touch {again}", [0.9, 0.9, 0]], [SHORTLY_S, f"release {again}", []],
        ]  # fmt: skip
        stage.play(more, until=4.0)
        answers.append(stage.sink.ghost)
    assert len(answers[0]) > 8 and answers[0] == answers[1]


@pytest.mark.parametrize("what, value", [("panic", None), ("set mode", "solo"), ("set model", "b")])
def test_a_model_that_was_replaced_is_let_go_of(what: str, value: Any) -> None:
    stage = Stage("call", load_ghost=lambda name: ScriptedGhost(), choices={"model": ("touch", "b")})
    old = weakref.ref(stage.ghost)
    stage.play([*PHRASE, [SHORTLY_S, what, value], [1.8, "set model", "b"]], until=3.0)
    assert stage.engine.status().model == "b"
    stage.ghost = None  # type: ignore[assignment]
    gc.collect()
    assert old() is None


class NoisyGhost(ScriptedGhost):
    """What it makes depends on its random numbers, and so does whether it fails."""

    def generate(self, n_events: int, **temperatures: float) -> np.ndarray:
        first, self.noise_state = self.noise_state, self.noise_state + n_events
        if first % 36 == 8:
            raise RuntimeError("bad numbers")
        heat = sum(temperatures.values())
        numbers = [self.script[(first + index) % len(self.script)] for index in range(n_events)]
        rows = [(x, round(y * heat / 4, 6), dt, moving) for x, y, dt, moving in numbers]
        self.state = (*self.state, *(("made", *row) for row in rows))
        return np.array(rows, np.float32)


SCRIPT = (*STROKE, (0.2, 0.9, 0.4, 0.0), (0.1, 0.5, 0.001, 1.0), (0.3, 0.3, 0.05, 1.0))
WAITS_S = (0.001, 0.003, 0.02, 0.1, 0.3, 0.489, 0.4905, 0.493, 0.496, 0.499, 0.5, 0.7, 1.1)
SETTINGS: dict[str, tuple[float | bool | str, ...]] = {
    "mode": ("call", "call", "duet", "solo", "loop", "listen"),
    "ghosts": ("each", "one"),
    "pause": (True, False),
    "mute": (True, False),
    "threshold_s": (0.2, 0.5, 0.5, 0.8),
    "pi_temperature": (1.0, 0.5),
    "model": ("touch", "b"),
    "reply_s": (0.0, 0.3, 1.0),
    "timescale": (0.5, 1.0, 2.0),
}


def some_evening(chance: random.Random) -> list[Literal]:
    """Phrases of up to three fingers, and commands, many of them just before an answer is due."""
    time_s, down, evening = 1.0, set[int](), list[Literal]()
    for _ in range(chance.randint(5, 40)):
        time_s = round(time_s + chance.choice(WAITS_S), 4)
        kind, voice = chance.random(), chance.choice((0, 0, 1, 2))
        if kind < 0.45:
            place = [round(chance.random(), 2), 0.5, int(voice in down)]
            evening.append([time_s, f"touch {voice}", place])
            down.add(voice)
        elif kind < 0.7:
            evening.append([time_s, f"release {voice}", []])
            down.discard(voice)
        elif kind < 0.98:
            name = chance.choice(list(SETTINGS))
            evening.append([time_s, f"set {name}", chance.choice(SETTINGS[name])])
        else:
            evening.append([time_s, chance.choice(("panic", "reset")), None])
        if chance.random() < 0.5 and down:
            time_s = round(time_s + 0.001, 4)
            evening += [[time_s, f"release {finger}", []] for finger in sorted(down)]
            down.clear()
    return evening


def test_what_was_sampled_with_other_numbers_than_the_next_ones_is_not_played() -> None:
    stage = Stage("call", ghost=NoisyGhost(SCRIPT))
    both: list[Literal] = [[1.0, f"touch {voice}", [0.2, 0.2, 0]] for voice in (0, 1)]
    stage.play([*both, [1.2, "release 0", []], [1.2, "release 1", []]], until=SHORTLY_S)
    action_player = stage.engine._action_player
    action_player._replies.answer(
        (1,), None, action_player._jam.mode
    )  # without voice 0, whose numbers came first
    action_player._replies.fill(stage.clock.now(), action_player._jam.mode)
    assert stage.ghost.noise_state == 4


@pytest.mark.parametrize("seed", range(60))
def test_whatever_happens_sampling_ahead_changes_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    evening = some_evening(random.Random(seed))
    outcomes: list[Any] = []
    for ahead_s in (AHEAD_S, -math.inf):
        monkeypatch.setattr("app.engine.action_player.AHEAD_S", ahead_s)
        stage = Stage(
            ghost=NoisyGhost(SCRIPT),
            load_ghost=lambda name: NoisyGhost(SCRIPT),
            choices={"model": ("touch", "b")},
        )
        log = stage.play(evening, until=evening[-1][0] + 2.0)
        streams = stage.engine._action_player._replies.voice_states._streams
        voice_states = {voice: (one.state, one.last_s, one.n_heard) for voice, one in streams.items()}
        outcomes.append((log, voice_states, stage.engine.status().counters))
    assert outcomes[0] == outcomes[1]


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
