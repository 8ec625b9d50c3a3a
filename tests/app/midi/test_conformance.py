"""The mapping of values to MIDI and back: vectors of our own, and all that IMPSY publishes for MIDI."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.clock import ManualClock
from app.core.controls import Controls
from app.core.events import Event, Source, Values
from app.core.parameters import Settings
from app.midi.changes import Changes
from app.midi.controls_in import ControlsIn
from app.midi.echo_filter import EchoFilter, LoopDetector
from app.midi.inputs import Inputs, Reader
from app.midi.ledger import Ledger
from app.midi.mapping import parse_entries
from app.midi.values_in import ValuesIn
from app.midi.values_out import LastSent, ValuesOut
from models.performance import read_performance
from tests.app.core.test_controls import FakeEngine


class Output:
    """The encoder as IMPSY's vectors see it: values in, messages out, all notes off."""

    def __init__(self, mapping: list[Any]) -> None:
        self.ledger, self.last = Ledger(), LastSent()
        self.encoder = ValuesOut(parse_entries(mapping, ("output",)), self.ledger, self.last)

    def step(self, step: dict[str, Any]) -> list[list[int]]:
        if step.get("all_notes_off"):
            self.last.forget()
            return [list(message) for message in self.ledger.stop_all()]
        return [list(message) for message in self.encoder.encode(Source.GHOST, 0, step["values"])]


def updates(mapping: list[Any], messages: list[list[int]]) -> list[list[tuple[int, float]]]:
    decoder = ValuesIn(parse_entries(mapping, ("input",)))
    return [list(decoder.updates(bytes(message))) for message in messages]


def test_a_knob_that_turns_backwards() -> None:
    mapping = [["control_change", 3, 7, 100, 20]]
    assert updates(mapping, [[0xB2, 7, 127], [0xB2, 7, 60], [0xB2, 7, 0]]) == [
        [(0, 0.0)],
        [(0, 0.5)],
        [(0, 1.0)],
    ]
    output = Output(mapping)
    assert [output.step({"values": [v]}) for v in (0.0, 0.25, 1.0)] == [
        [[0xB2, 7, 100]],
        [[0xB2, 7, 80]],
        [[0xB2, 7, 20]],
    ]


def test_pressure_and_an_x_left_out() -> None:
    mapping = [[], ["channel_pressure", 2]]
    assert updates(mapping, [[0xD1, 127], [0xD0, 127]]) == [[(1, 1.0)], []]
    assert Output(mapping).step({"values": [0.9, 0.5]}) == [[0xD1, 64]]


CUT = [[], [0x90], [0x90, 60], [0xB0, 7], [0xE0, 0], [0xD0], [0xF8], [0x30, 1, 2]]


@pytest.mark.parametrize("message", CUT)
def test_what_is_not_whole_changes_nothing(message: list[int]) -> None:
    mapping = [["note_on", 1], ["control_change", 1, 7], ["pitch_bend", 1], ["channel_pressure", 1]]
    assert updates(mapping, [message]) == [[]]


def test_only_the_note_that_was_played_is_struck_again() -> None:
    output = Output([["note_on", 1], ["note_on", 2], ["control_change", 1, 7]])
    output.step({"values": [0.5, 0.5, 0.5]})
    messages = output.encoder.encode(Source.GHOST, 0, [0.5, 0.5, 1.0], only=(1, 2))
    assert [list(m) for m in messages] == [[0x81, 64, 0], [0x91, 64, 127], [0xB0, 7, 127]]


# IMPSY's


def cases(folder: Path, name: str) -> list[dict[str, Any]]:
    text = (folder / "impsy-conformance" / f"{name}.json").read_text("utf-8")
    found: list[dict[str, Any]] = json.loads(text)["cases"]
    assert found
    return found


@pytest.mark.shared
def test_every_vector_of_midi_input(shared_folder: Path) -> None:
    for case in cases(shared_folder, "midi_input"):
        found = updates(case["input_mapping"], case["messages"])
        for got, expected in zip(found, case["expected"], strict=True):
            want = [] if expected is None else expected
            assert [i for i, _ in got] == [i for i, _ in want], case["name"]
            assert all(math.isclose(a[1], b[1], abs_tol=1e-9) for a, b in zip(got, want, strict=True)), case[
                "name"
            ]


@pytest.mark.shared
def test_every_vector_of_midi_output(shared_folder: Path) -> None:
    for case in cases(shared_folder, "midi_output"):
        output = Output(case["output_mapping"])
        assert [output.step(step) for step in case["steps"]] == case["expected"], case["name"]


def events(case: dict[str, Any]) -> list[tuple[float, list[float]]]:
    """The events that a case's timed bytes make: (time, x1 .. xn)."""
    log: list[tuple[float, list[float]]] = []

    class Listener(FakeEngine):
        def submit(self, event: Event) -> None:
            assert isinstance(event, Values)
            log.append((event.time_s, list(event.values)))

    settings, clock, echo_filter = Settings(), ManualClock(case["start_time"]), EchoFilter()
    controls = Controls(Listener(), settings, clock=clock)
    mapping = case["input_mapping"]
    entries = parse_entries(mapping, ("input",))
    reader = Reader("in", ControlsIn({}, controls, settings), LoopDetector(echo_filter), ValuesIn(entries))
    inputs = Inputs(controls, len(mapping), echo_filter, Changes(), lambda text: None, clock=clock)
    inputs.values[:] = case["initial_values"]
    receive = inputs.receiver(reader, "in")
    for event in case["events"]:
        clock.advance_to(event["time"])
        receive(bytes(event["bytes"]))
        inputs.step()
    return log


@pytest.mark.shared
def test_every_vector_of_pipeline(shared_folder: Path) -> None:
    for case in cases(shared_folder, "pipeline"):
        log = events(case)
        times = [case["start_time"], *(time_s for time_s, _ in log)]
        rows = [[after - before, *x] for before, after, (_, x) in zip(times, times[1:], log, strict=False)]
        expected = case["expected"]
        assert rows == [pytest.approx(row, abs=1e-9) for row in expected["model_inputs"]], case["name"]
        assert [x for _, x in log] == [pytest.approx(row["values"], abs=1e-9) for row in expected["log"]]


@pytest.mark.shared
def test_every_vector_of_dataset(shared_folder: Path, tmp_path: Path) -> None:
    """Its logs as training reads them: time differences of the player's rows."""
    for case in cases(shared_folder, "dataset"):
        path = tmp_path / "impsy.log"
        path.write_text("\n".join(case["log_lines"]) + "\n", "utf-8")
        log = read_performance(path)
        played = log.source == Source.PLAYER.value
        dt_s = np.diff(log.time_s[played])
        rows = np.column_stack([dt_s, log.values[played][1:]]).tolist()
        assert rows == [pytest.approx(row, abs=1e-6) for row in case["expected"]], case["name"]
