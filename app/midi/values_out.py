"""Values of a controller, x1 .. xn, as MIDI messages by a mapping. The encoding is IMPSY's."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from app.core.events import Source
from app.midi.ledger import Ledger, Owner
from app.midi.mapping import Entry
from app.midi.messages import CHANNEL_PRESSURE, CONTROL_CHANGE, PITCH_BEND


class LastSent:
    """The last value of each controller, bend and pressure of a port: what does not change is not resent."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, int], bytes] = {}

    def changed(self, message: bytes) -> bool:
        """Whether the message says something new; takes note of it."""
        key = continuous_key(message)
        if self._last.get(key) == message:
            return False
        self._last[key] = message
        return True

    def forget(self) -> None:
        """Whoever listens knows nothing any more."""
        self._last.clear()


def continuous_key(message: bytes) -> tuple[int, int]:
    """What a control change, bend or pressure moves: (status byte, controller number or -1)."""
    return message[0], message[1] if message[0] & 0xF0 == CONTROL_CHANGE else -1


class ValuesOut:
    """Encodes values for one port.

    Args:
        entries: of x1 .. xn; None sends nothing for its x.
        ledger, last: the port's.
    """

    def __init__(self, entries: Sequence[Entry | None], ledger: Ledger, last: LastSent) -> None:
        self._entries = tuple(entries)
        self._ledger = ledger
        self._last = last
        self._velocity_at: dict[int, int] = {}  # channel: the first x that gives the velocity of its notes
        for index, entry in enumerate(self._entries):
            if entry is not None and entry.kind == "note_velocity":
                self._velocity_at.setdefault(entry.channel, index)

    def encode(
        self,
        source: Source,
        voice: int,
        values: Sequence[float],
        *,
        only: Collection[int] | None = None,
        end_s: float = math.inf,
    ) -> list[bytes]:
        """The messages of one event, in the order of the mapping.

        Args:
            values: x1 .. xn, clamped to [0, 1]; those beyond the mapping are left out.
            only: the indices of the values that were played anew: only their notes are struck again.
                None for all of them.
            end_s: when a note that nobody ends is ended.
        """
        messages: list[bytes] = []
        for index, (entry, value) in enumerate(zip(self._entries, values, strict=False)):
            if entry is None or entry.kind == "note_velocity":
                continue
            if entry.kind == "note_on":
                if only is None or index in only:
                    owner = Owner(source, voice, index)
                    velocity = self._velocity(entry, values)
                    messages += self._ledger.start(owner, entry.channel, entry.raw(value), velocity, end_s)
                continue
            message = _continuous(entry, value)
            if self._last.changed(message):
                messages.append(message)
        return messages

    def _velocity(self, entry: Entry, values: Sequence[float]) -> int:
        index = self._velocity_at.get(entry.channel, len(values))
        return max(1, Entry("", 0).raw(values[index])) if index < len(values) else entry.velocity


def _continuous(entry: Entry, value: float) -> bytes:
    raw = entry.raw(value)
    if entry.kind == "pitch_bend":
        return bytes((PITCH_BEND | entry.channel, raw & 0x7F, raw >> 7))
    if entry.kind == "channel_pressure":
        return bytes((CHANNEL_PRESSURE | entry.channel, raw))
    return bytes((CONTROL_CHANGE | entry.channel, entry.number, raw))
