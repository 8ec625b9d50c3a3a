"""The errors of MIDI: a port that is not usable, a machine without MIDI."""

from __future__ import annotations


class MidiError(ValueError):
    """A port that is not usable: names it, what was expected, what was found."""


class MidiUnavailableError(OSError):
    """This machine has no MIDI system, or its own says no: says why. Everything else plays on."""
