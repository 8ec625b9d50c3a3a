"""IMPSY's `config.toml` as a rig of ours, with a word about each key: how it was understood, or why not.

Keys from its published configurations and code (cpmpercussion/impsy). Pure; a command reads and prints.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from app.core.modes import IMPSY_MODES
from app.core.network import is_loopback
from app.core.parameters import PARAMETERS, Number
from app.midi.serial_backend import SERIAL
from app.serial.address import HIGHEST_BAUD, LOWEST_BAUD, MIDI_BAUD

NUMBERS = {
    "interaction.threshold": "threshold_s",
    "model.sigmatemp": "sigma_temperature",
    "model.pitemp": "pi_temperature",
    "model.timescale": "timescale",
}
UNUSED = {
    "title": "for people",
    "owner": "for people",
    "description": "for people",
    "verbose": "not needed",
    "log_predictions": "not needed: a recording says who played each event",
    "model.dimension": "not needed: the model file says it",
    "model.size": "not needed: the model file says it",
}
NOT_HERE = {
    "webui": "there is no web page; `ghostjam` is the window, `ghostjam bridge` runs without",
}
SOURCES = {True: ["player", "ghost"], False: ["ghost"]}


@dataclass
class Understood:
    """What came of a configuration.

    Attributes:
        rig: as `app.runtime.rig` reads it.
        keys: each key of the configuration with what became of it, in the file's order.
    """

    rig: dict[str, Any] = field(default_factory=dict)
    keys: list[tuple[str, str]] = field(default_factory=list)


def understand(config: Mapping[str, Any]) -> Understood:
    """The rig of a configuration. Values of a wrong type are said to be not understood."""
    found = Understood()
    leaves = dict(_leaves(config))
    thru = leaves.get("interaction.input_thru") is True
    for key, value in leaves.items():
        found.keys.append((key, _one(found.rig, key, value, leaves)))
    _add_osc(found.rig, leaves, thru)
    _add_web(found.rig, leaves, thru)
    _add_midi(found.rig, config.get("midi", {}), thru)
    _add_serial(found.rig, config, thru)
    return found


def _leaves(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _one(rig: dict[str, Any], key: str, value: Any, leaves: Mapping[str, Any]) -> str:
    """Take one key into the rig, if it stands alone; says what became of it."""
    parameters = rig.setdefault("parameters", {})
    if key in UNUSED:
        return UNUSED[key]
    if key.partition(".")[0] in NOT_HERE and "." in key:
        return NOT_HERE[key.partition(".")[0]]
    if key in ("log", "log_input") and isinstance(value, bool):
        if not value:
            rig["record"] = False
        return "record = false" if not value else "recorded, as ever"
    if key == "interaction.mode" and isinstance(value, str) and value in IMPSY_MODES:
        parameters["mode"] = IMPSY_MODES[value]
        return f'parameters.mode = "{IMPSY_MODES[value]}"'
    if key == "interaction.input_thru" and isinstance(value, bool):
        return f"whose events the outputs send: {' and '.join(SOURCES[value])}"
    if key in NUMBERS:
        return _number(parameters, NUMBERS[key], value)
    if key == "model.file" and isinstance(value, str) and PurePath(value).name:
        return _model(parameters, value)
    if key.startswith("osc."):
        return _osc(key, leaves)
    if key.startswith("websocket."):
        return _websocket(key, leaves)
    if key.startswith("midi."):
        return _midi(key, value)
    if key.startswith(("serial.", "serialmidi.")):
        return _serial(key, value, leaves)
    return "not understood"


def _number(parameters: dict[str, Any], name: str, value: Any) -> str:
    parameter = next(p for p in PARAMETERS if p.name == name)
    if not isinstance(parameter, Number) or not _is_number(value):
        return "not understood: expected a number"
    parameters[name] = min(max(float(value), parameter.low), parameter.high)
    text = f"parameters.{name} = {parameters[name]:g}"
    return text if parameters[name] == value else f"{text}, the nearest there is to {value:g}"


def _model(parameters: dict[str, Any], file: str) -> str:
    parameters["model"] = str(PurePath(file).with_suffix(".tflite"))
    text = f'parameters.model = "{parameters["model"]}"'
    if file.endswith(".tflite"):
        return f"{text}, beside the rig"
    return f"{text}, beside the rig: convert {file} to it with IMPSY's own converter"


def _osc(key: str, leaves: Mapping[str, Any]) -> str:
    side, _, part = key.removeprefix("osc.").partition("_")
    if side not in ("server", "client") or part not in ("ip", "port"):
        return "not understood"
    if _address(leaves, side) is None:
        return "not understood: expected both ip and port"
    return "osc.in, profile impsy" if side == "server" else "osc.out, profile impsy"


def _websocket(key: str, leaves: Mapping[str, Any]) -> str:
    part = key.removeprefix("websocket.")
    if part in ("server_ip", "server_port"):
        if _address(leaves, "server", "websocket") is None:
            return "not understood: expected both ip and port"
        if is_loopback(leaves["websocket.server_ip"]):
            return "web, profile impsy"
        return "web, profile impsy; the address that bridge prints holds a token, which a client must give"
    value = leaves[key]
    if part in ("input", "output") and _are_entries(value):
        return f"{part} of [[web]]: {len(value)} entries"
    return "not understood"


def _add_web(rig: dict[str, Any], leaves: Mapping[str, Any], thru: bool) -> None:
    address = _address(leaves, "server", "websocket")
    if address is None:
        return
    table: dict[str, Any] = {"listen": address, "profile": "impsy"}
    for key in ("input", "output"):
        entries = leaves.get(f"websocket.{key}")
        if _are_entries(entries):
            table[key] = entries
    rig["web"] = [{**table, "sources": SOURCES[thru]}]


def _add_osc(rig: dict[str, Any], leaves: Mapping[str, Any], thru: bool) -> None:
    osc: dict[str, Any] = {}
    for side, key, name in (("server", "in", "listen"), ("client", "out", "address")):
        address = _address(leaves, side)
        if address is not None:
            osc[key] = [{name: address, "profile": "impsy"}]
    if "out" in osc:
        osc["out"][0]["sources"] = SOURCES[thru]
    if osc:
        rig["osc"] = osc


def _address(leaves: Mapping[str, Any], side: str, section: str = "osc") -> str | None:
    """HOST:PORT of a side; None if one of the two is not understood."""
    host, port = leaves.get(f"{section}.{side}_ip"), leaves.get(f"{section}.{side}_port")
    if not isinstance(host, str) or not isinstance(port, int) or isinstance(port, bool):
        return None
    if side == "client" and host in ("0.0.0.0", "::", ""):
        host = "127.0.0.1"  # nobody can send to "everybody"; IMPSY does the same
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _midi(key: str, value: Any) -> str:
    name, _, port = key.removeprefix("midi.").partition(".")
    if name in ("in_device", "out_device") and _texts(value):
        return f"one [[midi.{name.partition('_')[0]}]] each"
    if name in ("input", "output") and _are_entries(value):
        side = name.removesuffix("put")
        return f"values of [[midi.{side}]] {port or '(all)'}: {len(value)} entries"
    if name == "thru_matrix":
        return "whose events the outputs named there send: the player's too, whichever port they came from"
    if name == "feedback_protection" and isinstance(value, bool):
        return "the guard against echoes, as ever" if value else "midi.guard_ms = 0: no guard against echoes"
    if name == "feedback_threshold" and _is_number(value):
        return f"midi.guard_ms = {min(max(1000.0 * value, 0.0), 1000.0):g}"
    return "not understood"


def _add_midi(rig: dict[str, Any], midi: Any, thru: bool) -> None:
    if not isinstance(midi, dict):
        return
    section: dict[str, Any] = {}
    if midi.get("feedback_protection") is False:
        section["guard_ms"] = 0.0
    elif _is_number(midi.get("feedback_threshold")):
        section["guard_ms"] = min(max(1000.0 * midi["feedback_threshold"], 0.0), 1000.0)
    matrix = midi.get("thru_matrix", {})
    ports_of = matrix.values() if isinstance(matrix, dict) else ()
    through = {port for ports in ports_of for port in _texts(ports)}
    for device, mapping, key in (("in_device", "input", "in"), ("out_device", "output", "out")):
        tables = []
        for port in _texts(midi.get(device)):
            table: dict[str, Any] = {"port": port}
            entries = midi.get(mapping)
            entries = entries.get(port) if isinstance(entries, dict) else entries
            if _are_entries(entries):
                table["values"] = entries
            if key == "out":
                table["play"] = SOURCES[thru or port in through]
            tables.append(table)
        if tables:
            section[key] = tables
    if section:
        rig["midi"] = section


def _serial(key: str, value: Any, leaves: Mapping[str, Any]) -> str:
    is_midi = any(each.startswith("serialmidi.") for each in leaves)
    if key == "serial.port" and isinstance(value, str) and value.strip():
        if is_midi:  # the peer opens it twice, and says itself that the two fight
            return f"midi.in and midi.out, {SERIAL}{value}; as [serialmidi] uses it, not for lines"
        return "serial.port, profile impsy"
    if key == "serial.baudrate" and _is_baud(value):
        return f"not needed: MIDI has {MIDI_BAUD} baud" if is_midi else f"serial.baud = {value}"
    if key in ("serialmidi.input", "serialmidi.output") and _are_entries(value):
        side = key.removeprefix("serialmidi.").removesuffix("put")
        return f"values of [[midi.{side}]]: {len(value)} entries"
    return "not understood"


def _is_baud(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and LOWEST_BAUD <= value <= HIGHEST_BAUD


def _add_serial(rig: dict[str, Any], config: Mapping[str, Any], thru: bool) -> None:
    serial, midi = config.get("serial"), config.get("serialmidi")
    port = serial.get("port") if isinstance(serial, dict) else None
    if not isinstance(serial, dict) or not isinstance(port, str) or not port.strip():
        return
    if not isinstance(midi, dict):
        table: dict[str, Any] = {"port": port, "profile": "impsy", "sources": SOURCES[thru]}
        if _is_baud(serial.get("baudrate")):
            table["baud"] = serial["baudrate"]
        rig["serial"] = [table]
        return
    section = rig.setdefault("midi", {})
    for mapping, side in (("input", "in"), ("output", "out")):
        table = {"port": f"{SERIAL}{port}"}
        if _are_entries(midi.get(mapping)):
            table["values"] = midi[mapping]
        if side == "out":
            table["play"] = SOURCES[thru]
        section[side] = [*section.get(side, []), table]


def _texts(value: Any) -> list[str]:
    """A text or a list of texts as a list; what is neither is left out."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)


def _are_entries(value: Any) -> bool:
    """Whether it has the shape of a mapping: lists of words and numbers. The rig checks what they say."""
    return isinstance(value, list) and all(
        isinstance(entry, list) and all(isinstance(item, str | int) for item in entry) for entry in value
    )
