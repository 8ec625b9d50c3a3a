"""`ghostjam bench`: what this machine reaches, each number as its median and 99th percentile."""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import NamedTuple

import numpy as np

from app.commands.osc_loopback import osc_s
from app.core.events import Event, Release, Source
from app.core.parameters import Settings
from app.core.sink import Sink
from app.ghost import Ghost
from app.runtime.errors import CommandError
from app.runtime.load import load_ghost
from ghostjam import python_command

LOADS = 5
JITTER_S = 4.0
FAN_FUTURES, FAN_EVENTS = 32, 16

# In a fresh interpreter: importing and loading are what a start costs.
LOAD_CODE = """
import time
start = time.perf_counter()
from app.ghost import Ghost
Ghost.load({model!r})
print(time.perf_counter() - start)
"""


class Measure(NamedTuple):
    """One number of the machine: what, in which unit, and how it is spread."""

    what: str
    unit: str
    median: float
    p99: float
    n: int


def run(args: argparse.Namespace) -> int:
    """Measure everything, printing line by line, or JSON at the end."""
    model = args.model or "touch"
    ghost = load_ghost(model, 1)
    measures = []
    for measure in measure_all(ghost, model):
        measures.append(measure)
        if not args.json:
            spread = f"{measure.median:10.4g} {measure.unit:<3} p99 {measure.p99:10.4g}"
            print(f"{measure.what:<48} {spread}", flush=True)
    if args.json:
        print(json.dumps([measure._asdict() for measure in measures], indent=1))
    return 0


def measure_all(ghost: Ghost, model: str) -> Iterator[Measure]:
    """Every measure, one after the other."""
    yield summary("import to loaded model", "ms", [1e3 * load_s(model) for _ in range(LOADS)])
    phrase = example_rows(ghost)
    drawing = ghost.manifest.drawing
    ghost.feed(phrase)
    state = ghost.state

    def fresh(call: Callable[[], object]) -> Callable[[], object]:
        def from_the_phrase() -> object:
            ghost.state = state
            return call()

        return from_the_phrase

    one = phrase[:1]
    yield summary("feed, one event", "us", timed(fresh(lambda: ghost.feed(one)), 1000, 1e6))
    yield summary("generate, one event a call", "us", timed(fresh(lambda: ghost.generate(1)), 1000, 1e6))
    if drawing is None:  # a drawing ends when it is done
        many = timed(fresh(lambda: ghost.generate(250)), 50, 1e6 / 250)
        yield summary("generate, per event of 250", "us", many)
    yield summary("first chunk of a reply, 4 events", "ms", timed(fresh(lambda: ghost.generate(4)), 500, 1e3))
    if drawing is None:
        yield summary("a 5 s reply", "ms", timed(fresh(lambda: ghost.generate(seconds=5.0)), 50, 1e3))
    events = min(FAN_EVENTS, ghost.manifest.future_events)
    fan = timed(fresh(lambda: ghost.fan(FAN_FUTURES, events)), 50, 1e6 / (FAN_FUTURES * events))
    yield summary(f"fan of {FAN_FUTURES} futures, per event", "us", fan)
    if ghost.n_guide and drawing is None:
        guide = np.zeros((FAN_EVENTS, ghost.n_guide), np.float32)
        guided = timed(fresh(lambda: ghost.generate(FAN_EVENTS, guide=guide)), 200, 1e6 / FAN_EVENTS)
        yield summary(f"generate toward a guide, per event of {FAN_EVENTS}", "us", guided)
    states = [state] * FAN_FUTURES
    proposed = timed(lambda: ghost.propose(states, events), 50, 1e6 / (FAN_FUTURES * events))
    yield summary(f"{FAN_FUTURES} proposals, per event", "us", proposed)
    yield summary("mixture, for pictures", "us", timed(fresh(ghost.mixture), 300, 1e6))
    if drawing is not None:
        most = 2 * drawing.longest

        def draw() -> object:
            ghost.reset()
            return ghost.generate(most)

        yield summary("a drawing from its beginning", "ms", timed(draw, 100, 1e3))
        return
    yield summary("replay jitter without a window", "ms", [1e3 * s for s in jitter_s(model)])
    yield summary("an event by OSC over loopback", "us", [1e6 * s for s in osc_s(500)])


def summary(what: str, unit: str, values: list[float]) -> Measure:
    """Median and 99th percentile (nearest rank) of values."""
    ordered = sorted(values)
    p99 = ordered[max(0, math.ceil(0.99 * len(ordered)) - 1)]
    return Measure(what, unit, median(ordered), p99, len(ordered))


def timed(call: Callable[[], object], n: int, scale: float) -> list[float]:
    """Seconds of n calls times `scale`, after a few that do not count."""
    for _ in range(max(3, n // 20)):
        call()
    values = []
    for _ in range(n):
        start = time.perf_counter()
        call()
        values.append((time.perf_counter() - start) * scale)
    return values


def load_s(model: str) -> float:
    """Seconds from the first import to a loaded model, in a fresh interpreter."""
    code = LOAD_CODE.format(model=str(model))
    result = subprocess.run(python_command(code), capture_output=True, text=True, check=True)
    return float(result.stdout)


def example_rows(ghost: Ghost) -> np.ndarray:
    """64 events in the middle of every column's range, moving a little: float32 [64, D]."""
    steps = np.linspace(0.0, 1.0, 64)[:, None]
    low = np.array([c.low for c in ghost.manifest.columns])
    high = np.array([min(c.high, c.low + 1.0) for c in ghost.manifest.columns])
    rows = low + (high - low) * (0.4 + 0.2 * steps)
    rows[:, [c.name == "dt" for c in ghost.manifest.columns]] = 1.0 / 60.0
    rows[:, [c.name == "pen" for c in ghost.manifest.columns]] = 0.0
    return np.asarray(rows, np.float32)


class _Lateness(Sink):
    """A sink that notes how long after its deadline each ghost event comes."""

    def __init__(self) -> None:
        self.late_s: list[float] = []

    def play(self, event: Event) -> None:
        if event.source is Source.GHOST and not isinstance(event, Release):
            self.late_s.append(time.perf_counter() - event.time_s)


def jitter_s(model: str) -> list[float]:
    """Lateness of every event while the ghost plays alone for `JITTER_S`, by the real engine and clock."""
    from app.engine.thread import Engine

    settings = Settings(choices={"model": (model,)})
    settings.set("model", model)
    settings.set("mode", "solo")
    sink = _Lateness()
    engine = Engine(Ghost.load(model, seed=1), settings, [sink])
    engine.start()
    time.sleep(JITTER_S)
    engine.stop()
    if not sink.late_s:
        raise CommandError("replay jitter: expected the ghost to play alone, but no event came.")
    return sink.late_s
