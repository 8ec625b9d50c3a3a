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
from typing import ClassVar

from app.core.events import Source
from app.core.toml_table import Table
from app.midi import mapping
from app.midi.backend import APIS
from app.midi.controls_in import TARGETS, fits
from app.midi.touches_in import TouchSetup

BOTH = frozenset(Source)
CHANNELS = {Source.PLAYER: 0, Source.GHOST: 1}
MIDI_KEYS = ("in", "out", "guard_ms", "api")
IN_KEYS = ("port", "values", "touch", "controls", "clock")
OUT_KEYS = ("port", "play", "values", "channels", "mpe", "gap_ms")
TOUCH_KEYS = ("channel", "low", "high", "bend")
PORT = "a part of a port's name, or virtual:NAME"


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
    values: tuple[mapping.Entry | None, ...] | None = None
    touch: TouchSetup | None = None
    controls: Mapping[str, mapping.Entry] = field(default_factory=dict)
    clock: bool = False
    word: ClassVar[str] = "input"


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
    values: tuple[mapping.Entry | None, ...] | None = None
    channels: Mapping[Source, int] = field(default_factory=lambda: dict(CHANNELS))
    mpe: bool = False
    gap_s: float = 0.01
    word: ClassVar[str] = "output"


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


def parse_setup(section: object) -> MidiSetup:
    """The `[midi]` table of a rig.

    Raises:
        TomlError: a key there is not, or a value it does not take; names the key and what is allowed.
    """
    table = Table(section, MIDI_KEYS, ("midi",))
    inputs = [(_input(each), each) for each in table.tables("in", IN_KEYS)]
    clocks = [each for item, each in inputs if item.clock]
    if len(clocks) > 1:
        raise clocks[1].error("clock", "expected one port whose clock is the beat.")
    return MidiSetup(
        tuple(item for item, _ in inputs),
        tuple(_output(each) for each in table.tables("out", OUT_KEYS)),
        table.number("guard_ms", 30.0, 0, 1000) / 1e3,
        table.word("api", tuple(APIS), ""),
    )


def _input(table: Table) -> InSetup:
    return InSetup(
        table.text("port", PORT),
        _entries(table, mapping.VALUE_IN_KINDS),
        _touch(table),
        _controls(table.table("controls", TARGETS, "a table such as { panic = ['note', 1, 36] }")),
        table.flag("clock"),
    )


def _output(table: Table) -> OutSetup:
    channels = table.table("channels", tuple(Source), "{ player = 1, ghost = 2 }")
    return OutSetup(
        table.text("port", PORT),
        frozenset(Source(word) for word in table.words("play", tuple(Source))),
        _entries(table, mapping.VALUE_KINDS),
        {source: channels.whole(source, CHANNELS[source] + 1, 1, 16) - 1 for source in Source},
        table.flag("mpe"),
        table.number("gap_ms", 10.0, 0, 1000) / 1e3,
    )


def _entries(table: Table, kinds: dict[str, str]) -> tuple[mapping.Entry | None, ...] | None:
    values = table.get("values")
    return None if values is None else mapping.parse_entries(values, (*table.at, "values"), kinds)


def _touch(table: Table) -> TouchSetup | None:
    if isinstance(is_on := table.get("touch", False), bool):
        return TouchSetup() if is_on else None
    touch = table.table("touch", TOUCH_KEYS, "true, false or a table")
    channel, low, high = (
        touch.whole(key, None, int(key == "channel"), 16 if key == "channel" else mapping.FULL)
        for key in ("channel", "low", "high")
    )
    if low is not None and low == high:
        raise table.error("touch", f"low and high: expected two different notes, got {low} twice.")
    return TouchSetup(None if channel is None else channel - 1, low, high, touch.number("bend", 2.0, 0, 96))


def _controls(table: Table) -> dict[str, mapping.Entry]:
    entries = {
        key: mapping.parse_entry(table.get(key), (*table.at, key), mapping.CONTROL_KINDS) for key in table
    }
    for key, entry in entries.items():
        if not fits(key, entry.kind):
            kinds = [kind for kind in mapping.CONTROL_KINDS if fits(key, kind)]
            raise table.error(key, f"expected one of {', '.join(kinds)}, got {entry.kind}.")
    return entries
