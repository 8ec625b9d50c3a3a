"""The manner of notes in closed form, and a judge that knows it again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from app.engine import judge
from app.engine.note_manner import note_manner
from app.engine.note_phrase import NotePhrase
from tests.app.engine.phrases import NOTE_PHRASES, note_phrase
from tests.bench.manner import keys

N_STATISTICS = 30
DENSITY, ONSETS, MIDDLE, LOW, HIGH, SPREAD, LEAPS, AGAIN, STEPS, SOUNDING, CHORD, FILLED = range(12)
HELD, HELD_SPREAD, STRUCK, STRUCK_SPREAD, GAP, GAP_RANGE = range(12, 18)


@settings(max_examples=60, deadline=None)
@given(NOTE_PHRASES)
def test_every_stretch_has_a_manner_and_is_like_itself(phrase: NotePhrase) -> None:
    assert phrase.manner.shape == (N_STATISTICS,) and np.isfinite(phrase.manner).all()
    assert 0.0 <= phrase.diversity <= 1.0
    assert judge.distances(phrase, [phrase])[0] == 0.0


def test_by_hand() -> None:
    """Fifths and their octaves twice a second, held for half of that, ever as hard."""
    manner = note_manner(
        np.array([(0.5 * (n % 2 == 0), 60 + 7 * (n % 2) + 12 * (n // 2 % 2), 0.25, 64) for n in range(40)])
    )
    assert np.exp(manner[DENSITY] * 0.5) - 0.5 == pytest.approx(40 / 9.5)
    assert np.exp(manner[ONSETS] * 0.5) - 0.5 == pytest.approx(20 / 9.5)
    assert manner[CHORD] * 0.5 == pytest.approx(2.0)
    assert np.expm1(manner[LEAPS] * 0.4) == pytest.approx(12.0)
    assert manner[AGAIN] == 0.0 and manner[STEPS] == 0.0
    assert np.exp(manner[SOUNDING] * 0.35) - 0.2 == pytest.approx(40 * 0.25 / 9.75)
    assert np.exp(manner[FILLED] * 0.4) == pytest.approx(0.26 / 0.51)
    assert np.exp(manner[HELD] * 0.5) == pytest.approx(0.26)
    assert manner[HELD_SPREAD] == pytest.approx(0.0) and manner[STRUCK_SPREAD] == 0.0
    assert manner[STRUCK] * 10.0 == 64.0
    assert np.exp(manner[GAP] * 0.4) == pytest.approx(0.5) and manner[GAP_RANGE] == pytest.approx(0.0)
    assert np.square(manner[18:] * 0.45)[[0, 7]] == pytest.approx([0.5, 0.5])


def test_the_order_of_a_chord_s_onsets_is_no_part_of_it() -> None:
    together = note_phrase([(0.5 * (n % 3 == 0), 60 + 4 * (n % 3), 0.4, 70) for n in range(30)])
    rolled = note_phrase([(0.5 if n % 3 == 0 else 0.005, 60 + 4 * (n % 3), 0.4, 70) for n in range(30)])
    assert judge.distances(together, [rolled])[0] < 0.1


def test_a_player_is_nearer_to_himself_than_to_nine_others() -> None:
    def of(name: str, seed: int) -> NotePhrase:
        rng = np.random.default_rng(seed)
        return note_phrase(keys.take(name, keys.Key(2, keys.QUARTER_S[name], _steps(name)), rng, 6.0))

    others = {name: of(name, 1) for name in keys.MANNERS}
    for name in keys.MANNERS:
        off = judge.distances(of(name, 0), list(others.values()))
        assert list(others)[int(np.argmin(off))] == name


def _steps(name: str) -> tuple[int, ...]:
    return keys.BLUES if name == "blues line" else keys.MAJOR


def test_who_repeats_one_thing_is_not_diverse_and_who_changes_is() -> None:
    bar = np.array([(0.25, 60 + step, 0.2, 70) for step in (0, 2, 4, 5, 7, 5, 4, 2)])
    other = np.array([(0.5, 40 + step, 1.5, 100) for step in (0, 7, 12, 7)] * 4)
    assert note_phrase(np.tile(bar, (6, 1)).tolist()).diversity == 0.0
    assert note_phrase(np.concatenate([np.tile(bar, (4, 1)), other]).tolist()).diversity > 0.9
    assert note_phrase(bar.tolist()).diversity == 0.0  # its thirds are too short to tell
