"""The page that plays, with real pointers in a real browser: it answers, yields, saves, and fits screens."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.performance import read_performance
from tests.web.play.site import make_site

pytestmark = pytest.mark.browser

SIZES = {"phone": (390, 844), "phone that lies": (844, 390), "tablet": (1366, 1024), "desktop": (1600, 1000)}
LOAD_MS, ANSWER_MS = 60_000, 20_000


@pytest.fixture(scope="module")
def address(served: tuple[Path, str], litert_package: Path) -> str:
    make_site(served[0], litert_package)
    return f"{served[1]}play/?seed=7"


@contextmanager
def opened(chromium: Any, address: str, size: tuple[int, int], *, waits: bool = True) -> Iterator[Any]:
    """The page on a screen that can be touched; nothing may be said on its console."""
    said: list[str] = []
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, has_touch=True)
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    page.goto(address)
    if waits:
        page.wait_for_selector("body[data-ready]", timeout=LOAD_MS)
    yield page
    context.close()
    assert said == []


def canvas_of(page: Any) -> tuple[float, float, float]:
    """Middle of the canvas, and a quarter of its shorter side, pixels."""
    box = page.locator("canvas.canvas").bounding_box()
    reach = 0.25 * min(box["width"], box["height"])
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, reach


def circle(page: Any, n_events: int = 60) -> None:
    """With the mouse, about a second or more."""
    x, y, radius = canvas_of(page)
    page.mouse.move(x + radius, y)
    page.mouse.down()
    for i in range(n_events):
        page.mouse.move(x + radius * math.cos(i / 6), y + radius * math.sin(i / 6))
        page.wait_for_timeout(10)
    page.mouse.up()


def turn(page: Any, word: str) -> None:
    """Wait until it is written."""
    page.wait_for_function(
        "(word) => document.querySelector('.turn b').textContent === word", arg=word, timeout=ANSWER_MS
    )


def saved(page: Any, what: str, folder: Path) -> Path:
    page.get_by_label("save: as …").click()
    with page.expect_download() as download:
        page.get_by_role("option", name=what).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


@pytest.fixture(scope="module")
def evening(chromium: Any, address: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A circle and its answer, which a touch ends: what the page saves of it."""
    folder = tmp_path_factory.mktemp("saved")
    with opened(chromium, address, SIZES["desktop"]) as page:
        circle(page)
        turn(page, "ghost")
        page.wait_for_timeout(800)
        x, y, _ = canvas_of(page)
        page.mouse.click(x, y)
        turn(page, "you")
        return {what: saved(page, what, folder) for what in ("recording CSV", "drawing SVG", "picture PNG")}


def test_recording_opens_and_holds_phrase_and_answer(evening: dict[str, Path]) -> None:
    played = read_performance(evening["recording CSV"])
    ghost = played.source == "ghost"
    assert ghost.sum() > 10
    x, y, z = (played.values[:, played.columns.index(name)] for name in "xyz")
    contacts = z > 0.0
    assert (
        np.abs(x[contacts & ghost].mean() - x[contacts & ~ghost].mean()) < 0.15
    )  # the answer is where it was
    assert np.ptp(y[contacts & ghost]) > 0.05


def test_ghost_is_silent_from_a_touch_on(evening: dict[str, Path]) -> None:
    played = read_performance(evening["recording CSV"])
    is_ghost = played.source == "ghost"
    first = int(np.flatnonzero(is_ghost)[0])
    touched = first + int(np.flatnonzero(~is_ghost[first:])[0])
    z = played.values[:, played.columns.index("z")]
    assert (z[touched:][is_ghost[touched:]] == 0.0).all()  # all that comes is the end of its contact


def test_drawing_has_a_group_for_each_side(evening: dict[str, Path]) -> None:
    svg = ElementTree.parse(evening["drawing SVG"]).getroot()
    space = "{http://www.w3.org/2000/svg}"
    groups = {group.get("id"): group.findall(f"{space}path") for group in svg.findall(f"{space}g")}
    assert list(groups) == ["player", "ghost"]
    assert all(
        paths and all(path.get("d", "").startswith("M ") for path in paths) for paths in groups.values()
    )


def test_picture_is_a_png(evening: dict[str, Path]) -> None:
    assert evening["picture PNG"].read_bytes().startswith(b"\x89PNG\r\n")


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
        for control in page.locator("button:visible, .knob:visible, .number:visible").all():
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
