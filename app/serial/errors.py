"""The errors of serial ports: an address that can be none, a device that cannot be had."""

from __future__ import annotations


class SerialError(ValueError):
    """An address that can be no serial port: what was expected, what was found."""


class SerialUnavailableError(OSError):
    """A device that is not there, is somebody else's or is gone, or a machine without pyserial: says why."""
