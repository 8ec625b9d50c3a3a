"""What is compiled once is found by the next process, and the folder stays small."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.train

# Compiles a step, or finds it; says how often each was the case.
PROCESS = """
import jax
from jax import monitoring
from training.compile_cache import keep_compiled
keep_compiled()
counts = {"hits": 0, "misses": 0}
def note(event, **_):
    for kind in counts:
        counts[kind] += event == f"/jax/compilation_cache/cache_{kind}"
monitoring.register_event_listener(note)
jax.jit(lambda x: (x * 2.0).sum())(jax.numpy.ones(3)).block_until_ready()
print(counts["hits"], counts["misses"])
"""


def entry(folder: Path, name: str, size: int, at_s: float) -> Path:
    path = folder / name
    path.write_bytes(bytes(size))
    os.utime(path, (at_s, at_s))
    return path


def test_the_newest_files_stay_as_far_as_there_is_room(tmp_path: Path, libraries: object) -> None:
    from training.compile_cache import prune

    for name, at_s in (("a", 100.0), ("b", 300.0), ("c", 200.0), ("d", 400.0)):
        entry(tmp_path, name, 10, at_s)
    prune(tmp_path, 25, 0.0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "d"]


def test_files_of_another_season_go(tmp_path: Path, libraries: object) -> None:
    from training.compile_cache import prune

    for name, at_s in (("a", 100.0), ("b", 300.0)):
        entry(tmp_path, name, 10, at_s)
    prune(tmp_path, 1000, 200.0)
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    prune(tmp_path / "none", 1000, 200.0)


@pytest.mark.slow
def test_a_second_process_finds_what_the_first_one_compiled(root: Path, tmp_path: Path) -> None:
    pytest.importorskip("jax")
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "KERAS_BACKEND": "jax"}
    told = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", PROCESS], cwd=root, env=environment, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        told.append([int(word) for word in done.stdout.split()])
        assert "persistent compilation cache" not in done.stderr
    (_, first_misses), (hits, misses) = told
    assert first_misses > 0 and hits > 0 and misses == 0
