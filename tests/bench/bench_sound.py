"""What the sound costs here: `python tests/bench/bench_sound.py` prints one line a measurement.

Nothing is asserted: times depend on the machine and on what else runs on it.
"""

from __future__ import annotations

import math
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.core.events import Event, Release, Source, Touch

IMPORT = """
import time
start = time.perf_counter()
import app.sound.remote
print(time.perf_counter() - start)
"""


def stroke(source: Source, voice: int, seconds: float) -> list[Event]:
    """A finger going to and fro, 60 events a second."""
    events: list[Event] = []
    for index in range(int(60 * seconds)):
        x, y = 0.5 + 0.4 * math.sin(index / 9.0 + voice), 0.5 + 0.4 * math.cos(index / 14.0 + voice)
        events.append(Touch(index / 60.0, source, voice, x, y, index > 0))
    events.append(Release(seconds, source, voice))
    return events


def import_s() -> float:
    """Seconds to `import app.sound.remote` in a fresh process, best of five."""
    command = [sys.executable, "-c", IMPORT]
    return min(float(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(5))


def live() -> dict[str, float]:
    """Opening, playing and the graph's share of a core, on the backend that discards samples."""
    from app.sound.live import Sound

    start = time.perf_counter()
    sound = Sound("null")
    opened = time.perf_counter()
    costs = []
    for event in [e for voice in range(4) for e in stroke(Source.PLAYER, voice, 5.0)]:
        before = time.perf_counter()
        sound.play(event)
        costs.append(time.perf_counter() - before)
    before_cpu, before = time.process_time(), time.perf_counter()
    time.sleep(2.0)
    cpu = (time.process_time() - before_cpu) / (time.perf_counter() - before)
    sound._graph.stop()
    sound._graph.destroy()
    costs.sort()
    return {
        "open, ms": 1e3 * (opened - start),
        "play, p50 us": 1e6 * costs[len(costs) // 2],
        "play, p99 us": 1e6 * costs[len(costs) * 99 // 100],
        "graph, % of a core": 100.0 * cpu,
    }


def remote() -> dict[str, float]:
    """The same as the app has it: the sound in a process of its own."""
    from app.sound.remote import SoundSink

    start = time.perf_counter()
    sink = SoundSink(backend="null")
    sink.ready.wait()
    opened = time.perf_counter()
    costs = []
    for event in stroke(Source.PLAYER, 0, 5.0):
        before = time.perf_counter()
        sink.play(event)
        costs.append(time.perf_counter() - before)
        time.sleep(0.004)
    sink.close()
    costs.sort()
    return {
        "process: open, ms": 1e3 * (opened - start),
        "process: play, p50 us": 1e6 * costs[len(costs) // 2],
        "process: play, p99 us": 1e6 * costs[len(costs) * 99 // 100],
    }


def offline() -> dict[str, float]:
    """How much faster than real time files are made."""
    from tests.app.sound.rendering import render

    found = {}
    for n_voices in (1, 4, 18):
        events = [e for voice in range(min(n_voices, 10)) for e in stroke(Source.PLAYER, voice, 5.0)]
        events += [e for voice in range(n_voices - 10) for e in stroke(Source.GHOST, voice, 5.0)]
        start = time.perf_counter()
        render(events, instrument="strings", scale="free", tail_s=1.0)
        found[f"offline, {n_voices} voices, x real time"] = 6.0 / (time.perf_counter() - start)
    return found


def main() -> None:
    """Print all measurements."""
    found = {"import app.sound.remote, ms": 1e3 * import_s(), **live(), **remote(), **offline()}
    for name, value in found.items():
        print(f"{name:36} {value:10.2f}")


if __name__ == "__main__":
    main()
