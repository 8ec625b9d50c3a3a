"""The MIDI of one evening: ports opened, wired to the jam, watched, changed, and given back.

    midi = Midi(setup, settings, columns)      # opens the outputs; give midi.sinks to the engine
    midi.connect(controls, engine.tell)
    midi.start()                               # opens the inputs, when the engine plays
    midi.add_input(InSetup("keys"))            # from here on ports come and go, and mappings change
    midi.close()
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from app.clock import Clock
from app.controls import Controls
from app.midi.backend import Backend, InPort, RtMidi
from app.midi.changes import Changes
from app.midi.controls_in import ControlsIn
from app.midi.errors import MidiError, MidiUnavailableError
from app.midi.fit import check_fits, check_input_fits, check_output_fits, n_values_of
from app.midi.guard import Guard, LoopDetector
from app.midi.inputs import Inputs, Reader
from app.midi.mapping import Entry, default_entries
from app.midi.out import MidiOut
from app.midi.ports import VIRTUAL, WINDOWS_REMEDY, find_port
from app.midi.setup import InSetup, MidiSetup, OutSetup
from app.midi.touches_in import TouchesIn, TouchSetup, Voices
from app.midi.values_in import ValuesIn
from app.midi.watch import Keeper, Plug, Watch
from app.parameters import Settings
from app.sinks import Sink


@dataclass
class _Input:
    setup: InSetup
    reader: Reader
    plug: Plug = field(init=False)
    port: InPort | None = None


@dataclass
class _Output:
    setup: OutSetup
    sink: MidiOut
    plug: Plug


Item = TypeVar("Item", _Input, _Output)


class Midi:
    """All ports of a rig.

    What a port has no mapping for follows the model: a touch model is played by notes, a controller model by
    the controllers 20 to 31 and 102 to 119 of channel 1, as x1, x2 ... A mapping that says something else is
    refused. After `start` one thread at a time may change ports.

    Args:
        setup: the ports.
        settings: the live parameters.
        columns: of the model.
        clock: the engine's.
        backend: the MIDI system; the machine's own if None.

    Raises:
        MidiError: a name means no port or several, one does not open, or a mapping does not fit the model.
        MidiUnavailableError: there is no MIDI system here.
    """

    def __init__(
        self,
        setup: MidiSetup,
        settings: Settings,
        columns: Sequence[str],
        *,
        clock: Clock | None = None,
        backend: Backend | None = None,
    ) -> None:
        self._setup = setup
        self._settings = settings
        self._clock = clock
        self._columns = tuple(columns)
        self._n_values = n_values_of(columns)
        check_fits(setup, columns)
        self._backend = backend or RtMidi(setup.api)
        self._guard, self._changes = Guard(setup.guard_s), Changes()
        self._ins: list[_Input] = []
        self._outs: list[_Output] = []
        self._voices = Voices()
        self._is_connected = False
        names = self._backend.inputs()
        self._in_names = [self._resolve(item.port, names, "input") for item in setup.inputs]
        try:
            for item in setup.outputs:
                self._outs.append(self._open_output(item))
        except (MidiError, OSError):
            for out in self._outs:
                out.sink.close()
            raise

    @property
    def sinks(self) -> list[Sink]:
        """The outputs."""
        return [out.sink for out in self._outs]

    @property
    def ports(self) -> list[str]:
        """What is open, for people."""
        return [
            *(f"MIDI in {name}" for name in ([i.plug.name for i in self._ins] or self._in_names)),
            *(f"MIDI out {out.plug.name}" for out in self._outs),
        ]

    def connect(self, controls: Controls, tell: Callable[[str], None]) -> None:
        """What the inputs play and set. `tell` shows a line to a person; any thread."""
        self._controls = controls
        self._inputs = Inputs(
            controls, self._n_values, self._guard, self._changes, tell, clock=self._clock
        )
        for item, name in zip(self._setup.inputs, self._in_names, strict=True):
            self._ins.append(self._input(item, name))
        self._in_names = []
        self._keeper = Keeper(self._backend, (), tell)
        self._watch = Watch(self._keeper, self._clock)
        self._keep()
        self._is_connected = True

    def start(self) -> None:
        """Open the inputs, and watch all ports.

        Raises:
            MidiError: an input does not open.
        """
        self._inputs.start()
        for item in self._ins:
            _attach(item.plug)
        self._watch.start()

    def close(self) -> None:
        """Give everything back, outputs first; returns within seconds even if a driver hangs."""
        if self._is_connected:
            self._watch.stop()
        for out in self._outs:
            out.sink.close()
        for item in self._ins:
            _close(item)
        if self._is_connected:
            self._inputs.stop()

    # Ports that come and go

    def add_input(self, setup: InSetup) -> None:
        """Listen to one more port.

        Raises:
            MidiError: there is none of this name, it is listened to already, it does not open, or its
                mapping does not fit the model.
        """
        check_input_fits(setup, self._columns)
        name = self._resolve(setup.port, self._backend.inputs(), "input")
        if any(item.plug.name == name for item in self._ins):
            raise MidiError(f"MIDI input {name} is listened to already.")
        item = self._input(setup, name)
        _attach(item.plug)
        self._ins.append(item)
        self._keep()

    def remove_input(self, wanted: str) -> None:
        """Do not listen to a port any more; its keys are up.

        Raises:
            MidiError: none that is listened to is meant, or several are.
        """
        item = _find(wanted, self._ins, "input")
        self._ins.remove(item)
        self._keep()
        item.plug.detach()

    def add_output(self, setup: OutSetup) -> Sink:
        """Open one more output; the engine plays on what is returned.

        Raises:
            MidiError: as `add_input`.
        """
        check_output_fits(setup, self._columns)
        name = self._resolve(setup.port, self._backend.outputs(), "output")
        if any(out.plug.name == name for out in self._outs):
            raise MidiError(f"MIDI output {name} is played on already.")
        out = self._open_output(setup)
        self._outs.append(out)
        self._keep()
        return out.sink

    def take_output(self, wanted: str) -> Sink:
        """An output that is to be closed, when the engine plays on it no more. It is not watched any more.

        Raises:
            MidiError: none is meant, or several are.
        """
        out = _find(wanted, self._outs, "output")
        self._outs.remove(out)
        self._keep()
        return out.sink

    def remap_input(self, setup: InSetup) -> None:
        """Another mapping for the input that was asked for by this name. Its keys are up."""
        for item in self._ins:
            if item.setup.port == setup.port:
                reopen = item.setup.clock != setup.clock and item.port is not None
                item.setup = setup
                self._inputs.replace(item.reader, self._reader(setup))
                if reopen:  # the MIDI system filters the clock for each port when it is opened
                    item.plug.detach()
                    _attach(item.plug)

    def remap_output(self, setup: OutSetup) -> None:
        """Another mapping for the output that was asked for by this name. What sounds on it ends."""
        for out in self._outs:
            if out.setup.port == setup.port:
                out.setup = setup
                out.sink.remap(setup, self._entries(setup.values))

    def set_guard(self, guard_s: float) -> None:
        """How long after it was sent a message counts as an echo."""
        self._guard.window_s = guard_s

    # Inside

    def _keep(self) -> None:
        """Watch what is open, but virtual ports: they are ours and never go."""
        plugs = [item.plug for item in self._ins] + [out.plug for out in self._outs]
        self._keeper.keep([plug for plug in plugs if not plug.wanted.startswith(VIRTUAL)])

    def _resolve(self, wanted: str, names: Sequence[str], what: str) -> str:
        if not wanted.startswith(VIRTUAL):
            return find_port(wanted, names, what)
        if not self._backend.has_virtual_ports:
            raise MidiError(f"MIDI {what}: this system makes no virtual ports; {WINDOWS_REMEDY}.")
        return wanted.removeprefix(VIRTUAL)

    def _open_output(self, item: OutSetup) -> _Output:
        name = self._resolve(item.port, self._backend.outputs(), "output")
        virtual = item.port.startswith(VIRTUAL)
        entries = self._entries(item.values)
        sink = MidiOut(item, entries, self._settings, self._guard, self._changes, clock=self._clock)

        def attach(name: str) -> None:
            sink.attach(self._backend.open_output(name, virtual=virtual), name)

        def detach() -> None:
            port = sink.detach()
            if port is not None:
                port.close()

        plug = Plug(item.port, name, False, attach, detach)
        _attach(plug)
        sink.start()
        return _Output(item, sink, plug)

    def _input(self, setup: InSetup, name: str) -> _Input:
        item = _Input(setup, self._reader(setup))
        virtual = setup.port.startswith(VIRTUAL)

        def attach(name: str) -> None:
            receive = self._inputs.receiver(item.reader, name)
            clock = item.setup.clock
            item.port = self._backend.open_input(name, receive, virtual=virtual, clock=clock)

        def detach() -> None:
            self._inputs.release(item.reader)
            _close(item)

        item.plug = Plug(setup.port, name, True, attach, detach)
        return item

    def _reader(self, item: InSetup) -> Reader:
        touch = item.touch
        if touch is None and item.values is None and not self._n_values:
            touch = TouchSetup()
        instrument = partial(self._settings.word, "instrument")
        return Reader(
            item.port,
            ControlsIn(item.controls, self._controls, self._settings),
            LoopDetector(self._guard),
            ValuesIn(self._entries(item.values)) if self._n_values else None,
            None if touch is None else TouchesIn(touch, self._controls, self._voices, instrument),
        )

    def _entries(self, own: tuple[Entry | None, ...] | None) -> tuple[Entry | None, ...]:
        return default_entries(self._n_values) if own is None else own


def _find(wanted: str, items: Sequence[Item], what: str) -> Item:
    """The port that was asked for by this name, or that it means out of those that are open."""
    for item in items:
        if item.plug.wanted == wanted:
            return item
    names = list(dict.fromkeys(item.plug.name for item in items))
    name = find_port(wanted.removeprefix(VIRTUAL), names, what)
    return next(item for item in items if item.plug.name == name)


def _attach(plug: Plug) -> None:
    try:
        plug.attach(plug.name)
    except MidiUnavailableError as error:
        kind = "input" if plug.is_input else "output"
        raise MidiError(f"MIDI {kind} {plug.name} does not open: {error}.") from None


def _close(item: _Input) -> None:
    port, item.port = item.port, None
    if port is not None:
        port.close()
