"""What a frame costs: 1600 x 1000 pixels, 10 voices of trails, software rendering, against 16.7 ms.

    python tests/bench/bench_frame.py [--seconds 10] [--size 1600x1000] [--voices 10] [--notes 200]

Ten voices (five fingers, five of the ghost) draw without a pause, with the mixture glowing. While the
window draws, a thread like the engine's sleeps to absolute deadlines and notes how late it wakes. For each
step of a frame it says how often the window was in it when that was late, and how often it was interrupted
there: then whatever interrupts it is waited for too, because the window holds the interpreter.
With `--notes` chords of both sides flow over the piano roll instead, so many notes on it at a time.
Runs on SDL's dummy display unless SDL_VIDEODRIVER says otherwise.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import sys
import threading
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from app.core.clock import ask_for_priority, sharpen_timers
from app.core.events import Event, EventKind, Note, Release, Source, Touch
from app.core.parameters import Settings
from app.core.way_in import CLOSED, WayIn
from app.pictures.live.roll import SPAN_S
from app.window import CanvasSink, Window, WindowOptions

PERIOD_S = 0.002  # of the thread that wants to wake on time
EVENT_S = 1 / 120  # of each voice: twice per frame, as a touch screen reports
SWITCH_S = 0.0005  # what the engine sets
LATE_S = 0.001  # that is looked into


class Stage:
    """An engine that only has a status: the mixture wanders, the turn changes."""

    def __init__(self, hears: EventKind) -> None:
        self.watch_mixture = False
        self.hears = hears
        self._mixture, self._mixture_s = SimpleNamespace(), 0.0

    def submit(self, event: Event) -> None:
        """Nobody plays here."""

    def command(self, name: str) -> None:
        """Nor commands."""

    def status(self) -> SimpleNamespace:
        """A fresh mixture of 20 components every 1/30 s, as the engine gives it."""
        now_s = time.perf_counter()
        if now_s - self._mixture_s > 1 / 30:
            angles = now_s + np.arange(20)
            mean = np.stack([0.5 + 0.4 * np.cos(angles), 0.5 + 0.4 * np.sin(1.3 * angles)], axis=1)
            if self.hears is EventKind.NOTES:
                mean = 60.0 + 40.0 * (mean - 0.5)
            covariance = np.broadcast_to(np.eye(2) * 0.004, (20, 2, 2))
            self._mixture = SimpleNamespace(pi=np.full(20, 0.05), mean=mean, covariance=covariance)
            self._mixture_s = now_s
        return SimpleNamespace(
            turn="ghost",
            mode="call",
            model="touch",
            notice="",
            silence_left_s=None,
            mixture=self._mixture,
            counters=SimpleNamespace(events_in=0, events_out=0, dropped=0, refused=0, late=0),
            lateness_p50_s=0.0,
            lateness_p99_s=0.0,
        )


class Steps:
    """What the window's thread did when: a row for each step of a frame, named by the line it ends at.

    Attributes:
        rows: (start, end, name, how often the processor was taken from it).
    """

    def __init__(self) -> None:
        self.rows: list[tuple[float, float, str, int]] = []

    def of(self, frame: Iterator[None]) -> Iterator[None]:
        """The same frame, noted."""
        while True:
            start_s, taken = time.perf_counter(), -self._taken()
            ended = next(frame, self) is self
            taken += self._taken()
            self.rows.append((start_s, time.perf_counter(), "the last" if ended else where(frame), taken))
            if ended:
                return
            yield

    def during(self, wakings: list[tuple[float, float]]) -> tuple[Counter[str], Counter[str]]:
        """In which steps the window was when each (due, woke) was late, and in which it was interrupted."""
        steps, taken = Counter[str](), Counter[str]()
        starts = [start_s for start_s, *_ in self.rows]
        for due_s, woke_s in wakings:
            if woke_s - due_s < LATE_S:
                continue
            index = bisect_right(starts, due_s) - 1
            within = index >= 0 and self.rows[index][1] > due_s
            name = self.rows[index][2] if within else "between frames"
            steps[name] += 1
            taken[name] += within and self.rows[index][3] > 0
        return steps, taken

    def _taken(self) -> int:
        return resource.getrusage(resource.RUSAGE_THREAD).ru_nivcsw


def where(frame: object) -> str:
    """File and line at which a generator, or the innermost one it waits for, has stopped."""
    name = ""
    while (stopped := getattr(frame, "gi_frame", None)) is not None:
        name = f"{Path(stopped.f_code.co_filename).name}:{stopped.f_lineno}"
        frame = getattr(frame, "gi_yieldfrom", None)
    return name


class NotedWindow(Window):
    """A window whose steps are noted."""

    steps = Steps()

    def _frame(self, now_s: float) -> Iterator[None]:
        return self.steps.of(super()._frame(now_s))


def draw_for(
    sink: CanvasSink, voices: int, stop: threading.Event, wakings: list[tuple[float, float]]
) -> None:
    """Wake every PERIOD_S by absolute deadlines; whenever it is time, draw with every voice."""
    sharpen_timers()
    ask_for_priority()
    due_s = next_s = time.perf_counter()
    down: set[int] = set()
    while not stop.is_set():
        due_s += PERIOD_S
        time.sleep(max(0.0, due_s - time.perf_counter()))
        now_s = time.perf_counter()
        wakings.append((due_s, now_s))
        if now_s >= next_s:
            next_s += EVENT_S
            for voice in range(voices):
                source = Source.PLAYER if voice % 2 else Source.GHOST
                speed = 1.5 + 0.7 * voice
                x = 0.5 + 0.45 * math.sin(speed * now_s + voice)
                y = 0.5 + 0.45 * math.sin(1.31 * speed * now_s + 2 * voice)
                sink.play(Touch(now_s, source, voice // 2, x, y, moving=voice in down))
                down.add(voice)


def play_for(sink: CanvasSink, notes: int, stop: threading.Event, wakings: list[tuple[float, float]]) -> None:
    """As `draw_for`; chords of four keys instead, in turn by both sources, of which `notes` fill the roll."""
    sharpen_timers()
    ask_for_priority()
    due_s = next_s = time.perf_counter()
    step_s = 4 * SPAN_S / notes
    n_chords, down = 0, list[Note]()
    while not stop.is_set():
        due_s += PERIOD_S
        time.sleep(max(0.0, due_s - time.perf_counter()))
        now_s = time.perf_counter()
        wakings.append((due_s, now_s))
        if now_s >= next_s:
            next_s += step_s
            n_chords += 1
            for note in down[: len(down) // 2]:
                sink.play(Release(now_s, note.source, note.voice))
            source = Source.PLAYER if n_chords % 2 else Source.GHOST
            chord = [Note(now_s, source, 40 + (5 * n_chords + 7 * k) % 48, 50 + 20 * k) for k in range(4)]
            down = [*down[len(down) // 2 :], *chord]
            for note in chord:
                sink.play(note)


def row(name: str, values: list[float]) -> None:
    """Print one line of the table, in ms. On a busy machine p10 is nearest to what the work itself takes."""
    p10, p50, p99, most = np.quantile(np.array(values) * 1e3, [0.1, 0.5, 0.99, 1.0])
    print(f"{name:44s} p10 {p10:7.3f}  p50 {p50:7.3f}  p99 {p99:7.3f}  max {most:7.3f}  (n = {len(values)})")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--size", default="1600x1000")
    parser.add_argument("--voices", type=int, default=10)
    parser.add_argument("--notes", type=int, default=0, help="of a piano roll instead of trails")
    args = parser.parse_args()
    width, height = (int(part) for part in args.size.split("x"))

    alone: list[tuple[float, float]] = []
    sys.setswitchinterval(SWITCH_S)
    sink, stop = CanvasSink(), threading.Event()
    prober = threading.Thread(target=draw_for, args=(CanvasSink(), 0, stop, alone))
    prober.start()
    time.sleep(min(3.0, args.seconds))
    stop.set()
    prober.join()

    start_s = time.perf_counter()
    idle = SimpleNamespace(said="idle", is_busy=False, adapt=None, back=None)
    stage = Stage(EventKind.NOTES if args.notes else EventKind.TOUCHES)
    options = WindowOptions(size=(width, height))
    window = NotedWindow(stage, Settings(), sink, idle, options, lambda: WayIn("", CLOSED))
    print(f"{'window constructed in':44s} {1e3 * (time.perf_counter() - start_s):.0f} ms")
    late: list[tuple[float, float]] = []
    stop = threading.Event()
    target, count = (play_for, args.notes) if args.notes else (draw_for, args.voices)
    prober = threading.Thread(target=target, args=(sink, count, stop, late))
    ender = threading.Timer(args.seconds, window.close)
    prober.start()
    ender.start()
    busy_s = -time.thread_time()
    window.run()
    busy_s += time.thread_time()
    stop.set()
    prober.join()

    timing = window._scene.timing
    driver = os.environ["SDL_VIDEODRIVER"]
    what = f"{count} {'notes' if args.notes else 'voices'}"
    print(f"{width} x {height}, {what}, {args.seconds:g} s, {driver} display")
    print(f"{'processor time of the window, all in all':44s} {100 * busy_s / args.seconds:.0f} % of a core")
    print(f"{'frames a second':44s} {timing.frame_rate():.1f}")
    row("frame, with the polls inside it", timing.frames_s)
    row("between two polls of the input", timing.gaps_s)
    row("waking late, nothing drawn", [woke_s - due_s for due_s, woke_s in alone])
    row("waking late, while drawing", [woke_s - due_s for due_s, woke_s in late])
    steps, taken = window.steps.during(late)
    print(f"{f'later than {1e3 * LATE_S:g} ms':44s} {steps.total()} of {len(late)}")
    for name, count in steps.most_common(5):
        print(f"    {name:40s} {count}, interrupted in {taken[name]}")
    print(f"{'canvas events dropped':44s} {sink.n_dropped}")
    over = sum(frame > 1 / 60 for frame in timing.frames_s)
    print(f"{'frames over 16.7 ms':44s} {over} of {len(timing.frames_s)}")


if __name__ == "__main__":
    main()
