"""A page of phrases with answers beside them: where they were played, and under that, when."""

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
APART = 0.12  # of a cell, between the player and the answers
STILL = 0.02  # a contact that stays within this is a dot, canvases
TIME_FROM, TIME_TO = 1.03, 1.11  # the line of the times, below the canvas; canvases
TAP_S = 0.05  # what is drawn of a contact that is shorter


@dataclass(frozen=True)
class Row:
    """One phrase.

    Attributes:
        name: of its manner.
        phrase: `(n, 4)`.
        answers: from left to right, `(m, 4)` each.
        seconds: how long the line of the times is, of the phrase and of each answer.
    """

    name: str
    phrase: np.ndarray
    answers: Sequence[np.ndarray]
    seconds: float


def draw_page(rows: Sequence[Row], headings: Sequence[str], path: Path) -> None:
    """Write `path` (PNG): the player's phrases in warm strokes on the left, each answer under its heading."""
    n = 1 + len(headings)
    size = (CELL_INCHES * (n + APART) + 0.9, CELL_INCHES * TIME_TO * len(rows) + 0.4)
    figure, axes = plt.subplots(
        len(rows),
        n + 1,
        figsize=size,
        facecolor=GROUND,
        squeeze=False,
        gridspec_kw={"width_ratios": [1.0, APART, *(1.0 for _ in headings)]},
    )
    for (first, between, *others), row in zip(axes, rows, strict=True):
        between.set_visible(False)
        for cell, events in zip([first, *others], [row.phrase, *row.answers], strict=True):
            _draw(cell, events, row.seconds, PLAYER if cell is first else GHOST)
        first.set_ylabel(row.name.replace(" ", "\n"), color=WORDS, fontsize=10, rotation=0, ha="right")
    for cell, heading in zip(np.delete(axes[0], 1), ["player", *headings], strict=True):
        cell.set_title(heading, color=PLAYER if cell is axes[0, 0] else GHOST, fontsize=10)
    figure.subplots_adjust(0.09, 0.005, 0.995, 0.968, 0.06, 0.06)
    figure.savefig(path, dpi=130, facecolor=GROUND)
    plt.close(figure)


def _draw(cell: Axes, events: np.ndarray, seconds: float, colour: str) -> None:
    cell.set(xlim=(0, 1), ylim=(TIME_TO, 0), xticks=[], yticks=[], facecolor=GROUND, aspect="equal")
    cell.axhspan(0, 1, color=CANVAS, linewidth=0)
    for spine in cell.spines.values():
        spine.set_visible(False)
    dots = []
    for contact in contacts(events):
        places = contact[:, :2]
        if len(places) < 3 or np.ptp(places, axis=0).max() < STILL:
            dots.append(places.mean(axis=0))
        else:
            cell.plot(*places.T, color=colour, linewidth=3.4, alpha=0.14, solid_capstyle="round")
            cell.plot(*places.T, color=colour, linewidth=1.2, alpha=0.9, solid_capstyle="round")
    if dots:
        x, y = np.array(dots).T
        cell.scatter(x, y, s=46, color=colour, alpha=0.16, linewidths=0)
        cell.scatter(x, y, s=12, color=colour, alpha=0.95, linewidths=0)
    _draw_times(cell, events, seconds, colour)


def _draw_times(cell: Axes, events: np.ndarray, seconds: float, colour: str) -> None:
    """When a finger was down, from left to right: a tap is a tick, a stroke a bar."""
    cell.fill_between([0, 1], TIME_FROM, TIME_TO - 0.02, color=CANVAS, linewidth=0)
    start_s = 0.0
    bars = []
    for contact in contacts(events):
        start_s += float(contact[0, 2])
        lasted_s = float(contact[1:, 2].sum())
        bars.append((start_s / seconds, max(lasted_s, TAP_S) / seconds))
        start_s += lasted_s
    cell.broken_barh(bars, (TIME_FROM, TIME_TO - 0.02 - TIME_FROM), color=colour, alpha=0.75, linewidth=0)
