"""Learning from notes: noise, keys and tempi, files, recipe, and the comparison of sampled with real ones."""

from __future__ import annotations

from pathlib import Path

import mido
import numpy as np
import pytest

from mdn.columns import NOTES, TOUCH
from training.augment import KEYS, augment, stretch_tempo
from training.corpus import Corpus, CorpusError, read_corpus
from training.dequantise import dequantise
from training.recipe import base_recipe
from training.recordings import gather
from training.statistics import statistics
from training.train import plan

NOTE = np.array([[0.0, 60.0, 0.5, 80.0], [0.25, 64.0, 0.0, 90.0], [5.0, 67.0, 10.0, 100.0]], "float32")


def test_seconds_then_velocities_get_noise_and_pitches_none() -> None:
    noisy = dequantise(NOTE, NOTES, np.random.default_rng(7))
    plain = np.random.default_rng(7)
    dt, held, struck = (plain.uniform(-half, half, 3) for half in (0.002, 0.002, 0.5))
    expected = np.column_stack(
        [np.abs(NOTE[:, 0] + dt), NOTE[:, 1], np.abs(NOTE[:, 2] + held), NOTE[:, 3] + struck]
    )
    assert noisy == pytest.approx(expected, abs=1e-5)


def test_notes_are_moved_to_another_key_as_a_whole_and_stay_on_the_keyboard() -> None:
    rng = np.random.default_rng(1)
    moved = np.array([augment(NOTE, NOTES, 8, rng)[:, 1] - NOTE[:, 1] for _ in range(300)])
    assert (moved == moved[:, :1]).all()
    assert set(moved[:, 0]) == set(range(-KEYS, KEYS + 1))
    high = NOTE.copy()
    high[:, 1] += 40.0  # up to 107
    assert max(augment(high, NOTES, 8, rng)[-1, 1] for _ in range(100)) == 108.0
    assert (augment(NOTE, NOTES, 1, rng) == NOTE).all()


def test_a_tempo_changes_all_seconds_alike_but_those_that_were_cut() -> None:
    slower = stretch_tempo(NOTE, NOTES, 0.3, np.random.default_rng(2))
    factor = slower[1, 0] / NOTE[1, 0]
    assert factor != pytest.approx(1.0, abs=0.01)
    assert slower[0, 2] == pytest.approx(factor * NOTE[0, 2])
    assert (slower[2, 0], slower[2, 2]) == (5.0, 10.0)
    assert (slower[:, [1, 3]] == NOTE[:, [1, 3]]).all()
    assert (stretch_tempo(NOTE, NOTES, 0.0, np.random.default_rng(2)) == NOTE).all()
    touch = np.full((3, 4), 0.5, "float32")
    assert (stretch_tempo(touch, TOUCH, 0.3, np.random.default_rng(2)) == touch).all()


def save(path: Path, values: np.ndarray) -> Path:
    np.savez(path, values=values, offsets=[0, len(values)], columns=[c.name for c in NOTES])
    return path


def test_a_flat_file_of_notes_is_known_by_its_columns(tmp_path: Path) -> None:
    corpus = read_corpus(save(tmp_path / "notes.npz", NOTE))
    assert corpus.columns is NOTES
    assert corpus.performances[0].tolist() == NOTE.tolist()


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        (1, 60.5, "pitch a whole number"),
        (1, 20.0, "pitch from 21 to 108"),
        (3, 0.0, "velocity from 1 to 127"),
        (2, -1.0, "duration >= 0 s"),
    ],
)
def test_what_is_no_note_is_refused(tmp_path: Path, column: int, value: float, rule: str) -> None:
    values = NOTE.copy()
    values[1, column] = value
    with pytest.raises(CorpusError, match=rule):
        read_corpus(save(tmp_path / "notes.npz", values))


def write_midi(path: Path) -> Path:
    file = mido.MidiFile(ticks_per_beat=500)
    messages = [mido.Message("note_on", note=n, velocity=80, time=250) for n in (60, 62, 64)]
    file.tracks.append(mido.MidiTrack(messages))
    file.tracks.append(mido.MidiTrack([mido.Message("note_on", note=40, velocity=80)]))
    file.save(path)
    return path


def test_a_folder_of_midi_files_is_a_corpus_of_their_lines(tmp_path: Path) -> None:
    write_midi(tmp_path / "a.mid")
    write_midi(tmp_path / "b.MIDI")
    (tmp_path / "c.mid").write_bytes(b"not one")
    corpus, dropped = gather([tmp_path])
    assert corpus.columns is NOTES
    assert [p.tolist()[1] for p in corpus.performances] == [[0.25, 62.0, pytest.approx(0.25), 80.0]] * 2
    reasons = [(row.path.name, row.reason) for row in dropped]
    assert ("a.mid", "expected at least 2 notes in a track, got fewer in 1.") in reasons
    assert any(name == "c.mid" for name, _ in reasons)


def test_a_midi_file_beside_a_recording_is_a_picture_of_it(tmp_path: Path) -> None:
    midi = write_midi(tmp_path / "a.mid")
    rows = "".join(f"{0.02 * i:.3f},player,0,0.5,0.{i},1,{min(i, 1)}\n" for i in range(1, 5))
    (tmp_path / "b.csv").write_text(f"time_s,source,voice,x,y,z,moving\n{rows}")
    corpus, dropped = gather([tmp_path])
    assert corpus.columns is TOUCH
    assert [row.path for row in dropped] == [midi]
    with pytest.raises(CorpusError, match="expected columns dt, pitch, duration, velocity"):
        gather([midi, tmp_path / "b.csv"])


def test_notes_have_a_recipe_of_one_component() -> None:
    few = base_recipe(500, NOTES)
    many = base_recipe(500_000, NOTES)
    assert (few.mixtures, many.mixtures) == (1, 1)
    assert few.units < many.units
    song = Corpus(NOTES, (np.tile(NOTE, (20, 1)),))
    assert plan(song, {}).mixtures == 1


def test_notes_are_compared_by_chords_intervals_and_the_rest() -> None:
    chords = np.array(
        [[0, 60, 0.5, 80], [0, 64, 0.5, 80], [0.5, 60, 0.4, 80], [0.001, 67, 0.4, 90], [0.5, 62, 1, 70]]
    )
    found = {name: statistic(chords).tolist() for name, statistic in statistics(NOTES).items()}
    assert found["dt between chords"] == [0.5, 0.5]
    assert found["notes in a chord"] == [2, 1]
    assert found["interval"] == [4, -4, 7, -5]
    assert found["pitch classes"] == [4]
