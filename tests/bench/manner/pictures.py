"""A page of phrases with answers beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np

from tests.bench.manner.statistics import contacts

matplotlib.use("Agg")  # no window

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

GROUND, CANVAS, WORDS = "#0b0d10", "#13161b", "#9aa3ad"
PLAYER, GHOST = "#ff9d3c", "#4fd8c8"
CELL_INCHES = 1.7
STILL = 0.02  # a contact that stays within this is a dot, canvases


@dataclass(frozen=True)
class Row:
    """One phrase.

    Attributes:
        name: of its manner.
        phrase: `(n, 4)`.
        answers: from left to right, `(m, 4)` each.
    """

    name: str
    phrase: np.ndarray
    answers: Sequence[np.ndarray]


def draw_page(rows: Sequence[Row], headings: Sequence[str], path: Path) -> None:
    """Write `path` (PNG): the player's phrases in warm strokes on the left, each answer under its heading."""
    n = 1 + len(headings)
    size = (CELL_INCHES * n + 0.9, CELL_INCHES * len(rows) + 0.4)
    figure, axes = plt.subplots(len(rows), n, figsize=size, facecolor=GROUND, squeeze=False)
    for cells, row in zip(axes, rows, strict=True):
        for cell, events in zip(cells, [row.phrase, *row.answers], strict=True):
            _draw(cell, events, PLAYER if events is row.phrase else GHOST)
        cells[0].set_ylabel(row.name, color=WORDS, fontsize=9)
    for cell, heading in zip(axes[0], ["player", *headings], strict=True):
        cell.set_title(heading, color=WORDS, fontsize=9)
    figure.subplots_adjust(0.09, 0.01, 0.995, 0.965, 0.06, 0.06)
    figure.savefig(path, dpi=130, facecolor=GROUND)
    plt.close(figure)


def _draw(cell: Axes, events: np.ndarray, colour: str) -> None:
    cell.set(xlim=(0, 1), ylim=(1, 0), xticks=[], yticks=[], facecolor=CANVAS, aspect="equal")
    for spine in cell.spines.values():
        spine.set_visible(False)
    dots = []
    for contact in contacts(events):
        places = contact[:, :2]
        if len(places) < 3 or np.ptp(places, axis=0).max() < STILL:
            dots.append(places.mean(axis=0))
        else:
            cell.plot(*places.T, color=colour, linewidth=3.2, alpha=0.12, solid_capstyle="round")
            cell.plot(*places.T, color=colour, linewidth=1.1, alpha=0.85, solid_capstyle="round")
    if dots:
        x, y = np.array(dots).T
        cell.scatter(x, y, s=42, color=colour, alpha=0.15, linewidths=0)
        cell.scatter(x, y, s=11, color=colour, alpha=0.9, linewidths=0)
