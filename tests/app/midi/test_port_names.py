"""Ports by name: what a person may write, and what the MIDI system may do."""

from __future__ import annotations

import sys
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

from app.midi import backend as backend_module
from app.midi.backend import RtMidi
from app.midi.errors import MidiError, MidiUnavailableError
from app.midi.port_names import describe, find_again, find_port, stem
from tests.app.midi.fakes import FakeBackend

NAMES = (
    "Midi Through:Midi Through Port-0 14:0",
    "nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0",
    "S-1:S-1 MIDI 1 24:0",
)


@pytest.mark.parametrize("wanted", ["nano", "NANOKONTROL2", NAMES[1], stem(NAMES[1]), "20:0"])
def test_a_part_of_a_name_is_enough(wanted: str) -> None:
    assert find_port(wanted, NAMES, "input") == NAMES[1]


def test_a_whole_name_wins_over_a_part_of_another() -> None:
    assert find_port("synth", ("synth 2", "synth"), "output") == "synth"


def test_what_means_nothing_or_several_says_what_there_is() -> None:
    with pytest.raises(MidiError, match=r"^MIDI input: .* got 'piano'; there is Midi Through:.*, S-1:S-1"):
        find_port("piano", NAMES, "input")
    with pytest.raises(MidiError, match=r"one port's name, got 'MIDI 1', a part of nano.*20:0, S-1:.*24:0"):
        find_port("MIDI 1", NAMES, "input")
    with pytest.raises(MidiError, match="there is no port"):
        find_port("piano", (), "output")


def test_a_port_is_found_again_under_another_number() -> None:
    assert find_again("nano", NAMES[1], ("nanoKONTROL2:nanoKONTROL2 MIDI 1 32:0",)) == (
        "nanoKONTROL2:nanoKONTROL2 MIDI 1 32:0"
    )
    assert find_again("nano", NAMES[1], NAMES[2:]) is None


class Device:
    """A stand-in for rtmidi.MidiIn and MidiOut."""

    def get_current_api(self) -> int:
        return 0

    def __init__(self, *names: str) -> None:
        self._names = list(names)

    def get_ports(self) -> list[str]:
        return self._names


def fake_rtmidi(**parts: Any) -> SimpleNamespace:
    return SimpleNamespace(API_UNSPECIFIED=0, API_UNIX_JACK=3, get_compiled_api=lambda: [2], **parts)


def test_the_names_of_inputs_and_outputs_are_not_mixed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = fake_rtmidi(MidiIn=lambda *_: Device("keyboard"), MidiOut=lambda *_: Device("synth", "drums"))
    monkeypatch.setitem(sys.modules, "rtmidi", fake)
    assert RtMidi().inputs() == ("keyboard",)
    assert RtMidi().outputs() == ("synth", "drums")


def test_a_machine_without_a_sequencer_has_no_midi_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Device:
        raise SystemError("MidiInAlsa::initialize:\n error creating ALSA sequencer client object.")

    monkeypatch.setitem(sys.modules, "rtmidi", fake_rtmidi(MidiIn=fail, MidiOut=fail))
    with pytest.raises(MidiUnavailableError, match="initialize: error creating ALSA sequencer client object"):
        RtMidi()
    assert describe().state == "off"


def test_without_python_rtmidi_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    found = describe()
    assert found.state == "off" and found.why.startswith("python-rtmidi cannot be loaded: ") and found.remedy


def test_a_system_that_was_not_built_in_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", fake_rtmidi())
    with pytest.raises(MidiUnavailableError, match="built without jack"):
        RtMidi("jack")


def test_this_machine() -> None:
    """The real library, wherever it is installed."""
    assert describe().state in ("fine", "off")


def test_a_description_names_the_ports_and_tells_windows_what_to_do() -> None:
    fake = FakeBackend(("keyboard",), ())
    assert describe(lambda: fake).why == "inputs: keyboard; outputs: none; makes virtual ports"
    fake.has_virtual_ports = False
    assert "loopMIDI" in describe(lambda: fake).remedy


def test_a_driver_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend_module, "CLOSE_S", 0.01)
    over = threading.Event()
    port = SimpleNamespace(close_port=lambda: over.wait(30), delete=lambda: None)
    start = time.monotonic()
    try:
        assert not backend_module.close_bounded(port)
        assert time.monotonic() - start < 25  # it did not wait for the driver
    finally:
        over.set()


@pytest.mark.parametrize("message", [[0xF8], [0xFE], [0xF2, 0, 0], [0xFA], [0xFC], [0xF0, 1, 0xF7], []])
def test_clock_and_system_messages_stop_at_the_door(message: list[int]) -> None:
    received: list[bytes] = []
    backend_module._receive(bytes(message), received.append)
    backend_module._receive(bytes((0xC0, 5)), received.append)
    assert received == [bytes((0xC0, 5))]
