"""The MIDI of a rig, read, and opened for a session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.core.parameters import Settings
from app.core.toml_lines import line_of
from app.runtime.errors import CommandError
from app.runtime.rig import Rig

if TYPE_CHECKING:
    from app.midi.errors import MidiError
    from app.midi.session import Midi
    from app.midi.setup import MidiSetup


def read_midi(rig: Rig, columns: Sequence[str]) -> MidiSetup | None:
    """The MIDI ports that the rig asks for, or None.

    Raises:
        CommandError: what it says is not understood, or does not fit a model of these columns.
    """
    if not rig.midi:
        return None
    from app.midi.compatibility import check_fits
    from app.midi.errors import MidiError
    from app.midi.setup import parse_setup

    try:
        setup = parse_setup(rig.midi)
        check_fits(setup, columns)
    except MidiError as error:
        raise midi_command_error(rig, error) from None
    return setup


def open_midi(rig: Rig, settings: Settings, columns: Sequence[str]) -> tuple[Midi | None, str]:
    """The ports of the rig with its outputs open, or None; and what a person should know, "" if nothing.

    Raises:
        CommandError: the rig asks for what there is not, or is wrong; with the line of the file.
    """
    setup = read_midi(rig, columns)
    if setup is None:
        return None, ""
    from app.midi.errors import MidiError, MidiUnavailableError
    from app.midi.session import Midi

    try:
        return Midi(setup, settings, columns), ""
    except MidiError as error:
        raise midi_command_error(rig, error) from None
    except MidiUnavailableError as error:
        return None, f"MIDI is off: {error}"


def no_midi(settings: Settings, columns: Sequence[str]) -> Midi:
    """A MIDI without ports, to which some are added.

    Raises:
        MidiError: there is no MIDI system here.
    """
    from app.midi.errors import MidiError, MidiUnavailableError
    from app.midi.session import Midi
    from app.midi.setup import MidiSetup

    try:
        return Midi(MidiSetup(), settings, columns)
    except MidiUnavailableError as error:
        raise MidiError(f"MIDI is off: {error}") from None


def midi_command_error(rig: Rig, error: MidiError) -> CommandError:
    """The error as a command says it: with file and line if it is about a key of the rig."""
    if rig.path is None or not error.at:
        return CommandError(str(error))
    return CommandError(f"{rig.path}:{line_of(rig.path.read_text('utf-8'), error.at)}: {error}")
