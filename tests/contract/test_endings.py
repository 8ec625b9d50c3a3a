"""However an evening ends, nothing stays held and what was played is on the disk: real programs, ended."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import pytest

from app.osc.packet import Argument, build, parse
from models.performance import read_performance
from tests.contract.screen import missing_tools, start_x_server

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

PATIENCE_S = 60.0  # a busy machine is no defect
TIMES = 10
KILLS = 20
STEP_S = 0.005
LOST_S = 0.2  # of what was played last, that a kill may cost


class Ears:
    """Another program that believes what it hears.

    Attributes:
        held: who was touched and not released, by source and voice.
        sources: who played.
        n_events: how much.
    """

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.held: set[tuple[Argument, ...]] = set()
        self.sources: set[Argument] = set()
        self.n_events = 0

    def begin(self) -> None:
        """Forget what was: another evening."""
        self.hear()
        self.held.clear()
        self.sources.clear()
        self.n_events = 0

    def close(self) -> None:
        self._socket.close()

    def hear(self) -> set[tuple[Argument, ...]]:
        """Take what came; who is held now."""
        with suppress(BlockingIOError):
            while True:
                for message in parse(self._socket.recv(65536)):
                    self.n_events += message.address in ("/ghostjam/touch", "/ghostjam/release")
                    if message.address == "/ghostjam/touch":
                        self.held.add(message.arguments[:2])
                        self.sources.add(message.arguments[0])
                    elif message.address == "/ghostjam/release":
                        self.held.discard(message.arguments[:2])
        return self.held

    def say(self, port: int, address: str, *arguments: Argument) -> None:
        """Send one message to a port of this machine."""
        self._socket.sendto(build(address, arguments), ("127.0.0.1", port))


@pytest.fixture
def ears() -> Iterator[Ears]:
    ears = Ears()
    yield ears
    ears.close()


def wait_for(condition: Callable[[], object], what: str) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end_s, what
        time.sleep(0.01)


@contextmanager
def running(root: Path, *words: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A command of the app; killed if it still runs at the end."""
    process = subprocess.Popen([sys.executable, "-m", "app", *words], cwd=root, text=True, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE_S)
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def bridge_options(ears: Ears, folder: Path, *more: str) -> list[str]:
    return [
        "bridge",
        "--osc-in",
        "0",
        "--osc-out",
        ears.address,
        "--no-sound",
        "--record",
        str(folder),
        *more,
    ]


def port_of(said: IO[str] | None) -> int:
    """Where a bridge listens, by its first line."""
    assert said is not None
    return int(said.readline().split("; ")[1].rsplit(":", 1)[1])


def n_rows(folder: Path) -> int:
    return sum(len(read_performance(path).time_s) for path in folder.iterdir())


def hold(ears: Ears, port: int) -> None:
    """Two fingers down, and the ghost plays beside them."""
    for voice in range(2):
        ears.say(port, "/ghostjam/touch", voice, 0.5, 0.5, 0)
        ears.say(port, "/ghostjam/release", 9)  # this sender sends releases: no contact ends by itself
    wait_for(lambda: len(ears.hear()) >= 2 and "ghost" in ears.sources, "both play")


@pytest.mark.slow
@pytest.mark.parametrize("number", ["SIGHUP", "SIGTERM", "SIGQUIT", "SIGINT"])
def test_a_signal_at_any_moment_leaves_nothing_held(
    number: str, ears: Ears, root: Path, tmp_path: Path
) -> None:
    dice = random.Random(1)
    for turn in range(TIMES):
        folder = tmp_path / str(turn)
        ears.begin()
        words = bridge_options(ears, folder, "--mode", "duet")
        with running(root, *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            hold(ears, port_of(process.stdout))
            time.sleep(dice.uniform(0.0, 0.3))
            for _ in range(dice.choice((1, 2))):  # a terminal that closes may ask twice
                process.send_signal(getattr(signal, number))
            out, err = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, err) == (0, "")
        assert ears.hear() == set()
        (path,) = folder.iterdir()
        assert out == f"Recorded {path}\n"
        take = read_performance(path)
        for voice in (0, 1):
            rows = take.values[(take.voice == voice) & (take.source == "player")]
            assert rows[-1, 2] == 0.0  # the release is written too


@pytest.mark.slow
def test_a_signal_while_it_starts_ends_it(ears: Ears, root: Path, tmp_path: Path) -> None:
    dice = random.Random(1)
    for _ in range(TIMES):
        words = bridge_options(ears, tmp_path)
        with running(root, *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            time.sleep(dice.uniform(0.3, 0.8))
            process.send_signal(signal.SIGHUP)
            _, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode in (0, -signal.SIGHUP), err  # before Python can hear of it, nothing is open


@pytest.mark.slow
def test_nohup_is_respected(ears: Ears, root: Path, tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # which a child inherits
    try:
        starting = running(root, *bridge_options(ears, tmp_path, "--mode", "duet"), stdout=subprocess.PIPE)
        process = starting.__enter__()
    finally:
        signal.signal(signal.SIGHUP, before)
    try:
        port = port_of(process.stdout)
        process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        hold(ears, port)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    finally:
        starting.__exit__(None, None, None)
    assert ears.hear() == set()


@pytest.mark.slow
@pytest.mark.parametrize("output", ["full", "closed", "gone", "all closed"])
def test_an_output_that_takes_nothing_ends_nothing(
    output: str, ears: Ears, root: Path, tmp_path: Path
) -> None:
    """`> /dev/full`, `>&-`, `| head -0`, and a program that was started with no streams at all."""
    port = random.Random(os.getpid()).randrange(20_000, 30_000)
    words = bridge_options(ears, tmp_path, "--mode", "duet")
    words[2] = str(port)
    full = open("/dev/full", "w") if output == "full" else None
    options: dict[str, Any] = {} if full is None else {"stdout": full}
    if output == "gone":
        options = {"stdout": subprocess.PIPE}
    numbers = {"closed": (1,), "all closed": (0, 1, 2)}.get(output, ())
    if numbers:
        options = {"preexec_fn": lambda: [os.close(number) for number in numbers]}
    with running(root, *words, **options) as process:
        if process.stdout is not None:
            process.stdout.close()

        def plays() -> bool:
            for voice in range(2):
                ears.say(port, "/ghostjam/touch", voice, 0.5, 0.5, 0)
            return "ghost" in (ears.hear() and ears.sources)

        wait_for(plays, "it plays")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    if full is not None:
        full.close()
    assert ears.hear() == set() and n_rows(tmp_path) > 2


def test_whenever_it_is_killed_little_is_lost(ears: Ears, root: Path, tmp_path: Path) -> None:
    """Once here, of the whole bridge; `test_killed_at_any_moment` does it often and counts."""
    n_played, n_there = killed_after(1.0, ears, root, tmp_path)
    assert n_played > 40 and n_there > n_played / 2


@pytest.mark.slow
def test_killed_at_any_moment(ears: Ears, root: Path, tmp_path: Path) -> None:
    dice = random.Random(1)
    lost = []
    for turn in range(KILLS):
        n_played, n_there = killed_after(dice.uniform(0.05, 1.5), ears, root, tmp_path / str(turn))
        lost.append((n_played - n_there) * STEP_S)
    assert max(lost) <= LOST_S, lost


def killed_after(seconds: float, ears: Ears, root: Path, folder: Path) -> tuple[int, int]:
    """Play to a bridge for so long and kill it: how many events it played, and how many are on the disk."""
    ears.begin()
    words = bridge_options(ears, folder, "--mode", "listen")
    with running(root, *words, stdout=subprocess.PIPE) as process:
        port = port_of(process.stdout)
        n_sent, start_s = 0, time.monotonic()
        while (now_s := time.monotonic()) < start_s + seconds:
            ears.say(port, "/ghostjam/touch", 0, 0.5, 0.5, int(n_sent > 0))
            n_sent += 1
            time.sleep(max(0.0, start_s + n_sent * STEP_S - now_s))
        process.kill()
        process.wait(PATIENCE_S)
    ears.hear()
    return ears.n_events, n_rows(folder) if folder.exists() else 0


# The window


@contextmanager
def x_server_to_kill() -> Iterator[tuple[subprocess.Popen[bytes], dict[str, str]]]:
    """An X server that may be killed, and the environment of its programs."""
    server, display = start_x_server((1000, 700))
    environment = {key: value for key, value in os.environ.items() if key != "WAYLAND_DISPLAY"}
    try:
        yield server, {**environment, "DISPLAY": display, "SDL_VIDEODRIVER": "x11"}
    finally:
        server.kill()
        server.wait(PATIENCE_S)


def do(environment: dict[str, str], *words: str) -> str:
    """What xdotool says."""
    done = subprocess.run(
        ["xdotool", *words], env=environment, check=False, capture_output=True, text=True, timeout=PATIENCE_S
    )
    return done.stdout


def window_below_the_mouse(environment: dict[str, str]) -> str:
    """Its id."""
    return do(environment, "getmouselocation").split("window:")[1].strip()


needs_x = pytest.mark.skipif(bool(missing_tools()), reason="needs Xvfb and xdotool")


@needs_x
@pytest.mark.window
@pytest.mark.slow
@pytest.mark.parametrize("how", ["the server is killed", "windowkill", "windowclose"])
def test_a_window_that_is_taken_away_leaves_nothing_held(
    how: str, ears: Ears, root: Path, tmp_path: Path
) -> None:
    for turn in range(TIMES):
        folder = tmp_path / str(turn)
        ears.begin()
        words = ("play", "--no-sound", "--mode", "solo", "--osc-out", ears.address, "--record", str(folder))
        with x_server_to_kill() as (server, environment):
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
            with running(root, *words, env=environment, **pipes) as process:

                def plays(environment: dict[str, str] = environment, ears: Ears = ears) -> bool:
                    do(
                        environment,
                        "mouseup",
                        "1",
                        "mousemove",
                        "400",
                        "300",
                        "mousedown",
                        "1",
                        "sleep",
                        "0.2",
                    )
                    return len(ears.hear()) > 0 and ears.sources >= {"player", "ghost"}

                wait_for(plays, "both play")
                if how == "the server is killed":
                    server.kill()
                else:
                    do(environment, how, window_below_the_mouse(environment))
                out, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, err
        assert ears.hear() == set()
        (path,) = folder.iterdir()
        assert out == f"Recorded {path}\n"
        take = read_performance(path)
        rows = take.values[take.source == "player"]
        assert rows[-1, 2] == 0.0


@needs_x
@pytest.mark.window
@pytest.mark.slow
def test_a_drawing_whose_window_is_taken_away_is_on_the_disk(root: Path, tmp_path: Path) -> None:
    with x_server_to_kill() as (server, environment):
        words = ("draw", "--record", str(tmp_path))
        with running(root, *words, env=environment, stdout=subprocess.PIPE) as process:

            def is_written() -> bool:
                do(environment, "mouseup", "1", "mousemove", "300", "300", "mousedown", "1")
                do(environment, "mousemove", "320", "340", "mousemove", "340", "360")
                return any(tmp_path.iterdir())

            wait_for(is_written, "the stroke is recorded")
            server.kill()
            out, _ = process.communicate(timeout=PATIENCE_S)
    (path,) = tmp_path.iterdir()
    assert (process.returncode, out) == (0, f"{path}\n")
    assert read_performance(path).values[-1, 2] == 0.0  # the stroke has an end
