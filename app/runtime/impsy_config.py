"""IMPSY's `config.toml` as a rig of ours, with a word about each key: how it was understood, or why not.

Keys from its published configurations and code (cpmpercussion/impsy). Pure; a command reads and prints.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
NO_ADDRESS = "not understood: expected both ip and port"
SOURCES = {True: ["player", "ghost"], False: ["ghost"]}


@dataclass
class Understood:
    """What came of a configuration.

    Attributes:
        rig: as `app.runtime.rig` reads it.
        keys: each key of the configuration with what became of it, in the file's order.
    """

    rig: dict[str, Any]
    keys: list[tuple[str, str]]


def understand(config: Mapping[str, Any]) -> Understood:
    """The rig of a configuration. Values of a wrong type are said to be not understood."""
    leaves = dict(_leaves(config))
    rig: dict[str, Any] = {"parameters": {}} if leaves else {}
    said = {key: how for key, value in leaves.items() if (how := _one(rig, key, value))}
    sources = SOURCES[leaves.get("interaction.input_thru") is True]
    said |= _osc(rig, leaves, sources) | _websocket(rig, leaves, sources)
    said |= _midi(rig, leaves, config.get("midi"), sources)
    said |= _serial(rig, config.get("serial"), config.get("serialmidi"), sources)
    return Understood(rig, [(key, said.get(key, "not understood")) for key in leaves])


def _leaves(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _one(rig: dict[str, Any], key: str, value: Any) -> str:
    """Take one key into the rig, if it stands alone; says what became of it, "" if that is not known."""
    parameters = rig["parameters"]
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
    return ""


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


# Each of these takes one section into the rig, and tells what became of its keys


def _osc(rig: dict[str, Any], leaves: Mapping[str, Any], sources: list[str]) -> dict[str, str]:
    said: dict[str, str] = {}
    for side, key, port in (("server", "in", {}), ("client", "out", {"sources": sources})):
        address = _address(leaves, "osc", side)
        how = f"osc.{key}, profile impsy" if address else NO_ADDRESS
        said |= dict.fromkeys((f"osc.{side}_ip", f"osc.{side}_port"), how)
        if address:
            name = "listen" if key == "in" else "address"
            rig.setdefault("osc", {})[key] = [{name: address, "profile": "impsy", **port}]
    return said


def _websocket(rig: dict[str, Any], leaves: Mapping[str, Any], sources: list[str]) -> dict[str, str]:
    address = _address(leaves, "websocket", "server")
    how = "web, profile impsy" if address else NO_ADDRESS
    if address and not is_loopback(leaves["websocket.server_ip"]):
        how += "; the address that bridge prints holds a token, which a client must give"
    said = dict.fromkeys(("websocket.server_ip", "websocket.server_port"), how)
    table: dict[str, Any] = {"listen": address, "profile": "impsy"}
    for key in ("input", "output"):
        entries: Any = leaves.get(f"websocket.{key}")
        if _are_entries(entries):
            table[key] = entries
            said[f"websocket.{key}"] = f"{key} of [[web]]: {len(entries)} entries"
    if address:
        rig["web"] = [{**table, "sources": sources}]
    return said


def _address(leaves: Mapping[str, Any], section: str, side: str) -> str | None:
    """HOST:PORT of a side; None if one of the two is not understood."""
    host, port = leaves.get(f"{section}.{side}_ip"), leaves.get(f"{section}.{side}_port")
    if not isinstance(host, str) or not isinstance(port, int) or isinstance(port, bool):
        return None
    if side == "client" and host in ("0.0.0.0", "::", ""):
        host = "127.0.0.1"  # nobody can send to "everybody"; IMPSY does the same
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _midi(rig: dict[str, Any], leaves: Mapping[str, Any], midi: Any, sources: list[str]) -> dict[str, str]:
    if not isinstance(midi, dict):
        return {}
    section: dict[str, Any] = {}
    through = "whose events the outputs named there send: the player's too, whichever port they came from"
    said = {key: through for key in leaves if f"{key}.".startswith("midi.thru_matrix.")}
    threshold: Any = midi.get("feedback_threshold")
    if _is_number(threshold):
        section["guard_ms"] = min(max(1000.0 * threshold, 0.0), 1000.0)
        said["midi.feedback_threshold"] = f"midi.guard_ms = {section['guard_ms']:g}"
    if isinstance(guards := midi.get("feedback_protection"), bool):
        said["midi.feedback_protection"] = "the guard against echoes, as ever"
        if not guards:
            section["guard_ms"] = 0.0
            said["midi.feedback_protection"] = "midi.guard_ms = 0: no guard against echoes"
    matrix = midi.get("thru_matrix", {})
    ports_of = matrix.values() if isinstance(matrix, dict) else ()
    through_ports = {port for ports in ports_of for port in _texts(ports)}
    for device, mapping, side in (("in_device", "input", "in"), ("out_device", "output", "out")):
        tables = []
        of_ports = midi.get(mapping)
        for port in _texts(midi.get(device)):
            said[f"midi.{device}"] = f"one [[midi.{side}]] each"
            table: dict[str, Any] = {"port": port}
            entries = of_ports.get(port) if isinstance(of_ports, dict) else of_ports
            if _are_entries(entries):
                table["values"] = entries
            if side == "out":
                table["play"] = SOURCES[True] if port in through_ports else sources
            tables.append(table)
        if tables:
            section[side] = tables
        for key, value in leaves.items():
            if f"{key}.".startswith(f"midi.{mapping}.") and _are_entries(value):
                port = key.removeprefix(f"midi.{mapping}").removeprefix(".") or "(all)"
                said[key] = f"values of [[midi.{side}]] {port}: {len(value)} entries"
    if section:
        rig["midi"] = section
    return said


def _serial(rig: dict[str, Any], serial: Any, midi: Any, sources: list[str]) -> dict[str, str]:
    """MIDI on the port of the lines, if there is a section of it: the peer opens it twice, and they fight."""
    lines = serial if isinstance(serial, dict) else {}
    port, baud, is_midi = lines.get("port"), lines.get("baudrate"), isinstance(midi, dict)
    has_port = isinstance(port, str) and bool(port.strip())
    said: dict[str, str] = {}
    if has_port:
        of_midi = f"midi.in and midi.out, {SERIAL}{port}; as [serialmidi] uses it, not for lines"
        said["serial.port"] = of_midi if is_midi else "serial.port, profile impsy"
    table: dict[str, Any] = {"port": port, "profile": "impsy", "sources": sources}
    if isinstance(baud, int) and not isinstance(baud, bool) and LOWEST_BAUD <= baud <= HIGHEST_BAUD:
        table["baud"] = baud
        of_midi = f"not needed: MIDI has {MIDI_BAUD} baud"
        said["serial.baudrate"] = of_midi if is_midi else f"serial.baud = {baud}"
    if has_port and not is_midi:
        rig["serial"] = [table]
    for mapping, side in (("input", "in"), ("output", "out")) if is_midi else ():
        table = {"port": f"{SERIAL}{port}"}
        if _are_entries(entries := midi.get(mapping)):
            table["values"] = entries
            said[f"serialmidi.{mapping}"] = f"values of [[midi.{side}]]: {len(entries)} entries"
        if side == "out":
            table["play"] = sources
        if has_port:
            section = rig.setdefault("midi", {})
            section[side] = [*section.get(side, []), table]
    return said


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
