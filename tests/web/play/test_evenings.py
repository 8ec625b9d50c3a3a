"""A scripted evening, on a clock moved by hand: the page plays what the desktop plays, event by event."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.clock import ManualClock
from app.core.events import Event, Release, Source, Touch
from app.core.parameters import PARAMETERS, Settings
from app.core.sink import CollectingSink
from app.engine.thread import Engine
from app.runtime.web_engine_facts import engine_facts
from tests.bench.manner.hand import Choice
from tests.bench.manner.phrases import MANNERS
from tests.web.node import run_node
from tests.web.play.stub_ghost import StubGhost

pytestmark = pytest.mark.node

Step = list[Any]  # [time, what, values], as in `tests.app.fakes.Stage`
END_S = 60.0

PLAY = """
const { useConstants } = await load("engine/constants.js");
const { Engine, ManualClock } = await load("engine/engine.js");
const { Settings } = await load("shared/settings.js");
const { touch, release } = await load("engine/events.js");
const { StubGhost } = await import(given.stub);
useConstants(given.facts);
const evenings = [];
for (const { seed, steps } of given.evenings) {
  const played = [];
  const settings = new Settings(given.parameters);
  const clock = new ManualClock();
  const engine = new Engine(new StubGhost(seed), settings, (event) => played.push(event), { clock });
  for (const [timeS, what, values] of steps) {
    await engine.runUntil(timeS);
    const [verb, name] = what.split(" ");
    if (verb === "touch") engine.submit(touch(timeS, "player", Number(name), ...values));
    else if (verb === "release") engine.submit(release(timeS, "player", Number(name)));
    else if (verb === "set") settings.set(name, values);
    else engine.command(verb);
  }
  await engine.runUntil(given.endS);
  engine.stop();
  evenings.push(played.map((e) => [e.timeS, `${e.source} ${e.kind} ${e.voice}`,
    e.kind === "touch" ? [e.x, e.y, Number(e.moving)] : []]));
}
return evenings;
"""


def phrase_steps(rows: np.ndarray, start_s: float, voice: int) -> list[Step]:
    """Rows `(n, 4)` of x, y, dt, moving as one finger plays them."""
    steps: list[Step] = []
    times_s = start_s + np.cumsum(rows[:, 2], dtype="float64")
    for time_s, (x, y, _, moving) in zip(times_s.tolist(), rows.tolist(), strict=True):
        if moving < 0.5 and steps:
            steps.append([steps[-1][0], f"release {voice}", []])
        steps.append([time_s, f"touch {voice}", [x, y, moving >= 0.5 and bool(steps)]])
    return [*steps, [steps[-1][0], f"release {voice}", []]]


def evening(seed: int) -> list[Step]:
    """Phrases of made-up players with pauses of any length, one or two fingers, and all that can be set."""
    rng = np.random.default_rng(seed)
    steps: list[Step] = []
    time_s = 0.5
    while time_s < END_S - 12.0:
        for voice in range(int(rng.integers(1, 3))):
            manner = list(MANNERS.values())[int(rng.integers(len(MANNERS)))]
            rows = manner(Choice.draw(rng), rng, float(rng.uniform(1.5, 5.0)))
            steps += phrase_steps(rows.astype("float32"), time_s + 0.4 * voice, voice)
        time_s = max(step[0] for step in steps) + float(rng.choice([0.3, 2.0, 5.0, 11.0]))
        if rng.random() < 0.6:
            steps.append([time_s - 0.2, *some_command(rng)])
    return sorted(steps, key=lambda step: step[0])


def some_command(rng: np.random.Generator) -> tuple[str, Any]:
    commands: list[tuple[str, Any]] = [
        *(("set mode", mode) for mode in ("call", "call", "call", "duet", "solo", "listen")),
        *(("set ghosts", word) for word in ("each", "one")),
        *(("set reply_s", seconds) for seconds in (-1.0, 0.0, 3.0, 20.0)),
        *(("set likeness", likeness) for likeness in (0.0, 0.6, 1.7)),
        *(("set timescale", scale) for scale in (0.5, 1.0, 2.0)),
        *(("set pause", on) for on in (True, False, False)),
        *(("set mute", on) for on in (True, False, False)),
        ("set sigma_temperature", 0.5),
        ("set threshold_s", 0.4),
        ("reset", None),
        ("panic", None),
    ]
    return commands[int(rng.integers(len(commands)))]


def on_desktop(seed: int, steps: list[Step]) -> list[Step]:
    clock, sink, settings = ManualClock(), CollectingSink(), Settings()
    engine = Engine(StubGhost(seed), settings, [sink], clock=clock)
    for time_s, what, values in steps:
        engine.run_until(time_s)
        verb, _, name = what.partition(" ")
        if verb == "touch":
            engine.submit(Touch(time_s, Source.PLAYER, int(name), *values))
        elif verb == "release":
            engine.submit(Release(time_s, Source.PLAYER, int(name)))
        elif verb == "set":
            settings.set(name, values)
        else:
            engine.command(verb)
    engine.run_until(END_S)
    engine.stop()
    assert not engine.status().counters.model_faults
    return [literal(event) for event in sink.events]


def literal(event: Event) -> Step:
    kind = "release" if isinstance(event, Release) else "touch"
    values = [event.x, event.y, int(event.moving)] if isinstance(event, Touch) else []
    return [event.time_s, f"{event.source} {kind} {event.voice}", values]


def in_page(evenings: list[tuple[int, list[Step]]]) -> list[list[Step]]:
    given = {
        "facts": engine_facts(),
        "parameters": [asdict(parameter) for parameter in PARAMETERS],
        "stub": (Path(__file__).parent / "stub_ghost.js").as_uri(),
        "evenings": [{"seed": seed, "steps": steps} for seed, steps in evenings],
        "endS": END_S,
    }
    played: list[list[Step]] = run_node(PLAY, given)
    return played


@pytest.mark.parametrize("seeds", [range(3), pytest.param(range(3, 12), marks=pytest.mark.slow)])
def test_evenings_are_the_same_event_by_event(seeds: range) -> None:
    evenings = [(seed, evening(seed)) for seed in seeds]
    for (seed, steps), got in zip(evenings, in_page(evenings), strict=True):
        wanted = on_desktop(seed, steps)
        assert sum("ghost touch" in what for _, what, _ in wanted) > 50
        for one, other in zip(got, wanted, strict=False):
            assert one[1] == other[1], (seed, one, other)
            assert [one[0], *one[2]] == pytest.approx([other[0], *other[2]], abs=1e-6), (seed, one, other)
        assert len(got) == len(wanted)
