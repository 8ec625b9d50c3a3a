"""Opens one port: finds it by its name, and puts together what its messages mean or how it is played on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from app.core.clock import Clock
from app.core.controls import Controls
from app.core.events import EventKind
from app.core.parameters import Settings
from app.midi.backend import Backend, InPort
from app.midi.changes import Changes
from app.midi.compatibility import n_values_of
from app.midi.controls_in import ControlsIn
from app.midi.echo_filter import EchoFilter, LoopDetector
from app.midi.errors import MidiError, MidiUnavailableError
from app.midi.inputs import Inputs, Reader
from app.midi.keys_in import KeysIn
from app.midi.mapping import Entry, default_entries
from app.midi.out import MidiOut
from app.midi.port_names import VIRTUAL, WINDOWS_REMEDY, find_port
from app.midi.serial_backend import SerialBackend
from app.midi.setup import InSetup, OutSetup
from app.midi.touches_in import TouchesIn, TouchSetup, Voices
from app.midi.values_in import ValuesIn
from app.midi.watch import Plug

AnyPlug = TypeVar("AnyPlug", bound=Plug)


class Input(Plug):
    """One input: what its messages mean, and the port while it is open."""

    setup: InSetup

    def __init__(self, setup: InSetup, name: str, reader: Reader, inputs: Inputs, backend: Backend) -> None:
        super().__init__(setup, name)
        self.reader = reader
        self.port: InPort | None = None
        self._inputs, self._backend = inputs, backend

    def attach(self, name: str) -> None:
        """Listen to it."""
        self.port = self._backend.open_input(
            name, self._inputs.receiver(self.reader, name), virtual=self.is_virtual, clock=self.setup.clock
        )

    def detach(self) -> None:
        """Its keys are up."""
        self._inputs.release(self.reader)
        self.close()

    def close(self) -> None:
        """Give the port back, if it is open."""
        port, self.port = self.port, None
        if port is not None:
            port.close()


class Output(Plug):
    """One output, and the sink that the engine plays on."""

    setup: OutSetup

    def __init__(self, setup: OutSetup, name: str, sink: MidiOut, backend: Backend) -> None:
        super().__init__(setup, name)
        self.sink = sink
        self._backend = backend

    def attach(self, name: str) -> None:
        """Send to it."""
        self.sink.attach(self._backend.open_output(name, virtual=self.is_virtual), name)

    def detach(self) -> None:
        """Nothing sounds there any more."""
        port = self.sink.detach()
        if port is not None:
            port.close()


class Opener:
    """What all ports of a session share.

    Args:
        backend_of: the MIDI system that opens a port, by the name it was asked for.
        controls: what the inputs play and set.
        settings: the live parameters.
        columns: of the model.
        echo_filter: shared by inputs and outputs.
        tell: shows a line to a person.
        clock: the engine's.

    Attributes:
        inputs: what handles their messages.
        sinks: of the outputs that are open.
    """

    def __init__(
        self,
        backend_of: Callable[[str], Backend],
        controls: Controls,
        settings: Settings,
        columns: Sequence[str],
        echo_filter: EchoFilter,
        tell: Callable[[str], None],
        clock: Clock | None,
    ) -> None:
        self.echo_filter = echo_filter
        self.backend_of = backend_of
        self._controls = controls
        self._settings = settings
        self._n_values = n_values_of(columns)
        self._kind = EventKind.of(columns)
        self.sinks: tuple[MidiOut, ...] = ()
        self._clock = clock
        self._changes = Changes()
        self._voices = Voices()
        self.inputs = Inputs(controls, self._n_values, echo_filter, self._changes, tell, clock=clock)

    def resolve(self, setup: InSetup | OutSetup) -> str:
        """The full name of the port that is meant; MidiError if none is, or several are."""
        wanted, what, backend = setup.port, setup.word, self.backend_of(setup.port)
        if isinstance(backend, SerialBackend):
            return backend.full_name(wanted)
        if not wanted.startswith(VIRTUAL):
            names = backend.inputs() if isinstance(setup, InSetup) else backend.outputs()
            return find_port(wanted, names, what)
        if not backend.has_virtual_ports:
            raise MidiError(f"MIDI {what}: this system makes no virtual ports; {WINDOWS_REMEDY}.")
        return wanted.removeprefix(VIRTUAL)

    def output(self, setup: OutSetup) -> Output:
        """An open output; MidiError if it cannot be opened."""
        sink = MidiOut(setup, self.entries(setup.values), self.echo_filter, self._changes, clock=self._clock)
        return self._opened(Output(setup, self.resolve(setup), sink, self.backend_of(setup.port)))

    def input(self, setup: InSetup) -> Input:
        """An open input; MidiError if it cannot be opened."""
        name, backend = self.resolve(setup), self.backend_of(setup.port)
        return self._opened(Input(setup, name, self.reader(setup), self.inputs, backend))

    def _opened(self, plug: AnyPlug) -> AnyPlug:
        try:
            plug.attach(plug.name)
        except MidiUnavailableError as error:
            raise MidiError(f"MIDI {plug.setup.word} {plug.name} does not open: {error}.") from None
        return plug

    def reader(self, setup: InSetup) -> Reader:
        """What the messages of an input mean."""
        return Reader(
            setup.port,
            ControlsIn(setup.controls, self._controls, self._settings),
            LoopDetector(self.echo_filter),
            ValuesIn(self.entries(setup.values)) if self._n_values else None,
            self._notes(setup),
        )

    def _notes(self, setup: InSetup) -> TouchesIn | KeysIn | None:
        """What the notes of an input are: what the model hears, if that is anything of the kind."""
        if self._kind is EventKind.NOTES:
            return KeysIn(self._controls, self._pass_on)
        touch = setup.touch
        if touch is None and setup.values is None and self._kind is EventKind.TOUCHES:
            touch = TouchSetup()
        instrument = partial(self._settings.word, "instrument")
        return None if touch is None else TouchesIn(touch, self._controls, self._voices, instrument)

    def _pass_on(self, message: bytes) -> None:
        """Send a message on with the player's notes, in its place among them."""

        def send() -> None:
            for sink in self.sinks:
                sink.pass_on(message)

        self._controls.in_order(send)

    def entries(self, own: tuple[Entry | None, ...] | None) -> tuple[Entry | None, ...]:
        """The mapping of x1 .. xn: its own, or that of the model."""
        return default_entries(self._n_values) if own is None else own
