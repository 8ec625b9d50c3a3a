"""The worked examples run as their first lines say, in small."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.train, pytest.mark.slow]


def said(root: Path, name: str, *arguments: object) -> str:
    command = [sys.executable, "-W", "ignore", "-m", f"training.examples.{name}", *map(str, arguments)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_multi_valued_function(root: Path, tmp_path: Path) -> None:
    picture = tmp_path / "sine.png"
    text = said(root, "multi_valued", "--points", 400, "--epochs", 40, "--out", picture)
    held_out, blind = (
        float(part.split()[0].rstrip(",")) for part in text.split("held out: ")[1].split("against ")
    )
    assert held_out < blind - 0.3, "it has learned something of where the branches are"
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_conversion_to_litert(root: Path) -> None:
    text = said(root, "litert_speed", "--steps", 3, "--repeats", 2)
    rows = [line for line in text.splitlines() if "largest difference" in line]
    assert [row.split("  ")[0].strip() for row in rows] == ["model.predict", "model(events)", "LiteRT"]
    assert max(float(row.rsplit(" ", 1)[1]) for row in rows) < 1e-5
    assert "nan" not in text
