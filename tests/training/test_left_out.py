"""What is not learned from is said: rows, voices and files; and a bad corpus is one clear line."""

from __future__ import annotations

import logging
import zipfile
from pathlib import Path

import numpy as np
import pytest

from training.corpus import CorpusError
from training.left_out import Dropped, summary
from training.recordings import gather

TOUCH_HEADER = "time_s,source,voice,x,y,z,moving"


def write(path: Path, *rows: str, header: str = TOUCH_HEADER) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def refusal(*paths: Path) -> str:
    with pytest.raises(CorpusError) as error:
        gather(paths)
    return str(error.value)


def test_up_to_twenty_rows_are_told_one_by_one_and_more_are_summed_up() -> None:
    rows = [Dropped(Path("a.csv"), i, "why") for i in range(2, 22)]
    assert summary(rows) == [f"left out a.csv:{i}: why" for i in range(2, 22)]
    more = [*rows, *[Dropped(Path("b.csv"), 9, "why")] * 30]
    lines = summary(more)
    assert lines[:20] == summary(rows)
    assert lines[20:] == ["left out 50 in all: 30 in b.csv, 20 in a.csv"]
    many = [Dropped(Path(f"{i}.csv"), 2, "why") for i in range(25)]
    assert summary(many)[-1].endswith(", and more in 5 other files")


def test_a_line_that_stops_in_the_middle_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "crash.csv", "1,player,0,0.1,0.2,1,0", "2,player,0,0.1,0.2,1,1")
    path.write_text(path.read_text() + "3,player,0,0.1,0.")
    corpus, dropped = gather([path])
    assert corpus.n_events == 2
    assert [str(row) for row in dropped] == [f"{path}:4: the last line stops in the middle."]


def test_a_voice_of_one_event_is_told(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        "1,player,0,0.1,0.2,1,0",
        "2,player,0,0.1,0.2,1,1",
        "2,player,7,0.1,0.2,1,0",
    )
    _, dropped = gather([path])
    assert [str(row) for row in dropped] == [f"{path}: voice 7: expected at least 2 events, got 1."]


def test_a_note_beside_the_recordings_is_left_out_and_told(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "1,player,0,0.1,0.2,1,0", "2,player,0,0.1,0.2,1,1")
    note = tmp_path / "licence.txt"
    note.write_text("all rights\n")
    corpus, dropped = gather([tmp_path])
    assert corpus.n_events == 2
    assert dropped[0].path == note and "expected a header" in str(dropped[0])
    assert str(dropped[0]).count(str(note)) == 1
    assert refusal(note).startswith(f"{note}: expected a header"), "but not where it is named"


def test_the_reason_why_nothing_is_left_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write(tmp_path / "silent.csv", "1,player,0,0.1,0.2,0,0", "2,ghost,0,0.1,0.2,1,1")
    with caplog.at_level(logging.WARNING, "training"):
        assert refusal(path) == f"{path}: expected at least one player performance of 2 events, got none."
    assert f"{path}: expected a player's performance, got 1 player and 1 ghost events." in caplog.text


def test_a_header_alone_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "empty.csv")
    assert refusal(path).startswith(f"{path}: expected at least one player performance")


def test_times_that_go_back_are_told_or_put_in_order(tmp_path: Path) -> None:
    """Two devices may write a voice a little late; a time that is far off is a damaged one."""
    path = write(
        tmp_path / "late.csv",
        "1,player,0,0.1,0.5,1,0",
        "1.5,player,0,0.3,0.5,1,1",
        "1.48,player,0,0.2,0.5,1,1",
        "1.2,player,0,0.9,0.5,1,1",
    )
    corpus, dropped = gather([path])
    assert [str(row) for row in dropped] == [f"{path}:5: time: expected 1.500000 s or later, got 1.200000 s."]
    assert corpus.performances[0][:, 0] == pytest.approx([0.1, 0.2, 0.3])
    assert corpus.performances[0][:, 2] == pytest.approx([0.0, 0.48, 0.02], abs=1e-6)


@pytest.mark.parametrize("bad", ["nan", "inf", "-0.1", "1e9", "x", ""])
def test_a_value_that_is_none_is_told_with_file_and_line(tmp_path: Path, bad: str) -> None:
    good = ["1,player,0,0.1,0.5,1,0", "2,player,0,0.1,0.5,1,1"]
    path = write(tmp_path / "a.csv", good[0], f"1.5,player,0,{bad},0.5,1,1", good[1])
    corpus, dropped = gather([path])
    assert corpus.n_events == 2
    assert str(dropped[0]).startswith(f"{path}:3: x: expected a number from 0 to 1, got ")


def test_other_programs_recordings_are_read(tmp_path: Path) -> None:
    robojam = write(tmp_path / "a.csv", "0.0,0.1,0.2,38,0", "0.5,0.2,0.2,38,1", header="time,x,y,z,moving")
    corpus, _ = gather([robojam])
    assert corpus.performances[0] == pytest.approx(np.array([[0.1, 0.2, 0, 0], [0.2, 0.2, 0.5, 1]]), abs=1e-6)
    impsy = tmp_path / "a.log"
    impsy.write_text(
        "2026-09-26T10:00:00.000000,interface,0.5,0.25\n"
        "2026-09-26T10:00:00.100000,rnn,0.9,0.9\n"
        "2026-09-26T10:00:09.500000,interface,0.75,0.25\n"
    )
    corpus, _ = gather([impsy])
    assert [c.name for c in corpus.columns] == ["dt", "x1", "x2"]
    longest = corpus.columns[0].high
    assert corpus.performances[0] == pytest.approx(
        np.array([[0, 0.5, 0.25], [longest, 0.75, 0.25]]), abs=1e-6
    )


def test_an_archive_of_impsy_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "training-dataset-9d.npz"
    performances = np.empty(2, object)
    performances[:] = [np.zeros((3, 9)), np.zeros((5, 9))]
    np.savez(path, perfs=performances)
    text = refusal(path)
    assert text.startswith(f"{path}: expected a flat .npz without pickles, got an object array")
    assert "Give the logs" in text and "np.savez" in text


def test_an_archive_that_is_none_is_refused_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme", "hello")
    assert refusal(path).startswith(f"{path}: expected arrays values, offsets and columns, got no ")
