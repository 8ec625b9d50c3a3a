"""A person plays: the real program on a virtual screen, a real mouse, a loopback listener, a recording."""

from __future__ import annotations

import signal
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from models.performance import read_performance
from tests.contract.screen import PATIENCE_S, Screen, missing_tools, open_screen, playing, wait_for

pytestmark = [
    pytest.mark.window,
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {', '.join(missing_tools())}"),
]

ZIGZAG = [(0.3 + 0.005 * i, 0.3 + 0.015 * (i % 10)) for i in range(40)]


@pytest.fixture
def screen() -> Iterator[Screen]:
    with open_screen() as screen:
        yield screen


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.setblocking(False)
        yield listener


class Heard(Counter[tuple[str, str]]):
    """How many messages came, by address and source; the source is the first string argument."""

    def listen(self, listener: socket.socket) -> None:
        while True:
            try:
                message = listener.recv(1024)
            except BlockingIOError:
                return
            address, _, rest = message.partition(b"\0")
            if address.startswith(b"/ghostjam/state/"):  # a notice: that there is no sound card here
                continue
            source = next(word for word in ("player", "ghost") if word.encode() + b"\0" in rest)
            self[address.decode(), source] += 1


def colour_counts(picture: np.ndarray) -> tuple[int, int]:
    """How many pixels of the canvas are clearly warm and clearly cool."""
    red, blue = picture[:780, :, 0].astype(int), picture[:780, :, 2].astype(int)
    return int((red > blue + 60).sum()), int((blue > red + 60).sum())


def test_a_drag_is_heard_drawn_answered_and_recorded(
    screen: Screen, listener: socket.socket, tmp_path: Path
) -> None:
    heard = Heard()
    address = f"127.0.0.1:{listener.getsockname()[1]}"
    options = ["--osc-out", address, "--record", str(tmp_path), "--seed", "1", "--threshold", "0.5"]
    with playing(screen, *options) as process:
        warm, cool = colour_counts(screen.picture())
        assert warm == 0, "nobody has played yet"
        screen.drag(ZIGZAG)

        def is_heard_and_seen() -> bool:
            heard.listen(listener)
            return heard["/ghostjam/touch", "player"] > 20 and colour_counts(screen.picture())[0] > 500

        wait_for(is_heard_and_seen)

        def has_answered() -> bool:
            heard.listen(listener)
            return heard["/ghostjam/touch", "ghost"] > 30 and colour_counts(screen.picture())[1] > cool + 100

        wait_for(has_answered)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE_S)
    heard.listen(listener)
    assert process.returncode == 0, err
    (path,) = tmp_path.iterdir()
    assert out == f"Recorded {path}\n"
    take = read_performance(path)
    assert take.dropped == () and not take.truncated
    is_release = take.values[:, 2] == 0
    for source in ("player", "ghost"):
        rows = take.source == source
        assert (rows & ~is_release).sum() == heard["/ghostjam/touch", source]
        assert (rows & is_release).sum() == heard["/ghostjam/release", source] > 0


def test_closing_the_window_ends_the_evening(screen: Screen) -> None:
    with playing(screen, "--no-record", "--no-sound") as process:
        screen.do("mousemove", "800", "500", "key", "ctrl+q")
        assert process.wait(PATIENCE_S) == 0
