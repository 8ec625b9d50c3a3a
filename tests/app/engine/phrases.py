"""Phrases that tests make up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from app.engine.event_rows import Columns
from app.engine.gesture_phrase import GesturePhrase
from app.engine.note_phrase import NotePhrase

TOUCH = Columns(("x", "y", "dt", "moving"))
KNOBS = Columns(("dt", "x1", "x2", "x3"))


def touch_phrase(rows: Sequence[Sequence[float]]) -> GesturePhrase:
    """Rows of x, y, dt, moving."""
    return GesturePhrase(TOUCH, np.array(rows, np.float32))


def circle(
    n_events: int = 60, *, gap_s: float = 0.02, turn: float = 0.2, radius: float = 0.1
) -> GesturePhrase:
    """One finger that goes round."""
    angle = turn * np.arange(n_events)
    moving = np.arange(n_events) > 0
    x, y = 0.5 + radius * np.cos(angle), 0.5 + radius * np.sin(angle)
    return GesturePhrase(TOUCH, np.column_stack([x, y, np.full(n_events, gap_s), moving]).astype(np.float32))


def taps(n_events: int, gap_s: float = 0.25) -> GesturePhrase:
    """A row of taps from left to right."""
    x = np.linspace(0.2, 0.8, n_events)
    zeros = np.zeros(n_events)
    return GesturePhrase(TOUCH, np.column_stack([x, zeros + 0.5, zeros + gap_s, zeros]).astype(np.float32))


def knob_phrase(n_events: int = 20, gap_s: float = 0.05) -> GesturePhrase:
    """The second of three knobs is turned up, the others rest."""
    up = np.linspace(0.1, 0.9, n_events)
    columns = [np.full(n_events, gap_s), np.full(n_events, 0.3), up, np.full(n_events, 0.7)]
    return GesturePhrase(KNOBS, np.column_stack(columns).astype(np.float32))


_UNIT = st.floats(0.0, 1.0, width=32)
_DT = st.sampled_from([0.0, 0.001, 0.008, 0.016, 0.1, 0.4, 1.5, 5.0])
_TOUCHES = st.lists(st.tuples(_UNIT, _UNIT, _DT, st.sampled_from([0.0, 1.0])), min_size=1, max_size=40)
_KNOBS = st.lists(st.tuples(_DT, _UNIT, _UNIT, _UNIT), min_size=1, max_size=40)
PHRASES = st.one_of(
    _TOUCHES.map(touch_phrase), _KNOBS.map(lambda rows: GesturePhrase(KNOBS, np.array(rows, np.float32)))
)


NOTES = Columns(("dt", "pitch", "duration", "velocity"))


def note_phrase(rows: Sequence[Sequence[float]]) -> NotePhrase:
    """Rows of dt, pitch, duration, velocity."""
    return NotePhrase(NOTES, np.array(rows, np.float32))


NOTE_PHRASES = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.001, 0.03, 0.1, 0.25, 0.4, 1.5, 5.0]),
        st.integers(21, 108),
        st.sampled_from([0.01, 0.1, 0.5, 10.0]),
        st.integers(1, 127),
    ),
    min_size=1,
    max_size=40,
).map(note_phrase)
