"""Pictures of a training run: how the score fell, and sampled performances beside real ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")  # files only: no window, and none is needed

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection

from mdn.columns import Column, Kind, of_kind
from training.checkpoint import Progress
from training.corpus import Corpus
from training.scoring import dequantised
from training.scoring_runtime import Opened

N_PAIRS = 8
MOST_SECONDS = 20.0  # of a performance on the page
INCHES = 2.0  # a canvas on the page


def draw_curve(progress: Progress, path: Path) -> None:
    """Nats per event of every epoch, on what was learned from and on what was held out; a PNG at `path`."""
    epochs, train, valid = ([row[key] for row in progress.history] for key in ("epoch", "train", "valid"))
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    axes.plot(epochs, train, ".-", color="#8a8a8a", label="learned from (with dropout and augmentation)")
    axes.plot(epochs, valid, ".-", color="#d9822b", label="held out (averaged weights)")
    axes.axvline(progress.best_epoch, color="#2b7fd9", lw=1, label=f"best: epoch {progress.best_epoch}")
    axes.set(xlabel="epoch", ylabel="nats per event (lower is better)")
    axes.grid(alpha=0.3)
    axes.legend()
    _save(figure, path)


def draw_performances(model: Path, real: Corpus, path: Path, *, seed: int = 1) -> None:
    """A page of real performances, and under each one that the model sampled; a PNG at `path`.

    A sampled performance begins with the first event of the real one above it and lasts as long, at most
    20 seconds; a sampled drawing is the model's own.

    Args:
        model: the model file.
        real: performances with the model's columns. The first eight are drawn; fewer are drawn again, to
            show several samples of each.
        path: where to write.
        seed: of the sampling.
    """
    opened, rng = Opened(model), np.random.default_rng(seed)
    if real.drawing is not None:
        _draw_page(
            [real.performances[i % len(real.performances)] for i in range(N_PAIRS)],
            [opened.draw(rng) for _ in range(N_PAIRS)],
            f"{opened.manifest.name}: real drawings, and sampled ones",
            path,
            _draw_strokes,
        )
        return
    dt = of_kind(real.columns, Kind.SECONDS)[0]
    chosen = dequantised(real, opened.manifest.densities)[:N_PAIRS]
    performances = [_first(chosen[i % len(chosen)], dt) for i in range(N_PAIRS)]
    _draw_page(
        performances,
        [opened.perform(p[0], float(p[1:, dt].sum()), rng) for p in performances],
        f"{opened.manifest.name}: real performances, and sampled ones from the same first event",
        path,
        lambda axes, performance: _draw(axes, performance, real.columns, dt),
    )


def _draw_page(
    real: Sequence[np.ndarray],
    sampled: Sequence[np.ndarray],
    title: str,
    path: Path,
    draw: Callable[[Any, np.ndarray], None],
) -> None:
    size = (INCHES * N_PAIRS, 2 * INCHES + 0.6)
    figure, grid = plt.subplots(2, N_PAIRS, figsize=size, layout="constrained")
    for row, (name, group) in enumerate((("real", real), ("sampled", sampled))):
        for axes, performance in zip(grid[row], group, strict=True):
            draw(axes, performance)
        grid[row, 0].set_ylabel(name)
    figure.suptitle(title)
    _save(figure, path)


def _draw_strokes(axes: Any, drawing: np.ndarray) -> None:
    axes.set(xticks=[], yticks=[], aspect="equal")
    axes.invert_yaxis()
    points = np.cumsum(drawing[:, :2], axis=0)
    for stroke in np.split(points, np.flatnonzero(drawing[:-1, 2] >= 1.0) + 1):
        axes.plot(*stroke.T, color="#222222", lw=1.5, solid_capstyle="round")


def _first(performance: np.ndarray, dt: int) -> np.ndarray:
    """The part of a performance that fits on the page."""
    after = np.cumsum(performance[1:, dt], dtype="float64")
    return performance[: 1 + int(np.searchsorted(after, MOST_SECONDS, side="right"))]


def _draw(axes: Any, performance: np.ndarray, columns: tuple[Column, ...], dt: int) -> None:
    time_s = np.concatenate([[0.0], np.cumsum(performance[1:, dt], dtype="float64")])
    axes.set(xticks=[], yticks=[])
    if any(c.kind is Kind.PITCH for c in columns):
        loudness = performance[:, 3] / 127.0
        axes.hlines(performance[:, 1], time_s, time_s + performance[:, 2], alpha=loudness, color="#222222")
        axes.set(ylim=(21, 108), xlabel=f"{time_s[-1]:.1f} s")
        return
    place = of_kind(columns, Kind.POSITION)
    if not place:
        values = of_kind(columns, Kind.VALUE)
        axes.step(time_s, performance[:, values], where="post", lw=0.8)
        axes.set(ylim=(-0.02, 1.02), xlabel=f"{time_s[-1]:.1f} s")
        return
    points = performance[:, place]
    moving = performance[1:, of_kind(columns, Kind.FLAG)[0]] > 0.5
    lines = np.stack([points[:-1], points[1:]], axis=1)[moving]
    shade = time_s / max(time_s[-1], 1e-9)
    axes.add_collection(
        LineCollection(list(lines), array=shade[1:][moving], cmap="viridis", lw=1.0, clim=(0, 1))
    )
    starts = np.concatenate([[True], ~moving])
    axes.scatter(*points[starts].T, c=shade[starts], cmap="viridis", s=6, vmin=0, vmax=1)
    axes.set(xlim=(0, 1), ylim=(1, 0), aspect="equal", xlabel=f"{time_s[-1]:.1f} s")


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, dpi=120)
    plt.close(figure)
