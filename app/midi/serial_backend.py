"""MIDI over serial ports, as a MIDI system of its own: a DIN socket on the pins of a board, or a USB port.

What opens a device is handed in. A name is `serial:` and the address in full; the device is there as long as
nobody says that it is gone, and whether it is back is found out by opening it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Protocol

from app.core.midi_clock import CLOCK
from app.midi import messages
from app.midi.backend import Receive
from app.midi.byte_parser import ByteParser
from app.midi.errors import MidiError, MidiUnavailableError

SERIAL = "serial:"


class Stream(Protocol):
    """An open device."""

    @property
    def is_lost(self) -> bool:
        """Whether the device is gone."""

    def send(self, data: bytes, begins: Hashable = None, ends: Hashable = None) -> bool:
        """Write `data` soon; False if more waits than can be carried, which what ends something never is."""

    def close(self) -> None:
        """Give it back. Returns within two seconds."""


class Streams(Protocol):
    """What opens devices."""

    def name(self, text: str) -> str:
        """An address in full; ValueError if it can be none."""

    def open(self, name: str, receive: Callable[[bytes], None] | None = None) -> Stream:
        """Open a device, by its address in full; OSError if that does not work."""


class SerialBackend:
    """As `app.midi.backend.Backend`, for names that begin with `SERIAL`."""

    has_virtual_ports = False

    def __init__(self, streams: Streams) -> None:
        self.n_losses = 0
        self._streams = streams
        self._open: dict[str, list[_Port]] = {}  # by name, also of what is not open at the moment

    def full_name(self, wanted: str) -> str:
        """The name of what is `wanted`; MidiError if that can be no serial port."""
        try:
            return SERIAL + self._streams.name(wanted.removeprefix(SERIAL))
        except ValueError as error:
            raise MidiError(f"MIDI over a {error}") from None

    def end_sysex(self) -> None:
        """A message that was cut ends with the next one."""

    def inputs(self) -> tuple[str, ...]:
        """What was opened once and may be opened now, or is open."""
        return tuple(
            name
            for name, ports in tuple(self._open.items())
            if not any(port.stream.is_lost for port in ports)
        )

    def outputs(self) -> tuple[str, ...]:
        """The same: a serial port goes both ways."""
        return self.inputs()

    def open_input(self, name: str, receive: Receive, *, virtual: bool = False, clock: bool = False) -> _Port:
        """As `Backend`."""
        parser = ByteParser()

        def take(data: bytes) -> None:
            for message in parser.feed(data):
                if message[0] < messages.SYSTEM or (clock and message[0] in CLOCK):
                    receive(message)

        return self._opened(name, take)

    def open_output(self, name: str, *, virtual: bool = False) -> _Port:
        """As `Backend`."""
        return self._opened(name, None)

    def _opened(self, name: str, receive: Callable[[bytes], None] | None) -> _Port:
        try:
            stream = self._streams.open(name.removeprefix(SERIAL), receive)
        except OSError as error:
            raise MidiUnavailableError(str(error)) from None
        port = _Port(stream, lambda port: self._open[name].remove(port))
        self._open.setdefault(name, []).append(port)
        return port


class _Port:
    """An open device, to listen to or to send to."""

    def __init__(self, stream: Stream, closed: Callable[[_Port], None]) -> None:
        self.stream = stream
        self._closed: Callable[[_Port], None] | None = closed

    def send(self, message: bytes) -> None:
        """Send one message; MidiUnavailableError if it cannot be carried any more."""
        begins, ends = _begins_and_ends(message)
        if not self.stream.send(message, begins, ends):
            raise MidiUnavailableError("the serial port is slower than what is played, or gone")

    def close(self) -> None:
        """Give it back."""
        closed, self._closed = self._closed, None
        if closed is not None:
            closed(self)
            self.stream.close()


def _begins_and_ends(message: bytes) -> tuple[Hashable, Hashable]:
    """What a message begins or ends: a note, or what a panic ends."""
    kind, key = message[0] & 0xF0, (message[0] & 0x0F, *message[1:2])
    if kind == messages.NOTE_OFF or (kind == messages.NOTE_ON and message[2] == 0):
        return None, key
    if kind == messages.CONTROL_CHANGE and message[1] in (
        messages.ALL_SOUND_OFF,
        messages.ALL_NOTES_OFF,
        messages.SUSTAIN,
    ):
        control = ("control", *key)
        return (control, None) if message[2] else (None, control)
    return (key if kind == messages.NOTE_ON else None), None
