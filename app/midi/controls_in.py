"""Knobs, keys and program changes that set parameters and give commands."""

from __future__ import annotations

import math
from collections.abc import Mapping

from app.core.controls import COMMANDS, Controls
from app.core.parameters import PARAMETERS, Choice, Number, Settings
from app.midi.entries_in import EntriesIn
from app.midi.mapping import Entry
from app.midi.messages import NOTE_ON, PROGRAM_CHANGE

PRESET = "preset"
TARGETS = (*(p.name for p in PARAMETERS), *COMMANDS, PRESET)


class ControlsIn:
    """Decodes one port.

        a number   goes with the controller, by ratios if the parameter does
        a choice   is what the controller's range is divided into; a key goes to the next one, a program
                   change to the one of its number
        a switch   is on in the upper half; a key turns it over
        a command  is given when the controller enters the upper half, or by the key
        a preset   is chosen by the program's number

    Args:
        entries: by target, one of `TARGETS`.
        controls, settings: what is controlled.
    """

    def __init__(self, entries: Mapping[str, Entry], controls: Controls, settings: Settings) -> None:
        self._controls = controls
        self._settings = settings
        self._keys: dict[tuple[int, int], list[str]] = {}  # by status and number
        self._programs: dict[int, list[str]] = {}  # by status
        self._upper: set[str] = set()  # commands whose controller is in the upper half
        others: list[tuple[str, Entry]] = []
        for target, entry in entries.items():
            if entry.kind == "note":
                self._keys.setdefault((NOTE_ON | entry.channel, entry.number), []).append(target)
            elif entry.kind == "program_change":
                self._programs.setdefault(PROGRAM_CHANGE | entry.channel, []).append(target)
            else:
                others.append((target, entry))
        self._others = EntriesIn(others)

    def take(self, message: bytes) -> bool:
        """Do what a whole message of a channel says; whether it is one of ours.

        Raises:
            ParameterError: a value or a preset that there is not. What else it says was done.
            ControlError: a command that cannot be done here.
        """
        if message[0] in self._programs and len(message) == 2:
            for target in self._programs[message[0]]:
                self._choose(target, message[1])
            return True
        moved, is_ours = self._others.moved(message)
        for target, fraction in moved:
            self._turn(target, fraction)
        return is_ours or self._is_key(message)

    def _is_key(self, message: bytes) -> bool:
        if len(message) != 3 or message[0] & 0xE0 != 0x80:
            return False
        targets = self._keys.get((message[0] | 0x10, message[1]), ())  # a note off is ours as well
        if message[0] & 0xF0 == NOTE_ON and message[2] > 0:
            for target in targets:
                self._press(target)
        return bool(targets)

    def _turn(self, target: str, fraction: float) -> None:
        if target in COMMANDS:
            if fraction >= 0.5 and target not in self._upper:
                COMMANDS[target](self._controls)
            (self._upper.add if fraction >= 0.5 else self._upper.discard)(target)
            return
        parameter = self._settings.parameter(target)
        if isinstance(parameter, Choice):
            index = min(int(fraction * len(parameter.choices)), len(parameter.choices) - 1)
            self._controls.set(target, parameter.choices[index])
        elif isinstance(parameter, Number):
            self._controls.set(target, _scaled(parameter, fraction))
        else:
            self._controls.set(target, fraction >= 0.5)

    def _press(self, target: str) -> None:
        if target in COMMANDS:
            COMMANDS[target](self._controls)
            return
        parameter = self._settings.parameter(target)
        if isinstance(parameter, Choice):
            choices = parameter.choices
            following = (choices.index(self._settings.word(target)) + 1) % len(choices)
            self._controls.set(target, choices[following])
        else:
            self._controls.set(target, not self._settings.is_on(target))

    def _choose(self, target: str, number: int) -> None:
        if target == PRESET:
            self._controls.preset(number)
            return
        parameter = self._settings.parameter(target)
        if isinstance(parameter, Choice) and number < len(parameter.choices):
            self._controls.set(target, parameter.choices[number])
        else:
            parameter.check(f"program {number + 1}")


def fits(target: str, kind: str) -> bool:
    """Whether a message of `kind` can control `target`."""
    parameter = next((p for p in PARAMETERS if p.name == target), None)
    if kind == "note":
        return target != PRESET and not isinstance(parameter, Number)
    if kind == "program_change":
        return target == PRESET or isinstance(parameter, Choice)
    return target != PRESET


def _scaled(parameter: Number, fraction: float) -> float:
    low, high = parameter.low, parameter.high
    if parameter.logarithmic:
        return min(max(low * math.pow(high / low, fraction), low), high)
    return low + fraction * (high - low)
