"""OSC time tags as numbers: NTP's 64 bits, seconds since 1900 in units of 2**-32."""

from __future__ import annotations

from pythonosc.parsing.ntp import ntp_to_system_time, system_time_to_ntp

_BYTES = 8


def to_unix_s(time_tag: int) -> float:
    """A time tag as seconds since 1970.

    >>> to_unix_s(from_unix_s(1e9 + 0.5))
    1000000000.5
    """
    return ntp_to_system_time(time_tag.to_bytes(_BYTES, "big"))


def from_unix_s(unix_s: float) -> int:
    """Seconds since 1970 as a time tag."""
    return int.from_bytes(system_time_to_ntp(unix_s), "big")
