"""MIDI by command line and rig: what a person reads when it does not work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import build_parser, main
from app.core.parameters import Settings
from app.midi import session
from app.midi.errors import MidiUnavailableError
from app.midi.setup import InSetup, MidiSetup, OutSetup
from app.runtime.arguments import session_rig
from app.runtime.rig import OscInPort, Rig
from app.runtime.session import Session
from tests.app.fakes import RecordingSink
from tests.app.midi.fakes import FakeBackend
from tests.app.runtime.fakes import NamedGhost


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    """The MIDI system that every command of this test finds."""
    fake = FakeBackend(("keyboard", "knobs 1", "knobs 2"), ("synth",))
    monkeypatch.setattr(session, "RtMidi", lambda api: fake)
    return fake


def bridge(*options: str) -> int:
    return main(["bridge", "--no-sound", "--no-record", *options])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--midi-in", "piano"], "got 'piano'; there is keyboard, knobs 1, knobs 2."),
        (["--midi-in", "knobs"], "part of one port's name, got 'knobs', a part of knobs 1, knobs 2."),
        (["--midi-out", "synth", "--midi-out", "x"], "MIDI output: expected a part of a port's name"),
        (
            ["--midi-in", " "],
            "MIDI input: expected a part of a port's name, got ' '; there is",
        ),
    ],
)
def test_a_port_there_is_not_ends_the_start_with_one_line(
    backend: FakeBackend, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert bridge(*options) == 2
    errors = capsys.readouterr().err
    assert message in errors and errors.count("\n") == 1
    assert all(synth.closed for synth in backend.synths.values())


def test_a_key_of_a_rig_that_is_wrong_is_found_at_its_line(
    backend: FakeBackend, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = tmp_path / "rig.toml"
    text = '[midi]\n[[midi.in]]\nport = "keyboard"\n[midi.in.controls]\npanic = ["note", 1]\n'
    rig.write_text(text, "utf-8")
    assert bridge("--config", str(rig)) == 2
    expected = "rig.toml:5: midi.in[1].controls.panic: expected note channel number, got ['note', 1]."
    assert expected in capsys.readouterr().err


def test_options_replace_the_ports_of_their_kind_and_the_rest_of_the_file_holds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "rig.toml"
    path.write_text('[midi]\napi = "jack"\n[[midi.in]]\nport = "keyboard"\n[[midi.out]]\nport = "x"\n')
    args = build_parser().parse_args(["bridge", "--config", str(path), "--midi-out", "synth"])
    rig = session_rig(args)
    assert rig.midi == MidiSetup((InSetup("keyboard"),), (OutSetup("synth"),), api="jack")
    apis: list[str] = []
    backend = FakeBackend(("keyboard",), ("synth",))
    monkeypatch.setattr(session, "RtMidi", lambda api: apis.append(api) or backend)
    rig = replace(rig, sound=False, record=False)
    with Session(rig, NamedGhost(), Settings()) as opened:  # type: ignore[arg-type]
        assert (apis, opened.ports.said) == (["jack"], ["MIDI in keyboard", "MIDI out synth"])
    assert backend.receivers == {} and backend.synths["synth"].closed


def test_a_rig_without_ports_names_the_system_of_those_that_come_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apis: list[str] = []
    backend = FakeBackend(("keyboard",))
    monkeypatch.setattr(session, "RtMidi", lambda api: apis.append(api) or backend)
    rig = Rig(midi=MidiSetup(api="jack"), sound=False, record=False)
    with Session(rig, NamedGhost(), Settings()) as opened:  # type: ignore[arg-type]
        assert apis == []
        opened.ports._add(InSetup("keyboard"))
        assert apis == ["jack"] and list(backend.receivers) == ["keyboard"]


def test_a_port_somebody_else_holds_ends_the_start(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def busy(*_: Any, **__: Any) -> Any:
        raise MidiUnavailableError("the port is busy")

    monkeypatch.setattr(backend, "open_input", busy)
    assert bridge("--midi-in", "keyboard", "--midi-out", "synth") == 2
    assert "MIDI input keyboard does not open: the port is busy." in capsys.readouterr().err
    assert backend.synths["synth"].closed and backend.synths["synth"].sounding == set()


def test_without_a_midi_system_everything_else_plays_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(api: str) -> FakeBackend:
        raise MidiUnavailableError("there is no sequencer")

    monkeypatch.setattr(session, "RtMidi", none)
    rig = Rig(midi=MidiSetup((InSetup("x"),)), osc_in=(OscInPort("0"),), sound=False, record=False)
    with Session(rig, NamedGhost(), Settings()) as opened:  # type: ignore[arg-type]
        opened.start()
        opened.engine.remove_sink(RecordingSink())  # the engine has done what was asked by now
        assert opened.engine.status().notice == "MIDI is off: there is no sequencer"
        assert [port.split()[0] for port in opened.ports.said] == ["OSC"]
