"""One person, with literal messages, and the queues between the engine and the page."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any, cast

from app.core.controls import Controls
from app.core.events import Release, Source, Touch
from app.core.parameters import Settings
from app.web import protocol
from app.web.feed import Feed
from app.web.limits import MAX_PLAYED, MAX_WAITING
from app.web.outbox import Outbox
from app.web.person import Person
from app.web.voices import VoiceShares
from tests.app.core.test_controls import FakeEngine


class Room:
    """People on a fake engine."""

    def __init__(self, n_people: int = 1) -> None:
        self.engine, self.voices = FakeEngine(), VoiceShares()
        self.controls = Controls(self.engine, Settings())
        numbers = [self.voices.join() or 0 for _ in range(n_people)]
        self.people = [Person(number, self.controls, self.voices) for number in numbers]

    def say(self, *messages: Any, who: int = 0) -> list[bool]:
        return [self.people[who].take(each) for each in protocol.parse(json.dumps(messages))]

    @property
    def log(self) -> list[Any]:
        return [entry[1:] if isinstance(entry, list) else entry for entry in self.engine.log]

    def told(self, who: int = 0) -> list[Any]:
        return json.loads(self.people[who].outbox.take() or "[]")


def test_fingers_of_two_people_with_the_same_number_are_two() -> None:
    room = Room(2)
    room.say(["touch", 1, 0.25, 0.5, False, 1])
    room.say(["touch", 1, 0.75, 0.5, False, 1], ["touch", 1, 0.5, 0.5, True, 1], who=1)
    room.say(["release", 1], ["release", 1], ["release", 9])
    assert room.log == [
        ["player touch 16", [0.25, 0.5, 0]],
        ["player touch 17", [0.75, 0.5, 0]],
        ["player touch 17", [0.5, 0.5, 1]],
        ["player release 16", []],
    ]


def test_when_a_person_leaves_everything_ends() -> None:
    room = Room()
    room.say(["touch", 1, 0.25, 0.5, False, 1], ["touch", 2, 0.25, 0.5, False, 1], ["note", 60, 100])
    room.people[0].leave()
    assert room.log[3:] == [["player release 16", []], ["player release 48", []], ["player up 60", []]]
    assert len(room.voices) == 0


def test_one_too_many_fingers_are_refused_once_and_play_as_soon_as_there_is_room() -> None:
    room = Room()
    for finger in range(10):
        assert room.say(["touch", finger, 0.5, 0.5, False, 1]) == [True]
    assert room.say(["touch", 10, 0.5, 0.5, False, 1], ["touch", 10, 0.5, 0.6, True, 1]) == [False, True]
    assert room.told() == [["refused", "no voice is free for another finger."]]
    room.say(["release", 3], ["touch", 10, 0.5, 0.7, True, 1])
    assert room.log[-1][1] == [0.5, 0.7, 0]  # a contact begins


def test_a_key_is_let_go_by_who_struck_it_last() -> None:
    room = Room(2)
    room.say(["note", 60, 100])
    room.say(["note", 60, 90], who=1)
    room.say(["note", 60, 0])
    assert [entry[0] for entry in room.log] == ["player note 60", "player up 60", "player note 60"]
    room.say(["note", 60, 0], who=1)
    assert room.log[-1] == ["player up 60", []]


def test_knobs_of_two_people_are_two_controllers() -> None:
    room = Room(2)
    room.say(["values", [0.25, 0.5]])
    room.say(["values", [0.75]], who=1)
    assert [entry[0] for entry in room.log] == ["player values 16", "player values 17"]


def test_settings_commands_and_pings() -> None:
    room = Room()
    said = room.say(["set", "mode", "duet"], ["set", "pace", 1], ["set", "likeness", 99], ["do", "reset"],
                    ["do", "panic"], ["do", "adapt"], ["ping", 3], ["shout"], ["values", []])  # fmt: skip
    assert said == [True, False, True, True, True, False, True, False, False]
    assert room.log == ["reset", "panic"]
    assert room.controls.get("mode") == "duet"
    assert room.controls.get("likeness") == 2.0
    assert [message[0] for message in room.told()] == ["refused", "refused", "pong", "refused", "refused"]
    assert room.controls.n_refused == 4


def test_after_a_panic_a_finger_that_moves_begins_anew() -> None:
    room = Room()
    room.say(["touch", 1, 0.25, 0.5, False, 1], ["do", "panic"], ["touch", 1, 0.5, 0.5, True, 1])
    assert room.log[-1] == ["player touch 16", [0.5, 0.5, 0]]


def test_an_outbox_of_a_slow_reader_loses_moves_and_nothing_else() -> None:
    outbox = Outbox()
    outbox.put('"begin"')
    n_left_out = 0
    for index in range(3 * MAX_WAITING):
        n_left_out += outbox.put(str(index), is_move=True)
        outbox.put_state({"turn": str(index)})
    outbox.put('"end"')
    assert len(outbox) <= MAX_WAITING + 2
    first, *moves, last, state = json.loads(outbox.take())
    assert (first, last, state) == ("begin", "end", ["state", {"turn": str(3 * MAX_WAITING - 1)}])
    assert moves == list(range(3 * MAX_WAITING - len(moves), 3 * MAX_WAITING))  # the newest are there
    assert n_left_out + len(moves) == 3 * MAX_WAITING
    assert outbox.take() == ""


def touch(moving: bool = True) -> Touch:
    return Touch(0.0, Source.PLAYER, 0, 0.5, 0.5, moving)


def test_a_feed_wakes_once_until_it_is_taken() -> None:
    woken: list[int] = []
    feed = Feed(lambda: woken.append(1))
    feed.loop = cast("asyncio.AbstractEventLoop", SimpleNamespace(call_soon_threadsafe=lambda call: call()))
    feed.play(touch())
    assert feed.take() == []  # nobody is there
    feed.is_wanted = True
    feed.play(touch())
    feed.play(touch())
    feed.panic()
    assert len(woken) == 1
    assert feed.take() == [touch(), touch(), None]
    feed.play(touch())
    assert len(woken) == 2


def test_a_feed_that_nobody_takes_keeps_the_ends() -> None:
    feed = Feed(lambda: None)
    feed.is_wanted = True
    for _ in range(MAX_PLAYED + 5):
        feed.play(touch())
    release = Release(0.0, Source.PLAYER, 0)
    feed.play(release)
    assert feed.n_dropped == 5
    assert feed.take()[MAX_PLAYED:] == [release]
    feed.close()
    feed.play(touch())
    assert feed.take() == []


def test_what_is_refused_is_not_told_at_any_length() -> None:
    room = Room()
    room.say(["set", "x" * 16_000, 1], ["set", "mode", "y" * 16_000], who=0)
    assert room.controls.n_refused == 2
    assert len(room.controls.last_refusal) <= 400 and room.controls.last_refusal.endswith("...")
