"""MIDI messages as values of a controller, x1 .. xn: each message moves what is mapped to it."""

from __future__ import annotations

from collections.abc import Sequence

from app.midi.fine_in import FineIn
from app.midi.fine_in import Key as FineKey
from app.midi.mapping import FINE_KINDS, FULL, Entry
from app.midi.values_out import CHANNEL_PRESSURE, CONTROL_CHANGE, PITCH_BEND

NOTE_ON = 0x90
Update = tuple[int, float]


class ValuesIn:
    """Decodes messages of one port.

    Args:
        entries: of x1 .. xn; None for an x that this port does not play.
    """

    def __init__(self, entries: Sequence[Entry | None]) -> None:
        self._notes: dict[int, list[tuple[int, Entry]]] = {}  # by channel
        self._continuous: dict[tuple[int, int], list[tuple[int, Entry]]] = {}  # by status and number
        self._fine: dict[FineKey, list[tuple[int, Entry]]] = {}
        self._fine_in = FineIn()
        for index, entry in enumerate(entries):
            if entry is None:
                continue
            if entry.kind in ("note_on", "note_velocity"):
                self._notes.setdefault(entry.channel, []).append((index, entry))
            elif entry.kind in FINE_KINDS:
                key = (entry.kind, entry.channel, entry.number)
                self._fine.setdefault(key, []).append((index, entry))
            else:
                self._continuous.setdefault(source_of(entry), []).append((index, entry))

    def updates(self, message: bytes) -> tuple[Update, ...]:
        """What a message changes: (index from 0, value in [0, 1]), in the order of the mapping.

        A note off, also one that is a note on of velocity 0, changes nothing, and neither does what is not
        mapped or not whole.
        """
        status = message[0] & 0xF0 if message else 0
        if status == NOTE_ON and len(message) == 3 and message[2] > 0:
            found = self._notes.get(message[0] & 0x0F, ())
            return tuple(
                (index, message[1 if entry.kind == "note_on" else 2] / FULL) for index, entry in found
            )
        key = source_key(message)
        if key is None:
            return ()
        raw = raw_value(message)
        coarse = tuple((index, entry.fraction(raw)) for index, entry in self._continuous.get(key, ()))
        return coarse + self._fine_updates(message) if self._fine else coarse

    def _fine_updates(self, message: bytes) -> tuple[Update, ...]:
        heard = self._fine_in.hear(message)
        key, raw = heard or (None, None)
        if key is None or raw is None:
            return ()
        return tuple((index, entry.fraction(raw)) for index, entry in self._fine.get(key, ()))


def source_of(entry: Entry) -> tuple[int, int]:
    """Where the values of an entry come from, as `source_key` of its messages. Not for notes."""
    if entry.kind == "control_change":
        return CONTROL_CHANGE | entry.channel, entry.number
    return (PITCH_BEND if entry.kind == "pitch_bend" else CHANNEL_PRESSURE) | entry.channel, -1


def source_key(message: bytes) -> tuple[int, int] | None:
    """(status byte, controller number or -1) of a message with a value; None for any other."""
    status = message[0] & 0xF0 if message else 0
    if status == CONTROL_CHANGE and len(message) == 3:
        return message[0], message[1]
    if (status == PITCH_BEND and len(message) == 3) or (status == CHANNEL_PRESSURE and len(message) == 2):
        return message[0], -1
    return None


def raw_value(message: bytes) -> int:
    """The value of a message that has a `source_key`: 0 to 127, of a bend 0 to 16383."""
    if message[0] & 0xF0 == PITCH_BEND:
        return message[1] | message[2] << 7
    return message[-1]
