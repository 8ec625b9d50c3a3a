"""Notes of a keyboard: chords without clipping, velocity as loudness and brightness, and lengths."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.events import KEYS_VOICE, Event, Note, Release, Source
from app.core.instruments import load_instrument
from app.core.pitch import frequency_hz
from app.sound.ensemble import LIMITS, Ensemble
from app.sound.ipc import from_row, to_row
from app.sound.mixer import CEILING
from tests.app.sound.test_ensemble import ListVoices

P, G = Source.PLAYER, Source.GHOST
RATE = 44100
BOTH_HANDS = (36, 43, 48, 52, 55, 60, 62, 64, 67, 71, 72, 76, 79, 83, 84, 88)


def held(pitches: tuple[int, ...], start_s: float, seconds: float, velocity: int) -> list[Event]:
    down: list[Event] = [Note(start_s, P, pitch, velocity) for pitch in pitches]
    return down + [Release(start_s + seconds, P, KEYS_VOICE + pitch) for pitch in pitches]


def sound_of(events: list[Event], instrument: str = "keys") -> NDArray[np.float32]:
    pytest.importorskip("signalflow")
    from tests.app.sound.rendering import render

    return render(events, instrument=instrument, scale="minor", start_s=0.0, tail_s=2.5, volume=1.0)


def rms(sound: NDArray[np.float32], start_s: float, end_s: float) -> float:
    part = sound[:, round(start_s * RATE) : round(end_s * RATE)].astype(np.float64)
    return float(np.sqrt(np.mean(part**2)))


def played(events: list[Event], instrument: str = "keys") -> ListVoices:
    voices = ListVoices()
    ensemble = Ensemble(voices, instrument=instrument, scale="minor")
    for event in events:
        ensemble.play(event)
    return voices


def test_a_key_sounds_at_its_pitch_whatever_scale_and_register() -> None:
    for pitch in (21, 61, 108):
        voices = played([Note(0.0, P, pitch, 80)], "strings")
        assert voices.setting("frequency_hz") == pytest.approx(frequency_hz(pitch))


def test_sixteen_keys_of_each_source_sound_and_one_more_takes_the_oldest() -> None:
    keys = range(40, 40 + LIMITS[P])
    chord: list[Event] = [Note(0.0, source, pitch, 90) for source in (P, G) for pitch in keys]
    voices = played(chord)
    assert min(LIMITS.values()) >= 16
    assert len({voice for kind, voice in voices.kinds if kind == "strike"}) == len(chord)
    assert ("fade", 0) in played([*chord, Note(0.1, P, 90, 90)]).kinds


def test_a_key_struck_again_lets_go_first_and_a_release_ends_its_key_alone() -> None:
    chord = [Note(0.0, P, 60, 80), Note(0.0, P, 64, 80), Note(0.2, P, 60, 80)]
    voices = played([*chord, Release(0.5, P, KEYS_VOICE + 64)])
    expected = [("strike", 0), ("strike", 1), ("fade", 0), ("strike", 2), ("fade", 1)]
    assert voices.kinds == expected


def test_velocity_is_loudness_and_brightness() -> None:
    soft, hard = played([Note(0.0, P, 60, 30)]), played([Note(0.0, P, 60, 120)])
    assert hard.setting("level") > 4 * soft.setting("level")
    assert hard.setting("mod_hit") > 2 * soft.setting("mod_hit")
    assert hard.setting("cutoff_hz") > 2 * soft.setting("cutoff_hz")


def test_a_drum_is_the_one_of_its_general_midi_number() -> None:
    kit = load_instrument("drums")
    for piece in kit.pieces:
        assert piece.midi is not None and kit.piece_of(piece.midi) is piece
    assert kit.piece_of(60) in kit.pieces and kit.piece_of(60, ghost=True) in kit.ghost_pieces


@pytest.mark.slow
def test_sixteen_hard_keys_at_once_do_not_clip_and_nothing_clicks() -> None:
    sound = sound_of(held(BOTH_HANDS, 0.2, 1.0, 127))
    # Before the mix can be turned down, the hammers of all of them come together.
    assert np.sum(np.abs(sound) > 0.85 * CEILING) < 0.003 * RATE
    assert 0.2 < np.abs(sound[:, round(0.21 * RATE) :]).max() < 0.92 * CEILING
    assert np.abs(np.diff(sound[:, round(0.25 * RATE) :])).max() < 0.25


def test_a_released_key_falls_silent_and_a_held_one_rings_on_as_its_instrument_does() -> None:
    short, long = (sound_of(held((60,), 0.0, seconds, 90)) for seconds in (0.3, 2.0))
    assert rms(short, 1.2, 1.6) < 0.25 * rms(long, 1.2, 1.6)
    bowed = sound_of(held((60,), 0.0, 2.0, 90), "strings")
    assert rms(bowed, 1.6, 2.0) > 0.7 * rms(bowed, 0.2, 0.6)
    assert rms(bowed, 3.6, 4.0) < 0.05 * rms(bowed, 1.6, 2.0)


def test_a_note_crosses_to_the_process_that_sounds() -> None:
    assert from_row(to_row(Note(1.5, G, 61, 77))) == Note(1.5, G, 61, 77)
