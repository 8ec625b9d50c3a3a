"""MIDI messages as values of a controller, x1 .. xn: each message moves what is mapped to it."""

from __future__ import annotations

from collections.abc import Sequence

from app.midi.entries_in import EntriesIn
from app.midi.mapping import FULL, Entry
from app.midi.messages import NOTE_ON

Update = tuple[int, float]


class ValuesIn:
    """Decodes messages of one port.

    Args:
        entries: of x1 .. xn; None for an x that this port does not play.
    """

    def __init__(self, entries: Sequence[Entry | None]) -> None:
        self._notes: dict[int, list[tuple[int, Entry]]] = {}  # by channel
        others: list[tuple[int, Entry]] = []
        for index, entry in enumerate(entries):
            if entry is not None and entry.kind in ("note_on", "note_velocity"):
                self._notes.setdefault(entry.channel, []).append((index, entry))
            elif entry is not None:
                others.append((index, entry))
        self._others = EntriesIn(others)

    def updates(self, message: bytes) -> tuple[Update, ...]:
        """What a message changes: (index from 0, value in [0, 1]), in the order of the mapping.

        A note off, also one that is a note on of velocity 0, changes nothing, and neither does what is not
        mapped or not whole.
        """
        if message and message[0] & 0xF0 == NOTE_ON and len(message) == 3 and message[2] > 0:
            found = self._notes.get(message[0] & 0x0F, ())
            return tuple(
                (index, message[1 if entry.kind == "note_on" else 2] / FULL) for index, entry in found
            )
        return tuple(self._others.moved(message)[0])
