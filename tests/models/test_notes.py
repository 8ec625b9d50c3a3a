"""The notes of a recording as a model hears them: the same as the app hears live."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.events import KEYS_VOICE, NOTE_COLUMNS, Event, Note, Release, Source
from app.engine.event_rows import Columns
from app.engine.hearing import HELD_S, NoteHearing
from app.recording.rows import performance_of
from models.notes import note_rows

P, G = Source.PLAYER, Source.GHOST


def test_a_chord_is_heard_from_the_lowest_note_on_and_the_ghost_is_left_out() -> None:
    events: list[Event] = [
        Note(1.0, P, 67, 70),
        Note(1.0, G, 30, 70),
        Note(1.02, P, 60, 90),
        Release(1.5, P, KEYS_VOICE + 60),
        Release(1.5, G, KEYS_VOICE + 30),
        Note(1.75, P, 67, 50),
        Note(9.0, P, 12, 40),
        Release(9.5, P, KEYS_VOICE + 12),
    ]
    assert note_rows(performance_of(events)) == pytest.approx(
        np.array([[0, 60, 0.48, 90], [0, 67, 0.75, 70], [0.75, 67, 7.75, 50], [5.0, 24, 0.5, 40]])
    )


def test_a_recording_without_notes_has_no_rows() -> None:
    events: list[Event] = [Note(1.0, G, 67, 70), Release(2.0, G, KEYS_VOICE + 67)]
    assert note_rows(performance_of(events)).shape == (0, 4)


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(60, 64), st.integers(0, 3)), min_size=2, max_size=30)
)
def test_what_is_recorded_is_learned_as_it_was_heard(steps: list[tuple[int, int, int]]) -> None:
    """Nothing is held so long that the ghost would not wait for it."""
    events, down, now_s = list[Event](), dict[int, float](), 0.0
    for gap, pitch, velocity in steps:
        now_s += 0.011 * gap  # no two onsets are just as far apart as a chord is wide
        late = [each for each, since_s in down.items() if now_s - since_s > 0.9 * HELD_S]
        events += [Release(now_s, P, KEYS_VOICE + each) for each in late]
        down = {each: since_s for each, since_s in down.items() if each not in late}
        if velocity and pitch not in down:
            events.append(Note(now_s, P, pitch, velocity))
            down[pitch] = now_s
        elif pitch in down:
            events.append(Release(now_s, P, KEYS_VOICE + pitch))
            del down[pitch]
    events += [Release(now_s + 0.1, P, KEYS_VOICE + pitch) for pitch in down]
    if not events:
        return
    hearing, last_s, heard = NoteHearing(Columns(NOTE_COLUMNS)), -np.inf, []
    for event in events:
        for timed in hearing.hear([event], last_s):
            last_s, row = timed
            heard.append(row)
    heard += [row for _, row in hearing.catch_up(now_s + 1.0, last_s)]
    performance = performance_of(events)
    assert note_rows(performance) == pytest.approx(np.array(heard, np.float32).reshape(-1, 4), abs=1e-4)
