"""The page that plays in a browser, as a person handles it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SIZES = {"phone": (390, 844), "phone that lies": (844, 390), "tablet": (1366, 1024), "desktop": (1600, 1000)}
LOAD_MS, ANSWER_MS = 60_000, 20_000


@contextmanager
def opened(chromium: Any, address: str, size: tuple[int, int], *, waits: bool = True) -> Iterator[Any]:
    """The page on a screen that can be touched; nothing may be said on its console."""
    said: list[str] = []
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, has_touch=True)
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
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
