"""The MIDI of one session: ports opened, wired to the jam, watched, changed, and given back.

midi = Midi(controls, settings, columns, engine.tell)
keys = midi.open(InSetup("keys"))          # ports come and go, and mappings change
midi.give_up(keys)
midi.close()
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from app.core.clock import Clock
from app.core.controls import Controls
from app.core.parameters import Settings
from app.midi.backend import Backend, RtMidi
from app.midi.compatibility import check_input_fits, check_output_fits
from app.midi.echo_filter import EchoFilter
from app.midi.errors import MidiUnavailableError
from app.midi.opener import Input, Opener, Output
from app.midi.port_names import VIRTUAL
from app.midi.serial_backend import SERIAL, SerialBackend, Streams
from app.midi.setup import InSetup, OutSetup
from app.midi.watch import Keeper, Plug, Watch

Setup = InSetup | OutSetup


class Midi:
    """All ports.

    What a port has no mapping for follows the model: a model of notes is played by notes, a touch model by
    notes as touches, a controller model by the controllers 20 to 31 and 102 to 119 of channel 1, as x1, x2
    ... A mapping that says something else is refused. One thread at a time may change ports.

    Args:
        controls: what the inputs play and set.
        settings: the live parameters.
        columns: of the model.
        tell: shows a line to a person, when ports come and go; any thread.
        api: of the MIDI system, see `MidiSetup`.
        clock: the engine's.
        backend: the MIDI system; the machine's own if None, from when a port of it is first asked for.
        streams: what opens serial ports; None: there are none.
    """

    def __init__(
        self,
        controls: Controls,
        settings: Settings,
        columns: Sequence[str],
        tell: Callable[[str], None],
        *,
        api: str = "",
        clock: Clock | None = None,
        backend: Backend | None = None,
        streams: Streams | None = None,
    ) -> None:
        self._clock = clock
        self._columns = tuple(columns)
        self._api = api
        self._system = backend
        self._serial = None if streams is None else SerialBackend(streams)
        self._tell = tell
        self._opener = Opener(self.backend_of, controls, settings, columns, EchoFilter(), tell, clock)
        self._opener.inputs.start()
        self._items: list[Input | Output] = []
        self._watched: dict[int, tuple[Keeper, Watch]] = {}  # by the id of the MIDI system

    def backend_of(self, wanted: str) -> Backend:
        """The MIDI system that opens what is `wanted`.

        Raises:
            MidiUnavailableError: there is no MIDI system here.
        """
        if self._serial is not None and wanted.startswith(SERIAL):
            return self._serial
        if self._system is None:
            system = RtMidi(self._api)
            system.inputs()  # one that does not answer is none
            self._system = system
        return self._system

    def close(self) -> None:
        """Give everything back, outputs first; returns within seconds even if a driver hangs."""
        for _, watch in self._watched.values():
            watch.stop()
        with suppress(MidiUnavailableError):
            if self._system is not None:
                self._system.outputs()  # if it is gone by now, what it had is not closed but left
        for item in sorted(self._items, key=lambda item: isinstance(item, Input)):
            if isinstance(item, Output):
                item.sink.close()
            else:
                item.close()
        self._opener.inputs.stop()

    # Ports that come and go

    def name_of(self, setup: Setup) -> str:
        """The full name of the port that is meant, as a `Plug` has it.

        Raises:
            MidiError: there is none, or several may be meant.
            MidiUnavailableError: the ports cannot be listed.
        """
        name = self._opener.resolve(setup)
        return f"{VIRTUAL}{name}" if setup.port.startswith(VIRTUAL) else name

    def open(self, setup: Setup) -> Input | Output:
        """Open one more port. The engine plays on the sink of an output.

        Raises:
            MidiError: there is none of this name, or it does not open.
            TomlError: its mapping does not fit the model.
        """
        item: Input | Output
        if isinstance(setup, OutSetup):
            check_output_fits(setup, self._columns)
            item = self._opener.output(setup)
            item.sink.start()
        else:
            check_input_fits(setup, self._columns)
            item = self._opener.input(setup)
        self._items.append(item)
        self._keep()
        return item

    def give_up(self, item: Input | Output) -> None:
        """Watch a port no more. An input is closed, and its keys are up.

        The sink of an output is for the caller to close, when the engine plays on it no more.
        """
        self._items.remove(item)
        self._keep()
        if isinstance(item, Input):
            item.detach()

    def remap(self, item: Input | Output, setup: Setup) -> None:
        """Another mapping for a port, and what it is asked for by. Keys are up, what sounds there ends."""
        if isinstance(item, Output) and isinstance(setup, OutSetup):
            item.setup = setup
            item.sink.remap(setup, self._opener.entries(setup.values))
        elif isinstance(item, Input) and isinstance(setup, InSetup):
            before, item.setup = item.setup, setup
            self._opener.inputs.replace(item.reader, self._opener.reader(setup))
            if before.clock != setup.clock and item.port is not None:
                keeper = self._keeper_of(self.backend_of(setup.port))
                keeper.reopen(item)  # the MIDI system filters the clock when it opens a port

    def set_guard(self, guard_s: float) -> None:
        """How long after it was sent a message counts as an echo."""
        self._opener.echo_filter.window_s = guard_s

    def _keep(self) -> None:
        """Watch what is open."""
        self._opener.sinks = tuple(item.sink for item in self._items if isinstance(item, Output))
        plugs: dict[int, list[Plug]] = {key: [] for key in self._watched}
        for item in self._items:
            backend = self.backend_of(item.setup.port)
            self._keeper_of(backend)
            plugs.setdefault(id(backend), []).append(item)
        for key, (keeper, _) in self._watched.items():
            keeper.keep(plugs[key])

    def _keeper_of(self, backend: Backend) -> Keeper:
        """What looks after the ports of a MIDI system."""
        if id(backend) not in self._watched:
            keeper = Keeper(backend, (), self._tell)
            watch = Watch(keeper, self._clock)
            watch.start()
            self._watched[id(backend)] = keeper, watch
        return self._watched[id(backend)][0]
