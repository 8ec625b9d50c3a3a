"""Whatever happens, in whatever order: no stuck voices, times that do not go back, and no endless loop."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.events import Source, Touch
from app.core.modes import MODES
from tests.app.fakes import RecordingSink, ScriptedGhost, Stage

VOICES = st.integers(0, 9)
UNITS = st.sampled_from([0.0, 0.25, 1.0])
DTS = st.sampled_from([0.0, 0.001, 0.01, 0.1, 1.0, 5.0, -1.0])
SCRIPTS = st.lists(st.tuples(UNITS, UNITS, DTS, st.sampled_from([0.0, 1.0])), min_size=1, max_size=6)
WHATS = st.one_of(
    st.tuples(VOICES.map("touch {}".format), st.tuples(UNITS, UNITS, st.booleans())),
    st.tuples(VOICES.map("release {}".format), st.none()),
    st.tuples(VOICES.map("values {}".format), st.just((0.5, 0.5))),
    st.tuples(st.sampled_from(["reset", "panic"]), st.none()),
    st.tuples(st.just("set mode"), st.sampled_from(sorted(MODES))),
    st.tuples(st.sampled_from(["set pause", "set mute"]), st.booleans()),
    st.tuples(st.just("set timescale"), st.sampled_from([0.25, 4.0])),
    st.tuples(st.just("set reply_s"), st.sampled_from([0.0, 0.3])),
)
GAPS = st.sampled_from([0.0, 0.003, 0.05, 0.3, 0.7, 2.0])
SCENARIOS = st.lists(st.tuples(GAPS, WHATS), max_size=25)


def played(mode: str, script: list[tuple[float, ...]], scenario: list[tuple[float, Any]]) -> Stage:
    stage = Stage(mode, ghost=ScriptedGhost(script), loop_s=1.0)
    time_s = 0.0
    for gap_s, (what, values) in scenario:
        time_s += gap_s
        stage.play([[time_s, what, values]])
    return stage


def sources(sink: RecordingSink) -> set[Source]:
    return {event.source for event in sink.events}


@settings(max_examples=75, deadline=None)
@given(st.sampled_from(sorted(MODES)), SCRIPTS, SCENARIOS)
def test_after_a_panic_nothing_is_held_and_nothing_comes(
    mode: str, script: list[tuple[float, ...]], scenario: list[tuple[float, Any]]
) -> None:
    stage = played(mode, script, scenario)
    stage.engine.command("panic")
    stage.engine.step()
    assert stage.sink.held == set()
    n_events = len(stage.sink.events)
    stage.play([], until=stage.clock.now() + 10.0)
    assert len(stage.sink.events) == n_events


@settings(max_examples=75, deadline=None)
@given(st.sampled_from(sorted(MODES)), SCRIPTS, SCENARIOS)
def test_after_the_end_nothing_is_held(
    mode: str, script: list[tuple[float, ...]], scenario: list[tuple[float, Any]]
) -> None:
    stage = played(mode, script, scenario)
    stage.engine.stop()
    assert stage.sink.held == set()
    assert stage.engine.status().counters.sink_faults == 0


@settings(max_examples=75, deadline=None)
@given(st.sampled_from(sorted(MODES)), SCRIPTS, SCENARIOS)
def test_the_ghost_plays_in_the_order_of_time_and_begins_every_contact(
    mode: str, script: list[tuple[float, ...]], scenario: list[tuple[float, Any]]
) -> None:
    stage = played(mode, script, scenario)
    ghost = [event for event in stage.sink.events if event.source is Source.GHOST]
    times = [event.time_s for event in ghost]
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(times))
    held: set[int] = set()
    for event in ghost:
        if isinstance(event, Touch):
            assert event.voice in held or not event.moving
            held.add(event.voice)
        else:
            held.discard(event.voice)
    assert stage.engine.status().counters.late == 0


def test_the_strategies_reach_both_players() -> None:
    """A property of nothing would hold: the scenarios do make ghosts play and players sound."""
    stage = played("solo", [(0.5, 0.5, 0.1, 1.0)], [(0.3, ("touch 0", (0.5, 0.5, False)))])
    assert sources(stage.sink) == {Source.PLAYER, Source.GHOST}
