"""Answers as they sound: as long as the phrase, then the player's turn, and one to whatever was played."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from app.core.events import Source
from app.ghost import Ghost
from tests.app.fakes import STROKE, Literal, ScriptedGhost, Stage

THRESHOLD_S = 0.5


class Guided(ScriptedGhost):
    """It follows its guide in nothing, but can be guided, and proposes."""

    def __init__(self, script: Sequence[Sequence[float]] = STROKE) -> None:
        super().__init__(script)
        self.guide_slices = {"seconds": slice(0, 2), "flag": slice(2, 3)}
        self.n_proposals = 3


class Unsound(Guided):
    """Its proposals are not finite, what it goes on with is."""

    def propose(self, states: Sequence[Any], n_events: int, **sampling: Any) -> Any:
        rows, after = super().propose(states, n_events, **sampling)
        return np.full_like(rows, np.nan), after


def drag(seconds: float, gap_s: float = 0.05, voice: int = 0, start_s: float = 1.0) -> list[Literal]:
    n_events = round(seconds / gap_s)
    played: list[Literal] = [
        [start_s + index * gap_s, f"touch {voice}", [0.2 + 0.6 * index / n_events, 0.5, int(index > 0)]]
        for index in range(n_events + 1)
    ]
    return [*played, [start_s + seconds, f"release {voice}", []]]


def times(stage: Stage) -> list[float]:
    return [time_s for time_s, what, _ in stage.sink.ghost if "touch" in what]


@pytest.mark.parametrize("ghost", [Guided, ScriptedGhost])
@pytest.mark.parametrize(("seconds", "lasts_s"), [(0.5, 2.0), (4.0, 4.0), (15.0, 8.0)])
def test_an_answer_lasts_as_long_as_the_phrase_and_then_it_is_the_players_turn(
    ghost: type[ScriptedGhost], seconds: float, lasts_s: float
) -> None:
    stage = Stage("call", ghost=ghost(), reply_s=-1.0)
    due_s = 1.0 + seconds + THRESHOLD_S
    stage.play(drag(seconds), until=due_s + 0.5)
    assert stage.engine.status().turn == "ghost"
    stage.play([], until=due_s + lasts_s + 0.2)
    assert stage.engine.status().turn == "player"
    assert times(stage)[0] == pytest.approx(due_s, abs=1e-4)
    assert 0.4 * lasts_s <= times(stage)[-1] - due_s <= lasts_s + 1e-4
    n_events = len(stage.sink.ghost)
    stage.play([], until=60.0)
    assert len(stage.sink.ghost) == n_events and not stage.sink.held


BAD_INPUT: dict[str, list[Literal]] = {
    "one tap": [[1.0, "touch 0", [0.5, 0.5, 0]], [1.05, "release 0", []]],
    "10 000 events": drag(20.0, gap_s=0.002),
    "one finger that never lifts": drag(60.0, gap_s=0.05),
    "all fingers at once": [
        *([1.0, f"touch {voice}", [voice / 10, 0.5, 0]] for voice in range(10)),
        *([1.1, f"release {voice}", []] for voice in range(10)),
    ],
}


@pytest.mark.parametrize("ghosts", ["each", "one"])
@pytest.mark.parametrize("name", BAD_INPUT)
def test_whatever_was_played_there_is_an_answer(name: str, ghosts: str) -> None:
    stage = Stage("call", ghost=Guided(), reply_s=-1.0, ghosts=ghosts)
    stage.play(BAD_INPUT[name])
    due_s = BAD_INPUT[name][-1][0] + THRESHOLD_S
    stage.play([], until=due_s + 1.0)
    assert times(stage)[0] == pytest.approx(due_s, abs=1e-4)
    status = stage.engine.status()
    assert (status.counters.late, status.counters.model_faults) == (0, 0)
    assert len({what for _, what, _ in stage.sink.ghost if "touch" in what}) == (
        8 if (name, ghosts) == ("all fingers at once", "each") else 1
    )


def test_in_duet_a_finger_that_never_lifts_is_answered() -> None:
    stage = Stage("duet", ghost=Guided())
    stage.play(drag(20.0), until=21.0)
    assert len(times(stage)) > 50


def test_nothing_is_played_after_the_first_event_that_comes_too_late() -> None:
    """The density cap makes it last longer than it was proposed: the eighth event would be past the end."""
    ghost = ScriptedGhost([*[(0.5, 0.5, 0.0, 1.0)] * 7, (0.5, 0.5, 0.03, 1.0)])
    ghost.n_proposals = 3
    stage = Stage("call", ghost=ghost, reply_s=0.32)
    stage.play(drag(3.0), until=9.0)
    assert len(times(stage)) == 5 * 8 + 7


def test_where_no_proposal_is_finite_the_ghost_goes_on_without() -> None:
    stage = Stage("call", ghost=Unsound(), reply_s=-1.0)
    stage.play(drag(3.0), until=12.0)
    assert times(stage)[0] == pytest.approx(4.5, abs=1e-4)
    assert len(times(stage)) > 5 and stage.engine.status().turn == "player"


def test_where_the_judge_finds_none_good_there_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.judge.cost", lambda *_: float("nan"))
    stage = Stage("call", ghost=Guided(), reply_s=-1.0)
    stage.play(drag(3.0), until=12.0)
    assert times(stage)[0] == pytest.approx(4.5, abs=1e-4) and len(times(stage)) > 5


def test_a_wait_of_seconds_is_void_when_the_player_plays_on_in_duet() -> None:
    ghost = ScriptedGhost([(0.5, 0.5, 4.0, 0.0)])
    stage = Stage("duet", ghost=ghost)
    stage.play([[1.0, "touch 0", [0.1, 0.1, 0]]], until=3.0)
    assert times(stage) == [1.0]
    ghost.script = [(0.7, 0.7, 0.1, 0.0)]
    stage.play([[3.0, "touch 0", [0.2, 0.1, 1]]], until=3.5)
    assert times(stage)[1] == pytest.approx(3.0, abs=1e-4)


def test_a_wait_goes_on_while_the_player_does_nothing() -> None:
    stage = Stage("duet", ghost=ScriptedGhost([(0.5, 0.5, 4.0, 0.0)]))
    stage.play([[1.0, "touch 0", [0.1, 0.1, 0]]], until=5.5)
    assert times(stage) == [1.0, 5.0]


def test_solo_after_call_stays_with_the_phrase() -> None:
    stage = Stage("call", ghost=Guided(), reply_s=-1.0)
    stage.play(drag(3.0), until=3.9)
    stage.settings.set("mode", "solo")
    stage.ghost.guides.clear()
    stage.play([], until=8.0)
    assert len(times(stage)) > 10
    assert stage.ghost.guides and all(guide is not None and guide.any() for guide in stage.ghost.guides)


def test_the_guide_is_followed_without_a_gap_when_a_knob_is_turned() -> None:
    stage = Stage("call", ghost=Guided(), reply_s=4.0)
    stage.play([*drag(3.0), [5.0, "set likeness", 0.3], [5.3, "set likeness", 0.9]], until=9.5)
    assert stage.engine.status().turn == "player"
    gaps = np.diff(times(stage))
    assert len(gaps) > 8 and gaps.max() < 1.0


@pytest.mark.parametrize("mode", ["call", "duet", "solo"])
def test_a_seed_gives_the_same_evening(mode: str) -> None:
    evenings = []
    for seed in (5, 5, 6):
        stage = Stage(mode, ghost=Ghost.load("touch", seed=seed), reply_s=-1.0)  # type: ignore[arg-type]
        stage.play([*drag(1.0), *drag(0.5, start_s=5.0)], until=7.5)
        evenings.append(stage.sink.log)
    assert evenings[0] == evenings[1] != evenings[2]
    assert sum(what.startswith(str(Source.GHOST)) for _, what, _ in evenings[0]) > 8


def two_voices(seconds: float, later_s: float) -> list[Literal]:
    """The second voice comes in so much later, and both end together."""
    events = [*drag(seconds), *drag(seconds - later_s, voice=1, start_s=1.0 + later_s)]
    return sorted(events, key=lambda event: event[0])


def first_times(stage: Stage) -> dict[str, float]:
    first: dict[str, float] = {}
    for time_s, what, _ in stage.sink.ghost:
        first.setdefault(what[-1], time_s)
    return first


def of_two_models() -> Stage:
    """A stage whose model can be changed to "two"."""
    return Stage(
        "call",
        ghost=Guided(),
        load_ghost=lambda _: Guided(),
        choices={"model": ("touch", "two")},
        reply_s=6.0,
    )


@pytest.mark.parametrize("timescale", [1.0, 4.0])
def test_a_voice_that_came_in_late_comes_in_before_half_of_the_answer_is_over(timescale: float) -> None:
    stage = Stage("call", ghost=Guided(), reply_s=-1.0, timescale=timescale)
    stage.play(two_voices(12.0, 10.0), until=24.0)
    assert first_times(stage) == pytest.approx({"0": 13.5, "1": 13.5 + 4.0})


def test_voices_that_play_go_on_together_when_the_model_changes() -> None:
    stage = of_two_models()
    stage.play([*two_voices(4.0, 2.0), [8.51, "set model", "two"]], until=8.6)
    began = {what[-1] for time_s, what, _ in stage.sink.ghost if "touch" in what and time_s >= 8.51}
    assert began == {"0", "1"}


def test_likeness_that_changes_in_a_pause_is_heard_after_it() -> None:
    stage = Stage("call", ghost=Guided(), reply_s=6.0)
    stage.play([*drag(3.0), [5.0, "set pause", True]], until=5.0)
    stage.ghost.guides.clear()
    stage.play([[15.0, "set likeness", 0.1], [15.5, "set pause", False]], until=15.7)
    assert stage.ghost.guides, "what was planned before the pause is still played"


def test_an_answer_goes_on_by_another_model_that_is_chosen_in_a_pause() -> None:
    stage = of_two_models()
    stage.play([*drag(3.0), [6.5, "set pause", True], [20.0, "set model", "two"]], until=21.0)
    stage.play([[22.0, "set pause", False]], until=30.0)
    assert 24.5 < times(stage)[-1] < 26.0  # of six seconds it had played two
