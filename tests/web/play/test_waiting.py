"""While the model is at work the page hears, plays on time and yields at once, and nothing grows for ever."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.parameters import PARAMETERS
from app.engine.evening import MAX_PHRASES, Evening
from app.engine.event_rows import Columns
from app.runtime.web_engine_facts import engine_facts
from tests.web.node import run_node

pytestmark = pytest.mark.node

# A phrase is played and answered by a ghost whose next call ends when `go` is called.
SLOW = """
const { useConstants } = await load("engine/constants.js");
const { Engine, ManualClock } = await load("engine/engine.js");
const { Settings } = await load("shared/settings.js");
const { touch, release } = await load("engine/events.js");
const { StubGhost } = await import(given.stub);
useConstants(given.facts);
const ghost = new StubGhost(given.seed ?? 3);
let go = null;
const slow = () => {
  for (const verb of ["feed", "generate", "propose"]) {
    const call = ghost[verb].bind(ghost);
    ghost[verb] = async (...all) => {
      await new Promise((resolve) => (go = resolve));
      return call(...all);
    };
  }
};
const played = [];
const settings = new Settings(given.parameters);
const clock = new ManualClock();
const engine = new Engine(ghost, settings, (event) => played.push(event), { clock });
const ghosts = () => played.filter((event) => event.source === "ghost");
const drag = async (startS) => {
  for (let i = 0; i < 30; i++) {
    engine.submit(touch(startS + i / 30, "player", 0, 0.3 + i / 100, 0.5, i > 0));
    await engine.runUntil(startS + i / 30);
  }
  engine.submit(release(startS + 29 / 30, "player", 0));
};
settings.set("reply_s", 30);
await drag(1);
"""


def asked(code: str, **more: Any) -> Any:
    given = {
        "facts": engine_facts(),
        "parameters": [asdict(parameter) for parameter in PARAMETERS],
        "stub": (Path(__file__).parent / "stub_ghost.js").as_uri(),
    }
    return run_node(code, {**given, **more})


def test_a_touch_silences_the_ghost_although_the_model_is_at_work() -> None:
    """If its finger is down the release comes at once, and nothing after it, whatever the model gives."""
    code = """
    await engine.runUntil(3.0);
    const n = ghosts().length;
    slow();
    let step = null;
    while (!go) {
      clock.advanceTo(engine.wakeS());
      step = engine.step();
      await new Promise((resolve) => setTimeout(resolve));
    }
    const before = ghosts().length;
    const isDown = ghosts().at(-1).kind !== "release";
    engine.submit(touch(clock.now(), "player", 1, 0.5, 0.5, false));
    const atOnce = played.slice(-1)[0];
    clock.advanceTo(clock.now() + 0.5);
    engine.playDue();
    const freed = setInterval(() => go(), 1);
    await step;
    await engine.step();
    clearInterval(freed);
    return [n, isDown, atOnce.source, atOnce.kind, ghosts().length - before];
    """
    found = [asked(SLOW + code, seed=seed) for seed in range(4)]
    assert any(is_down and n > 0 for n, is_down, *_ in found)
    for _, is_down, source, kind, more in found:
        assert (source, kind, more) == ("ghost", "release", int(is_down))


def test_what_is_due_is_played_although_the_model_is_at_work() -> None:
    code = """
    await engine.runUntil(3.0);
    slow();
    while (!go) {
      clock.advanceTo(engine.wakeS());
      engine.step();
      await new Promise((resolve) => setTimeout(resolve));
    }
    const before = ghosts().length;
    const dueS = engine.dueS;
    clock.advanceTo(dueS);
    engine.playDue();
    return [dueS, ghosts().slice(before).map((event) => event.timeS)];
    """
    due_s, times_s = asked(SLOW + code)
    assert times_s
    assert times_s[0] == due_s


def test_an_answer_begins_when_it_is_due_with_the_proposals_there_are() -> None:
    """What the model gives after that is dropped: the answer goes on with what was begun."""
    code = """
    const call = ghost.propose.bind(ghost);
    let nCalls = 0;
    ghost.propose = async (...all) => {
      if (++nCalls > 2) await new Promise((resolve) => (go = resolve));
      return call(...all);
    };
    const answerS = 1 + 29 / 30 + settings.get("threshold_s");
    let step = null;
    while (!go) {
      clock.advanceTo(engine.wakeS());
      step = engine.step();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const beforeS = clock.now();
    clock.advanceTo(engine.dueS);
    const dueS = clock.now();
    engine.playDue();
    await step;
    await engine.step();
    const first = ghosts()[0].timeS;
    go();
    await engine.runUntil(dueS + 2);
    return [beforeS < dueS, dueS - answerS, first - dueS, nCalls, ghosts().length, engine.status.notice];
    """
    is_early, off_s, late_s, n_calls, n_ghosts, notice = asked(SLOW + code)
    assert is_early
    assert (round(off_s, 9), late_s, n_calls, notice) == (0.0, 0.0, 3, "")
    assert n_ghosts > 16  # of the proposals made: two calls of eight


def test_an_evening_remembers_no_more_than_on_the_desktop() -> None:
    code = """
    const { Columns } = await load("engine/event_rows.js");
    const { Evening } = await load("engine/evening.js");
    const evening = new Evening(new Columns(["x", "y", "dt", "moving"]));
    for (let phrase = 0; phrase < 100; phrase++) {
      const rows = Array.from({ length: 1500 }, (_, i) => Float32Array.of(0.5, 0.5, i ? 0.01 : 3, i ? 1 : 0));
      evening.take(rows, 0.8);
    }
    const earlier = evening.earlier();
    return [earlier.length, Math.max(...earlier.map((phrase) => phrase.length))];
    """
    evening = Evening(Columns(("x", "y", "dt", "moving")))
    rows = [np.array([0.5, 0.5, 0.01 if i else 3.0, float(i > 0)], "float32") for i in range(1500)]
    for _ in range(100):
        evening.take(rows, 0.8)
    lengths = [len(phrase) for phrase in evening.earlier()]
    assert asked(SLOW + code) == [len(lengths), max(lengths)] == [MAX_PHRASES, max(lengths)]


@pytest.mark.slow
def test_drawing_and_recording_forget_the_oldest() -> None:
    code = """
    const { Drawing } = await load("play/drawing.js");
    const { Recording } = await load("play/recording.js");
    const [drawing, recording] = [new Drawing(), new Recording()];
    const sizes = [];
    for (let i = 0; i < 2_100_000; i++) {
      const event = touch(i / 60, i % 2 ? "player" : "ghost", 0, 0.5, 0.5, i % 100 > 1);
      recording.add(event);
      if (i % 20 === 0) drawing.add(event);
      if (i % 700_000 === 699_999) sizes.push(recording.file().size);
    }
    const facts = { palette: { player: [[1, 2, 3]], ghost: [[4, 5, 6]], background: [0, 0, 0] },
      style: { reference_area_px: 1600000, smallest_unit: 0.6, line_sigma_px: 2.6 } };
    const text = await recording.file().slice(0, 64).text();
    return [sizes, text.split("\\n")[0], drawing.svg(facts, 800, 600).length];
    """
    sizes, header, svg = asked(SLOW + code)
    assert header == "time_s,source,voice,x,y,z,moving"
    assert sizes[0] < 0.9 * sizes[1]
    assert sizes[2] < 1.1 * sizes[1]
    assert svg < 4_000_000
