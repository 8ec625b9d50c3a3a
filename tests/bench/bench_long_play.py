"""Whether a touch model plays on as well late as early, and after somebody else's playing.

    python tests/bench/bench_long_play.py TOUCH-VALID.npz [--model touch] [--performances 90]

`joined`: nats an event over (x, y, dt) of held-out performances that each follow another one after a silence,
as in `training.joining`; beside them those of the same events heard from the beginning of their own
performance. `continued`: what the model plays on by itself, without a guide, after each performance: events
and contacts a second and the deviations of x and y, in the first 5 s and from 20 to 30 s. The same arguments
give the same figures. Needs the `train` extra.
"""

from __future__ import annotations

import argparse
import sys
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from app.ghost import Ghost
from models.lookup import find_model
from training.corpus import Corpus, read_corpus
from training.joining import join
from training.scoring import prepare
from training.scoring_runtime import open_for_scoring

WINDOWS_S = ((0.0, 5.0), (20.0, 30.0))
GROUP = "x,y,dt"


def joined(model: str, corpus: Corpus) -> tuple[float, float]:
    """Nats an event of every performance but the first: after the one before it, and by itself."""
    opened = open_for_scoring(find_model(model))
    performances = [np.concatenate(parts) for parts in prepare(corpus, opened.manifest.densities)]
    rng, after, alone = np.random.default_rng(0), [], []
    for pair in pairwise(performances):
        ((before, following),) = join(pair, corpus.columns, 1.0, rng)
        heard = opened.log_densities(np.concatenate([before, following]))[GROUP]
        after.append(-heard[len(before) :])  # its first event is not scored
        alone.append(-opened.log_densities(following)[GROUP])
    return float(np.concatenate(after).mean()), float(np.concatenate(alone).mean())


def continued(model: str, corpus: Corpus, most: int) -> dict[tuple[float, float], np.ndarray]:
    """Events and contacts a second, and deviations of x and y, `(4,)` for each window."""
    found: dict[tuple[float, float], list[list[float]]] = {window: [] for window in WINDOWS_S}
    for seed, performance in enumerate(corpus.performances[:most]):
        ghost = Ghost.load(model, seed=seed)
        ghost.feed(performance)
        events = ghost.generate(seconds=WINDOWS_S[-1][1])
        times_s = np.cumsum(events[:, 2])
        for (start_s, end_s), figures in found.items():
            part = events[(times_s >= start_s) & (times_s < end_s)]
            contacts = float((part[:, 3] < 0.5).sum())
            deviations = part[:, :2].std(axis=0).tolist() if len(part) else [0.0, 0.0]
            figures.append([len(part) / (end_s - start_s), contacts / (end_s - start_s), *deviations])
    return {window: np.mean(figures, axis=0) for window, figures in found.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default="touch")
    parser.add_argument("--performances", type=int, default=90)
    options = parser.parse_args()
    corpus = read_corpus(options.data)
    after, alone = joined(options.model, corpus)
    print(f"joined: {after:.3f} nats an event, {alone:.3f} from the beginning of their own performance")
    for (start_s, end_s), figures in continued(options.model, corpus, options.performances).items():
        events, contacts, x, y = figures
        print(
            f"continued, {start_s:g} to {end_s:g} s: {events:.1f} events and {contacts:.2f} contacts a"
            f" second, deviations {x:.2f} and {y:.2f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
