"""When a note becomes a row: literal keys, one after another."""

from __future__ import annotations

import math

import pytest

from app.core.events import KEYS_VOICE, NOTE_COLUMNS, Event, Note, Release, Source
from app.engine.event_rows import Columns
from app.engine.hearing import HELD_S, NoteHearing

P = Source.PLAYER


def down(time_s: float, pitch: int) -> Note:
    return Note(time_s, P, pitch, 64)


def up(time_s: float, pitch: int) -> Release:
    return Release(time_s, P, KEYS_VOICE + pitch)


class Ear:
    """What is heard with each event: (dt, pitch, duration)."""

    def __init__(self) -> None:
        self.hearing, self.last_s = NoteHearing(Columns(NOTE_COLUMNS)), -math.inf

    def hear(self, event: Event) -> list[tuple[float, ...]]:
        timed = self.hearing.hear([event], self.last_s)
        self.last_s = timed[-1][0] if timed else self.last_s
        return [tuple(round(value, 4) for value in row[:3].tolist()) for _, row in timed]


@pytest.mark.parametrize(
    "played",
    [
        [  # one at a time
            (down(1.0, 60), []),
            (up(1.5, 60), [(0.0, 60.0, 0.5)]),
            (down(2.0, 62), []),
            (up(2.25, 62), [(1.0, 62.0, 0.25)]),
        ],
        [  # those that are struck after one that is held wait for it
            (down(1.0, 60), []),
            (down(1.5, 64), []),
            (up(1.75, 64), []),
            (up(2.0, 60), [(0.0, 60.0, 1.0), (0.5, 64.0, 0.25)]),
        ],
        [  # but for no longer than this
            (down(1.0, 36), []),
            (down(1.5, 64), []),
            (up(1.75, 64), []),
            (down(1.0 + HELD_S + 0.25, 65), [(0.0, 36.0, HELD_S + 0.25), (0.5, 64.0, 0.25)]),
            (up(4.0, 36), []),
            (up(4.25, 65), [(1.75, 65.0, 1.0)]),
        ],
        [  # a note that is over before its chord is whole
            (down(1.0, 64), []),
            (up(1.01, 64), []),
            (down(1.02, 60), []),
            (up(1.5, 60), [(0.0, 60.0, 0.48), (0.0, 64.0, 0.01)]),
        ],
        [  # the same key twice is no chord
            (down(1.0, 64), []),
            (down(1.02, 64), []),
            (up(1.5, 64), [(0.0, 64.0, 0.02), (0.02, 64.0, 0.48)]),
        ],
    ],
)
def test_a_note_is_heard_when_its_length_is_known(
    played: list[tuple[Event, list[tuple[float, ...]]]],
) -> None:
    ear = Ear()
    for event, expected in played:
        assert ear.hear(event) == [pytest.approx(row, abs=1e-3) for row in expected]
    assert not ear.hearing.is_behind
