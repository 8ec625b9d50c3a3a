"""render, models, bench and play, as the command line runs them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli import main
from app.commands import bench, demo, play
from app.core.parameters import PARAMETERS
from assets import EXAMPLE_PERFORMANCE
from models.performance import TOUCH_COLUMNS, header, row
from tests.models.relabelled import relabelled

Capture = pytest.CaptureFixture[str]


def refused(capsys: Capture, *words: str) -> str:
    """The one line that a command prints when it cannot do what it is asked."""
    assert main.main([str(word) for word in words]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    return err


@pytest.mark.parametrize(
    ("suffix", "begins"),
    [
        (".png", b"\x89PNG"),
        (".svg", b"<"),
        (".mid", b"MThd"),
        (".log", b"1970-01-01T00:00:00.000000,interface,0.1197,0.7408\n"),
    ],
)
def test_render_writes_what_the_suffix_says(
    tmp_path: Path, capsys: Capture, suffix: str, begins: bytes
) -> None:
    out = tmp_path / "new" / f"take{suffix.upper()}"
    assert main.main(["render", str(EXAMPLE_PERFORMANCE), "--out", str(out)]) == 0
    assert out.read_bytes().startswith(begins)
    assert capsys.readouterr().out == f"{out}\n"


def test_render_says_which_rows_it_left_out(tmp_path: Path, capsys: Capture) -> None:
    take = tmp_path / "take.csv"
    good = row(0, "player", 0, (0.5, 0.5, 1, 0))
    take.write_text(header(TOUCH_COLUMNS) + good + "1,player,0,9,0.5,1,1\n" * 7)
    assert main.main(["render", str(take), "--out", str(tmp_path / "take.svg")]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == f"{take}:3: x: expected a number from 0 to 1, got '9'."
    assert lines[5:] == [f"{take}: 7 rows in all were left out."]


def test_render_refuses_another_suffix_and_names_those_there_are(tmp_path: Path, capsys: Capture) -> None:
    line = refused(capsys, "render", EXAMPLE_PERFORMANCE, "--out", tmp_path / "take.tiff")
    assert "expected a file ending in .png, .svg, .gif, .wav, .mid, .log, got" in line


def test_render_refuses_what_is_no_performance(tmp_path: Path, capsys: Capture) -> None:
    assert "expected a file that can be read" in refused(
        capsys, "render", tmp_path / "absent.csv", "--out", tmp_path / "take.png"
    )
    empty = tmp_path / "empty.csv"
    empty.write_text(header(TOUCH_COLUMNS))
    assert "expected" in refused(capsys, "render", empty, "--out", tmp_path / "take.png")


def test_render_into_a_folder_that_cannot_be_made(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "file").write_text("")
    line = refused(capsys, "render", EXAMPLE_PERFORMANCE, "--out", tmp_path / "file" / "take.png")
    assert "--out: expected a file to write, got" in line


def test_models_lists_the_shipped_one_with_its_terms(capsys: Capture) -> None:
    assert main.main(["models", "--json"]) == 0
    models = {model["name"]: model for model in json.loads(capsys.readouterr().out)}
    touch = models["touch"]
    assert [column["name"] for column in touch["columns"]] == ["x", "y", "dt", "moving"]
    assert touch["corpus"]["credit"] and touch["corpus"]["licence"] and touch["score"]
    assert main.main(["models"]) == 0
    assert capsys.readouterr().out.startswith("touch\n  hears    x 0..1")


def test_models_lists_a_broken_file_with_its_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "broken.tflite").write_bytes(b"not a model")
    monkeypatch.setattr("models.lookup.folders", lambda: [tmp_path])
    assert main.main(["models"]) == 0
    assert "broken\n  cannot be read: " in capsys.readouterr().out


def test_models_tells_what_a_fine_tuned_one_comes_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    relabelled(tmp_path / "mine.tflite", name="mine", parent="touch", recordings=("a.csv", "b.csv"))
    monkeypatch.setattr("models.lookup.folders", lambda: [tmp_path])
    assert main.main(["models"]) == 0
    assert "  parent   touch\n  learned  a.csv\n  learned  b.csv\n  file" in capsys.readouterr().out
    assert main.main(["models", "--json"]) == 0
    (mine,) = json.loads(capsys.readouterr().out)
    assert (mine["parent"], mine["recordings"]) == ("touch", ["a.csv", "b.csv"])


@pytest.mark.parametrize("command", [["demo", "--out", "somewhere"], ["bench"]])
def test_an_unknown_model_is_answered_with_the_names_there_are(capsys: Capture, command: list[str]) -> None:
    assert "model: expected one of touch, " in refused(capsys, *command, "--model", "absent")
    assert not Path("somewhere").exists()


@pytest.mark.parametrize("command", [["demo", "--out", "somewhere"], ["bridge"]])
def test_a_model_that_draws_is_refused_where_one_has_to_play(capsys: Capture, command: list[str]) -> None:
    text = refused(capsys, *command, "--model", "kanji")
    expected = "columns x, y, dt, moving or dt, pitch, duration, velocity or dt, x1 .. xn"
    assert f"model: expected one that plays, with {expected}; " in text
    assert "got kanji, with dx, dy, pen, which draws: ghostjam draw --model kanji." in text
    assert not Path("somewhere").exists()


@pytest.mark.parametrize(("model", "n_measures"), [("touch", 12), ("kanji", 8)])
def test_bench_measures_everything(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, model: str, n_measures: int
) -> None:
    monkeypatch.setattr(bench, "LOADS", 1)
    monkeypatch.setattr(bench, "JITTER_S", 0.5)
    timed = bench.timed

    def few(call: Callable[[], object], n: int, scale: float) -> list[float]:
        return timed(call, 3, scale)

    monkeypatch.setattr(bench, "timed", few)
    assert main.main(["bench", "--json", "--model", model]) == 0
    measures = json.loads(capsys.readouterr().out)
    assert len(measures) == n_measures
    assert all(0 < m["median"] <= m["p99"] and m["n"] > 0 for m in measures)


def test_the_99th_percentile_is_a_measured_value() -> None:
    summary = bench.summary("x", "ms", [float(n) for n in range(200, 0, -1)])
    assert (summary.median, summary.p99, summary.n) == (100.5, 198.0, 200)


def test_play_without_a_display_makes_the_demo(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    made: list[argparse.Namespace] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(play, "why_no_display", lambda: "neither DISPLAY nor WAYLAND_DISPLAY is set")
    monkeypatch.setattr(demo, "run", lambda args: made.append(args) or 0)
    assert main.main(["--seed", "5", "--mode", "duet"]) == 0
    assert (made[0].out, made[0].seed) == (Path("ghostjam-demo"), 5)
    assert capsys.readouterr().out == (
        "No display (neither DISPLAY nor WAYLAND_DISPLAY is set): making the demo in ghostjam-demo instead.\n"
    )


GIVEN = {
    "config": ["none.toml"], "record": ["takes"], "no_record": [], "fullscreen": [], "osc_in": ["9000"],
    "osc_out": ["127.0.0.1:9"], "osc_bundles": [], "web": ["8080"], "midi_in": ["keys"],
    "midi_out": ["synth"], "serial": ["/dev/x"],
}  # fmt: skip


@pytest.mark.parametrize("option", play.NOT_OF_A_DEMO)
def test_play_without_a_display_refuses_what_a_demo_cannot_do(
    option: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(play, "why_no_display", lambda: "DISPLAY is not set")
    word = f"--{option.replace('_', '-')}"
    assert refused(capsys, word, *GIVEN[option]) == (
        f"ghostjam play: no display (DISPLAY is not set), and the demo instead knows nothing of {word}; "
        "ghostjam bridge plays without a window.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_every_option_of_play_is_one_of_a_demo_or_refused() -> None:
    options = set(vars(main.build_parser().parse_args(["play"]))) - {p.name for p in PARAMETERS}
    honoured = {"command", "version", "seed", "no_sound"}  # it opens no sound card
    nothing_without_ports = {"osc_profile"}
    assert options - honoured - nothing_without_ports == set(play.NOT_OF_A_DEMO)


def test_play_without_a_display_never_writes_over_a_demo(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(play, "why_no_display", lambda: "DISPLAY is not set")
    monkeypatch.setattr(demo, "run", lambda args: pytest.fail("it wrote"))
    (tmp_path / "ghostjam-demo").symlink_to("nowhere")
    assert "and ghostjam-demo, where the demo would go instead, is there already; " in refused(capsys, "play")
    (tmp_path / "ghostjam-demo").unlink()
    (tmp_path / "ghostjam-demo").mkdir()
    assert "is there already; ghostjam demo --out DIR makes one elsewhere.\n" in refused(capsys, "play")


def test_play_refuses_a_model_it_cannot_load(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """Before anything is opened; the display is SDL's dummy."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    assert "model: expected one of touch, " in refused(capsys, "--model", "absent", "--no-sound")
