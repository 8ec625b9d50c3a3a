"""Compiled steps of training that are kept from one process to the next, where the backend can: JAX.

A step of the touch model takes ten seconds to compile and one to read. Same shapes, sizes and schedule give
the same entry, so runs of fixed shapes find it however much was played.
"""

from __future__ import annotations

import keras
from platformdirs import user_cache_path

MOST_BYTES = 256 << 20


def keep_compiled() -> None:
    """From here on, find compiled steps in the user's cache folder, and put new ones there."""
    if keras.backend.backend() != "jax":
        return
    import jax

    folder = user_cache_path("ghostjam", appauthor=False) / "compiled"
    for name, value in (
        ("jax_compilation_cache_dir", str(folder)),
        ("jax_compilation_cache_max_size", MOST_BYTES),
        ("jax_persistent_cache_min_compile_time_secs", 0.0),
        ("jax_persistent_cache_min_entry_size_bytes", -1),
    ):
        jax.config.update(name, value)  # type: ignore[no-untyped-call]
