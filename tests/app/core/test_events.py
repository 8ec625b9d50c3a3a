"""What an event refuses."""

from __future__ import annotations

import math

import pytest

from app.core.events import KEYS_VOICE, EventError, Note, Source


def test_each_key_has_a_voice_of_its_own() -> None:
    assert [Note(0.0, Source.PLAYER, pitch, 64).voice for pitch in (0, 60, 127)] == [
        KEYS_VOICE,
        KEYS_VOICE + 60,
        KEYS_VOICE + 127,
    ]


@pytest.mark.parametrize(
    ("time_s", "pitch", "velocity", "name"),
    [
        (math.nan, 60, 64, "time_s"),
        (0.0, 128, 64, "pitch"),
        (0.0, -1, 64, "pitch"),
        (0.0, 60.5, 64, "pitch"),
        (0.0, math.nan, 64, "pitch"),
        (0.0, 60, 0, "velocity"),
        (0.0, 60, 128, "velocity"),
    ],
)
def test_a_note_that_is_none_is_refused(time_s: float, pitch: int, velocity: int, name: str) -> None:
    with pytest.raises(EventError, match=f"^{name}: expected"):
        Note(time_s, Source.PLAYER, pitch, velocity)
