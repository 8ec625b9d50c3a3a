"""Proposals end with their guides or their time, and the best sound one is played."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from app.core.status import Report
from app.engine.gesture_phrase import GesturePhrase
from app.engine.guarded_ghost import GuardedGhost, Sampling
from app.engine.proposals import MOST_EVENTS, STEP_EVENTS, Proposals, Request
from tests.app.engine.phrases import circle, taps
from tests.app.fakes import ScriptedGhost

TAP = (0.5, 0.5, 0.25, 0.0)


class Many(ScriptedGhost):
    """Every proposal is a script of its own."""

    def __init__(self, scripts: Sequence[Sequence[Sequence[float]]], *, guided: bool = True) -> None:
        super().__init__()
        self.scripts = scripts
        self.n_proposals = len(scripts)
        self.guide_slices = {"flag": slice(0, 1)} if guided else {}
        self.given: list[np.ndarray | None] = []

    def propose(
        self, states: Sequence[Any], n_events: int, *, guides: np.ndarray | None = None, **sampling: Any
    ) -> Any:
        if self.fail:
            raise self.fail.pop()
        self.given.append(guides)
        made, after = [], []
        for i, state in enumerate(states):
            script = self.scripts[i % len(self.scripts)]
            rows = [script[(len(state) + index) % len(script)] for index in range(n_events)]
            made.append(rows)
            after.append((*state, *(("made", *row) for row in rows)))
        return np.array(made, np.float32), after


def proposals(ghost: Many, *, seconds: float = 2.0, voices: int = 1, phrase: Any = None) -> Proposals:
    states = GuardedGhost(ghost, "many", Report())
    phrase = phrase or taps(9)
    requests = [Request(voice, (), phrase, [], seconds) for voice in range(voices)]
    return Proposals(states, requests, Sampling(1.0, 1.0, 0.6), np.random.default_rng(0))


def finished(ghost: Many, **how: Any) -> Proposals:
    made = proposals(ghost, **how)
    for _ in range(1000):
        if made.is_done:
            return made
        made.work()
    raise AssertionError("they never end")


def test_a_guided_proposal_ends_exactly_with_its_guide() -> None:
    stretch = finished(Many([[TAP]])).best(0)
    assert stretch is not None
    n_events = sum(len(rows) for rows, _ in stretch.chunks)
    assert n_events == len(stretch.guide)
    assert len(stretch.chunks[-1][1]) == n_events  # and the state is that after what is kept


def test_each_event_gets_its_row_of_the_guide_and_nothing_after_the_end() -> None:
    ghost = Many([[TAP]])
    stretch = finished(ghost).best(0)
    assert stretch is not None
    given = np.concatenate([guides[0] for guides in ghost.given if guides is not None])
    rows = stretch.guide.rows(0.6, ghost.guide_slices)
    assert len(given) == STEP_EVENTS * len(ghost.given)
    np.testing.assert_array_equal(given[: len(rows)], rows)
    assert (given[len(rows) :] == 0.0).all()


def test_a_long_one_is_left_to_be_sampled_while_it_plays() -> None:
    stretch = finished(Many([[(0.5, 0.5, 0.01, 1.0)]]), phrase=circle(900, gap_s=0.01), seconds=8.0).best(0)
    assert stretch is not None
    assert sum(len(rows) for rows, _ in stretch.chunks) == MOST_EVENTS < len(stretch.guide)


def test_without_a_guide_a_proposal_ends_with_its_time() -> None:
    ghost = Many([[TAP]], guided=False)
    stretch = finished(ghost, seconds=3.0).best(0)
    assert stretch is not None and ghost.given == [None, None]
    seconds = [float(rows[:, 2].sum()) for rows, _ in stretch.chunks]
    assert sum(seconds[:-1]) <= 3.0 < sum(seconds)


def test_a_model_that_stands_still_ends_all_the_same() -> None:
    stretch = finished(Many([[(0.5, 0.5, 0.0, 1.0)]], guided=False)).best(0)
    assert stretch is not None and sum(len(rows) for rows, _ in stretch.chunks) == MOST_EVENTS


WRONG = [(0.1, 0.1, 0.01, 1.0), (0.9, 0.9, 0.01, 1.0)]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_the_one_most_like_the_phrase_is_played(at: int) -> None:
    scripts: list[Any] = [WRONG, WRONG, WRONG]
    scripts[at] = [TAP]
    stretch = finished(Many(scripts)).best(0)
    assert stretch is not None and stretch.chunks[0][0][0].tolist() == list(TAP)


@pytest.mark.parametrize(("diversity", "share"), [(0.0, 0.25), (0.5, 0.55), (1.0, 0.85)])
def test_of_more_of_them_chance_takes_one_where_the_player_varied(
    diversity: float, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GesturePhrase, "diversity", diversity)
    made = finished(Many([[TAP]] * 16))
    for i, proposal in enumerate(made._proposals):
        proposal.cost = float(i)
    costs = {each.cost for each in (made.best(0) for _ in range(200)) if each is not None}
    assert costs == set(map(float, range(math.ceil(16 * share))))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_one_that_is_not_finite_is_left_out(bad: float) -> None:
    stretch = finished(Many([[(0.5, 0.5, 0.25, bad)], WRONG])).best(0)
    assert stretch is not None and stretch.chunks[0][0][0, 0] == np.float32(0.1)


def test_where_none_is_sound_there_is_none() -> None:
    made = finished(Many([[(np.nan, 0.5, 0.25, 0.0)]] * 3))
    assert made.best(0) is None


def test_a_model_that_raises_ends_them() -> None:
    ghost = Many([[TAP]] * 2)
    ghost.fail = [RuntimeError("broken")]
    made = finished(ghost)
    assert made.best(0) is None and not ghost.given


def test_voices_share_the_batch_and_each_has_its_best() -> None:
    ghost = Many([WRONG, [TAP], [TAP], WRONG])
    made = finished(ghost, voices=2)
    for voice in (0, 1):
        stretch = made.best(voice)
        assert stretch is not None and stretch.chunks[0][0][0].tolist() == list(TAP)
    assert made.best(2) is None
    assert len(finished(Many([[TAP]]), voices=3)._proposals) == 3  # one each at least


def test_they_are_made_a_little_at_a_time() -> None:
    ghost = Many([[TAP]] * 4)
    made = proposals(ghost)
    for _ in range(4):
        made.work()
    assert not ghost.given and not made.is_done  # the guides were made, nothing is sampled yet
    made.work()
    assert len(ghost.given) == 1


def test_before_they_are_done_what_is_there_of_one_can_be_played() -> None:
    made = proposals(Many([[TAP], [(0.1, 0.1, 0.2, 0.0)]]), seconds=4.0)
    assert made.begun(0) is None
    while made.begun(0) is None:
        made.work()
    assert not made.is_done
    stretch = made.begun(0)
    assert stretch is not None
    assert [tuple(row) for row in stretch.chunks[0][0]] == [TAP] * STEP_EVENTS
    assert len(stretch.guide) > STEP_EVENTS  # what is not there yet is drawn toward the rest of it


def test_what_is_there_and_not_finite_is_not_played() -> None:
    made = proposals(Many([[(float("nan"), 0.5, 0.25, 0.0)]]))
    for _ in range(3):
        made.work()
    assert made.begun(0) is None
