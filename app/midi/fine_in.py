"""Controllers of 14 bits: pairs of controllers, and numbered parameters (NRPN and RPN).

pair       controller 0 to 31 is the coarse half, the controller 32 above it the fine one
parameter  99 and 98 (NRPN) or 101 and 100 (RPN) choose a number, 6 and 38 are the halves of its value, 96
           and 97 a step up and down

The coarse half comes first. Until the fine one is here the value stands at the near end of the new step, so
it never goes back on its way; a device that sends coarse halves only reaches both ends of the range.

Source: MIDI 1.0 detailed specification, control change messages; RP-015 for a reset of the controllers.
"""

from __future__ import annotations

from app.midi.messages import CONTROL_CHANGE, RESETS_CONTROLLERS

PAIRS = 32  # controllers that have a fine half, so many above
FINE_FULL = 16383
DATA, DATA_FINE, STEP_UP, STEP_DOWN = 6, 38, 96, 97
SELECTS = {99: ("nrpn", 0), 98: ("nrpn", 1), 101: ("rpn", 0), 100: ("rpn", 1)}
NOTHING = 0x3FFF  # the number that means: no parameter
WHOLE_STEP = 129  # of a device without fine halves: 127 of them are the whole range
Key = tuple[str, int, int]  # the kind of an entry, channel from 0, number


class FineIn:
    """Puts the halves of one port together."""

    def __init__(self) -> None:
        self._raw: dict[Key, int] = {}  # 0 to 16383
        self._is_fine: set[Key] = set()  # whose fine half was heard
        self._selected: dict[int, tuple[str, int, int]] = {}  # by channel: kind, halves of the number

    def hear(self, message: bytes) -> tuple[Key, int | None] | None:
        """Whose message it is, and its value from 0 to 16383, None if that is as before; None: nobody's."""
        if len(message) != 3 or message[0] & 0xF0 != CONTROL_CHANGE or max(message[1:]) > 127:
            return None  # a cable may bring what no device sends
        channel, number, value = message[0] & 0x0F, message[1], message[2]
        if number in SELECTS:
            self._select(channel, *SELECTS[number], value)
            return None
        if number == RESETS_CONTROLLERS:
            self._selected.pop(channel, None)
            return None
        parameter = self._parameter(channel)
        if parameter is not None and number in (DATA, DATA_FINE):
            return self._half(parameter, value, number == DATA_FINE)
        if parameter is not None and number in (STEP_UP, STEP_DOWN):
            return self._step(parameter, 1 if number == STEP_UP else -1)
        if number < 2 * PAIRS:
            return self._half(("control_change_14", channel, number % PAIRS), value, number >= PAIRS)
        return None

    def _select(self, channel: int, kind: str, half: int, value: int) -> None:
        before = self._selected.get(channel)
        halves = list(before[1:]) if before is not None and before[0] == kind else [-1, -1]
        halves[half] = value
        self._selected[channel] = kind, halves[0], halves[1]

    def _parameter(self, channel: int) -> Key | None:
        """The parameter that is chosen, if one is."""
        kind, coarse, fine = self._selected.get(channel, ("", -1, -1))
        number = coarse << 7 | fine
        return None if coarse < 0 or fine < 0 or number == NOTHING else (kind, channel, number)

    def _half(self, key: Key, value: int, is_fine: bool) -> tuple[Key, int | None] | None:
        before = self._raw.get(key)
        if is_fine:
            if before is None:  # nobody knows of what it is the fine half
                return None
            self._is_fine.add(key)
            return self._is_at(key, before & ~0x7F | value)
        if before is None or key not in self._is_fine:
            return self._is_at(key, value << 7 | value)
        if value == before >> 7:  # the fine half follows, or nothing changed
            return key, None
        return self._is_at(key, value << 7 | (0 if value > before >> 7 else 0x7F))

    def _step(self, key: Key, direction: int) -> tuple[Key, int | None]:
        if key not in self._raw:
            return key, None
        step = direction * (1 if key in self._is_fine else WHOLE_STEP)
        return self._is_at(key, min(max(self._raw[key] + step, 0), FINE_FULL))

    def _is_at(self, key: Key, raw: int) -> tuple[Key, int]:
        self._raw[key] = raw
        return key, raw
