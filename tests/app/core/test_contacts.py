"""One rule what a whole contact is, as literal events."""

from __future__ import annotations

import math

import pytest

from app.core.contacts import Contacts
from app.core.events import KEYS_VOICE, Event, Note, Release, Source, Touch, Values

P, G = Source.PLAYER, Source.GHOST


def touch(time_s: float, voice: int = 0, moving: bool = True, source: Source = P) -> Touch:
    return Touch(time_s, source, voice, 0.25, 0.5, moving, 0.75)


NOTE, KEY_UP = Note(1.0, P, 60, 90), Release(2.0, P, KEYS_VOICE + 60)
BEGUN, LIFTED = touch(1.0, moving=False), Release(2.0, P, 0)


@pytest.mark.parametrize(
    ("before", "event", "whole"),
    [
        ([], BEGUN, [BEGUN]),
        ([], touch(2.0), [touch(2.0, moving=False)]),
        ([BEGUN], touch(2.0), [touch(2.0)]),
        ([BEGUN], touch(2.0, moving=False), [LIFTED, touch(2.0, moving=False)]),
        ([BEGUN], LIFTED, [LIFTED]),
        ([BEGUN], touch(2.0, voice=1), [touch(2.0, voice=1, moving=False)]),
        ([BEGUN], touch(2.0, source=G), [touch(2.0, moving=False, source=G)]),
        ([BEGUN, LIFTED], LIFTED, []),
        ([], LIFTED, []),
        ([Values(1.0, P, (0.5,))], LIFTED, [LIFTED]),
        ([Values(1.0, P, (0.5,))], touch(2.0), [touch(2.0, moving=False)]),
        ([Values(1.0, P, (0.5,))], BEGUN, [BEGUN]),
        ([BEGUN], Values(2.0, P, (0.5,)), [Values(2.0, P, (0.5,))]),
        ([], NOTE, [NOTE]),
        ([NOTE], KEY_UP, [KEY_UP]),
        ([], KEY_UP, []),
        ([NOTE], Note(2.0, P, 60, 20), [KEY_UP, Note(2.0, P, 60, 20)]),
        ([NOTE], Note(2.0, P, 61, 20), [Note(2.0, P, 61, 20)]),
        ([NOTE], Note(2.0, G, 60, 20), [Note(2.0, G, 60, 20)]),
        ([NOTE], Values(2.0, P, (0.5,)), [Values(2.0, P, (0.5,))]),
        ([BEGUN, Values(1.5, P, (0.5,))], touch(2.0), [touch(2.0)]),
    ],
)
def test_every_contact_is_whole(before: list[Event], event: Event, whole: list[Event]) -> None:
    contacts = Contacts()
    for each in before:
        contacts.whole(each)
    assert contacts.whole(event) == whole


def test_who_is_down_and_what_they_did_last() -> None:
    contacts = Contacts()
    assert contacts.note(Values(1.0, G, (0.5,), 3)) is None and not contacts.has_finger
    assert contacts.note(BEGUN) is None and contacts.has_finger
    assert contacts.note(touch(1.5)) == BEGUN
    assert list(contacts) == [(G, 3), (P, 0)]
    assert contacts.note(LIFTED) == touch(1.5)
    assert list(contacts) == [(G, 3)] and not contacts.has_finger
    contacts.clear()
    assert list(contacts) == []


def test_a_key_is_a_finger_that_is_down_until_it_is_let_go() -> None:
    contacts = Contacts()
    contacts.note(NOTE)
    contacts.note(Note(1.5, P, 64, 70))
    assert (
        contacts.has_key
        and not contacts.has_finger
        and list(contacts) == [(P, KEYS_VOICE + 60), (P, KEYS_VOICE + 64)]
    )
    assert contacts.note(KEY_UP) == NOTE
    assert contacts.release(3.0) == [Release(3.0, P, KEYS_VOICE + 64)] and not contacts.has_key


def test_a_contact_ends_by_itself_when_its_last_event_says() -> None:
    contacts = Contacts()
    assert contacts.next_s == math.inf and contacts.expire(9.0) == []
    contacts.note(BEGUN, 1.5)
    contacts.note(touch(1.0, voice=1))
    contacts.note(touch(1.25), 1.75)
    assert contacts.next_s == 1.75 and contacts.expire(1.5) == []
    assert contacts.expire(1.75) == [Release(1.75, P, 0)]
    assert list(contacts) == [(P, 1)] and contacts.next_s == math.inf


def test_those_that_are_meant_are_released() -> None:
    contacts = Contacts()
    for each in (BEGUN, touch(1.0, voice=1), Values(1.0, P, (0.5,), 2)):
        contacts.note(each)
    assert contacts.release(3.0, lambda last: isinstance(last, Values)) == [Release(3.0, P, 2)]
    assert contacts.release(3.0) == [Release(3.0, P, 0), Release(3.0, P, 1)]
    assert contacts.release(3.0) == []


def test_a_contact_whose_release_was_lost_ends_when_it_is_held_for_no_longer() -> None:
    contacts = Contacts(hold_s=0.25)
    contacts.note(BEGUN)
    assert contacts.whole(touch(1.125, moving=False))[0] == Release(1.125, P, 0)
    assert contacts.whole(touch(9.0, moving=False))[0] == Release(1.375, P, 0)
    assert contacts.release(math.inf) == [Release(9.25, P, 0)]
