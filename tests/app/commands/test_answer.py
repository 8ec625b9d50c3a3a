"""`ghostjam answer`: the real engine and the shipped models on a clock moved by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.cli import main
from app.ghost import Ghost
from models.performance import (
    NOTE_COLUMNS,
    TOUCH_COLUMNS,
    Performance,
    header,
    read_performance,
    row,
    value_columns,
)

Capture = pytest.CaptureFixture[str]
RATE_HZ = 60
PATIENCE_S = 0.8
HOLD_S = 0.1  # after which a finger without a release leaves


def write_phrase(path: Path, seconds: float, *, source: str = "player") -> Path:
    """A finger that draws a circle a second, as a screen of 60 Hz reports it, released at its end."""
    rows = []
    for n in range(round(seconds * RATE_HZ)):
        angle = 2.0 * np.pi * n / RATE_HZ
        place = (0.5 + 0.1 * np.cos(angle), 0.5 + 0.1 * np.sin(angle))
        rows.append(row(n / RATE_HZ, source, 0, (*place, 1.0, n > 0)))
    last_s = seconds - 1.0 / RATE_HZ
    path.write_text(header(TOUCH_COLUMNS) + "".join(rows) + row(last_s, source, 0, (0.5, 0.5, 0.0, True)))
    return path


def write_knobs(path: Path, n_knobs: int) -> Path:
    rows = [row(n / 10, "player", 0, [0.5 + 0.02 * (n % 5)] * n_knobs) for n in range(40)]
    path.write_text(header(value_columns(n_knobs)) + "".join(rows))
    return path


@pytest.fixture(scope="module")
def phrase(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_phrase(tmp_path_factory.mktemp("phrase") / "phrase.csv", 3.0)


def answer(phrase: Path, out: Path, *words: str) -> Performance:
    """The recording of both, in `out`."""
    assert main.main(["answer", str(phrase), "--out", str(out), "--seed", "7", *words]) == 0
    return read_performance(out)


@pytest.fixture(scope="module")
def usual(phrase: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `answer` writes of the phrase without other words; to read only."""
    out = tmp_path_factory.mktemp("usual") / "both.csv"
    answer(phrase, out)
    return out


def refused(capsys: Capture, *words: object) -> str:
    """The one line that a command prints when it cannot do what it is asked."""
    try:
        assert main.main(["answer", *map(str, words)]) == 2
    except SystemExit as ended:
        assert ended.code == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    return err


def ghosts_s(take: Performance) -> np.ndarray:
    """When the ghost plays; its releases too."""
    return take.time_s[take.source == "ghost"]


def test_the_recording_holds_the_phrase_and_after_the_silence_the_answer(
    phrase: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "new" / "both.csv"
    take, played = answer(phrase, out), read_performance(phrase)
    assert capsys.readouterr().out == f"{out}\n"
    is_player = take.source == "player"
    np.testing.assert_allclose(take.time_s[is_player], played.time_s, atol=2e-6)
    np.testing.assert_allclose(take.values[is_player][:-1], played.values[:-1], rtol=1e-6)
    assert ghosts_s(take)[0] == pytest.approx(played.time_s[-1] + PATIENCE_S, abs=1e-3)
    assert len(ghosts_s(take)) > 5


@pytest.mark.parametrize(("phrase_s", "longest_s"), [(1.0, 2.0), (3.0, 3.0), (12.0, 8.0)])
def test_an_answer_is_about_as_long_as_the_phrase(tmp_path: Path, phrase_s: float, longest_s: float) -> None:
    take = answer(write_phrase(tmp_path / "phrase.csv", phrase_s), tmp_path / "both.csv")
    lasted = float(np.ptp(ghosts_s(take)))
    assert longest_s - 1.0 < lasted <= longest_s + 1e-3


def test_seconds_say_how_long_it_is(phrase: Path, tmp_path: Path) -> None:
    lasted = float(np.ptp(ghosts_s(answer(phrase, tmp_path / "both.csv", "--seconds", "11"))))
    assert 9.0 < lasted <= 11.0 + 1e-3


def test_the_same_seed_gives_the_same_file_and_another_one_another(
    phrase: Path, usual: Path, tmp_path: Path
) -> None:
    same, other = (tmp_path / f"{name}.csv" for name in ("same", "other"))
    answer(phrase, same)
    answer(phrase, other, "--seed", "8")
    assert usual.read_bytes() == same.read_bytes() != other.read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        ("--pi-temperature", "0.5"),
        ("--sigma-temperature", "0.5"),
        ("--timescale", "2"),
        ("--threshold", "2"),
    ],
)
def test_a_parameter_changes_the_answer(
    phrase: Path, usual: Path, tmp_path: Path, words: tuple[str, str]
) -> None:
    answer(phrase, tmp_path / "changed.csv", *words)
    assert usual.read_bytes() != (tmp_path / "changed.csv").read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(not Ghost.load("touch").guide_slices, reason="the model cannot be guided")
def test_the_more_likeness_the_nearer_the_answer_is_to_the_phrase(phrase: Path, tmp_path: Path) -> None:
    def off(likeness: str) -> float:
        """How far the answers' radii are from the circle's, the mean over seeds, canvases."""
        found = []
        for seed in "123":
            words = ("--likeness", likeness, "--seed", seed)
            take = answer(phrase, tmp_path / f"{likeness}-{seed}.csv", *words)
            places = take.values[take.source == "ghost"][:, :2]
            found.append(np.mean(np.abs(np.hypot(*(places - 0.5).T) - 0.1)))
        return float(np.mean(found))

    assert off("2") < off("0.3") < off("0")


def test_of_a_recording_of_both_only_the_player_is_answered(usual: Path, tmp_path: Path) -> None:
    take = read_performance(usual)
    again = answer(usual, tmp_path / "again.csv")
    assert set(take.source) == {"player", "ghost"}
    np.testing.assert_allclose(again.time_s, take.time_s, atol=1e-5)
    np.testing.assert_allclose(again.values, take.values, atol=1e-4)


def test_a_long_silence_in_the_middle_is_answered_too(tmp_path: Path) -> None:
    taps = [row(t, "player", 0, (0.3, 0.3, 1, 0)) for t in (0.0, 0.2, 0.4, 4.0, 4.2)]
    path = tmp_path / "two.csv"
    path.write_text(header(TOUCH_COLUMNS) + "".join(taps))
    times_s = ghosts_s(answer(path, tmp_path / "both.csv"))
    first_s, second_s = (t + HOLD_S + PATIENCE_S for t in (0.4, 4.2))
    assert times_s[0] == pytest.approx(first_s, abs=1e-3)
    assert not np.any((times_s > 4.0 + 1e-3) & (times_s < second_s - 1e-3))
    assert np.any(times_s >= second_s - 1e-3)


@pytest.mark.parametrize(
    ("suffix", "begins"),
    [
        pytest.param(".png", b"\x89PNG", marks=pytest.mark.slow),
        (".svg", b"<"),
        (".mid", b"MThd"),
        (".log", b"1970"),
    ],
)
def test_it_writes_what_the_suffix_says(phrase: Path, tmp_path: Path, suffix: str, begins: bytes) -> None:
    out = tmp_path / f"both{suffix.upper()}"
    assert main.main(["answer", str(phrase), "--out", str(out), "--seed", "7"]) == 0
    assert out.read_bytes().startswith(begins)
    if suffix == ".svg":
        assert b'id="player"' in out.read_bytes() and b'id="ghost"' in out.read_bytes()


def test_knobs_are_answered_by_the_model_of_knobs(tmp_path: Path) -> None:
    take = answer(write_knobs(tmp_path / "knobs.csv", 8), tmp_path / "both.csv")
    assert take.columns == value_columns(8)
    assert set(take.source) == {"player", "ghost"}


def test_a_single_tap_is_answered(tmp_path: Path) -> None:
    path = tmp_path / "tap.csv"
    path.write_text(header(TOUCH_COLUMNS) + row(0.0, "player", 0, (0.3, 0.3, 1, 0)))
    assert len(ghosts_s(answer(path, tmp_path / "both.csv"))) > 0


def test_a_recording_without_a_player_is_refused(tmp_path: Path, capsys: Capture) -> None:
    path = write_phrase(tmp_path / "ghost.csv", 1.0, source="ghost")
    line = refused(capsys, path, "--out", tmp_path / "both.csv")
    assert line == f"ghostjam answer: {path}: expected events of a player, got none.\n"
    assert not (tmp_path / "both.csv").exists()


def test_what_is_no_performance_is_refused(tmp_path: Path, capsys: Capture) -> None:
    line = refused(capsys, tmp_path / "absent.csv", "--out", tmp_path / "both.csv")
    assert "expected a file that can be read" in line


def test_another_suffix_is_refused_with_those_there_are(
    phrase: Path, tmp_path: Path, capsys: Capture
) -> None:
    line = refused(capsys, phrase, "--out", tmp_path / "both.tiff")
    assert "expected a file ending in .csv, .png, .svg, .gif, .wav, .mid, .log, got" in line


def test_a_file_that_cannot_be_written_is_refused(phrase: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "file").write_text("")
    line = refused(capsys, phrase, "--out", tmp_path / "file" / "both.csv")
    assert "--out: expected a file to write, got" in line


def test_the_recording_itself_is_not_overwritten(tmp_path: Path, capsys: Capture) -> None:
    path = write_phrase(tmp_path / "phrase.csv", 1.0)
    before = path.read_bytes()
    line = refused(capsys, path, "--out", path)
    assert "--out: expected another file than the recording itself, got" in line
    assert path.read_bytes() == before


def test_knobs_that_no_model_hears_are_refused(tmp_path: Path, capsys: Capture) -> None:
    path = write_knobs(tmp_path / "knobs.csv", 5)
    line = refused(capsys, path, "--out", tmp_path / "both.csv")
    assert "model: expected one that hears 5 values, found none. Name a file with --model." in line


@pytest.mark.parametrize(
    ("model", "text"),
    [
        ("controller", "expected what controller hears, dt, x1, x2, x3, x4, x5, x6, x7, x8; got x, y, z, "),
        ("kanji", "model: expected one that plays, with columns x, y, dt, moving or dt, pitch, "),
        ("absent", "model: expected one of touch, "),
    ],
)  # fmt: skip
def test_a_model_of_another_kind_is_refused(
    phrase: Path, tmp_path: Path, capsys: Capture, model: str, text: str
) -> None:
    assert text in refused(capsys, phrase, "--out", tmp_path / "both.csv", "--model", model)


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--likeness", "2.5", "--likeness: expected a number from 0 to 2, got '2.5'"),
        ("--likeness", "nan", "--likeness: expected a number from 0 to 2, got 'nan'"),
        ("--seconds", "0", "--seconds: expected a number from 0.1 to 60, got '0'"),
        ("--seconds", "long", "--seconds: expected a number from 0.1 to 60, got 'long'"),
    ],
)
def test_a_number_out_of_range_is_refused(
    phrase: Path, tmp_path: Path, capsys: Capture, option: str, value: str, expected: str
) -> None:
    assert expected in refused(capsys, phrase, "--out", tmp_path / "both.csv", option, value)


def write_tune(path: Path) -> Path:
    """A scale in quarters of a second, with a chord at its end."""
    keys = [(0.25 * n, pitch) for n, pitch in enumerate((60, 62, 64, 65, 67, 69, 71, 72))]
    keys += [(2.0, 60), (2.0, 64), (2.0, 67)]
    events = [(s, pitch, 80) for s, pitch in keys] + [(s + 0.2, pitch, 0) for s, pitch in keys]
    rows = [row(s, "player", 128 + pitch, (pitch, velocity)) for s, pitch, velocity in sorted(events)]
    path.write_text(header(NOTE_COLUMNS) + "".join(rows))
    return path


@pytest.mark.parametrize("words", [(), ("--model", "keys", "--seconds", "3", "--likeness", "1")])
def test_a_recording_of_notes_is_answered_in_notes_that_all_end(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    take = answer(write_tune(tmp_path / "tune.csv"), tmp_path / "both.csv", *words)
    assert take.columns == NOTE_COLUMNS and not take.dropped
    ghost = take.values[take.source == "ghost"]
    assert len(ghost) > 10 and (ghost[:, 1] > 0).sum() == (ghost[:, 1] == 0).sum()
    assert ghosts_s(take)[0] == pytest.approx(2.2 + PATIENCE_S, abs=1e-3)


def test_notes_are_not_answered_by_a_model_of_touches(tmp_path: Path, capsys: Capture) -> None:
    tune, out = write_tune(tmp_path / "tune.csv"), tmp_path / "both.csv"
    assert "got pitch, velocity" in refused(capsys, tune, "--out", out, "--model", "touch")


def test_a_midi_file_is_answered_as_its_recording_is_and_both_come_back_from_midi(tmp_path: Path) -> None:
    tune, midi = write_tune(tmp_path / "tune.csv"), tmp_path / "tune.mid"
    assert main.main(["render", str(tune), "--out", str(midi)]) == 0
    of_csv = answer(tune, tmp_path / "of_csv.csv")
    of_midi = answer(midi, tmp_path / "of_midi.mid")
    assert of_midi.columns == NOTE_COLUMNS
    rows = [
        sorted((source, *values) for source, values in zip(take.source, take.values.tolist(), strict=True))
        for take in (of_csv, of_midi)
    ]
    assert rows[0] == rows[1]
    assert np.sort(of_midi.time_s) == pytest.approx(np.sort(of_csv.time_s), abs=2e-3)


def test_notes_sound_on_keys_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    from app.runtime.load import load_session
    from app.runtime.rig import Rig

    words = [
        load_session(Rig(parameters=given))[1].word("instrument")
        for given in ({"model": "keys"}, {"model": "keys", "instrument": "chirp"}, {"model": "touch"})
    ]
    assert words == ["keys", "chirp", "strings"]
