"""Is there a sound card? Answered without touching it from this process.

A device's name proves nothing: a machine without a sound card still lists one that discards all samples.
So a process opens it, as it would for an evening, and ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.sound.live import Device
from app.sound.process import OPEN_TIMEOUT_S, Server

SLOW_MS = 25.0
"""A buffer that long can be felt."""


@dataclass(frozen=True)
class Description:
    """A line for `ghostjam doctor`; `why` are facts when it is fine."""

    state: Literal["fine", "degraded", "off"]
    why: str
    remedy: str


def probe(backend: str = "", timeout_s: float = OPEN_TIMEOUT_S) -> Device | str:
    """The output device, or why there is none. Never raises, never hangs.

    Args:
        backend: signalflow's name of a backend; empty: what signalflow chooses.
        timeout_s: how long opening may take.
    """
    try:
        server = Server()
    except OSError as error:
        return f"the sound process could not be started: {error}"
    server.send({"backend": backend})
    found = server.opened(timeout_s)
    server.wait()
    return found


def describe(backend: str = "") -> Description:
    """What `ghostjam doctor` says about sound. Takes as long as `probe`."""
    found = probe(backend)
    if isinstance(found, str):
        remedy = "connect a sound card or start the sound server; `ghostjam render` to WAV works without"
        if "not installed" in found:
            remedy = "install ghostjam again with its base dependencies"
        return Description("off", found, remedy)
    if found.buffer_ms > SLOW_MS:
        why = f"the device buffers {found.buffer_ms:.0f} ms, which can be felt"
        return Description("degraded", why, "choose a smaller buffer in the sound settings")
    facts = f"{found.name}, {found.sample_rate} Hz, {found.buffer_ms:.1f} ms buffer"
    return Description("fine", facts, "")
