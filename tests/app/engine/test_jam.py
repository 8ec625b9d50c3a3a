"""The jam decides: events and the time in, actions out."""

from __future__ import annotations

import math

import pytest

from app.core.events import Release, Source, Touch, Values
from app.core.modes import MODES
from app.core.parameters import PARAMETERS, Choice, Settings
from app.engine.jam import Action, Answer, Hear, Hush, Jam, Play, Replay

P, G = Source.PLAYER, Source.GHOST


def make(mode: str, **values: float | str) -> Jam:
    settings = Settings()
    settings.set("mode", mode)
    for name, value in {"threshold_s": 0.5, "reply_s": 0.0, **values}.items():
        settings.set(name, value)
    return Jam(settings)


def touch(time_s: float, voice: int = 0, x: float = 0.5, moving: bool = False) -> Touch:
    return Touch(time_s, P, voice, x, 0.5, moving)


def lift(time_s: float, voice: int = 0) -> Release:
    return Release(time_s, P, voice)


def tap(jam: Jam, time_s: float, voice: int = 0) -> list[Action]:
    """A touch, released 0.1 s later; what the touch made happen."""
    actions = jam.receive(touch(time_s, voice))
    jam.receive(lift(time_s + 0.1, voice))
    return actions


def test_every_mode_of_the_settings_is_in_the_table() -> None:
    mode = next(p for p in PARAMETERS if p.name == "mode")
    assert isinstance(mode, Choice)
    assert set(mode.choices) == set(MODES)


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_lets_the_player_sound_first(mode: str) -> None:
    for event in (touch(1.0), Values(1.0, P, (0.5,))):
        assert make(mode).receive(event)[0] == Play(event)


@pytest.mark.parametrize("mode", MODES)
def test_which_modes_hear(mode: str) -> None:
    event = touch(1.0)
    assert (Hear(event) in make(mode).receive(event)) == (mode in ("call", "duet", "loop"))


def test_call_answers_all_voices_of_the_phrase_after_the_silence() -> None:
    jam = make("call")
    tap(jam, 1.0, voice=2)
    tap(jam, 1.2, voice=5)
    assert jam.answer_s == 1.8
    assert jam.begin(1.79) == []
    assert jam.begin(1.8) == [Answer((2, 5))]
    assert jam.begin(9.0) == []
    assert jam.answer_s == math.inf


def test_call_answers_for_as_long_as_is_set() -> None:
    jam = make("call", reply_s=3.0)
    tap(jam, 1.0)
    assert jam.begin(2.0) == [Answer((0,), 3.0)]


def test_a_resting_finger_keeps_the_turn() -> None:
    jam = make("call")
    tap(jam, 1.0)
    jam.receive(touch(1.2))
    assert jam.begin(60.0) == []
    jam.receive(lift(60.0))
    assert jam.begin(60.4) == []
    assert jam.begin(60.5) == [Answer((0,))]


def test_a_finger_that_was_never_lifted_before_keeps_the_turn_too() -> None:
    jam = make("call")
    jam.receive(touch(1.0, voice=3))
    assert jam.begin(60.0) == []
    assert jam.is_playing(60.0)


def test_a_release_of_nothing_sounds_nowhere() -> None:
    jam = make("call")
    assert jam.receive(lift(0.5)) == []


def test_a_touch_takes_over_and_begins_a_phrase_of_its_own() -> None:
    jam = make("call")
    tap(jam, 1.0, voice=0)
    jam.begin(2.0)
    event = touch(2.5, voice=1)
    assert jam.receive(event) == [Play(event), Hush(), Hear(event)]
    moved = touch(2.51, voice=1, moving=True)
    assert jam.receive(moved) == [Play(moved), Hear(moved)]
    jam.receive(lift(2.6, voice=1))
    assert jam.begin(3.1) == [Answer((1,))]


def test_silence_shorter_than_the_threshold_keeps_the_phrase() -> None:
    jam = make("call")
    tap(jam, 1.0, voice=0)
    tap(jam, 1.5, voice=1)
    assert jam.begin(3.0) == [Answer((0, 1))]


def test_duet_answers_each_new_voice_at_once_and_never_hushes() -> None:
    jam = make("duet")
    first, second = touch(1.0, voice=0), touch(1.1, voice=1)
    assert jam.receive(first) == [Play(first), Hear(first), Answer((0,))]
    assert jam.receive(second) == [Play(second), Hear(second), Answer((0, 1))]
    again = touch(1.2, voice=0, moving=True)
    assert jam.receive(again) == [Play(again), Hear(again)]
    jam.receive(lift(1.3, 0))
    jam.receive(lift(1.3, 1))
    later = touch(5.0, voice=1)
    assert jam.receive(later) == [Play(later), Hear(later), Answer((1,))]


def test_solo_begins_by_itself_and_takes_no_notice() -> None:
    jam = make("solo")
    assert jam.begin(0.0) == [Answer((0,))]
    event = touch(1.0)
    assert jam.receive(event) == [Play(event)]
    assert jam.begin(9.0) == []


def test_listen_only_listens() -> None:
    jam = make("listen")
    tap(jam, 1.0)
    assert jam.begin(60.0) == []
    assert jam.answer_s == math.inf


def test_loop_plays_the_phrase_back_every_round_and_answers_it() -> None:
    jam = make("loop", loop_s=2.0)
    event = touch(1.0, x=0.25)
    assert jam.receive(event) == [Play(event), Hear(event)]
    jam.receive(lift(1.5))
    assert jam.begin(2.9) == []
    layer = (Touch(0.0, G, 8, 0.25, 0.5, False), Release(0.5, G, 8))
    assert jam.wake_s(2.9) == 3.0
    assert jam.begin(3.0) == [Replay(3.0, 2.0, (layer,)), Answer((0,))]
    assert jam.begin(3.0) == []
    assert jam.begin(5.0) == [Replay(5.0, 2.0, (layer,)), Answer((0,))]


def test_loop_overdubs_in_place_and_rests_until_the_round_ends() -> None:
    jam = make("loop", loop_s=2.0)
    tap(jam, 1.0, voice=0)
    jam.begin(3.0)
    event = touch(4.5, voice=4)
    assert jam.receive(event) == [Play(event), Hush(), Hear(event)]
    assert jam.begin(4.9) == []
    replay, answer = jam.begin(5.0)
    assert isinstance(replay, Replay)
    assert replay.layers[1] == (Touch(1.5, G, 16, 0.5, 0.5, False), Release(2.0, G, 16))
    assert answer == Answer((4,))


def test_loop_keeps_eight_layers_and_drops_the_oldest() -> None:
    jam = make("loop", loop_s=1.0)
    for index in range(10):
        jam.receive(touch(float(index), x=index / 10))
        jam.receive(lift(index + 0.5))
    replay = jam.begin(10.0)[0]
    assert isinstance(replay, Replay)
    assert [layer[0].x for layer in replay.layers if isinstance(layer[0], Touch)] == [
        0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9,
    ]  # fmt: skip
    voices = [layer[0].voice for layer in replay.layers]
    assert len(set(voices)) == 8 and min(voices) >= 8


def test_loop_gives_back_eight_fingers_of_a_phrase() -> None:
    jam = make("loop", loop_s=1.0)
    for voice in range(10):
        jam.receive(touch(1.0, voice=voice))
    replay = jam.begin(2.0)[0]
    assert isinstance(replay, Replay)
    assert {event.voice for event in replay.layers[0]} == set(range(8, 16))


def test_loop_takes_no_more_of_a_round_than_it_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.loop.MAX_TAKE", 3)
    jam = make("loop", loop_s=1.0)
    for index in range(10):
        jam.receive(touch(1.0 + index / 100, moving=index > 0))
    replay = jam.begin(2.0)[0]
    assert isinstance(replay, Replay)
    assert len(replay.layers[0]) == 3 + 1  # and the release at the end


def test_a_finger_lifted_in_a_full_round_is_lifted_in_the_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.engine.loop.MAX_TAKE", 1)
    jam = make("loop", loop_s=1.0)
    tap(jam, 1.0)
    tap(jam, 1.5)
    replay = jam.begin(2.0)[0]
    assert isinstance(replay, Replay)
    assert replay.layers == ((Touch(0.0, G, 8, 0.5, 0.5, False), Release(1.1 - 1.0, G, 8)),)


def test_loop_gives_a_finger_that_crosses_the_round_an_end_and_a_beginning() -> None:
    jam = make("loop", loop_s=1.0)
    jam.receive(touch(1.0))
    actions = jam.receive(touch(2.03, moving=True))
    assert isinstance(actions[0], Replay)
    assert actions[0].layers == ((Touch(0.0, G, 8, 0.5, 0.5, False), Release(1.0, G, 8)),)
    replay = jam.begin(3.0)[0]
    assert isinstance(replay, Replay)
    assert replay.layers[1] == (Touch(2.03 - 2.0, G, 16, 0.5, 0.5, False), Release(1.0, G, 16))


def test_loop_starts_a_round_now_that_is_much_too_late() -> None:
    jam = make("loop", loop_s=1.0)
    tap(jam, 1.0)
    replay = jam.begin(60.0)[0]
    assert isinstance(replay, Replay) and replay.start_s == 60.0


def test_while_paused_nothing_is_taken_into_the_loop_and_the_player_is_heard() -> None:
    jam = make("loop", loop_s=1.0)
    jam.pause(0.5)
    event = touch(1.0)
    assert jam.receive(event) == [Play(event), Hear(event)]
    assert jam.begin(9.0) == []


@pytest.mark.parametrize("lifted_s", [1.4, 60.0])
def test_a_finger_lifted_in_a_pause_is_lifted_in_the_loop_where_it_stood_still(lifted_s: float) -> None:
    jam = make("loop", loop_s=2.0)
    jam.receive(touch(1.0))
    jam.pause(1.25)
    assert jam.receive(lift(lifted_s)) == [Play(lift(lifted_s))]
    jam.shift(70.0 - 1.25)
    jam.resume()
    jam.receive(touch(70.5, voice=1))
    replay = jam.begin(72.0)[0]
    assert isinstance(replay, Replay)
    assert replay.layers == (
        (
            Touch(0.0, G, 8, 0.5, 0.5, False), Release(0.25, G, 8),
            Touch(0.75, G, 9, 0.5, 0.5, False), Release(2.0, G, 9),
        ),
    )  # fmt: skip


def test_a_finger_lifted_just_before_a_pause_is_lifted_then() -> None:
    jam = make("loop", loop_s=2.0)
    jam.receive(touch(1.0))
    jam.pause(1.25)
    jam.receive(lift(1.125))  # it was on its way
    jam.resume()
    replay = jam.begin(3.0)[0]
    assert isinstance(replay, Replay)
    assert replay.layers == ((Touch(0.0, G, 8, 0.5, 0.5, False), Release(0.125, G, 8)),)


def test_no_round_ends_in_a_pause_whatever_the_player_does() -> None:
    jam = make("loop", loop_s=1.0)
    tap(jam, 1.0)
    jam.pause(1.5)
    assert jam.wake_s(9.0) == math.inf
    event = touch(9.0)
    assert jam.receive(event) == [Play(event), Hear(event)]
    jam.shift(8.0)
    jam.resume()
    assert isinstance(jam.begin(10.0)[0], Replay)


def test_reset_forgets_phrase_and_layers() -> None:
    call = make("call")
    tap(call, 1.0)
    call.reset()
    assert call.begin(9.0) == []
    loop = make("loop")
    tap(loop, 1.0)
    loop.reset()
    assert loop.begin(60.0) == []


def test_after_a_panic_nothing_begins_until_the_player_plays() -> None:
    for mode in MODES:
        jam = make(mode)
        tap(jam, 1.0)
        jam.begin(7.0)
        jam.rest()
        assert jam.begin(60.0) == []
        assert jam.wake_s(60.0) == float("inf")
    solo = make("solo")
    solo.rest()
    solo.receive(touch(1.0))
    assert solo.begin(1.0) == [Answer((0,))]


def test_a_panic_keeps_the_layers_for_the_next_round() -> None:
    jam = make("loop", loop_s=1.0)
    tap(jam, 1.0)
    jam.begin(2.0)
    jam.rest()
    actions = jam.receive(touch(9.0))
    assert isinstance(actions[-1], Replay) and len(actions[-1].layers) == 1


@pytest.mark.parametrize("mode", ["call", "loop"])
def test_what_values_hold_ends_when_the_ghost_takes_over_and_fingers_stay(mode: str) -> None:
    jam = make(mode, loop_s=1.0)
    jam.receive(Values(1.0, P, (0.5,), 4))
    tap(jam, 1.0, voice=5)
    released = Play(Release(2.0, P, 4))
    assert released in jam.begin(2.0)
    jam.receive(touch(2.5, voice=5))
    jam.receive(Values(2.5, P, (0.5,), 5))
    assert [action for action in jam.begin(3.0) if isinstance(action, Play)] == []
    assert jam.is_playing(60.0)


@pytest.mark.parametrize("mode", ["duet", "solo", "listen"])
def test_where_nobody_takes_over_values_hold(mode: str) -> None:
    jam = make(mode)
    jam.receive(Values(1.0, P, (0.5,), 4))
    assert [action for action in jam.begin(9.0) if isinstance(action, Play)] == []


def test_whose_turn() -> None:
    jam = make("call")
    assert not jam.is_players_turn(0.0)
    tap(jam, 1.0)
    assert jam.is_players_turn(1.59)
    assert not jam.is_players_turn(1.6)


# One ghost for all voices


def test_one_ghost_hears_all_voices_as_one_stream_and_answers_once() -> None:
    jam = make("call", ghosts="one")
    events = [touch(1.0, 2), touch(1.1, 5), touch(1.2, 2, moving=True), touch(1.3, 2, moving=True)]
    actions = [action for event in events for action in jam.receive(event)]
    assert actions == [
        Play(touch(1.0, 2)), Hear(touch(1.0)),
        Play(touch(1.1, 5)), Hear(touch(1.1)),
        Play(touch(1.2, 2, moving=True)), Hear(touch(1.2)),  # another voice was heard between: a new contact
        Play(touch(1.3, 2, moving=True)), Hear(touch(1.3, moving=True)),
    ]  # fmt: skip
    assert jam.receive(lift(1.4, 2)) == [Play(lift(1.4, 2))]
    assert jam.begin(9.0) == []  # the other finger still rests
    jam.receive(lift(9.0, 5))
    assert jam.begin(9.5) == [Answer((0,))]


def test_one_ghost_answers_along_in_duet_however_many_join() -> None:
    jam = make("duet", ghosts="one")
    assert jam.receive(touch(1.0, 3)) == [Play(touch(1.0, 3)), Hear(touch(1.0)), Answer((0,))]
    assert jam.receive(touch(1.1, 4)) == [Play(touch(1.1, 4)), Hear(touch(1.1))]


def test_one_ghost_hears_controllers_too() -> None:
    jam = make("duet", ghosts="one")
    values = Values(1.0, P, (0.5,), 7)
    assert jam.receive(values) == [Play(values), Hear(Values(1.0, P, (0.5,), 0)), Answer((0,))]


def test_how_many_ghosts_there_are_changes_with_the_next_event() -> None:
    jam = make("call")
    tap(jam, 1.0, voice=2)
    tap(jam, 1.2, voice=5)
    jam.set_ghosts("one")
    assert jam.answer_s == math.inf  # what was played before is not answered
    assert jam.receive(touch(1.4, 5)) == [Play(touch(1.4, 5)), Hear(touch(1.4))]
    jam.receive(lift(1.5, 5))
    assert jam.begin(2.0) == [Answer((0,))]
    jam.set_ghosts("each")
    assert jam.receive(touch(2.1, 5)) == [Play(touch(2.1, 5)), Hear(touch(2.1, 5))]


def test_one_ghost_lays_one_reply_over_the_loop_and_the_layers_keep_their_voices() -> None:
    jam = make("loop", ghosts="one", loop_s=2.0)
    tap(jam, 1.0, voice=2)
    tap(jam, 1.5, voice=3)
    replay, answer = jam.begin(3.0)
    assert isinstance(replay, Replay) and answer == Answer((0,))
    assert [(event.time_s, event.voice) for event in replay.layers[0]] == [
        (0.0, 8), (0.10000000000000009, 8), (0.5, 9), (0.6000000000000001, 9),
    ]  # fmt: skip
