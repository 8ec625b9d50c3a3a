"""What goes wrong with MIDI before a note is played."""

from __future__ import annotations


class MidiError(ValueError):
    """A setup or port that is not usable: names the key or port, what was expected, what was found."""


class MidiUnavailableError(OSError):
    """This machine has no MIDI system, or its own says no: says why. Everything else plays on."""
