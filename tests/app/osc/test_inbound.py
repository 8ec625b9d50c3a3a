"""OSC in without a socket: what a datagram does, with a clock moved by hand."""

from __future__ import annotations

import itertools
import math
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.controls import RELEASE_AFTER_S, Controls
from app.osc.budget import ANSWERS, MESSAGES
from app.osc.inbound import MAX_LATER, Inbound
from app.osc.packet import IMMEDIATELY, build, build_bundle, from_unix_s, padded, parse
from app.osc.profiles import PROFILES
from app.osc.table import LISTENS_S, MAX_SENDERS
from tests.app.core.test_controls import FakeAdaptation, Surface

ALICE, BOB = ("127.0.0.1", 5001), ("127.0.0.1", 5002)
WHOLE = "expected a whole number from"
EVE, MALLORY = ("198.51.100.7", 6001), ("198.51.100.8", 6002)  # in the network
FRACTION = "expected a number in [0, 1]"
WALL_S = 1_900_000_000.0  # what the calendar says when the clock says 10.0


class OpenPort:
    """An open port on a fake engine."""

    def __init__(self, profile: str = "ghostjam", **presets: dict[str, Any]) -> None:
        self.surface = Surface(**presets)
        self.sent: list[tuple[Any, ...]] = []
        self.inbound = Inbound(
            self.surface.controls,
            PROFILES[profile],
            lambda packet, sender: self.sent.append((sender[1], *parse(packet)[0][::2])),
            name="OSC port 9",
            clock=self.surface.clock,
            wall_s=lambda: WALL_S - 10.0 + self.surface.clock.now(),
        )

    def get(self, address: str, *arguments: Any, sender: Any = ALICE) -> None:
        self.inbound.receive(build(address, arguments), sender)

    def network(self, address: str, *arguments: Any, sender: Any = EVE) -> None:
        self.inbound.receive_any(build(address, arguments), sender)

    def at(self, time_s: float, *packets: bytes) -> None:
        """A bundle for when the clock says `time_s`."""
        self.inbound.receive(build_bundle(packets, from_unix_s(WALL_S - 10.0 + time_s)), ALICE)

    @property
    def log(self) -> list[Any]:
        return self.surface.log

    @property
    def controls(self) -> Controls:
        return self.surface.controls


def test_touch_release_values_and_notes_play() -> None:
    inbound_port = OpenPort()
    inbound_port.get("/ghostjam/touch", 3, 0.25, 0.5, 0)
    inbound_port.get("/ghostjam/touch", 3, 0.5, 0.75, 1)
    inbound_port.get("/ghostjam/release", 3)
    inbound_port.get("/ghostjam/values", 0.0, 0.5, 1.0)
    inbound_port.get("/ghostjam/note", 60, 90)
    inbound_port.get("/ghostjam/note", 60.0, 0)
    assert inbound_port.log == [
        [10.0, "player touch 3", [0.25, 0.5, 0]],
        [10.0, "player touch 3", [0.5, 0.75, 1]],
        [10.0, "player release 3", []],
        [10.0, "player values 0", [0.0, 0.5, 1.0]],
        [10.0, "player note 60", [90]],
        [10.0, "player up 60", []],
    ]
    assert (inbound_port.controls.n_refused, inbound_port.sent) == (0, [])


def test_a_known_header_does_what_a_parsed_one_does() -> None:
    inbound_port = OpenPort()
    for _ in range(3):  # the first is parsed, the others are looked up
        inbound_port.get("/ghostjam/touch", 3, 0.25, 0.5, 0)
        inbound_port.get("/ghostjam/release", 3)
    assert inbound_port.log == 3 * [[10.0, "player touch 3", [0.25, 0.5, 0]], [10.0, "player release 3", []]]
    inbound_port.inbound.receive(build("/ghostjam/touch", (3, 0.25, 0.5, 0))[:-4], ALICE)
    assert inbound_port.controls.last_refusal.endswith("the packet ends before its arguments ,iffi do.")


@pytest.mark.parametrize("known", [False, True])
def test_a_short_packet_is_never_a_jump_of_the_pen(known: bool) -> None:
    inbound_port = OpenPort()
    if known:
        inbound_port.get("/ghostjam/touch", 0, 0.5, 0.5, 0)
    before = list(inbound_port.log)
    whole = build("/ghostjam/touch", (0, 0.5, 0.5, 1))
    for length in range(len(whole)):
        inbound_port.inbound.receive(whole[:length], ALICE)
    assert inbound_port.log == before
    assert inbound_port.controls.n_refused == len(whole)


@pytest.mark.parametrize(
    "arguments", [b",N\0\0", b",I\0\0", b",T\0\0", b",i\0\0\0\0\0\1", b",s\0\0x\0\0\0", b",\0\0\0"]
)
@pytest.mark.parametrize("address", ["/ghostjam/panic", "/ghostjam/reset"])
def test_a_button_may_send_anything(address: str, arguments: bytes) -> None:
    inbound_port = OpenPort()
    inbound_port.inbound.receive(padded(address) + arguments, ALICE)
    assert inbound_port.log == [address.rpartition("/")[2]] and inbound_port.controls.n_refused == 0
    for released in (b",F\0\0", b",i\0\0" + bytes(4), b",f\0\0" + bytes(4), b",if\0" + bytes(8)):
        inbound_port.inbound.receive(padded(address) + released, ALICE)
    assert len(inbound_port.log) == 1 and inbound_port.controls.n_refused == 0


def test_ping_and_get_on_a_button() -> None:
    inbound_port = OpenPort()
    for value in (1, 0, 1.0, 0.0):
        inbound_port.get("/ghostjam/ping", value)
    assert inbound_port.sent == 2 * [(5001, "/ghostjam/pong", (1,))]
    inbound_port.get("/ghostjam/get", 0.0)
    assert len(inbound_port.sent) == 2
    inbound_port.get("/ghostjam/get", 1.0)
    assert len(inbound_port.sent) == 2 + len(inbound_port.controls.all())


def test_choices_and_presets_by_number() -> None:
    inbound_port = OpenPort(calm={"timescale": 2.0}, wild={"timescale": 0.5})
    inbound_port.get("/ghostjam/set/mode", 2)
    inbound_port.get("/ghostjam/set/scale", 1.0)
    inbound_port.get("/ghostjam/preset", 1)
    chosen = [inbound_port.surface.settings[name] for name in ("mode", "scale", "timescale")]
    assert chosen == ["solo", "pentatonic", 0.5] and inbound_port.controls.n_refused == 0
    inbound_port.get("/ghostjam/preset", 2)
    assert inbound_port.sent[0][2] == ("/ghostjam/preset: preset: expected a number below 2, got 2.",)


def test_switches_take_any_number_and_count_it() -> None:
    inbound_port = OpenPort()
    for address in ("/ghostjam/set/pause", "/ghostjam/mute", "/ghostjam/listen"):
        inbound_port.get(address, 0.7)
    inbound_port.get("/ghostjam/touch", 0, 0.5, 0.5, 0.2)
    inbound_port.get("/ghostjam/touch", 0, 0.5, 1.000001, 2)
    assert inbound_port.surface.settings.is_on("pause") and inbound_port.surface.settings.is_on("mute")
    assert ALICE in inbound_port.inbound.listeners
    assert [values for _, _, values in inbound_port.log] == [[0.5, 0.5, 0], [0.5, 1.0, 1]]
    assert (inbound_port.controls.n_clamped, inbound_port.controls.n_refused) == (6, 0)
    inbound_port.get("/ghostjam/mute", math.nan)
    assert (inbound_port.controls.n_clamped, inbound_port.controls.n_refused) == (6, 1)


def test_an_xy_pad_is_a_finger() -> None:
    inbound_port = OpenPort()
    for _ in range(2):  # the first is parsed, the other is looked up
        inbound_port.get("/touch", 0.25, 0.5)
        inbound_port.get("/touch/5", 0.25, 0.75, 0.5)
    assert inbound_port.log == [
        [10.0, "player touch 0", [0.25, 0.5, 0]],
        [10.0, "player touch 5", [0.25, 0.75, 0]],
        [10.0, "player touch 0", [0.25, 0.5, 1]],
        [10.0, "player touch 5", [0.25, 0.75, 1]],
    ]
    assert inbound_port.inbound.advance() == 10.0 + RELEASE_AFTER_S
    inbound_port.get("/touch/5", 0.25, 0.75, 0.0)
    assert inbound_port.log[-1] == [10.0, "player release 5", []]
    assert inbound_port.controls.n_refused == 0


def test_a_pattern_reaches_every_address_it_means_that_takes_its_arguments() -> None:
    inbound_port = OpenPort()
    inbound_port.get("/ghostjam/set/*_temperature", 2.0)
    inbound_port.get("/ghostjam/{mute,pause}", 1)
    inbound_port.get("/touch/[1-3]", 0.5, 0.5)
    inbound_port.get("/ghostjam/re[rs]e?")
    settings = inbound_port.surface.settings
    assert settings.number("pi_temperature") == settings.number("sigma_temperature") == 2.0
    assert settings.is_on("mute") and settings.is_on("pause")
    touched = [[10.0, f"player touch {voice}", [0.5, 0.5, 0]] for voice in (1, 2, 3)]
    assert inbound_port.log == [*touched, "reset"] and inbound_port.controls.n_refused == 0
    inbound_port.at(10.5, build("/touch/[12]", (0.25, 0.5)))
    inbound_port.surface.clock.advance_to(10.6)
    inbound_port.inbound.advance()
    assert [what for _, what, _ in inbound_port.log[4:]] == ["player touch 1", "player touch 2"]


def test_no_datagram_of_the_network_has_more_than_a_fixed_amount_of_answers() -> None:
    inbound_port = OpenPort()
    every_size = [build_bundle([build("/ghostjam/get", ())] * n, IMMEDIATELY) for n in (1, 60, 1200)]
    answers = []
    for bundle in every_size:
        inbound_port.surface.clock.advance_to(inbound_port.surface.clock.now() + 10.0)
        inbound_port.inbound.receive_any(bundle, EVE)
        answers.append(len(inbound_port.sent))
        inbound_port.sent.clear()
    assert answers == [len(inbound_port.controls.all()), ANSWERS.at_once, 0]
    refused = build_bundle([build("/ghostjam/set/mode", ("x",))] * 60, IMMEDIATELY)
    inbound_port.surface.clock.advance_to(100.0)
    inbound_port.inbound.receive_any(refused, EVE)
    assert len(inbound_port.sent) == ANSWERS.at_once
    inbound_port.inbound.receive(every_size[2], ALICE)  # this machine's own are not held to it
    assert len(inbound_port.sent) == ANSWERS.at_once + 1200 * answers[0]


def test_strangers_with_many_addresses_have_a_budget_together() -> None:
    inbound_port = OpenPort()
    for number in range(200):
        inbound_port.network("/ghostjam/get", sender=(f"203.0.113.{number}", 9))
    assert len(inbound_port.sent) <= ANSWERS.together * ANSWERS.at_once
    for number in range(2000):
        inbound_port.network("/ghostjam/reset", sender=(f"203.0.113.{number % 200}", number))
    assert len(inbound_port.log) <= MESSAGES.together * MESSAGES.at_once / 4
    assert any(
        "sends more than is taken from the network" in told for told in inbound_port.surface.engine.told
    )
    inbound_port.get("/ghostjam/reset")
    assert inbound_port.log[-1] == "reset" and inbound_port.controls.n_refused > 1500


def test_ten_fingers_of_a_tablet_in_the_network_are_within_the_budget() -> None:
    inbound_port = OpenPort()
    for report in range(240):  # two seconds at 120 a second
        inbound_port.surface.clock.advance_to(10.0 + report / 120)
        touches = [build("/ghostjam/touch", (finger, 0.5, 0.5, int(report > 0))) for finger in range(10)]
        inbound_port.inbound.receive_any(build_bundle(touches, IMMEDIATELY), EVE)
        for finger in range(10):
            inbound_port.network(
                "/touch/2", 0.5, 0.5, sender=("2001:db8::7", 9, 0, 0)
            ) if finger < 5 else None
    assert inbound_port.controls.n_refused == 0 and len(inbound_port.log) == 240 * 15


def test_what_the_network_sends_ahead_is_held_to_the_budget_when_it_is_due() -> None:
    inbound_port = OpenPort()
    for at_s in range(40):
        inbound_port.surface.clock.advance_to(10.0 + at_s / 20)
        bundle = build_bundle([build("/ghostjam/reset", ())] * 200, from_unix_s(WALL_S + 2.0))
        inbound_port.inbound.receive_any(bundle, EVE if at_s % 2 else MALLORY)
    n_waiting = len(inbound_port.inbound._later)
    assert n_waiting <= MAX_LATER // 2
    inbound_port.at(12.0, build("/ghostjam/panic", ()))
    assert len(inbound_port.inbound._later) == n_waiting + 1  # there is room for this machine's own
    inbound_port.surface.clock.advance_to(12.5)
    inbound_port.inbound.advance()
    assert inbound_port.log.count("reset") <= MESSAGES.together * MESSAGES.at_once / 4


def test_the_network_drives_no_sender_of_this_machine_out_of_memory() -> None:
    inbound_port = OpenPort()
    inbound_port.get("/ghostjam/release", 0)
    for number in range(3 * MAX_SENDERS):
        inbound_port.surface.clock.advance_to(10.0 + number)
        inbound_port.network("/ghostjam/release", 0, sender=("203.0.113.1", number))
    inbound_port.get("/ghostjam/touch", 0, 0.5, 0.5, 0)
    assert inbound_port.inbound.advance() == math.inf  # Alice lifts, that is not forgotten
    assert len(inbound_port.inbound._lifters) == MAX_SENDERS + 1


def test_numbers_may_come_as_another_kind_where_nothing_is_lost() -> None:
    inbound_port = OpenPort()
    inbound_port.get("/ghostjam/touch", 2.0, 1, 0, 0.0)
    inbound_port.get("/ghostjam/pause", 1.0)
    inbound_port.inbound.receive(padded("/ghostjam/mute") + padded(",T"), ALICE)
    assert inbound_port.log == [[10.0, "player touch 2", [1.0, 0.0, 0]]]
    assert inbound_port.surface.settings.is_on("pause") and inbound_port.surface.settings.is_on("mute")


@pytest.mark.parametrize(
    ("address", "arguments", "reason"),
    [
        ("/ghostjam/touch", (0, 0.5, 0.5), "/ghostjam/touch: expected ,iffi, got ,iff."),
        ("/ghostjam/touch", (0, 0.5, 0.5, 1, 1), "/ghostjam/touch: expected ,iffi, got ,iffii."),
        ("/ghostjam/touch", ("player", 0, 0.5, 0.5, 1), "/ghostjam/touch: expected ,iffi, got ,siffi."),
        ("/ghostjam/touch", ("0", 0.5, 0.5, 1), "/ghostjam/touch: expected ,iffi, got ,sffi."),
        ("/ghostjam/touch", (0.5, 0.5, 0.5, 1), "/ghostjam/touch: expected ,iffi, got ,fffi."),
        ("/ghostjam/touch", (0, math.nan, 0.5, 1), f"/ghostjam/touch: x: {FRACTION}, got nan."),
        ("/ghostjam/touch", (0, 0.5, math.inf, 1), f"/ghostjam/touch: y: {FRACTION}, got inf."),
        ("/ghostjam/touch", (-1, 0.5, 0.5, 1), "/ghostjam/touch: voice: expected 0 to 63, got -1."),
        ("/ghostjam/note", (60,), "/ghostjam/note: expected ,ii, got ,i."),
        ("/ghostjam/note", (60.5, 90), "/ghostjam/note: expected ,ii, got ,fi."),
        ("/ghostjam/note", (128, 90), f"/ghostjam/note: pitch: {WHOLE} 0 to 127, got 128."),
        ("/ghostjam/touch", (0, 0.5, 0.5, math.nan), "/ghostjam/touch: moving: expected 0 or 1, got nan."),
        ("/ghostjam/touch", (0, 0.5, 0.5, "1"), "/ghostjam/touch: expected ,iffi, got ,iffs."),
        ("/touch", (0.5,), "/touch: expected ,ff or ,fff, got ,f."),
        ("/touch/3", (0.5, math.nan), f"/touch/3: y: {FRACTION}, got nan."),
        ("/touch/64", (0.5, 0.5), "no such address: '/touch/64'."),
        ("/touch/N", (0.5, 0.5), "no such address: '/touch/N'."),
        ("/ghostjam/values", (), "/ghostjam/values: expected ,f.., got ,."),
        ("/ghostjam/values", (0.5,) * 65, "/ghostjam/values: values: expected 1 to 64 numbers, got 65."),
        ("/ghostjam/values", (0.5, math.nan), f"/ghostjam/values: x2: {FRACTION}, got nan."),
        ("/ghostjam", (), "no such address: '/ghostjam'."),
        ("/../../etc/passwd", (), "no such address: '/../../etc/passwd'."),
        ("/*", (0,), "no such address: '/*'."),
        ("/ghostjam/to*", (0.5,), "no such address: '/ghostjam/to*'."),
        ("/ghostjam/set/volum[e", (0.5,), "no such address: '/ghostjam/set/volum[e'."),
        ("/" + "x" * 500, (), "no such address: '/" + "x" * 56 + "...'."),
    ],
)  # fmt: skip
def test_what_is_refused_says_why_and_plays_nothing(address: str, arguments: Any, reason: str) -> None:
    inbound_port = OpenPort()
    for _ in range(2):  # a refusal does not make a header known
        inbound_port.get(address, *arguments)
    assert inbound_port.controls.last_refusal == f"OSC port 9: {reason}"
    assert (inbound_port.log, inbound_port.controls.n_refused, inbound_port.sent) == ([], 2, [])
    assert inbound_port.surface.engine.told == [f"Refused: OSC port 9: {reason}"]


def test_every_parameter_can_be_set_and_read() -> None:
    inbound_port = OpenPort()
    wanted = {"mode": "duet", "instrument": "drums", "scale": "minor", "pi_temperature": 0.05,
              "sigma_temperature": 0.01, "likeness": 2.0, "timescale": 4.0, "threshold_s": 0.1,
              "reply_s": 60.0, "loop_s": 1.0, "volume": 0.0, "pause": True, "mute": True,
              "model": "touch", "ghosts": "one", "quantise": "1/8"}  # fmt: skip
    assert set(wanted) == set(inbound_port.surface.settings.snapshot())
    for name, value in wanted.items():
        inbound_port.get(f"/ghostjam/set/{name}", value)
        inbound_port.get("/ghostjam/get", name)
    assert inbound_port.surface.settings.snapshot() == wanted
    assert [(port, address) for port, address, _ in inbound_port.sent] == [
        (5001, f"/ghostjam/state/{name}") for name in wanted
    ]
    answers = [values[0] for _, _, values in inbound_port.sent]
    assert answers == [v if isinstance(v, str) else pytest.approx(float(v)) for v in wanted.values()]


@pytest.mark.parametrize("address", ["/ghostjam/state/notice", "/ghostjam/refused", "/ghostjam/pong"])
def test_two_of_us_do_not_tell_each_other_for_ever(address: str) -> None:
    """What only goes out is refused and counted, but not told: to tell is to send a notice."""
    inbound_port = OpenPort()
    inbound_port.get(address, "no such address: '/ghostjam/state/notice'.")
    assert inbound_port.controls.n_refused == 1
    assert "no such address" in inbound_port.controls.last_refusal
    assert inbound_port.surface.engine.told == [] and inbound_port.sent == []


def test_a_setting_that_is_refused_is_answered_and_the_old_one_stays() -> None:
    inbound_port = OpenPort()
    inbound_port.get("/ghostjam/set/threshold_s", math.nan)
    inbound_port.get("/ghostjam/set/mode", "chess")
    inbound_port.get("/ghostjam/set/mode", 7)
    inbound_port.get("/ghostjam/set/mode", 0.5)
    inbound_port.get("/ghostjam/set/model", "../../etc/passwd")
    assert [(port, address) for port, address, _ in inbound_port.sent] == 5 * [(5001, "/ghostjam/refused")]
    assert [values[0].split(": ", 1)[1] for _, _, values in inbound_port.sent] == [
        "threshold_s: expected a number from 0.1 to 10, got nan.",
        "mode: expected one of call, duet, solo, listen, loop, got 'chess'.",
        "mode: expected a word or a number from 0 to 4, got 7.",
        "expected ,s or ,i, got ,f.",
        "model: expected one of touch, got '../../etc/passwd'.",
    ]
    assert (
        inbound_port.surface.settings["threshold_s"] == 0.8
        and inbound_port.surface.settings["mode"] == "call"
    )


def test_the_verbs() -> None:
    inbound_port = OpenPort(calm={"timescale": 2.0})
    inbound_port.get("/ghostjam/pause", 1)
    inbound_port.get("/ghostjam/mute", 1)
    inbound_port.get("/ghostjam/reset")
    inbound_port.get("/ghostjam/panic")
    inbound_port.get("/ghostjam/preset", "calm")
    settings = inbound_port.surface.settings
    assert (settings["pause"], settings["mute"], settings["timescale"]) == (True, True, 2.0)
    assert inbound_port.log == ["reset", "panic"]


def test_adapt_takes_any_argument_but_a_button_that_is_let_go() -> None:
    inbound_port = OpenPort()
    inbound_port.controls.adaptation = FakeAdaptation(inbound_port.log)
    for arguments in ((), (1,), (1.0,), (True,), ("now",), (0.5, "x")):
        inbound_port.get("/ghostjam/adapt", *arguments)
        inbound_port.get("/ghostjam/adapt/back", *arguments)
    assert inbound_port.log == 6 * ["adapt", "back"]
    for arguments in ((0,), (0.0,), (False,)):
        inbound_port.get("/ghostjam/adapt", *arguments)
        inbound_port.get("/ghostjam/adapt/back", *arguments)
    assert inbound_port.log == 6 * ["adapt", "back"] and inbound_port.controls.n_refused == 0
    inbound_port.get("/ghostjam/get", "adapt")
    assert inbound_port.sent == [(5001, "/ghostjam/state/adapt", ("learning 42 %",))]


def test_where_nothing_learns_the_sender_is_told() -> None:
    inbound_port = OpenPort()
    inbound_port.get("/ghostjam/adapt")
    refused = "/ghostjam/adapt: the ghost does not learn here."
    assert inbound_port.sent == [(5001, "/ghostjam/refused", (refused,))]


def test_ping_and_get_answer_the_sender() -> None:
    inbound_port = OpenPort()
    inbound_port.get("/ghostjam/ping", sender=BOB)
    inbound_port.get("/ghostjam/get", "turn")
    inbound_port.get("/ghostjam/get", "tempo")
    assert inbound_port.sent[:2] == [
        (5002, "/ghostjam/pong", (1,)),
        (5001, "/ghostjam/state/turn", ("ghost",)),
    ]
    assert inbound_port.sent[2][1] == "/ghostjam/refused"
    inbound_port.sent.clear()
    inbound_port.get("/ghostjam/get")
    assert {address for _, address, _ in inbound_port.sent} == {
        f"/ghostjam/state/{name}" for name in inbound_port.controls.all()
    }


def test_listeners_are_remembered_but_not_for_ever() -> None:
    inbound_port = OpenPort()
    inbound_port.get("/ghostjam/listen", 1)
    inbound_port.get("/ghostjam/listen", 1, sender=BOB)
    inbound_port.get("/ghostjam/listen", 0)
    assert list(inbound_port.inbound.listeners) == [BOB]
    others = [("127.0.0.1", port) for port in range(10_000, 10_000 + MAX_SENDERS)]
    for other in others:
        inbound_port.get("/ghostjam/listen", 1, sender=other)
    assert list(inbound_port.inbound.listeners) == [BOB, *others[:-1]]
    no_room = f"/ghostjam/listen: no room: {MAX_SENDERS} listen already."
    assert inbound_port.sent == [(others[-1][1], "/ghostjam/refused", (no_room,))]
    inbound_port.get("/ghostjam/listen", 1, sender=BOB)  # who listens already may say so again
    assert len(inbound_port.sent) == 1
    inbound_port.network("/ghostjam/listen", 1)  # and strangers have a room of their own
    assert len(inbound_port.inbound.listeners) == MAX_SENDERS + 1
    inbound_port.surface.clock.advance_to(10.0 + LISTENS_S)
    inbound_port.get("/ghostjam/listen", 1, sender=others[-1])
    listeners = inbound_port.inbound.listeners
    assert others[-1] in listeners and others[0] not in listeners and EVE in listeners


def test_a_contact_ends_by_itself_until_its_sender_has_sent_a_release() -> None:
    inbound_port = OpenPort()
    inbound_port.get("/ghostjam/touch", 0, 0.5, 0.5, 0)
    assert inbound_port.inbound.advance() == 10.0 + RELEASE_AFTER_S
    inbound_port.surface.clock.advance_to(11.0)
    assert inbound_port.inbound.advance() == math.inf
    assert inbound_port.log[-1] == [11.0, "player release 0", []]
    inbound_port.get("/ghostjam/release", 0)
    inbound_port.get("/ghostjam/touch", 0, 0.5, 0.5, 0)
    assert inbound_port.inbound.advance() == math.inf
    inbound_port.get("/ghostjam/touch", 1, 0.5, 0.5, 0, sender=BOB)
    assert inbound_port.inbound.advance() == 11.0 + RELEASE_AFTER_S


def test_a_time_tag_ahead_is_kept_until_then_and_in_order() -> None:
    inbound_port = OpenPort()
    for index, time_s in enumerate([11.5, 10.5, 11.5]):
        inbound_port.at(time_s, build("/ghostjam/values", (index / 4,)))
    assert inbound_port.log == [] and inbound_port.inbound.advance() == pytest.approx(10.5)
    inbound_port.get("/ghostjam/values", 1.0)  # what comes meanwhile does not wait
    inbound_port.surface.clock.advance_to(11.6)
    assert inbound_port.inbound.advance() == math.inf
    assert [[round(time_s, 4), values] for time_s, _, values in inbound_port.log] == [
        [10.0, [1.0]], [10.5, [0.25]], [11.5, [0.0]], [11.5, [0.5]]
    ]  # fmt: skip


def test_messages_of_one_bundle_stay_in_order_although_no_two_looks_at_a_clock_agree() -> None:
    inbound_port = OpenPort()
    looks = itertools.count()
    inbound_port.inbound._wall_s = lambda: (
        WALL_S + 1e-6 * next(looks)
    )  # so every next message seems due earlier
    inbound_port.at(10.5, *(build("/ghostjam/values", (index / 8,)) for index in range(9)))
    inbound_port.surface.clock.advance_to(11.0)
    inbound_port.inbound.advance()
    assert [values[0] for _, _, values in inbound_port.log] == [index / 8 for index in range(9)]


@pytest.mark.parametrize("by", ["this port", "another surface", "a bundle"])
def test_a_panic_cancels_what_waits_for_its_time(by: str) -> None:
    port = OpenPort()
    port.at(10.5, build("/ghostjam/touch", (3, 0.25, 0.5, 0)))
    port.at(10.6, build("/ghostjam/set/mode", ("duet",)))
    if by == "this port":
        port.get("/ghostjam/panic")
    elif by == "a bundle":
        port.at(10.4, build("/ghostjam/panic", ()))
    else:
        port.surface.engine.command("panic")
    port.surface.clock.advance_to(10.45)
    port.inbound.advance()
    port.at(10.7, build("/ghostjam/touch", (4, 0.25, 0.5, 0)))
    port.surface.clock.advance_to(11.0)
    port.inbound.advance()
    assert port.log == ["panic", [10.7, "player touch 4", [0.25, 0.5, 0]]]
    assert port.surface.settings.word("mode") != "duet"


def test_a_time_tag_in_the_past_or_without_meaning_is_now() -> None:
    inbound_port = OpenPort()
    inbound_port.at(9.0, build("/ghostjam/values", (0.25,)))
    inbound_port.inbound.receive(build_bundle([build("/ghostjam/values", (0.5,))], IMMEDIATELY), ALICE)
    assert [time_s for time_s, _, _ in inbound_port.log] == [10.0, 10.0]


def test_a_time_tag_far_ahead_is_refused() -> None:
    inbound_port = OpenPort()
    inbound_port.at(12.1, build("/ghostjam/values", (0.25,)))
    inbound_port.inbound.receive(build_bundle([build("/ghostjam/values", (0.5,))], 2**64 - 1), ALICE)
    assert (inbound_port.log, inbound_port.controls.n_refused, inbound_port.inbound.advance()) == (
        [],
        2,
        math.inf,
    )
    reason = "OSC port 9: /ghostjam/values: time tag: expected at most 2 s ahead."
    assert inbound_port.controls.last_refusal == reason


def test_how_much_can_wait_is_bounded() -> None:
    inbound_port = OpenPort()
    for _ in range(MAX_LATER // 64 + 1):
        inbound_port.at(11.0, *64 * [build("/ghostjam/reset", ())])
    assert inbound_port.controls.n_refused == 64
    inbound_port.surface.clock.advance_to(11.0)
    inbound_port.inbound.advance()
    assert len(inbound_port.log) == MAX_LATER


def test_answers_to_what_waited_go_to_who_sent_it() -> None:
    inbound_port = OpenPort()
    inbound_port.at(11.0, build("/ghostjam/ping", ()))
    inbound_port.get("/ghostjam/ping", sender=BOB)
    inbound_port.surface.clock.advance_to(11.0)
    inbound_port.inbound.advance()
    assert [inbound_port for inbound_port, _, _ in inbound_port.sent] == [5002, 5001]


@pytest.mark.parametrize("defect", [RuntimeError, ValueError])
def test_a_defect_of_ours_does_not_end_the_evening(
    defect: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    inbound_port = OpenPort()

    def fail(*_: object) -> None:
        raise defect("boom")

    monkeypatch.setattr(inbound_port.controls, "preset", fail)
    inbound_port.get("/ghostjam/preset", "one")
    assert inbound_port.controls.last_refusal == "OSC port 9: /ghostjam/preset failed: boom"
    inbound_port.get("/ghostjam/panic")
    assert inbound_port.log == ["panic"]


header = st.sampled_from([entry.address for entry in PROFILES["ghostjam"].table] + ["/x", "#bundle", ""])
hostile = st.builds(
    lambda address, tags, data: padded(address) + padded(tags) + data,
    header,
    st.sampled_from([",iffi", ",i", ",f", ",s", ",", "", ",ffffffff", ",b", ",sss"]),
    st.binary(max_size=48) | st.lists(st.floats(width=32), max_size=8).map(
        lambda values: struct.pack(f">{len(values)}f", *values)
    ),
)  # fmt: skip


@given(st.lists(hostile | st.binary(max_size=64), max_size=20))
def test_nothing_that_comes_raises_or_plays_what_is_not_in_range(packets: list[bytes]) -> None:
    inbound_port = OpenPort()
    for packet in packets:
        inbound_port.inbound.receive(packet, ALICE)
    for item in inbound_port.log:
        if isinstance(item, list):
            assert all(0.0 <= value <= 1.0 for value in item[2])
