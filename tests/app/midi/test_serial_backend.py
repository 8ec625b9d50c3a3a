"""Serial ports as a MIDI system of their own, beside the machine's or alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from unittest import mock

import pytest

from app.core.clock import ManualClock
from app.core.controls import Controls
from app.core.events import Release, Source, Touch
from app.core.parameters import Settings
from app.midi import session as session_module
from app.midi.errors import MidiError, MidiUnavailableError
from app.midi.inputs import Inputs
from app.midi.opener import Input, Output
from app.midi.serial_backend import SerialBackend
from app.midi.session import Midi
from app.midi.setup import InSetup, OutSetup
from app.midi.watch import Keeper
from tests.app.core.test_controls import FakeEngine
from tests.app.midi.fakes import FakeBackend

PORT = "serial:uart"
NAME = "serial:uart@31250"
TOUCH = ("x", "y", "dt", "moving")


class FakeStream:
    """An open device."""

    def __init__(self, receive: Callable[[bytes], None] | None) -> None:
        self.receive = receive
        self.log: list[tuple[str, Hashable, Hashable]] = []
        self.is_lost = False
        self.takes = True
        self.is_closed = False

    def send(self, data: bytes, begins: Hashable = None, ends: Hashable = None) -> bool:
        self.log.append((data.hex(" "), begins, ends))
        return self.takes

    def close(self) -> None:
        self.is_closed = True


class FakeStreams:
    """Devices by name; `missing` ones do not open."""

    def __init__(self) -> None:
        self.streams: list[FakeStream] = []
        self.missing = False

    def name(self, text: str) -> str:
        if " " in text:
            raise ValueError(f"serial port: expected PORT, got {text!r}.")
        return text if "@" in text else f"{text}@31250"

    def open(self, name: str, receive: Callable[[bytes], None] | None = None) -> FakeStream:
        if self.missing:
            raise FileNotFoundError("there is no such device")
        self.streams.append(FakeStream(receive))
        return self.streams[-1]


class Stand:
    """A MIDI session on fakes; what comes in is handled by `take`."""

    def __init__(self) -> None:
        self.streams, self.backend, self.told = FakeStreams(), FakeBackend(("keys",), ("synth",)), list[str]()
        self.engine, self.settings, self.clock = FakeEngine(), Settings(), ManualClock()
        controls = Controls(self.engine, self.settings, clock=self.clock)
        with mock.patch.object(Inputs, "start"):  # it is handled here
            self.midi = Midi(
                controls, self.settings, TOUCH, self.told.append,
                clock=self.clock, backend=self.backend, streams=self.streams,
            )  # fmt: skip
        self.inputs = self.midi._opener.inputs

    def output(self) -> Output:
        item = self.midi.open(OutSetup(PORT))
        assert isinstance(item, Output)
        return item

    def input(self, port: str = PORT, clock: bool = False) -> Input:
        item = self.midi.open(InSetup(port, clock=clock))
        assert isinstance(item, Input)
        return item

    def take(self, stream: FakeStream, data: str) -> list[str]:
        """Let bytes come in; what was played of them."""
        assert stream.receive is not None
        stream.receive(bytes.fromhex(data))
        self.inputs.step()
        log, self.engine.log[:] = [each[1] for each in self.engine.log], []
        return log

    def keeper(self) -> Keeper:
        return self.midi._keeper_of(self.midi.backend_of(PORT))


def test_keys_on_a_wire_play_by_the_mapping_of_any_other_port() -> None:
    stand = Stand()
    stand.input()
    assert stand.take(stand.streams.streams[0], "90 3c 40 3e f8 41") == ["player touch 32", "player touch 33"]
    assert stand.take(stand.streams.streams[0], "90 3c 00 f0 7e f7 80 3e 00") == [
        "player release 32", "player release 33",
    ]  # fmt: skip
    assert stand.engine.told == []


def test_what_was_sent_is_no_playing_when_it_comes_back_on_the_same_device() -> None:
    stand = Stand()
    output, _ = stand.output(), stand.input(NAME)  # the same device, in other words
    output.sink.play(Touch(0.0, Source.GHOST, 0, 0.5, 0.5, False))
    out, back = stand.streams.streams
    note = next(message for message, _, _ in out.log if message.startswith("91"))
    assert stand.take(back, note) == [] and stand.take(back, "90 24 40") == ["player touch 32"]


def test_the_clock_of_a_wire_is_the_beat_where_it_is_asked_for() -> None:
    for wants, bpm in ((True, 120.0), (False, 0.0)):
        stand = Stand()
        stand.input(clock=wants)
        for _ in range(26):
            stand.take(stand.streams.streams[0], "f8")
            stand.clock.advance_to(stand.clock.now() + 1 / 48)
        assert stand.inputs._controls.get("bpm") == bpm


def test_a_wire_that_is_full_loses_no_end() -> None:
    """What each message ends is told to who carries it; what is not carried is counted."""
    stand = Stand()
    sink = stand.output().sink
    (stream,) = stand.streams.streams
    stream.takes = False
    sink.play(Touch(0.0, Source.GHOST, 0, 0.5, 0.5, False))
    assert sink.n_dropped == len(stream.log) > 0
    assert [(begins, ends) for message, begins, ends in stream.log if message.startswith("91")] == [
        ((1, int(stream.log[-1][0].split()[1], 16)), None)
    ]
    stream.takes = True
    stream.log.clear()
    sink.play(Release(0.0, Source.GHOST, 0))
    assert len([ends for _, _, ends in stream.log if ends is not None]) == 1
    stream.log.clear()
    sink.close()
    assert len(stream.log) == 48 and all(ends is not None for _, _, ends in stream.log)


def test_a_wire_that_is_pulled_out_is_let_go_of_and_opened_again() -> None:
    stand = Stand()
    output = stand.output()
    stand.input()
    keeper = stand.keeper()
    keeper.look(0.0)
    stand.take(stand.streams.streams[1], "90 3c 40")
    output.sink.play(Touch(0.0, Source.GHOST, 0, 0.5, 0.5, False))
    for stream in stand.streams.streams:
        stream.is_lost = True
    stand.streams.missing = True
    for now_s in (1.0, 1.3, 2.5, 2.8):
        keeper.look(now_s)
    stand.inputs.step()
    assert [each[1] for each in stand.engine.log][-1] == "player release 32"
    assert all(stream.is_closed for stream in stand.streams.streams)
    assert sorted(text.split(";")[0] for text in stand.told) == [
        f"MIDI input {PORT} is gone", f"MIDI output {PORT} is gone",
    ]  # fmt: skip
    stand.streams.missing = False
    keeper.look(4.0)
    assert sorted(stand.told[2:]) == [f"MIDI input {PORT} is back.", f"MIDI output {PORT} is back."]
    assert any(ends is not None for stream in stand.streams.streams[2:] for _, _, ends in stream.log)


def test_a_midi_system_that_goes_leaves_serial_ports_alone() -> None:
    stand = Stand()
    stand.input()
    stand.input("keys")
    system = stand.midi._keeper_of(stand.backend)
    system.look(0.0)
    stand.backend.fails = True
    for now_s in (1.0, 3.0, 5.0):
        system.look(now_s)
    stand.keeper().look(5.0)
    assert [text.split(";")[0] for text in stand.told] == ["MIDI input keys is gone"]
    assert not stand.streams.streams[0].is_closed


def test_serial_ports_need_no_midi_system(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_system(api: str) -> None:
        raise MidiUnavailableError("python-rtmidi cannot be loaded")

    monkeypatch.setattr(session_module, "RtMidi", no_system)
    settings = Settings()
    controls = Controls(FakeEngine(), settings)
    midi = Midi(controls, settings, TOUCH, list[str]().append, streams=FakeStreams())
    midi.open(OutSetup(PORT))
    with pytest.raises(MidiUnavailableError, match="cannot be loaded"):
        midi.open(OutSetup("synth"))
    midi.close()


@pytest.mark.parametrize(
    ("port", "missing", "why"),
    [
        ("serial:a b", False, "MIDI over a serial port: expected PORT, got 'a b'"),
        (PORT, True, f"MIDI input {NAME} does not open: there is no such device."),
    ],
)
def test_why_a_wire_does_not_open(port: str, missing: bool, why: str) -> None:
    stand = Stand()
    stand.streams.missing = missing
    with pytest.raises(MidiError, match=why):
        stand.input(port)


def test_a_port_that_was_given_up_may_be_opened_again() -> None:
    backend = SerialBackend(FakeStreams())
    port = backend.open_output(NAME)
    assert backend.outputs() == (NAME,)
    port.close()
    port.close()
    assert backend.inputs() == (NAME,)
    backend.open_input(NAME, print)
