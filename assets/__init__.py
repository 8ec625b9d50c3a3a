"""Files the app comes with: example performances, instruments, palettes, rigs. All made for this project."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
EXAMPLE_PERFORMANCE = FOLDER / "performances" / "example.csv"
RIGS = FOLDER / "rigs"
