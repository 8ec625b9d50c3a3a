"""The dialects: IMPSY's and RoboJam's messages in and out, and a table that is complete and documented."""

from __future__ import annotations

import math
from typing import Any

import pytest

from app.core.events import Event, Note, Release, Source, Touch, Values
from app.core.parameters import PARAMETERS
from app.osc.packet import parse
from app.osc.profiles import PROFILES
from tests.app.osc.test_inbound import OpenPort

P, G = Source.PLAYER, Source.GHOST


def test_impsys_interface_is_clamped() -> None:
    inbound_port = OpenPort("impsy")
    inbound_port.get("/interface", -0.5, 0.25, 7.0)
    inbound_port.get("/interface", 1, 0)
    assert [values for _, _, values in inbound_port.log] == [[0.0, 0.25, 1.0], [1.0, 0.0]]
    assert inbound_port.controls.n_clamped == 2


@pytest.mark.parametrize(
    ("address", "value", "name", "expected"),
    [
        ("/impsy/mode", "callresponse", "mode", "call"),
        ("/impsy/mode", "polyphony", "mode", "duet"),
        ("/impsy/mode", "battle", "mode", "solo"),
        ("/impsy/mode", "useronly", "mode", "listen"),
        ("/impsy/pause", 1, "pause", True),
        ("/impsy/pause", 1.0, "pause", True),
        ("/impsy/sigmatemp", 0.5, "sigma_temperature", 0.5),
        ("/impsy/sigmatemp", 0.0, "sigma_temperature", 0.01),
        ("/impsy/pitemp", 10.0, "pi_temperature", 3.0),
        ("/impsy/timescale", 2, "timescale", 2.0),
    ],
)
def test_impsys_parameters(address: str, value: Any, name: str, expected: Any) -> None:
    inbound_port = OpenPort("impsy")
    inbound_port.surface.settings.set("mode", "loop")
    inbound_port.get(address, value)
    assert inbound_port.surface.settings[name] == expected


def test_impsys_pause_ends_and_its_reset_takes_anything() -> None:
    inbound_port = OpenPort("impsy")
    inbound_port.get("/impsy/pause", 1)
    inbound_port.get("/impsy/pause", 0)
    inbound_port.get("/impsy/reset")
    inbound_port.get("/impsy/reset", 1, "x")
    assert not inbound_port.surface.settings.is_on("pause") and inbound_port.log == ["reset", "reset"]


@pytest.mark.parametrize(
    ("address", "arguments", "reason"),
    [
        ("/interface", (0.5, math.nan), "/interface: x2: expected a number in [0, 1], got nan."),
        ("/interface", (0.5,) * 65, "/interface: values: expected 1 to 64 numbers, got 65."),
        ("/interface", ("a",), "/interface: expected ,f.., got ,s."),
        ("/impsy/mode", ("jam",), "/impsy/mode: expected one of callresponse, polyphony, battle, useronly"),
        ("/impsy/pitemp", (math.inf,), "/impsy/pitemp: pi_temperature: expected a number from 0.05 to 3"),
        ("/impsy/pause", (math.nan,), "/impsy/pause: expected a finite number, got nan."),
        ("/ghostjam/touch", (0, 0.5, 0.5, 0), "no such address"),
    ],
)
def test_what_impsy_would_choke_on_is_refused(address: str, arguments: Any, reason: str) -> None:
    inbound_port = OpenPort("impsy")
    before = inbound_port.surface.settings.snapshot()
    inbound_port.get(address, *arguments)
    assert inbound_port.controls.last_refusal.startswith(f"OSC port 9: {reason}")
    assert inbound_port.log == [] and inbound_port.surface.settings.snapshot() == before


def test_robojams_touch_begins_moves_and_ends() -> None:
    inbound_port = OpenPort("robojam")
    inbound_port.get("/touch", "/x", 0.25, "/y", 1.5, "/z", 38.0)
    inbound_port.get("/touch", "/x", 0.5, "/y", 0.5, "/z", 0.5)
    inbound_port.surface.clock.advance_to(12.0)
    inbound_port.inbound.advance()
    inbound_port.get("/touch", "/x", 0.75, "/y", 0.5, "/z", 38.0)
    inbound_port.get("/touch", "/x", 0.75, "/y", 0.5, "/z", 0.0)
    assert inbound_port.log == [
        [10.0, "player touch 0", [0.25, 1.0, 0]],
        [10.0, "player touch 0", [0.5, 0.5, 1]],
        [12.0, "player release 0", []],
        [12.0, "player touch 0", [0.75, 0.5, 0]],
        [12.0, "player release 0", []],
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("/x", 0.5, "/y", math.nan, "/z", 1.0),
        ("/y", 0.5, "/x", 0.5, "/z", 1.0),
        ("/x", 0.5, "/y", 0.5, "/z"),
        (0.5, 0.5, 1.0),
    ],
)
def test_what_is_no_touch_of_robojam_is_refused(arguments: Any) -> None:
    inbound_port = OpenPort("robojam")
    inbound_port.get("/touch", *arguments)
    assert inbound_port.log == [] and inbound_port.controls.n_refused == 1


def test_robojams_instrument() -> None:
    inbound_port = OpenPort("robojam")
    inbound_port.get("/inst", "chirp")
    inbound_port.get("/inst", "tuba")
    assert inbound_port.surface.settings["instrument"] == "chirp" and inbound_port.controls.n_refused == 1


@pytest.mark.parametrize(
    ("profile", "event", "message"),
    [
        ("impsy", Values(1.0, G, (0.5, 0.25)), ("/impsy", "ff", (0.5, 0.25))),
        ("impsy", Touch(1.0, G, 2, 0.5, 0.25, True), ("/impsy", "ff", (0.5, 0.25))),
        ("impsy", Values(1.0, P, (0.5, 0.25)), None),
        ("impsy", Release(1.0, G, 2), None),
        ("robojam", Touch(1.0, P, 0, 0.5, 0.25, False, 0.5),
         ("/touch", "sfsfsf", ("/x", 0.5, "/y", 0.25, "/z", 19.0))),
        ("robojam", Release(1.0, G, 0), None),
        ("robojam", Values(1.0, G, (0.5,)), None),
        ("impsy", Note(1.0, G, 60, 90), None),
        ("robojam", Note(1.0, G, 60, 90), None),
        ("ghostjam", Note(1.0, G, 60, 90), ("/ghostjam/note", "sii", ("ghost", 60, 90))),
        ("ghostjam", Release(1.0, P, 188), ("/ghostjam/note", "sii", ("player", 60, 0))),
        ("ghostjam", Release(1.0, P, 3), ("/ghostjam/release", "si", ("player", 3))),
        ("ghostjam", Touch(1.0, G, 2, 0.5, 0.25, True),
         ("/ghostjam/touch", "siffi", ("ghost", 2, 0.5, 0.25, 1))),
    ],
)  # fmt: skip
def test_events_go_out_as_the_dialect_says(profile: str, event: Event, message: Any) -> None:
    packet = PROFILES[profile].encode(event)
    assert (None if packet is None else parse(packet)[0][:3]) == message


def test_states_go_out_as_the_dialect_says() -> None:
    def said(profile: str, name: str, value: Any) -> Any:
        packet = PROFILES[profile].encode_state(name, value)
        return None if packet is None else parse(packet)[0][:3]

    assert said("ghostjam", "mute", True) == ("/ghostjam/state/mute", "i", (1,))
    assert said("ghostjam", "timescale", 2.0) == ("/ghostjam/state/timescale", "f", (2.0,))
    assert said("ghostjam", "mode", "duet") == ("/ghostjam/state/mode", "s", ("duet",))
    assert said("robojam", "instrument", "keys") == ("/inst", "s", ("keys",))
    assert said("robojam", "mode", "duet") is None and said("impsy", "mode", "duet") is None


@pytest.mark.parametrize("name", list(PROFILES))
def test_every_entry_is_named_once_and_explained(name: str) -> None:
    table = PROFILES[name].table
    addresses = [entry.address for entry in table]
    assert len(addresses) == len(set(addresses))
    for entry in table:
        assert entry.address.startswith("/") and entry.help and "|" not in entry.help + entry.arguments
        assert bool(entry.arguments) == bool(entry.types)


def test_every_live_parameter_has_an_address() -> None:
    addresses = {entry.address for entry in PROFILES["ghostjam"].table}
    assert {f"/ghostjam/set/{p.name}" for p in PARAMETERS} <= addresses
