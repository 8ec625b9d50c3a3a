"""The address of a serial port, PORT or PORT@BAUD."""

from __future__ import annotations

from dataclasses import dataclass

from app.serial.errors import SerialError

LINE_BAUD = 115200  # what sketches usually choose; a port that is USB only takes any
MIDI_BAUD = 31250  # MIDI 1.0 Electrical Specification
LOWEST_BAUD, HIGHEST_BAUD = 300, 12_000_000
EXPECTED = f"expected PORT or PORT@BAUD with {LOWEST_BAUD} to {HIGHEST_BAUD} baud, as /dev/ttyACM0@115200"


@dataclass(frozen=True)
class SerialAddress:
    """A device and its speed.

    Attributes:
        port: as the system names it, /dev/ttyACM0 or COM3.
        baud: bits a second.
    """

    port: str
    baud: int

    def __str__(self) -> str:
        return f"{self.port}@{self.baud}"


def parse_serial(text: str, baud: int = LINE_BAUD) -> SerialAddress:
    """The address in `text`, with `baud` if it says none.

    >>> str(parse_serial("/dev/ttyACM0"))
    '/dev/ttyACM0@115200'

    Raises:
        SerialError: it is none.
    """
    port, at, rate = text.strip().rpartition("@")
    if not at:
        port, rate = rate, str(baud)
    is_rate = rate.isascii() and rate.isdigit() and len(rate) < 9
    if not port or not port.isprintable() or not is_rate or not LOWEST_BAUD <= int(rate) <= HIGHEST_BAUD:
        raise SerialError(f"serial port: {EXPECTED}, got {text!r}.")
    return SerialAddress(port, int(rate))
