"""A keyboard as music: bytes in, what is played, and the same bytes out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import ManualClock
from app.core.controls import Controls
from app.core.events import NOTE_COLUMNS, Source
from app.core.parameters import Settings
from app.engine.thread import Engine
from app.midi.changes import Changes
from app.midi.echo_filter import EchoFilter
from app.midi.keys_in import KeysIn
from app.midi.opener import Opener
from app.midi.out import LONGEST_NOTE_S, MidiOut
from app.midi.setup import InSetup, OutSetup
from tests.app.core.test_controls import FakeEngine
from tests.app.fakes import ScriptedGhost
from tests.app.midi.fakes import FakeBackend, Synth

TUNE = ((0.5, 60.0, 0.25, 90.0), (0.0, 64.0, 0.75, 80.0), (0.5, 67.0, 0.25, 70.0))


class Keyboard:
    """One input on a fake engine. `send` returns what was played, and what was passed on as lists."""

    def __init__(self) -> None:
        self.engine = FakeEngine()
        controls = Controls(self.engine, Settings(), clock=ManualClock(10.0))
        self.keys = KeysIn(controls, lambda message: self.engine.log.append(list(message)))

    def send(self, *messages: list[int]) -> list[Any]:
        for message in messages:
            self.keys.take(bytes(message), 10.0)
        log, self.engine.log = self.engine.log, []
        return [each if isinstance(each[0], int) else [each[1], *each[2]] for each in log]


@pytest.mark.parametrize(
    ("messages", "played"),
    [
        ([[0x90, 60, 100], [0x80, 60, 64]], [["player note 60", 100], ["player up 60"]]),
        ([[0x95, 0, 1], [0x95, 0, 0]], [["player note 0", 1], ["player up 0"]]),
        ([[0x80, 60, 0]], []),
        (  # struck again without a note off
            [[0x90, 60, 100], [0x90, 60, 50], [0x80, 60, 0]],
            [["player note 60", 100], ["player up 60"], ["player note 60", 50], ["player up 60"]],
        ),
        (  # the same pitch from two halves of a keyboard
            [[0x90, 60, 100], [0x91, 60, 50], [0x80, 60, 0], [0x81, 60, 0]],
            [["player note 60", 100], ["player up 60"], ["player note 60", 50], ["player up 60"]],
        ),
        (  # the pedal holds what is let go while it is down, of its channel
            [
                [0x90, 60, 9], [0x91, 62, 9], [0xB0, 64, 127], [0x80, 60, 0], [0x81, 62, 0], [0x90, 64, 9],
                [0xB0, 64, 63], [0x80, 64, 0],
            ],
            [
                ["player note 60", 9], ["player note 62", 9], [0xB0, 64, 127], ["player up 62"],
                ["player note 64", 9], [0xB0, 64, 63], ["player up 60"], ["player up 64"],
            ],
        ),
        (  # a half pedal of a key that is struck again
            [[0xB0, 64, 64], [0x90, 60, 9], [0x80, 60, 0], [0x90, 60, 8], [0xB0, 64, 0], [0x80, 60, 0]],
            [
                [0xB0, 64, 64], ["player note 60", 9], ["player up 60"], ["player note 60", 8],
                [0xB0, 64, 0], ["player up 60"],
            ],
        ),
        ([[0xE0, 0, 127], [0xD0, 5], [0xB0, 1, 3]], [[0xE0, 0, 127], [0xD0, 5], [0xB0, 1, 3]]),
        ([[0xC0, 5]], []),
        (  # a reset lets go of the pedal and undoes the bend of whatever listens
            [[0xB0, 64, 127], [0x90, 60, 9], [0x80, 60, 0], [0xB0, 121, 0]],
            [[0xB0, 64, 127], ["player note 60", 9], [0xB0, 121, 0], ["player up 60"]],
        ),
    ],
)  # fmt: skip
def test_what_a_keyboard_plays(messages: list[list[int]], played: list[Any]) -> None:
    assert Keyboard().send(*messages) == played


@pytest.mark.parametrize("controller", [120, 123, 124, 125, 126, 127])
def test_the_messages_that_end_all_notes_end_those_of_their_channel(controller: int) -> None:
    keyboard = Keyboard()
    keyboard.send([0x90, 60, 9], [0xB0, 64, 127], [0x80, 60, 0], [0x90, 62, 9], [0x91, 64, 9])
    assert keyboard.send([0xB0, controller, 0]) == [["player up 60"], ["player up 62"]]


def test_a_port_that_goes_lets_go_of_its_keys_and_its_pedal() -> None:
    keyboard = Keyboard()
    keyboard.send([0x90, 60, 9], [0xB0, 64, 127], [0x80, 60, 0])
    keyboard.keys.release(10.0)
    assert keyboard.send() == [["player up 60"], [0xB0, 64, 0], [0xB0, 121, 0]]
    assert keyboard.send([0x90, 60, 9], [0x80, 60, 0]) == [["player note 60", 9], ["player up 60"]]


class Chain:
    """A keyboard, the real engine, and a synth at the other end."""

    def __init__(self, **setup: Any) -> None:
        self.clock, self.synth, self.settings = ManualClock(), Synth(), Settings()
        self.settings.set("threshold_s", 0.5)
        self.sink = MidiOut(OutSetup("synth", **setup), (), EchoFilter(), Changes(), clock=self.clock)
        self.sink.attach(self.synth, "synth 20:0")
        ghost = ScriptedGhost(TUNE, NOTE_COLUMNS)
        self.engine = Engine(ghost, self.settings, [self.sink], clock=self.clock)
        controls = Controls(self.engine, self.settings, clock=self.clock)
        opener = Opener(
            lambda wanted: FakeBackend(), controls, self.settings, NOTE_COLUMNS, EchoFilter(),
            list[str]().append, self.clock,
        )  # fmt: skip
        self.inputs, opener.sinks = opener.inputs, (self.sink,)
        self.receive = self.inputs.receiver(opener.reader(InSetup("keys")), "keys 24:0")

    def send(self, *messages: list[int], after_s: float = 0.0) -> list[list[int]]:
        self.run(after_s)
        for message in messages:
            self.receive(bytes(message))
        self.inputs.step()
        self.run(0.0)
        return self.synth.take()

    def run(self, seconds: float) -> None:
        self.engine.run_until(self.clock.now() + seconds)
        self.sink.step()


@given(
    st.lists(
        st.tuples(st.sampled_from([0x90, 0x80, 0xB0]), st.integers(0, 127), st.integers(1, 127)), max_size=40
    )
)
def test_every_byte_of_playing_comes_out_as_it_went_in(played: list[tuple[int, int, int]]) -> None:
    chain, down, messages = Chain(), set[int](), list[list[int]]()
    for status, number, value in played:
        if status == 0xB0:
            messages.append([status, 1 + number % 60, value])  # below the pedal
        elif number in down:
            messages.append([0x80, number, 0])
            down.discard(number)
        else:
            messages.append([0x90, number, value])
            down.add(number)
    assert chain.send(*messages) == messages
    assert {pitch for _, pitch in chain.synth.sounding} == down


def test_the_pedal_comes_out_and_its_notes_end_with_it() -> None:
    chain = Chain(channels={Source.PLAYER: 4, Source.GHOST: 5})
    assert chain.send([0x90, 60, 100], [0xB0, 64, 127], [0x80, 60, 0]) == [[0x94, 60, 100], [0xB4, 64, 127]]
    assert chain.send([0xB0, 64, 0], after_s=0.3) == [[0xB4, 64, 0], [0x84, 60, 0]]


def test_the_ghost_plays_on_its_channel_and_every_note_ends() -> None:
    chain = Chain()
    chain.send([0x90, 60, 100])
    chain.send([0x80, 60, 0], after_s=0.25)
    assert chain.send(after_s=0.5) == [[0x91, 60, 90], [0x91, 64, 80]]
    assert chain.send(after_s=0.26) == [[0x81, 60, 0]]
    assert chain.send([0x90, 72, 33])[:2] == [[0x90, 72, 33], [0x81, 64, 0]]
    assert chain.synth.sounding == {(0, 72)}


def test_a_note_of_the_ghost_that_nobody_ends_is_ended() -> None:
    chain = Chain()
    chain.send([0x90, 60, 100])
    chain.send([0x80, 60, 0], after_s=0.25)
    chain.send(after_s=0.5)
    chain.clock.advance_to(chain.clock.now() + LONGEST_NOTE_S)
    chain.sink.step()
    assert chain.synth.take() == [[0x81, 60, 0], [0x81, 64, 0]]


def test_an_output_of_the_ghost_alone_is_passed_nothing_of_the_player() -> None:
    chain = Chain(play=frozenset({Source.GHOST}))
    assert chain.send([0x90, 60, 100], [0xB0, 64, 127], [0xE0, 0, 3]) == []


def test_a_synth_that_comes_back_has_no_pedal_down_and_no_note() -> None:
    chain = Chain()
    chain.send([0x90, 60, 100], [0xB0, 64, 127])
    chain.sink.detach()
    chain.sink.attach(chain.synth, "synth 21:0")
    assert chain.synth.take() == [[0x80, 60, 0], [0xB0, 64, 0]]


def test_a_panic_ends_everything_and_the_late_note_off_is_nothing() -> None:
    chain = Chain()
    chain.send([0x90, 60, 100], [0x90, 64, 100])
    chain.engine.command("panic")
    assert chain.send()[:2] == [[0x80, 60, 0], [0x80, 64, 0]]
    assert chain.synth.sounding == set()


def test_a_mapping_of_notes_as_touches_does_not_fit_a_model_of_notes() -> None:
    from app.core.toml_file import TomlError
    from app.midi.compatibility import check_input_fits
    from app.midi.touches_in import TouchSetup

    with pytest.raises(TomlError, match="expected notes, got notes as touches"):
        check_input_fits(InSetup("keys", touch=TouchSetup()), NOTE_COLUMNS)
