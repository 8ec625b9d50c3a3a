"""Devices as streams of bytes, shared by who reads and who writes: what MIDI over a serial port runs on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

from app.core.clock import ask_for_priority
from app.serial.address import MIDI_BAUD, parse_serial
from app.serial.errors import SerialUnavailableError
from app.serial.link import Link

Receive = Callable[[bytes], None]


class _Shared:
    """An open device, who uses it, and the thread that listens."""

    def __init__(self, link: Link, port: str) -> None:
        self.link = link
        self.users: tuple[Stream, ...] = ()  # replaced as a whole: another thread looks
        self._thread = threading.Thread(target=self._listen, name=f"serial {port}", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        ask_for_priority()
        self.link.listen(self._receive)

    def _receive(self, data: bytes) -> None:
        for user in self.users if data else ():
            if user.receive is not None:
                user.receive(data)


class Stream:
    """One user's part in an open device."""

    def __init__(self, shared: _Shared, receive: Receive | None, close: Callable[[Stream], None]) -> None:
        self.receive = receive
        self._shared = shared
        self._close = close

    @property
    def is_lost(self) -> bool:
        """Whether the device is gone."""
        return self._shared.link.is_lost

    def send(self, data: bytes, begins: Hashable = None, ends: Hashable = None) -> bool:
        """Write `data` soon; whether it was taken, see `app.serial.outbox`. Any thread, never blocks."""
        return self._shared.link.send(data, begins, ends)

    def close(self) -> None:
        """Give it back; the device is closed when nobody uses it any more. Safe to call twice."""
        self._close(self)


class Streams:
    """The devices that are open as streams."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, tuple[int, _Shared]] = {}  # by port, with the baud rate

    def name(self, text: str) -> str:
        """The address in `text` in full, with the baud rate of MIDI if it has none; SerialError if wrong."""
        return str(parse_serial(text, MIDI_BAUD))

    def open(self, name: str, receive: Receive | None = None) -> Stream:
        """A part in the device `name`.

        Args:
            name: in full, see there.
            receive: called with what comes, on a thread of the device.

        Raises:
            SerialUnavailableError: it cannot be opened, or is open with another baud rate.
        """
        address = parse_serial(name)
        with self._lock:
            baud, shared = self._open.get(address.port, (address.baud, None))
            if shared is not None and shared.link.is_lost:
                raise SerialUnavailableError("it is gone")
            if baud != address.baud:
                raise SerialUnavailableError(f"it is open with {baud} baud")
            shared = shared or _Shared(Link(address), address.port)
            stream = Stream(shared, receive, lambda stream: self._give_back(address.port, shared, stream))
            shared.users = (*shared.users, stream)
            self._open[address.port] = baud, shared
        return stream

    def _give_back(self, port: str, shared: _Shared, stream: Stream) -> None:
        with self._lock:
            shared.users = tuple(user for user in shared.users if user is not stream)
            if shared.users or self._open.get(port, (0, None))[1] is not shared:
                return
            del self._open[port]
        shared.link.close()
