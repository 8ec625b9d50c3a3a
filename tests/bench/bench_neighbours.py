"""How near to what a model learned from its held-out part lies: what a score on it is worth.

    python tests/bench/bench_neighbours.py TRAIN HELD_OUT [--box 109] [--events 20]
    python tests/bench/bench_neighbours.py LOGS --fold 3/5

`--fold 3/5` holds out the third of every five performances of one file. Of everything held out the distance
to the nearest in the training part, root mean square:

- drawings: whole ones, each as 64 points at equal length along its lines in the order they were drawn, both
  moved to one centre; in sides of the box, so that 0.01 is 1 of 109 units. A stroke more shifts all that
  follow, so there is a second figure, whatever the order: the lines that two drawings have in common, which
  is how much of either lies within a square of a fortieth of the box of the other's, or beside one;
- touches: their first 20 events, x and y, in sides of the canvas; shorter ones are left out;
- knobs: every window of 20 events that do not overlap, of the first 512, to any window of a training log; in
  turns of a knob, over those that either window turns, since most rest;
- notes: every window of 20 notes that do not overlap, of the first 512, to any window of a training line,
  both moved to one mean pitch, because songs are learned in all keys; in semitones. Not their rhythm.

Beside it the same from training performances to the others: a held-out part as far off as that is as new to
the model as one training performance is to the rest. Knobs are compared with those of other logs,
notes with those of other lines.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from mdn.columns import Kind
from models.strokes import DRAW
from training.corpus import Corpus
from training.recordings import gather
from training.scoring import SCORED_EVENTS

POINTS = 64  # of a drawing
COMPARED = 1_000  # training performances, spread over the corpus, that are compared with the others
ROWS = 64  # in one go
SQUARES, SQUARE = 48, 1 / 40  # along each side of the paper, and of the box
OUTLINE = 128  # points
COMMON = (0.9, 0.95, 0.99)
NEAR = (0.01, 0.02, 0.05)
SHARES = (0.02, 0.1, 0.5, 0.9)


def path_of(drawing: np.ndarray, points: int = POINTS) -> np.ndarray:
    """`drawing` `(n, 3)` as places at equal length along its lines, around their mean, `(points, 2)`."""
    places = np.cumsum(drawing[:, :2], axis=0, dtype="float64")
    drawn = np.hypot(*np.diff(places, axis=0).T) * (drawing[:-1, 2] == DRAW)
    # A little for every step: what is lifted has no length, and places along it have to rise.
    along = np.concatenate([[0.0], np.cumsum(drawn + 1e-9 * (1.0 + drawn.sum()))])
    wanted = np.linspace(0.0, along[-1], points)
    path = np.stack([np.interp(wanted, along, places[:, i]) for i in (0, 1)], axis=1)
    return np.asarray(path - path.mean(axis=0))


def squares(drawings: Sequence[np.ndarray], box: float) -> tuple[np.ndarray, np.ndarray]:
    """Where the lines of `drawings` are, around the middle of each, float32 `(n, squares)`.

    Returns:
        Share of the lines in each square of the paper; and 1 in squares with lines and beside them, else 0.
    """
    shares = np.zeros((len(drawings), SQUARES, SQUARES), "float32")
    for share, drawing in zip(shares, drawings, strict=True):
        path = path_of(drawing, OUTLINE) / box
        path -= (path.min(axis=0) + path.max(axis=0)) / 2.0
        at = np.clip(np.floor(path / SQUARE).astype(int) + SQUARES // 2, 0, SQUARES - 1)
        np.add.at(share, tuple(at.T), 1.0 / OUTLINE)
    around = np.pad(shares > 0.0, ((0, 0), (1, 1), (1, 1)))
    views = np.lib.stride_tricks.sliding_window_view(around, (3, 3), axis=(1, 2))
    is_near = views.any(axis=(3, 4)).astype("float32")
    return shares.reshape(len(drawings), -1), is_near.reshape(len(drawings), -1)


def most_in_common(
    held: Sequence[np.ndarray], train: Sequence[np.ndarray], box: float, own: np.ndarray | None = None
) -> np.ndarray:
    """Of each drawing of `held` the lines it has in common with the one of `train` with most, 0 to 1.

    Args:
        held, train: drawings.
        box: side of their square.
        own: rows of `train` that the drawings of `held` are, and that do not count.
    """
    shares, is_near = squares(train, box)
    found = []
    for start in range(0, len(held), ROWS):
        a, a_near = squares(held[start : start + ROWS], box)
        common = np.minimum(a @ is_near.T, a_near @ shares.T)
        if own is not None:
            common[np.arange(len(a)), own[start : start + ROWS]] = 0.0
        found.append(common.max(axis=1))
    return np.concatenate(found)


def windows(values: np.ndarray, n: int, step: int) -> np.ndarray:
    """Windows of `n` rows of `values` `(n_events, knobs)`, every `step` rows: `(windows, n, knobs)`."""
    if len(values) < n:
        return np.zeros((0, n, values.shape[1]))
    found = np.lib.stride_tricks.sliding_window_view(values.astype("float64"), n, axis=0)[::step]
    return found.swapaxes(1, 2)


def nearest(
    held: np.ndarray, train: np.ndarray, excluded: Callable[[int], np.ndarray] | None = None
) -> np.ndarray:
    """Root of the mean over points of the squared distance to the nearest of `train`, `(len(held),)`.

    Args:
        held, train: `(n, points, dimensions)`.
        excluded: of a row of `held`, which rows of `train` do not count.
    """
    a, b = held.reshape(len(held), -1), train.reshape(len(train), -1)
    b2, found = (b**2).sum(axis=1), np.empty(len(a))
    for start in range(0, len(a), ROWS):
        rows = a[start : start + ROWS]
        squared = b2 - 2.0 * rows @ b.T  # short of what is the same for all of a row
        if excluded is not None:
            for row in range(len(rows)):
                squared[row, excluded(start + row)] = np.inf
        # Again for the nearest alone: the difference of squares has no digits left of a small distance.
        found[start : start + ROWS] = ((rows - b[squared.argmin(axis=1)]) ** 2).sum(axis=1)
    return np.sqrt(found / held.shape[1])


def nearest_turned(held: np.ndarray, train: np.ndarray, logs: np.ndarray, own: np.ndarray) -> np.ndarray:
    """As `nearest`, of windows of knobs: the mean is over events and over knobs that either window turns.

    A window in which no knob moves is near to every other one like it, so those of `held` are left out.

    Args:
        held, train: `(n, events, knobs)`.
        logs: which log each window of `train` is of, `(len(train),)`.
        own: which log each window of `held` is of, whose own windows do not count; -1 for none.
    """
    is_turned = np.ptp(held, axis=1) > 0.0
    held, is_turned, own = (each[is_turned.any(axis=1)] for each in (held, is_turned, own))
    theirs, found = np.ptp(train, axis=1) > 0.0, np.empty(len(held))
    for start in range(0, len(held), ROWS):
        rows, turned = held[start : start + ROWS], is_turned[start : start + ROWS]
        counted = turned[:, None] | theirs  # (rows, train, knobs)
        total = np.zeros(counted.shape[:2])
        for knob in range(held.shape[2]):
            a, b = rows[..., knob], train[..., knob]
            total += counted[..., knob] * ((a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2.0 * a @ b.T)
        mean = total / counted.sum(axis=2)
        mean[own[start : start + ROWS, None] == logs] = np.inf
        for row, near in enumerate(mean.argmin(axis=1)):  # again, as in `nearest`
            found[start + row] = ((rows[row] - train[near]) ** 2)[:, counted[row, near]].mean()
    return np.sqrt(found)


def told(name: str, distances: np.ndarray) -> str:
    quantiles = ", ".join(
        f"{share:.0%} within {distance:.4f}"
        for share, distance in zip(SHARES, np.quantile(distances, SHARES), strict=True)
    )
    near = ", ".join(f"{np.mean(distances <= limit):.1%} within {limit:g}" for limit in NEAR)
    return f"{name}: nearest {distances.min():.4f}; {quantiles}; {near}"


def told_common(name: str, common: np.ndarray) -> str:
    near = ", ".join(f"{np.mean(common >= limit):.1%} have {limit:g}" for limit in COMMON)
    return f"{name}: lines in common with the likest: half {np.median(common):.3f}; {near} and more"


def compare_knobs(train: Corpus, held: Corpus, n: int) -> list[str]:
    """Lines on windows of `n` events."""
    at = [i for i, column in enumerate(train.columns) if column.kind is Kind.VALUE]

    def cut(corpus: Corpus, step: int, most: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        each = [windows(p[:most, at], n, step) for p in corpus.performances]
        return np.concatenate(each), np.repeat(np.arange(len(each)), [len(w) for w in each])

    all_, logs = cut(train, 1)
    held_windows, of = cut(held, n, SCORED_EVENTS)
    known, known_logs = cut(train, n, SCORED_EVENTS)
    chosen = spread(len(known))
    apart = nearest_turned(held_windows, all_, logs, np.full(len(of), -1))
    among = nearest_turned(known[chosen], all_, logs, known_logs[chosen])
    return [
        told(f"{len(apart)} held-out windows of {n} events", apart),
        told(f"{len(among)} training windows, to other logs", among),
    ]


def compare_notes(train: Corpus, held: Corpus, n: int) -> list[str]:
    """Lines on windows of `n` notes."""
    at = [i for i, column in enumerate(train.columns) if column.kind is Kind.PITCH]

    def cut(corpus: Corpus, step: int, most: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        each = [windows(p[:most, at], n, step) for p in corpus.performances]
        all_ = np.concatenate(each)
        return all_ - all_.mean(axis=1, keepdims=True), np.repeat(
            np.arange(len(each)), [len(w) for w in each]
        )

    learned, lines = cut(train, 1)
    held_windows, _ = cut(held, n, SCORED_EVENTS)
    known, known_lines = cut(train, n, SCORED_EVENTS)
    held_windows = held_windows[spread(len(held_windows))]
    chosen = spread(len(known))
    apart = nearest(held_windows, learned)
    among = nearest(known[chosen], learned, lambda row: lines == known_lines[chosen[row]])
    return [
        told(f"{len(apart)} held-out windows of {n} notes", apart),
        told(f"{len(among)} training windows, to other lines", among),
    ]


def compare(train: Corpus, held: Corpus, n: int) -> list[str]:
    """Lines on whole drawings, or on the first `n` events of touches."""
    if train.drawing is not None:
        what, side = "drawings", train.drawing.box
        a, b = (np.stack([path_of(d) for d in each.performances]) / side for each in (held, train))
    else:
        what = f"performances, their first {n} events"
        at = [i for i, column in enumerate(train.columns) if column.kind is Kind.POSITION]
        a, b = (
            np.stack([p[:n, at] for p in each.performances if len(p) >= n]).astype("float64")
            for each in (held, train)
        )
    chosen = spread(len(b))
    among = nearest(b[chosen], b, lambda row: chosen[row : row + 1])
    names = f"{len(a)} held-out {what}", f"{len(chosen)} training {what}, to the other {len(b) - 1}"
    lines = [told(names[0], nearest(a, b)), told(names[1], among)]
    if train.drawing is not None:
        learned, box = train.performances, train.drawing.box
        lines.append(told_common(names[0], most_in_common(held.performances, learned, box)))
        some = [learned[i] for i in chosen]
        lines.append(told_common(names[1], most_in_common(some, learned, box, chosen)))
    return lines


def spread(count: int) -> np.ndarray:
    """Rows of at most `COMPARED` of `count`, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, COMPARED)).astype(int))


def split(corpus: Corpus, fold: str) -> tuple[Corpus, Corpus]:
    """Training and held-out part for a fold as "3/5"."""
    index, folds = map(int, fold.split("/"))
    count = len(corpus.performances)
    held = range(index - 1, count, folds)
    return corpus.part([i for i in range(count) if i not in held]), corpus.part(held)


def report(train: Corpus, held: Corpus, n: int) -> Sequence[str]:
    kinds = {column.kind for column in train.columns}
    if Kind.PITCH in kinds:
        return compare_notes(train, held, n)
    return compare_knobs(train, held, n) if Kind.VALUE in kinds else compare(train, held, n)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("held_out", type=Path, nargs="?")
    parser.add_argument("--fold", help="instead of HELD_OUT: which performances of TRAIN are, as 3/5")
    parser.add_argument("--box", type=float, help="side of the square of drawings; measured without it")
    parser.add_argument("--events", type=int, default=20)
    args = parser.parse_args()
    if (args.held_out is None) == (args.fold is None):
        parser.error("expected HELD_OUT or --fold")
    train = gather([args.train], box=args.box)[0]
    if args.fold:
        train, held = split(train, args.fold)
    else:
        held = gather([args.held_out], box=args.box, part="valid")[0]
    print("\n".join(report(train, held, args.events)))


if __name__ == "__main__":
    main()
