"""The real model in a real browser: the same touches and seed give the desktop's answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.clock import ManualClock
from app.core.events import Release, Source, Touch
from app.core.parameters import Settings
from app.core.sink import CollectingSink
from app.engine.thread import Engine
from app.ghost import Ghost
from tests.bench.manner.hand import Choice
from tests.bench.manner.phrases import MANNERS
from tests.web.play.site import make_site

pytestmark = pytest.mark.browser

SEED, END_S = 11, 40.0
NEAR = 1e-5

PLAY = """async ({ seed, steps, endS }) => {
  const load = (name) => import(new URL(`${name}.js`, location.href));
  const { useConstants } = await load("engine/constants");
  const { Engine, ManualClock } = await load("engine/engine");
  const { Settings } = await load("shared/settings");
  const { touch, release } = await load("engine/events");
  const { loadGhost } = await load("ghost/ghost");
  const facts = await (await fetch("facts.json")).json();
  useConstants(facts.engine);
  const ghost = await loadGhost("touch", { seed });
  const played = [];
  const [settings, clock] = [new Settings(facts.parameters), new ManualClock()];
  const play = (event) => event.source === "ghost" && played.push(event);
  const engine = new Engine(ghost, settings, play, { clock });
  for (const [timeS, voice, place] of steps) {
    await engine.runUntil(timeS);
    engine.submit(place ? touch(timeS, "player", voice, ...place) : release(timeS, "player", voice));
  }
  await engine.runUntil(endS);
  engine.stop();
  const row = (e) => e.kind === "touch" ? [e.timeS, e.x, e.y, e.moving] : [e.timeS];
  return [engine.status.notice, played.map(row)];
}"""


@pytest.fixture(scope="module")
def page(served: tuple[Path, str], litert_package: Path, chromium: Any) -> Iterator[Any]:
    folder, address = served
    make_site(folder, litert_package)
    page = chromium.new_page()
    page.goto(f"{address}site/empty.html")
    yield page
    page.close()


def steps() -> list[tuple[float, int, list[Any] | None]]:
    """Phrases of three made-up players, with silences long enough for whole answers."""
    rng = np.random.default_rng(3)
    made: list[tuple[float, int, list[Any] | None]] = []
    for start_s, manner in zip((0.5, 14.0, 27.0), ("circles", "taps", "zigzags"), strict=True):
        name = next(each for each in MANNERS if manner.rstrip("s") in each)
        rows = MANNERS[name](Choice.draw(rng), rng, 3.5).astype("float32")
        times_s = start_s + np.cumsum(rows[:, 2], dtype="float64")
        is_down = False
        for time_s, (x, y, _, moving) in zip(times_s.tolist(), rows.tolist(), strict=True):
            if moving < 0.5 and is_down:
                made.append((made[-1][0], 0, None))
            made.append((time_s, 0, [x, y, moving >= 0.5 and is_down]))
            is_down = True
        made.append((made[-1][0], 0, None))
    return made


def on_desktop(model: Path, played: list[tuple[float, int, list[Any] | None]]) -> list[list[float]]:
    clock, sink = ManualClock(), CollectingSink()
    engine = Engine(Ghost.load(model, seed=SEED), Settings(), [sink], clock=clock)
    for time_s, voice, place in played:
        engine.run_until(time_s)
        source = Source.PLAYER
        engine.submit(Touch(time_s, source, voice, *place) if place else Release(time_s, source, voice))
    engine.run_until(END_S)
    engine.stop()
    ghosts = [event for event in sink.events if event.source is Source.GHOST]
    return [[e.time_s, e.x, e.y, e.moving] if isinstance(e, Touch) else [e.time_s] for e in ghosts]


def test_answers_of_the_real_model(page: Any, served: tuple[Path, str]) -> None:
    played = steps()
    wanted = on_desktop(served[0] / "site" / "models" / "touch.tflite", played)
    notice, got = page.evaluate(PLAY, {"seed": SEED, "steps": played, "endS": END_S})
    assert notice == ""
    assert [len(each) for each in got] == [len(each) for each in wanted]
    assert len(got) > 200
    for one, other in zip(got, wanted, strict=True):
        assert one == pytest.approx(other, abs=NEAR)
