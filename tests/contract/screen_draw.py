"""The pictures of the drawing canvas in the README: the real program, a mouse that draws, every mode.

python -m tests.contract.screen_draw assets/pictures/ [MODE ...]
"""

from __future__ import annotations

import argparse
import math
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from app.window.draw.modes import MODES
from app.window.draw.place import Place, place
from app.window.draw.table import BOARD, draw_settings
from app.window.layout import place as lay_out
from tests.contract.screen import PATIENCE_S, SIZE, Screen, open_screen, wait_for

README_SIZE = (1200, 750)
COLOURS = 144  # a picture of few hues stays small
SEED = "12"

# The left part of many characters, drawn as a hand draws it; shares of the paper.
TREE = (
    ((0.11, 0.36), (0.28, 0.345), (0.45, 0.32)),
    ((0.29, 0.13), (0.295, 0.5), (0.29, 0.9)),
    ((0.28, 0.37), (0.21, 0.52), (0.10, 0.66)),
    ((0.31, 0.44), (0.38, 0.50), (0.43, 0.57)),
)
WATER = (
    ((0.13, 0.15), (0.19, 0.19), (0.25, 0.25)),
    ((0.08, 0.38), (0.14, 0.42), (0.20, 0.48)),
    ((0.07, 0.84), (0.15, 0.74), (0.24, 0.58)),
)

Points = Sequence[tuple[float, float]]


@contextmanager
def drawing(screen: Screen, mode: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Run `ghostjam draw` on the screen until the block ends."""
    command = [sys.executable, "-m", "app", "draw", "--fullscreen", "--no-record", "--mode", mode, *options]
    process = subprocess.Popen(
        command, env=screen.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        wait_for(lambda: screen.picture().any() or process.poll() is not None)
        time.sleep(1.0)
        yield process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def place_of(mode: str) -> Place:
    """Where everything is on the screen in a mode."""
    settings = draw_settings(("kanji",), "kanji")
    settings.set("mode", mode)
    return place(lay_out(SIZE, settings, True, BOARD), MODES[mode].side, 1.0)


def hand(where: Place, points: Points) -> list[tuple[float, float]]:
    """A stroke through places of the paper, as shares of the screen: a curve, quick in the middle."""
    (x0, y0), (x1, y1), (x2, y2) = (where.to_pixels(*p) for p in (points[0], points[1], points[2]))
    steps = max(8, round(math.dist((x0, y0), (x2, y2)) / 14))
    found = []
    for i in range(steps + 1):
        t = 0.5 - 0.5 * math.cos(math.pi * i / steps)
        a, b, c = (1 - t) * (1 - 2 * t), 4 * t * (1 - t), t * (2 * t - 1)  # through all three
        found.append(((a * x0 + b * x1 + c * x2) / SIZE[0], (a * y0 + b * y1 + c * y2) / SIZE[1]))
    return found


def draw(screen: Screen, where: Place, strokes: Sequence[Points]) -> None:
    """Draw strokes with the mouse."""
    for stroke in strokes:
        screen.drag(hand(where, stroke))


def hold(screen: Screen, where: Place, stroke: Points, share: float) -> None:
    """Draw the first `share` of a stroke and keep the pen down."""
    path = hand(where, stroke)
    path = path[: max(2, round(share * len(path)))]
    pixels = [(round(x * SIZE[0]), round(y * SIZE[1])) for x, y in path]
    words = ["mousemove", *map(str, pixels[0]), "mousedown", "1"]
    for x, y in pixels[1:]:
        words += ["sleep", "0.02", "mousemove", str(x), str(y)]
    screen.do(*words, "sleep", "0.25")


def complete(screen: Screen, where: Place) -> None:
    """Two thirds of what the ghost adds are there."""
    draw(screen, where, TREE)
    time.sleep(3.4)


def fan(screen: Screen, where: Place) -> None:
    """In the middle of a stroke."""
    draw(screen, where, TREE)
    hold(screen, where, ((0.52, 0.24), (0.70, 0.22), (0.88, 0.20)), 0.55)


def endings(screen: Screen, where: Place) -> None:
    """All nine are drawn."""
    draw(screen, where, WATER)
    time.sleep(6.0)


def free(screen: Screen, where: Place) -> None:
    """A gallery that is nearly full, and one more on the paper."""
    screen.do("key", "x")
    time.sleep(11.0)
    screen.do("key", "x")
    time.sleep(3.2)


def inside(screen: Screen, where: Place) -> None:
    """The pen has just begun a stroke."""
    draw(screen, where, TREE[:3])
    hold(screen, where, ((0.31, 0.44), (0.38, 0.50), (0.43, 0.57)), 0.9)


SCENES: dict[str, Callable[[Screen, Place], None]] = {
    "complete": complete, "fan": fan, "endings": endings, "free": free, "inside": inside,
}  # fmt: skip


def take_picture(mode: str, path: Path) -> None:
    """Play the scene of a mode and save what the screen shows."""
    where = place_of(mode)
    with open_screen() as screen, drawing(screen, mode, "--seed", SEED) as process:
        SCENES[mode](screen, where)
        picture = screen.picture()
        if process.poll() is not None:
            raise RuntimeError(f"ghostjam draw ended: {process.communicate()[1]}")
        screen.do("mouseup", "1")
    small = Image.fromarray(picture).resize(README_SIZE, Image.Resampling.LANCZOS)
    path.parent.mkdir(parents=True, exist_ok=True)
    small.quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description="Pictures of the drawing canvas, for the README.")
    parser.add_argument("folder", type=Path, help="where draw-MODE.png goes")
    parser.add_argument("modes", nargs="*", metavar="mode", help=f"of {', '.join(SCENES)}; else all of them")
    args = parser.parse_args(words)
    folder: Path = args.folder
    if unknown := [mode for mode in args.modes if mode not in SCENES]:
        parser.error(f"mode: expected one of {', '.join(SCENES)}, got {unknown[0]}.")
    for mode in args.modes or SCENES:
        take_picture(mode, folder / f"draw-{mode}.png")


if __name__ == "__main__":
    main(sys.argv[1:])
