"""Messages with a value, and the entries of a mapping that they move."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from app.midi.fine_in import FineIn
from app.midi.fine_in import Key as FineKey
from app.midi.mapping import FINE_KINDS, Entry
from app.midi.messages import CHANNEL_PRESSURE, CONTROL_CHANGE, PITCH_BEND, raw_value, source_key

Target = TypeVar("Target")


class EntriesIn(Generic[Target]):
    """Decodes messages of one port.

    Args:
        entries: what each one moves, and the entry; not of notes and program changes.
    """

    def __init__(self, entries: Iterable[tuple[Target, Entry]]) -> None:
        self._coarse: dict[tuple[int, int], list[tuple[Target, Entry]]] = {}  # by `source_key`
        self._fine: dict[FineKey, list[tuple[Target, Entry]]] = {}
        self._fine_in = FineIn()
        for target, entry in entries:
            if entry.kind in FINE_KINDS:
                fine = (entry.kind, entry.channel, entry.number)
                self._fine.setdefault(fine, []).append((target, entry))
            else:
                self._coarse.setdefault(_source_of(entry), []).append((target, entry))

    def moved(self, message: bytes) -> tuple[list[tuple[Target, float]], bool]:
        """What a message moves, in the order of the mapping, and to which value in [0, 1]; and whether the
        message is one of the mapping's, which may move nothing: half of a controller of 14 bits."""
        key = source_key(message)
        coarse = self._coarse.get(key, []) if key is not None else []
        moved = [(target, entry.fraction(raw_value(message))) for target, entry in coarse]
        heard = self._fine_in.hear(message) if self._fine else None
        if heard is None:
            return moved, bool(moved)
        fine, raw = self._fine.get(heard[0], []), heard[1]
        if raw is not None:
            moved += [(target, entry.fraction(raw)) for target, entry in fine]
        return moved, bool(coarse or fine)


def _source_of(entry: Entry) -> tuple[int, int]:
    """The `source_key` of an entry's messages."""
    if entry.kind == "control_change":
        return CONTROL_CHANGE | entry.channel, entry.number
    return (PITCH_BEND if entry.kind == "pitch_bend" else CHANNEL_PRESSURE) | entry.channel, -1
