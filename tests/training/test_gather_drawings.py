"""Files and folders of drawings as a corpus, and how they are told from recordings."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from training import __main__ as command_line
from training import train as training
from training.corpus import Corpus, CorpusError
from training.recordings import gather

RECORDING = "time_s,source,voice,x,y,z,moving\n1.0,player,0,0.1,0.2,1,0\n1.1,player,0,0.2,0.2,1,1\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 109 109"><path d="M0 0h{}" stroke="red"/></svg>'


def folder_of(path: Path, *names: str) -> Path:
    path.mkdir(exist_ok=True)
    for n, name in enumerate(names, start=1):
        text = {".csv": RECORDING, ".svg": SVG.format(10 * n), ".txt": "a note"}[Path(name).suffix]
        (path / name).write_text(text)
    return path


def test_a_folder_of_svgs_is_a_corpus_of_drawings(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "kanji", "1.svg", "2.svg", "README.txt")
    corpus, dropped = gather([folder])
    assert [column.name for column in corpus.columns] == ["dx", "dy", "pen"]
    assert [d.tolist() for d in corpus.performances] == [
        [[0, 0, 0], [10, 0, 2]],
        [[0, 0, 0], [20, 0, 2]],
    ]
    assert corpus.drawing is not None
    assert (corpus.drawing.box, corpus.drawing.epsilon, corpus.drawing.longest) == (109.0, 1.0, 2)
    assert [str(row) for row in dropped] == [
        f"{folder / 'README.txt'}: expected drawings, as other files here are."
    ]


def test_a_suffix_in_capitals_is_that_suffix(tmp_path: Path) -> None:
    """As some systems and cameras write names."""
    folder = folder_of(tmp_path / "kanji", "1.svg")
    (folder / "1.svg").rename(folder / "1.SVG")
    with zipfile.ZipFile(tmp_path / "more.ZIP", "w") as archive:
        archive.writestr("kanji/2.SVG", SVG.format(20))
    for paths in ([folder], [folder / "1.SVG"], [tmp_path / "more.ZIP"], [folder, tmp_path / "more.ZIP"]):
        corpus, dropped = gather(paths)
        assert len(corpus.performances) == len(paths) and not dropped
        assert corpus.drawing is not None and corpus.drawing.box == 109.0


def test_a_picture_beside_recordings_is_no_drawing(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "evening", "a.csv", "a.svg")
    corpus, dropped = gather([folder])
    assert [column.name for column in corpus.columns] == ["x", "y", "dt", "moving"]
    assert [str(row) for row in dropped] == [
        f"{folder / 'a.svg'}: expected a performance, as other files here are."
    ]


def test_a_drawing_that_is_named_is_one(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "evening", "a.csv", "a.svg")
    corpus, _ = gather([folder / "a.svg"])
    assert corpus.drawing is not None and len(corpus.performances) == 1
    with pytest.raises(CorpusError) as error:
        gather([folder / "a.svg", folder / "a.csv"])
    assert str(error.value) == f"{folder / 'a.csv'}: expected drawings, as other files here are."


def test_parts_and_simplification_are_passed_on(tmp_path: Path) -> None:
    drawings = np.empty(2, object)
    drawings[:] = [np.array([[0, 0, 0], [9, 1, 0], [9, -1, 1]]), np.array([[0, 0, 0], [5, 0, 1]])]
    np.savez(tmp_path / "cat.npz", train=drawings, test=drawings[1:])
    corpus, _ = gather([tmp_path / "cat.npz"], epsilon=3.0)
    assert [len(d) for d in corpus.performances] == [2, 2]
    assert corpus.drawing is not None and corpus.drawing.epsilon == 3.0
    assert len(gather([tmp_path / "cat.npz"], part="test")[0].performances) == 1


def test_what_is_dropped_of_a_drawing_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cat.ndjson"
    path.write_text(json.dumps({"drawing": [[[0, 9], [0, 9]]]}) + "\n{}\n")
    corpus, dropped = gather([path])
    assert len(corpus.performances) == 1 and [row.line for row in dropped] == [2]


def test_a_box_has_room_for_every_step(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "kanji", "1.svg", "2.svg")
    drawing = gather([folder], box=20.0)[0].drawing
    assert drawing is not None and drawing.box == 20.0
    with pytest.raises(CorpusError, match=r"box: expected at least the longest step, 20, got 19\."):
        gather([folder], box=19.0)


def test_drawings_smaller_than_the_noise_they_are_learned_with_are_refused(tmp_path: Path) -> None:
    values = np.array([[0, 0, 0], [0.5, 0.25, 0], [0.25, 0.75, 1]])
    for name, factor in (("unit.npz", 1.0), ("large.npz", 10.0)):
        np.savez(
            tmp_path / name, values=values * [factor, factor, 1], offsets=[0, 3],
            columns=["dx", "dy", "pen_lifted"],
        )  # fmt: skip
    with pytest.raises(CorpusError, match=r"box: expected 5 units or more, .* got 1\."):
        gather([tmp_path / "unit.npz"])
    assert len(gather([tmp_path / "large.npz"])[0].performances) == 1


def stairs(path: Path, step: float) -> Path:
    """Forty drawings of stairs; their box is 10 steps."""
    rows = [[0, 0, 0], *[[step, 0, 0], [0, step, 0]] * 10]
    rows[-1] = [0, step, 1]
    np.savez(
        path, values=np.array(rows * 40, "float32"), offsets=np.arange(41) * 21,
        columns=["dx", "dy", "pen_lifted"],
    )  # fmt: skip
    return path


def test_what_is_held_out_is_in_the_box_that_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found: list[Corpus] = []

    def train(corpus: Corpus, job: training.Job) -> dict[str, object]:
        assert job.held_out is not None
        found.extend((corpus, job.held_out))
        return {}

    monkeypatch.setattr(training, "train", train)
    monkeypatch.setattr(command_line, "_devices", lambda _: 1)
    data, valid = stairs(tmp_path / "a.npz", 10.0), stairs(tmp_path / "b.npz", 10.0)
    arguments = ["train", data, "--valid", valid, "--name", "a", "--out", tmp_path / "a.tflite", "--json"]
    assert command_line.main([*map(str, arguments), "--box", "200"]) == 0
    assert [corpus.drawing.box for corpus in found if corpus.drawing] == [200.0, 200.0]
    assert found[0].performances[0].tolist() == found[1].performances[0].tolist()


def test_a_score_is_in_the_units_of_the_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nats = []
    for step in (10.9, 109.0):
        path = stairs(tmp_path / f"{step}.npz", step)
        assert command_line.main(["evaluate", "kanji", str(path), "--json"]) == 0
        nats.append(json.loads(capsys.readouterr().out)["nats_per_event"]["dx,dy,pen"])
    assert nats[1] == pytest.approx(nats[0], abs=0.05)
