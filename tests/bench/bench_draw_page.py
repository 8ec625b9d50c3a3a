"""The exported drawing page in Chromium: how soon a first stroke is answered, and what a frame costs.

    python -m tests.bench.bench_draw_page FOLDER [--runs 12]

FOLDER is what `ghostjam export-web` wrote. A stroke is answered when futures of the pen are painted: from the
time stamp of the pointer that comes down to the frame that shows them. Each stroke is the first on an empty
paper, of a mouse that moves. Of all the least and the median; on a busy machine the least says what the page
needs.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright

from tests.conftest import CHROMIUM
from tests.web.serving import serving

SIZES = ((390, 844), (1366, 1024))
CLEAR_MS = 700  # an empty paper, on which nothing shines any more
WATCH = """() => {
  const { paper, controller } = ghostjam, frame = paper.frame.bind(paper);
  Object.assign(window, { frames: [], answered: [] });
  let down = null;
  document.getElementById("paper").addEventListener("pointerdown", (event) => (down = event.timeStamp), true);
  paper.frame = (now) => {
    const before = performance.now();
    frame(now);
    frames.push(performance.now() - before);
    if (down === null || paper.overlay.isDark || !controller.playerDraws) return;
    answered.push(performance.now() - down);
    down = null;
  };
}"""
CLEAR = """() => {
  ghostjam.controller.clear(performance.now() / 1e3);
  ghostjam.paper.overlay.light.fill(0);
  ghostjam.paper.overlay.isDark = true;
}"""


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=12)
    args = parser.parse_args()
    with serving(args.folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for size in SIZES:
            answered, frames, model = strokes(browser, address, size, args.runs)
            print(f"{size[0]} x {size[1]}, {len(answered)} first strokes, load {os.getloadavg()[0]:.1f}")
            for name, took in (
                ("answered after", answered),
                ("a frame", frames),
                ("the model, a fan", model),
            ):
                print(f"  {name:20s} least {min(took):6.1f}  median {median(took):6.1f} ms")
        browser.close()


def strokes(browser: Any, address: str, size: tuple[int, int], runs: int) -> list[list[float]]:
    """Milliseconds from pointer to futures, of each frame, and of each fan in the model."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(f"{address}/draw/index.html?mode=fan&seed=1")
    page.wait_for_function("window.ghostjam")
    page.wait_for_timeout(CLEAR_MS)
    page.evaluate(WATCH)
    box = page.locator("#paper").bounding_box()
    for _ in range(runs):
        page.evaluate(CLEAR)
        page.wait_for_timeout(CLEAR_MS)
        page.evaluate(CLEAR)
        page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
        page.mouse.down()
        for step in range(24):
            page.mouse.move(box["x"] + (0.3 + 0.01 * step) * box["width"], box["y"] + 0.3 * box["height"])
            page.wait_for_timeout(12)
        page.mouse.up()
    model = page.evaluate("ghostjam.paper.answersS.map((s) => 1e3 * s)")
    found = [page.evaluate("answered"), page.evaluate("frames"), model]
    page.close()
    return found


if __name__ == "__main__":
    main()
