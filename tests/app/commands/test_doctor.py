"""The doctor: what is fine, what is off, the remedy, and an exit code that scripts can use."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.cli import main
from app.commands import doctor
from app.commands.doctor import Finding
from app.core import network
from app.runtime import load, process
from app.web import announce

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
        "serial",
        "model touch",
        "recordings",
        "train",
    }
    expected.add("adapt")
    assert expected <= set(findings)
    assert findings["model touch"]["state"] == findings["osc"]["state"] == findings["web"]["state"] == "fine"
    assert all(bool(f["remedy"]) == (f["state"] != "fine") for f in findings.values())


def test_a_network_that_lets_no_multicast_through_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "machine_addresses", lambda: ["192.168.1.5"])
    monkeypatch.setattr(announce, "why_not_told", lambda addresses: f"{addresses} not permitted")
    finding = one(doctor.check_web())
    assert finding.state == "degraded" and "['192.168.1.5'] not permitted" in finding.why
    monkeypatch.setattr(network, "machine_addresses", lambda: [])
    finding = one(doctor.check_web())
    assert finding.state == "fine" and "no network for phones" in finding.why


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


def test_serial_ports_are_listed_with_what_is_known_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    list_ports = pytest.importorskip("serial.tools.list_ports")
    names = {"/dev/ttyS0": "n/a", "/dev/ttyACM0": "Arduino Uno"}
    ports = [SimpleNamespace(device=name, description=text) for name, text in names.items()]
    monkeypatch.setattr(list_ports, "comports", lambda: ports)
    finding = one(doctor.check_serial())
    assert (finding.state, finding.why) == ("fine", "ports: /dev/ttyACM0 (Arduino Uno), /dev/ttyS0")
    monkeypatch.setattr(list_ports, "comports", lambda: [])
    assert one(doctor.check_serial()).why == "ports: none"


def test_without_pyserial_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "serial", None)
    finding = one(doctor.check_serial())
    assert (finding.state, finding.why) == ("off", "serial ports need pyserial")
    assert finding.remedy == "pip install 'ghostjam[serial]'"
