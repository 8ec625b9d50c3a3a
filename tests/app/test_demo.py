"""The demo: the real engine and the shipped model on a clock moved by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app import cli
from app.commands import demo
from assets import EXAMPLE_PERFORMANCE
from models.performance import read_performance


@pytest.fixture
def few_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the film and the sound, which take seconds; their own tests make them."""
    monkeypatch.setattr(demo, "SUFFIXES", (".png", ".svg", ".mid"))


@pytest.mark.usefixtures("few_files")
def test_it_leaves_files_in_which_player_and_ghost_appear(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["demo", "--out", str(tmp_path / "new" / "demo"), "--seed", "7"]) == 0
    folder = tmp_path / "new" / "demo"
    names = [f"performance{suffix}" for suffix in (".csv", ".png", ".svg", ".mid")]
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    assert capsys.readouterr().out.splitlines()[1:] == [str(folder / name) for name in names]
    svg = (folder / "performance.svg").read_text()
    assert 'id="player"' in svg and 'id="ghost"' in svg


@pytest.mark.usefixtures("few_files")
def test_the_player_is_the_example_and_the_ghost_answers_after_the_silence(tmp_path: Path) -> None:
    assert cli.main(["demo", "--out", str(tmp_path), "--seed", "7"]) == 0
    take, example = read_performance(tmp_path / "performance.csv"), read_performance(EXAMPLE_PERFORMANCE)
    is_player = take.source == "player"
    np.testing.assert_allclose(take.time_s[is_player], example.time_s, atol=2e-6)
    touched = example.values[:, 2] > 0
    np.testing.assert_allclose(take.values[is_player][touched], example.values[touched], rtol=1e-6)
    ghost_s = take.time_s[~is_player]
    assert len(ghost_s) > 50
    assert ghost_s[0] == pytest.approx(example.time_s[-1] + 0.8, abs=0.02), "patience is 0.8 s"
    assert ghost_s[-1] <= ghost_s[0] + demo.REPLY_S + 0.001


def test_the_same_seed_gives_the_same_files_and_another_one_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "SUFFIXES", (".svg", ".mid"))
    for folder, seed in (("a", 7), ("b", 7), ("c", 8)):
        assert cli.main(["demo", "--out", str(tmp_path / folder), "--seed", str(seed)]) == 0

    def content(folder: str) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}

    assert content("a") == content("b")
    assert content("a")["performance.csv"] != content("c")["performance.csv"]


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert cli.main(["demo", "--out", str(tmp_path / "file" / "demo")]) == 2
    err = capsys.readouterr().err
    assert "--out: expected a folder to write into, got" in err and err.count("\n") == 1
