"""No note is left sounding, in whatever order things happen. The receiver is believed, not our own books."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import ManualClock
from app.core.events import Release, Source, Touch, Values
from app.midi.changes import Changes
from app.midi.echo_filter import EchoFilter
from app.midi.ledger import LONGEST_S
from app.midi.mapping import parse_entries
from app.midi.out import MidiOut
from app.midi.setup import OutSetup
from tests.app.fakes import ScriptedGhost, Stage
from tests.app.midi.fakes import Synth

MAPPING = [["note_on", 1], ["note_velocity", 1], ["note_on", 1], ["control_change", 1, 7], ["note_on", 3]]
PLAYER, GHOST = Source.PLAYER, Source.GHOST


class Rig:
    """One output, its receiver and a clock moved by hand."""

    def __init__(self, **setup: Any) -> None:
        self.clock, self.synth = ManualClock(), Synth()
        self.changes = Changes()
        entries = parse_entries(MAPPING, ("values",))
        self.out = MidiOut(
            OutSetup("synth", **setup), entries, EchoFilter(), self.changes,
            clock=self.clock,
            sleep=lambda seconds: None,
        )  # fmt: skip
        self.out.attach(self.synth, "synth")

    def wait(self, seconds: float) -> None:
        """Let time pass as the output's thread would see it."""
        end_s = self.clock.now() + seconds
        while (due_s := self.out.step()) <= end_s:
            self.clock.advance_to(due_s)
        self.clock.advance_to(end_s)
        self.out.step()

    def do(self, step: tuple[Any, ...]) -> None:
        now_s = self.clock.now()
        match step:
            case ("touch", source, voice, x, y, moving):
                self.out.play(Touch(now_s, source, voice, x, y, moving))
            case ("release", source, voice):
                self.out.play(Release(now_s, source, voice))
            case ("values", source, voice, values):
                self.out.play(Values(now_s, source, tuple(values), voice))
            case ("sound", name, value):
                self.out.set(name, value)
            case ("panic",):
                self.out.panic()
            case ("break", broken):
                self.synth.broken = broken
            case ("unplug",):
                self.out.detach()
            case ("plug",):
                self.synth.broken = False
                self.out.attach(self.synth, "synth")
            case ("wait", seconds):
                self.wait(seconds)


SOURCES, VOICES, UNIT = st.sampled_from(list(Source)), st.integers(0, 9), st.floats(0, 1)
STEPS = st.one_of(
    st.tuples(st.just("touch"), SOURCES, VOICES, UNIT, UNIT, st.booleans()),
    st.tuples(st.just("release"), SOURCES, VOICES),
    st.tuples(st.just("values"), SOURCES, st.integers(0, 1), st.lists(UNIT, min_size=5, max_size=5)),
    st.tuples(st.just("sound"), st.just("scale"), st.sampled_from(["free", "major"])),
    st.tuples(st.just("sound"), st.just("instrument"), st.sampled_from(["strings", "drums"])),
    st.sampled_from([("panic",), ("unplug",), ("plug",)]),
    st.tuples(st.just("wait"), st.floats(0, 3)),
)


@given(st.lists(STEPS, max_size=60), st.booleans())
def test_nothing_sounds_after_the_end(steps: list[tuple[Any, ...]], mpe: bool) -> None:
    rig = Rig(mpe=mpe)
    for step in steps:
        rig.do(step)
    rig.do(("plug",))
    rig.out.close()
    assert rig.synth.sounding == set()
    assert rig.synth.closed


@given(st.lists(STEPS, max_size=60), st.booleans())
def test_without_a_panic_the_ledger_alone_ends_everything(steps: list[tuple[Any, ...]], mpe: bool) -> None:
    """Fingers are released and time passes: no all notes off is needed."""
    rig = Rig(mpe=mpe)
    for step in steps:
        if step != ("panic",):
            rig.do(step)
    rig.do(("plug",))
    for voice in range(10):
        rig.do(("release", PLAYER, voice))
    rig.wait(LONGEST_S + 0.1)
    assert rig.synth.sounding == set()
    assert not [m for m in rig.synth.log if m[0] & 0xF0 == 0xB0 and m[1] in (120, 123)]


@given(st.lists(st.one_of(STEPS, st.tuples(st.just("break"), st.booleans())), max_size=60))
def test_a_port_that_fails_harms_nobody(steps: list[tuple[Any, ...]]) -> None:
    rig = Rig()
    for step in steps:
        rig.do(step)
    rig.do(("plug",))
    rig.do(("panic",))
    rig.wait(1.0)
    assert rig.synth.sounding == set()


def test_a_ghosts_note_that_nobody_ends_is_ended_and_a_resting_finger_is_not() -> None:
    rig = Rig()
    rig.do(("touch", GHOST, 0, 0.5, 0.5, False))
    rig.do(("touch", PLAYER, 0, 0.5, 0.5, False))
    assert {channel for channel, _ in rig.synth.sounding} == {0, 1}
    rig.wait(LONGEST_S + 0.1)
    assert {channel for channel, _ in rig.synth.sounding} == {0}


@pytest.mark.parametrize("step", [("release", GHOST, 0), ("unplug",)])
def test_what_ends_the_notes_of_the_ghosts_values(step: tuple[Any, ...]) -> None:
    rig = Rig(play=frozenset({GHOST}))
    rig.do(("values", GHOST, 0, [0.5, 1.0, 0.6, 0.0, 0.7]))
    assert rig.synth.sounding == {(0, 64), (0, 76), (2, 89)}
    rig.do(step)
    rig.do(("plug",))
    assert rig.synth.sounding == set()


class KnobStage(Stage):
    """A jam of five knobs on one output, whose ghost plays the notes 64, 76 and 89; the player 13 and 25."""

    def __init__(self, mode: str) -> None:
        columns = ("dt", *(f"x{i}" for i in range(1, 6)))
        super().__init__(mode, ghost=ScriptedGhost([(0.1, 0.5, 1.0, 0.6, 0.0, 0.7)], columns))
        self.rig = Rig()
        self.engine.add_sink(self.rig.out)
        self.play([[1.0, "values 0", [0.1, 1.0, 0.2, 0.0, 0.3]]])

    def notes(self, until: float) -> set[tuple[int, int]]:
        self.play([], until=until)
        return self.rig.synth.sounding


THEIRS, OURS = {(0, 64), (0, 76), (2, 89)}, {(0, 13), (0, 25), (2, 38)}


def test_values_are_ended_by_who_takes_over() -> None:
    stage = KnobStage("call")
    assert stage.notes(1.4) == OURS
    assert stage.notes(1.55) == THEIRS
    stage.play([[1.6, "values 0", [0.2, 1.0, 0.3, 0.0, 0.4]]])
    assert stage.notes(1.65) == {(0, 25), (0, 38), (2, 51)}


@pytest.mark.parametrize(("name", "value"), [("mode", "listen"), ("pause", True), ("mute", True)])
def test_the_ghosts_values_end_when_it_is_stopped(name: str, value: str | bool) -> None:
    stage = KnobStage("call")
    assert stage.notes(1.55) == THEIRS
    stage.settings.set(name, value)
    assert stage.notes(1.75) == set()


def test_in_a_duet_both_sound() -> None:
    assert KnobStage("duet").notes(1.25) == THEIRS | OURS


def test_thru_plays_only_what_moved() -> None:
    rig = Rig()
    rig.do(("values", PLAYER, 0, [0.5, 1.0, 0.6, 0.0, 0.7]))
    rig.synth.take()
    rig.do(("values", PLAYER, 0, [0.5, 1.0, 0.6, 1.0, 0.7]))
    assert rig.synth.take() == []  # the controller is within its gap
    rig.wait(0.02)
    assert rig.synth.take() == [[0xB0, 7, 127]]
    rig.do(("values", PLAYER, 0, [0.25, 1.0, 0.6, 1.0, 0.7]))
    assert rig.synth.take() == [[0x80, 64, 0], [0x90, 32, 127]]


def test_closing_twice_is_harmless_and_a_panic_twice_as_well() -> None:
    rig = Rig()
    rig.do(("touch", PLAYER, 0, 0.5, 0.5, False))
    rig.do(("panic",))
    rig.do(("panic",))
    rig.out.close()
    rig.out.close()
    assert rig.synth.sounding == set()


@pytest.mark.parametrize("step", [("panic",), ("unplug",)])
def test_whoever_listens_afterwards_is_told_everything_again(step: tuple[Any, ...]) -> None:
    rig = Rig(mpe=True)
    play = ("touch", PLAYER, 0, 0.5, 0.5, False)
    rig.do(play)
    first = rig.synth.take()
    rig.do(step)
    rig.do(("plug",))
    rig.wait(1.0)
    rig.synth.take()
    rig.do(play)
    assert rig.synth.take() == first  # the zone and its bend range, bend, brightness, the note


def test_a_ghosts_note_that_was_too_long_sounds_again_when_it_moves() -> None:
    rig = Rig()
    rig.do(("touch", GHOST, 0, 0.5, 0.5, False))
    rig.wait(LONGEST_S + 0.1)
    assert rig.synth.sounding == set()
    rig.do(("touch", GHOST, 0, 0.5, 0.5, True))
    assert len(rig.synth.sounding) == 1


def test_a_key_struck_twice_is_passed_on_twice() -> None:
    """Nothing differs between the two events; the input says what was played."""
    rig = Rig()
    values = [0.5, 1.0, 0.6, 0.0, 0.7]
    rig.do(("values", PLAYER, 0, values))
    rig.synth.take()
    rig.clock.advance_to(1.0)
    rig.changes.note(1.0, (0, 1))
    rig.do(("values", PLAYER, 0, values))
    assert rig.synth.take() == [[0x80, 64, 0], [0x90, 64, 127]]


def test_the_thread_sends_what_waits() -> None:
    synth, arrived = Synth(), threading.Event()
    entries = parse_entries([["control_change", 1, 7]], ("values",))
    out = MidiOut(OutSetup("synth", gap_s=0.02), entries, EchoFilter(), Changes())

    def send(message: bytes) -> None:
        synth.log.append(list(message))
        if len(synth.log) == 2:
            arrived.set()

    synth.send = send  # type: ignore[method-assign]
    out.attach(synth, "synth")
    out.start()
    for value in (0.0, 0.5, 1.0):
        out.play(Values(0.0, GHOST, (value,)))
    assert arrived.wait(20)
    out.close()
    assert synth.log[:2] == [[0xB0, 7, 0], [0xB0, 7, 127]]
