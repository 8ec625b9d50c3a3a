"""Who gets which voice, as short stories and as a property of any story."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.core.events import FIRST_FINGERS as FIRST
from app.web.voices import FURTHER, MAX_FINGERS, VoiceShares


def joined(shares: VoiceShares, name: str = "") -> int:
    person = shares.join(name)
    assert person is not None
    return person


def test_a_first_finger_has_the_same_voice_each_time() -> None:
    shares = VoiceShares()
    ann, bob = joined(shares), joined(shares)
    for _ in range(40):
        for person, voice in ((ann, 16), (bob, 17)):
            assert shares.take(person) == voice
            shares.give(voice)
    assert (shares.colour(ann), shares.colour(bob)) == (0, 1)


def test_further_fingers_get_what_they_had_before() -> None:
    shares = VoiceShares()
    ann, bob = joined(shares), joined(shares)
    assert [shares.take(ann) for _ in range(3)] == [16, 48, 49]
    for voice in (16, 48, 49):
        shares.give(voice)
    assert [shares.take(bob) for _ in range(3)] == [17, 50, 51]
    assert [shares.take(ann) for _ in range(3)] == [16, 48, 49]


def test_everybody_can_put_a_finger_down_however_many_the_others_have() -> None:
    shares = VoiceShares()
    people = [joined(shares) for _ in range(4)]
    held = [shares.take(person) for person in people[:3] for _ in range(MAX_FINGERS)]
    assert None not in held
    assert shares.take(people[0]) is None  # no eleventh
    assert shares.take(people[3]) == 19


def test_there_is_room_for_so_many_and_no_more() -> None:
    shares = VoiceShares()
    people = [joined(shares) for _ in range(len(FIRST))]
    assert sorted(map(shares.colour, people)) == list(range(len(FIRST)))
    assert shares.join() is None
    shares.leave(people[3])
    assert shares.colour(joined(shares)) == 3


def test_who_comes_back_has_colour_and_voice_of_before() -> None:
    shares = VoiceShares()
    ann, _ = joined(shares, "ann"), joined(shares, "bob")
    shares.leave(ann)
    assert shares.colour(joined(shares, "eve")) == 2  # those of ann are kept while there are others
    assert shares.colour(joined(shares, "ann")) == 0


def test_whose_it_is_that_sounds() -> None:
    shares = VoiceShares()
    ann, bob = joined(shares), joined(shares)
    assert shares.owner(16) is None
    shares.take(ann)
    shares.give(16)
    assert shares.owner(16) == ann  # its release has not sounded yet
    shares.take(ann)
    shares.ended(16)  # that of before: the finger is down again
    assert shares.owner(16) == ann
    shares.give(16)
    shares.ended(16)
    assert shares.owner(16) is None  # what plays there now is no page
    shares.strike(ann, 60)
    shares.strike(bob, 60)
    assert shares.owner(188) == bob
    assert not shares.lift(ann, 60)
    assert shares.lift(bob, 60)
    assert shares.pitches(bob) == []


STEPS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=200)


@given(STEPS)
def test_no_voice_is_held_twice_and_none_is_lost(steps: list[tuple[int, int]]) -> None:
    shares, held = VoiceShares(), {}
    people: list[int] = []
    for step, choice in steps:
        if step == 0 and (person := shares.join()) is not None:
            people.append(person)
        if not people:
            continue
        person = people[choice % len(people)]
        mine = [voice for voice, who in held.items() if who == person]
        if step == 1:
            for voice in mine:
                shares.give(voice)
                del held[voice]
            shares.leave(person)
            people.remove(person)
        elif step < 7 and (voice := shares.take(person)) is not None:
            assert voice not in held
            assert voice in (*FIRST, *FURTHER)
            held[voice] = person
            assert shares.owner(voice) == person
        elif step >= 7 and mine:
            shares.give(mine[0])
            del held[mine[0]]
    assert len(shares) == len(people)
    for voice in held:
        shares.give(voice)
    for person in people:
        assert shares.take(person) == FIRST.start + shares.colour(person)
