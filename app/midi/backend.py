"""The MIDI system of this machine, through python-rtmidi: the only place that opens ports.

Everything it may do wrong (it has errors of its own, and raises SystemError as well) becomes a
MidiUnavailableError here. What comes in is handed on as bytes; active sensing and system messages stop at
here, and so does the clock unless it is asked for. A port is opened by its full name.

Two faults of the system's own are mended here. A JACK server that died takes all its clients with it, and
they never find out: they list what was there, and take what is sent, even when there is a new server (see
`jack_watch`). And rtmidi waits on JACK for the end of a system exclusive message, and hands nothing on until
it comes: so an input is told that end now and then.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar

from app.core.midi_clock import CLOCK
from app.midi.errors import MidiUnavailableError
from app.midi.jack_watch import JackWatch
from app.midi.messages import NOTE_OFF, SYSTEM

CLIENT = "ghostjam"
CLOSE_S = 1.0  # a driver that hangs is left behind after this long
APIS = {"alsa": "API_LINUX_ALSA", "jack": "API_UNIX_JACK", "core": "API_MACOSX_CORE", "mm": "API_WINDOWS_MM"}
Receive = Callable[[bytes], None]
T = TypeVar("T", bound="_Port")
SYSEX_END = bytes((0xF7,))


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
    n_losses: int
    """How often all open ports were lost at once, because the system went; known when names are asked for."""

    def end_sysex(self) -> None:
        """End system exclusive messages that were cut and make an input deaf; call it now and then."""

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
        self.n_losses = 0
        self._open: list[_Port] = []
        self._lock = threading.RLock()  # the watch asks for names, and a worker opens ports
        with _translated():  # kept and asked again and again: each new one would be a client of the system
            self._listing: tuple[Any, Any] | None = self._listers()
            self._is_jack = self._listing[0].get_current_api() == rtmidi.API_UNIX_JACK
            self._watch = JackWatch(rtmidi._rtmidi.__file__) if self._is_jack else None

    def inputs(self) -> tuple[str, ...]:
        """Names of the ports one can listen to."""
        with _translated():
            return self._names()[0]

    def outputs(self) -> tuple[str, ...]:
        """Names of the ports one can send to."""
        with _translated():
            return self._names()[1]

    def end_sysex(self) -> None:
        """As `Backend`."""
        for port in tuple(self._open):
            if isinstance(port, _In):
                port.end_sysex()

    def open_input(
        self, name: str, receive: Receive, *, virtual: bool = False, clock: bool = False
    ) -> InPort:
        """As `Backend`."""
        with _translated():
            port = self._rtmidi.MidiIn(self._api, CLIENT)
            port.ignore_types(sysex=True, timing=not clock, active_sense=True)
            own = set(self._names()[1]) if self._is_jack else set()
            _open(port, name, virtual)
            port.set_callback(lambda message, _: _receive(bytes(message[0]), receive, clock))
            return self._kept(_In(port, self._sysex_ender(own) if self._is_jack else None, self._open.remove))

    def open_output(self, name: str, *, virtual: bool = False) -> OutPort:
        """As `Backend`."""
        with _translated():
            port = self._rtmidi.MidiOut(self._api, CLIENT)
            _open(port, name, virtual)
        return self._kept(_Out(port, self._open.remove))

    def _kept(self, port: T) -> T:
        self._open.append(port)
        return port

    def _listers(self) -> tuple[Any, Any]:
        return self._rtmidi.MidiIn(self._api, CLIENT), self._rtmidi.MidiOut(self._api, CLIENT)

    def _names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        with self._lock:
            if self._watch is not None and self._watch.is_lost:
                self._lose()
            if self._listing is None:
                self._listing = self._listers()  # raises while there is no server
                self._watch = JackWatch(self._rtmidi._rtmidi.__file__)
            return tuple(self._listing[0].get_ports()), tuple(self._listing[1].get_ports())

    def _lose(self) -> None:
        """The server is gone, and with it all its clients. Closing them can crash: they are left behind."""
        for port in self._open:
            port.lose()
        self.n_losses += bool(self._open)
        self._open.clear()
        for lister in self._listing or ():
            _abandon(lister)
        self._listing = self._watch = None

    def _sysex_ender(self, before: set[str]) -> Any:
        """An output to the input that was opened last and was not listed `before`; None if that is unsure."""
        found = set(self._names()[1]) - before
        if len(found) != 1:
            return None
        ender = self._rtmidi.MidiOut(self._api, CLIENT)
        _open(ender, found.pop(), False)
        return ender


class _Port:
    """An open port; `closed` is called when it is closed, and not when it is lost."""

    def __init__(self, port: Any, closed: Callable[[Any], None]) -> None:
        self._port = port
        self._closed = closed

    def close(self) -> None:
        if self._port is not None:
            port, self._port = self._port, None
            self._closed(self)
            close_bounded(port)

    def lose(self) -> None:
        port, self._port = self._port, None
        _abandon(port)


class _Out(_Port):
    def send(self, message: bytes) -> None:
        if self._port is None:
            raise MidiUnavailableError("the port is gone")
        self._port.send_message(message)


class _In(_Port):
    def __init__(self, port: Any, ender: Any, closed: Callable[[Any], None]) -> None:
        super().__init__(port, closed)
        self._ender = ender

    def end_sysex(self) -> None:
        if self._ender is not None:
            with contextlib.suppress(Exception):
                self._ender.send_message(SYSEX_END)

    def close(self) -> None:
        ender, self._ender = self._ender, None
        if self._port is not None:
            if ender is not None:
                close_bounded(ender)
            with contextlib.suppress(Exception):
                self._port.cancel_callback()  # first: closing while it runs can deadlock
        super().close()

    def lose(self) -> None:
        ender, self._ender = self._ender, None
        with contextlib.suppress(Exception):
            self._port.cancel_callback()
        _abandon(ender)
        super().lose()


def _abandon(port: Any) -> None:
    """Keep it for ever, so that its destructor never runs."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(port))


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
    """Hand on what has to do with channels, or a clock.

    rtmidi's filter leaves song position and start, and the rest of a system exclusive message that we ended.
    """
    if message and (NOTE_OFF <= message[0] < SYSTEM or (clock and message[0] in CLOCK)):
        receive(message)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except MidiUnavailableError:
        raise
    except Exception as error:  # rtmidi has errors of its own and raises SystemError as well
        raise MidiUnavailableError(" ".join(str(error).split()) or type(error).__name__) from error
