"""OSCQuery without a socket: the tree made of the table, its attributes, its errors; what websockets do."""

from __future__ import annotations

import json
import threading
import time
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.controls import READINGS, Controls
from app.core.parameters import PARAMETERS, Settings
from app.osc.oscquery import AddressSpace, Host
from app.osc.oscquery_sockets import LOOK_S, OscQuerySockets
from app.osc.packet import build, build_bundle, from_unix_s, parse
from app.osc.profiles import PROFILES
from app.osc.table import Told, by_address
from tests.app.core.test_controls import Surface

ALICE, BOB, EVE = "alice", "bob", "eve"  # the last one is in the network
HOST = Host("Ghostjam on desk", 8080, 9000)
TABLE = PROFILES["ghostjam"].table


class Space:
    """The tree over fake controls."""

    def __init__(self) -> None:
        self.surface = Surface()
        self.space = AddressSpace(self.surface.controls, TABLE)

    def get(self, path: str, query: str = "") -> Any:
        answer = self.space.answer(path, query, HOST)
        return json.loads(answer.text) if answer.status == 200 else (answer.status, answer.text)


def methods(node: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All that is no mere container, by address."""
    found = {node["FULL_PATH"]: node} if node["ACCESS"] else {}
    for below in node.get("CONTENTS", {}).values():
        found |= methods(below)
    return found


def test_the_root_is_all_addresses_of_the_table_and_all_readings() -> None:
    root = Space().get("/")
    readings = {f"/ghostjam/state/{name}" for name in READINGS}
    assert methods(root).keys() == by_address(TABLE).keys() | readings
    assert root["CONTENTS"].keys() == {"ghostjam", "touch"}


def test_names_of_a_container_lead_to_its_nodes() -> None:
    def check(node: dict[str, Any]) -> None:
        for name, below in node.get("CONTENTS", {}).items():
            assert below["FULL_PATH"] == f"{node['FULL_PATH'].rstrip('/')}/{name}"
            check(below)

    check(Space().get("/"))


def test_a_number_is_read_and_set_where_it_is_set() -> None:
    space = Space()
    space.surface.settings.set("threshold_s", 1.5)
    assert space.get("/ghostjam/set/threshold_s") == {
        "FULL_PATH": "/ghostjam/set/threshold_s",
        "TYPE": "f",
        "ACCESS": 3,
        "VALUE": [1.5],
        "RANGE": [{"MIN": 0.1, "MAX": 10.0}],
        "CLIPMODE": ["both"],
        "UNIT": ["time.second"],
        "DESCRIPTION": "silence after which the ghost answers in call mode (0.1 to 10 s)",
    }


def test_a_choice_has_the_words_there_are_now_and_takes_their_numbers() -> None:
    space = Space()
    space.surface.settings.add_choice("model", "my-take")
    node = space.get("/ghostjam/set/model")
    assert (node["TYPE"], node["ACCESS"], node["VALUE"]) == ("s", 3, ["touch"])
    assert node["RANGE"] == [{"VALS": ["touch", "my-take"]}]
    assert node["OVERLOADS"] == [{"TYPE": "i", "RANGE": [{"MIN": 0, "MAX": 1}]}]


def test_a_switch_is_a_number_and_takes_true_and_false() -> None:
    space = Space()
    space.surface.settings.set("mute", True)
    for path in ("/ghostjam/set/mute", "/ghostjam/mute"):
        node = space.get(path)
        assert (node["TYPE"], node["ACCESS"], json.dumps(node["VALUE"])) == ("i", 3, "[1]")
        assert node["RANGE"] == [{"MIN": 0, "MAX": 1}]
        assert node["OVERLOADS"] == [{"TYPE": "T"}, {"TYPE": "F"}]


def test_what_plays_is_written_and_says_its_ranges() -> None:
    space, share = Space(), {"MIN": 0.0, "MAX": 1.0}
    touch = space.get("/ghostjam/touch")
    assert (touch["TYPE"], touch["ACCESS"], "VALUE" in touch) == ("iffi", 2, False)
    assert touch["RANGE"] == [{"MIN": 0, "MAX": 63}, share, share, {"MIN": 0, "MAX": 1}]
    pad = space.get("/touch/63")
    assert (pad["TYPE"], pad["RANGE"]) == ("ff", [share, share])
    assert pad["OVERLOADS"] == [{"TYPE": "fff", "RANGE": [share, share, share]}]
    assert space.get("/touch/64") == (404, "")


def test_a_button_is_an_impulse() -> None:
    node = Space().get("/ghostjam/panic")
    assert (node["TYPE"], node["ACCESS"], "RANGE" in node) == ("I", 2, False)
    assert node["DESCRIPTION"] == "everything that sounds stops (0 does nothing)"


def test_a_reading_is_read_where_it_is_told() -> None:
    assert Space().get("/ghostjam/state/turn") == {
        "FULL_PATH": "/ghostjam/state/turn", "TYPE": "s", "ACCESS": 1, "VALUE": ["ghost"],
        "DESCRIPTION": READINGS["turn"],
    }  # fmt: skip
    assert [Space().get(f"/ghostjam/state/{name}")["TYPE"] for name in ("bpm", "refused")] == ["f", "i"]


def test_every_type_that_is_shown_is_taken() -> None:
    """A packet with the tags of the tree is one that the table accepts."""
    examples = {"f": 0.5, "i": 1, "s": "touch", "T": True, "F": False, "I": True}
    entries = by_address(TABLE)
    for path, node in methods(Space().get("/")).items():
        for one in (node, *node.get("OVERLOADS", ())):
            if node["ACCESS"] & 2:
                assert entries[path].accept(one["TYPE"], [examples[tag] for tag in one["TYPE"]]), path


def test_every_attribute_has_an_item_for_each_tag() -> None:
    for path, node in methods(Space().get("/")).items():
        for one in (node, *node.get("OVERLOADS", ())):
            for attribute in ("VALUE", "RANGE", "CLIPMODE", "UNIT"):
                assert len(one.get(attribute, one["TYPE"])) == len(one["TYPE"]), (path, attribute)


def test_attributes_are_asked_for_alone_or_together() -> None:
    space, path = Space(), "/ghostjam/set/volume"
    assert space.get(path, "VALUE") == {"VALUE": [0.8]}
    assert space.get(path, "RANGE") == {"RANGE": [{"MIN": 0.0, "MAX": 1.0}]}
    assert space.get(path, "VALUE&TYPE&token=abc") == {"VALUE": [0.8], "TYPE": "f"}
    assert space.get("/ghostjam", "TYPE") == {}
    assert space.get("/ghostjam/set", "CONTENTS")["CONTENTS"].keys() == {p.name for p in PARAMETERS}
    assert space.get("/%67hostjam/set/volume/", "VALUE") == {"VALUE": [0.8]}


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/ghostjam/nowhere", "", 404),
        ("/ghostjam/set/nowhere", "VALUE", 404),
        ("/touch/N", "", 404),
        ("//", "", 200),
        ("/ghostjam/panic", "VALUE", 204),  # can only be written
        ("/ghostjam", "VALUE", 204),  # has no value at all
        ("/ghostjam/set/volume", "TAGS", 204),  # known to the proposal, not to us
        ("/ghostjam/set/volume", "HTML", 204),
        ("/ghostjam/set/volume", "GABBAGABBAHEY", 400),
        ("/ghostjam/set/volume", "value", 400),
        ("/nowhere", "GABBAGABBAHEY", 404),
    ],
)
def test_errors(path: str, query: str, status: int) -> None:
    answer = Space().space.answer(path, query, HOST)
    assert answer.status == status and bool(answer.text) is (status == 200)


def test_host_info_says_only_what_is_there() -> None:
    space = Space()
    said = space.get("/whatever/it/is", "HOST_INFO")
    extensions = said.pop("EXTENSIONS")
    assert said == {
        "NAME": "Ghostjam on desk", "OSC_PORT": 9000, "OSC_TRANSPORT": "UDP", "WS_PORT": 8080,
    }  # fmt: skip
    used = {attribute for node in methods(space.get("/")).values() for attribute in node}
    required = {"FULL_PATH", "TYPE", "CONTENTS"}
    assert {name for name, is_there in extensions.items() if is_there} == used - required | {"LISTEN"}
    elsewhere = json.loads(space.space.answer("/", "HOST_INFO", Host("n", 8080, 9000, "192.0.2.9")).text)
    assert elsewhere["OSC_IP"] == "192.0.2.9"
    deaf = json.loads(space.space.answer("/", "HOST_INFO", Host("n", 8080, None)).text)
    assert deaf.keys() == {"NAME", "WS_PORT", "EXTENSIONS"}


@given(st.text(), st.text())
def test_anything_is_answered(path: str, query: str) -> None:
    assert Space().space.answer(path, query, HOST).status in (200, 204, 400, 404)


class Sockets:
    """Two websockets on fake controls."""

    def __init__(self) -> None:
        self.surface = Surface()
        self.sockets = OscQuerySockets(self.surface.controls, clock=self.surface.clock)
        self.surface.settings.subscribe(lambda name, value: self.sockets.tell_state(name, value, set()))
        self.sent: list[tuple[Any, ...]] = []
        self.opened = {
            who: self.sockets.open(partial(self._note, who), "198.51.100.7" if who == EVE else "127.0.0.1")
            for who in (ALICE, BOB, EVE)
        }

    def _note(self, who: str, data: bytes) -> None:
        message = parse(data)[0]
        self.sent.append((who, message.address, message.tags, *message.arguments))

    def command(self, command: Any, data: Any, who: str = ALICE) -> None:
        self.opened[who].receive(json.dumps({"COMMAND": command, "DATA": data}))

    def taken(self) -> list[tuple[Any, ...]]:
        sent, self.sent = self.sent, []
        return sent

    @property
    def settings(self) -> Settings:
        return self.surface.settings


def test_who_listens_is_sent_the_value_now_and_when_it_changes() -> None:
    stage = Sockets()
    stage.command("LISTEN", "/ghostjam/set/volume")
    assert stage.taken() == [(ALICE, "/ghostjam/set/volume", "f", pytest.approx(0.8))]
    stage.settings.set("volume", 0.5)
    stage.settings.set("mute", True)
    assert stage.taken() == [(ALICE, "/ghostjam/set/volume", "f", 0.5)]
    stage.command("IGNORE", "/ghostjam/set/volume")
    stage.settings.set("volume", 0.25)
    assert stage.taken() == []


def test_a_value_is_sent_at_the_address_that_is_listened_to_with_its_type() -> None:
    stage = Sockets()
    stage.command("LISTEN", "/ghostjam/set/pause")
    stage.command("LISTEN", "/ghostjam/pause", BOB)
    stage.command("LISTEN", "/ghostjam/set/mode", BOB)
    stage.taken()
    stage.settings.set("pause", True)
    stage.settings.set("mode", "duet")
    assert stage.taken() == [
        (ALICE, "/ghostjam/set/pause", "i", 1),
        (BOB, "/ghostjam/pause", "i", 1),
        (BOB, "/ghostjam/set/mode", "s", "duet"),
    ]


def test_readings_are_looked_at_while_somebody_listens() -> None:
    stage = Sockets()
    assert stage.sockets.advance() == float("inf")
    stage.command("LISTEN", "/ghostjam/state/refused")
    assert stage.taken() == [(ALICE, "/ghostjam/state/refused", "i", 0)]
    assert stage.sockets.advance() == stage.surface.clock.now() + LOOK_S and stage.taken() == []
    stage.surface.controls.refuse("why")
    stage.sockets.advance()
    stage.sockets.advance()
    assert stage.taken() == [(ALICE, "/ghostjam/state/refused", "i", 1)]


def test_a_packet_is_taken_as_a_datagram_is() -> None:
    stage = Sockets()
    stage.opened[ALICE].receive(build("/ghostjam/touch", (3, 0.25, 0.5, 0)))
    stage.opened[ALICE].receive(build("/ghostjam/set/volume", (0.5,)))
    assert stage.surface.log == [[10.0, "player touch 3", [0.25, 0.5, 0]]]
    assert stage.settings["volume"] == 0.5
    stage.opened[BOB].receive(build("/ghostjam/get", ("volume",)))
    assert stage.taken() == [(BOB, "/ghostjam/state/volume", "f", 0.5)]
    stage.opened[BOB].receive(build("/ghostjam/set/mode", ("nonsense",)))
    assert [sent[:2] for sent in stage.taken()] == [(BOB, "/ghostjam/refused")]
    stage.opened[EVE].receive(build("/ghostjam/port/osc_out/add", ("192.0.2.1:9",)))
    [(who, address, _, reason)] = stage.taken()
    assert (who, address) == (EVE, "/ghostjam/refused") and "only this machine" in str(reason)


def test_a_client_of_the_network_is_held_to_the_budget() -> None:
    stage = Sockets()
    for _ in range(2000):
        stage.opened[EVE].receive(build("/ghostjam/touch", (0, 0.25, 0.5, 1)))
    assert len(stage.surface.log) < 300 and stage.surface.controls.n_refused > 1000


def test_states_are_sent_to_who_asked_for_all_of_them_once() -> None:
    stage = Sockets()
    stage.opened[ALICE].receive(build("/ghostjam/listen", (1,)))
    stage.settings.set("volume", 0.5)
    assert stage.taken() == [(ALICE, "/ghostjam/state/volume", "f", 0.5)]
    told: set[Told] = set()
    stage.sockets.tell_state("volume", 0.25, told)
    stage.sockets.tell_state("volume", 0.25, told)
    assert stage.taken() == [(ALICE, "/ghostjam/state/volume", "f", 0.25)]


def test_who_went_is_sent_nothing() -> None:
    stage = Sockets()
    stage.command("LISTEN", "/ghostjam/set/volume")
    stage.opened[ALICE].receive(build("/ghostjam/listen", (1,)))
    stage.taken()
    stage.opened[ALICE].close()
    stage.settings.set("volume", 0.5)
    assert (stage.taken(), stage.sockets.inbound.listeners) == ([], {})


def test_a_reading_that_tells_something_itself_locks_nothing() -> None:
    stage = Sockets()

    def status_that_tells() -> Any:
        stage.sockets.tell_state("notice", "a sink fell silent", set())
        return type(stage.surface.engine).status(stage.surface.engine)

    stage.surface.engine.status = status_that_tells  # type: ignore[method-assign]
    stage.command("LISTEN", "/ghostjam/state/notice")
    stage.sockets.advance()
    assert stage.taken()


def test_what_a_socket_holds_ends_with_it_and_nothing_else_does() -> None:
    stage = Sockets()
    for who, voice in ((ALICE, 1), (ALICE, 2), (BOB, 3)):
        stage.opened[who].receive(build("/ghostjam/touch", (voice, 0.25, 0.5, 0)))
    for address, arguments in (
        ("/touch/4", (0.5, 0.5)),
        ("/ghostjam/note", (60, 90)),
        ("/ghostjam/note", (61, 90)),
    ):
        stage.opened[ALICE].receive(build(address, arguments))
    stage.opened[ALICE].receive(build("/ghostjam/release", (2,)))
    stage.opened[ALICE].receive(build("/ghostjam/note", (61, 0)))
    stage.opened[ALICE].receive(build("/ghostjam/touch", (99, 0.25, 0.5, 0)))  # there is no such voice
    later = build_bundle([build("/ghostjam/touch", (5, 0.25, 0.5, 0))], from_unix_s(time.time() + 1.0))
    stage.opened[ALICE].receive(later)
    stage.surface.log.clear()
    stage.opened[ALICE].close()
    assert sorted(what for _, what, _ in stage.surface.log) == [
        "player release 1",
        "player release 4",
        "player up 60",
    ]
    stage.opened[BOB].close()
    stage.surface.clock.advance_to(20.0)
    stage.sockets.advance()
    assert [what for _, what, _ in stage.surface.log[3:]] == ["player release 3"]
    assert stage.sockets.inbound.held == {}


@pytest.mark.parametrize(
    "frame",
    [
        "", "no JSON", "[]", "1", "{}", '{"COMMAND": "LISTEN"}', '{"COMMAND": "LISTEN", "DATA": 1}',
        '{"COMMAND": "LISTEN", "DATA": "/nowhere"}', '{"COMMAND": "LISTEN", "DATA": "/ghostjam/touch"}',
        '{"COMMAND": "DANCE", "DATA": "/ghostjam/set/volume"}', '{"COMMAND": [], "DATA": []}', "[" * 100_000,
    ],
)  # fmt: skip
def test_other_commands_are_refused(frame: str) -> None:
    stage = Sockets()
    stage.opened[ALICE].receive(frame)
    assert (stage.taken(), stage.surface.controls.n_refused) == ([], 1)


@given(st.one_of(st.text(), st.binary()))
def test_no_frame_raises(frame: str | bytes) -> None:
    stage = Sockets()
    stage.opened[ALICE].receive(frame)
    assert stage.surface.log == []


def test_a_packet_for_later_is_done_by_the_thread() -> None:
    surface, played = Surface(), threading.Event()
    surface.engine.submit = lambda event: played.set()  # type: ignore[method-assign]
    sockets = OscQuerySockets(Controls(surface.engine, surface.settings))
    sockets.start()
    later = build_bundle([build("/ghostjam/touch", (3, 0.25, 0.5, 0))], from_unix_s(time.time() + 0.1))
    sockets.open(lambda data: None, "127.0.0.1").receive(later)
    assert not played.is_set() and played.wait(10.0)
    sockets.close()
    sockets.close()


def test_a_packet_for_later_wakes_the_thread() -> None:
    stage = Sockets()
    stage.opened[ALICE].receive(build("/ghostjam/set/volume", (0.5,)))
    assert not stage.sockets._wake.is_set()
    later = build_bundle([build("/ghostjam/panic", ())], from_unix_s(time.time() + 1.0))
    stage.opened[ALICE].receive(later)
    assert stage.sockets._wake.is_set()
