"""An answer is sampled shortly before it is due, so that its first event has nothing to wait for.

Everything that can happen in between must leave no trace of what was sampled too early.
"""

from __future__ import annotations

import gc
import random
import weakref
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.core.events import Event, Source
from app.engine.phrase import Phrase
from app.engine.proposals import Proposals
from app.engine.replies import AHEAD_S, ROOM_S
from app.engine.voice_states import VoiceStates
from app.ghost import Ghost
from tests.app.fakes import STROKE, Literal, ScriptedGhost, Stage

PHRASE: list[Literal] = [
    [1.0, "touch 0", [0.1, 0.2, 0]],
    [1.1, "touch 0", [0.2, 0.2, 1]],
    [1.2, "release 0", []],
]  # fmt: skip
DUE_S = 1.7  # with the threshold of the stage, 0.5 s
SHORTLY_S = DUE_S - AHEAD_S / 2
N_PROPOSALS = 3


class Proposer(ScriptedGhost):
    """A scripted ghost that makes proposals, and notes when it was asked for them.

    Attributes:
        asked: how many proposals each call of `propose` was for.
    """

    def __init__(self, script: Sequence[Sequence[float]] = STROKE) -> None:
        super().__init__(script)
        self.n_proposals = N_PROPOSALS
        self.asked: list[int] = []

    def propose(self, states: Sequence[Any], n_events: int, **sampling: Any) -> Any:
        self.asked.append(len(states))
        return super().propose(states, n_events, **sampling)


def stage_with(ghost: ScriptedGhost | None = None, **values: Any) -> tuple[Stage, Proposer]:
    ghost = ghost or Proposer()
    return Stage("call", ghost=ghost, **{"reply_s": 1.0, **values}), ghost  # type: ignore[return-value]


def test_proposals_are_sampled_before_they_are_due_and_only_once() -> None:
    stage, ghost = stage_with()
    stage.play(PHRASE, until=DUE_S - 2 * AHEAD_S)
    assert ghost.asked == []
    stage.play([], until=SHORTLY_S)
    asked = list(ghost.asked)
    assert asked and set(asked) == {N_PROPOSALS}
    assert not stage.sink.ghost  # nothing sounds early
    stage.play([], until=DUE_S)
    assert ghost.asked == asked
    assert stage.sink.ghost == [[1.7, "ghost touch 0", [0.5, 0.5, 0]]]


def test_nothing_is_sampled_when_it_is_due() -> None:
    stage, ghost = stage_with()
    stage.play(PHRASE, until=SHORTLY_S)
    ghost.fail = [RuntimeError("too late")]
    stage.play([], until=DUE_S)
    assert stage.sink.ghost == [[1.7, "ghost touch 0", [0.5, 0.5, 0]]]
    assert len(ghost.fail) == 1


def test_every_voice_of_a_phrase_is_ready() -> None:
    stage, ghost = stage_with()
    phrase: list[Literal] = [
        [1.0, "touch 0", [0.1, 0.2, 0]],
        [1.0, "touch 1", [0.8, 0.2, 0]],
        [1.2, "release 0", []],
        [1.2, "release 1", []],
    ]
    stage.play(phrase, until=SHORTLY_S)
    asked = list(ghost.asked)
    assert asked and set(asked) == {2}  # they share the batch: one proposal each
    stage.play([], until=DUE_S)
    assert [what for _, what, _ in stage.sink.ghost] == ["ghost touch 0", "ghost touch 1"]
    assert ghost.asked == asked


def test_a_touch_in_the_last_moment_is_in_the_answer() -> None:
    stage, ghost = stage_with()
    stage.play([*PHRASE, [SHORTLY_S, "touch 0", [0.9, 0.9, 0]], [SHORTLY_S, "release 0", []]], until=1.9)
    assert not stage.sink.ghost
    n_early = len(ghost.asked)
    stage.play([], until=SHORTLY_S + 0.5)
    assert len(ghost.asked) == 2 * n_early  # what was sampled too early is not played
    stage.play([[4.0, "touch 0", [0.3, 0.3, 0]]])
    heard = [row[1:3] for row in stage.ghost.state if row[0] == "heard"]
    assert heard[:3] == [(0.1, 0.2), (0.2, 0.2), (0.9, 0.9)]


@pytest.mark.parametrize("name", ["pi_temperature", "sigma_temperature"])
def test_a_temperature_that_changes_in_the_last_moment_counts(name: str) -> None:
    stage, ghost = stage_with()
    stage.play(PHRASE, until=SHORTLY_S)
    n_early = len(ghost.asked)
    stage.settings.set(name, 0.25)
    stage.play([], until=DUE_S)
    assert len(ghost.asked) == 2 * n_early
    assert 0.25 in ghost.temperatures[-1]
    assert stage.sink.ghost[0] == [1.7, "ghost touch 0", [0.5, 0.5, 0]]


@pytest.mark.parametrize(("name", "value"), [("likeness", 0.1), ("reply_s", 2.0), ("timescale", 0.5)])
def test_proposals_that_were_made_for_something_else_are_made_anew(name: str, value: float) -> None:
    """Or an answer would be as long as what was set before, and as like."""
    stage, ghost = stage_with()
    stage.play(PHRASE, until=SHORTLY_S)
    n_early = len(ghost.asked)
    stage.settings.set(name, value)
    stage.play([], until=DUE_S)
    assert len(ghost.asked) > n_early


def test_a_reset_in_the_last_moment_leaves_nothing_to_answer() -> None:
    stage, _ = stage_with()
    stage.play(PHRASE, until=SHORTLY_S)
    stage.engine.command("reset")
    stage.play([], until=3.0)
    assert stage.sink.ghost == []


def test_nothing_is_sampled_ahead_while_paused() -> None:
    stage, ghost = stage_with(pause=True)
    stage.play(PHRASE, until=3.0)
    assert ghost.asked == []
    stage.settings.set("pause", False)
    stage.play([], until=3.0)
    assert ghost.asked and stage.sink.ghost


def test_a_model_that_fails_ahead_is_counted_once_and_answers_all_the_same() -> None:
    stage, ghost = stage_with()
    ghost.fail = [RuntimeError("broken")]
    stage.play(PHRASE, until=DUE_S)
    assert stage.engine.status().counters.model_faults == 1
    assert stage.sink.ghost == [[1.7, "ghost touch 0", [0.5, 0.5, 0]]]


def test_while_a_knob_is_turned_no_proposal_is_thought_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody lifts a finger from a knob: an answer is due some time after every event of it."""
    like = VoiceStates.like
    asked: list[Phrase] = []

    def noted(self: VoiceStates, phrase: Phrase) -> list[Phrase]:
        asked.append(phrase)
        return like(self, phrase)

    monkeypatch.setattr(VoiceStates, "like", noted)
    ghost = Proposer([(0.1, 0.5), (0.1, 0.6)])
    ghost.columns = ("dt", "x1")
    stage, _ = stage_with(ghost)
    turns: list[Literal] = [[1.0 + 0.02 * index, "values 0", [0.01 * index]] for index in range(50)]
    stage.play(turns, until=turns[-1][0] + 0.1)
    assert asked == []
    stage.play([], until=turns[-1][0] + 0.5)
    assert len(asked) == 1 and stage.sink.ghost


@pytest.mark.parametrize("touched_s", [SHORTLY_S, DUE_S - 2 * AHEAD_S])
def test_a_seed_gives_the_same_answer_whatever_was_sampled_too_early(touched_s: float) -> None:
    answers = []
    for woken_s in (touched_s, DUE_S - 3 * AHEAD_S):  # the touch comes just after, to an engine that slept
        stage, _ = stage_with(Ghost.load("touch", seed=7))  # type: ignore[arg-type]
        stage.play(PHRASE, until=woken_s)
        stage.clock.advance_to(touched_s)
        stage.play([[touched_s, "touch 0", [0.9, 0.9, 0]], [touched_s, "release 0", []]], until=4.0)
        answers.append(stage.sink.ghost)
    assert len(answers[0]) > 4 and answers[0] == answers[1]


def test_two_answers_to_one_phrase_are_two_answers() -> None:
    stage, _ = stage_with(Ghost.load("touch", seed=7))  # type: ignore[arg-type]
    answers: list[Any] = []
    for start_s in (0.0, 10.0):  # forgotten in between, so that both go on from the same
        before = len(stage.sink.ghost)
        phrase: list[Literal] = [[start_s + time_s, *what] for time_s, *what in PHRASE]
        stage.play(phrase, until=start_s + 9.0)
        answers.append([values for _, _, values in stage.sink.ghost[before:]])
        stage.play([[start_s + 9.0, "reset", None]])
    assert min(map(len, answers)) > 4 and answers[0][:4] != answers[1][:4]


@pytest.mark.parametrize("again", [0, 1])
def test_a_voice_that_plays_on_does_not_change_the_numbers_of_the_others(again: int) -> None:
    both: list[Literal] = [[1.0, f"touch {voice}", [0.2 + 0.4 * voice, 0.2, 0]] for voice in (0, 1)]
    both += [[1.2, "release 0", []], [1.2, "release 1", []]]
    answers = []
    for woken_s in (SHORTLY_S, DUE_S - 3 * AHEAD_S):
        stage, _ = stage_with(Ghost.load("touch", seed=7))  # type: ignore[arg-type]
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
    stage, _ = stage_with(load_ghost=lambda name: Proposer(), choices={"model": ("touch", "b")})
    old = weakref.ref(stage.ghost)
    stage.play([*PHRASE, [SHORTLY_S, what, value], [1.8, "set model", "b"]], until=3.0)
    assert stage.engine.status().model == "b"
    stage.ghost = _ = None  # type: ignore[assignment]
    gc.collect()
    assert old() is None


def test_the_first_event_does_not_wait_until_what_was_not_chosen_is_freed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage, _ = stage_with()
    chosen_from: list[weakref.ref[Proposals]] = []
    is_there: list[bool] = []
    best, play = Proposals.best, stage.sink.play

    def noted_best(proposals: Proposals, voice: int) -> Any:
        chosen_from.append(weakref.ref(proposals))
        return best(proposals, voice)

    def noted_play(event: Event) -> None:
        if event.source is Source.GHOST:
            is_there.append(chosen_from[0]() is not None)
        play(event)

    monkeypatch.setattr(Proposals, "best", noted_best)
    monkeypatch.setattr(stage.sink, "play", noted_play)
    stage.play(PHRASE, until=DUE_S)
    assert is_there == [True]
    assert chosen_from[0]() is None


class NoisyGhost(Proposer):
    """What it proposes depends on its random numbers, and so does whether it fails."""

    def propose(
        self, states: Sequence[Any], n_events: int, *, rng: np.random.Generator, **sampling: Any
    ) -> Any:
        if rng.random() < 0.05:
            raise RuntimeError("bad numbers")
        heat = sampling["pi_temperature"] + rng.random()
        rows, after = super().propose(states, n_events, **sampling)
        rows = rows * np.array([1.0, heat / 4, 1.0, 1.0], np.float32)
        made = [
            (*state, *(("made", *row.tolist()) for row in one))
            for state, one in zip(states, rows, strict=True)
        ]
        assert len(made) == len(after)
        return rows, made


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
    "reply_s": (-1.0, 0.0, 0.3, 1.0),
    "likeness": (0.0, 0.6),
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


@pytest.mark.parametrize(
    "seed", [*range(8), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(8, 30))]
)
def test_whatever_happens_it_does_not_matter_when_sampling_began(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as it is done in time. Where it is not, what is there is played: see `test_proposals`."""
    evening = some_evening(random.Random(seed))
    outcomes: list[Any] = []
    for ahead_s in (AHEAD_S, 2.5 * AHEAD_S):
        monkeypatch.setattr("app.engine.action_player.AHEAD_S", ahead_s)
        stage = Stage(
            ghost=NoisyGhost(SCRIPT),
            load_ghost=lambda name: NoisyGhost(SCRIPT),
            choices={"model": ("touch", "b")},
        )
        log = stage.play(evening, until=evening[-1][0] + 2.0)
        streams = stage.engine._player._replies.voice_states.streams
        voice_states = {voice: (one.state, one.last_s, one.n_heard) for voice, one in streams.items()}
        counters = replace(stage.engine.status().counters, model_faults=0)  # those too early count too
        outcomes.append((log, voice_states, counters))
    assert outcomes[0] == outcomes[1]


def test_no_mixture_is_computed_when_an_answer_is_about_to_be_due(monkeypatch: pytest.MonkeyPatch) -> None:
    stage, ghost = stage_with(threshold_s=0.5 + ROOM_S / 2)  # due just after one of the 30 mixtures a second
    due_s = DUE_S + ROOM_S / 2
    stage.engine.watch_mixture = True
    asked_s: list[float] = []
    mixture = ghost.mixture

    def noted() -> Any:
        asked_s.append(stage.clock.now())
        return mixture()

    monkeypatch.setattr(ghost, "mixture", noted)
    stage.play(PHRASE, until=1.8)
    assert len(asked_s) > 10
    assert not [time_s for time_s in asked_s if due_s - ROOM_S < time_s < due_s]
