"""Is there a sound card, and open it: without ever taking the app down or keeping the window waiting.

signalflow 0.6 raises when there is no device, and a second attempt in the same process crashes it.
A device's name proves nothing (a machine without a sound card still lists one that discards all
samples). So a child process opens the device first, under a time limit; only what worked there is
opened here. All of that happens on a thread of its own: the window does not wait for it, and events
that come before the card is open are not heard.
"""

from __future__ import annotations

import logging
import sys
import threading
from dataclasses import dataclass
from typing import Literal

from app.events import Event
from app.parameters import Value
from app.sound.sink import BUFFER_FRAMES, SILENT_NOTICE, Silence, Sound

log = logging.getLogger(__name__)

PROBE_TIMEOUT_S = 6.0
RATES_HZ = (8000, 192000)
"""A device that reports a rate outside is not to be trusted (seen: 0 under PipeWire)."""

PROBE = """
import json, sys
import signalflow
config = signalflow.AudioGraphConfig()
if sys.argv[1]:
    config.backend_name = sys.argv[1]
config.output_buffer_size = int(sys.argv[2])
graph = signalflow.AudioGraph(config=config, start=False)
print("probe " + json.dumps({
    "device": graph.output_device_name,
    "sample_rate": graph.sample_rate,
    "frames": graph.output_buffer_size,
}), flush=True)
graph.destroy()
"""


@dataclass(frozen=True)
class Probe:
    """What a child process found. `why` is empty when the device can be opened."""

    device: str = ""
    sample_rate: int = 0
    buffer_ms: float = 0.0
    why: str = ""


@dataclass(frozen=True)
class Description:
    """A line for `ghostjam doctor`."""

    state: Literal["fine", "degraded", "off"]
    why: str
    remedy: str
    device: str = ""
    sample_rate: int = 0
    buffer_ms: float = 0.0


def probe(backend: str = "", timeout_s: float = PROBE_TIMEOUT_S) -> Probe:
    """Open the output device in a child process and close it again. Never raises, never hangs.

    Args:
        backend: signalflow's name of a backend; empty: what signalflow chooses.
        timeout_s: how long the child may take.
    """
    import json
    import subprocess

    command = [sys.executable, "-c", PROBE, backend, str(BUFFER_FRAMES)]
    try:
        child = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout_s, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return Probe(why=f"the device did not open within {timeout_s:g} s")
    except OSError as error:
        return Probe(why=f"the probe could not be started: {error}")
    for line in child.stdout.splitlines():
        if line.startswith("probe "):
            return _judge(json.loads(line.removeprefix("probe ")))
    if "No module named" in child.stderr:
        return Probe(why="signalflow is not installed")
    lines = child.stderr.strip().splitlines()
    return Probe(why=lines[-1] if lines else f"the probe ended with code {child.returncode}")


def _judge(found: dict[str, object]) -> Probe:
    rate, frames = int(str(found["sample_rate"])), int(str(found["frames"]))
    if not RATES_HZ[0] <= rate <= RATES_HZ[1]:
        return Probe(why=f"sample rate: expected {RATES_HZ[0]} to {RATES_HZ[1]} Hz, got {rate}")
    return Probe(str(found["device"] or "default"), rate, 1000.0 * frames / rate)


class Opening:
    """The sound of a session: silent until the card is open, then `Sound`, or `Silence` for good.

    Attributes:
        ready: set when it is decided which of the two this is.
    """

    def __init__(self, backend: str, instrument: str, scale: str, volume: float) -> None:
        self.ready = threading.Event()
        self._settings: dict[str, Value] = {"instrument": instrument, "scale": scale, "volume": volume}
        self._sound: Sound | Silence | None = None
        self._closed = False
        self._lock = threading.Lock()
        threading.Thread(target=self._open, args=(backend,), name="sound-open", daemon=True).start()

    def play(self, event: Event) -> None:
        """Sound one event, if the card is open."""
        sound = self._sound
        if sound is not None:
            sound.play(event)

    def set(self, name: str, value: Value) -> None:
        """Take a live parameter, also before the card is open."""
        with self._lock:
            if name in self._settings:
                self._settings[name] = value
            if self._sound is not None:
                self._sound.set(name, value)

    def panic(self) -> None:
        """Silence at once."""
        sound = self._sound
        if sound is not None:
            sound.panic()

    def close(self) -> None:
        """Silence and give the card back; what is still opening will be closed when it has opened."""
        with self._lock:
            self._closed = True
            sound = self._sound
        if sound is not None:
            sound.close()

    @property
    def notice(self) -> str:
        """What a person should be told, or ""."""
        return self._sound.notice if self._sound is not None else ""

    def facts(self) -> dict[str, str]:
        """See `Sound.facts`; empty while there is no open device."""
        sound = self._sound
        return sound.facts() if isinstance(sound, Sound) else {}

    def _open(self, backend: str) -> None:
        found = probe(backend)
        sound: Sound | Silence
        if found.why:
            sound = _silent(found.why)
        else:
            try:
                with self._lock:
                    closed = self._closed
                sound = Silence("") if closed else Sound(backend)
            except Exception as error:  # whatever signalflow throws, the app plays on
                sound = _silent(str(error))
        with self._lock:
            for name, value in self._settings.items():
                sound.set(name, value)
            self._sound = sound
            closed = self._closed
        if closed:
            sound.close()
        self.ready.set()


def open_sound(
    *, backend: str = "", instrument: str = "strings", scale: str = "free", volume: float = 0.8
) -> Opening:
    """The sound sink of a session. Returns at once; see `Opening`. Never raises for a missing card."""
    return Opening(backend, instrument, scale, volume)


def describe(backend: str = "") -> Description:
    """What `ghostjam doctor` says about sound. Takes as long as `probe`."""
    found = probe(backend)
    if found.why == "signalflow is not installed":
        return Description("off", found.why, "install ghostjam again with its base dependencies")
    if found.why:
        remedy = "connect a sound card or start the sound server; `ghostjam render` to WAV works without"
        return Description("off", found.why, remedy)
    facts = (found.device, found.sample_rate, found.buffer_ms)
    if found.buffer_ms > 25.0:
        why = f"the device buffers {found.buffer_ms:.0f} ms, which can be felt"
        return Description("degraded", why, "choose a smaller buffer in the sound settings", *facts)
    return Description("fine", "", "", *facts)


def _silent(why: str) -> Silence:
    log.warning("%s (%s).", SILENT_NOTICE.capitalize(), why)
    return Silence(SILENT_NOTICE)
