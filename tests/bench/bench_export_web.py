"""The exported pages in Chromium: how long they load, how soon a stroke is answered, how fast each verb is.

    python -m tests.bench.bench_export_web --runtime FOLDER [--runs 5]

FOLDER has npm's @litertjs/core. Loads are of new people, whose browser has kept nothing, from this disk.
Verbs are timed with kernels in float32, as exported, and in eight bits, with the runtime for relaxed SIMD and
with the other; in the page, as it waits for them: the least of several, and the median of what happens once.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright

from app.cli.main import main as ghostjam
from models.lookup import find_model
from tests.conftest import CHROMIUM

READY = {"play": "'ready' in document.body.dataset", "draw": "window.ghostjam !== undefined"}
VERBS = """async ([name, runs]) => {
  const { loadGhost } = await import(new URL("ghost/ghost.js", location.href).href);
  const began = performance.now();
  const ghost = await loadGhost(name, { seed: 1 });
  const load = performance.now() - began;
  const stroke = Array.from({ length: 40 }, (_, i) => {
    const event = { x: 0.3 + i / 100, y: 0.5, dt: 0.02, moving: 1, dx: 2, dy: 1, pen: 0 };
    return ghost.columns.map((column) => event[column]);
  });
  const guide = new Float32Array(64 * ghost.nGuide), futures = Array(32).fill(ghost.state);
  const verbs = {
    "feed 40": () => ghost.feed(stroke.flat()),
    "generate 64": () => ghost.generate(64),
    "generate 64, guided": () => ghost.generate(64, { guide }),
    "fan 32 x 32": () => ghost.fan(32, 32),
    "propose 32 x 32": () => ghost.propose(futures, 32),
  };
  const answered = performance.now();
  await ghost.feed(stroke.flat());
  await ghost.generate(64);
  const times = { load, "first stroke of 40 heard and answered": performance.now() - answered };
  for (const [verb, run] of Object.entries(verbs)) {
    const took = [];
    for (let i = 0; i < runs; i++) {
      ghost.reset();
      const start = performance.now();
      await run();
      took.push(performance.now() - start);
    }
    times[verb] = Math.min(...took);
  }
  return times;
}"""
# From "draw on" until the ghost's pen is on its way, frame by frame.
ANSWER = """() => new Promise((done) => {
  const { controller } = window.ghostjam, start = performance.now();
  document.querySelector("#actions button").click();
  const look = () =>
    controller.ghostTurn.draws ? done(performance.now() - start) : requestAnimationFrame(look);
  look();
})"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Within `with`, the address of the folder."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def load_times(browser: Any, address: str, name: str, runs: int) -> list[float]:
    """Seconds from asking for a page until it can be played, each time of somebody new."""
    took = []
    for _ in range(runs):
        context = browser.new_context(viewport={"width": 1366, "height": 1024})
        page = context.new_page()
        start_s = time.perf_counter()
        page.goto(f"{address}{name}/")
        page.wait_for_function(READY[name], polling=20, timeout=60_000)
        took.append(time.perf_counter() - start_s)
        context.close()
    return took


def answer_times(browser: Any, address: str, runs: int) -> list[float]:
    """Milliseconds from the end of a first stroke, when the ghost is asked, to its pen on its way."""
    took = []
    for seed in range(runs):
        page = browser.new_page(viewport={"width": 1366, "height": 1024})
        page.goto(f"{address}draw/?seed={seed}")
        page.wait_for_function(READY["draw"], timeout=60_000)
        box = page.locator("#paper").bounding_box()
        x, y, side = box["x"], box["y"], box["width"]
        page.mouse.move(x + 0.2 * side, y + 0.3 * side)
        page.mouse.down()
        page.mouse.move(x + 0.7 * side, y + 0.32 * side, steps=12)
        page.mouse.up()
        took.append(float(page.evaluate(ANSWER)))
        page.close()
    return took


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runtime", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        fast, other = Path(folder) / "fast", Path(folder) / "other"
        start_s = time.perf_counter()
        ghostjam(["export-web", str(fast), "--runtime", str(args.runtime)])
        print(f"exported in {time.perf_counter() - start_s:.1f} s")
        for name in ("touch", "kanji"):
            shutil.copyfile(find_model(name), fast / "models" / f"{name}-int8.tflite")
        shutil.copytree(fast, other)
        for suffix in (".js", ".wasm"):
            litert = other / "litert"
            shutil.copyfile(
                litert / f"litert_wasm_compat_internal{suffix}", litert / f"litert_wasm_internal{suffix}"
            )
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        with serving(fast) as address:
            for name in READY:
                took = load_times(browser, address, name, args.runs)
                print(f"{name} loaded: {min(took):.2f} s, median {median(took):.2f} s")
            took = answer_times(browser, address, args.runs)
            print(f"first stroke answered by the pen: {min(took):.0f} ms, median {median(took):.0f} ms")
        for folder_of, words in ((fast, "relaxed SIMD"), (other, "the other runtime")):
            with serving(folder_of) as address:
                for model in ("touch", "touch-int8", "kanji", "kanji-int8"):
                    page = browser.new_page()
                    page.goto(address)
                    times = page.evaluate(VERBS, [model, 4 * args.runs])
                    page.close()
                    print(
                        f"{model}, {words}:", ", ".join(f"{verb} {ms:.1f} ms" for verb, ms in times.items())
                    )


if __name__ == "__main__":
    main()
