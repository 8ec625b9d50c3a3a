"""What the page computes of a phrase, and the guides it makes, are the app's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.engine import judge
from app.engine.course import GestureCourse
from app.engine.event_rows import Columns
from app.engine.gesture_phrase import GesturePhrase
from app.engine.guide import Guide
from app.runtime.web_engine_facts import engine_facts
from tests.bench.manner.hand import Choice
from tests.bench.manner.phrases import MANNERS
from tests.web.node import run_node

pytestmark = pytest.mark.node

TOUCH = Columns(("x", "y", "dt", "moving"))
LAYOUT = {"seconds": slice(0, 2), "places": slice(2, 6), "flag": slice(6, 7)}
NEAR = 1e-9

PHRASES = """
const { useConstants } = await load("engine/constants.js");
const { Columns } = await load("engine/event_rows.js");
const { GesturePhrase } = await load("engine/gesture_phrase.js");
useConstants(given.facts);
const columns = new Columns(["x", "y", "dt", "moving"]);
const phrases = given.phrases.map((rows) => new GesturePhrase(columns, Float32Array.from(rows.flat())));
"""


def phrases() -> list[GesturePhrase]:
    """Of every made-up manner, short and long ones, and of nobody: any rows."""
    rng = np.random.default_rng(5)
    made = [manner(Choice.draw(rng), rng, s) for manner in MANNERS.values() for s in (1.5, 3.0, 7.0)]
    for n in (1, 2, 3, 5, 7, 8, 9, 40, 150, 300):
        moving = rng.random(n) < rng.random()
        dt = rng.choice([0.0, 0.001, 0.01, 0.03, 0.3, 4.0], n)
        made.append(np.column_stack([rng.random((n, 2)), dt, moving]))
    made.append(np.tile([0.5, 0.5, 0.1, 0.0], (9, 1)))  # nothing of it moves
    edges = [(x, 0.1 + 0.08 * k, 0.02, k > 0) for x in (0.03, 0.97) * 6 for k in range(11)]
    made.append(np.array(edges, "float64"))  # turned around where they begin, strokes leave the canvas
    return [GesturePhrase(TOUCH, rows.astype("float32")) for rows in made]


def asked(code: str, made: list[GesturePhrase], **more: Any) -> Any:
    return run_node(
        PHRASES + code,
        {"facts": engine_facts(), "phrases": [phrase.rows.tolist() for phrase in made], **more},
    )


def test_statistics_of_phrases() -> None:
    made = phrases()
    code = "return phrases.map((p) => [...p.manner, p.diversity, p.novelty, p.scatter, p.unit, p.seconds]);"
    got = np.array(asked(code, made))
    wanted = np.array([[*p.manner, p.diversity, p.novelty, p.scatter, p.unit, p.seconds] for p in made])
    np.testing.assert_allclose(got, wanted, atol=NEAR)
    for each in wanted[:, -5:-2].T:
        assert 0.0 < each.mean() < 1.0  # some are diverse, some new, and some scattered


def test_distances_and_costs() -> None:
    made = phrases()
    code = """
    const { cost, distances } = await load("engine/judge.js");
    return phrases.map((one) => [...distances(one, phrases), ...phrases.map((other) => cost(one, other, 2))]);
    """
    got = np.array(asked(code, made))
    wanted = [[*judge.distances(p, made), *(judge.cost(p, other, 2.0) for other in made)] for p in made]
    np.testing.assert_allclose(got, wanted, atol=NEAR)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [(True, True), *(pytest.param(*ways, marks=pytest.mark.slow) for ways in ((False, True), (True, False)))],
)
def test_guides_of_a_course(begins: bool, ends: bool) -> None:
    made, seeds, seconds = phrases(), range(4), (0.4, 2.0, 6.5)
    code = """
    const { defaultRng } = await load("ghost/rng.js");
    const { plan } = await load("engine/course.js");
    const guides = [];
    for (const [i, phrase] of phrases.entries()) {
      const others = given.others[i].map((other) => phrases[other]);
      for (const seed of given.seeds) for (const seconds of given.seconds) {
        const guide = plan(phrase, seconds, defaultRng(seed), others, given.how);
        guides.push([...guide.toward(0.7, given.layout)]);
      }
    }
    return guides;
    """
    others = [[(i + 3) % len(made), (i + 7) % len(made)] if i % 2 else [] for i in range(len(made))]
    layout = {name: [part.start, part.stop] for name, part in LAYOUT.items()}
    how = {"begins": begins, "ends": ends}
    given = {"others": others, "seeds": [*seeds], "seconds": seconds, "how": how, "layout": layout}
    got = asked(code, made, **given)
    wanted: list[Guide] = [
        GestureCourse.plan(phrase, s, np.random.default_rng(seed), [made[n] for n in others[i]], **how)
        for i, phrase in enumerate(made)
        for seed in seeds
        for s in seconds
    ]
    assert len(got) == len(wanted)
    for rows, guide in zip(got, wanted, strict=True):
        np.testing.assert_allclose(rows, guide.rows(0.7, LAYOUT).ravel(), rtol=1e-6, atol=1e-6)
