"""Ports that are pulled out and put back, and the MIDI of an evening on a system without devices."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

import pytest

from app.core.clock import ManualClock
from app.core.controls import Controls
from app.core.events import Source, Touch
from app.core.parameters import Settings
from app.core.toml_file import TomlError
from app.midi import out as out_module
from app.midi.backend import _receive
from app.midi.compatibility import check_fits
from app.midi.errors import MidiError, MidiUnavailableError
from app.midi.session import Midi
from app.midi.setup import InSetup, MidiSetup, OutSetup, parse_setup
from app.midi.watch import POLL_S, SETTLE_S, Keeper, Plug
from tests.app.core.test_controls import FakeEngine
from tests.app.midi.fakes import FakeBackend

WAIT_S = 60.0  # a busy machine is no defect
TOUCH, KNOBS = ("x", "y", "dt", "moving"), ("dt", "x1", "x2", "x3")


class FakePlug(Plug):
    """An input that does what it is told to do."""

    def __init__(
        self, port: str, name: str, attach: Callable[[str], None], detach: Callable[[], None]
    ) -> None:
        super().__init__(InSetup(port), name)
        self._attach, self._detach = attach, detach

    def attach(self, name: str) -> None:
        self._attach(name)

    def detach(self) -> None:
        self._detach()


class Watched:
    """A keeper over one input, with a log of what it did."""

    def __init__(self) -> None:
        self.backend = FakeBackend(("keys 20:0", "other 24:0"))
        self.log: list[str] = []
        plug = FakePlug("keys", "keys 20:0", self.attach, lambda: self.log.append("detach"))
        self.keeper = Keeper(self.backend, [plug], self.log.append)
        self.busy = False

    def attach(self, name: str) -> None:
        if self.busy:
            raise MidiUnavailableError("somebody else has it")
        self.log.append(f"attach {name}")

    def look(self, now_s: float) -> tuple[list[str], float]:
        again_s = self.keeper.look(now_s) - now_s
        log, self.log[:] = list(self.log), []
        return log, again_s


def test_a_port_is_let_go_of_and_opened_again_by_its_name() -> None:
    watched = Watched()
    assert watched.look(0.0) == ([], POLL_S)
    watched.backend.ins = ("other 24:0",)
    assert watched.look(2.0) == ([], pytest.approx(SETTLE_S))  # the list may still be wrong
    log, _ = watched.look(2.21)
    assert log == ["detach", "MIDI input keys is gone; it is opened again when it comes back."]
    assert watched.look(4.0) == ([], POLL_S)
    watched.backend.ins = ("other 24:0", "keys 32:0")
    watched.look(5.0)
    assert watched.look(5.3)[0] == ["attach keys 32:0", "MIDI input keys is back."]
    assert watched.look(7.0)[0] == []


def test_a_list_that_is_wrong_for_a_moment_harms_nothing() -> None:
    watched = Watched()
    watched.look(0.0)
    watched.backend.ins = ()
    watched.look(1.0)
    watched.backend.ins = ("keys 20:0",)
    watched.look(1.1)
    assert watched.look(1.4)[0] == []


def test_a_port_that_came_back_under_another_number_between_two_looks() -> None:
    watched = Watched()
    watched.look(0.0)
    watched.backend.ins = ("keys 33:0", "other 24:0")
    watched.look(1.0)
    log, _ = watched.look(1.3)
    assert [entry.split(";")[0] for entry in log] == [
        "detach",
        "MIDI input keys is gone",
        "attach keys 33:0",
        "MIDI input keys is back.",
    ]


def test_a_port_that_somebody_else_holds_is_tried_again() -> None:
    watched = Watched()
    watched.look(0.0)
    watched.backend.ins = ()
    watched.look(1.0)
    watched.look(1.3)
    watched.backend.ins, watched.busy = ("keys 20:0",), True
    watched.look(2.0)
    assert watched.look(2.3)[0] == []
    watched.busy = False
    assert watched.look(4.0)[0] == ["attach keys 20:0", "MIDI input keys is back."]


def test_a_system_that_cannot_be_asked_is_asked_again() -> None:
    watched = Watched()
    assert watched.look(0.0) == ([], POLL_S)
    watched.backend.fails = True
    assert watched.look(1.0) == ([], pytest.approx(SETTLE_S))
    watched.backend.fails = False
    assert watched.look(2.0) == ([], POLL_S)


GONE = ["detach", "MIDI input keys is gone; it is opened again when it comes back."]
BACK = ["attach keys 20:0", "MIDI input keys is back."]


def test_a_system_that_goes_takes_all_ports_with_it_and_brings_them_back() -> None:
    """As a JACK server that is killed, and started again."""
    watched = Watched()
    watched.look(0.0)
    watched.backend.fails = True
    watched.look(1.0)
    assert watched.look(1.3) == (GONE, pytest.approx(POLL_S))
    assert watched.look(2.3)[0] == []
    watched.backend.fails = False
    assert watched.look(3.3)[0] == BACK


def test_a_system_that_is_back_between_two_looks_has_lost_all_ports_too() -> None:
    watched = Watched()
    watched.look(0.0)
    watched.backend.n_losses += 1
    assert watched.look(1.0)[0] == GONE + BACK
    assert watched.look(2.0)[0] == []


def test_virtual_ports_go_with_the_system_and_with_nothing_else() -> None:
    backend, log = FakeBackend(), list[str]()
    plug = FakePlug("virtual:keys", "keys", lambda name: log.append(f"attach {name}"), lambda: None)
    keeper = Keeper(backend, [plug], log.append)
    keeper.look(0.0)
    keeper.look(1.0)
    assert log == []
    backend.n_losses += 1
    keeper.look(2.0)
    assert log[1:] == ["attach keys", "MIDI input virtual:keys is back."]


def test_every_look_ends_system_exclusive_messages_that_were_cut() -> None:
    watched = Watched()
    watched.look(0.0)
    watched.look(1.0)
    assert watched.backend.n_sysex_ends == 2


# The evening


class Session:
    """A Midi on a fake backend; its inputs are handled by `take`, its outputs by their own thread."""

    def __init__(self, setup: MidiSetup, columns: tuple[str, ...] = TOUCH, **names: tuple[str, ...]) -> None:
        self.backend = FakeBackend(**names)
        self.settings, self.engine, self.told = Settings(), FakeEngine(), list[str]()
        self.clock = ManualClock()
        controls = Controls(self.engine, self.settings, clock=self.clock)
        self.midi = Midi(
            controls, self.settings, columns, self.told.append, clock=self.clock, backend=self.backend
        )
        self.items: list[Any] = [self.midi.open(port) for port in (*setup.outputs, *setup.inputs)]


def a_midi(columns: tuple[str, ...], backend: FakeBackend) -> Midi:
    """One that nothing comes to."""
    settings = Settings()
    return Midi(Controls(FakeEngine(), settings), settings, columns, list[str]().append, backend=backend)


def play(*ports: str) -> MidiSetup:
    return MidiSetup(tuple(InSetup(port) for port in ports))


def test_a_touch_goes_out_and_a_key_comes_in() -> None:
    session = Session(
        MidiSetup((InSetup("key"),), (OutSetup("synth"),)), ins=("keyboard",), outs=("synth", "other")
    )
    session.items[0].sink.play(Touch(0.0, Source.PLAYER, 0, 0.5, 0.5, False))
    synth = session.backend.synths["synth"]
    assert synth.sounding and list(session.backend.synths) == ["synth"]
    session.backend.receivers["keyboard"](bytes((0x90, 60, 100)))
    session.midi.close()
    assert [entry[1] for entry in session.engine.log] == ["player touch 32"]
    assert synth.sounding == set() and synth.closed and session.backend.receivers == {}
    session.midi.close()


def test_knobs_without_a_mapping_are_the_controllers_20_and_up() -> None:
    session = Session(play("k"), KNOBS, ins=("knobs",))
    session.backend.receivers["knobs"](bytes((0xB0, 21, 127)))
    session.midi.close()
    assert session.engine.log == [[0.0, "player values 0", [0.5, 1.0, 0.5]]]


def test_virtual_ports_are_made_where_the_system_can() -> None:
    setup = MidiSetup((InSetup("virtual:in"),), (OutSetup("virtual:out"),))
    session = Session(setup)
    assert list(session.backend.receivers) == ["in"] and list(session.backend.synths) == ["out"]
    session.midi.close()
    backend = FakeBackend()
    backend.has_virtual_ports = False
    with pytest.raises(MidiError, match=r"makes no virtual ports; .*loopMIDI"):
        a_midi(TOUCH, backend).open(OutSetup("virtual:out"))


@pytest.mark.parametrize("name", ["nothing", "", " "])
def test_a_name_that_means_nothing_is_refused(name: str) -> None:
    with pytest.raises(MidiError, match=rf"MIDI output: .*'{name}'; there is synth"):
        a_midi(TOUCH, FakeBackend((), ("synth",))).open(OutSetup(name))


@pytest.mark.parametrize(
    ("section", "columns", "message"),
    [
        ({"in": [{"port": "x", "values": []}]}, KNOBS, r"midi.in\[1\].values: .*expected 3 entries, got 0"),
        ({"out": [{"port": "x", "values": [[]] * 4}]}, KNOBS, r"midi.out\[1\].values: .*expected 3.*, got 4"),
        ({"in": [{"port": "x", "values": [[]]}]}, TOUCH, r"midi.in\[1\].values: .*expected no values"),
        ({"in": [{"port": "x", "touch": True}]}, KNOBS, r"midi.in\[1\].touch: .*expected values"),
    ],
)
def test_a_mapping_that_does_not_fit_the_model(section: Any, columns: tuple[str, ...], message: str) -> None:
    setup = parse_setup(section)
    with pytest.raises(TomlError, match=message):
        check_fits(setup, columns)
    for port in (*setup.inputs, *setup.outputs):
        with pytest.raises(TomlError, match=message.partition(" ")[2]):
            a_midi(columns, FakeBackend(("x",), ("x",))).open(port)


def test_a_driver_that_hangs_does_not_keep_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out_module, "CLOSE_S", 0.01)
    session = Session(MidiSetup((), (OutSetup("synth"),)), outs=("synth",))
    over, hangs = threading.Event(), threading.Event()

    def hang(message: bytes) -> None:
        hangs.set()
        over.wait(WAIT_S)

    session.backend.synths["synth"].send = hang  # type: ignore[method-assign]
    sink = session.items[0].sink
    player = threading.Thread(
        target=sink.play, args=[Touch(0.0, Source.PLAYER, 0, 0.5, 0.5, False)], daemon=True
    )
    player.start()
    assert hangs.wait(WAIT_S)
    closer = threading.Thread(target=session.midi.close, daemon=True)
    closer.start()
    closer.join(WAIT_S / 2)  # and not because the driver was there again
    assert not closer.is_alive()
    over.set()
    player.join(WAIT_S)


def test_there_is_nothing_to_wait_for_when_nothing_sounds() -> None:
    session = Session(MidiSetup((), (OutSetup("synth"),)), outs=("synth",))
    sink = session.items[0].sink
    assert isinstance(sink, out_module.MidiOut)
    assert sink.step() == math.inf
    session.midi.close()


def test_a_clock_is_heard_where_it_is_wanted_and_nowhere_else() -> None:
    session = Session(MidiSetup((InSetup("drums", clock=True), InSetup("keys"))), ins=("drums", "keys"))
    assert session.backend.clocks == {"drums": True, "keys": False}
    receive = session.backend.receivers["drums"]
    receive(bytes((0xFA,)))
    for _ in range(25):
        receive(bytes((0xF8,)))
        session.clock.advance_to(session.clock.now() + 1 / 48)
    session.midi.remap(session.items[0], InSetup("drums"))
    assert session.backend.clocks == {"drums": False, "keys": False}
    session.midi.close()
    assert session.midi._opener.inputs._controls.get("bpm") == 120.0
    assert session.midi._opener.inputs._controls.n_refused == 0


@pytest.mark.parametrize(
    ("status", "is_heard"),
    [(0xF8, True), (0xFA, True), (0xFB, True), (0xFC, True), (0xF2, False), (0xFE, False)],
)
def test_what_passes_the_door_with_a_clock(status: int, is_heard: bool) -> None:
    heard: list[bytes] = []
    _receive(bytes((status,)), heard.append, True)
    _receive(bytes((status,)), heard.append)
    assert len(heard) == is_heard
