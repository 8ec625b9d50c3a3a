"""The `[midi]` part of a rig: which ports, and what their messages mean. Checked here, key by key.

[midi]
guard_ms = 30                                       # 0: off
[[midi.in]]
port = "nanoKONTROL2"                               # a part of its name; "virtual:NAME" makes one
values = [["control_change", 1, 16], ...]           # x1 .. xn; [] leaves one out
touch = true                                        # or { channel = 1, low = 36, high = 84, bend = 2 }
controls = { pi_temperature = ["control_change", 1, 20], panic = ["note", 1, 36] }
clock = true                                        # the ghost may follow its clock, see `quantise`
[[midi.out]]
port = "synth"
play = ["ghost"]                                    # whose events; both if left out
values = [["note_on", 1], ...]
channels = { player = 1, ghost = 2 }                # of the notes that touches make
mpe = false
gap_ms = 10                                         # between two values of one controller; 0 sends all
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.events import Source
from app.core.toml_lines import Key
from app.midi.backend import APIS
from app.midi.controls_in import TARGETS, fits
from app.midi.errors import MidiError
from app.midi.mapping import CONTROL_KINDS, FULL, Entry, parse_entries, parse_entry
from app.midi.touches_in import TouchSetup

BOTH = frozenset(Source)
CHANNELS = {Source.PLAYER: 0, Source.GHOST: 1}
MIDI_KEYS = ("in", "out", "guard_ms", "api")
IN_KEYS = ("port", "values", "touch", "controls", "clock")
OUT_KEYS = ("port", "play", "values", "channels", "mpe", "gap_ms")
TOUCH_KEYS = ("channel", "low", "high", "bend")
At = tuple[Key, ...]


@dataclass(frozen=True)
class InSetup:
    """One input.

    Attributes:
        port: as it was asked for.
        values: the entries of x1 .. xn; None: what fits the model.
        touch: how notes become touches; None: not, unless it is what fits the model.
        controls: what sets parameters and gives commands, by target.
        clock: whether its clock is the beat.
    """

    port: str
    values: tuple[Entry | None, ...] | None = None
    touch: TouchSetup | None = None
    controls: Mapping[str, Entry] = field(default_factory=dict)
    clock: bool = False


@dataclass(frozen=True)
class OutSetup:
    """One output.

    Attributes:
        port: as it was asked for.
        play: whose events are sent.
        values: the entries of x1 .. xn; None: controllers, see `app.midi.session`.
        channels: of the notes that the touches of each source make, 0 to 15.
        mpe: a channel for each finger instead.
        gap_s: least time between two values of one controller.
    """

    port: str
    play: frozenset[Source] = BOTH
    values: tuple[Entry | None, ...] | None = None
    channels: Mapping[Source, int] = field(default_factory=lambda: dict(CHANNELS))
    mpe: bool = False
    gap_s: float = 0.01


@dataclass(frozen=True)
class MidiSetup:
    """All ports of a rig.

    Attributes:
        guard_s: how long after it was sent a message counts as an echo; 0: never.
        api: of the MIDI system, a key of `app.midi.backend.APIS`; "" for its own.
    """

    inputs: tuple[InSetup, ...] = ()
    outputs: tuple[OutSetup, ...] = ()
    guard_s: float = 0.03
    api: str = ""


def parse_setup(section: Mapping[str, Any]) -> MidiSetup:
    """The `[midi]` table of a rig.

    Raises:
        MidiError: a key there is not, or a value it does not take; names the key and what is allowed.
    """
    _check_keys(section, MIDI_KEYS, ("midi",))
    api = section.get("api", "")
    if api and api not in APIS:
        raise MidiError(f"expected one of {', '.join(APIS)}, got {api!r}.", ("midi", "api"))
    inputs = tuple(_input(table, at) for table, at in _tables(section, "in"))
    clocks = [index for index, item in enumerate(inputs) if item.clock]
    if len(clocks) > 1:
        raise MidiError("expected one port whose clock is the beat.", ("midi", "in", clocks[1], "clock"))
    return MidiSetup(
        inputs,
        tuple(_output(table, at) for table, at in _tables(section, "out")),
        _number(section, "guard_ms", ("midi",), 30, 0, 1000) / 1e3,
        api,
    )


def _tables(section: Mapping[str, Any], key: str) -> list[tuple[dict[str, Any], At]]:
    tables = section.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise MidiError(f"expected tables, each written [[midi.{key}]], got {tables!r}.", ("midi", key))
    return [(table, ("midi", key, index)) for index, table in enumerate(tables)]


def _input(table: dict[str, Any], at: At) -> InSetup:
    _check_keys(table, IN_KEYS, at)
    values = table.get("values")
    return InSetup(
        _port(table, at),
        None if values is None else parse_entries(values, (*at, "values")),
        _touch(table.get("touch", False), (*at, "touch")),
        _controls(table.get("controls", {}), (*at, "controls")),
        _flag(table, "clock", at),
    )


def _output(table: dict[str, Any], at: At) -> OutSetup:
    _check_keys(table, OUT_KEYS, at)
    values, channels = table.get("values"), table.get("channels", {})
    if not isinstance(channels, dict):
        raise MidiError(f"expected {{ player = 1, ghost = 2 }}, got {channels!r}.", (*at, "channels"))
    _check_keys(channels, tuple(Source), (*at, "channels"))
    own = {
        source: _integer(channels, source, (*at, "channels"), CHANNELS[source] + 1, 1, 16) - 1
        for source in Source
    }
    return OutSetup(
        _port(table, at),
        _sources(table.get("play", list(Source)), at),
        None if values is None else parse_entries(values, (*at, "values")),
        own,
        _flag(table, "mpe", at),
        _number(table, "gap_ms", at, 10, 0, 1000) / 1e3,
    )


def _sources(words: object, at: At) -> frozenset[Source]:
    if not isinstance(words, list) or not words or any(word not in tuple(Source) for word in words):
        raise MidiError(f"expected a list of {' and '.join(Source)}, got {words!r}.", (*at, "play"))
    return frozenset(Source(word) for word in words)


def _touch(value: object, at: At) -> TouchSetup | None:
    if isinstance(value, bool):
        return TouchSetup() if value else None
    if not isinstance(value, dict):
        raise MidiError(f"expected true, false or a table, got {value!r}.", at)
    _check_keys(value, TOUCH_KEYS, at)
    numbers: dict[str, int | None] = {}
    for key, low in (("channel", 1), ("low", 0), ("high", 0)):
        numbers[key] = _integer(value, key, at, 0, low, 16 if low else FULL) if key in value else None
    channel, low_note, high_note = numbers["channel"], numbers["low"], numbers["high"]
    if low_note is not None and low_note == high_note:
        raise MidiError(f"low and high: expected two different notes, got {low_note} twice.", at)
    bend = _number(value, "bend", at, 2, 0, 96)
    return TouchSetup(None if channel is None else channel - 1, low_note, high_note, bend)


def _controls(table: object, at: At) -> dict[str, Entry]:
    if not isinstance(table, dict):
        raise MidiError(f"expected a table such as {{ panic = ['note', 1, 36] }}, got {table!r}.", at)
    _check_keys(table, TARGETS, at)
    entries = {key: parse_entry(raw, (*at, key), CONTROL_KINDS) for key, raw in table.items()}
    for key, entry in entries.items():
        if not fits(key, entry.kind):
            kinds = [kind for kind in CONTROL_KINDS if fits(key, kind)]
            raise MidiError(f"expected one of {', '.join(kinds)}, got {entry.kind}.", (*at, key))
    return entries


def _port(table: Mapping[str, Any], at: At) -> str:
    port = table.get("port")
    if not isinstance(port, str) or not port.strip():
        raise MidiError(f"expected a part of a port's name, or virtual:NAME, got {port!r}.", (*at, "port"))
    return port


def _flag(table: Mapping[str, Any], key: str, at: At) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise MidiError(f"expected true or false, got {value!r}.", (*at, key))
    return value


def _check_keys(table: Mapping[str, Any], known: tuple[str, ...], at: At) -> None:
    for key in table:
        if key not in known:
            raise MidiError(f"expected one of {', '.join(known)}.", (*at, key))


def _number(table: Mapping[str, Any], key: str, at: At, default: float, low: float, high: float) -> float:
    value = table.get(key, default)
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise MidiError(f"expected a number from {low:g} to {high:g}, got {value!r}.", (*at, key))
    return float(value)


def _integer(table: Mapping[str, Any], key: str, at: At, default: int, low: int, high: int) -> int:
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise MidiError(f"expected a whole number from {low} to {high}, got {value!r}.", (*at, key))
    return value
