"""A MIDI system without devices, and an instrument that notes down what it would sound."""

from __future__ import annotations

from collections.abc import Callable

from app.midi.errors import MidiUnavailableError

Receive = Callable[[bytes], None]


class Synth:
    """Believes every byte it is sent, as the strictest receiver would.

    Attributes:
        log: messages, as lists.
        sounding: (channel, note) of the notes that were started and not ended.
        broken: raises at every message, as a port that was pulled out.
    """

    def __init__(self) -> None:
        self.log: list[list[int]] = []
        self.sounding: set[tuple[int, int]] = set()
        self.broken = False
        self.closed = False

    def send(self, message: bytes) -> None:
        if self.broken:
            raise RuntimeError("MidiOutFake::sendMessage: the port is gone")
        assert not self.closed, "a message after the port was closed"
        assert len(message) == (2 if message[0] & 0xE0 == 0xC0 else 3), message.hex(" ")
        assert message[0] >= 0x80 and all(byte < 0x80 for byte in message[1:]), message.hex(" ")
        self.log.append(list(message))
        kind, channel = message[0] & 0xF0, message[0] & 0x0F
        if kind == 0x90 and message[2] > 0:
            self.sounding.add((channel, message[1]))
        elif kind in (0x80, 0x90):
            self.sounding.discard((channel, message[1]))
        elif kind == 0xB0 and message[1] in (120, 123):
            self.sounding = {note for note in self.sounding if note[0] != channel}

    def close(self) -> None:
        self.closed = True

    def take(self) -> list[list[int]]:
        """What was sent since the last call."""
        log, self.log = self.log, []
        return log


class Socket:
    """An open input of the fake."""

    def __init__(self, backend: FakeBackend, name: str) -> None:
        self._backend, self._name = backend, name

    def close(self) -> None:
        self._backend.receivers.pop(self._name, None)


class FakeBackend:
    """Ports by name, plugged in and out by the test.

    Attributes:
        ins, outs: the names there are.
        synths: what was opened as an output, by name; every opening is a new one.
        receivers: who listens, by name.
        clocks: whether with the clock, by name.
        fails: listing raises.
    """

    has_virtual_ports = True

    def __init__(self, ins: tuple[str, ...] = (), outs: tuple[str, ...] = ()) -> None:
        self.ins, self.outs = ins, outs
        self.synths: dict[str, Synth] = {}
        self.receivers: dict[str, Receive] = {}
        self.clocks: dict[str, bool] = {}
        self.fails = False
        self.n_losses = 0
        self.n_sysex_ends = 0

    def end_sysex(self) -> None:
        self.n_sysex_ends += 1

    def inputs(self) -> tuple[str, ...]:
        return self._listed(self.ins)

    def outputs(self) -> tuple[str, ...]:
        return self._listed(self.outs)

    def _listed(self, names: tuple[str, ...]) -> tuple[str, ...]:
        if self.fails:
            raise MidiUnavailableError("the sequencer went away")
        return names

    def open_input(
        self, name: str, receive: Receive, *, virtual: bool = False, clock: bool = False
    ) -> Socket:
        if not virtual and name not in self.ins:
            raise MidiUnavailableError(f"{name} is not there any more")
        self.receivers[name] = receive
        self.clocks[name] = clock
        return Socket(self, name)

    def open_output(self, name: str, *, virtual: bool = False) -> Synth:
        if not virtual and name not in self.outs:
            raise MidiUnavailableError(f"{name} is not there any more")
        self.synths[name] = Synth()
        return self.synths[name]
