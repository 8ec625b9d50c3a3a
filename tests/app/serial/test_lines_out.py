"""What a sketch is sent."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pytest

from app.core.events import Event, Note, Release, Source, Touch, Values
from app.serial.lines_out import LinesOut, line_of

GHOST, PLAYER = Source.GHOST, Source.PLAYER
TOUCH = Touch(0.0, GHOST, 2, 0.12344, 1.0, False)


@pytest.mark.parametrize(
    ("event", "last", "line"),
    [
        (Values(0.0, GHOST, (0.25, 1.0)), None, b"0.2500,1.0000\n"),  # the peer's form
        (TOUCH, None, b"2,0.1234,1.0000,0\n"),
        (Touch(0.0, GHOST, 0, 0.5, 0.25, True), TOUCH, b"0,0.5000,0.2500,1\n"),
        (Release(0.0, GHOST, 2), TOUCH, b"release,2\n"),
        (Note(0.0, GHOST, 60, 90), None, b"60,90\n"),
        (Release(0.0, GHOST, 188), Note(0.0, GHOST, 60, 90), b"60,0\n"),
        (Release(0.0, GHOST, 0), Values(0.0, GHOST, (0.5,)), b""),
        (Release(0.0, GHOST, 0), None, b""),
    ],
)
def test_the_line_of_an_event(event: Event, last: Any, line: bytes) -> None:
    assert line_of(event, last) == line
    assert line_of(event, last, named=True) == (b"ghost," + line if line else b"")
    assert line_of(event, last, only_values=True) == (line if isinstance(event, Values) else b"")


class FakeLink:
    """Takes lines, up to a number."""

    def __init__(self, room: int = 99) -> None:
        self.log: list[str] = []
        self.room = room
        self.n_closes = 0

    def send(self, data: bytes, begins: Hashable = None, ends: Hashable = None) -> bool:
        if len(self.log) >= self.room and ends is None:
            return False
        self.log.append(data.decode().strip())
        return True

    def close(self) -> None:
        self.n_closes += 1


def play(sink: LinesOut, *events: tuple[Source, int, bool | None]) -> None:
    """Touches, or releases where it is None whether they move."""
    for source, voice, moving in events:
        sink.play(
            Release(0.0, source, voice) if moving is None else Touch(0.0, source, voice, 0.5, 0.5, moving)
        )


def sink_on(link: FakeLink, *sources: Source) -> LinesOut:
    sink = LinesOut("board", sources)
    sink.attach(link)  # type: ignore[arg-type]
    return sink


def test_only_the_events_of_its_sources_are_sent() -> None:
    link = FakeLink()
    sink = sink_on(link, GHOST)
    play(sink, (GHOST, 0, False), (PLAYER, 0, False), (GHOST, 0, None), (PLAYER, 0, None))
    assert link.log == ["0,0.5000,0.5000,0", "release,0"] and sink.n_dropped == 0


def test_where_both_are_sent_a_line_says_who_plays() -> None:
    link = FakeLink()
    play(sink_on(link, GHOST, PLAYER), (PLAYER, 0, False), (GHOST, 0, False))
    assert link.log == ["player,0,0.5000,0.5000,0", "ghost,0,0.5000,0.5000,0"]


def test_a_contact_whose_begin_was_refused_begins_where_there_is_room_again() -> None:
    link = FakeLink(room=1)
    sink = sink_on(link, GHOST)
    play(sink, (GHOST, 0, False), (GHOST, 1, False), (GHOST, 1, True), (GHOST, 0, None))
    assert sink.n_dropped == 2 and "slower" in sink.notice
    link.room = 99
    play(sink, (GHOST, 1, True), (GHOST, 1, True), (GHOST, 1, None))
    assert link.log == [
        "0,0.5000,0.5000,0", "release,0", "1,0.5000,0.5000,0", "1,0.5000,0.5000,1", "release,1",
    ]  # fmt: skip


def test_a_contact_of_which_nothing_was_sent_has_no_release() -> None:
    link = FakeLink(room=0)
    play(sink_on(link, GHOST), (GHOST, 0, False), (GHOST, 0, None))
    assert link.log == []


def test_a_device_that_comes_back_is_told_what_ended_meanwhile() -> None:
    first, second = FakeLink(), FakeLink()
    sink = sink_on(first, GHOST)
    play(sink, (GHOST, 0, False))
    sink.detach()
    play(sink, (GHOST, 0, None), (GHOST, 1, False))
    assert sink.n_dropped == 2
    sink.attach(second)  # type: ignore[arg-type]
    play(sink, (GHOST, 1, True), (GHOST, 1, None))
    assert second.log == ["release,0", "1,0.5000,0.5000,0", "release,1"]


def test_what_is_down_is_released_at_the_end_and_when_it_speaks_in_another_way() -> None:
    link = FakeLink()
    sink = sink_on(link, GHOST)
    play(sink, (GHOST, 0, False))
    sink.speak((GHOST, PLAYER))
    play(sink, (PLAYER, 1, False))
    sink.close()
    sink.close()
    assert link.log == ["0,0.5000,0.5000,0", "release,0", "player,1,0.5000,0.5000,0", "player,release,1"]
    assert link.n_closes == 1
