"""What may lie among one's models and is none of ours: it is said what it is, and the rest works."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ai_edge_litert import schema_py_generated as schema

import training.__main__ as train_main
from app.cli import main as app_main
from app.commands import doctor
from app.ghost import Ghost
from app.runtime.load import session_settings
from app.runtime.rig import Rig
from models import lookup
from models.lookup import model_names

FLEX = "expected operators that LiteRT has, got those of TensorFlow (Flex). Convert the model again for "
WHAT = {
    "dangling": "expected a .tflite file, got a link that leads nowhere.",
    "flex": FLEX,
    "folder": "expected a .tflite file, got a folder.",
    "foreign": "expected a Ghostjam model with a manifest inside, got a file without one.",
    "empty": "expected a Ghostjam model with a manifest inside, got a file without one.",
}


@pytest.fixture(scope="module")
def flex(root: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A graph with the inputs of IMPSY's models and an operator that only TensorFlow has."""
    flatbuffers = pytest.importorskip("flatbuffers")
    data = bytearray((root / "models" / "controller.tflite").read_bytes())
    model = schema.ModelT.InitFromPackedBuf(data, 0)
    model.signatureDefs = None
    graph = model.subgraphs[0]
    for name, index in zip((b"state_h_0", b"state_c_0"), graph.inputs, strict=False):
        graph.tensors[index].name = name
    code = model.operatorCodes[graph.operators[0].opcodeIndex]
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.CUSTOM
    code.customCode = b"FlexTensorListReserve"
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flex: bytes) -> Path:
    """A person's own models: none of them is one."""
    (tmp_path / "folder.tflite").mkdir()
    (tmp_path / "dangling.tflite").symlink_to(tmp_path / "gone")
    (tmp_path / "foreign.tflite").write_text("hello")
    (tmp_path / "empty.tflite").write_bytes(b"")
    (tmp_path / "flex.tflite").write_bytes(flex)
    (tmp_path / "note.txt").write_text("hello")
    monkeypatch.setattr(lookup, "own_folder", lambda: tmp_path)
    return tmp_path


def test_models_lists_them_with_what_is_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app_main.main(["models", "--json"]) == 0
    listed = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert set(WHAT) | {"touch", "kanji", "keys", "characters", "controller"} == set(listed)
    assert {name for name, entry in listed.items() if "error" in entry} == set(WHAT)
    for name, expected in WHAT.items():
        assert expected in listed[name]["error"] and str(folder) in listed[name]["error"]


def test_doctor_goes_on(folder: Path) -> None:
    findings = {finding.name: finding for finding in doctor.check_models()}
    assert findings["model touch"].state == "fine"
    for name, expected in WHAT.items():
        assert findings[f"model {name}"].state == "off" and expected in findings[f"model {name}"].why


@pytest.mark.parametrize("name", WHAT)
def test_every_command_says_it_in_one_line(
    folder: Path, root: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    take = str(root / "assets" / "performances" / "example.csv")
    out = str(folder / "out.csv")
    for words in (
        ["answer", take, "--out", out, "--model", name],
        ["bridge", "--model", name],
        ["draw", "--gallery", "1", "--out", out, "--model", name],
        ["bench", "--model", name],
        ["demo", "--out", str(folder / "demo"), "--model", name],
    ):
        assert app_main.main(words) == 2
        err = capsys.readouterr().err
        assert (
            err.startswith(f"ghostjam {words[0]}: {folder / name}.tflite: expected ") and err.count("\n") == 1
        )
    for words in (["evaluate", name, take], ["train", "--from", name, take]):
        assert train_main.main(words) == 2
        err = capsys.readouterr().err.splitlines()[-1]
        assert err.startswith(f"ghostjam {words[0]}: {folder / name}.tflite: expected ")


def test_the_others_can_be_chosen(folder: Path) -> None:
    assert set(WHAT) <= set(model_names())
    settings = session_settings(Rig(), Ghost.load("touch"), "touch")
    assert settings.parameter("model").choices == ("touch",)  # type: ignore[union-attr]


@pytest.mark.shared
def test_models_of_impsy_are_listed_chosen_and_scored(
    folder: Path, shared_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (theirs,) = (shared_folder / "impsy-conformance").glob("*.tflite")
    for name in ("theirs", "mine"):
        (folder / f"{name}.tflite").write_bytes(theirs.read_bytes())
    assert app_main.main(["models"]) == 0
    assert "theirs\n  hears    dt 0..5 s, x1 0..1, x2 0..1\n" in capsys.readouterr().out
    settings = session_settings(Rig(), Ghost.load("theirs"), "theirs")
    settings.set("model", "mine")  # as OSC does
    log = folder / "take.log"
    log.write_text("".join(f"2026-03-01T12:00:{i:02d},interface,0.{i},0.5\n" for i in range(10, 40)))
    assert train_main.main(["evaluate", "theirs", str(log), "--json"]) == 0
    score = json.loads(capsys.readouterr().out)
    assert score["n_events"] == 29 and list(score["nats_per_event"]) == ["dt,x1,x2"]
