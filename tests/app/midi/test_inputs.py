"""MIDI in: literal messages and what they play, set and command."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import ManualClock
from app.core.controls import Controls
from app.core.parameters import Settings
from app.midi.changes import Changes
from app.midi.controls_in import ControlsIn
from app.midi.echo_filter import LOOP_NOTES, QUIET_S, EchoFilter, LoopDetector
from app.midi.inputs import QUEUED, Inputs, Reader
from app.midi.mapping import CONTROL_KINDS, VALUE_IN_KINDS, parse_entries, parse_entry
from app.midi.touches_in import VOICES, TouchesIn, TouchSetup, Voices
from app.midi.values_in import ValuesIn
from tests.app.core.test_controls import FakeAdaptation, FakeEngine

FIRST = VOICES[0]


class Surface:
    """One input on a fake engine. `send` plays messages and returns what the engine was given."""

    def __init__(self, values: list[Any] | None = None, **controls: list[Any]) -> None:
        self.engine, self.settings, self.clock = FakeEngine(), Settings(), ManualClock(10.0)
        self.echo_filter, self.changes, self.told = EchoFilter(), Changes(), list[str]()
        presets = {"first": {"volume": 0.1}, "second": {"volume": 0.9}}
        surface = Controls(self.engine, self.settings, clock=self.clock, presets=presets)
        self.controls = surface
        entries = {name: parse_entry(entry, (name,), CONTROL_KINDS) for name, entry in controls.items()}
        setup = TouchSetup(low=48, high=84)
        self.fingers = TouchesIn(setup, surface, Voices(), lambda: "strings")
        self.reader = Reader(
            "keyboard",
            ControlsIn(entries, surface, self.settings),
            LoopDetector(self.echo_filter),
            None if values is None else ValuesIn(parse_entries(values, ("values",), VALUE_IN_KINDS)),
            self.fingers if values is None else None,
        )
        n_values = len(values or ())
        self.inputs = Inputs(
            surface, n_values, self.echo_filter, self.changes, self.told.append, clock=self.clock
        )
        self.receive = self.inputs.receiver(self.reader, "keyboard 20:0")

    def send(self, *messages: list[int]) -> list[Any]:
        for message in messages:
            self.receive(bytes(message))
        self.inputs.step()
        log, self.engine.log = self.engine.log, []
        return log


def test_a_key_is_a_finger() -> None:
    surface = Surface()
    assert surface.send([0x90, 57, 127], [0x90, 66, 127]) == [
        [10.0, f"player touch {FIRST}", [0.25, 0.0, 0]],
        [10.0, f"player touch {FIRST + 1}", [0.5, 0.0, 0]],
    ]
    assert surface.send([0x80, 57, 0], [0x90, 66, 0], [0x80, 66, 0]) == [
        [10.0, f"player release {FIRST}", []],
        [10.0, f"player release {FIRST + 1}", []],
    ]


def test_bend_brightness_and_pressure_move_the_fingers_of_their_channel() -> None:
    surface = Surface()
    surface.send([0x90, 57, 127], [0x91, 66, 127])
    assert surface.send([0xE0, 0, 127]) == [[10.0, f"player touch {FIRST}", [0.304688, 0.0, 1]]]
    assert surface.send([0xE0, 0, 64]) == [[10.0, f"player touch {FIRST}", [0.25, 0.0, 1]]]
    assert surface.send([0xB1, 74, 0]) == [[10.0, f"player touch {FIRST + 1}", [0.5, 1.0, 1]]]
    assert len(surface.send([0xD0, 10])) == len(surface.send([0xA1, 66, 10])) == 1
    assert surface.send([0xA1, 60, 10]) == []


@pytest.mark.parametrize("controller", [120, 123, 124, 125, 126, 127])
def test_what_ends_all_notes_lifts_the_keys_of_its_channel(controller: int) -> None:
    surface = Surface()
    surface.send([0x90, 57, 127], [0x90, 66, 127], [0x91, 60, 127])
    released = [[10.0, f"player release {FIRST + number}", []] for number in range(2)]
    assert surface.send([0xB0, controller, 0]) == released
    assert surface.send([0xB0, controller, 0]) == []
    assert surface.send([0x81, 60, 0]) == [[10.0, f"player release {FIRST + 2}", []]]


def test_a_reset_of_the_controllers_undoes_bend_and_pressure_of_its_channel() -> None:
    surface = Surface()
    surface.send([0x90, 57, 127], [0x91, 66, 127], [0xE0, 0, 127], [0xE1, 0, 127], [0xD0, 10])
    assert surface.send([0xB0, 121, 0]) == [[10.0, f"player touch {FIRST}", [0.25, 0.0, 1]]]
    assert [finger.pressure for finger in surface.fingers._fingers.values()] == [1.0, 1.0]
    assert surface.send([0x90, 66, 127]) == [[10.0, f"player touch {FIRST + 2}", [0.5, 0.0, 0]]]
    assert surface.send([0x91, 57, 127])[0][2][0] > 0.3  # the other channel is bent still


def test_more_keys_than_voices_let_the_oldest_go_and_each_touch_is_released() -> None:
    surface = Surface()
    n = len(VOICES) + 3
    log = surface.send(*([0x90, 40 + i, 64] for i in range(n)), *([0x80, 40 + i, 0] for i in range(n)))
    names = [entry[1] for entry in log]
    assert len([name for name in names if "touch" in name]) == n
    assert len([name for name in names if "release" in name]) == n


def test_a_knob_moves_its_value_and_leaves_the_others() -> None:
    surface = Surface([["control_change", 1, 7], ["note_on", 1], ["note_velocity", 1]])
    assert surface.send([0xB0, 7, 127]) == [[10.0, "player values 0", [1.0, 0.5, 0.5]]]
    assert surface.send([0x90, 0, 127]) == [[10.0, "player values 0", [1.0, 0.0, 1.0]]]
    assert surface.send([0x90, 0, 0], [0x80, 0, 0], [0xB0, 8, 1]) == []


def test_outputs_are_told_what_a_message_moved() -> None:
    surface = Surface([["control_change", 1, 7], ["note_on", 1]])
    surface.send([0x90, 60, 1])
    assert surface.changes._by_time == {10.0: (1,)}


def test_numbers_go_with_a_knob_by_ratios_where_the_parameter_does() -> None:
    surface = Surface(
        threshold_s=["control_change", 1, 1],
        volume=["pitch_bend", 1],
        loop_s=["control_change", 1, 2, 127, 0],
    )
    surface.send([0xB0, 1, 127], [0xE0, 127, 127], [0xB0, 2, 127])
    assert [surface.settings[name] for name in ("threshold_s", "volume", "loop_s")] == [10.0, 1.0, 1.0]
    surface.send([0xB0, 1, 0])
    assert surface.settings["threshold_s"] == 0.1
    surface.send([0xB0, 1, 64])
    assert surface.settings.number("threshold_s") == pytest.approx(1.0, rel=0.05)


def test_likeness_goes_with_a_fader_evenly() -> None:
    surface = Surface(likeness=["control_change", 1, 0])
    for value, likeness in ((127, 2.0), (0, 0.0), (64, 1.0)):
        surface.send([0xB0, 0, value])
        assert surface.settings.number("likeness") == pytest.approx(likeness, abs=0.01)


def test_choices_by_knob_key_and_program() -> None:
    surface = Surface(mode=["control_change", 1, 1], scale=["note", 1, 36], instrument=["program_change", 1])
    surface.send([0xB0, 1, 127], [0x90, 36, 100], [0x80, 36, 0], [0xC0, 3])
    chosen = [surface.settings[name] for name in ("mode", "scale", "instrument")]
    assert chosen == ["loop", "pentatonic", "drums"]
    surface.send(*[[0x90, 36, 100]] * 4)
    assert surface.settings["scale"] == "free"  # round again
    surface.send([0xC0, 9])
    assert surface.settings["instrument"] == "drums"
    assert "instrument: expected one of keys" in surface.controls.last_refusal


def test_switches_commands_and_presets() -> None:
    surface = Surface(
        pause=["note", 1, 36],
        mute=["control_change", 1, 1],
        panic=["control_change", 1, 2],
        reset=["note", 1, 37],
        preset=["program_change", 2],
    )
    surface.send([0x90, 36, 1], [0xB0, 1, 64], [0xC1, 1])
    assert surface.settings["pause"] is surface.settings["mute"] is True
    assert surface.settings["volume"] == 0.9
    surface.send([0x90, 36, 1], [0xB0, 1, 63])
    assert surface.settings["pause"] is surface.settings["mute"] is False
    assert surface.send([0xB0, 2, 64], [0xB0, 2, 127], [0xB0, 2, 0], [0xB0, 2, 127]) == ["panic", "panic"]
    assert surface.send([0x90, 37, 9], [0x80, 37, 0]) == ["reset"]
    surface.send([0xC1, 5])
    assert "preset: expected a number below 2" in surface.controls.last_refusal


def test_a_key_and_a_controller_let_the_ghost_learn_and_go_back() -> None:
    surface = Surface(adapt=["note", 1, 38], adapt_back=["control_change", 1, 3])
    surface.send([0x90, 38, 9])
    assert surface.controls.last_refusal == "MIDI: the ghost does not learn here."
    surface.controls.adaptation = FakeAdaptation(surface.engine.log)
    assert surface.send([0x90, 38, 9], [0x80, 38, 0], [0xB0, 3, 127], [0xB0, 3, 0]) == ["adapt", "back"]


def test_a_key_that_commands_plays_no_note() -> None:
    assert Surface(pause=["note", 1, 36]).send([0x90, 36, 9], [0x80, 36, 0], [0x90, 36, 0]) == []


def test_our_own_messages_are_not_played_again() -> None:
    surface = Surface()
    surface.echo_filter.sent("keyboard", bytes((0x90, 62, 100)), 9.9)  # long ago
    surface.echo_filter.sent("keyboard", bytes((0x90, 60, 100)), 9.98)
    surface.echo_filter.sent("elsewhere", bytes((0x90, 64, 100)), 9.99)
    played = surface.send([0x90, 60, 100], [0x90, 60, 99], [0x90, 62, 100], [0x90, 64, 100])
    assert [entry[1] for entry in played] == [f"player touch {FIRST + i}" for i in range(3)]


def test_a_loop_is_cut_and_told_and_its_keys_are_up() -> None:
    surface = Surface()
    log: list[Any] = []
    for i in range(3 * LOOP_NOTES):
        surface.clock.advance_to(10.0 + 0.1 * i)
        surface.echo_filter.sent("elsewhere", bytes((0x90, 60 + i % 12, 100)), surface.clock.now() - 0.05)
        log += surface.send([0x90, 60 + i % 12, 100])
    assert len([entry for entry in log if "touch" in entry[1]]) == LOOP_NOTES - 1
    assert len([entry for entry in log if "release" in entry[1]]) == LOOP_NOTES - 1
    assert len(surface.told) == 1 and "keyboard" in surface.told[0]
    surface.clock.advance_to(surface.clock.now() + QUIET_S)
    assert len(surface.send([0x90, 60, 100])) == 1


def test_a_port_that_goes_lifts_its_keys() -> None:
    surface = Surface()
    surface.send([0x90, 60, 100], [0x90, 61, 100])
    surface.inputs.release(surface.reader)
    assert [entry[1] for entry in surface.send()] == [
        f"player release {FIRST}",
        f"player release {FIRST + 1}",
    ]


def test_a_flood_is_dropped_and_counted_but_never_a_note_off() -> None:
    surface = Surface()
    surface.send([0x90, 60, 100])
    for _ in range(QUEUED + 10):
        surface.receive(bytes((0xB0, 1, 1)))
    surface.receive(bytes((0x80, 60, 0)))
    surface.receive(bytes((0x90, 60, 0)))
    surface.receive(bytes((0xB0, 123, 0)))
    assert (surface.controls.n_refused, surface.controls.last_refusal[:5]) == (10, "MIDI:")
    assert [entry[1] for entry in surface.send()] == [f"player release {FIRST}"]


@given(st.lists(st.binary(max_size=5), max_size=200))
def test_garbage_is_refused_and_harms_nothing(messages: list[bytes]) -> None:
    controls = {"volume": ["control_change", 1, 1], "panic": ["note", 1, 2], "preset": ["program_change", 1]}
    for surface in (Surface(**controls), Surface([["note_on", 1], ["pitch_bend", 2]], **controls)):
        log = surface.send(*(list(message) for message in messages))
        for entry in log:
            assert entry in ("reset", "panic") or all(0.0 <= value <= 1.0 for value in entry[2])
        surface.inputs.release(surface.reader)
        log += surface.send()
        touched = {entry[1].split()[-1] for entry in log if "touch" in entry[1]}
        released = {entry[1].split()[-1] for entry in log if "release" in entry[1]}
        assert touched == released or "panic" in log
        assert len(surface.send([0x95, 60, 100] if surface.reader.notes else [0x90, 60, 100])) == 1
