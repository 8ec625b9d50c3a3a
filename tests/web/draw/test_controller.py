"""A whole evening of drawing: the page's controller asks, draws and says the same as the window's."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from app.window.draw.draw_controller import DrawController
from app.window.draw.preview_requests import PreviewRequests
from app.window.draw.status_text import turn_of
from app.window.draw.table import draw_settings
from models.manifest import Scale
from tests.app.window.draw.stage import Prompt, Sketch
from tests.web.draw.modules import node
from tests.web.draw.test_sketcher import GHOST_JS, Scripted, takes

pytestmark = pytest.mark.node

SCALE = Scale(100.0, 1.0, 40, (0.0, 0.0))
FRAME_S = 1 / 32  # of which sums are exact
FUTURES = np.tile(np.array([[4.0, 1.0, 0.0]], np.float32), (32, 16, 1))

JS = (
    GHOST_JS
    + """
performance.now = () => 0; // how busy the machine is must not decide how far a fan looks
const names = given.models, live = new settings.DrawSettings(names);
live.set("mode", given.mode);
const ghost = new Scripted(given.script, given.scale);
ghost.fan = async (n, nEvents) => {
  ghost.calls.push(["fan", n, nEvents]);
  return Float32Array.from(Array.from({ length: n * nEvents }, () => [4, 1, 0]).flat());
};
const queue = new model_queue.ModelQueue(new sketcher.Sketcher(ghost));
const ears = [], controller = new draw_controller.DrawController(live, queue, given.scale, {
  touch: (...what) => ears.push(["touch", ...what]), release: (who) => ears.push(["release", who]),
});
const previews = new preview_requests.PreviewRequests(controller, queue, live), turns = [];
let now = 100;
controller.step(now);
async function pass(n) {
  for (let i = 0; i < n; i++) {
    while (queue.isAtWork) await new Promise(setImmediate);
    now += given.frame;
    controller.step(now);
    previews.step(now);
    const { big, small, left } = status_text.turnOf(controller, live, now);
    turns.push([big, small, left === null ? null : Math.floor(left * 1e4 + 0.01)]);
  }
}
for (const [what, ...more] of given.evening) {
  if (what === "pass") await pass(more[0]);
  else if (what === "set") live.set(more[0], more[1]);
  else if (what === "penDown" || what === "penMove") controller[what](more[0], more[1], now, more[2]);
  else controller[what](...more, now);
}
const marks = (page) => page.marks.map((m) => [m.source, m.ink.map((s) => [s.x, s.y, s.width]), m.corners]);
return { calls: ghost.calls, turns, ears, marks: marks(controller.page),
  kept: controller.kept.map((one) => marks(one.page)), end: controller.page.end };
"""
)


def stroke(*places: tuple[float, float]) -> list[list[Any]]:
    """A pen goes down, along, and up."""
    first, *others = places
    moves = [step for place in others for step in (["pass", 1], ["penMove", *place, 0.8])]
    return [["penDown", *first, 0.7], *moves, ["penUp"]]


EVENINGS: dict[str, tuple[str, list[list[Any]]]] = {
    "a stroke is completed, another taken back, a third taken over": ("complete", [
        *stroke((20, 20), (30, 22), (44, 30), (50, 60)), ["pass", 200], ["undo"], ["pass", 3], ["finish"],
        ["pass", 40], *stroke((70, 70), (80, 82)), ["pass", 150], ["next"], ["pass", 20], ["reopen", 0],
        ["pass", 60]]),
    "a stroke that the ghost has heard is taken back": ("complete", [
        *stroke((20, 20), (50, 60)), *stroke((60, 20), (50, 70)), ["pass", 40], ["undo"], ["undo"],
        ["finish"], ["pass", 60]]),
    "the knobs are turned while the ghost draws": ("complete", [
        *stroke((20, 20), (50, 60)), ["pass", 40], ["set", "pi_temperature", 0.5], ["pass", 30],
        ["set", "timescale", 2.0], ["pass", 30], ["set", "pause", True], ["pass", 5], ["set", "pause", False],
        ["pass", 100]]),
    "a fan follows the pen": ("fan", [
        *stroke((20, 20), (30, 22), (44, 30), (50, 60)), ["pass", 60], *stroke((60, 20), (70, 40)),
        ["pass", 20], ["finish"], ["pass", 60]]),
    "a fan is chosen, and finished in the same frame": ("complete", [
        *stroke((20, 20), (50, 60)), ["pass", 2], ["set", "mode", "fan"], ["finish"], ["pass", 90]]),
    "nine endings, of which one is chosen": ("endings", [
        *stroke((20, 20), (50, 60)), ["pass", 90], ["choose", 4], ["pass", 200], ["clear"], ["pass", 4]]),
    "the ghost draws alone, until another mode": ("free", [
        ["set", "fast", True], ["pass", 150], ["set", "fast", False], ["pass", 40],
        ["set", "mode", "complete"], ["pass", 10], *stroke((20, 20), (50, 60)), ["pass", 120]]),
}  # fmt: skip
VERBS = {"penDown": "pen_down", "penMove": "pen_move", "penUp": "pen_up"}


def python_evening(mode: str, evening: list[list[Any]], script: list[Any]) -> dict[str, Any]:
    """What the window's controller makes of an evening."""
    ghost = Scripted(script, SCALE)

    def fan(n_futures: int, n_events: int, **_: float) -> np.ndarray:
        ghost.calls.append(["fan", n_futures, n_events])
        return FUTURES[:n_futures, :n_events]

    ghost.fan = fan  # type: ignore[method-assign, assignment]
    thread = Prompt(Sketch(ghost))  # type: ignore[arg-type]
    ghost.calls.clear()
    ghost.calls.append(["reset", None])
    settings = draw_settings(("scripted", "other"), "scripted")
    settings.set("mode", mode)
    ears: list[Any] = []
    controller = DrawController(settings, thread, SCALE, ears.append, lambda is_kept: None)
    previews, turns, now_s = PreviewRequests(controller, thread, settings), [], 100.0
    controller.step(now_s)
    for what, *more in evening:
        if what == "pass":
            for _ in range(more[0]):
                now_s += FRAME_S
                controller.step(now_s)
                previews.step(now_s)
                turn = turn_of(controller, settings, now_s)
                turns.append(
                    [turn.big, turn.small, None if turn.left is None else math.floor(turn.left * 1e4 + 0.01)]
                )
        elif what == "set":
            settings.set(*more)
        elif what in ("penDown", "penMove"):
            getattr(controller, VERBS[what])(*more[:2], now_s, more[2])
        else:
            getattr(controller, VERBS.get(what, what))(*more, now_s)

    def marks(page: Any) -> list[Any]:
        return [[str(m.source), [[s.x, s.y, s.width] for s in m.ink], m.corners] for m in page.marks]

    return {"calls": ghost.calls, "turns": turns, "ears": len(ears), "marks": marks(controller.page),
            "kept": [marks(one.page) for one in controller.kept], "end": controller.page.end}  # fmt: skip


def same_marks(found: list[Any], expected: list[Any]) -> None:
    assert [mark[0] for mark in found] == [mark[0] for mark in expected]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(
            np.reshape(one[1], (-1, 3)), np.reshape(other[1], (-1, 3)), rtol=0, atol=1e-6
        )
        np.testing.assert_allclose(
            np.reshape(one[2], (-1, 2)), np.reshape(other[2], (-1, 2)), rtol=0, atol=1e-6
        )


SEEDS = (0, 1)


def script_of(seed: int) -> list[Any]:
    """What the model says in an evening."""
    return takes(np.random.default_rng(seed), 80)


@pytest.fixture(scope="module")
def found_evenings() -> dict[tuple[str, int], dict[str, Any]]:
    """What the page's controller makes of every evening, in one process."""
    scale = {"box": 100.0, "epsilon": 1.0, "longest": 40, "first": [0, 0], "frames": []}
    asked = [(name, seed) for name in EVENINGS for seed in SEEDS]
    all_given = [
        {"models": ["scripted", "other"], "mode": EVENINGS[name][0], "script": script_of(seed),
         "scale": scale, "evening": EVENINGS[name][1], "frame": FRAME_S}
        for name, seed in asked
    ]  # fmt: skip
    found = node(
        f"const found = [];\nfor (const one of given) found.push(await (async (given) => {{{JS}}})(one));\n"
        "return found;",
        all_given,
        names="settings sketcher model_queue draw_controller preview_requests status_text",
    )
    return dict(zip(asked, found, strict=True))


@pytest.mark.parametrize("name", EVENINGS)
@pytest.mark.parametrize("seed", SEEDS)
def test_an_evening_is_that_of_the_window(
    name: str, seed: int, found_evenings: dict[tuple[str, int], dict[str, Any]]
) -> None:
    expected = python_evening(*EVENINGS[name], script_of(seed))
    found = found_evenings[name, seed]
    assert found["calls"] == expected["calls"]
    assert found["turns"] == expected["turns"]
    assert found["end"] == expected["end"]
    assert len(found["ears"]) == expected["ears"]
    same_marks(found["marks"], expected["marks"])
    assert len(found["kept"]) == len(expected["kept"])
    for one, other in zip(found["kept"], expected["kept"], strict=True):
        same_marks(one, other)


def test_every_mode_is_in_an_evening() -> None:
    assert {mode for mode, _ in EVENINGS.values()} == {"complete", "fan", "endings", "free"}
