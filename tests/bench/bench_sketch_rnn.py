"""Nats a point that sketch-rnn's own recipe reaches on a corpus of drawings, scored as our models are.

    python tests/bench/bench_sketch_rnn.py TRAIN VALID --epochs 30 [--model characters]

The decoder of Ha & Eck 2017 (arXiv:1704.03477, sections 3.2 and 4): one LSTM of 512 units, 20 bivariate
Gaussians, three pen states; offsets divided by their standard deviation, the pen one-hot, a start token;
recurrent dropout left out, which only slows it on few epochs; Adam from 1e-3 down to 1e-5 by a cosine,
gradients clipped at 1, batches of 100 drawings, stretched by up to 10 % either way as its code does. With
`--model` the file of ours is scored beside it, in the same run. Needs the `train` extra.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from training.backend import choose_backend
from training.corpus import Corpus
from training.dequantise import dequantise
from training.recordings import gather
from training.scoring import dequantised

UNITS, MIXTURES, BATCH, STRETCH = 512, 20, 100, 0.1


def batches(
    drawings: list[np.ndarray], deviation: float, rng: np.random.Generator | None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Inputs and targets, both `(100, T, 5)`, of drawings of like length; shuffled with `rng`, else in order.

    The targets' last three, the pen, are 0 where there is no point.
    """
    order = np.argsort([len(d) for d in drawings], kind="stable")
    parts = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    for i in rng.permutation(len(parts)) if rng is not None else range(len(parts)):
        chosen = [drawings[j] for j in parts[i]]
        # Few lengths, so few compilations; the last batch is filled with nothing.
        length = -(-max(map(len, chosen)) // 16) * 16
        targets = np.zeros((BATCH, length, 5), "float32")
        for row, drawing in enumerate(chosen):
            targets[row, : len(drawing), :2] = drawing[:, :2] / deviation
            targets[row, np.arange(len(drawing)), 2 + drawing[:, 2].astype(int)] = 1.0
        inputs = np.zeros_like(targets)
        inputs[:, 0, 2] = 1.0
        inputs[:, 1:] = targets[:, :-1]
        yield inputs, targets


def recipe(rate: Any) -> Any:
    """The network, compiled; its loss is the mean over points that exist, in its own unit."""
    import keras
    from keras import ops

    def nats(targets: Any, params: Any) -> Any:
        """Graves 2013 (arXiv:1308.0850), Eq. 24-25, and the pen; `(batch, time)`."""
        logits, mean_x, mean_y, raw_x, raw_y, raw_r = ops.split(params[..., : 6 * MIXTURES], 6, axis=-1)
        r = 0.999 * ops.tanh(raw_r)
        x, y = (targets[..., 0:1] - mean_x) * ops.exp(-raw_x), (targets[..., 1:2] - mean_y) * ops.exp(-raw_y)
        rest = 1.0 - ops.square(r)
        z = (ops.square(x) + ops.square(y) - 2.0 * r * x * y) / (2.0 * rest)
        joint = -z - raw_x - raw_y - 0.5 * ops.log(rest) - math.log(2.0 * math.pi)
        offset = ops.logsumexp(ops.log_softmax(logits) + joint, axis=-1)
        pen = ops.sum(targets[..., 2:] * ops.log_softmax(params[..., 6 * MIXTURES :]), axis=-1)
        return -ops.sum(targets[..., 2:], axis=-1) * offset - pen

    def loss(targets: Any, params: Any) -> Any:
        return ops.sum(nats(targets, params)) / ops.sum(targets[..., 2:])

    model = keras.Sequential(
        [
            keras.layers.Input((None, 5)),
            keras.layers.LSTM(UNITS, return_sequences=True),
            keras.layers.Dense(6 * MIXTURES + 3),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(rate, clipvalue=1.0), loss=loss)
    return model


def score(model: Any, valid: list[np.ndarray], deviation: float) -> float:
    """Nats a point over (dx, dy, pen), in the corpus' own unit."""
    total, count = 0.0, 0.0
    for inputs, targets in batches(valid, deviation, None):
        n = float(targets[..., 2:].sum())
        total, count = total + n * float(model.test_on_batch(inputs, targets)), count + n
    return total / count + 2.0 * math.log(deviation)


def in_file(corpus: Corpus, drawings: Sequence[np.ndarray]) -> list[np.ndarray]:
    """`drawings` of `corpus` without the points that stand in no file: the start token stands for these."""
    return [d[1:] if is_added else d for d, is_added in zip(drawings, corpus.has_added_start, strict=True)]


def train(corpus: Corpus, valid: list[np.ndarray], epochs: int) -> float:
    """The lowest score on `valid` of any epoch, each of them printed."""
    import keras

    deviation = float(np.concatenate([d[:, :2].ravel() for d in corpus.performances]).std())
    updates = epochs * -(-len(corpus.performances) // BATCH)
    model = recipe(keras.optimizers.schedules.CosineDecay(1e-3, updates, alpha=0.01))
    best = math.inf
    for epoch in range(epochs):
        start, rng = time.perf_counter(), np.random.default_rng((1, epoch))
        stretched = [
            dequantise(d, corpus.columns, rng, drawing=corpus.drawing)
            * [*rng.uniform(1 - STRETCH, 1 + STRETCH, 2), 1.0]
            for d in in_file(corpus, corpus.performances)
        ]
        for inputs, targets in batches(stretched, deviation, rng):
            model.train_on_batch(inputs, targets)
        found = score(model, valid, deviation)
        best = min(best, found)
        print(f"epoch {epoch + 1}: {found:.3f} ({time.perf_counter() - start:.0f} s)", flush=True)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("valid", type=Path)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--model", help="a model of ours to score beside it")
    args = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    choose_backend()
    corpus, valid = gather([args.train])[0], gather([args.valid], part="valid")[0]
    theirs = train(corpus, in_file(valid, dequantised(valid)), args.epochs)
    print(f"sketch-rnn's recipe, best of {args.epochs} epochs: {theirs:.3f} nats a point over (dx, dy, pen)")
    if args.model:
        from models.lookup import find_model
        from training.evaluate import evaluate

        ours = evaluate(find_model(args.model), valid).nats_per_event["dx,dy,pen"]
        print(f"{args.model}: {ours:.3f}, {theirs - ours:.3f} lower")


if __name__ == "__main__":
    main()
