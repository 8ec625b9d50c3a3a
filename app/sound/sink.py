"""The live sound: a sink that plays events through signalflow on a sound card, or on nothing.

signalflow is imported when a graph is made, not before, so that `import app.sound` stays cheap.
"""

from __future__ import annotations

import logging
import threading
from types import ModuleType
from typing import Any

from app.events import Event
from app.parameters import Value
from app.sound.articulation import Gesture
from app.sound.ensemble import N_VOICES, Ensemble
from app.sound.instruments import INSTRUMENTS
from app.sound.pitch import SCALES

log = logging.getLogger(__name__)

PANIC_FADE_S = 0.004
BUFFER_FRAMES = 256
"""Asked of the device, 5.3 ms at 48 kHz; it may decide otherwise, `facts` says."""

SILENT_NOTICE = "no sound card: playing on silently"


class Silence:
    """The sink of a machine that cannot sound: takes everything and does nothing.

    Attributes:
        notice: what a person should be told, or "".
    """

    def __init__(self, notice: str = SILENT_NOTICE) -> None:
        self.notice = notice

    def play(self, event: Event) -> None:
        """Nothing."""

    def panic(self) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""

    def set(self, name: str, value: Value) -> None:
        """Nothing."""


class Mixed:
    """The desk of a real graph: gestures become constants of the mixer's voices.

    signalflow must have a graph when this is made; it is imported here, and not before.
    """

    def __init__(self, sample_rate: float, n_voices: int = N_VOICES) -> None:
        from app.sound.mixer import Mixer

        self.mixer = Mixer(n_voices, sample_rate)

    def gesture(self, voice: int, gesture: Gesture) -> None:
        self.mixer.voices[voice].apply(gesture)

    def fade(self, voice: int, time_constant_s: float) -> None:
        self.mixer.voices[voice].fade(time_constant_s)

    def sleep(self, voice: int) -> None:
        self.mixer.voices[voice].sleep()


def volume_gain(volume: float) -> float:
    """The volume parameter as a linear gain: square law, 0.8 is -4 dB."""
    return volume * volume


class Sound:
    """Plays on a running signalflow graph. Made by `device.open_sound`, or directly on the `null` backend.

    Args:
        backend: signalflow's name of the backend; empty: the default one.
        instrument, scale, volume: the parameters of these names at the start.

    Raises:
        RuntimeError: signalflow could not open the device. Do not try again in this process: see
            `device.py`.
    """

    def __init__(
        self, backend: str = "", *, instrument: str = "strings", scale: str = "free", volume: float = 0.8
    ) -> None:
        self._lock = threading.Lock()
        self._gain = volume_gain(volume)
        self._open_gain = 0.0
        self._graph: Any = _start_graph(backend)
        self._desk = Mixed(float(self._graph.sample_rate))
        self._ensemble = Ensemble(self._desk, instrument=instrument, scale=scale)
        self._graph.play(self._desk.mixer.output)
        self._graph.start()
        log.info("Sound: %s.", ", ".join(f"{key} {value}" for key, value in self.facts().items()))

    def play(self, event: Event) -> None:
        """Sound one event, from the next block of the sound card on."""
        with self._lock:
            if self._graph is None:
                return
            if self._open_gain != self._gain:
                self._open_gain = self._gain
                self._desk.mixer.set_volume(self._gain)
            self._ensemble.play(event)

    def set(self, name: str, value: Value) -> None:
        """Take a live parameter: instrument, scale or volume. Other names are not for sound."""
        with self._lock:
            if self._graph is None:
                return
            if name == "instrument" and str(value) in INSTRUMENTS:
                self._ensemble.set_instrument(str(value))
            elif name == "scale" and str(value) in SCALES:
                self._ensemble.set_scale(str(value))
            elif name == "volume":
                self._gain = self._open_gain = volume_gain(float(value))
                self._desk.mixer.set_volume(self._gain)

    def panic(self) -> None:
        """Silence within some 30 ms, echoes included; the next event opens the volume again."""
        with self._lock:
            if self._graph is not None:
                self._hush()

    def close(self) -> None:
        """Silence, then give the sound card back."""
        with self._lock:
            if self._graph is None:
                return
            self._hush()
            graph, self._graph = self._graph, None
        threading.Event().wait(0.04)  # let the fade be heard: no click at the end of an evening
        graph.stop()
        graph.destroy()

    def facts(self) -> dict[str, str]:
        """What the open device is, for a person: name, sample rate, buffer."""
        graph = self._graph
        if graph is None:
            return {}
        rate, frames = int(graph.sample_rate), int(graph.output_buffer_size)
        return {
            "device": str(graph.output_device_name or "default"),
            "sample_rate": f"{rate} Hz",
            "buffer": f"{1000.0 * frames / rate:.1f} ms",
        }

    @property
    def notice(self) -> str:
        """What a person should be told, or ""."""
        return "the sound card stopped: playing on silently" if self.failed else ""

    @property
    def cpu_usage(self) -> float:
        """Fraction of the audio thread's time the graph needs, [0, 1]."""
        return float(self._graph.cpu_usage) if self._graph is not None else 0.0

    @property
    def peak(self) -> float:
        """Largest sample of the newest block, [0, 1]."""
        return float(self._graph.output_level_peak) if self._graph is not None else 0.0

    @property
    def failed(self) -> bool:
        """Whether signalflow's audio thread has stopped with an error."""
        return self._graph is not None and bool(self._graph.has_raised_audio_thread_error)

    def _hush(self) -> None:
        self._ensemble.release_all(self._ensemble.now_s, PANIC_FADE_S)
        self._open_gain = 0.0
        self._desk.mixer.hush()


def _start_graph(backend: str) -> Any:
    signalflow: ModuleType = __import__("signalflow")
    config = signalflow.AudioGraphConfig()
    if backend:
        config.backend_name = backend
    config.output_buffer_size = BUFFER_FRAMES
    return signalflow.AudioGraph(config=config, start=False)
