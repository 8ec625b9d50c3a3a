"""A virtual screen of its own, with a mouse that draws and a look at its pixels: Xvfb and xdotool.

As a command it takes the picture of the README, of the real program playing for real:

    python -m tests.contract.screen assets/pictures/window.png
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

SIZE = (1600, 1000)
TOOLS = ("Xvfb", "xdotool")
MOVE_S = 0.016
PATIENCE_S = 60.0  # a busy machine is no defect
README_SIZE = (1200, 750)


def missing_tools() -> list[str]:
    """Which of the programs that are needed are not installed."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


class Screen:
    """A running X server. Positions are fractions of the screen."""

    def __init__(self, display: str, folder: Path) -> None:
        other = ("SDL_VIDEODRIVER", "WAYLAND_DISPLAY")  # would lead past this screen
        self.environment = {key: value for key, value in os.environ.items() if key not in other}
        self.environment["DISPLAY"] = display
        self._file = folder / "Xvfb_screen0"

    def picture(self) -> np.ndarray:
        """What the screen shows now, uint8 [rows, columns, 3]. The format is that of X window dumps."""
        data = self._file.read_bytes()
        words = np.frombuffer(data, ">u4", 25)
        start, (width, height), stride, colours = words[0] + 12 * words[19], words[4:6], words[12], words[11]
        if colours != 32:
            raise ValueError(f"screen: expected 32 bits a pixel, got {colours}.")
        rows = np.frombuffer(data, np.uint8, stride * height, start).reshape(height, stride)
        return rows[:, : 4 * width].reshape(height, width, 4)[:, :, 2::-1]

    def drag(self, points: Sequence[tuple[float, float]]) -> None:
        """Press the mouse at the first point, move it through the others, let go; returns when it is done."""
        pixels = [(round(x * SIZE[0]), round(y * SIZE[1])) for x, y in points]
        words = ["mousemove", *map(str, pixels[0]), "mousedown", "1"]
        for x, y in pixels[1:]:
            words += ["sleep", str(MOVE_S), "mousemove", str(x), str(y)]
        self.do(*words, "mouseup", "1")

    def do(self, *words: str) -> None:
        """Run xdotool."""
        subprocess.run(["xdotool", *words], env=self.environment, check=True, timeout=PATIENCE_S)


def start_x_server(size: tuple[int, int] = SIZE, *options: str) -> tuple[subprocess.Popen[bytes], str]:
    """An X server on a free display, for the caller to end, and the value of DISPLAY."""
    reader, writer = os.pipe()
    # without -noreset it starts anew when its last client leaves, and refuses who comes meanwhile
    command = ["Xvfb", "-displayfd", str(writer), "-noreset", "-nolisten", "tcp"]
    command += ["-screen", "0", f"{size[0]}x{size[1]}x24"]
    server = subprocess.Popen([*command, *options], pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        number = pipe.readline().strip()  # Xvfb writes it when it is ready; empty if it ended instead
    if not number:
        raise RuntimeError(f"Xvfb did not start: exit code {server.wait()}")
    return server, f":{number}"


@contextmanager
def x_server(size: tuple[int, int] = SIZE, *options: str) -> Iterator[str]:
    """Start an X server, give the value of DISPLAY, and end the server afterwards."""
    server, display = start_x_server(size, *options)
    try:
        yield display
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


@contextmanager
def open_screen() -> Iterator[Screen]:
    """A screen of an X server of its own, whose picture can be read."""
    with TemporaryDirectory() as folder, x_server(SIZE, "-fbdir", folder) as display:
        yield Screen(display, Path(folder))


@contextmanager
def playing(screen: Screen, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Run `ghostjam play` on the screen until the block ends; the process is killed if it still runs then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "play", *options],
        env=screen.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        wait_for(lambda: screen.picture().any() or process.poll() is not None)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_for(is_so: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    """Return when it is so; TimeoutError after `seconds`."""
    end_s = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end_s:
            raise TimeoutError(f"expected within {seconds:g} s what did not come.")
        time.sleep(0.02)


def take_picture(path: Path) -> None:
    """Draw strokes of the example by mouse, wait for the answer, and save what the screen shows."""
    from assets import EXAMPLE_PERFORMANCE
    from models.performance import read_performance

    example = read_performance(EXAMPLE_PERFORMANCE)
    rows = example.values[example.voice == 0]
    strokes = np.split(rows, np.flatnonzero(rows[:, 2] == 0) + 1)
    options = ("--fullscreen", "--no-record", "--no-sound", "--seed", "4")
    with open_screen() as screen, playing(screen, *options) as process:
        time.sleep(1.0)
        for stroke in [s for s in strokes if len(s) > 50][-2:]:
            screen.drag([(x, 0.8 * y) for x, y in stroke[:-1, :2].tolist()])
        time.sleep(4.5)
        picture = screen.picture()
        process.send_signal(signal.SIGTERM)
        process.wait(10)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).resize(README_SIZE, Image.Resampling.LANCZOS).save(path, optimize=True)


if __name__ == "__main__":
    take_picture(Path(sys.argv[1]))
