"""The MIDI of one evening: ports opened, wired to the jam, watched, and given back.

    midi = Midi(setup, settings, columns)      # opens; give midi.sinks to the engine
    midi.listen(controls, engine.tell)         # when the engine plays
    engine.stop()                              # closes the outputs
    midi.close()                               # then the inputs
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from app.clock import Clock
from app.controls import Controls
from app.midi.backend import Backend, InPort, Receive, RtMidi
from app.midi.changes import Changes
from app.midi.controls_in import ControlsIn
from app.midi.errors import MidiError, MidiUnavailableError
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

TOUCH_COLUMNS = {"x", "y", "dt", "moving"}


class Midi:
    """All ports of a rig.

    What a port has no mapping for follows the model: a touch model is played by notes, a controller model by
    the controllers 20 to 31 and 102 to 119 of channel 1, as x1, x2 ... A mapping that says something else is
    refused.

    Args:
        setup: the ports.
        settings: the live parameters.
        columns: of the model.
        clock: the engine's.
        backend: the MIDI system; the machine's own if None.

    Raises:
        MidiError: a name means no port or several, or a mapping does not fit the model.
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
        self._n_values = 0 if set(columns) == TOUCH_COLUMNS else len(columns) - 1
        check_fits(setup, columns)
        self._backend = backend or RtMidi(setup.api)
        self._guard, self._changes = Guard(setup.guard_s), Changes()
        self._plugs: list[Plug] = []
        self._ins: dict[int, InPort] = {}
        self._inputs: Inputs | None = None
        self._watch: Watch | None = None
        names = self._backend.inputs()
        self._in_names = [self._resolve(item.port, names, "input") for item in setup.inputs]
        self._outs: list[MidiOut] = []
        try:
            for item in setup.outputs:
                self._outs.append(self._open_output(item))
        except (MidiError, MidiUnavailableError):
            for out in self._outs:
                out.close()
            raise

    @property
    def sinks(self) -> list[Sink]:
        """The outputs."""
        return list(self._outs)

    def listen(self, controls: Controls, tell: Callable[[str], None]) -> None:
        """Open the inputs, and watch all ports. `tell` shows a line to a person; any thread.

        Raises:
            MidiUnavailableError: an input does not open.
        """
        self._inputs = Inputs(
            controls, self._n_values, self._guard, self._changes, tell, clock=self._clock
        )
        voices = Voices()
        for number, (item, name) in enumerate(zip(self._setup.inputs, self._in_names, strict=True)):
            self._open_input(number, item, name, self._reader(item, controls, voices))
        self._inputs.start()
        self._watch = Watch(Keeper(self._backend, self._plugs, tell), self._clock)
        self._watch.start()

    def close(self) -> None:
        """Give everything back, outputs first; returns within seconds even if a driver hangs."""
        if self._watch is not None:
            self._watch.stop()
        for out in self._outs:
            out.close()
        for number in tuple(self._ins):
            self._ins.pop(number).close()
        if self._inputs is not None:
            self._inputs.stop()

    def _resolve(self, wanted: str, names: Sequence[str], what: str) -> str:
        if not wanted.startswith(VIRTUAL):
            return find_port(wanted, names, what)
        if not self._backend.has_virtual_ports:
            raise MidiError(f"MIDI {what}: this system makes no virtual ports; {WINDOWS_REMEDY}.")
        return wanted.removeprefix(VIRTUAL)

    def _open_output(self, item: OutSetup) -> MidiOut:
        name = self._resolve(item.port, self._backend.outputs(), "output")
        virtual = item.port.startswith(VIRTUAL)
        entries = self._entries(item.values)
        out = MidiOut(item, entries, self._settings, self._guard, self._changes, clock=self._clock)
        out.attach(self._backend.open_output(name, virtual=virtual), name)
        out.start()

        def attach(name: str) -> None:
            out.attach(self._backend.open_output(name), name)

        def detach() -> None:
            port = out.detach()
            if port is not None:
                port.close()

        if not virtual:
            self._plugs.append(Plug(item.port, name, False, attach, detach))
        return out

    def _open_input(self, number: int, item: InSetup, name: str, reader: Reader) -> None:
        inputs = self._inputs
        if inputs is None:
            return
        virtual = item.port.startswith(VIRTUAL)

        def attach(name: str, *, virtual: bool = False) -> None:
            receive: Receive = inputs.receiver(reader, name)
            self._ins[number] = self._backend.open_input(name, receive, virtual=virtual)

        def detach() -> None:
            inputs.release(reader)
            port = self._ins.pop(number, None)
            if port is not None:
                port.close()

        attach(name, virtual=virtual)
        if not virtual:
            self._plugs.append(Plug(item.port, name, True, attach, detach))

    def _reader(self, item: InSetup, controls: Controls, voices: Voices) -> Reader:
        touch = item.touch
        if touch is None and item.values is None and not self._n_values:
            touch = TouchSetup()
        instrument = partial(self._settings.word, "instrument")
        return Reader(
            item.port,
            ControlsIn(item.controls, controls, self._settings),
            LoopDetector(self._guard),
            ValuesIn(self._entries(item.values)) if self._n_values else None,
            None if touch is None else TouchesIn(touch, controls, voices, instrument),
        )

    def _entries(self, own: tuple[Entry | None, ...] | None) -> tuple[Entry | None, ...]:
        return default_entries(self._n_values) if own is None else own


def check_fits(setup: MidiSetup, columns: Sequence[str]) -> None:
    """Whether every mapping fits a model of these columns.

    Raises:
        MidiError: names the mapping, what the model hears and what the mapping has.
    """
    n_values = 0 if set(columns) == TOUCH_COLUMNS else len(columns) - 1
    hears = f"the model hears {', '.join(columns)}"
    mappings = [(f"midi.in {i}", item.values) for i, item in enumerate(setup.inputs, start=1)]
    mappings += [(f"midi.out {i}", item.values) for i, item in enumerate(setup.outputs, start=1)]
    for where, values in mappings:
        if values is not None and len(values) != n_values:
            expected = f"{n_values} entries" if n_values else "no values"
            raise MidiError(f"{where}: values: {hears}: expected {expected}, got {len(values)}.")
    for index, source in enumerate(setup.inputs, start=1):
        if source.touch is not None and n_values:
            raise MidiError(f"midi.in {index}: touch: {hears}: expected values, got notes as touches.")
