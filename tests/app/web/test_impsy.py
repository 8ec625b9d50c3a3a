"""IMPSY's websocket dialect: cases of our own, and those that IMPSY publishes."""

from __future__ import annotations

import asyncio
import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import ManualClock
from app.core.controls import Controls
from app.core.events import Note, Release, Source, Touch, Values
from app.core.parameters import Settings
from app.engine.reply import MIN_GAP_S
from app.midi.ledger import LONGEST_S
from app.midi.mapping import VALUE_IN_KINDS, parse_entries
from app.midi.values_codec import ValuesCodec
from app.web.impsy import ImpsyRoom
from app.web.impsy_text import to_midi, to_text
from tests.app.core.test_controls import FakeEngine
from tests.app.fakes import ScriptedGhost, Stage
from tests.app.web.page import Page, a_port, play

NOTES = [["note_on", 1], ["control_change", 1, 42], ["note_on", 2], ["control_change", 16, 7]]
BEND = [["note_on", 1], ["note_velocity", 1], ["pitch_bend", 1]]


class Knobs:
    """A room of IMPSY's, on a fake engine: texts in, events out, and back."""

    def __init__(self, mapping: list[Any], sources: tuple[Source, ...] = tuple(Source)) -> None:
        self.clock, self.engine = ManualClock(), FakeEngine()
        entries = parse_entries(mapping, ("input",), VALUE_IN_KINDS)
        outputs = parse_entries(mapping, ("output",))
        self.codec = ValuesCodec(len(mapping), entries, outputs, self.clock)
        self.room = ImpsyRoom(Controls(self.engine, Settings()), self.codec, sources)

    def updates(self, text: str) -> list[tuple[int, float]] | None:
        """What a message changes, told by the values of the event that it makes."""
        self.room.values, n_events = [-1.0] * self.codec.n_values, len(self.engine.log)
        message = to_midi(text)
        found = self.codec.updates(message) if message else ()
        self.room.values = [0.0] * self.codec.n_values
        assert self.room.take(text) == (message is not None)
        assert len(self.engine.log) == n_events + bool(found)
        return list(found) or None

    def step(self, values: list[float], source: Source = Source.GHOST) -> list[str]:
        inside = tuple(min(max(value, 0.0), 1.0) for value in values)
        return self.room.texts(Values(0.0, source, inside))


HEARD = [
    (NOTES, "/channel/1/noteon/60/127", [(0, 60 / 127)]),
    (NOTES, "/channel/1/noteon/60/0", None),
    (NOTES, "/channel/1/cc/42/0", [(1, 0.0)]),
    (NOTES, "/channel/16/cc/7/127", [(3, 1.0)]),
    (BEND, "/channel/1/noteon/127/1", [(0, 1.0), (1, 1 / 127)]),
    (BEND, "/channel/1/pitchbend/16383", [(2, 1.0)]),
    *((NOTES, text, None) for text in (
        "", "/", "channel/1/cc/42/1", "//channel/1/cc/42/1", "/channel/1/cc/42", "/channel/1/cc/42/1/",
        "/channel/0/cc/42/1", "/channel/17/cc/42/1", "/channel/1/cc/42/128", "/channel/1/cc/42/-1",
        "/channel/1/cc/42/1.5", "/channel/1/cc/ 42/1", "/channel/1/cc/42/1e2", "/channel/1/shout/42/1",
        "/channel/1/pitchbend/16384", "/channel/1/pitchbend/1/2", "/channel/1/cc/42/" + "9" * 9999,
    )),
]  # fmt: skip


@pytest.mark.parametrize(("mapping", "text", "expected"), HEARD)
def test_what_a_message_changes(
    mapping: list[Any], text: str, expected: list[tuple[int, float]] | None
) -> None:
    assert Knobs(mapping).updates(text) == expected


def test_what_the_ghost_plays_is_sent() -> None:
    knobs = Knobs(NOTES)
    assert knobs.step([0.5, 0.5, 0.0, 1.0]) == [
        "/channel/1/noteon/64/127", "/channel/1/cc/42/64", "/channel/2/noteon/0/127", "/channel/16/cc/7/127",
    ]  # fmt: skip
    assert knobs.step([0.5, 0.5, 0.5, 1.0]) == [
        "/channel/1/noteoff/64/0", "/channel/1/noteon/64/127", "/channel/2/noteoff/0/0",
        "/channel/2/noteon/64/127",
    ]  # fmt: skip
    assert knobs.room.texts(Release(0.0, Source.GHOST, 0)) == [
        "/channel/1/noteoff/64/0", "/channel/2/noteoff/64/0",
    ]  # fmt: skip
    assert Knobs(BEND).step([0.5, 0.0, 0.5]) == ["/channel/1/noteon/64/1", "/channel/1/pitchbend/8192"]


def test_only_whose_events_are_wanted_are_sent_and_touches_are_two_knobs() -> None:
    knobs = Knobs(NOTES, (Source.GHOST,))
    assert knobs.step([0.5] * 4, Source.PLAYER) == []
    touch = Touch(0.0, Source.GHOST, 1, 0.25, 1.0, True)
    assert knobs.room.texts(touch) == ["/channel/1/noteon/32/127", "/channel/1/cc/42/127"]
    assert knobs.room.texts(Note(0.0, Source.GHOST, 60, 100)) == []


def test_every_note_ends() -> None:
    knobs = Knobs([["note_on", 1]])
    knobs.step([0.5])
    assert knobs.codec.expire() == []
    knobs.clock.advance_to(LONGEST_S + 1.0)
    assert knobs.codec.expire() == [bytes((0x80, 64, 0))]
    knobs.step([0.25])
    assert knobs.room.texts(None) == ["/channel/1/noteoff/32/0"]  # a panic
    assert knobs.room.texts(None) == []


def test_a_players_note_is_struck_again_only_where_its_value_changed() -> None:
    knobs = Knobs([["note_on", 1], ["note_on", 2]])
    knobs.step([0.5, 0.5], Source.PLAYER)
    assert knobs.step([0.5, 0.25], Source.PLAYER) == ["/channel/2/noteoff/64/0", "/channel/2/noteon/32/127"]


@given(st.text(alphabet="/chanelotifcpbd 0123456789-", max_size=40) | st.text(max_size=20))
def test_no_text_raises_and_what_is_understood_comes_back(text: str) -> None:
    message = to_midi(text)
    if message is not None:
        again = to_text(message)
        assert again is not None
        assert to_midi(again) == message


def test_clients_of_a_port() -> None:
    entries = parse_entries(NOTES[:2], ())
    on, off, knob = "/channel/1/noteon/64/127", "/channel/1/noteoff/64/0", "/channel/1/cc/42/127"
    with a_port(columns=["dt", "x1", "x2"], codec=ValuesCodec(2, entries, entries)) as port:

        async def scenario() -> None:
            async with Page(port, None, "/") as one, Page(port, None, "/anything") as other:
                await one.socket.send(knob)
                await one.socket.send("nonsense")
                await one.socket.send(b"\x90\x3c\x64")
                for page in (one, other):
                    assert [await page.socket.recv() for _ in range(2)] == [on, knob]
                port.server.sink.panic()
                assert await other.socket.recv() == off
                await one.socket.send(knob)
                assert [await other.socket.recv() for _ in range(2)] == [on, knob]
                async with Page(port, None, "/") as late:
                    while len(port.server._impsy._sockets) < 3:  # type: ignore[union-attr]
                        await asyncio.sleep(0.01)
                    await one.socket.send(knob)  # as it was, but who comes later does not know that
                    assert [await late.socket.recv() for _ in range(3)] == [off, on, knob]

        play(scenario)
        assert port.log == [["player values 0", [0.5, 1.0]]] * 3
        assert port.controls.n_refused == 2


def test_playback_with_a_time_that_is_no_time_and_values_beyond_their_range() -> None:
    outputs = [[0.25, 0.5, 0.75], [-0.1, -0.2, 1.3], [0.0005, 0.3, 0.3]]
    expected = [(0.5, [0.5, 0.75]), (MIN_GAP_S, [0.0, 1.0]), (MIN_GAP_S, [0.3, 0.3])]  # 0.002 s is too dense
    assert played(outputs, 2.0) == [(pytest.approx(wait_s), values) for wait_s, values in expected]


def played(outputs: list[list[float]], timescale: float) -> list[tuple[float, list[float]]]:
    """How an IMPSY model that gives these numbers is played on: waits in seconds, and values.

    A ghost that begins does so at once, so an event before these is left out.
    """
    names = ("dt", *(f"x{index}" for index in range(1, len(outputs[0]))))
    script = [clamped(row) for row in ([0.25] * len(names), *outputs)]
    stage = Stage("solo", ghost=ScriptedGhost(script, names), timescale=timescale)
    stage.play([], until=sum(max(timescale * row[0], MIN_GAP_S) for row in script[1:]) + 1e-3)
    events = [event for event in stage.sink.events[: len(script)] if isinstance(event, Values)]
    return [
        (after.time_s - before.time_s, [round(value, 6) for value in after.values])
        for before, after in itertools.pairwise(events)
    ]


def clamped(row: list[float]) -> list[float]:
    """What the runtime of IMPSY's models makes of a drawn event: a mixture of one, without spread."""
    from app.ghost.litert.impsy import ImpsyRuntime

    class Model:
        def split(self, params: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            return params[None], np.zeros_like(params)[None], np.zeros(1, "float32")

    runtime = object.__new__(ImpsyRuntime)
    runtime._model = Model()  # type: ignore[assignment]
    drawn = runtime._draw(np.array(row, "float32"), np.zeros(len(row) + 1, "float32"), np.ones(2, "float32"))
    return [float(value) for value in drawn]


# IMPSY's


def cases(folder: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        (folder / "impsy-conformance" / f"{name}.json").read_text("utf-8")
    )["cases"]
    assert found
    return found


@pytest.mark.shared
def test_every_vector_of_websocket_input(shared_folder: Path) -> None:
    for case in cases(shared_folder, "websocket_input"):
        knobs = Knobs(case["input_mapping"])
        for text, expected in zip(case["messages"], case["expected"], strict=True):
            found = knobs.updates(text)
            want = expected and [(index, pytest.approx(value, abs=1e-9)) for index, value in expected]
            assert found == want, (case["name"], text)


@pytest.mark.shared
def test_every_vector_of_websocket_output(shared_folder: Path) -> None:
    for case in cases(shared_folder, "websocket_output"):
        knobs = Knobs(case["output_mapping"])
        assert [knobs.step(step) for step in case["steps"]] == case["expected"], case["name"]


@pytest.mark.shared
def test_every_vector_of_playback(shared_folder: Path) -> None:
    for case in cases(shared_folder, "playback"):
        found = played(case["model_outputs"], case["timescale"])
        for (wait_s, values), row, want in zip(found, case["model_outputs"], case["expected"], strict=True):
            wanted_s = max(want["wait"], MIN_GAP_S)  # of ours, no voice plays more than 250 events a second
            assert math.isclose(wait_s, wanted_s, abs_tol=1e-6), case["name"]
            assert values == pytest.approx(want["output"], abs=1e-6), case["name"]
            assert clamped(row) == pytest.approx(want["next_model_input"], abs=1e-6), case["name"]
