"""The page that plays on screens of every size, with fingers, and without a ghost."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from models.performance import read_performance
from tests.web.play.page import SIZES, canvas_of, circle, opened, saved, turn
from tests.web.play.site import make_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def address(served: tuple[Path, str], litert_package: Path) -> str:
    make_site(served[0], litert_package)
    return f"{served[1]}site/play/?seed=7"


def test_two_fingers_are_answered_by_two_voices(chromium: Any, address: str, tmp_path: Path) -> None:
    with opened(chromium, address, SIZES["phone"]) as page:
        touches = page.context.new_cdp_session(page)
        x, y, radius = canvas_of(page)

        def send(kind: str, angle: float) -> None:
            across, down = 30 * math.cos(angle), 30 * math.sin(angle)
            places = [(x + side * radius + across, y + down) for side in (-1, 1)]
            points = [{"x": px, "y": py, "id": i} for i, (px, py) in enumerate(places)]
            ended = kind == "touchEnd"
            touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if ended else points})

        send("touchStart", 0.0)
        for i in range(40):
            send("touchMove", i / 5)
            page.wait_for_timeout(16)
        send("touchEnd", 0.0)
        turn(page, "ghost")
        page.wait_for_timeout(1500)
        page.get_by_role("button", name="controls").tap()
        played = read_performance(saved(page, "recording CSV", tmp_path))
    voices = {source: set(played.voice[played.source == source].tolist()) for source in ("player", "ghost")}
    assert voices == {"player": {0, 1}, "ghost": {0, 1}}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
def test_everything_is_within_reach_of_a_finger(chromium: Any, address: str, size: tuple[int, int]) -> None:
    with opened(chromium, address, size, waits=False) as page:
        more = page.get_by_role("button", name="controls")
        if more.is_visible():
            more.tap()
            page.wait_for_timeout(400)
        for control in page.locator("button:visible, .knob:visible, label.word:visible").all():
            control.scroll_into_view_if_needed()
            box = control.bounding_box()
            name = control.text_content()
            assert min(box["width"], box["height"]) >= 43.9, name
            assert box["x"] >= 0 and box["x"] + box["width"] <= size[0] + 0.5, name
            assert box["y"] >= 0 and box["y"] + box["height"] <= size[1] + 0.5, name
        overflow = page.evaluate("[document.body.scrollWidth, document.body.scrollHeight]")
        assert overflow[0] <= size[0] and overflow[1] <= size[1]


def test_without_a_ghost_it_says_so_and_plays(chromium: Any, address: str, tmp_path: Path) -> None:
    context = chromium.new_context(viewport={"width": 800, "height": 700}, has_touch=True)
    page = context.new_page()
    page.route("**/models/*", lambda route: route.abort())
    page.goto(address)
    page.wait_for_function("document.querySelector('.loading').textContent.includes('cannot come')")
    circle(page, 10)
    page.get_by_role("button", name="controls").tap()
    played = read_performance(saved(page, "recording CSV", tmp_path))
    context.close()
    assert set(played.source) == {"player"}
