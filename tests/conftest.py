"""Fixtures and skips shared by all tests."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No deadlines: a busy machine is no defect. In CI the examples are the same every time.
settings.register_profile(
    "ghostjam",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ghostjam")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Tests in the background of a script: the programs they start would never hear of a Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The corpora and peers' files beside the checkout; only for tests marked `shared`."""
    return SHARED


def has_display() -> bool:
    """Whether a window can be opened here, or a virtual screen started."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or shutil.which("Xvfb"))


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """An X display for tests marked `window`: the one there is, or an Xvfb of this session's own.

    Yields:
        the value of DISPLAY, which is also set in the environment; "" on systems without X.
    """
    if sys.platform != "linux" or os.environ.get("DISPLAY"):
        yield os.environ.get("DISPLAY", "")
        return
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        number = pipe.readline().strip()  # Xvfb writes it when it is ready; empty if it ended instead
    if not number:
        pytest.fail(f"Xvfb did not start: exit code {server.wait()}")
    os.environ["DISPLAY"] = f":{number}"
    try:
        yield os.environ["DISPLAY"]
    finally:
        del os.environ["DISPLAY"]
        server.terminate()
        server.wait(10)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, and so count, what this machine cannot run."""
    lacking = {
        "shared": "" if SHARED.is_dir() else "no ../shared beside this checkout",
        "window": "" if has_display() else "no display, and no Xvfb to make one",
        "train": "" if find_spec("keras") and find_spec("tensorflow") else "needs the train extra",
    }
    for item in items:
        for marker, reason in lacking.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
        if item.get_closest_marker("window") and isinstance(item, pytest.Function):
            item.fixturenames.insert(0, "display")
