"""The sketcher in the browser asks its ghost for the same things, and draws the same, as Python's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.sketch.bounds import Bounds, CanvasEdges
from app.sketch.sketcher import Drawn, Sketcher
from app.sketch.stall import stalled
from models.frame import Frame
from models.manifest import Scale
from tests.app.sketch.fakes import ScriptedSketch
from tests.web.draw.modules import node

pytestmark = pytest.mark.node

# `ScriptedSketch` in the other language; it writes down what it is asked.
GHOST_JS = """
class Scripted {
  constructor(takes, drawing) {
    this.takes = takes.map((take) => [...take]);
    this.manifest = { name: "scripted", drawing, pi_temperature: 1, sigma_temperature: 0.75 };
    this.rows = [];
    this.calls = [];
  }
  get state() { return this.rows; }
  set state(rows) { this.calls.push(["state", rows.length]); this.rows = rows; }
  reset(at) { this.calls.push(["reset", at ?? null]); this.rows = []; }
  choice(n) { this.calls.push(["choice", n]); return n - 1; }
  async feed(rows) {
    this.calls.push(["feed", rows.length / 3]);
    this.rows = [...this.rows, ...rows];
  }
  async generate(n, { piTemperature, sigmaTemperature }) {
    this.calls.push(["generate", n, piTemperature, sigmaTemperature]);
    if (this.rows.length && this.rows.at(-1) === 2) return new Float32Array(0);
    const take = this.takes.length > 1 ? this.takes.shift() : this.takes[0];
    const made = [];
    for (let i = 0; i < n; i++) {
      const row = take[i % take.length];
      made.push(...row);
      if (row[2] === 2) break;
    }
    const rows = Float32Array.from(made);
    this.rows = [...this.rows, ...rows];
    return rows;
  }
  async fan(n, nEvents) {
    this.calls.push(["fan", n, nEvents]);
    const pen = (i) => (i % 7 === 5 ? 2 : 0);
    return Float32Array.from({ length: n * nEvents * 3 }, (_, i) => (i % 3 === 2 ? pen(i) : i));
  }
}
"""


class Scripted(ScriptedSketch):
    """`ScriptedSketch` that writes down what it is asked."""

    def __init__(self, takes: list[Any], scale: Scale) -> None:
        self.calls: list[list[Any]] = []
        self._rows: Any = ()
        super().__init__(*takes, scale=scale)
        self.calls.clear()

    @property  # type: ignore[override]
    def state(self) -> Any:
        return self._rows

    @state.setter
    def state(self, rows: Any) -> None:
        self.calls.append(["state", 3 * len(rows)])
        self._rows = rows

    def reset(self, at: tuple[float, float] | None = None) -> None:
        self.calls.append(["reset", None if at is None else list(at)])
        self._rows = ()

    def pick_frame(self) -> Frame | None:
        frames = self.manifest.drawing.frames
        if not frames:
            return None
        self.calls.append(["choice", len(frames)])
        return frames[-1]

    def feed(self, events: np.ndarray) -> None:
        self.calls.append(["feed", len(events)])
        self._rows = (*self._rows, *map(tuple, np.atleast_2d(events).tolist()))

    def generate(self, n_events: int, *, pi_temperature: float, sigma_temperature: float) -> np.ndarray:
        self.calls.append(["generate", n_events, pi_temperature, sigma_temperature])
        if self._rows and self._rows[-1][2] == 2.0:
            return np.zeros((0, 3), np.float32)
        take = self.takes.pop(0) if len(self.takes) > 1 else self.takes[0]
        made = []
        for i in range(n_events):
            made.append(take[i % len(take)])
            if made[-1][2] == 2.0:
                break
        rows = np.array(made, np.float32)
        self._rows = (*self._rows, *map(tuple, rows.tolist()))
        return rows


def takes(rng: np.random.Generator, n: int) -> list[list[list[float]]]:
    """What a ghost draws, call by call: strokes, leaps off the paper, places where it goes nowhere, ends."""
    found = []
    for _ in range(n):
        size = rng.choice([0.3, 6.0, 20.0])
        rows = np.column_stack([rng.normal(0, size, (9, 2)), rng.choice([0, 0, 0, 1], 9)])
        if rng.random() < 0.12:
            rows[int(rng.integers(9)), 2] = 2
        found.append(rows.astype("float32").tolist())
    return found


def drawn(one: Drawn) -> list[Any]:
    return [one.points.ravel().tolist(), one.end]


@pytest.mark.parametrize("seed", range(4))
def test_the_same_calls_in_the_same_order_and_the_same_drawing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames = ((-20.0, -30.0, 40.0, 60.0), (-31.0, -35.0, 70.0, 66.0)) if seed % 2 else ()
    scale = Scale(100.0, 1.0, 40, (0.0, 0.0), tuple(Frame(*one) for one in frames))
    script, heard = takes(rng, 60), takes(rng, 2)[0][:5]
    ghost = Scripted(script, scale)
    sketcher = Sketcher(ghost)  # type: ignore[arg-type]
    expected: list[Any] = [drawn(sketcher.free())]
    sketcher.reset(CanvasEdges.around((20.0, 30.0), (100.0, 100.0)), (-30.0, -20.0))
    sketcher.hear(np.array(heard, np.float32))
    sketcher.pi_temperature = 0.5
    expected += [drawn(one) for one in sketcher.endings(3)]
    expected.append(drawn(sketcher.step(5)))
    before = sketcher.snapshot()
    expected.append(drawn(sketcher.complete()))
    sketcher.hear(np.array(heard, np.float32))  # taken over after the end
    expected.append(drawn(sketcher.complete()))
    sketcher.restore(before)
    expected.append(sketcher.points.ravel().tolist())
    found, calls = node(
        GHOST_JS + """
        const ghost = new Scripted(given.script, given.scale), drawing = new sketcher.Sketcher(ghost);
        const plain = ({ points, end }) => [points, end], heard = Float32Array.from(given.heard.flat());
        const found = [plain(await drawing.free())];
        drawing.reset(bounds.canvasAround([20, 30], [100, 100]), [-30, -20]);
        await drawing.hear(heard);
        drawing.piTemperature = 0.5;
        found.push(...(await drawing.endings(3)).map(plain), plain(await drawing.step(5)));
        const before = drawing.snapshot();
        found.push(plain(await drawing.complete()));
        await drawing.hear(heard);
        found.push(plain(await drawing.complete()));
        drawing.restore(before);
        return [[...found, drawing.points], ghost.calls];""",
        {"script": script, "heard": heard, "scale": {
            "box": 100.0, "epsilon": 1.0, "longest": 40, "first": [0, 0], "frames": frames}},
        names="sketcher bounds",
    )  # fmt: skip
    assert calls == ghost.calls
    assert len([name for name, *_ in calls if name == "generate"]) > 10
    for one, other in zip(found, expected, strict=True):
        assert len(one) == len(other)
        if one and isinstance(one[0], list):
            assert one[1] == other[1]
            one, other = one[0], other[0]
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)


def test_ends_of_all_kinds_are_met() -> None:
    """The script above leads to every way a drawing ends, or it would prove little."""
    ends = set()
    for seed in range(4):
        scale = Scale(100.0, 1.0, 40, (0.0, 0.0))
        sketcher = Sketcher(Scripted(takes(np.random.default_rng(seed), 60), scale))  # type: ignore[arg-type]
        for _ in range(6):
            sketcher.reset(CanvasEdges.around((20.0, 30.0), (100.0, 100.0)))
            ends.add(sketcher.complete().end)
    assert len(ends) >= 3


def test_a_future_ends_where_it_says_so() -> None:
    body = (
        GHOST_JS
        + """
    const drawing = new sketcher.Sketcher(new Scripted([[[1, 0, 0]]], given));
    return drawing.fan(4, 5);"""
    )
    found = node(body, {"box": 100, "epsilon": 1, "longest": 40, "first": [0, 0]}, names="sketcher")
    assert [len(one) % 3 for one in found] == [0, 0, 0, 0] and len(found) == 4
    rows = np.reshape([*found[0]], (-1, 3))
    assert (rows[:-1, 2] != 2).all()


@pytest.mark.parametrize("on_canvas", [True, False])
def test_bounds_are_those_of_python(on_canvas: bool) -> None:
    rng = np.random.default_rng(11)
    given, expected = [], []
    for i in range(60):
        points = rng.normal(0, 12, (int(rng.integers(0, 12)), 3)).astype("float32")
        steps = rng.normal(0, 14, (8, 3)).astype("float32")
        if i % 9 == 0:
            steps[3, 1] = np.inf
        edges = CanvasEdges.around((40.0, 55.0), (100.0, 100.0)) if on_canvas else None
        bounds = Bounds(np.cumsum(points[:, :2], axis=0, dtype=np.float64), edges, 60.0)
        expected.append([bounds.n_inside(steps[:, :2]), bounds.to_edge(steps[0, :2]).tolist()])
        numbers = [
            one if np.isfinite(one) else None for one in steps.ravel().tolist()
        ]  # JSON has no infinity
        given.append([points.ravel().tolist(), numbers])
    found = node(
        """return given.map(([points, steps]) => {
            const edges = %s;
            const one = new bounds.Bounds(points, edges, 60);
            const real = steps.map((v) => v ?? Infinity);
            return [one.nInside(real), one.toEdge(real)];
        });""" % ("bounds.canvasAround([40, 55], [100, 100])" if on_canvas else "null"),
        given, names="bounds",
    )  # fmt: skip
    assert len({n for n, _ in expected}) > 4
    for (n, edge), (n_expected, edge_expected) in zip(found, expected, strict=True):
        assert n == n_expected
        np.testing.assert_allclose(edge, edge_expected, rtol=0, atol=1e-9)


def test_what_goes_nowhere_is_that_of_python() -> None:
    rng = np.random.default_rng(13)
    scale = Scale(100.0, 1.0, 40, (0.0, 0.0))
    given, expected = [], []
    for _ in range(80):
        rows = rng.normal(0, rng.choice([0.2, 0.6, 1.0, 5.0]), (int(rng.integers(8, 50)), 3)).astype(
            "float32"
        )
        cut = int(rng.integers(0, len(rows)))
        expected.append(stalled(rows[:cut], rows[cut:], scale))
        given.append([rows[:cut].ravel().tolist(), rows[cut:].ravel().tolist()])
    body = "return given.map(([own, chunk]) => stall.stalled(own, chunk, {box: 100, epsilon: 1}));"
    assert node(body, given, names="stall") == expected
    assert None in expected and len(set(expected)) > 4


def test_a_frame_that_is_not_filled_is_as_wrong_as_in_python() -> None:
    rng = np.random.default_rng(17)
    frame = Frame(-20.0, -30.0, 40.0, 66.0)
    drawings = [rng.normal(0, 8, (12, 3)).astype("float32") for _ in range(20)]
    given = [rows.ravel().tolist() for rows in drawings]
    found = node(
        "return given.map((rows) => frame.misfit([-20, -30, 40, 66], rows, 100));", given, names="frame"
    )
    np.testing.assert_allclose(found, [frame.misfit(rows, 100.0) for rows in drawings], rtol=0, atol=1e-9)
