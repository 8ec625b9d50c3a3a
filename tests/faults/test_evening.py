"""Four hours of playing: a million rows become a picture and a film in less than a gigabyte, and a sound."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.performance import TOUCH_COLUMNS, header, row, value_columns

MOST_BYTES = 10**9
# A peak begins with that of who started the process, and that may hold TensorFlow: so a small one does.
PEAK = """import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)  # its own peak, or that of the process that sounds
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)"""
N_ROWS = 1_000_000

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs what a process of this system has taken"),
]


@pytest.fixture(scope="module", params=["touches", "knobs"])
def evening(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A walk over the canvas with contacts of a second and a half, or eight knobs that wander."""
    rng, is_touch = np.random.default_rng(1), request.param == "touches"
    columns = TOUCH_COLUMNS if is_touch else value_columns(8)
    path = tmp_path_factory.mktemp("evening") / f"{request.param}.csv"
    place = np.full(len(columns), 0.5)
    with path.open("w", encoding="utf-8") as file:
        file.write(header(columns))
        for i, step in enumerate(rng.normal(0.0, 0.01, (N_ROWS, len(columns)))):
            place = np.clip(place + step, 0.0, 1.0)
            values = (*place[:2].tolist(), 1.0, float(i % 100 > 0)) if is_touch else place.tolist()
            file.write(row(i * 0.0144, "player", 0, values))
    return path


@pytest.mark.parametrize("suffix", ["png", "gif", "wav"])
def test_an_evening_is_rendered_in_bounded_memory(evening: Path, suffix: str) -> None:
    out = evening.with_suffix(f".{suffix}")
    if suffix == "wav":  # sounds twenty times as fast as it is played: a quarter of an hour shows as much
        lines = evening.read_text("utf-8").splitlines(keepends=True)[:60_000]
        evening = evening.with_name(f"part-{evening.name}")
        evening.write_text("".join(lines), "utf-8")
    command = [sys.executable, "-m", "app", "render", str(evening), "--out", str(out)]
    root = Path(__file__).parents[2]
    told = subprocess.check_output([sys.executable, "-c", PEAK, *command], cwd=root, text=True)
    code, peak_kb = map(int, told.split())
    assert code == 0 and out.stat().st_size > 10_000
    assert peak_kb * 1024 < MOST_BYTES
