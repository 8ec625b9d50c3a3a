"""Recordings as a corpus: what of an evening is learned from, and what is left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mdn.columns import NOTES, TOUCH, controller_columns
from training.corpus import CorpusError
from training.recordings import gather

HEADER = "time_s,source,voice,x,y,z,moving"


def touches(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


TWO_FINGERS = touches(
    "10.00,player,0,0.1,0.2,1,0",
    "10.01,player,1,0.8,0.9,1,0",
    "10.02,player,0,0.2,0.3,1,1",
    "10.02,ghost,0,0.5,0.5,1,0",
    "10.04,player,1,0.7,0.8,1,1",
    "10.05,player,0,0.2,0.3,0,1",
    "10.06,ghost,0,0.6,0.6,1,1",
    "22.00,player,0,0.4,0.5,0.5,0",
)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "evening.csv"
    path.write_text(TWO_FINGERS)
    return path


def refusal(*paths: Path) -> str:
    with pytest.raises(CorpusError) as error:
        gather(paths)
    return str(error.value)


def test_voices_apart_without_ghost_and_releases(recording: Path) -> None:
    corpus, dropped = gather([recording])
    assert corpus.columns == TOUCH and dropped == []
    first, second = corpus.performances
    assert first == pytest.approx(
        np.array([[0.1, 0.2, 0.0, 0.0], [0.2, 0.3, 0.02, 1.0], [0.4, 0.5, 5.0, 0.0]]), abs=1e-6
    ), "the release is no event, the pause of 12 s is one of 5 s, pressure is no column"
    assert second == pytest.approx(np.array([[0.8, 0.9, 0.0, 0.0], [0.7, 0.8, 0.03, 1.0]]), abs=1e-6)
    assert first.dtype == second.dtype == np.float32


def test_a_controller_log_has_dt_first(tmp_path: Path) -> None:
    path = tmp_path / "knobs.csv"
    path.write_text(
        "time_s,source,voice,x1,x2\n1.0,player,0,0.1,0.9\n1.5,ghost,0,0,0\n2.0,player,0,0.3,0.7\n"
    )
    corpus, _ = gather([path])
    assert corpus.columns == controller_columns(2)
    assert corpus.performances[0] == pytest.approx(np.array([[0.0, 0.1, 0.9], [1.0, 0.3, 0.7]]), abs=1e-6)


def test_bad_rows_are_told_with_file_line_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "hurt.csv"
    rows = [
        "1.0,player,0,0.1,0.2,1,0",
        "1.1,player,0,7,0.2,1,1",
        "1.2,player,0,0.3,0.2,1,1",
        "1.3,player,0,nan,0.2,1,1",
    ]
    path.write_text(touches(*rows))
    corpus, dropped = gather([path])
    assert [str(row).split(": ", 1)[0] for row in dropped] == [f"{path}:3", f"{path}:5"]
    assert "expected" in dropped[0].reason and "got" in dropped[0].reason
    assert corpus.performances[0][:, 2] == pytest.approx([0.0, 0.2], abs=1e-6)


def test_a_folder_is_searched_in_the_order_of_names(tmp_path: Path) -> None:
    for name, x in (("b.csv", 0.2), ("deep/a.csv", 0.3), ("a.csv", 0.1)):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(touches(f"1,player,0,{x},0.5,1,0", f"2,player,0,{x},0.5,1,1"))
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    corpus, _ = gather([tmp_path])
    assert [round(float(p[0, 0]), 3) for p in corpus.performances] == [0.1, 0.2, 0.3]


def test_recordings_and_flat_files_add_up(tmp_path: Path, recording: Path) -> None:
    flat = tmp_path / "more.npz"
    np.savez(
        flat,
        values=np.tile(np.array([0.5, 0.5, 0.5, 1.0], "float32"), (3, 1)),
        offsets=np.array([0, 3]),
        columns=[c.name for c in TOUCH],
    )
    corpus, _ = gather([recording, flat])
    assert [len(p) for p in corpus.performances] == [3, 2, 3]


def test_other_columns_than_before_are_refused(tmp_path: Path, recording: Path) -> None:
    path = tmp_path / "knobs.csv"
    path.write_text("time_s,source,voice,x1\n1,player,0,0.1\n2,player,0,0.2\n")
    expected = f"{path}: expected columns x, y, dt, moving as in the files before, got dt, x1."
    assert refusal(recording, path) == expected


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gone"
    assert refusal(path) == f"{path}: expected a file or folder of performances, got no such path."


def test_a_folder_without_performances_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path}: expected at least one player performance of 2 events, got none."


def test_a_recording_of_the_ghost_alone_teaches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ghost.csv"
    path.write_text(touches("1,ghost,0,0.1,0.5,1,0", "2,ghost,0,0.1,0.5,1,1", "3,player,0,0.1,0.5,1,1"))
    assert refusal(path) == f"{path}: expected at least one player performance of 2 events, got none."


@pytest.mark.parametrize("text", ["", "hello\n", "a,b,c\n1,2,3\n"])
def test_a_file_of_something_else_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "notes.csv"
    path.write_text(text)
    found = refusal(path)
    assert found.startswith(f"{path}: expected a ") and ", got " in found


def test_a_flat_file_under_another_name_is_read_whole_or_refused(tmp_path: Path) -> None:
    flat = tmp_path / "corpus.data"
    with flat.open("wb") as file:
        np.savez(file, values=np.ones((6, 4)), offsets=np.array([0, 3, 6]), columns=[c.name for c in TOUCH])
    try:
        corpus, _ = gather([flat])
    except CorpusError:
        return
    assert [len(p) for p in corpus.performances] == [3, 3]


def test_an_evening_at_a_keyboard_is_one_sequence_of_notes(tmp_path: Path) -> None:
    path = tmp_path / "keys.csv"
    path.write_text(
        "time_s,source,voice,pitch,velocity\n0,player,188,60,90\n0.5,player,188,60,0\n0.5,ghost,190,62,9\n"
        "1,player,192,64,80\n1.25,player,192,64,0\n"
    )
    corpus, dropped = gather([path])
    assert corpus.columns == NOTES and dropped == []
    assert corpus.performances[0].tolist() == [[0.0, 60.0, 0.5, 90.0], [1.0, 64.0, 0.25, 80.0]]


def test_a_keyboard_that_nobody_played_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.csv"
    path.write_text("time_s,source,voice,pitch,velocity\n0,player,188,60,90\n0.5,player,188,60,0\n")
    assert "expected at least 2 notes of a player, got 1" in refusal(path)
