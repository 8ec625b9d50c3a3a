"""The MIDI of one evening: ports opened, wired to the jam, watched, and given back.

    midi = Midi(setup, settings, columns)      # opens the outputs; give midi.sinks to the engine
    midi.connect(controls, engine.tell)
    midi.start()                               # opens the inputs, when the engine plays
    midi.close()
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from app.clock import Clock
from app.controls import Controls
from app.midi.backend import Backend, InPort, RtMidi
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
from app.toml_lines import Key

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
        except (MidiError, OSError):
            for out in self._outs:
                out.close()
            raise

    @property
    def sinks(self) -> list[Sink]:
        """The outputs."""
        return list(self._outs)

    @property
    def ports(self) -> list[str]:
        """What is open, for people."""
        outs = [f"MIDI out {plug.name}" for plug in self._plugs if not plug.is_input]
        return [*(f"MIDI in {name}" for name in self._in_names), *outs]

    def connect(self, controls: Controls, tell: Callable[[str], None]) -> None:
        """What the inputs play and set. `tell` shows a line to a person; any thread."""
        self._inputs = inputs = Inputs(
            controls, self._n_values, self._guard, self._changes, tell, clock=self._clock
        )
        voices = Voices()
        for number, (item, name) in enumerate(zip(self._setup.inputs, self._in_names, strict=True)):
            self._plug_input(number, item, name, inputs, self._reader(item, controls, voices))
        fixed = [plug for plug in self._plugs if not plug.wanted.startswith(VIRTUAL)]
        self._watch = Watch(Keeper(self._backend, fixed, tell), self._clock)

    def start(self) -> None:
        """Open the inputs, and watch all ports.

        Raises:
            MidiError: an input does not open.
        """
        if self._inputs is None or self._watch is None:
            raise ValueError("start: expected connect before it.")
        self._inputs.start()
        for plug in self._plugs:
            if plug.is_input:
                try:
                    plug.attach(plug.name)
                except MidiUnavailableError as error:
                    raise MidiError(f"MIDI input {plug.name} does not open: {error}.") from None
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

        def attach(name: str) -> None:
            out.attach(self._backend.open_output(name, virtual=virtual), name)

        def detach() -> None:
            port = out.detach()
            if port is not None:
                port.close()

        try:
            attach(name)
        except MidiUnavailableError as error:
            raise MidiError(f"MIDI output {name} does not open: {error}.") from None
        out.start()
        self._plugs.append(Plug(item.port, name, False, attach, detach))
        return out

    def _plug_input(self, number: int, item: InSetup, name: str, inputs: Inputs, reader: Reader) -> None:
        virtual = item.port.startswith(VIRTUAL)

        def attach(name: str) -> None:
            receive = inputs.receiver(reader, name)
            self._ins[number] = self._backend.open_input(name, receive, virtual=virtual)

        def detach() -> None:
            inputs.release(reader)
            port = self._ins.pop(number, None)
            if port is not None:
                port.close()

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
    mappings: list[tuple[tuple[Key, ...], int | None]] = []
    for index, port in enumerate(setup.inputs):
        mappings.append((("midi", "in", index), None if port.values is None else len(port.values)))
        if port.touch is not None and n_values:
            at: tuple[Key, ...] = ("midi", "in", index, "touch")
            raise MidiError(f"{hears}: expected values, got notes as touches.", at)
    for index, out in enumerate(setup.outputs):
        mappings.append((("midi", "out", index), None if out.values is None else len(out.values)))
    for where, count in mappings:
        if count is not None and count != n_values:
            expected = f"{n_values} entries" if n_values else "no values"
            raise MidiError(f"{hears}: expected {expected}, got {count}.", (*where, "values"))
