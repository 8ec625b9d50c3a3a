"""Archives that were made to fill a machine: refused in one line before they are unpacked."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from app.sketch.opening import open_drawing
from models.formats.base import PerformanceError
from models.formats.npz import MOST_BYTES, Npz
from models.manifest import Scale
from models.performance import read_performance
from training.corpus import CorpusError
from training.recordings import gather


def bomb(path: Path, *names: str) -> Path:
    """An `.npz` of some 100 KB a member whose arrays take 300 MB each: zeros pack well."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in names:
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array_header_1_0(
                    file, {"descr": "<f4", "fortran_order": False, "shape": (25_000_000, 3)}
                )
                for _ in range(300):
                    file.write(bytes(1_000_000))
    return path


def test_an_archive_that_unpacks_to_more_than_is_meant_is_refused_at_every_door(tmp_path: Path) -> None:
    path = bomb(tmp_path / "bomb.npz", "values", "offsets")
    assert path.stat().st_size < MOST_BYTES / 100
    expected = r"bomb\.npz: arrays: expected at most 1000 that take 512 MiB unpacked, got 2 of 572 MiB\."
    tracemalloc.start()
    try:
        with pytest.raises(PerformanceError, match=expected):
            read_performance(path)
        with pytest.raises(PerformanceError, match=expected):
            open_drawing(path, Scale(109.0, 1.0, 250, (0.0, 0.0)))
        with pytest.raises(CorpusError, match=r"bomb\.npz: .*512 MiB unpacked, got 2 of 572 MiB\."):
            gather([path])
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()


def test_an_array_that_says_it_is_larger_than_it_is_is_not_made(tmp_path: Path) -> None:
    packed = io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": (10**9, 3)}
    np.lib.format.write_array_header_1_0(packed, header)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("values.npy", packed.getvalue())
    tracemalloc.start()
    try:
        with (
            Npz(tmp_path / "a.npz") as npz,
            pytest.raises(PerformanceError, match="expected 24000000000 bytes"),
        ):
            npz.array("values")
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
