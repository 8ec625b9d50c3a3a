"""An open serial port, through pyserial: the only file that imports it.

Two faults of pyserial are mended here. Whatever goes wrong with a device raises one of half a dozen errors:
all of them are a SerialUnavailableError here. And where the system's buffer is full its `write` turns in a
circle and takes a whole core, so a write waits here until there is room.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import sys
import threading
from typing import Any

from app.serial.address import SerialAddress
from app.serial.errors import SerialUnavailableError

WAIT_S = 0.1  # the longest wait of a read or a write, so that who waits can look up
CLOSE_S = 0.3  # for a driver
READ_BYTES = 4096  # most that one read returns
REMEDY = "pip install 'ghostjam[serial]'"
MISSING = f"serial ports need pyserial: {REMEDY}"
IS_POSIX = not sys.platform.startswith("win")


class Device:
    """A serial port that is open, and ours alone. One thread reads, another one writes.

    Raises:
        SerialUnavailableError: it cannot be opened.
    """

    def __init__(self, address: SerialAddress) -> None:
        serial = _library()
        write_wait_s = 0.0 if IS_POSIX else None  # on Windows a write ends when it is done, or `stop` ends it
        options = {"exclusive": True} if IS_POSIX else {}  # on Windows it always is
        try:
            self._serial = serial.Serial(
                address.port, address.baud, timeout=WAIT_S, write_timeout=write_wait_s, **options
            )
        except Exception as error:  # also termios.error and ValueError
            raise SerialUnavailableError(_why(error)) from None

    def read(self) -> bytes:
        """What has come; waits for it, but no longer than `WAIT_S`.

        Raises:
            SerialUnavailableError: the device is gone.
        """
        try:
            first: bytes = self._serial.read(1)
            return first + self._serial.read(min(self._serial.in_waiting, READ_BYTES - 1)) if first else b""
        except Exception as error:
            raise SerialUnavailableError(_why(error)) from None

    def write(self, data: bytes) -> int:
        """Write the beginning of `data`, as much as there is room for within `WAIT_S`; returns how much.

        Raises:
            SerialUnavailableError: the device is gone.
        """
        try:
            if IS_POSIX and not select.select([], [self._serial.fileno()], [], WAIT_S)[1]:
                return 0
            return int(self._serial.write(data))
        except Exception as error:
            raise SerialUnavailableError(_why(error)) from None

    def stop(self) -> None:
        """End a read and a write that wait. Any thread."""
        for end in (self._serial.cancel_read, self._serial.cancel_write):
            with contextlib.suppress(Exception):
                end()

    def close(self) -> None:
        """Give it back. Nobody may read or write any more. A driver that hangs is left behind.

        What the system still holds of a device that does not read is thrown away: Linux would wait for it,
        half a minute.
        """

        def close() -> None:
            with contextlib.suppress(Exception):
                self._serial.reset_output_buffer()
            with contextlib.suppress(Exception):
                self._serial.close()

        thread = threading.Thread(target=close, name="serial close", daemon=True)
        thread.start()
        thread.join(CLOSE_S)


def serial_ports() -> list[str]:
    """The serial ports of this machine, each with what is known of it.

    Raises:
        SerialUnavailableError: pyserial is not there, or cannot list them.
    """
    _library()
    from serial.tools import list_ports

    try:
        found = sorted(list_ports.comports(), key=lambda port: str(port.device))
    except Exception as error:
        raise SerialUnavailableError(f"serial ports cannot be listed: {_why(error)}") from None
    known = [(str(port.device), str(port.description)) for port in found]
    return [name if text in ("n/a", name, "") else f"{name} ({text})" for name, text in known]


def _library() -> Any:
    try:
        import serial
    except ImportError:
        raise SerialUnavailableError(MISSING) from None
    return serial


def _why(error: Exception) -> str:
    """What a person needs of an error."""
    cause = error.__context__  # a termios.error, which pyserial tells in words of its own
    number = getattr(error, "errno", None) or (cause.args[0] if cause and cause.args else None)
    if number in (errno.ENOTTY, errno.EISDIR):
        return "expected a serial port, got another kind of file; ghostjam doctor lists those there are"
    if number in (errno.EAGAIN, errno.EBUSY):
        return "another program has it open"
    if number == errno.ENOENT:
        return "there is no such device; ghostjam doctor lists those there are"
    if number == errno.EACCES:
        return "you may not open it; on Linux join its group, often dialout or uucp"
    if isinstance(number, int):
        return os.strerror(number)
    return " ".join(str(error).split()) or type(error).__name__
