"""The MIDI system of this machine, through python-rtmidi: the only place that opens ports.

Everything it may do wrong (it has errors of its own, and raises SystemError as well) becomes a
MidiUnavailableError here. What comes in is handed on as bytes; active sensing and system messages stop at
here, and so does the clock unless it is asked for. A port is opened by its full name.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from app.core.midi_clock import CLOCK
from app.midi.errors import MidiUnavailableError

CLIENT = "ghostjam"
CLOSE_S = 1.0  # a driver that hangs is left behind after this long
SYSTEM = 0xF0
APIS = {"alsa": "API_LINUX_ALSA", "jack": "API_UNIX_JACK", "core": "API_MACOSX_CORE", "mm": "API_WINDOWS_MM"}
Receive = Callable[[bytes], None]


class OutPort(Protocol):
    """An open output."""

    def send(self, message: bytes) -> None:
        """Send one message; may raise anything."""

    def close(self) -> None:
        """Give it back. Returns within a second."""


class InPort(Protocol):
    """An open input."""

    def close(self) -> None:
        """Give it back; nothing is received after. Returns within a second."""


class Backend(Protocol):
    """A MIDI system. All of it from one thread, but `OutPort.send`."""

    has_virtual_ports: bool

    def inputs(self) -> tuple[str, ...]:
        """Names of the ports one can listen to; MidiUnavailableError if there is no MIDI system."""

    def outputs(self) -> tuple[str, ...]:
        """Names of the ports one can send to; MidiUnavailableError if there is no MIDI system."""

    def open_input(
        self, name: str, receive: Receive, *, virtual: bool = False, clock: bool = False
    ) -> InPort:
        """Listen to the port `name`, or make a virtual one of this name for others to send to.

        `receive` is called with each message on a thread of the MIDI system; also a clock's, if `clock`.
        """

    def open_output(self, name: str, *, virtual: bool = False) -> OutPort:
        """Send to the port `name`, or make a virtual one of this name for others to listen to."""


class RtMidi:
    """The MIDI system that python-rtmidi finds.

    Args:
        api: a key of `APIS`; "" for the system's own.

    Raises:
        MidiUnavailableError: there is none, or not this one.
    """

    has_virtual_ports = not sys.platform.startswith("win")

    def __init__(self, api: str = "") -> None:
        try:
            import rtmidi
        except ImportError as error:
            raise MidiUnavailableError(f"python-rtmidi cannot be loaded: {error}") from None
        self._rtmidi: Any = rtmidi
        self._api = getattr(rtmidi, APIS[api]) if api else rtmidi.API_UNSPECIFIED
        if api and self._api not in rtmidi.get_compiled_api():
            raise MidiUnavailableError(f"python-rtmidi was built without {api}")
        with _translated():  # kept and asked again and again: each new one would be a client of the system
            self._in = rtmidi.MidiIn(self._api, CLIENT)
            self._out = rtmidi.MidiOut(self._api, CLIENT)

    def inputs(self) -> tuple[str, ...]:
        """Names of the ports one can listen to."""
        with _translated():
            return tuple(self._in.get_ports())

    def outputs(self) -> tuple[str, ...]:
        """Names of the ports one can send to."""
        with _translated():
            return tuple(self._out.get_ports())

    def open_input(
        self, name: str, receive: Receive, *, virtual: bool = False, clock: bool = False
    ) -> InPort:
        """As `Backend`."""
        with _translated():
            port = self._rtmidi.MidiIn(self._api, CLIENT)
            port.ignore_types(sysex=True, timing=not clock, active_sense=True)
            _open(port, name, virtual)
            port.set_callback(lambda message, _: _receive(bytes(message[0]), receive, clock))
        return _In(port)

    def open_output(self, name: str, *, virtual: bool = False) -> OutPort:
        """As `Backend`."""
        with _translated():
            port = self._rtmidi.MidiOut(self._api, CLIENT)
            _open(port, name, virtual)
        return _Out(port)


class _Out:
    def __init__(self, port: Any) -> None:
        self._port = port

    def send(self, message: bytes) -> None:
        self._port.send_message(message)

    def close(self) -> None:
        close_bounded(self._port)


class _In:
    def __init__(self, port: Any) -> None:
        self._port = port

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._port.cancel_callback()  # first: closing while it runs can deadlock
        close_bounded(self._port)


def close_bounded(port: Any) -> bool:
    """Close and delete a port; a driver that does not come back within a second is left behind (False)."""

    def close() -> None:
        with contextlib.suppress(Exception):
            port.close_port()
            port.delete()

    thread = threading.Thread(target=close, name="midi close", daemon=True)
    thread.start()
    thread.join(CLOSE_S)
    return not thread.is_alive()


def _open(port: Any, name: str, virtual: bool) -> None:
    if virtual:
        port.open_virtual_port(name)
        return
    names = port.get_ports()
    if name not in names:
        raise MidiUnavailableError(f"{name} is not there any more")
    port.open_port(names.index(name), CLIENT)


def _receive(message: bytes, receive: Receive, clock: bool = False) -> None:
    """Hand on what has to do with channels, or a clock. rtmidi's filter leaves song position and start."""
    if message and (message[0] < SYSTEM or (clock and message[0] in CLOCK)):
        receive(message)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except MidiUnavailableError:
        raise
    except Exception as error:  # rtmidi has errors of its own and raises SystemError as well
        raise MidiUnavailableError(" ".join(str(error).split()) or type(error).__name__) from error
