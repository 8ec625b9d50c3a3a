"""What is printed where nobody can read it ends nothing, and never lands in another file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")
posix = pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
SAYING = (
    "from app.core.console import say; say('one'); say('two', is_error=True); open({!r}, 'w').write('on')"
)


def shell(root: Path, words: str, rest: str) -> subprocess.CompletedProcess[str]:
    command = f'"{sys.executable}" {words} {rest}'
    return subprocess.run(
        ["sh", "-c", command], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )


@posix
@pytest.mark.parametrize("rest", [">/dev/full", ">&-", "2>&-", "2>/dev/full", ">&- 2>&- <&-", "| true"])
def test_it_goes_on(root: Path, tmp_path: Path, rest: str) -> None:
    script, reached = tmp_path / "script.py", tmp_path / "reached"
    script.write_text(SAYING.format(str(reached)), "utf-8")
    done = shell(root, f"-c \"exec(open('{script}').read())\"", rest)
    assert done.returncode == 0 and reached.read_text() == "on"
    assert "Error" not in done.stderr and "ignored" not in done.stderr


@posix
def test_a_command_whose_output_has_no_room_says_so(root: Path) -> None:
    done = shell(root, "-m app models", ">/dev/full")
    assert done.returncode == 1
    assert done.stderr == "ghostjam models: No space left on device.\n"
    assert shell(root, "-m app models", "| true").stderr == ""


CLOSED = """
import os, sys
from app.core.console import open_standard_streams
os.close(2)
open_standard_streams()
number = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)
os.write(2, b"what a library says")
os.write(number, b"a row")
"""


@posix
def test_what_a_library_says_does_not_land_in_a_recording(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "take.csv"
    subprocess.run([sys.executable, "-c", CLOSED, str(path)], cwd=root, timeout=60, check=True)
    assert path.read_bytes() == b"a row"
    assert os.fstat(2)
