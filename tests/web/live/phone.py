"""A phone at the page of a real program: fingers of its own, and what its picture and its words say."""

from __future__ import annotations

import io
import json
import math
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from socket import SOCK_STREAM
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from app.pictures.palette import load_palette
from tests.programs import PATIENCE_S, Program, free_port

PORTRAIT = (390, 844)
STEP_MS = 12.0


@contextmanager
def program(root: Path, folder: Path, *options: str, port: int = 0) -> Iterator[int]:
    """`ghostjam bridge` with a page on a port of this machine; it records into `folder`."""
    port = port or free_port(SOCK_STREAM)
    command = ("-m", "ghostjam", "bridge", "--web", str(port), "--no-sound", "--record", str(folder))
    running = Program(sys.executable, *command, "--seed", "3", *options, cwd=root)
    try:
        running.wait_for(f"http://127.0.0.1:{port}/")
        yield port
    finally:
        assert running.stop() == 0, running.lines[-20:]


class Witness:
    """Another page without a browser: it hears what all pages hear, and may set what they set.

    Attributes:
        messages: all that it heard; a thread of its own goes on adding to it.
    """

    def __init__(self, port: int) -> None:
        self._open = ExitStack()
        self._socket = self._open.enter_context(connect(f"ws://127.0.0.1:{port}/play", proxy=None))
        self.messages: list[list[Any]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.say(["hello", {"name": "witness"}])
        self.until(lambda: any(message[0] == "welcome" for message in self.messages))

    def _read(self) -> None:
        with suppress(ConnectionClosed):
            for frame in self._socket:
                self.messages += json.loads(frame)

    def say(self, *messages: list[Any]) -> None:
        self._socket.send(json.dumps(messages))

    def until(self, found: Callable[[], object]) -> None:
        """Wait until it is so."""
        end_s = time.monotonic() + PATIENCE_S
        while not found():
            time.sleep(0.01)
            assert time.monotonic() < end_s, self.messages[-20:]

    def heard(self, verb: str, source: str = "player") -> list[list[Any]]:
        return [message for message in list(self.messages) if message[:2] == [verb, source]]

    def state(self, name: str) -> Any:
        """What a parameter was told to be last."""
        told: Any = None
        for message in list(self.messages):
            about = {"welcome": lambda one: one["state"], "state": lambda one: one}.get(message[0])
            if about and name in about(message[1]):
                told = about(message[1])[name]
        return told

    def close(self) -> None:
        self._open.close()
        self._reader.join(PATIENCE_S)


class Phone:
    """A page in a browser of its own, with fingers.

    Args:
        ratio: device pixels to a CSS pixel.
        first: a script that runs before those of the page.

    Attributes:
        errors: what went wrong in it, by the browser.
    """

    def __init__(
        self,
        chromium: Any,
        port: int,
        size: tuple[int, int] = PORTRAIT,
        *,
        ratio: float = 1.0,
        first: str = "",
    ) -> None:
        width, height = size
        self._context = chromium.new_context(
            viewport={"width": width, "height": height}, device_scale_factor=ratio, has_touch=True
        )
        self.page = self._context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self._said(said))
        self.requests: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self._touches = self._context.new_cdp_session(self.page)
        if first:
            self.page.add_init_script(first)
        self.page.goto(f"http://127.0.0.1:{port}/")
        self.connected()

    def _said(self, said: Any) -> None:
        # A program that is gone is what some tests are about.
        gone = ("WebSocket connection", "ERR_CONNECTION_REFUSED")
        if said.type == "error" and not any(words in said.text for words in gone):
            self.errors.append(said.text)

    def connected(self, is_so: bool = True) -> None:
        """Wait until it is connected, or is not."""
        self.page.locator(f"body[data-connected={str(is_so).lower()}]").wait_for(timeout=1000 * PATIENCE_S)

    def side(self, name: str) -> None:
        """Wait until it is the turn of "player" or "ghost"."""
        self.page.locator(f'#turn[data-side="{name}"]').wait_for(timeout=1000 * PATIENCE_S)

    @property
    def colour(self) -> list[int]:
        """What it draws in: the colour of people that most of its picture has."""
        return max(map(list, load_palette().people), key=self.light_of)

    @property
    def words(self) -> str:
        return str(self.page.locator("#turn b").inner_text())

    def fingers(self, kind: str, places: list[tuple[float, float]], on: str = "#canvas") -> None:
        """`touchStart`, `touchMove` or `touchEnd` of all fingers, at fractions of an element."""
        box = self.page.locator(on).bounding_box()
        points = [
            {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"], "id": number, "force": 0.5}
            for number, (x, y) in enumerate(places)
        ]
        self._touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def strokes(
        self, n_fingers: int = 2, n_steps: int = 40, on: str = "#canvas", *, first: int = 0, ends: bool = True
    ) -> None:
        """Fingers go up and down to the right for half a second: those of even numbers below, others above.

        Args:
            first: number of the first finger.
            ends: whether they leave.
        """

        def at(part: float) -> list[tuple[float, float]]:
            return [
                (0.2 + 0.6 * part, (0.3 if number % 2 else 0.6) + 0.12 * math.sin(8.0 * part + number))
                for number in range(first, first + n_fingers)
            ]

        self.fingers("touchStart", at(0.0), on)
        for step in range(1, n_steps + 1):
            self.fingers("touchMove", at(step / n_steps), on)
            self.page.wait_for_timeout(STEP_MS)
        if ends:
            self.fingers("touchEnd", [], on)

    def picture(self, on: str = "#canvas") -> NDArray[np.int16]:
        """Its pixels, (rows, columns, 3)."""
        shot = self.page.locator(on).screenshot(scale="css")
        return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), np.int16)

    def light_of(self, colour: list[int]) -> int:
        """How many pixels of the canvas shine in a hue like that of a colour, dark or bright."""
        picture = self.picture().astype(float)
        picture = picture[len(picture) // 6 : -len(picture) // 4]  # without the light of the turns
        wanted = np.array(colour, float) / max(colour)
        brightest = picture.max(axis=2)
        near = np.abs(picture / np.maximum(brightest, 1.0)[..., None] - wanted).max(axis=2) < 0.16
        return int((near & (brightest > 60)).sum())

    def shines(self, *colours: list[int]) -> None:
        """Wait until its picture has light of each of these colours."""
        end_s = time.monotonic() + PATIENCE_S
        while not all(self.light_of(colour) > 60 for colour in colours):
            assert time.monotonic() < end_s, [self.light_of(colour) for colour in colours]

    def close(self) -> None:
        self._context.close()
