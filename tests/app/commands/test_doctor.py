"""The doctor: what is fine, what is off, the remedy, and an exit code that scripts can use."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import main
from app.commands import doctor
from app.commands.doctor import Finding
from app.runtime import load, process

Capture = pytest.CaptureFixture[str]


def one(findings: Iterator[Finding]) -> Finding:
    (finding,) = findings
    return finding


def use(monkeypatch: pytest.MonkeyPatch, *findings: Finding) -> None:
    monkeypatch.setattr(doctor, "CHECKS", (lambda: iter(findings),))


FINE = Finding("python", "fine", "3.11", essential=True)
NO_SOUND = Finding("sound", "off", "no card", "connect one")
NO_MODEL = Finding("models", "off", "there is none", "install again", essential=True)


def test_what_is_off_has_its_reason_and_remedy(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    use(monkeypatch, FINE, NO_SOUND)
    assert main.main(["doctor"]) == 0
    assert capsys.readouterr().out == (
        "python       fine      3.11\nsound        off       no card\n             remedy    connect one\n"
    )


def test_without_something_essential_the_exit_code_is_1(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    use(monkeypatch, FINE, NO_MODEL)
    assert main.main(["doctor", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)[1] == {
        "name": "models", "state": "off", "why": "there is none", "remedy": "install again", "essential": True
    }  # fmt: skip


def test_this_machine_can_play(capsys: Capture) -> None:
    """The real checks: whatever is missing here, nothing essential is, and everything off has a remedy."""
    assert main.main(["doctor", "--json"]) == 0
    findings = {f["name"]: f for f in json.loads(capsys.readouterr().out)}
    expected = {
        "python",
        "pygame",
        "display",
        "sound",
        "midi",
        "osc",
        "web",
        "model touch",
        "recordings",
        "train",
    }
    expected.add("adapt")
    assert expected <= set(findings)
    assert findings["model touch"]["state"] == findings["osc"]["state"] == findings["web"]["state"] == "fine"
    assert all(bool(f["remedy"]) == (f["state"] != "fine") for f in findings.values())


def test_both_pygames_are_a_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_version", lambda name: "2.6.1")
    finding = one(doctor.check_pygame())
    assert finding.state == "degraded" and "both installed" in finding.why


def test_no_pygame_is_essential(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_version", lambda name: "")
    finding = one(doctor.check_pygame())
    assert (finding.state, finding.essential) == ("off", True)


@pytest.mark.parametrize(
    ("output", "code", "state", "why"),
    [
        ("pygame 2.6.1\nx11 1600 1000\n", 0, "fine", "x11, 1600 x 1000"),
        ("offscreen 1024 768\n", 0, "off", "SDL draws with its offscreen driver, which nobody sees"),
        ("", -11, "off", "exit code -11"),
    ],
)
def test_the_display_as_a_child_process_finds_it(
    monkeypatch: pytest.MonkeyPatch, output: str, code: int, state: str, why: str
) -> None:
    monkeypatch.setattr(process, "why_no_display", lambda: "")
    result = subprocess.CompletedProcess([], code, output, "")
    monkeypatch.setattr(doctor.subprocess, "run", lambda *_, **__: result)
    finding = one(doctor.check_display())
    assert (finding.state, finding.why) == (state, why)


def test_a_display_that_hangs_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("python", 10.0)

    monkeypatch.setattr(process, "why_no_display", lambda: "")
    monkeypatch.setattr(doctor.subprocess, "run", hang)
    assert one(doctor.check_display()).why == "SDL did not answer within 10 s"


def test_a_folder_that_cannot_be_written_is_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(load, "recordings_folder", lambda: tmp_path / "file" / "performances")
    finding = one(doctor.check_recordings())
    assert finding.state == "off" and str(tmp_path) in finding.why and "--record" in finding.remedy


def test_a_broken_model_is_off_and_the_good_one_still_fine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "broken.tflite").write_bytes(b"not a model")
    folders = [tmp_path, Path(doctor.__file__).parents[2] / "models"]
    monkeypatch.setattr("models.lookup.folders", lambda: folders)
    findings = {finding.name: finding.state for finding in doctor.check_models()}
    assert findings["model broken"] == "off" and findings["model touch"] == "fine"
    assert "models" not in findings


def test_no_model_that_loads_is_essential(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "broken.tflite").write_bytes(b"not a model")
    monkeypatch.setattr("models.lookup.folders", lambda: [tmp_path])
    last = list(doctor.check_models())[-1]
    assert (last.name, last.state, last.essential) == ("models", "off", True)
