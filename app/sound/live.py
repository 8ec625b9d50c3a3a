"""The live sound: plays events through signalflow on a sound card, or on nothing, in this process.

The app does not use it here but in a process of its own, see `server`. signalflow is imported when a
graph is made, not before.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from app.core.events import Event
from app.core.instruments import INSTRUMENTS
from app.core.parameters import Value
from app.core.pitch import SCALES
from app.sound.ensemble import N_VOICES, Ensemble

PANIC_FADE_S = 0.004
LAST_FADE_S = 0.04
"""For so long the fade at the end is heard: no click at the end of an evening."""

BUFFER_FRAMES = 256
"""Asked of the device, 5.3 ms at 48 kHz; it may decide otherwise, `Device` says."""

RATES_HZ = (8000, 192000)
"""A device that reports a rate outside is not to be trusted (seen: 0 under PipeWire)."""


class DeviceError(RuntimeError):
    """An output device that cannot be used: says why."""


@dataclass(frozen=True)
class Device:
    """An open output device. `frames` is the length of its buffer."""

    name: str
    sample_rate: int
    frames: int

    def __post_init__(self) -> None:
        if not RATES_HZ[0] <= self.sample_rate <= RATES_HZ[1]:
            raise DeviceError(
                f"sample rate: expected {RATES_HZ[0]} to {RATES_HZ[1]} Hz, got {self.sample_rate}."
            )

    @property
    def buffer_ms(self) -> float:
        """How long a block lasts."""
        return 1000.0 * self.frames / self.sample_rate


def volume_gain(volume: float) -> float:
    """The volume parameter as a linear gain: square law, 0.8 is -4 dB."""
    return volume * volume


class Sound:
    """Plays on a running signalflow graph, of which a process can have one, until the process ends.

    Args:
        backend: signalflow's name of the backend; empty: the default one.
        instrument, scale, volume: the parameters of these names at the start.

    Attributes:
        device: what was opened.

    Raises:
        RuntimeError: signalflow could not open the device, or it cannot be used. Do not try again in
            this process: signalflow 0.6 then crashes it.
    """

    def __init__(
        self, backend: str = "", *, instrument: str = "strings", scale: str = "free", volume: float = 0.8
    ) -> None:
        self._lock = threading.Lock()
        self._gain = self._open_gain = volume_gain(volume)
        signalflow: Any = import_module("signalflow")  # untyped on purpose, see `app.sound.voice`
        config = signalflow.AudioGraphConfig()
        if backend:
            config.backend_name = backend
        config.output_buffer_size = BUFFER_FRAMES
        graph = self._graph = signalflow.AudioGraph(config=config, start=False)
        from app.sound.mixer import Mixer

        try:
            name = str(graph.output_device_name or "default")
            self.device = Device(name, int(graph.sample_rate), int(graph.output_buffer_size))
            self._mixer = Mixer(N_VOICES, float(self.device.sample_rate))
            self._mixer.set_volume(self._gain)
            self._ensemble = Ensemble(self._mixer.voices, instrument=instrument, scale=scale)
            graph.play(self._mixer.output)
            self._blocks = graph.add_node(signalflow.BlockCounter())
            graph.start()
        except BaseException:
            graph.destroy()
            raise

    def play(self, event: Event) -> None:
        """Sound one event, from the next block of the sound card on."""
        with self._lock:
            if self._open_gain != self._gain:
                self._open_gain = self._gain
                self._mixer.set_volume(self._gain)
            self._ensemble.play(event)

    def set(self, name: str, value: Value) -> None:
        """Take a live parameter: instrument, scale or volume. Other names are not for sound."""
        with self._lock:
            if name == "instrument" and str(value) in INSTRUMENTS:
                self._ensemble.set_instrument(str(value))
            elif name == "scale" and str(value) in SCALES:
                self._ensemble.set_scale(str(value))
            elif name == "volume":
                self._gain = self._open_gain = volume_gain(float(value))
                self._mixer.set_volume(self._gain)

    def panic(self) -> None:
        """Silence within some 30 ms, echoes included; the next event opens the volume again."""
        with self._lock:
            self._ensemble.release_all(self._ensemble.now_s, PANIC_FADE_S)
            self._open_gain = 0.0
            self._mixer.hush()

    @property
    def blocks(self) -> int:
        """Blocks the device has taken so far; one that stands still is gone."""
        with self._lock:
            return int(self._blocks.value)

    @property
    def failed(self) -> bool:
        """Whether signalflow's audio thread has stopped with an error."""
        with self._lock:
            return bool(self._graph.has_raised_audio_thread_error)
