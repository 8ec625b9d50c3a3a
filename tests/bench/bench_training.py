"""Events learned from in a second: our many-to-many streams against the peers' notebook recipe, in one run.

    python tests/bench/bench_training.py

Both on the same Keras backend with 2 x 128 LSTM units and 5 mixture components, on the same made-up
performances. The peers' recipe: Keras LSTM layers on windows of 50 events, one target a window, batches
of 64, diagonal Gaussians. Ours: `training.fit`, with its packing, dequantisation and turns of the canvas, but
without its scoring of held-out performances, which the recipe's figures leave out as well. An event counts
once: as the target of a window, or as a target in a stream. Needs the `train` extra.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from mdn.columns import TOUCH
from training.backend import choose_backend
from training.corpus import Corpus
from training.recipe import Recipe

UNITS, MIXTURES, WINDOW, BATCH, DIMENSION = 128, 5, 50, 64, 3


def performances(n_performances: int, n_events: int) -> list[np.ndarray]:
    """Random walks of one finger; what they look like does not change the time."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(n_performances):
        place = np.clip(np.cumsum(rng.normal(0, 0.01, (n_events, 2)), axis=0) + 0.5, 0, 1)
        found.append(np.column_stack([place, np.full(n_events, 0.017), np.ones(n_events)]).astype("float32"))
    return found


def peers(found: list[np.ndarray], n_batches: int) -> float:
    """Events a second of the many-to-one recipe, compilation left out."""
    import keras

    import mdn

    windows = np.concatenate(
        [np.lib.stride_tricks.sliding_window_view(p[:, :3], WINDOW + 1, axis=0) for p in found]
    ).transpose(0, 2, 1)
    n = n_batches * BATCH
    windows = np.ascontiguousarray(windows[np.arange(n) % len(windows)])
    model = keras.Sequential(
        [
            keras.layers.Input((WINDOW, DIMENSION)),
            keras.layers.LSTM(UNITS, return_sequences=True),
            keras.layers.LSTM(UNITS),
            mdn.MDN(DIMENSION, MIXTURES),
        ]
    )
    model.compile(keras.optimizers.Adam(), loss=mdn.get_mixture_loss_func(DIMENSION, MIXTURES))
    model.fit(windows[:BATCH, :-1], windows[:BATCH, -1], batch_size=BATCH, verbose=0)
    start = time.perf_counter()
    model.fit(windows[:, :-1], windows[:, -1], batch_size=BATCH, verbose=0, shuffle=False)
    return n / (time.perf_counter() - start)


def ours(found: list[np.ndarray]) -> float:
    """Events a second of one epoch of `training.fit`, compilation and scoring left out."""
    from training.fit import _Run

    class Unscored(_Run):
        def _score(self, train: float) -> None:
            self.progress.epoch += 1

    recipe = Recipe(units=UNITS, mixtures=MIXTURES, epochs=10)
    corpus = Corpus(TOUCH, tuple(found))
    run = Unscored(corpus, Corpus(TOUCH, tuple(found[:1])), recipe, None, None)
    run.epoch()
    start = time.perf_counter()
    run.epoch()
    return sum(len(p) - 1 for p in found) / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--backend", help="Keras backend (default: the fastest installed)")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each, in turn (default: 3)")
    parser.add_argument("--events", type=int, default=32_000, help="events of ours in a round")
    parser.add_argument("--batches", type=int, default=60, help="batches of the peers' in a round")
    args = parser.parse_args()
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    choose_backend(args.backend)
    found = performances(max(args.events // 500, 1), 500)
    rows = [(peers(found, args.batches), ours(found)) for _ in range(args.rounds)]
    theirs, own = (sorted(side)[len(rows) // 2] for side in zip(*rows, strict=True))
    backend = os.environ["KERAS_BACKEND"]
    print(f"backend {backend}, 2 x {UNITS} units, {MIXTURES} components, median of {len(rows)}")
    print(f"peers, many-to-one, windows of {WINDOW}, batch {BATCH}: {theirs:9.0f} events/s")
    print(f"ours, many-to-many streams, 32 x 100:          {own:9.0f} events/s")
    print(f"ratio: {own / theirs:.1f} (to reach: 3)")


if __name__ == "__main__":
    main()
