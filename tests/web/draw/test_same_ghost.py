"""The page in Chromium, with the real models: the same strokes and seed give the desktop's drawings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.events import Source
from app.ghost import Ghost
from app.sketch.sketcher import Sketcher
from app.window.draw.model_thread import ModelThread
from app.window.draw.paper_strokes import Page
from app.window.draw.pen import GhostPen
from app.window.draw.requests import Request, RequestKind, Response
from tests.web.draw.site import real_site
from tests.web.draw.test_page import TREE, draw, until
from tests.web.serving import serving

pytestmark = pytest.mark.browser

SEED = 11
CLOSE = 1e-5  # of the side of the paper


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, litert_package: Path) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("site")
    real_site(folder, litert_package)
    with serving(folder) as address:
        yield folder, address


class Desktop:
    """The desktop's ghost, asked what the page's is asked."""

    def __init__(self, model: Path) -> None:
        self.sketcher = Sketcher(Ghost.load(model, seed=SEED))
        self.scale = self.sketcher.scale
        self._thread = ModelThread(self.sketcher)

    def ask(self, what: RequestKind, page: Page, n_endings: int = 0) -> list[Response]:
        request = Request(what, page.heard(), box=self.scale.box, n_endings=n_endings)
        self._thread.answer(request)
        return self._thread.answers()


def paper(page: Any, scale: Any) -> Page:
    """The person's strokes on the page, as the desktop would have them."""
    found = Page()
    for ink in page.evaluate("ghostjam.controller.page.marks.map((m) => m.ink)"):
        mark = found.begin(Source.PLAYER)
        for one in ink:
            mark.add(one["x"], one["y"], one["timeS"], scale.box, one["pressure"])
        mark.finish(scale)
    return found


def corners(page: Any) -> list[np.ndarray]:
    return [np.array(one) for one in page.evaluate("ghostjam.controller.page.marks.map((m) => m.corners)")]


def same(found: list[np.ndarray], expected: Page, scale: Any) -> None:
    assert [len(one) for one in found] == [len(mark.corners) for mark in expected.marks]
    for one, mark in zip(found, expected.marks, strict=True):
        np.testing.assert_allclose(one, mark.corners, rtol=0, atol=CLOSE * scale.box)


@pytest.mark.parametrize("name", ["kanji", pytest.param("characters", marks=pytest.mark.slow)])
def test_the_same_strokes_and_seed_give_the_desktops_drawings(
    chromium: Any, site: tuple[Path, str], name: str
) -> None:
    folder, address = site
    desktop = Desktop(folder / "models" / f"{name}.tflite")
    page = chromium.new_page(viewport={"width": 700, "height": 900})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{address}/draw/index.html?model={name}&seed={SEED}")
    page.wait_for_function("window.ghostjam")
    page.evaluate("ghostjam.settings.set('threshold_s', 10), ghostjam.settings.set('fast', true)")

    draw(page, *TREE)
    expected = paper(page, desktop.scale)
    page.click("#finish")  # complete
    until(page, "controller.page.end !== null")
    (answer,) = desktop.ask(RequestKind.COMPLETE, expected)
    assert answer.drawn is not None
    GhostPen(expected, answer.drawn, (1.0, 1.0), desktop.scale, 0.0, lambda event: None).advance(1e6, 0.0)
    same(corners(page), expected, desktop.scale)
    assert page.evaluate("ghostjam.controller.page.end") == answer.drawn.end
    assert len(expected.marks) > len(TREE)

    page.click("#clear")  # nine endings
    page.click("#mode-endings")
    draw(page, *TREE[:2])
    expected = paper(page, desktop.scale)
    page.click("#finish")
    until(page, "controller.endings.length === 9")
    endings = page.evaluate(
        "ghostjam.controller.endings.map(({drawn}) => [Array.from(drawn.points), drawn.end])"
    )
    answers = desktop.ask(RequestKind.ENDINGS, expected, 9)
    for (points, end), answer in zip(endings, answers, strict=True):
        assert answer.drawn is not None and end == answer.drawn.end
        np.testing.assert_allclose(
            np.reshape(points, (-1, 3)), answer.drawn.points, rtol=0, atol=CLOSE * desktop.scale.box
        )

    page.click("#clear")  # free
    page.click("#mode-fan")  # which begins nothing by itself
    page.click("#finish")
    until(page, "controller.page.end !== null")
    (answer,) = desktop.ask(RequestKind.FREE, Page())
    assert answer.drawn is not None
    expected = Page()
    GhostPen(expected, answer.drawn, (1.0, 1.0), desktop.scale, 0.0, lambda event: None).advance(1e6, 0.0)
    same(corners(page), expected, desktop.scale)
    page.close()
    assert said == []
