"""The ghost's memory of voices: bounded, and carried to another model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from app.core.events import Source, Touch
from app.core.parameters import Settings
from app.core.status import Report
from app.engine.carry import Carry
from app.engine.event_rows import Columns, ColumnsError
from app.engine.guarded_ghost import GuardedGhost
from app.engine.judge import distances
from app.engine.phrase import Phrase
from app.engine.voice_states import MAX_COMPARED, MAX_STREAMS, RECENT_EVENTS, VoiceStates
from tests.app.fakes import ScriptedGhost


def make(ghost: ScriptedGhost | None = None) -> VoiceStates:
    report = Report()
    return VoiceStates(GuardedGhost(ghost or ScriptedGhost(), "touch", report), Settings(), report)


def touch(time_s: float, voice: int = 0) -> Touch:
    return Touch(time_s, Source.PLAYER, voice, 0.5, 0.5, False)


def test_the_voice_that_was_quiet_the_longest_is_forgotten_first() -> None:
    voice_states = make()
    for voice in range(MAX_STREAMS):
        voice_states.hear(touch(float(voice), voice))
    voice_states.hear(touch(100.0, 0))
    voice_states.hear(touch(101.0, MAX_STREAMS))
    assert voice_states[1].state is None
    assert voice_states[0].state is not None
    assert voice_states.last_state is voice_states[MAX_STREAMS].state


def test_another_model_hears_the_recent_events_and_no_more() -> None:
    voice_states = make()
    for index in range(RECENT_EVENTS + 10):
        voice_states.hear(touch(float(index)))
    carried = Carry(voice_states, make().ghost).finish()
    assert len(carried[0].state or ()) == RECENT_EVENTS
    carried.hear(touch(RECENT_EVENTS + 10 + 0.5))
    assert list(carried[0].state or ())[-1] == ("heard", 0.5, 0.5, 1.5, 0.0)


def test_a_model_of_other_columns_begins_with_nothing() -> None:
    voice_states = make()
    voice_states.hear(touch(1.0))
    assert Carry(voice_states, make(ScriptedGhost(columns=("dt", "x1"))).ghost).finish()[0].state is None


def drag(start_s: float, voice: int, gap_s: float) -> list[Touch]:
    return [
        Touch(start_s + gap_s * index, Source.PLAYER, voice, 0.1 * index, 0.5, index > 0)
        for index in range(8)
    ]


def test_like_phrases_are_those_of_any_voice_nearest_first() -> None:
    voice_states = make()
    for start_s, voice, gap_s in ((0, 0, 0.02), (10, 1, 0.02), (20, 1, 0.3), (30, 0, 0.025), (40, 0, 0.02)):
        voice_states.hear(*drag(start_s, voice, gap_s))
    voice_states.hear(*drag(50, 1, 0.5))  # what is still open is none of them
    quick = voice_states.streams[0].evening._phrase(voice_states.streams[0].evening._open)
    assert [phrase.seconds for phrase in voice_states.like(quick)] == pytest.approx([0.14, 0.14, 0.175])


def test_a_phrase_is_compared_with_few_others_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []

    def noted(phrase: Phrase, others: Sequence[Phrase]) -> np.ndarray:
        compared.append(len(others))
        return distances(phrase, others)

    monkeypatch.setattr("app.engine.voice_states.distances", noted)
    voice_states = make()
    for round_ in range(12):
        for voice in range(MAX_STREAMS):
            voice_states.hear(*drag(10.0 * round_, voice, 0.02))
    phrase = voice_states[0].evening.last()
    assert phrase is not None
    voice_states.like(phrase)
    assert 0 < compared[0] <= MAX_COMPARED


@pytest.mark.parametrize("names", [("x", "y", "dt", "moving"), ("moving", "dt", "y", "x")])
def test_columns_are_found_by_name(names: tuple[str, ...]) -> None:
    columns = Columns(names)
    row = columns.row(Touch(1.0, Source.PLAYER, 0, 0.25, 0.5, True), 0.125)
    assert row is not None
    assert dict(zip(names, row.tolist(), strict=True)) == {"x": 0.25, "y": 0.5, "dt": 0.125, "moving": 1.0}
    assert columns.event(row, 2.0, 3) == Touch(2.0, Source.GHOST, 3, 0.25, 0.5, True)


@pytest.mark.parametrize("names", ["", "dt", "x1 dt", "dt x2", "x y dt", "dx dy pen"])
def test_columns_that_cannot_be_played_live_are_refused(names: str) -> None:
    with pytest.raises(
        ColumnsError, match=r"^columns: expected x, y, dt, moving or .* or dt, x1 \.\. xn, got "
    ):
        Columns(names.split())
