"""Looking for MIDI ports never raises, whatever the backend does."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from app.midi.ports import Ports, find_ports


class Device:
    """A stand-in for rtmidi.MidiIn and MidiOut."""

    def __init__(self, *names: str) -> None:
        self._names = list(names)

    def get_ports(self) -> list[str]:
        return self._names

    def delete(self) -> None: ...


def test_the_names_of_inputs_and_outputs_are_not_mixed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = SimpleNamespace(MidiIn=lambda: Device("keyboard"), MidiOut=lambda: Device("synth", "drums"))
    monkeypatch.setitem(sys.modules, "rtmidi", fake)
    assert find_ports() == Ports(("keyboard",), ("synth", "drums"))


def test_a_machine_without_a_sequencer_has_no_ports_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Device:
        raise SystemError("MidiInAlsa::initialize:\n error creating ALSA sequencer client object.")

    monkeypatch.setitem(sys.modules, "rtmidi", SimpleNamespace(MidiIn=fail, MidiOut=fail))
    assert find_ports() == Ports(why="MidiInAlsa::initialize: error creating ALSA sequencer client object.")


def test_without_python_rtmidi_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    assert find_ports().why.startswith("python-rtmidi cannot be loaded: ")


def test_this_machine() -> None:
    """The real library, wherever it is installed."""
    ports = find_ports()
    assert not (ports.why and (ports.inputs or ports.outputs))
