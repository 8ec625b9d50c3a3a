"""MIDI ports that are open, and the MIDI they share, which is there from when one is first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.core.controls import Controls
from app.core.parameters import Settings
from app.engine.thread import Engine
from app.midi.errors import MidiError, MidiUnavailableError
from app.midi.opener import Output
from app.midi.session import Midi
from app.midi.setup import MidiSetup
from app.runtime.open_port import OpenPort
from app.runtime.port_kinds import MidiPort, Name
from app.serial.streams import Streams


class OpenMidi(OpenPort):
    """A MIDI input or output.

    Raises:
        MidiError, TomlError: it cannot be opened, or its mapping does not fit the model.
    """

    def __init__(self, port: MidiPort, midi: Midi) -> None:
        super().__init__(port)
        self._midi = midi
        self.device = midi.open(port)
        if isinstance(self.device, Output):
            self.sink = self.device.sink

    @property
    def name(self) -> Name:
        """By the full name of what is plugged in, whatever part of it was asked for."""
        return type(self.port), self.device.full_name

    @property
    def address(self) -> str:
        """Its name."""
        return f"{self.device.name}{'' if self.device.is_here else ' (gone)'}"

    def alter(self, port: MidiPort) -> None:
        """Its messages mean something else."""
        super().alter(port)
        self._midi.remap(self.device, port)

    def give_up(self) -> None:
        """Its keys are up, and it is watched no more. At the end all are closed at once, by `MidiPorts`."""
        self._midi.give_up(self.device)


@dataclass(eq=False)
class MidiPorts:
    """Opens them.

    Attributes:
        engine, controls: what ports play and set.
        settings: the live parameters.
        columns: of the model.
    """

    engine: Engine
    controls: Controls
    settings: Settings
    columns: Sequence[str]
    _api: str = field(default="", init=False)  # of the MIDI system, as the rig names it
    _midi: Midi | None = field(default=None, init=False)

    def choose(self, setup: MidiSetup | None) -> None:
        """Which MIDI system a rig asks for: of no effect once there is one."""
        self._api = setup.api if setup else ""

    def guard(self, setup: MidiSetup | None) -> None:
        """How long after it was sent a message counts as an echo, as a rig says."""
        if self._midi and setup:
            self._midi.set_guard(setup.guard_s)

    def need(self, port: MidiPort) -> Midi:
        """The MIDI there is, made now if there is none yet, and what it opens `port` with.

        Raises:
            MidiError: there is no MIDI system here, or no serial ports.
        """
        if self._midi is None:
            self._midi = Midi(
                self.controls, self.settings, self.columns, self.engine.tell,
                api=self._api, streams=Streams(),
            )  # fmt: skip
        try:
            self._midi.backend_of(port.port)
        except MidiUnavailableError as error:
            raise MidiError(f"MIDI is off: {error}") from None
        return self._midi

    def open(self, port: MidiPort) -> OpenMidi:
        """One port."""
        return OpenMidi(port, self.need(port))

    def name_of(self, port: MidiPort) -> Name:
        """What will tell apart a port that is not open."""
        return type(port), self.need(port).name_of(port)

    def close(self) -> None:
        """Give everything back. Safe to call twice."""
        if self._midi is not None:
            self._midi.close()
