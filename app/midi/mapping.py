"""The entries of a mapping: `["control_change", channel, number]` and the others, read and checked.

The entries are IMPSY's, so its mappings work as they are. Channels are written 1 to 16, as on a device's
display, and kept 0 to 15, as on the wire. A range `low, high` may run backwards: then the knob turns the
other way round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.toml_file import Key, TomlError
from app.midi.fine_in import FINE_FULL, PAIRS

FULL = 127
BEND_FULL = 16383
KNOB_CONTROLS = (*range(20, 32), *range(102, 120))
"""Control numbers of x1, x2 ... unless a mapping says otherwise: those General MIDI leaves undefined."""

# Each kind with the numbers that follow its channel. In brackets: may be left out, all of them together.
VALUE_KINDS = {
    "note_on": "channel [velocity]",
    "note_velocity": "channel",
    "control_change": "channel number [low high]",
    "pitch_bend": "channel",
    "channel_pressure": "channel",
}
"""Kinds that carry a value of a controller, x1 .. xn."""

FINE_KINDS = {
    "control_change_14": "channel number [low high]",
    "nrpn": "channel number [low high]",
    "rpn": "channel number [low high]",
}
"""Kinds of 14 bits, which come in only: raw values and parameters 0 to 16383, pairs by their coarse half."""

VALUE_IN_KINDS = VALUE_KINDS | FINE_KINDS
"""Kinds that play a value of a controller."""

CONTROL_KINDS = {
    "note": "channel number",
    "control_change": "channel number [low high]",
    "pitch_bend": "channel",
    "channel_pressure": "channel",
    "program_change": "channel",
    **FINE_KINDS,
}
"""Kinds that set a parameter or give a command. A note has no value: it switches, steps or triggers."""


@dataclass(frozen=True)
class Entry:
    """One entry of a mapping.

    Attributes:
        kind: a key of `VALUE_IN_KINDS` or `CONTROL_KINDS`.
        channel: 0 to 15.
        number: of the controller, the parameter or the note; 0 where the kind has none.
        low, high: raw values at 0 and at 1.
        velocity: of the notes that are sent, 1 to 127, unless a note_velocity entry gives it.
    """

    kind: str
    channel: int
    number: int = 0
    low: int = 0
    high: int = FULL
    velocity: int = FULL

    def fraction(self, raw: int) -> float:
        """A raw value as a fraction of the range, clamped to [0, 1]."""
        return min(max((raw - self.low) / (self.high - self.low), 0.0), 1.0)

    def raw(self, fraction: float) -> int:
        """A fraction, clamped to [0, 1], as the nearest raw value; halves go up."""
        return int(self.low + min(max(fraction, 0.0), 1.0) * (self.high - self.low) + 0.5)


def parse_entries(
    raw: object, at: Sequence[Key], kinds: dict[str, str] = VALUE_KINDS
) -> tuple[Entry | None, ...]:
    """The entries of x1 .. xn, of these kinds; an empty one, `[]`, leaves its x out.

    Raises:
        TomlError: it is not a list of entries.
    """
    if not isinstance(raw, list):
        raise TomlError(f"expected a list of entries as ['control_change', 1, 20], got {raw!r}.", at)
    return tuple(
        None if entry == [] else parse_entry(entry, (*at, index), kinds) for index, entry in enumerate(raw)
    )


def parse_entry(raw: object, at: Sequence[Key], kinds: dict[str, str]) -> Entry:
    """One entry, of one of `kinds`.

    Raises:
        TomlError: the kind is unknown, or the numbers after it are too few, too many or out of range.
    """
    if not isinstance(raw, list) or not raw or raw[0] not in tuple(kinds):
        raise TomlError(f"expected a list that starts with one of {', '.join(kinds)}, got {raw!r}.", at)
    kind, numbers = raw[0], raw[1:]
    needed, _, optional = kinds[kind].removesuffix("]").partition(" [")
    names, more = needed.split(), optional.split()
    if len(numbers) == len(names) + len(more):
        names += more
    if len(numbers) != len(names):
        raise TomlError(f"expected {kind} {kinds[kind]}, got {raw!r}.", at)
    fields = {name: _number(kind, name, number, at) for name, number in zip(names, numbers, strict=True)}
    if kind == "pitch_bend":
        fields["high"] = BEND_FULL
    if kind in FINE_KINDS:
        fields.setdefault("high", FINE_FULL)
    entry = Entry(kind, fields.pop("channel") - 1, **fields)
    if entry.low == entry.high:
        raise TomlError(f"low and high: expected two different numbers, got {raw!r}.", at)
    return entry


def _number(kind: str, name: str, value: object, at: Sequence[Key]) -> int:
    low, high = 0, FINE_FULL if kind in FINE_KINDS else FULL
    if name == "channel":
        low, high = 1, 16
    elif name == "number" and kind == "control_change_14":
        high = PAIRS - 1
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise TomlError(f"{name}: expected a whole number from {low} to {high}, got {value!r}.", at)
    return max(value, 1) if name == "velocity" else value  # velocity 0 would be a note off


def default_entries(count: int) -> tuple[Entry | None, ...]:
    """x1 .. xn on `KNOB_CONTROLS` of channel 1, as far as they reach."""
    known = tuple(Entry("control_change", 0, number) for number in KNOB_CONTROLS[:count])
    return known + (None,) * (count - len(known))
