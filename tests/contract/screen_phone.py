"""Takes the picture of a phone at the real program for the README: an example is played, and a ghost answers.

python -m tests.contract.screen_phone assets/pictures/phone.png
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from assets import EXAMPLE_PERFORMANCE
from models.performance import read_performance
from tests.conftest import CHROMIUM, ROOT
from tests.web.live.phone import Phone, program

RATIO = 1.5  # device pixels to a CSS pixel
ANSWER_MS = 4600  # of the answer, before the picture is taken


def take_picture(path: Path) -> None:
    """Draw strokes of the example with a finger, wait for the answer, and save what the phone shows."""
    example = read_performance(EXAMPLE_PERFORMANCE)
    rows = example.values[example.voice == 0]
    strokes = np.split(rows, np.flatnonzero(rows[:, 2] == 0) + 1)
    with (
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as folder,
        program(ROOT, Path(folder)) as port,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        phone = Phone(browser, port, ratio=RATIO)
        for stroke in [stroke for stroke in strokes if len(stroke) > 50][-2:]:
            places = [(x, 0.12 + 0.8 * y) for x, y in stroke[:-1, :2].tolist()]
            phone.fingers("touchStart", places[:1])
            for place in places[1:]:
                phone.fingers("touchMove", [place])
                phone.page.wait_for_timeout(8)
            phone.fingers("touchEnd", [])
        phone.side("ghost")
        phone.page.wait_for_timeout(ANSWER_MS)
        path.parent.mkdir(parents=True, exist_ok=True)
        phone.page.screenshot(path=path)
        phone.close()
        browser.close()


if __name__ == "__main__":
    take_picture(Path(sys.argv[1]))
