"""The dialects of the lines of a serial port."""

from __future__ import annotations

SERIAL_PROFILES = ("ghostjam", "impsy")
"""All there are, the usual one first; `impsy` knows values and nothing else."""
