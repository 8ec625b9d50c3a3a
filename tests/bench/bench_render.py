"""How long pictures take, and how much memory: run `python -m tests.bench.bench_render` from the root.

The performance is made here: phrases of loops, zigzags and taps, player and ghost in turn, about as
many events a second as a touch screen reports. Reach: under 2 s for 10 s of music at 1600 x 1000.
"""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from app.core.events import Event, Release, Source, Touch
from app.pictures.palette import load_palette
from app.pictures.performance.gif import render_gif
from app.pictures.performance.png import render_png
from app.pictures.performance.svg import render_svg

EVENTS_A_SECOND = 60


def performance(seconds: float, seed: int = 1) -> list[Event]:
    """Strokes of one to two seconds, each drawn by the other one of player and ghost."""
    rng = np.random.default_rng(seed)
    events: list[Event] = []
    now_s, turn = 0.0, 0
    while now_s < seconds:
        long_s = float(rng.uniform(1, 2))
        share = np.arange(int(long_s * EVENTS_A_SECOND)) / EVENTS_A_SECOND
        middle, radius = rng.uniform(0.3, 0.7, 2), rng.uniform(0.05, 0.3, 2)
        turns = 2 * np.pi * share[:, None] * rng.uniform(0.3, 1.5, 2) + rng.uniform(0, 6, 2)
        source = (Source.PLAYER, Source.GHOST)[turn % 2]
        for index, (x, y) in enumerate(np.clip(middle + radius * np.sin(turns), 0, 1).tolist()):
            events.append(Touch(now_s + float(share[index]), source, 0, x, y, moving=index > 0))
        now_s += long_s
        events.append(Release(now_s, source, 0))
        turn += 1
    return events


def measure(label: str, draw: Callable[[Path], None]) -> None:
    """Print seconds, the largest memory of Python and NumPy, and the size of the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        start_s = time.perf_counter()
        draw(path)
        took_s = time.perf_counter() - start_s
        tracemalloc.start()
        draw(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(f"{label:32} {took_s:7.2f} s {peak / 1e6:8.0f} MB {path.stat().st_size / 1e3:9.0f} kB")


def main() -> None:
    palette = load_palette()
    for seconds in (10, 60):
        events = performance(seconds)
        measure(f"{seconds} s, png, 1600 x 1000", partial(render_png, events, palette=palette))
        measure(f"{seconds} s, svg", partial(render_svg, events, palette=palette))
        measure(f"{seconds} s, gif, 640 x 400", partial(render_gif, events, palette=palette))


if __name__ == "__main__":
    main()
