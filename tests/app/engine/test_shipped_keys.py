"""The shipped model of notes through the real engine: an answer in the player's key and manner."""

from __future__ import annotations

import numpy as np
import pytest

from app.core.events import KEYS_VOICE, Event, Note, Release, Source
from app.core.parameters import Settings
from app.core.status import Report
from app.engine.guarded_ghost import GuardedGhost, Sampling
from app.engine.note_course import NoteCourse
from app.ghost import Ghost
from app.ghost.litert import open_model
from app.runtime.offline import play_offline
from models.lookup import find_model
from tests.app.engine.phrases import note_phrase
from tests.bench.manner import keys

OPENED = open_model(find_model("keys"))


def take(name: str) -> tuple[keys.Key, np.ndarray]:
    rng = np.random.default_rng(5)
    key = keys.key_of(name, rng)
    return key, keys.take(name, key, rng, 5.0)


def answer(rows: np.ndarray, seed: int, **values: float | str) -> np.ndarray:
    """Onset, pitch, seconds and velocity of the ghost's notes `(n, 4)`."""
    settings = Settings()
    for name, value in ({"reply_s": 6.0, "threshold_s": 1.5} | values).items():
        settings.set(name, value)
    played: list[Event] = []
    for time_s, (_, pitch, held_s, velocity) in zip(
        np.cumsum(rows[:, 0]).tolist(), rows.tolist(), strict=True
    ):
        played.append(Note(time_s, Source.PLAYER, int(pitch), int(velocity)))
        played.append(Release(time_s + held_s, Source.PLAYER, KEYS_VOICE + int(pitch)))
    played.sort(key=lambda event: event.time_s)
    notes: list[list[float]] = []
    for event in play_offline(Ghost(OPENED, seed=seed), settings, played):
        if event.source is Source.GHOST and isinstance(event, Note):
            notes.append([event.time_s, event.pitch, 0.0, event.velocity])
        elif event.source is Source.GHOST:
            note = next(note for note in reversed(notes) if note[1] + KEYS_VOICE == event.voice)
            note[2] = event.time_s - note[0]
    return np.array(notes)


@pytest.mark.parametrize("name", ["legato melody", "block chords", "waltz", "blues line"])
def test_an_answer_is_in_the_key_and_the_register_and_as_full(name: str) -> None:
    key, rows = take(name)
    answers = [answer(rows, seed) for seed in (1, 2, 3)]  # of one with few notes the share says little
    assert np.isin(np.concatenate(answers)[:, 1] % 12, key.classes).mean() >= 0.95
    of_phrase = rows[:, 2].sum() / (np.cumsum(rows[:, 0]) + rows[:, 2] - rows[0, 0]).max()
    for notes in answers:
        assert abs(notes[:, 1].mean() - rows[:, 1].mean()) < 6.0
        sounding = notes[:, 2].sum() / (notes[:, 0] + notes[:, 2] - notes[0, 0]).max()
        assert 2 / 3 < sounding / of_phrase < 4 / 3
        assert notes[-1, 0] - notes[0, 0] > 4.0


def test_two_seeds_play_two_answers_and_one_seed_plays_one() -> None:
    _, rows = take("legato melody")
    one, same, other = answer(rows, 1), answer(rows, 1), answer(rows, 2)
    assert np.array_equal(one, same)
    n = min(len(one), len(other))
    assert (one[:n, 1] != other[:n, 1]).mean() > 0.3


def test_with_quantise_an_answer_is_on_the_beat_of_the_phrase() -> None:
    _, rows = take("block chords")
    notes, grid = answer(rows, 1, quantise="1/16"), note_phrase(rows).grid
    assert grid is not None
    units = (notes[:, 0] - notes[0, 0]) / (grid.quarter_s / 4)
    assert (np.abs(units - np.round(units)) * grid.quarter_s / 4 < 0.01).mean() >= 0.95


def test_at_likeness_0_the_network_is_alone() -> None:
    phrase = note_phrase(take("waltz")[1])
    guide = NoteCourse.plan(phrase, 3.0, np.random.default_rng(0))
    rows = []
    for near in (None, guide):
        ghost = GuardedGhost(Ghost(OPENED, seed=3), "keys", Report())
        made = ghost.sample(ghost.blank, len(guide), Sampling(1.0, 1.0, 0.0), near)
        assert made is not None
        rows.append(made[0])
    assert rows[0] == pytest.approx(rows[1], abs=1e-4)
