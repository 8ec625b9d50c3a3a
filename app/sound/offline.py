"""Events to a WAV file, faster than real time, by the same voices as the live sound.

First the events are played to a list, then the list to a graph with as many voices as it needs. The
graph renders up to the exact sample of each gesture before the gesture is carried out, in blocks of
at most `BLOCK`, so timing is sample-accurate, and the same events give the same file.

signalflow has one graph a process, and the live sound may hold it. So `render_wav` renders in a
child process: it works beside a running sound, and nothing signalflow does can take the app down.
`render_blocks` is what the child does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import wave
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from app.core.events import Event
from app.core.progress import Progress, unseen
from app.sound.articulation import Gesture
from app.sound.ensemble import Ensemble
from app.sound.ipc import from_row, to_line, to_row
from ghostjam import python_command

BLOCK = 256
"""Samples a graph renders at once."""

MOST_AT_ONCE = 1 << 16
"""Samples kept at once."""

MOST_SAMPLES = (1 << 32) // 4 - 1024
"""What a WAV file of 16-bit stereo holds: its sizes have 32 bits."""

END_FADE_S = 0.05
SAMPLE_RATE = 44100
TAIL_S = 2.0
VOLUME = 0.8


class RenderError(RuntimeError):
    """A rendering that failed: says what the renderer said."""


def render_wav(
    events: Sequence[Event],
    path: str | os.PathLike[str],
    *,
    instrument: str,
    scale: str,
    tail_s: float = TAIL_S,
    progress: Progress = unseen,
) -> None:
    """Write `events` as they sound to a 16-bit stereo WAV file; memory does not grow with their length.

    Args:
        events: in any order; times in seconds of one clock.
        instrument, scale: as the parameters of these names.
        tail_s: seconds after the last event.
        path: the file, replaced when the sound is whole; its folder exists.
        progress: told how far it is.

    Raises:
        RenderError: signalflow is missing, the sound is longer than a WAV file holds, or it failed.
        OSError: the file cannot be written.
    """
    ordered = sorted(events, key=lambda event: event.time_s)
    start_s = ordered[0].time_s if ordered else 0.0
    end_s = (ordered[-1].time_s if ordered else start_s) + tail_s
    if (end_s - start_s) * SAMPLE_RATE > MOST_SAMPLES:
        raise RenderError(
            f"sound: expected at most {MOST_SAMPLES / SAMPLE_RATE / 3600:.1f} hours, which a WAV file holds, "
            f"got {(end_s - start_s) / 3600:.1f}."
        )
    draft = Path(path).with_name(f".{Path(path).name}.part")
    options = {"instrument": instrument, "scale": scale, "start_s": start_s, "end_s": end_s}
    try:
        with draft.open("wb"):
            pass  # an unwritable file is the caller's OSError, not the child's
        with tempfile.TemporaryFile() as job, tempfile.TemporaryFile() as errors:
            job.write(to_line({"path": os.fspath(draft), "options": options}))
            for event in ordered:
                job.write(to_line(to_row(event)))
            job.seek(0)
            code = _run(job, errors, progress)
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip().splitlines() or [f"exit code {code}"]
        if code != 0:
            raise RenderError(f"sound: expected a rendering in {os.fspath(path)}, got: {said[-1]}")
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _run(job: IO[bytes], errors: IO[bytes], progress: Progress) -> int:
    """Let a child do the job; its exit code. It does not outlive this process's wish to wait for it."""
    command = python_command("from app.sound.offline import _child; _child()")
    with subprocess.Popen(command, stdin=job, stdout=subprocess.PIPE, stderr=errors) as child:
        try:
            for line in child.stdout or ():
                progress(float(line))
            return child.wait()
        except BaseException:
            child.kill()
            raise


def render_blocks(
    read: Callable[[], Iterable[Event]],
    *,
    instrument: str,
    scale: str,
    start_s: float,
    end_s: float,
) -> Iterator[NDArray[np.float32]]:
    """The sound from `start_s` to `end_s`, float32 (2, n) in [-1, 1] each, one after the other.

    Args:
        read: gives the events in the order of their times; called twice, first to count the voices they need.
        instrument, scale: as the parameters of these names.
        start_s, end_s: in the clock of the events.

    Raises:
        RenderError: this process already has a signalflow graph.
    """
    import signalflow

    from app.sound.live import volume_gain
    from app.sound.mixer import Mixer

    if signalflow.AudioGraph.get_shared_graph() is not None:
        raise RenderError("graph: expected none in this process, found one; use render_wav.")
    used: dict[int, _Counted] = defaultdict(_Counted)
    counting = Ensemble(used, instrument=instrument, scale=scale)
    for event in read():
        counting.play(event)
    n_samples = max(round((end_s - start_s) * SAMPLE_RATE), 0)
    graph = signalflow.AudioGraph(output_device=signalflow.AudioOut_Dummy(2, SAMPLE_RATE, BLOCK), start=False)
    try:
        mixer = Mixer(max(len(used), 1), float(SAMPLE_RATE))
        graph.play(mixer.output)
        mixer.set_volume(volume_gain(VOLUME))
        voices = dict(zip(used, mixer.voices, strict=False))  # of none that is used the mixer has one
        ensemble = Ensemble(voices, instrument=instrument, scale=scale)
        done = 0
        for event in read():
            due = min(max(round((event.time_s - start_s) * SAMPLE_RATE), 0), n_samples)
            yield from _rendered(graph, done, due, n_samples)
            done = due
            ensemble.play(event)
        yield from _rendered(graph, done, n_samples, n_samples)
    finally:
        graph.destroy()


class _Counted:
    """A voice without a sound: only that it is used counts."""

    def apply(self, gesture: Gesture) -> None:
        """Nothing."""

    def fade(self, time_constant_s: float) -> None:
        """Nothing."""

    def sleep(self) -> None:
        """Nothing."""


def _rendered(graph: Any, start: int, end: int, n_samples: int) -> Iterator[NDArray[np.float32]]:
    """The samples from `start` until before `end`, (2, n) each; the last ones of `n_samples` fade out."""
    import signalflow

    while start < end:
        n = min(end - start, MOST_AT_ONCE)
        buffer = signalflow.Buffer(2, n)
        graph.render_to_buffer(buffer)
        yield _faded(np.array(buffer.data, np.float32), start, n_samples)
        start += n


def _faded(block: NDArray[np.float32], at: int, n_samples: int) -> NDArray[np.float32]:
    """The block that begins with sample `at`; the last samples of all fade out."""
    n_fade = min(round(END_FADE_S * SAMPLE_RATE), n_samples)
    first = max(at, n_samples - n_fade) - at
    if first < block.shape[1]:
        ramp = np.linspace(1.0, 0.0, n_fade, dtype=np.float32)
        since = at + first - (n_samples - n_fade)
        block[:, first:] *= ramp[since : since + block.shape[1] - first]
    return block


def _child() -> None:
    """The child process: a job and then events as lines of JSON on stdin, a WAV file as the result."""
    file = sys.stdin.buffer
    job, begin = json.loads(file.readline()), file.tell()

    def read() -> Iterator[Event]:
        file.seek(begin)
        return (from_row(json.loads(line)) for line in file)

    options = job["options"]
    n_samples, n_done, told = (options["end_s"] - options["start_s"]) * SAMPLE_RATE, 0, 0
    with wave.open(job["path"], "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        for block in render_blocks(read, **options):
            pcm = np.rint(np.clip(block, -1.0, 1.0) * 32767.0).astype("<i2")
            out.writeframesraw(np.ascontiguousarray(pcm.T).tobytes())
            n_done += block.shape[1]
            if n_done - told > SAMPLE_RATE * 10:
                told = n_done
                sys.stdout.write(f"{n_done / n_samples}\n")
                sys.stdout.flush()
