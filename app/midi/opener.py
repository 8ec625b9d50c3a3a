"""Opens one port: finds it by its name, and puts together what its messages mean or how it is played on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

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


@dataclass
class Input:
    """One input: what was asked for, what its messages mean, how it is opened, and the port while it is."""

    setup: InSetup
    reader: Reader
    plug: Plug = field(init=False)
    port: InPort | None = None

    def close(self) -> None:
        """Give the port back, if it is open."""
        port, self.port = self.port, None
        if port is not None:
            port.close()


@dataclass
class Output:
    """One output: what was asked for, what the engine plays on, and how it is opened."""

    setup: OutSetup
    sink: MidiOut
    plug: Plug


class Opener:
    """What all ports of a session share.

    Args:
        backend_of: the MIDI system that opens a port, by the name it was asked for.
        settings: the live parameters.
        columns: of the model.
        echo_filter: shared by inputs and outputs.
        clock: the engine's.

    Attributes:
        sinks: of the outputs that are open.
    """

    def __init__(
        self,
        backend_of: Callable[[str], Backend],
        settings: Settings,
        columns: Sequence[str],
        echo_filter: EchoFilter,
        clock: Clock | None,
    ) -> None:
        self.echo_filter = echo_filter
        self.backend_of = backend_of
        self._settings = settings
        self._n_values = n_values_of(columns)
        self._kind = EventKind.of(columns)
        self.sinks: tuple[MidiOut, ...] = ()
        self._clock = clock
        self._changes = Changes()
        self._voices = Voices()

    def connect(self, controls: Controls, tell: Callable[[str], None]) -> Inputs:
        """What the inputs play and set; before the first `input`."""
        self._controls = controls
        self._inputs = Inputs(
            controls, self._n_values, self.echo_filter, self._changes, tell, clock=self._clock
        )
        return self._inputs

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
        name, backend = self.resolve(setup), self.backend_of(setup.port)
        virtual = setup.port.startswith(VIRTUAL)
        entries = self.entries(setup.values)
        sink = MidiOut(setup, entries, self.echo_filter, self._changes, clock=self._clock)

        def open_port(name: str) -> None:
            sink.attach(backend.open_output(name, virtual=virtual), name)

        def detach() -> None:
            port = sink.detach()
            if port is not None:
                port.close()

        plug = Plug(setup.port, name, False, open_port, detach)
        attach(plug)
        sink.start()
        return Output(setup, sink, plug)

    def input(self, setup: InSetup, name: str) -> Input:
        """An input, by the full name of its port; not open yet, see `attach`."""
        item, backend = Input(setup, self.reader(setup)), self.backend_of(setup.port)
        virtual = setup.port.startswith(VIRTUAL)

        def open_port(name: str) -> None:
            receive, clock = self._inputs.receiver(item.reader, name), item.setup.clock
            item.port = backend.open_input(name, receive, virtual=virtual, clock=clock)

        def detach() -> None:
            self._inputs.release(item.reader)
            item.close()

        item.plug = Plug(setup.port, name, True, open_port, detach)
        return item

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


def attach(plug: Plug) -> None:
    """Open a port; MidiError if that does not work."""
    try:
        plug.attach(plug.name)
    except MidiUnavailableError as error:
        kind = "input" if plug.is_input else "output"
        raise MidiError(f"MIDI {kind} {plug.name} does not open: {error}.") from None
