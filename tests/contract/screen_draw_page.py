"""Takes the picture of the exported drawing page for the README: a finger begins, a ghost finishes.

python -m tests.contract.screen_draw_page SITE assets/pictures/draw-page.png

SITE is what `ghostjam export-web` wrote.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.conftest import CHROMIUM
from tests.contract.screen_draw import COLOURS, TREE, Points
from tests.web.serving import serving

SIZE, RATIO = (390, 844), 1.5  # CSS pixels, and device pixels to one of them
SEED = 12
LOAD_MS, STEP_MS = 60_000, 12
ANSWER_MS = 3200  # of it, before the picture is taken
STEPS = 24


def along(stroke: Points, share: float) -> tuple[float, float]:
    """A place on the curve through the three points of a stroke, shares of the paper."""
    a, b, c = (1 - share) * (1 - 2 * share), 4 * share * (1 - share), share * (2 * share - 1)
    x, y = (a * p + b * q + c * r for p, q, r in zip(*stroke, strict=True))
    return x, y


def draw(page: Any, stroke: Points) -> None:
    """One finger, quick in the middle."""
    box = page.locator("#paper").bounding_box()
    touches = page.context.new_cdp_session(page)
    for step in range(STEPS + 1):
        x, y = along(stroke, 0.5 - 0.5 * math.cos(math.pi * step / STEPS))
        place = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        kind = "touchMove" if step else "touchStart"
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
        page.wait_for_timeout(STEP_MS)
    touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def take_picture(site: Path, path: Path) -> None:
    """Draw the left part of a character, and save what the page shows while the ghost finishes it."""
    with serving(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(
            viewport={"width": SIZE[0], "height": SIZE[1]}, device_scale_factor=RATIO, has_touch=True
        )
        page = context.new_page()
        page.goto(f"{address}/draw/?seed={SEED}")
        page.wait_for_function("window.ghostjam !== undefined", timeout=LOAD_MS)
        for stroke in TREE:
            draw(page, stroke)
        page.wait_for_timeout(ANSWER_MS)
        page.screenshot(path=path)
        browser.close()
    picture = Image.open(path).convert("RGB")
    picture.quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    take_picture(Path(sys.argv[1]), Path(sys.argv[2]))
