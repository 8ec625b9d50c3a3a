"""The real engine, driven by scenarios of [time, what, values] and a clock moved by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.core.clock import ManualClock
from app.core.events import Release, Source, Touch
from app.core.modes import MODES
from app.core.parameters import Settings
from app.core.status import NOTICE_S
from app.engine.event_rows import ColumnsError
from app.engine.thread import INBOX_EVENTS, Engine
from tests.app.fakes import STROKE, Literal, RecordingSink, ScriptedGhost, Stage

PHRASE: list[Literal] = [
    [1.0, "touch 0", [0.1, 0.2, 0]],
    [1.1, "touch 0", [0.2, 0.2, 1]],
    [1.2, "release 0", []],
]  # fmt: skip


def test_call_answers_after_the_silence_with_absolute_deadlines() -> None:
    assert Stage("call").play(PHRASE, until=2.45) == [
        [1.0, "player touch 0", [0.1, 0.2, 0]],
        [1.1, "player touch 0", [0.2, 0.2, 1]],
        [1.2, "player release 0", []],
        [1.7, "ghost touch 0", [0.5, 0.5, 0]],
        [1.8, "ghost touch 0", [0.6, 0.5, 1]],
        [1.9, "ghost touch 0", [0.7, 0.5, 1]],
        [2.0, "ghost touch 0", [0.8, 0.5, 1]],
        [2.08, "ghost release 0", []],
        [2.3, "ghost touch 0", [0.5, 0.5, 0]],
        [2.4, "ghost touch 0", [0.6, 0.5, 1]],
    ]


def test_the_ghost_hears_each_voice_with_its_own_dt(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage("call")
    heard: list[Any] = []
    monkeypatch.setattr(stage.ghost, "feed", lambda rows: heard.extend(rows.tolist()))
    stage.play(
        [
            [1.0, "touch 0", [0.25, 0.5, 0]],
            [1.25, "touch 1", [0.75, 0.5, 0]],
            [1.5, "touch 0", [0.5, 0.5, 1]],
            [1.5, "release 0", []],
            [1.75, "touch 1", [0.25, 0.5, 1]],
            [1.75, "release 1", []],
            [2.0, "touch 0", [0.25, 0.5, 0]],
        ]
    )
    assert heard == [
        [0.25, 0.5, 0.0, 0.0],
        [0.75, 0.5, 0.0, 0.0],
        [0.5, 0.5, 0.5, 1.0],
        [0.25, 0.5, 0.5, 1.0],
        [0.25, 0.5, 0.5, 0.0],
    ]


def test_a_long_pause_is_heard_as_five_seconds() -> None:
    stage = Stage("call", threshold_s=10.0)
    stage.play([*PHRASE, [8.0, "touch 0", [0.5, 0.5, 0]]])
    assert stage.ghost.state[-1] == ("heard", 0.5, 0.5, 5.0, 0.0)


def test_two_fingers_are_answered_by_two_voices() -> None:
    stage = Stage("call")
    stage.play(
        [
            [1.0, "touch 3", [0.1, 0.2, 0]],
            [1.0, "touch 7", [0.9, 0.2, 0]],
            [1.2, "release 3", []],
            [1.2, "release 7", []],
        ],
        until=1.7,
    )
    assert stage.sink.ghost == [
        [1.7, "ghost touch 0", [0.5, 0.5, 0]],
        [1.7, "ghost touch 1", [0.5, 0.5, 0]],
    ]


TWO_PLAYERS = [
    [1.0, "touch 0", [0.1, 0.2, 0]],
    [1.1, "touch 1", [0.8, 0.2, 0]],
    [1.2, "touch 0", [0.2, 0.2, 1]],
    [1.3, "release 0", []],
    [1.3, "release 1", []],
]


def test_two_players_with_a_ghost_each_are_answered_by_two_who_come_in_as_they_did() -> None:
    stage = Stage("call")
    stage.play(TWO_PLAYERS, until=2.0)
    assert stage.sink.ghost == [
        [1.8, "ghost touch 0", [0.5, 0.5, 0]],
        [1.9, "ghost touch 0", [0.6, 0.5, 1]],
        [1.9, "ghost touch 1", [0.5, 0.5, 0]],
        [2.0, "ghost touch 0", [0.7, 0.5, 1]],
        [2.0, "ghost touch 1", [0.6, 0.5, 1]],
    ]


def test_two_players_with_one_ghost_are_answered_by_one_that_heard_both() -> None:
    stage = Stage("call", ghosts="one")
    stage.play([*TWO_PLAYERS, [1.95, "touch 1", [0.4, 0.4, 0]]], until=2.0)
    assert stage.sink.log == [
        [1.0, "player touch 0", [0.1, 0.2, 0]],
        [1.1, "player touch 1", [0.8, 0.2, 0]],
        [1.2, "player touch 0", [0.2, 0.2, 1]],
        [1.3, "player release 0", []],
        [1.3, "player release 1", []],
        [1.8, "ghost touch 0", [0.5, 0.5, 0]],
        [1.9, "ghost touch 0", [0.6, 0.5, 1]],
        [1.95, "player touch 1", [0.4, 0.4, 0]],
        [1.95, "ghost release 0", []],
    ]
    assert stage.ghost.state == (
        ("heard", 0.1, 0.2, 0.0, 0.0),
        ("heard", 0.8, 0.2, 0.1, 0.0),
        ("heard", 0.2, 0.2, 0.1, 0.0),
        ("heard", 0.5, 0.5, 0.3, 0.0),  # what sounded of its own answer
        ("heard", 0.6, 0.5, 0.1, 1.0),
        ("heard", 0.4, 0.4, 0.05, 0.0),
    )


def test_one_ghost_instead_of_many_ends_what_they_play() -> None:
    stage = Stage("call")
    stage.play([*TWO_PLAYERS, [1.95, "set ghosts", "one"]], until=3.0)
    assert stage.sink.ghost[-2:] == [[1.95, "ghost release 0", []], [1.95, "ghost release 1", []]]


def test_at_most_eight_voices_answer() -> None:
    stage = Stage("call")
    touches = [[1.0, f"touch {voice}", [0.1, 0.2, 0]] for voice in range(12)]
    stage.play([*touches, *([1.1, f"release {voice}", []] for voice in range(12))], until=1.6)
    assert [what for _, what, _ in stage.sink.ghost] == [f"ghost touch {voice}" for voice in range(8)]


def test_a_touch_takes_over_at_once_and_only_what_sounded_is_remembered() -> None:
    stage = Stage("call")
    stage.play([*PHRASE, [1.85, "touch 0", [0.3, 0.3, 0]]], until=1.85)
    assert stage.sink.log[-3:] == [
        [1.8, "ghost touch 0", [0.6, 0.5, 1]],
        [1.85, "player touch 0", [0.3, 0.3, 0]],
        [1.85, "ghost release 0", []],
    ]
    assert stage.ghost.state == (
        ("heard", 0.1, 0.2, 0.0, 0.0),
        ("heard", 0.2, 0.2, 0.1, 1.0),
        ("heard", 0.5, 0.5, 0.3, 0.0),  # made, sounded at 1.7, and heard again
        ("heard", 0.6, 0.5, 0.1, 1.0),  # at 1.8
        ("heard", 0.3, 0.3, 0.05, 0.0),  # the player, since 1.8
    )
    stage.engine.run_until(2.3)
    assert stage.sink.log[-1] == [1.85, "ghost release 0", []]


def test_what_sounded_is_remembered_across_chunks() -> None:
    stage = Stage("call")
    stage.play([*PHRASE, [2.35, "touch 0", [0.3, 0.3, 0]]], until=2.35)
    kinds = [kind for kind, *_ in stage.ghost.state]
    assert kinds == ["heard", "heard", "made", "made", "made", "made", "heard", "heard"]
    assert stage.ghost.state[-2:] == (("heard", 0.5, 0.5, 0.3, 0.0), ("heard", 0.3, 0.3, 0.05, 0.0))


def test_all_fingers_sound_before_the_ghost_listens_to_any() -> None:
    stage = Stage("call")
    stage.play(PHRASE, until=1.75)
    order: list[str] = []
    stage.sink.play = lambda event: order.append(str(event.source))  # type: ignore[method-assign]
    stage.ghost.feed = lambda events: order.append("feed")  # type: ignore[method-assign]
    for voice in range(3):
        stage.do(1.75, f"touch {voice}", [0.5, 0.5, 0])
    stage.engine.step()
    assert order == ["player"] * 3 + ["ghost"] + ["feed"] * 4  # the release, what sounded, three fingers


def test_the_takeover_happens_in_the_step_of_the_touch() -> None:
    stage = Stage("call")
    stage.play(PHRASE, until=1.75)
    stage.engine.submit(Touch(1.75, Source.PLAYER, 0, 0.5, 0.5, False))
    stage.engine.step()
    assert [what for _, what, _ in stage.sink.log[-2:]] == ["player touch 0", "ghost release 0"]
    assert stage.engine.status().turn == "player"


def test_an_answer_ends_after_reply_s() -> None:
    stage = Stage("call", reply_s=0.65)
    stage.play(PHRASE, until=9.0)
    assert stage.sink.ghost[-4:] == [
        [2.0, "ghost touch 0", [0.8, 0.5, 1]],
        [2.08, "ghost release 0", []],
        [2.3, "ghost touch 0", [0.5, 0.5, 0]],
        [2.35, "ghost release 0", []],
    ]
    assert stage.engine.status().turn == "player"


def test_of_an_answer_whose_time_is_over_only_what_sounded_is_remembered() -> None:
    stage = Stage("call", reply_s=0.25)
    stage.play([*PHRASE, [3.0, "touch 0", [0.3, 0.3, 0]]])
    assert stage.ghost.state[2:] == (
        ("heard", 0.5, 0.5, 0.3, 0.0),
        ("heard", 0.6, 0.5, 0.1, 1.0),
        ("heard", 0.7, 0.5, 0.1, 1.0),
        ("heard", 0.3, 0.3, 1.1, 0.0),
    )


def test_after_an_answer_the_next_phrase_is_answered_again() -> None:
    stage = Stage("call", reply_s=0.25)
    again = [[time_s + 4.0, what, values] for time_s, what, values in PHRASE]
    stage.play([*PHRASE, *again], until=9.0)
    assert [time_s for time_s, what, _ in stage.sink.ghost if "touch" in what] == [
        1.7, 1.8, 1.9, 5.7, 5.8, 5.9,
    ]  # fmt: skip


def test_duet_plays_along_and_turns_to_what_the_player_does() -> None:
    stage = Stage("duet")
    stage.play([[1.0, "touch 0", [0.1, 0.2, 0]], [1.22, "touch 0", [0.2, 0.2, 1]]], until=1.75)
    assert stage.sink.log == [
        [1.0, "player touch 0", [0.1, 0.2, 0]],
        [1.0, "ghost touch 0", [0.5, 0.5, 0]],
        [1.1, "ghost touch 0", [0.6, 0.5, 1]],
        [1.2, "ghost touch 0", [0.7, 0.5, 1]],
        [1.22, "player touch 0", [0.2, 0.2, 1]],
        [1.3, "ghost touch 0", [0.8, 0.5, 1]],
        [1.38, "ghost release 0", []],
        [1.6, "ghost touch 0", [0.5, 0.5, 0]],
        [1.7, "ghost touch 0", [0.6, 0.5, 1]],
    ]
    # The second chunk went on from the player's second event, not from the ghost's own four.
    assert stage.ghost.state == (
        ("heard", 0.1, 0.2, 0.0, 0.0),
        ("heard", 0.2, 0.2, 0.22, 1.0),
        *(("made", *row) for row in STROKE),
    )
    assert stage.ghost.chunks == [4, 4]


def test_duet_goes_on_from_itself_while_the_player_does_nothing() -> None:
    stage = Stage("duet")
    stage.play([[1.0, "touch 0", [0.1, 0.2, 0]], [1.1, "release 0", []]], until=1.7)
    assert stage.ghost.state == (("heard", 0.1, 0.2, 0.0, 0.0), *(("made", *row) for row in STROKE * 2))


def test_solo_starts_out_of_nothing_and_the_player_is_heard_but_not_by_the_ghost() -> None:
    stage = Stage("solo")
    stage.play([[0.15, "touch 0", [0.1, 0.2, 0]]], until=0.2)
    assert stage.sink.log == [
        [0.0, "ghost touch 0", [0.5, 0.5, 0]],
        [0.1, "ghost touch 0", [0.6, 0.5, 1]],
        [0.15, "player touch 0", [0.1, 0.2, 0]],
        [0.2, "ghost touch 0", [0.7, 0.5, 1]],
    ]
    assert {kind for kind, *_ in stage.ghost.state} == {"made"}


def test_solo_goes_on_from_what_was_heard_before() -> None:
    stage = Stage("call", threshold_s=10.0)
    stage.play([*PHRASE, [1.3, "set mode", "solo"]], until=1.3)
    assert stage.sink.ghost == [[1.3, "ghost touch 0", [0.5, 0.5, 0]]]
    assert [kind for kind, *_ in stage.ghost.state] == ["heard"] * 2 + ["made"] * 4


def test_listen_plays_the_player_only() -> None:
    stage = Stage("listen")
    assert stage.play(PHRASE, until=60.0) == [
        [1.0, "player touch 0", [0.1, 0.2, 0]],
        [1.1, "player touch 0", [0.2, 0.2, 1]],
        [1.2, "player release 0", []],
    ]
    assert stage.ghost.state == ()


def test_loop_plays_phrase_and_reply_in_every_round() -> None:
    ghost = ScriptedGhost([(0.9, 0.9, 0.6, 0.0)])
    stage = Stage("loop", ghost=ghost, loop_s=1.0)
    stage.play(PHRASE, until=3.5)
    round_: list[Literal] = [
        [0.0, "ghost touch 8", [0.1, 0.2, 0]],
        [0.0, "ghost touch 0", [0.9, 0.9, 0]],
        [0.08, "ghost release 0", []],
        [0.1, "ghost touch 8", [0.2, 0.2, 1]],
        [0.2, "ghost release 8", []],
        [0.6, "ghost touch 0", [0.9, 0.9, 0]],
        [0.68, "ghost release 0", []],
    ]
    expected = [[round(start + t, 6), what, values] for start in (2.0, 3.0) for t, what, values in round_]
    assert stage.sink.ghost == [event for event in expected if event[0] <= 3.5]
    assert stage.engine.status().turn == "ghost"


def test_loop_touch_silences_the_reply_for_the_round_and_becomes_a_layer() -> None:
    ghost = ScriptedGhost([(0.9, 0.9, 0.3, 1.0)])
    stage = Stage("loop", ghost=ghost, loop_s=1.0)
    overdub = [[2.45, "touch 0", [0.7, 0.7, 0]], [2.5, "release 0", []]]
    stage.play([*PHRASE, *overdub], until=3.99)
    second = [event for event in stage.sink.log if 2.4 < event[0] < 3.0]
    assert second == [
        [2.45, "player touch 0", [0.7, 0.7, 0]],
        [2.45, "ghost release 0", []],
        [2.5, "player release 0", []],
    ]
    third = [event for event in stage.sink.log if event[0] >= 3.0]
    assert [what for _, what, _ in third if "touch" in what] == [
        "ghost touch 8", "ghost touch 0", "ghost touch 8", "ghost touch 0", "ghost touch 16",
        "ghost touch 0", "ghost touch 0",
    ]  # fmt: skip
    assert [3.45, "ghost touch 16", [0.7, 0.7, 0]] in third


def test_loop_answers_the_phrase_in_every_round_and_not_its_own_reply() -> None:
    stage = Stage("loop", loop_s=1.0)
    stage.play(PHRASE, until=4.0)
    assert [kind for kind, *_ in stage.ghost.state] == ["heard"] * 2 + ["made"] * 4


@pytest.mark.parametrize("timescale", [0.5, 1.0, 4.0])
def test_timescale_stretches_the_schedule_and_not_what_is_fed_back(timescale: float) -> None:
    stage = Stage("call", timescale=timescale)
    times = [1.7 + timescale * offset for offset in (0.0, 0.1, 0.2, 0.3)]
    stage.play(PHRASE, until=times[-1] + 0.01)
    touches = [time_s for time_s, what, _ in stage.sink.ghost if "touch" in what]
    assert touches == pytest.approx(times)
    made = [row for kind, *row in stage.ghost.state if kind == "made"][:4]
    assert made == [list(row) for row in STROKE]


def test_how_the_ghost_plays_takes_hold_with_what_it_plays_in_a_moment() -> None:
    """What plays within `LOOKAHEAD_S` stays as it was planned; what comes after it is sampled anew."""
    stage = Stage("call")
    stage.play([*PHRASE, [1.75, "set timescale", 4.0], [1.75, "set pi_temperature", 0.1]], until=3.0)
    assert stage.sink.ghost[:4] == [
        [1.7, "ghost touch 0", [0.5, 0.5, 0]],
        [1.8, "ghost touch 0", [0.6, 0.5, 1]],
        [1.88, "ghost release 0", []],
        [3.0, "ghost touch 0", [0.5, 0.5, 0]],
    ]
    assert stage.ghost.temperatures[0] == (1.0, 1.0) and stage.ghost.temperatures[-1][0] == 0.1
    assert [row for row in stage.ghost.state if row[0] == "heard"][-2:] == [
        ("heard", 0.5, 0.5, 0.3, 0.0), ("heard", 0.6, 0.5, 0.1, 1.0),
    ]  # fmt: skip


def test_temperatures_reach_the_model() -> None:
    stage = Stage("solo", pi_temperature=0.5, sigma_temperature=0.25)
    stage.play([], until=0.0)
    assert stage.ghost.temperatures == [(0.5, 0.25)]


def test_the_first_chunk_is_small_and_the_next_is_sampled_while_it_plays() -> None:
    stage = Stage("solo")
    stage.play([], until=0.23)
    assert stage.ghost.chunks == [4]
    stage.play([], until=0.24)  # 60 ms before the last event of the first chunk
    assert stage.ghost.chunks == [4, 16]
    assert [time_s for time_s, *_ in stage.sink.ghost] == [0.0, 0.1, 0.2]


def test_denser_events_than_the_cap_are_spread_out_and_counted() -> None:
    stage = Stage("solo", ghost=ScriptedGhost([(0.5, 0.5, 0.0, 1.0)]))
    stage.play([], until=1.0)
    assert len(stage.sink.ghost) == 251
    assert stage.engine.status().counters.slowed >= 250


def test_a_late_engine_moves_the_schedule_instead_of_a_burst() -> None:
    stage = Stage("solo")
    stage.play([], until=0.15)
    stage.clock.advance_to(1.0)  # the machine slept: 0.2 is due, and 0.3
    stage.engine.run_until(1.25)
    assert stage.sink.ghost[2:5] == [
        [1.0, "ghost touch 0", [0.7, 0.5, 1]],
        [1.1, "ghost touch 0", [0.8, 0.5, 1]],
        [1.18, "ghost release 0", []],
    ]
    status = stage.engine.status()
    assert status.counters.late == 1
    assert status.lateness_p99_s == pytest.approx(0.8)
    assert status.lateness_p50_s == 0.0


def test_a_little_late_is_caught_up() -> None:
    stage = Stage("solo")
    stage.play([], until=0.15)
    stage.clock.advance_to(0.24)
    stage.play([], until=0.3)
    assert [time_s for time_s, *_ in stage.sink.ghost] == [0.0, 0.1, 0.2, 0.3]
    assert stage.engine.status().counters.late == 0


def test_pause_holds_the_ghost_still_and_it_goes_on_where_it_was() -> None:
    stage = Stage("solo")
    stage.play([[0.15, "set pause", True], [0.16, "set pause", True], [9.15, "set pause", False]], until=9.3)
    assert stage.sink.ghost == [
        [0.0, "ghost touch 0", [0.5, 0.5, 0]],
        [0.1, "ghost touch 0", [0.6, 0.5, 1]],
        [0.15, "ghost release 0", []],
        [9.2, "ghost touch 0", [0.7, 0.5, 0]],  # a contact begins again
        [9.3, "ghost touch 0", [0.8, 0.5, 1]],
    ]
    assert stage.engine.status().counters.late == 0


def test_a_release_that_was_queued_before_a_pause_does_not_come_twice() -> None:
    ghost = ScriptedGhost([(0.5, 0.5, 0.3, 0.0)])
    stage = Stage("solo", ghost=ghost)
    stage.play([[0.05, "set pause", True], [1.05, "set pause", False]], until=1.35)
    assert stage.sink.ghost == [
        [0.0, "ghost touch 0", [0.5, 0.5, 0]],
        [0.05, "ghost release 0", []],
        [1.3, "ghost touch 0", [0.5, 0.5, 0]],
    ]


def test_a_pause_makes_an_answer_end_later_and_not_shorter() -> None:
    stage = Stage("call", reply_s=1.5, ghost=ScriptedGhost([(0.5, 0.5, 0.2, 1.0)]))
    stage.play([*PHRASE, [1.8, "set pause", True], [2.8, "set pause", False]], until=9.0)
    assert [time_s for time_s, what, _ in stage.sink.ghost if "touch" in what] == [
        1.7, 2.9, 3.1, 3.3, 3.5, 3.7, 3.9, 4.1,
    ]  # fmt: skip


def test_a_pause_makes_a_round_end_later() -> None:
    stage = Stage("loop", loop_s=1.0)
    stage.play([*PHRASE, [1.5, "set pause", True], [4.5, "set pause", False]], until=5.0)
    assert [time_s for time_s, what, _ in stage.sink.ghost if what == "ghost touch 8"] == [5.0]


def test_a_finger_lifted_in_a_pause_does_not_sound_to_the_end_of_every_round() -> None:
    stage = Stage("loop", loop_s=2.0)
    stage.play(
        [
            [1.0, "touch 0", [0.1, 0.5, 0]], [1.25, "set pause", True], [1.5, "release 0", []],
            [4.25, "set pause", False],
        ],
        until=9.0,
    )  # fmt: skip
    assert [[time_s, what] for time_s, what, _ in stage.sink.ghost if what.endswith(" 8")] == [
        [6.0, "ghost touch 8"], [6.25, "ghost release 8"], [8.0, "ghost touch 8"], [8.25, "ghost release 8"],
    ]  # fmt: skip


def test_a_paused_ghost_begins_nothing_and_the_player_plays_on() -> None:
    stage = Stage("call")
    stage.play([[0.5, "set pause", True], *PHRASE, [5.0, "set pause", False]], until=5.0)
    assert stage.sink.ghost == [[5.0, "ghost touch 0", [0.5, 0.5, 0]]]
    assert [1.0, "player touch 0", [0.1, 0.2, 0]] in stage.sink.log


def test_a_muted_ghost_goes_on_unheard() -> None:
    stage = Stage("solo")
    stage.play([[0.15, "set mute", True], [0.25, "set mute", False]], until=0.3)
    assert stage.sink.ghost == [
        [0.0, "ghost touch 0", [0.5, 0.5, 0]],
        [0.1, "ghost touch 0", [0.6, 0.5, 1]],
        [0.15, "ghost release 0", []],
        [0.3, "ghost touch 0", [0.8, 0.5, 0]],
    ]


def test_reset_forgets_and_the_first_event_after_it_has_no_dt() -> None:
    stage = Stage("call")
    stage.play([*PHRASE, [1.75, "reset", []], [1.75, "reset", []]], until=9.0)
    assert stage.sink.log[-1] == [1.75, "ghost release 0", []]
    stage.play([[10.0, "touch 0", [0.3, 0.3, 0]]])
    assert stage.ghost.state == (("heard", 0.3, 0.3, 0.0, 0.0),)


def test_panic_silences_and_releases_everything_and_remembers() -> None:
    stage = Stage("duet")
    stage.play([[1.0, "touch 0", [0.1, 0.2, 0]], [1.05, "panic", []], [1.05, "panic", []]], until=9.0)
    assert stage.sink.log[-2:] == [[1.05, "ghost release 0", []], [1.05, "player release 0", []]]
    assert stage.sink.n_panics == 2
    stage.play([[9.5, "touch 0", [0.1, 0.2, 0]]])
    assert stage.ghost.state[0] == ("heard", 0.1, 0.2, 0.0, 0.0)


@pytest.mark.parametrize("mode", MODES)
def test_after_a_panic_every_mode_is_silent(mode: str) -> None:
    stage = Stage(mode, loop_s=1.0)
    stage.play([*PHRASE, [4.0, "panic", []]], until=4.0)
    n_events = len(stage.sink.events)
    stage.engine.run_until(60.0)
    assert len(stage.sink.events) == n_events
    assert stage.sink.held == set()


def test_changing_the_mode_ends_what_the_ghost_plays() -> None:
    stage = Stage("call")
    stage.play([*PHRASE, [1.75, "set mode", "listen"]], until=9.0)
    assert stage.sink.log[-1] == [1.75, "ghost release 0", []]
    assert stage.engine.status().mode == "listen"


def test_what_the_ghost_plays_in_a_duet_is_not_taken_for_the_player() -> None:
    stage = Stage("duet")
    stage.play([[1.0, "touch 0", [0.1, 0.2, 0]], [1.15, "set mode", "call"], [1.2, "touch 0", [0.2, 0.2, 1]]])
    assert stage.ghost.state == (("heard", 0.1, 0.2, 0.0, 0.0), ("heard", 0.2, 0.2, 0.2, 1.0))


def test_controllers_are_answered_by_a_model_of_controllers() -> None:
    ghost = ScriptedGhost([(0.25, 0.1, 1.5), (0.25, 0.3, -1.0)], columns=("dt", "x1", "x2"))
    stage = Stage("call", ghost=ghost)
    log = stage.play([[1.0, "values 0", [0.5, 0.75]], [1.2, "values 0", [0.25, 0.75]]], until=2.0)
    assert log[2:] == [
        [1.7, "player release 0", []],  # what the values held ends: the ghost takes over
        [1.7, "ghost values 0", [0.1, 1.0]],
        [1.95, "ghost values 0", [0.3, 0.0]],
    ]
    assert stage.ghost.state[:2] == (("heard", 0.0, 0.5, 0.75), ("heard", 0.2, 0.25, 0.75))


def test_events_the_model_cannot_hear_sound_and_are_counted_and_noticed_once() -> None:
    stage = Stage("call")
    log = stage.play([[1.0, "values 0", [0.5, 0.5]], [1.1, "values 0", [0.5, 0.5]]], until=9.0)
    assert [what for _, what, _ in log] == ["player values 0", "player values 0", "player release 0"]
    status = stage.engine.status()
    assert status.counters.refused == 2
    assert status.notice == ("The model touch hears touches; 2 values came, which you hear but it does not.")


def test_a_model_that_draws_is_refused() -> None:
    with pytest.raises(ColumnsError, match=r"^columns: expected x, y, dt, moving or .*, got dx, dy, pen\.$"):
        Engine(ScriptedGhost(columns=("dx", "dy", "pen")), Settings(), [])


@pytest.mark.parametrize("fault", ["raises", "nan"])
def test_a_model_that_fails_is_counted_and_begins_afresh(fault: str) -> None:
    stage = Stage("call")
    if fault == "raises":
        stage.ghost.fail = [RuntimeError("broken graph")]
    else:
        script = stage.ghost.script
        stage.ghost.script = [(np.nan, 0.5, 0.1, 1.0)]
        stage.settings.subscribe(lambda *_: setattr(stage.ghost, "script", script))
    stage.play([*PHRASE, [1.75, "set volume", 0.5]], until=3.0)
    status = stage.engine.status()
    assert status.counters.model_faults == 1
    assert status.notice.startswith("The model touch failed to go on and began afresh: ")
    assert {kind for kind, *_ in stage.ghost.state} == {"made"}
    assert stage.sink.ghost[0] == [2.25, "ghost touch 0", [0.5, 0.5, 0]]  # 1.7, the rest, and its dt


def test_a_model_that_always_fails_does_not_stop_the_player() -> None:
    stage = Stage("solo")
    stage.ghost.fail = [RuntimeError("broken graph")] * 1000
    stage.play(PHRASE, until=10.0)
    assert [what for _, what, _ in stage.sink.log] == ["player touch 0", "player touch 0", "player release 0"]
    assert 10 < stage.engine.status().counters.model_faults < 100


def test_a_model_that_cannot_hear_forgets_that_voice() -> None:
    stage = Stage("call")
    stage.ghost.fail_feed = [RuntimeError("broken graph")]
    stage.play(PHRASE, until=1.3)
    assert stage.ghost.state == (("heard", 0.2, 0.2, 0.1, 1.0),)
    assert stage.engine.status().counters.model_faults == 1


def test_a_sink_that_raises_is_counted_noticed_once_and_does_not_stop_the_others() -> None:
    bad, good = RecordingSink(), RecordingSink()
    bad.fail = [OSError("unplugged")] * 2
    clock = ManualClock(1.0)
    engine = Engine(ScriptedGhost(), Settings(), [bad, good], clock=clock)
    for event in (Touch(1.0, Source.PLAYER, 0, 0.5, 0.5, False), Release(1.0, Source.PLAYER, 0)):
        engine.submit(event)
    engine.step()
    assert len(good.events) == 2
    assert engine.status().counters.sink_faults == 2
    assert engine.status().notice == "RecordingSink failed, the others play on: unplugged"


def test_sinks_follow_the_sound_settings_from_the_start() -> None:
    stage = Stage("call", volume=0.25)
    assert stage.sink.values == {"instrument": "strings", "scale": "free", "volume": 0.25}
    stage.play([[1.0, "set instrument", "keys"]])
    assert stage.sink.values["instrument"] == "keys"


def test_what_a_sink_has_to_say_is_shown_for_a_while() -> None:
    stage = Stage("call")
    told: list[str] = []
    stage.engine.tell_notices_to(told.append)
    stage.sink.notice = "Not recording: disk full"
    for _ in range(2):  # to ask changes nothing
        assert (stage.engine.status().notice, told) == ("", [])
    stage.engine.step()
    assert stage.engine.status().notice == "Not recording: disk full"
    stage.clock.advance_to(NOTICE_S + 0.1)
    assert stage.engine.status().notice == ""
    assert told == ["Not recording: disk full"]


@pytest.mark.parametrize(("name", "first", "last"), [("mode", "solo", "duet"), ("pause", True, False)])
def test_the_engine_plays_as_the_settings_say_whichever_of_two_changes_it_is_told_last(
    name: str, first: str | bool, last: str | bool
) -> None:
    settings, sink = Settings(), RecordingSink()

    def set_again(changed: str, value: object) -> None:
        if (changed, value) == (name, first):
            settings.set(name, last)

    settings.subscribe(set_again)  # it comes in between: the engine is told of `last`, and then of `first`
    engine = Engine(ScriptedGhost(), settings, [sink], clock=(clock := ManualClock()))
    settings.set(name, first)
    engine.step()
    assert settings[name] == last
    if name == "mode":
        assert engine.status().mode == last
    else:
        for event in (Touch(0.0, Source.PLAYER, 0, 0.5, 0.5, False), Release(0.1, Source.PLAYER, 0)):
            engine.run_until(event.time_s)
            engine.submit(event)
        engine.run_until(clock.now() + 3.0)
        assert sink.ghost != []


def test_what_sinks_drop_is_counted() -> None:
    stage = Stage("call")
    stage.sink.n_dropped = 3
    assert stage.engine.status().counters.sink_drops == 3


def test_a_full_inbox_drops_and_counts_but_never_a_release() -> None:
    stage = Stage("listen")
    for index in range(INBOX_EVENTS + 10):
        stage.engine.submit(Touch(0.0, Source.PLAYER, 0, 0.5, 0.5, index > 0))
    stage.engine.submit(Release(0.0, Source.PLAYER, 0))
    stage.engine.step()
    assert stage.engine.status().counters.dropped == 10
    assert stage.sink.held == set()


def test_an_event_from_the_future_is_now() -> None:
    stage = Stage("call")
    stage.engine.submit(Touch(1e6, Source.PLAYER, 0, 0.5, 0.5, False))
    stage.engine.submit(Release(1e6, Source.PLAYER, 0))
    stage.engine.run_until(3.0)
    assert stage.sink.log[0][0] == 0.0
    assert stage.sink.ghost


def test_only_the_player_is_submitted_and_only_known_commands_are_done() -> None:
    stage = Stage("call")
    with pytest.raises(ValueError, match=r"^source: expected player, got ghost\.$"):
        stage.engine.submit(Release(0.0, Source.GHOST, 0))
    with pytest.raises(ValueError, match=r"^command: expected one of reset, panic, got 'jump'\.$"):
        stage.engine.command("jump")


def test_status_counts_down_the_silence_and_names_the_turn() -> None:
    stage = Stage("call")
    assert (stage.engine.status().turn, stage.engine.status().silence_left_s) == ("nobody", None)
    stage.play(PHRASE[:2], until=1.15)
    assert (stage.engine.status().turn, stage.engine.status().silence_left_s) == ("player", None)
    stage.play(PHRASE[2:], until=1.5)
    assert stage.engine.status().silence_left_s == pytest.approx(0.2, abs=1e-5)
    stage.play([], until=1.7)
    assert (stage.engine.status().turn, stage.engine.status().silence_left_s) == ("ghost", None)
    counters = stage.engine.status().counters
    assert (counters.events_in, counters.events_out) == (3, 4)


def test_the_mixture_is_of_what_was_really_heard_and_only_while_watched() -> None:
    stage = Stage("call")
    stage.play(PHRASE, until=1.3)
    assert stage.engine.status().mixture is None
    stage.engine.watch_mixture = True
    stage.play([], until=1.6)
    mixture = stage.engine.status().mixture
    assert mixture is not None and mixture.dt_s.tolist() == [2]
    stage.play([], until=1.89)  # two events of the ghost sounded, though more are sampled
    mixture = stage.engine.status().mixture
    assert mixture is not None and mixture.dt_s.tolist() == [4]
    stage.engine.watch_mixture = False
    stage.play([], until=1.9)
    assert stage.engine.status().mixture is None


def test_another_model_takes_over_between_two_events_and_has_heard_the_phrase() -> None:
    other = ScriptedGhost([(0.1, 0.1, 0.1, 1.0)])
    stage = Stage("call", load_ghost={"two": other}.__getitem__, choices={"model": ("touch", "two")})
    stage.play([*PHRASE, [1.85, "set model", "two"]], until=2.0)
    assert stage.sink.ghost[-3:] == [
        [1.85, "ghost release 0", []],
        [1.85, "ghost touch 0", [0.1, 0.1, 0]],
        [1.95, "ghost touch 0", [0.1, 0.1, 1]],
    ]
    assert [row for row in other.state if row[0] == "heard"] == [
        ("heard", 0.1, 0.2, 0.0, 0.0),
        ("heard", 0.2, 0.2, 0.1, 1.0),
        ("heard", 0.5, 0.5, 0.3, 0.0),
        ("heard", 0.6, 0.5, 0.1, 1.0),
    ]
    assert stage.engine.status().model == "two"


def test_an_answer_does_not_get_longer_by_another_model() -> None:
    stage = Stage(
        "call", load_ghost=lambda _: ScriptedGhost(), choices={"model": ("touch", "two")}, reply_s=1.0
    )
    stage.play([*PHRASE, [2.2, "set model", "two"]], until=9.0)
    assert stage.sink.ghost[-1] == [2.58, "ghost release 0", []]
    assert stage.engine.status().turn == "player"


def test_a_model_that_hears_something_else_is_refused_and_the_old_one_plays_on() -> None:
    other = ScriptedGhost([(0.1, 0.5, 0.5)], columns=("dt", "x1", "x2"))
    stage = Stage("solo", load_ghost=lambda _: other, choices={"model": ("touch", "two")})
    told: list[str] = []
    stage.engine.tell_notices_to(told.append)
    stage.play([[0.05, "set model", "two"]], until=0.1)
    assert told == [
        "The model two cannot play, touch plays on: columns: expected x, y, dt, moving, got dt, x1, x2."
    ]
    assert (stage.settings["model"], stage.engine.status().model) == ("touch", "touch")
    assert [time_s for time_s, *_ in stage.sink.ghost] == [0.0, 0.1]


@pytest.mark.parametrize("fault", ["missing", "draws", "no loader"])
def test_a_model_that_cannot_play_is_told_and_the_setting_goes_back(fault: str) -> None:
    def load(name: str) -> ScriptedGhost:
        if fault == "missing":
            raise OSError("no such file")
        return ScriptedGhost(columns=("dx", "dy", "pen"))

    stage = Stage(
        "solo", load_ghost=None if fault == "no loader" else load, choices={"model": ("touch", "two")}
    )
    stage.play([[0.05, "set model", "two"]], until=0.1)
    assert stage.settings["model"] == "touch"
    assert stage.engine.status().model == "touch"
    assert stage.engine.status().notice.startswith("The model two cannot play, touch plays on: ")
    assert [time_s for time_s, *_ in stage.sink.ghost] == [0.0, 0.1]


def test_stop_releases_and_closes_and_may_come_twice() -> None:
    stage = Stage("duet")
    stage.play([[1.0, "touch 0", [0.1, 0.2, 0]]])
    stage.engine.stop()
    stage.engine.stop()
    assert stage.sink.held == set()
    assert stage.sink.n_closes == 1


def test_run_until_needs_a_clock_that_can_be_moved() -> None:
    engine = Engine(ScriptedGhost(), Settings(), [])
    with pytest.raises(TypeError, match=r"^clock: expected a ManualClock, got SystemClock\.$"):
        engine.run_until(1.0)
