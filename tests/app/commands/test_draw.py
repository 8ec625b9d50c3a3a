"""`ghostjam draw`, as the command line runs it, with a ghost that draws what the test says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from app.cli import main
from app.commands import draw
from app.core.events import Source
from app.pictures.page.layout import lay_out
from app.pictures.page.svg import render_svg
from app.pictures.palette import load_palette
from app.runtime import load_sketcher
from app.sketch.drawing import Drawing
from models.manifest import Scale
from models.performance import read_performance
from tests.app.sketch.fakes import Row, ScriptedSketch

Capture = pytest.CaptureFixture[str]
SVG = "{http://www.w3.org/2000/svg}"

CORNER: tuple[Row, ...] = ((50.0, 0.0, 0.0), (0.0, 50.0, 1.0), (-30.0, 0.0, 0.0), (-20.0, 0.0, 2.0))
FOR_EVER: tuple[Row, ...] = ((20.0, 0.0, 0.0), (0.0, 20.0, 0.0), (-20.0, 0.0, 0.0), (0.0, -20.0, 1.0))
PREFIX = "time_s,source,voice,x,y,z,moving\n0,ghost,0,0.4,0.4,1,0\n0.5,ghost,0,0.6,0.4,1,1\n"


@pytest.fixture
def ghost(monkeypatch: pytest.MonkeyPatch) -> ScriptedSketch:
    made = ScriptedSketch(CORNER)

    def load(name: str, seed: int | None) -> ScriptedSketch:
        made.name = name
        return made

    monkeypatch.setattr(load_sketcher, "load_ghost", load)
    return made


def run(*words: object) -> int:
    return main.main(["draw", *(str(word) for word in words)])


def refused(capsys: Capture, *words: object) -> str:
    assert run(*words) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.startswith("ghostjam draw: ")
    return err


def strokes(path: Path) -> list[list[str | None]]:
    """Who drew each stroke of each drawing."""
    groups = [g for g in ElementTree.parse(path).getroot().iter(f"{SVG}g") if g.get("data-canvas")]
    return [[p.get("data-by") for p in g.iter(f"{SVG}path")] for g in groups]


@pytest.mark.parametrize("suffix", [".svg", ".PNG", ".gif"])
def test_a_gallery_is_written_as_the_suffix_says(
    ghost: ScriptedSketch, tmp_path: Path, capsys: Capture, suffix: str
) -> None:
    out = tmp_path / "new" / f"page{suffix}"
    assert run("--gallery", 3, "--out", out) == 0
    assert capsys.readouterr().out == f"{out}\n"
    if suffix == ".svg":
        assert strokes(out) == [["ghost", "ghost"]] * 3
    else:
        with Image.open(out) as picture:
            assert picture.size == ((1600, 1600) if suffix == ".PNG" else (800, 800))


def test_json_says_how_the_drawings_ended(ghost: ScriptedSketch, tmp_path: Path, capsys: Capture) -> None:
    ghost.takes = [CORNER, CORNER, FOR_EVER]
    assert run("--gallery", 4, "--out", tmp_path / "a.svg", "--seed", 7, "--json") == 0
    account = json.loads(capsys.readouterr().out)
    assert 0 < account.pop("seconds") < 60
    assert account == {
        "model": "kanji",
        "seed": 7,
        "count": 4,
        "ended": 2,
        "ends": {"end": 2, "cap": 2, "stall": 0, "canvas": 0},
        "points": {"p50": 22.0, "max": 40},
        "file": str(tmp_path / "a.svg"),
    }


def test_without_a_seed_one_is_drawn_and_told(ghost: ScriptedSketch, tmp_path: Path, capsys: Capture) -> None:
    seeds = []
    for _ in range(2):
        assert run("--gallery", 1, "--out", tmp_path / "a.svg", "--json") == 0
        seeds.append(json.loads(capsys.readouterr().out)["seed"])
        assert f"<title>kanji, seed {seeds[-1]}</title>" in (tmp_path / "a.svg").read_text()
    assert seeds[0] != seeds[1]


def test_temperatures_reach_the_ghost_and_the_title(ghost: ScriptedSketch, tmp_path: Path) -> None:
    options = ("--pi-temperature", 0.5, "--sigma-temperature", 0.25, "--seed", 7, "--model", "characters")
    assert run("--gallery", 1, "--out", tmp_path / "a.svg", *options) == 0
    assert set(ghost.temperatures) == {(0.5, 0.25)}
    title = ElementTree.parse(tmp_path / "a.svg").getroot().findtext(f"{SVG}title")
    assert title == "characters, seed 7, pi 0.5, sigma 0.25"


def test_the_page_credits_whom_the_model_learned_from(ghost: ScriptedSketch, tmp_path: Path) -> None:
    ghost.manifest.corpus = {"name": "KanjiVG", "credit": "Ulrich Apel", "licence": "CC BY-SA 3.0"}
    assert run("--gallery", 1, "--out", tmp_path / "a.svg") == 0
    told = ElementTree.parse(tmp_path / "a.svg").getroot().findtext(f"{SVG}desc")
    assert told is not None and told.endswith("learned from: KanjiVG, Ulrich Apel, CC BY-SA 3.0.")


def test_a_recording_is_completed(ghost: ScriptedSketch, tmp_path: Path) -> None:
    (tmp_path / "begun.csv").write_text(PREFIX)
    assert run("--gallery", 2, "--prefix", tmp_path / "begun.csv", "--out", tmp_path / "a.svg") == 0
    assert strokes(tmp_path / "a.svg") == [["player", "ghost", "ghost"]] * 2


def test_a_page_is_completed_and_without_a_number_once(ghost: ScriptedSketch, tmp_path: Path) -> None:
    assert run("--gallery", 2, "--out", tmp_path / "a.svg") == 0
    options = ("--index", 1, "--strokes", 1, "--out", tmp_path / "b.svg")
    assert run("--prefix", tmp_path / "a.svg", *options) == 0
    assert strokes(tmp_path / "b.svg") == [["player", "ghost", "ghost"]]


def test_pen_steps_are_completed_where_they_end(ghost: ScriptedSketch, tmp_path: Path) -> None:
    steps = np.array([(3, 3, 0), (40, 0, 1), (-20, -20, 0), (0, 40, 1)], np.float32)
    np.savez(tmp_path / "plus.npz", steps)
    assert run("--prefix", tmp_path / "plus.npz", "--out", tmp_path / "a.svg") == 0
    assert strokes(tmp_path / "a.svg") == [["player", "player", "ghost", "ghost"]]
    heard = np.array(ghost.state[:4])
    assert heard == pytest.approx(np.array([(0, 0, 0), (40, 0, 1), (-20, -20, 0), (0, 40, 1)]), abs=1e-4)


def test_several_voices_are_completed(ghost: ScriptedSketch, tmp_path: Path) -> None:
    (tmp_path / "begun.csv").write_text(PREFIX + "0.1,player,3,0.5,0.6,1,0\n0.2,player,3,0.6,0.6,1,1\n")
    assert run("--prefix", tmp_path / "begun.csv", "--out", tmp_path / "a.svg") == 0
    assert strokes(tmp_path / "a.svg") == [["player", "player", "ghost", "ghost"]]


def test_one_drawing_is_a_recording(ghost: ScriptedSketch, capsys: Capture, tmp_path: Path) -> None:
    assert run("--gallery", 1, "--out", tmp_path / "a.csv") == 0
    performance = read_performance(tmp_path / "a.csv")
    assert set(performance.source) == {"ghost"} and performance.is_touch and not performance.dropped
    assert main.main(["render", str(tmp_path / "a.csv"), "--out", str(tmp_path / "a.svg")]) == 0
    capsys.readouterr()
    assert "expected one drawing" in refused(capsys, "--gallery", 2, "--out", tmp_path / "a.csv")


@pytest.mark.parametrize("n", ["0", "401", "-1", "two", "1.5", "9" * 30, "0" * 9 + "1999", ""])
def test_a_number_out_of_range_is_refused(capsys: Capture, tmp_path: Path, n: str) -> None:
    with pytest.raises(SystemExit) as caught:
        run(f"--gallery={n}", "--out", tmp_path / "a.svg")
    assert caught.value.code == 2
    err = capsys.readouterr().err
    assert "--gallery: expected a whole number from 1 to 400" in err and err.count("\n") == 1


def test_a_page_needs_a_file_of_a_known_kind(ghost: ScriptedSketch, capsys: Capture, tmp_path: Path) -> None:
    assert "--out: expected with it a file ending in .svg" in refused(capsys, "--gallery", 3)
    assert "--out: expected with it a file ending in .svg" in refused(capsys, "--prefix", "a.csv")
    assert "--out: expected with it a file ending in .svg" in refused(capsys, "--json")
    assert "got 'a.jpg'" in refused(capsys, "--gallery", 3, "--out", "a.jpg")
    assert "expected with it --gallery N or --prefix" in refused(capsys, "--out", tmp_path / "a.svg")
    assert ghost.asked == []


def test_options_of_a_prefix_need_one(ghost: ScriptedSketch, capsys: Capture, tmp_path: Path) -> None:
    for option in ("--index", "--strokes"):
        line = refused(capsys, "--gallery", 3, "--out", tmp_path / "a.svg", option, 2)
        assert "expected with them --prefix DRAWING" in line


@pytest.mark.parametrize(
    "given",
    [
        ("take.csv",), ("--mode", "fan"), ("--hear",), ("--fast",), ("--fullscreen",), ("--no-record",),
        ("--record", "takes"), ("--threshold", 1), ("--instrument", "keys"), ("--volume", 1),
    ],
)  # fmt: skip
def test_what_only_the_window_knows_is_refused_for_a_page(
    ghost: ScriptedSketch, capsys: Capture, tmp_path: Path, given: tuple[object, ...]
) -> None:
    line = refused(capsys, *given, "--gallery", 3, "--out", tmp_path / "a.svg")
    name = "DRAWING" if given == ("take.csv",) else given[0]
    assert f"{name}: expected with the window only, got it with a page" in line
    assert ghost.asked == [] and not (tmp_path / "a.svg").exists()


def test_no_place_to_write_is_told(ghost: ScriptedSketch, capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "a.svg").mkdir()
    assert "expected a file to write, got" in refused(capsys, "--gallery", 1, "--out", tmp_path / "a.svg")
    (tmp_path / "file").touch()
    assert "expected a file to write" in refused(capsys, "--gallery", 1, "--out", tmp_path / "file" / "a.svg")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("no.csv", None),
        ("empty.csv", ""),
        ("words.csv", "once upon a time"),
        ("no.svg", None),
        ("a.svg", "<svg/>"),
        ("damaged.npz", "PK\x03\x04"),
        ("knobs.csv", "time_s,source,voice,x1\n0,player,0,0.5\n"),
    ],
)
def test_a_broken_prefix_is_told_with_its_name(
    ghost: ScriptedSketch, capsys: Capture, tmp_path: Path, name: str, text: str | None
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    assert name in refused(capsys, "--prefix", tmp_path / name, "--out", tmp_path / "out.png")
    assert not (tmp_path / "out.png").exists()


def test_a_model_that_does_not_draw_is_refused(capsys: Capture, tmp_path: Path) -> None:
    line = refused(capsys, "--model", "touch", "--gallery", 3, "--out", tmp_path / "a.svg")
    assert "expected one that draws, with columns dx, dy, pen; got touch" in line
    line = refused(capsys, "--model", "nobody", "--gallery", 3, "--out", tmp_path / "a.svg")
    assert "expected one of" in line


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the window was opened with: sketcher, model, load, options."""
    opened: list[Any] = []

    def run_window(*given: Any) -> None:
        opened.extend(given)

    monkeypatch.setattr(draw, "why_no_display", lambda: "")
    monkeypatch.setattr("app.window.draw.run", run_window)
    return opened


def test_without_a_page_the_window_opens(
    ghost: ScriptedSketch, window: list[Any], capsys: Capture, tmp_path: Path
) -> None:
    words = ("--mode", "fan", "--fast", "--pi-temperature", 0.5, "--record", tmp_path, "--fullscreen")
    assert run(*words) == 0
    assert capsys.readouterr().out == ""
    sketcher, model, _, options = window
    assert sketcher.ghost is ghost and model == "kanji"
    assert options.parameters == {"mode": "fan", "fast": True, "pi_temperature": 0.5, "model": "kanji"}
    assert options.folder == tmp_path and options.is_recorded and options.window.fullscreen
    assert options.drawing is None and "touch" not in options.models


def test_the_window_opens_with_a_drawing_on_the_paper(
    ghost: ScriptedSketch, window: list[Any], tmp_path: Path
) -> None:
    (tmp_path / "begun.csv").write_text(PREFIX)
    assert run(tmp_path / "begun.csv", "--no-record") == 0
    assert len(window[3].drawing) == 1 and not window[3].is_recorded


@pytest.mark.parametrize(("title", "model"), [("characters", "characters"), ("a title", "kanji")])
def test_a_saved_drawing_opens_with_its_model(
    ghost: ScriptedSketch, window: list[Any], tmp_path: Path, title: str, model: str
) -> None:
    drawing, path = Drawing(), tmp_path / "saved.svg"
    drawing.add(Source.PLAYER, np.array([[0.2, 0.2], [0.4, 0.2]]))
    render_svg(lay_out([drawing]), path, palette=load_palette(), title=title, text="")
    assert run(path) == 0
    assert window[1] == window[3].parameters["model"] == model
    assert run(path, "--model", "kanji") == 0
    assert window[5] == "kanji"


def test_a_window_that_cannot_open_is_one_line(
    ghost: ScriptedSketch, window: list[Any], capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "no.csv: expected a file" in refused(capsys, tmp_path / "no.csv")
    monkeypatch.setattr(draw, "why_no_display", lambda: "DISPLAY is not set")
    line = refused(capsys)
    assert "DISPLAY is not set" in line and "ghostjam draw --gallery 36 --out page.png" in line
    assert window == []


def test_the_scale_of_the_model_is_that_of_the_page(ghost: ScriptedSketch, tmp_path: Path) -> None:
    ghost.manifest.drawing = Scale(box=1000.0, epsilon=1.0, longest=20, first=(0.0, 0.0))
    (tmp_path / "begun.csv").write_text(PREFIX)
    assert run("--prefix", tmp_path / "begun.csv", "--out", tmp_path / "a.svg") == 0
    assert ghost.state[1][0] == pytest.approx(0.2 * 1.6 * 1000.0, rel=1e-4)
