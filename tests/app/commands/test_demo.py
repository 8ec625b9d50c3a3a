"""The demo: the real engine and the shipped model on a clock moved by hand."""

from __future__ import annotations

from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from app.cli import main
from app.commands import demo
from app.engine.jam import LONGEST_REPLY_S
from assets import EXAMPLE_PERFORMANCE
from models.performance import read_performance


@dataclass(frozen=True)
class Made:
    """A demo of seed 7: its files and what it printed."""

    folder: Path
    printed: list[str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Without the film and the sound, which take seconds; their own tests make them."""
    folder = tmp_path_factory.mktemp("demo") / "new" / "demo"
    with redirect_stdout(StringIO()) as printed:
        run(folder, 7, ".png", ".svg", ".mid")
    return Made(folder, printed.getvalue().splitlines())


def run(folder: Path, seed: int, *suffixes: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "SUFFIXES", suffixes)
        assert main.main(["demo", "--out", str(folder), "--seed", str(seed)]) == 0


def test_it_leaves_files_in_which_player_and_ghost_appear(made: Made) -> None:
    names = [f"performance{suffix}" for suffix in (".csv", ".png", ".svg", ".mid")]
    assert sorted(path.name for path in made.folder.iterdir()) == sorted(names)
    assert made.printed[1:] == [str(made.folder / name) for name in names]
    svg = (made.folder / "performance.svg").read_text()
    assert 'id="player"' in svg and 'id="ghost"' in svg


def test_the_player_is_the_example_and_the_ghost_answers_after_the_silence(made: Made) -> None:
    take, example = read_performance(made.folder / "performance.csv"), read_performance(EXAMPLE_PERFORMANCE)
    is_player = take.source == "player"
    np.testing.assert_allclose(take.time_s[is_player], example.time_s, atol=2e-6)
    touched = example.values[:, 2] > 0
    np.testing.assert_allclose(take.values[is_player][touched], example.values[touched], rtol=1e-6)
    ghost_s = take.time_s[~is_player]
    assert len(ghost_s) > 50
    assert ghost_s[0] == pytest.approx(example.time_s[-1] + 0.8, abs=0.02), "patience is 0.8 s"
    assert ghost_s[-1] <= ghost_s[0] + LONGEST_REPLY_S + 0.001


def test_the_same_seed_gives_the_same_files_and_another_one_others(made: Made, tmp_path: Path) -> None:
    run(tmp_path / "again", 7, ".svg", ".mid")
    for path in (tmp_path / "again").iterdir():
        assert path.read_bytes() == (made.folder / path.name).read_bytes(), path.name
    run(tmp_path / "other", 8)
    (other,) = (tmp_path / "other").iterdir()
    assert other.read_bytes() != (made.folder / "performance.csv").read_bytes()


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main.main(["demo", "--out", str(tmp_path / "file" / "demo")]) == 2
    err = capsys.readouterr().err
    assert "--out: expected a folder to write into, got" in err and err.count("\n") == 1
