"""OSCQuery's tree: all of the table and the readings, what each node says, and the errors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.controls import READINGS
from app.core.parameters import PARAMETERS
from app.osc.oscquery import AddressSpace, Host
from app.osc.profiles import PROFILES
from app.osc.table import by_address
from tests.app.core.test_controls import Surface

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
