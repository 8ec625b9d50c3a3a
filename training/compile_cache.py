"""Compiled steps of training that are kept from one process to the next, where the backend can: JAX.

A step of the touch model takes ten seconds to compile and one to read. Same shapes, sizes and schedule give
the same entry, so runs of fixed shapes find it however much was played.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import keras
from platformdirs import user_cache_path

MOST_BYTES = 256 << 20
OLDEST_S = 30 * 24 * 3600.0  # an entry that a kill left half written is read in vain until it goes


def keep_compiled() -> None:
    """From here on, find compiled steps in the user's cache folder, and put new ones there."""
    if keras.backend.backend() != "jax":
        return
    import jax

    folder = user_cache_path("ghostjam", appauthor=False) / "compiled"
    prune(folder, MOST_BYTES, time.time() - OLDEST_S)
    for name, value in (
        ("jax_compilation_cache_dir", str(folder)),
        ("jax_persistent_cache_min_compile_time_secs", 0.0),
        ("jax_persistent_cache_min_entry_size_bytes", -1),
    ):
        jax.config.update(name, value)  # type: ignore[no-untyped-call]


def prune(folder: Path, most_bytes: int, oldest_s: float) -> None:
    """Remove files of `folder`: those written before `oldest_s`, and the oldest beyond `most_bytes` in all.

    JAX would keep to a size by itself, but keeps nothing at all then unless filelock is installed.
    """
    with contextlib.suppress(OSError):  # there is none yet, or another process removes as well
        sizes = {path: path.stat() for path in folder.iterdir() if path.is_file()}
        left = most_bytes
        for path, found in sorted(sizes.items(), key=lambda each: -each[1].st_mtime):
            left -= found.st_size
            if left < 0 or found.st_mtime < oldest_s:
                path.unlink(missing_ok=True)
