"""OSCQuery: the addresses that come in, and the readings, as a tree of JSON that surfaces browse by HTTP.

The tree is made from the table that the ports dispatch from. A parameter is read and set at the address that
sets it (`/ghostjam/set/volume`), and a reading is read at the address under which it is told
(`/ghostjam/state/turn`). What plays, and buttons, can only be written.

No socket: who serves HTTP asks `AddressSpace.answer`; `app.osc.oscquery_sockets` has the other half.

Source: Vidvox, OSCQuery Proposal (2018), sections "Core Functionality", "Required Attributes" and "Optional
Attributes". That one asks for 204 as well as for 400 where an attribute is not supported: here it is 204 for
those that the proposal knows, and 400 for all others.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from app.core.controls import READINGS, Controls
from app.core.parameters import Choice, Number, Value
from app.osc.ghostjam import PREFIX
from app.osc.table import Entry, Table, by_address

Json = dict[str, Any]

# What else than FULL_PATH, CONTENTS and TYPE a node may say; "Optional Attributes" in the proposal.
SUPPORTED = ("ACCESS", "CLIPMODE", "DESCRIPTION", "OVERLOADS", "RANGE", "UNIT", "VALUE")
UNSUPPORTED = ("CRITICAL", "EXTENDED_TYPE", "HTML", "TAGS")
ATTRIBUTES = ("CONTENTS", "FULL_PATH", "TYPE", *SUPPORTED)
EXTENSIONS = {
    **dict.fromkeys((*SUPPORTED, "LISTEN"), True),
    **dict.fromkeys((*UNSUPPORTED, "PATH_CHANGED"), False),
}
NOTHING, READ, WRITE = 0, 1, 2  # ACCESS: a mask
UNITS = {"s": "time.second"}  # of parameters, as "units.md" of the proposal names them
STATE = f"{PREFIX}/state/"


@dataclass(frozen=True)
class Host:
    """Who answers, for `?HOST_INFO`.

    Attributes:
        name: for people.
        port: of the HTTP server, and of its websocket.
        osc_port: of UDP, that who asks can reach; None if there is none, and the websocket takes the packets.
        osc_ip: where that is, "" for the address by which the HTTP server was reached.
    """

    name: str
    port: int
    osc_port: int | None
    osc_ip: str = ""

    def info(self) -> Json:
        """The HOST_INFO object."""
        ip = {"OSC_IP": self.osc_ip} if self.osc_ip else {}
        udp = {**ip, "OSC_PORT": self.osc_port, "OSC_TRANSPORT": "UDP"} if self.osc_port is not None else {}
        return {"NAME": self.name, **udp, "WS_PORT": self.port, "EXTENSIONS": EXTENSIONS}


@dataclass(frozen=True)
class Answer:
    """What HTTP answers: a status, and JSON text, empty where the status says that there is none."""

    status: int
    text: str = ""


class AddressSpace:
    """The tree of one table. Any thread.

    Args:
        controls: knows the values and what the parameters accept.
        table: the addresses.
    """

    def __init__(self, controls: Controls, table: Table) -> None:
        self._controls = controls
        self._entries = by_address(table)
        self._readings = {f"{STATE}{name}": name for name in READINGS}
        self._children: dict[str, list[str]] = {"/": []}
        for address in (*self._entries, *self._readings):
            parent = "/"
            for name in address.split("/")[1:]:
                path = f"{parent.rstrip('/')}/{name}"
                if path not in self._children:
                    self._children[path] = []
                    self._children[parent].append(name)
                parent = path

    def answer(self, path: str, query: str, host: Host) -> Answer:
        """What a GET of `path?query` is answered, both as they stand in the URL.

        Words of the query are attributes; what has a value (`token=...`) is for others than us.
        """
        asked = [word for word in query.split("&") if word and "=" not in word]
        if "HOST_INFO" in asked:
            return _ok(host.info())
        path = unquote(path).rstrip("/") or "/"
        if path not in self._children:
            return Answer(404)
        if not all(word in ATTRIBUTES or word in UNSUPPORTED for word in asked):
            return Answer(400)
        if not asked:
            return _ok(self.tree(path))
        said = self.tree(path) if "CONTENTS" in asked else self.node(path)
        if any(word in UNSUPPORTED for word in asked) or ("VALUE" in asked and not said["ACCESS"] & READ):
            return Answer(204)
        return _ok({word: said[word] for word in asked if word in said})

    def tree(self, path: str) -> Json:
        """The node at `path` and all below it; KeyError if there is none."""
        below = {name: self.tree(f"{path.rstrip('/')}/{name}") for name in self._children[path]}
        return {**self.node(path), "CONTENTS": below} if below else self.node(path)

    def node(self, path: str) -> Json:
        """What there is to say of one node; a container may be an address too."""
        if path in self._entries:
            said = self._of_entry(self._entries[path])
        elif path in self._readings:
            said = self._of_reading(self._readings[path])
        else:
            said = {"ACCESS": NOTHING}
        return {"FULL_PATH": path, **said}

    def read_as(self, path: str) -> str:
        """The parameter or reading whose value stands at `path`, "" if none can be read there."""
        entry = self._entries.get(path)
        return entry.parameter if entry else self._readings.get(path, "")

    def _of_reading(self, name: str) -> Json:
        value = self._controls.get(name)
        return {"TYPE": _tag(value), "ACCESS": READ, "VALUE": [_plain(value)], "DESCRIPTION": READINGS[name]}

    def _of_entry(self, entry: Entry) -> Json:
        first, *others = _tags(entry)
        said: Json = {"TYPE": first, "ACCESS": WRITE, "DESCRIPTION": f"{entry.help} ({entry.arguments})"}
        overloads: list[Json] = [{"TYPE": tags} for tags in others]
        if entry.parameter:
            parameter = self._controls.parameter(entry.parameter)
            said |= {"ACCESS": READ | WRITE, "VALUE": [_plain(self._controls.get(entry.parameter))]}
            if isinstance(parameter, Number):
                said |= {"RANGE": [_between(parameter.low, parameter.high)], "CLIPMODE": ["both"]}
                if parameter.unit in UNITS:
                    said["UNIT"] = [UNITS[parameter.unit]]
            elif isinstance(parameter, Choice):
                said["RANGE"] = [{"VALS": list(parameter.choices)}]
                overloads[0]["RANGE"] = [_between(0, len(parameter.choices) - 1)]
            else:
                said["RANGE"] = [_between(0, 1)]
        for one in (said, *overloads):
            if entry.ranges and one["TYPE"] != "I":
                one["RANGE"] = [_between(*each) for each in entry.ranges[: len(one["TYPE"])]]
        return {**said, "OVERLOADS": overloads} if overloads else said


def _tags(entry: Entry) -> list[str]:
    """The type tags of an entry, the usual ones first: "T" of a table is `,i`, and `,T` and `,F` too.

    A button is an impulse, `,I`; of one or more numbers a node can only show one.
    """
    tags = [
        "I" if each in ("press", "*") else each.rstrip("+").replace("T", "i")
        for each in entry.types.split("|")
    ]
    return [*tags, "T", "F"] if entry.types == "T" else tags


def _between(low: float, high: float) -> Json:
    return {"MIN": low, "MAX": high}


def _plain(value: Value) -> float | str:
    """A value as JSON has it where its type tag is ours: a switch is 0 or 1."""
    return int(value) if isinstance(value, bool) else value


def _tag(value: Value) -> str:
    return "s" if isinstance(value, str) else "i" if isinstance(value, int) else "f"


def _ok(said: Json) -> Answer:
    return Answer(200, json.dumps(said))
