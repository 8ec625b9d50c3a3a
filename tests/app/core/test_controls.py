"""Controls: what every surface may do, as literal events and with a clock moved by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from app.core.clock import ManualClock
from app.core.controls import MAX_VALUES, Controls
from app.core.events import Event
from app.core.midi_clock import Beat
from app.core.parameters import ParameterError, Settings
from app.core.refusals import ControlError
from app.core.status import NOTICE_S, Counters, Status
from tests.app.fakes import Stage, literal


class FakeEngine:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.log: list[Any] = []
        self.told: list[str] = []
        self.n_panics = 0
        self._beat = Beat()

    def submit(self, event: Event) -> None:
        self.log.append(literal(event))

    def in_order(self, job: Callable[[], None]) -> None:
        job()

    def command(self, name: str) -> None:
        self.log.append(name)
        self.n_panics += name == "panic"

    def tell(self, text: str) -> None:
        self.told.append(text)

    @property
    def beat(self) -> Beat:
        return self._beat

    def status(self) -> Status:
        return Status("ghost", "call", "touch", None, Counters(), 0.0, 0.0, None, "all well")


class FakeAdaptation:
    """Notes down in the log of the engine what it is told."""

    said = "learning 42 %"

    def __init__(self, log: list[Any]) -> None:
        self._log = log

    def adapt(self) -> None:
        self._log.append("adapt")

    def back(self) -> None:
        self._log.append("back")


class Surface:
    """Controls on a fake engine."""

    def __init__(self, **presets: dict[str, Any]) -> None:
        self.engine = FakeEngine()
        self.settings = Settings()
        self.clock = ManualClock(10.0)
        self.controls = Controls(self.engine, self.settings, clock=self.clock, presets=presets)

    @property
    def log(self) -> list[Any]:
        return self.engine.log


def test_a_contact_begins_moves_and_ends() -> None:
    surface = Surface()
    surface.controls.touch(3, 0.25, 0.5, False)
    surface.controls.touch(3, 0.5, 0.75, True, time_s=9.5)
    surface.controls.release(3)
    assert surface.log == [
        [10.0, "player touch 3", [0.25, 0.5, 0]],
        [9.5, "player touch 3", [0.5, 0.75, 1]],
        [10.0, "player release 3", []],
    ]


def test_a_contact_whose_beginning_was_lost_begins_where_it_is_heard_of() -> None:
    surface = Surface()
    surface.controls.touch(0, 0.25, 0.5, True)
    assert surface.log == [[10.0, "player touch 0", [0.25, 0.5, 0]]]


def test_a_contact_whose_release_was_lost_ends_before_the_next() -> None:
    surface = Surface()
    surface.controls.touch(0, 0.25, 0.5, False)
    surface.controls.touch(0, 0.5, 0.5, False)
    assert [what for _, what, _ in surface.log] == ["player touch 0", "player release 0", "player touch 0"]


def test_a_key_goes_down_and_up_and_is_let_go_before_it_is_struck_again() -> None:
    surface = Surface()
    surface.controls.note(60, 90)
    surface.controls.note(60, 20, time_s=9.5)
    surface.controls.note(60, 0)
    surface.controls.note(60, 0)
    assert surface.log == [
        [10.0, "player note 60", [90]],
        [9.5, "player up 60", []],
        [9.5, "player note 60", [20]],
        [10.0, "player up 60", []],
    ]


def test_a_velocity_out_of_range_is_taken_at_its_end() -> None:
    surface = Surface()
    surface.controls.note(60, 128)
    surface.controls.note(60, -1)
    assert [[what, *values] for _, what, values in surface.log] == [["player note 60", 127], ["player up 60"]]
    assert surface.controls.n_clamped == 2


@pytest.mark.parametrize(("pitch", "velocity"), [(128, 64), (-1, 64), (-1, 0), (128, 0)])
def test_a_key_that_there_is_not_is_refused(pitch: int, velocity: int) -> None:
    surface = Surface()
    with pytest.raises(ControlError, match=r"^pitch: expected a whole number"):
        surface.controls.note(pitch, velocity)
    assert surface.log == []


def test_a_device_that_does_not_tell_moves_what_is_down() -> None:
    surface = Surface()
    surface.controls.touch(0, 0.25, 0.5)
    surface.controls.touch(0, 0.5, 0.5)
    assert [values[2] for _, _, values in surface.log] == [0, 1]


def test_a_release_of_nothing_is_nothing() -> None:
    surface = Surface()
    surface.controls.release(0)
    assert surface.log == []


def test_a_contact_without_release_ends_after_a_silence_of_its_own() -> None:
    surface = Surface()
    surface.controls.touch(0, 0.5, 0.5, False, release_after_s=1.0)
    surface.controls.touch(1, 0.5, 0.5, False)
    surface.clock.advance_to(10.9)
    surface.controls.touch(0, 0.6, 0.5, True, release_after_s=1.0)
    assert surface.controls.expire() == pytest.approx(11.9)
    surface.clock.advance_to(12.0)
    assert surface.controls.expire() == math.inf
    assert surface.log[3:] == [[12.0, "player release 0", []]]
    surface.controls.touch(0, 0.7, 0.5, True)
    assert surface.log[4] == [12.0, "player touch 0", [0.7, 0.5, 0]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: c.touch(-1, 0.5, 0.5), "voice: expected 0 to 63, got -1."),
        (lambda c: c.touch(64, 0.5, 0.5), "voice: expected 0 to 63, got 64."),
        (lambda c: c.touch(0, math.nan, 0.5), "x: expected a number in [0, 1], got nan."),
        (lambda c: c.touch(0, 0.5, math.inf), "y: expected a number in [0, 1], got inf."),
        (lambda c: c.touch(0, 1.5, math.inf), "y: expected a number in [0, 1], got inf."),
        (lambda c: c.touch(0, 0.5, 0.5, pressure=0.0), "pressure: expected a number above 0"),
        (lambda c: c.touch(0, 0.5, 0.5, pressure=-1.0), "pressure: expected a number above 0"),
        (lambda c: c.touch(0, 0.5, 0.5, time_s=math.nan), "time_s: expected finite seconds, got nan."),
        (lambda c: c.release(64), "voice: expected 0 to 63, got 64."),
        (lambda c: c.values([]), "values: expected 1 to 64 numbers, got 0."),
        (lambda c: c.values([0.5] * (MAX_VALUES + 1)), "values: expected 1 to 64 numbers, got 65."),
        (lambda c: c.values([0.5, math.nan]), "x2: expected a number in [0, 1], got nan."),
    ],
)
def test_what_must_not_enter_is_refused_and_changes_nothing(call: Any, message: str) -> None:
    surface = Surface()
    with pytest.raises(ControlError) as error:
        call(surface.controls)
    assert str(error.value).startswith(message)
    assert surface.log == []
    surface.controls.touch(0, 0.5, 0.5, True)
    assert surface.log[0][2][2] == 0  # no contact was begun by what was refused


def test_values() -> None:
    surface = Surface()
    surface.controls.values([0.0, 1.0, 0.5], time_s=9.0)
    assert surface.log == [[9.0, "player values 0", [0.0, 1.0, 0.5]]]


def test_parameters_are_set_and_read_and_refused() -> None:
    surface = Surface()
    surface.controls.set("threshold_s", 2.0)
    assert surface.controls.get("threshold_s") == 2.0
    with pytest.raises(ParameterError, match=r"threshold_s: expected a number from 0.1 to 10"):
        surface.controls.set("threshold_s", math.nan)
    with pytest.raises(ParameterError, match="parameter: expected one of mode, model"):
        surface.controls.get("tempo")
    assert surface.controls.all() == {
        **surface.settings.snapshot(), "ports": "", "bpm": 0.0,
        "turn": "ghost", "adapt": "idle", "notice": "all well", "refused": 0, "last_refusal": "",
        "clamped": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "given", "expected", "n_clamped"),
    [
        ("volume", 1.0000001, 1.0, 1), ("volume", -7, 0.0, 1), ("volume", 0.5, 0.5, 0),
        ("pi_temperature", 0.0, 0.05, 1), ("threshold_s", 99.0, 10.0, 1),
        ("reply_s", -1.0, -1.0, 0), ("reply_s", -0.4, 0.0, 0), ("reply_s", -5.0, -1.0, 1),
        ("pause", 0.7, True, 1), ("pause", 0.2, False, 1), ("mute", 127, True, 1), ("mute", 1.0, True, 0),
        ("mode", 2, "solo", 0), ("mode", 4.0, "loop", 0), ("ghosts", 0, "each", 0),
        ("mode", "duet", "duet", 0),
    ],
)  # fmt: skip
def test_what_a_surface_sends_is_taken_as_it_is_meant(
    name: str, given: Any, expected: Any, n_clamped: int
) -> None:
    surface = Surface()
    surface.controls.set(name, given)
    assert surface.settings[name] == expected and type(surface.settings[name]) is type(expected)
    assert (surface.controls.n_clamped, surface.controls.get("clamped")) == (n_clamped, n_clamped)
    assert surface.controls.n_refused == 0


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("mode", 5, "mode: expected a word or a number from 0 to 4, got 5."),
        ("mode", -1, "mode: expected a word or a number from 0 to 4, got -1."),
        ("mode", 1.5, "mode: expected one of call, duet, solo, listen, loop, got 1.5."),
        ("mode", math.inf, "mode: expected one of call, duet, solo, listen, loop, got inf."),
        ("volume", math.nan, "volume: expected a number from 0 to 1, got nan."),
        ("volume", math.inf, "volume: expected a number from 0 to 1, got inf."),
        ("volume", True, "volume: expected a number from 0 to 1, got True."),
        ("pause", math.nan, "pause: expected true or false (1 or 0), got nan."),
    ],
)
def test_what_means_nothing_is_refused(name: str, given: Any, message: str) -> None:
    surface = Surface()
    before = surface.settings.snapshot()
    with pytest.raises(ParameterError) as error:
        surface.controls.set(name, given)
    assert str(error.value) == message
    assert surface.settings.snapshot() == before and surface.controls.n_clamped == 0


def test_positions_out_of_range_are_taken_at_the_edge_and_counted() -> None:
    surface = Surface()
    surface.controls.touch(0, 1.000001, -0.000001, False)
    surface.controls.touch(0, 640.0, 0.5, True, pressure=38.0)
    surface.controls.values([0.5, 1.001, -3.0])
    assert surface.log == [
        [10.0, "player touch 0", [1.0, 0.0, 0]],
        [10.0, "player touch 0", [1.0, 0.5, 1]],
        [10.0, "player values 0", [0.5, 1.0, 0.0]],
    ]
    assert surface.controls.n_clamped == 6


def test_a_slight_excess_is_not_told_and_a_large_one_seldom() -> None:
    surface = Surface()
    surface.controls.touch(0, 1.000001, 0.5, False)
    surface.controls.set("pause", 0.7)
    assert surface.engine.told == []
    for _ in range(3):
        surface.controls.touch(0, 640.0, 0.5, True)
    assert surface.engine.told == ["Clamped: x: expected a number from 0 to 1, got 640."]


def test_the_four_verbs() -> None:
    surface = Surface()
    surface.controls.set("pause", True)
    surface.controls.set("mute", True)
    surface.controls.reset()
    surface.controls.panic()
    assert surface.settings.is_on("pause") and surface.settings.is_on("mute")
    assert surface.log == ["reset", "panic"]


def test_a_ghost_that_learns_is_told_to_and_asked() -> None:
    surface = Surface()
    for command in (surface.controls.adapt, surface.controls.adapt_back):
        with pytest.raises(ControlError, match=r"^the ghost does not learn here\.$"):
            command()
    surface.controls.adaptation = FakeAdaptation(surface.log)
    surface.controls.adapt()
    surface.controls.adapt_back()
    assert surface.log == ["adapt", "back"]
    assert surface.controls.get("adapt") == "learning 42 %"


def test_after_a_panic_nothing_is_down() -> None:
    surface = Surface()
    surface.controls.touch(0, 0.5, 0.5, False)
    surface.controls.panic()
    surface.controls.touch(0, 0.5, 0.5, True)
    assert surface.log[2][2][2] == 0


def test_presets_by_name_and_by_number() -> None:
    surface = Surface(calm={"timescale": 2.0, "mode": "duet"}, wild={"sigma_temperature": 3})
    surface.controls.preset("calm")
    surface.controls.preset(1)
    values = surface.settings.snapshot()
    assert (values["timescale"], values["mode"], values["sigma_temperature"]) == (2.0, "duet", 3.0)
    with pytest.raises(ParameterError, match="preset: expected one of calm, wild, got 'loud'"):
        surface.controls.preset("loud")
    with pytest.raises(ParameterError, match="preset: expected a number below 2, got 2"):
        surface.controls.preset(2)


def test_a_preset_that_no_parameter_accepts_is_refused_at_once() -> None:
    with pytest.raises(ParameterError, match=r"timescale: expected a number from 0.25 to 4, got 9"):
        Surface(fast={"timescale": 9})


def test_refusals_are_counted_and_shown_but_do_not_flood() -> None:
    surface = Surface()
    for index in range(100):
        surface.controls.refuse(f"reason {index}")
    assert (surface.controls.n_refused, surface.controls.last_refusal) == (100, "reason 99")
    assert surface.engine.told == ["Refused: reason 0"]
    surface.clock.advance_to(10.0 + NOTICE_S)
    surface.controls.refuse("later")
    assert surface.engine.told == ["Refused: reason 0", "Refused: later"]


def test_the_real_engine_plays_and_shows_it() -> None:
    stage = Stage("listen")
    controls = Controls(stage.engine, stage.settings, clock=stage.clock)
    controls.touch(2, 0.5, 0.25, False)
    controls.release(2)
    controls.refuse("too much")
    stage.engine.step()
    assert stage.sink.log == [[0.0, "player touch 2", [0.5, 0.25, 0]], [0.0, "player release 2", []]]
    assert stage.engine.status().notice == "Refused: too much"
