"""Events to a WAV file, faster than real time, by the same voices as the live sound.

First the events are played to a list, then the list to a graph with as many voices as it needs. The
graph renders up to the exact sample of each gesture before the gesture is carried out, in blocks of
at most `BLOCK`, so timing is sample-accurate, and the same events give the same file.

signalflow has one graph a process, and the live sound may hold it. So `render_wav` renders in a
child process: it works beside a running sound, and nothing signalflow does can take the app down.
`render` is the same in this process, for the child and for tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import wave
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.events import Event
from app.sound.articulation import Gesture
from app.sound.ensemble import Ensemble, VoiceBank
from app.sound.ipc import from_row, to_line, to_row
from app.sound.process import spawn

BLOCK = 256
"""Most samples rendered at once."""

END_FADE_S = 0.05
SAMPLE_RATE = 44100
TAIL_S = 2.0


class RenderError(RuntimeError):
    """A rendering that failed: says what the renderer said."""


def render_wav(
    events: Sequence[Event],
    path: str | os.PathLike[str],
    *,
    instrument: str,
    scale: str,
    tail_s: float = TAIL_S,
) -> None:
    """Write `events` as they sound to a 16-bit stereo WAV file; arguments as `render`.

    Raises:
        RenderError: signalflow is missing, or the rendering failed.
        OSError: the file cannot be written; its folder exists.
    """
    job = {
        "path": os.fspath(path),
        "events": [to_row(event) for event in events],
        "options": {"instrument": instrument, "scale": scale, "tail_s": tail_s},
    }
    with open(path, "wb"):
        pass  # an unwritable file is the caller's OSError, not the child's
    child = spawn("from app.sound.offline import _child; _child()", stderr=subprocess.PIPE)
    _, errors = child.communicate(to_line(job))
    if child.returncode != 0:
        lines = errors.decode(errors="replace").strip().splitlines() or [f"exit code {child.returncode}"]
        raise RenderError(f"sound: expected a rendering in {os.fspath(path)}, got: {lines[-1]}")


def render(
    events: Sequence[Event],
    *,
    instrument: str,
    scale: str,
    volume: float = 0.8,
    sample_rate: int = SAMPLE_RATE,
    tail_s: float = TAIL_S,
    start_s: float | None = None,
) -> NDArray[np.float32]:
    """The sound of `events`, float32 of shape (2, n_samples) in [-1, 1].

    Args:
        events: in any order; times in seconds of one clock.
        instrument, scale, volume: as the parameters of these names.
        sample_rate: in Hz.
        tail_s: seconds after the last event.
        start_s: the time at which the sound starts; None: the first event's.

    Raises:
        RenderError: this process already has a signalflow graph.
    """
    import signalflow

    from app.sound.live import volume_gain
    from app.sound.mixer import Mixer

    if signalflow.AudioGraph.get_shared_graph() is not None:
        raise RenderError("graph: expected none in this process, found one; use render_wav.")
    ordered = sorted(events, key=lambda event: event.time_s)
    if start_s is None:
        start_s = ordered[0].time_s if ordered else 0.0
    end_s = (ordered[-1].time_s if ordered else start_s) + tail_s
    n_samples = max(round((end_s - start_s) * sample_rate), 0)
    score = Score()
    score.write(ordered, Ensemble(score, instrument=instrument, scale=scale))
    graph = signalflow.AudioGraph(output_device=signalflow.AudioOut_Dummy(2, sample_rate, BLOCK), start=False)
    try:
        mixer = Mixer(max(len(score.voices), 1), float(sample_rate))
        graph.play(mixer.output)
        mixer.set_volume(volume_gain(volume))
        sound = np.zeros((2, n_samples), np.float32)
        done = 0
        for time_s, carry_out in score.steps:
            due = min(max(round((time_s - start_s) * sample_rate), 0), n_samples)
            _advance(graph, sound[:, done:due])
            done = due
            carry_out(mixer)
        _advance(graph, sound[:, done:])
    finally:
        graph.destroy()
    n_fade = min(round(END_FADE_S * sample_rate), n_samples)
    if n_fade:
        sound[:, n_samples - n_fade :] *= np.linspace(1.0, 0.0, n_fade, dtype=np.float32)
    return sound


class Score:
    """A bank that writes down what to do when: the voices it needs, renumbered from 0, and the steps."""

    def __init__(self) -> None:
        self.voices: dict[int, int] = {}  # voice of the ensemble to voice of the graph
        self.steps: list[tuple[float, Callable[[VoiceBank], None]]] = []
        self._time_s = 0.0

    def write(self, events: Iterable[Event], ensemble: Ensemble) -> None:
        """Let `ensemble`, whose bank this is, play the events in their order."""
        for event in events:
            self._time_s = event.time_s
            ensemble.play(event)

    def gesture(self, voice: int, gesture: Gesture) -> None:
        """Write a gesture down."""
        number = self.voices.setdefault(voice, len(self.voices))
        self.steps.append((self._time_s, lambda bank: bank.gesture(number, gesture)))

    def fade(self, voice: int, time_constant_s: float) -> None:
        """Write a fade down."""
        number = self.voices.setdefault(voice, len(self.voices))
        self.steps.append((self._time_s, lambda bank: bank.fade(number, time_constant_s)))

    def sleep(self, voice: int) -> None:
        """Write down that a voice is silent."""
        number = self.voices[voice]
        self.steps.append((self._time_s, lambda bank: bank.sleep(number)))


def _advance(graph: Any, into: NDArray[np.float32]) -> None:
    """Render exactly as many samples as `into` (2, n) has room for."""
    import signalflow

    n_samples = into.shape[1]
    if n_samples == 0:
        return
    buffer = signalflow.Buffer(2, n_samples)
    graph.render_to_buffer(buffer)
    into[:] = buffer.data


def write_wav(path: str | os.PathLike[str], sound: NDArray[np.float32], sample_rate: int) -> None:
    """Write float32 (2, n_samples) in [-1, 1] as 16-bit stereo."""
    pcm = np.rint(np.clip(sound, -1.0, 1.0) * 32767.0).astype("<i2")
    with wave.open(os.fspath(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(np.ascontiguousarray(pcm.T).tobytes())


def _child() -> None:
    """The child process: a job as JSON on stdin, a WAV file as the result."""
    job = json.load(sys.stdin)
    sound = render([from_row(row) for row in job["events"]], **job["options"])
    write_wav(job["path"], sound, SAMPLE_RATE)
