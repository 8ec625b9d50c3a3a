"""What the page paints and saves is what the window paints and saves."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.core.events import Source
from app.pictures.ink import Ink
from app.pictures.page.layout import lay_out
from app.pictures.page.svg import svg_text
from app.pictures.palette import load_palette
from app.sketch.opening import open_drawing
from app.window.draw.light_segments import fan_segments, mixture_segments
from app.window.draw.paper_strokes import Mark, Page
from app.window.draw.save import TEXT, to_drawing, to_page
from assets import FOLDER
from mdn.mixture import Mixture
from models.formats.drawing_files import read_drawing
from models.manifest import Scale
from tests.web.draw.modules import node

pytestmark = pytest.mark.node

SCALE = Scale(109.0, 1.0057742023807508, 80, (0.0, 0.0))


def page_of(seed: int) -> Page:
    """A page with strokes of both, drawn in time, one of them a dot."""
    rng = np.random.default_rng(seed)
    page, now_s = Page(), 50.0
    for i in range(5):
        mark = page.begin(Source.PLAYER if i < 3 else Source.GHOST)
        place = rng.uniform(20, 90, 2)
        for _ in range(1 if i == 2 else 40):
            now_s += float(rng.exponential(0.01))
            mark.add(*place.tolist(), now_s, SCALE.box, float(rng.uniform(0.2, 1)))
            place = place + rng.normal(0, 1.2, 2)
        mark.finish(SCALE)
    return page


def ink_of(mark: Mark) -> list[list[float]]:
    return [[s.x, s.y, s.time_s, s.pressure] for s in mark.ink]


PAGE_JS = """
const page = new paper_strokes.Page();
for (const [source, ink] of given.marks) {
  const mark = page.begin(source);
  for (const [x, y, timeS, pressure] of ink) mark.add(x, y, timeS, 109, pressure);
  mark.takeCorners({ epsilon: 1.0057742023807508 });
}
"""


def test_a_saved_page_is_read_as_the_window_would_have_saved_it(tmp_path: Path) -> None:
    page = page_of(1)
    given = {"marks": [[str(mark.source), ink_of(mark)] for mark in page.marks]}
    text = node(
        PAGE_JS + "return svg_page.svgText(page, 109, 'kanji & <x>');", given, names="svg_page paper_strokes"
    )
    expected = svg_text(lay_out([to_drawing(page, SCALE)]), load_palette(), "kanji & <x>", TEXT)
    assert text.splitlines()[:6] == expected.splitlines()[:6]
    here, there = tmp_path / "page.svg", tmp_path / "window.svg"
    here.write_text(text, encoding="utf-8")
    there.write_text(expected, encoding="utf-8")
    found, wanted = (read_drawing(path, 0, epsilon=None) for path in (here, there))
    assert found.sources == wanted.sources == (*["player"] * 3, *["ghost"] * 2)
    for one, other in zip(found.strokes, wanted.strokes, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=2e-3)
    drawing = open_drawing(here, SCALE)
    assert [stroke.source for stroke in drawing.strokes] == [mark.source for mark in page.marks]
    assert widths(text) == pytest.approx(widths(expected), abs=0.02)
    assert text.count(" C ") > 10  # curves, not many small lines


def test_a_saved_page_is_opened_as_the_window_opens_it() -> None:
    path = FOLDER / "pictures" / "kanji.svg"
    expected = to_page(open_drawing(path, SCALE), SCALE)
    found = node(
        """const page = opening.openPage(given, { box: 109, epsilon: 1.0057742023807508 });
        return [opening.titleOf(given), page.marks.map((m) => [m.source, m.ink, m.corners])];""",
        path.read_text("utf-8"), names="opening",
    )  # fmt: skip
    assert found[0].startswith("kanji") and len(found[1]) == len(expected.marks)
    for (source, ink, corners), mark in zip(found[1], expected.marks, strict=True):
        assert source == mark.source
        places = [[s["x"], s["y"], s["timeS"], s["width"]] for s in ink]
        wanted = [[s.x, s.y, s.time_s, s.width] for s in mark.ink]
        np.testing.assert_allclose(places, wanted, rtol=0, atol=1e-6)
        np.testing.assert_allclose(corners, mark.corners, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<svg></svg>",
        '<g id="drawing-1" data-canvas="0 0 0"><path d="M 1,1"/></g>',
        '<g id="drawing-1" data-canvas="0 0 9"></g>',
        '<g id="drawing-1" data-canvas="0 0 9"><path d="M 1,1 Q 2,2 3,3"/></g>',
        '<g id="drawing-1" data-canvas="0 0 9"><path d="L 1,1"/></g>',
        '<g id="drawing-1" data-canvas="0 0 9"><path d="M 1,1 L 1e9,4"/></g>',
    ],
)
def test_another_file_is_no_page(text: str) -> None:
    body = "try { opening.openPage(given, { box: 9, epsilon: 1 }); } catch (error) { return error.message; }"
    assert "expected" in node(body, text, names="opening")


def widths(text: str) -> list[float]:
    return [
        float(line.split('stroke-width="')[1].split('"')[0])
        for line in text.splitlines()
        if "data-by" in line
    ]


def test_ink_covers_and_shines_as_in_the_window() -> None:
    rng = np.random.default_rng(3)
    ground = rng.integers(0, 40, (150, 180, 3)).astype(np.uint8)
    strokes = [
        [str(source), np.column_stack([rng.uniform(-10, 190, (k, 2)), rng.uniform(0.4, 1.3, k)]).tolist()]
        for source, k in ((Source.PLAYER, 6), (Source.GHOST, 5), (Source.GHOST, 1))
    ]
    ink = Ink(ground, load_palette(), 300.0)
    for source, places in strokes:
        ink.lay(Source(source), np.array(places))
    expected = ink.pixels(ink.box)
    rgba = np.dstack([ground, np.full(ground.shape[:2], 255, np.uint8)])
    found = node(
        """const ink_ = new ink.Ink(Uint8ClampedArray.from(given.ground), 180, 150, 300);
        for (const [source, places] of given.strokes) ink_.lay(source, places);
        const pixels = new Uint8ClampedArray(4 * 180 * 150);
        ink_.develop(pixels, { left: 0, top: 0, right: 180, bottom: 150 });
        return [pixels, ink_.changed];""",
        {"ground": rgba.ravel().tolist(), "strokes": strokes}, names="ink",
    )  # fmt: skip
    got = np.reshape(found[0], (150, 180, 4))[:, :, :3]
    assert (np.abs(got.astype(int) - expected.astype(int)) <= 1).all()
    assert ink.changed is not None
    top, bottom, left, right = ink.changed
    changed = found[1]
    assert abs(changed["top"] - top) <= 1 and abs(changed["left"] - left) <= 1
    assert abs(changed["bottom"] - bottom) <= 1 and abs(changed["right"] - right) <= 1


@pytest.mark.parametrize("is_down", [True, False])
def test_futures_are_the_same_light(is_down: bool) -> None:
    rng = np.random.default_rng(5)
    futures = [
        np.column_stack([rng.normal(0, 6, (n, 2)), rng.choice([0, 0, 1], n)]).astype("float32")
        for n in (5, 16, 1)
    ]
    expected = fan_segments(futures, (200.0, 150.0), 4.0, is_down)
    found = node(
        """const futures = given.futures.map((one) => Float32Array.from(one));
        return light_segments.fanSegments(futures, [200, 150], 4, given.down);""",
        {"futures": [future.ravel().tolist() for future in futures], "down": is_down}, names="light_segments",
    )  # fmt: skip
    lit = expected.light.max(axis=1) > 0
    np.testing.assert_allclose(
        [one[:4] for one in found], expected.ends[lit].reshape(-1, 4), rtol=0, atol=1e-4
    )
    np.testing.assert_allclose([one[4:] for one in found], expected.light[lit], rtol=0, atol=1e-6)


def test_a_mixture_is_the_same_ellipses() -> None:
    rng = np.random.default_rng(6)
    root = rng.normal(0, 3, (4, 2, 2))
    mixture: Any = SimpleNamespace(
        pi=np.array([0.6, 0.3, 0.099, 0.001]),
        mean=rng.normal(0, 9, (4, 2)),
        covariance=root @ np.swapaxes(root, 1, 2),
    )
    assert hasattr(Mixture, "__dataclass_fields__")
    expected = mixture_segments(mixture, (20.0, 30.0), 4.0)
    found = node(
        "return light_segments.mixtureSegments(given, [20, 30], 4);",
        {key: np.ravel(value).tolist() for key, value in vars(mixture).items()}, names="light_segments",
    )  # fmt: skip
    assert len(found) == len(expected.ends)
    np.testing.assert_allclose(sum(np.array(found)[:, 4:].sum(axis=1)), expected.light.sum(), rtol=1e-6)
    # Around the same ellipses; where on one its pieces begin is nobody's matter.
    low, high = np.array(found)[:, :2].min(axis=0), np.array(found)[:, :2].max(axis=0)
    np.testing.assert_allclose(low, expected.ends[:, 0].min(axis=0), atol=0.1)
    np.testing.assert_allclose(high, expected.ends[:, 0].max(axis=0), atol=0.1)
