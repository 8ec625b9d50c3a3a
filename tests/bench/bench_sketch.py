"""How fast and how well a sketch model draws, with what is aimed at beside it.

    python tests/bench/bench_sketch.py --corpus kanji-train.npz [--model kanji] [--drawings 500] [--seed 1]
        [--once]

The corpus is a flat `.npz` (`values` of dx, dy, pen_lifted; `offsets`; `columns`), whose drawings the free
ones are compared with. A distance is that of Kolmogorov and Smirnov: the largest difference between two
cumulative distributions, 0 to 1; the column beside it is that of as many drawings of the corpus itself
from the rest of it, which is what chance alone gives. A free drawing that does not fill the
frame it took from the corpus is drawn again, so its proportions follow the corpus' by that too; with --once
it is not, and the distances are those of the bare model.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

import app.sketch.sketcher
from app.ghost import Ghost
from app.sketch.sketcher import Sketcher
from models.strokes import to_strokes
from training.statistics import ks_distance

FANS, GALLERIES = 300, 7
N_FUTURES, FUTURE_POINTS = 32, 16
STATISTICS = ("strokes of a drawing", "length of a stroke", "width and height")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--model", default="kanji")
    parser.add_argument("--drawings", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--once", action="store_true")
    args = parser.parse_args()
    if args.once:
        app.sketch.sketcher.AGAIN = 1
    sketcher = Sketcher(Ghost.load(args.model, seed=args.seed))
    sketcher.pi_temperature = sketcher.sigma_temperature = 1.0

    print(f"{'what':<44}{'reached':>14}{'aimed at':>14}")
    fans = fan_ms(sketcher)
    line(f"fan of {N_FUTURES} x {FUTURE_POINTS}, ms, p50", f"{np.median(fans):.2f}", "5")
    line(f"fan of {N_FUTURES} x {FUTURE_POINTS}, ms, p99", f"{np.percentile(fans, 99):.2f}", "5")
    for suffix in ("svg", "png", "gif"):
        took = gallery_s(args.model, suffix)
        line(f"gallery of 36 .{suffix} with start, s, median", f"{np.median(took):.2f}", "2")
        line(f"gallery of 36 .{suffix} with start, s, most", f"{max(took):.2f}", "2")

    drawn = [sketcher.free() for _ in range(args.drawings)]
    ends = Counter(str(one.end) for one in drawn)
    line(f"ended by END, of {len(drawn)}", f"{100 * ends['end'] / len(drawn):.1f} %", "95 %")
    print(f"  {dict(ends)}")
    corpus = corpus_drawings(args.corpus)
    order = np.random.default_rng(args.seed).permutation(len(corpus))
    part = min(len(drawn), len(corpus) // 2)
    free, real = measured(one.points for one in drawn), measured(corpus)
    some, rest = (measured(corpus[i] for i in which) for which in (order[:part], order[part:]))
    for name, *given in zip(STATISTICS, free, real, some, rest, strict=True):
        a, b, c, d = given
        reached = f"{ks_distance(a, b):.3f} ({ks_distance(c, d):.3f})"
        line(f"KS distance of {name} (by chance)", reached, "0.06")
        print(f"  median {np.median(a):.2f}, of the corpus {np.median(b):.2f}")
    return 0


def line(what: str, reached: str, aim: str) -> None:
    print(f"{what:<44}{reached:>14}{aim:>14}", flush=True)


def fan_ms(sketcher: Sketcher) -> list[float]:
    """Milliseconds of every fan, each after a point more of a drawing."""
    took: list[float] = []
    while len(took) < FANS:
        sketcher.reset()
        while sketcher.end is None and len(took) < FANS:
            sketcher.step(1)
            start = time.perf_counter()
            sketcher.fan(N_FUTURES, FUTURE_POINTS)
            if sketcher.end is None:
                took.append(1000 * (time.perf_counter() - start))
    return took[FANS // 20 :]  # the first ones warm up


def gallery_s(model: str, suffix: str) -> list[float]:
    """Wall time of `ghostjam draw --gallery 36` in fresh processes."""
    took = []
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "app", "draw", "--model", model, "--gallery", "36"]
        for seed in range(GALLERIES):
            out = str(Path(folder) / f"page.{suffix}")
            start = time.perf_counter()
            subprocess.run([*command, "--seed", str(seed), "--out", out], check=True, capture_output=True)
            took.append(time.perf_counter() - start)
    return took


def corpus_drawings(path: Path) -> list[np.ndarray]:
    """The drawings of a flat corpus, as points."""
    with np.load(path, allow_pickle=False) as archive:
        values, offsets = archive["values"], archive["offsets"]
    return [values[a:b] for a, b in pairwise(offsets)]


def measured(drawings: Iterable[np.ndarray]) -> Sequence[np.ndarray]:
    """Strokes of each drawing, length of each stroke, and the share of the width in width and height."""
    counts, lengths, shapes = [], [], []
    for points in drawings:
        strokes = to_strokes(points)
        if not strokes:
            continue
        counts.append(len(strokes))
        lengths += [float(np.hypot(*np.diff(stroke, axis=0).T).sum()) for stroke in strokes]
        width, height = np.ptp(np.concatenate(strokes), axis=0)
        shapes.append(width / max(width + height, 1e-9))  # as the aspect ratio, and finite
    return np.array(counts), np.array(lengths), np.array(shapes)


if __name__ == "__main__":
    sys.exit(main())
