"""A recipe for controllers on every log of a corpus: each is scored by a model that did not learn from it.

    python tests/bench/bench_folds.py LOGS [--folds 5] [--models FOLDER] [options of `ghostjam train`]

Every fifth log is one fold, and a model is trained on the other four, which also choose its epoch: no log
that is scored has a say in it. Nats an event over all logs with their standard error over the logs, beside
the two densities of persistence of `bench_knobs.py`, which have their numbers from the same four folds.
Models go into FOLDER, where those of an earlier run are taken up. Needs the `train` extra; a fold takes some
minutes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from ghostjam import __file__ as program
from tests.bench.bench_knobs import changes, nats_of_gaussians, nats_of_point_masses, nats_of_seconds
from training.corpus import Corpus
from training.evaluate import Totals, totals
from training.recordings import gather
from training.scoring import dequantised, prepare

MODEL, GAUSSIAN, POINT_MASS = "model", "persistence, Gaussian", "persistence, point mass"


def fold(corpus: Corpus, folds: int, index: int) -> tuple[Corpus, Corpus]:
    """What is learned and what is scored in fold `index`, from 0."""
    count = len(corpus.performances)
    return (
        corpus.part([i for i in range(count) if i % folds != index]),
        corpus.part(range(index, count, folds)),
    )


def persistence(learn: Corpus, held: Corpus) -> dict[str, np.ndarray]:
    """Nats of each log of `held`, summed over its scored events, under the two densities of `learn`."""
    log_s, moves = changes(dequantised(learn))
    sums: dict[str, list[float]] = {GAUSSIAN: [], POINT_MASS: []}
    for parts in prepare(held):
        held_s, held_moves = changes(parts)
        seconds = nats_of_seconds(log_s, held_s)
        sums[GAUSSIAN].append(len(held_s) * (seconds + nats_of_gaussians(moves, held_moves)))
        sums[POINT_MASS].append(len(held_s) * (seconds + nats_of_point_masses(moves, held_moves)))
    return {name: np.array(nats) for name, nats in sums.items()}


def train(learn: Corpus, out: Path, options: Sequence[str]) -> None:
    """`ghostjam train` on `learn`, the epoch chosen by `learn` too."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "learn.npz"
        offsets = np.cumsum([0, *map(len, learn.performances)])
        names = [column.name for column in learn.columns]
        np.savez(data, values=np.concatenate(learn.performances), offsets=offsets, columns=names)
        where = ["--valid", data, "--name", out.stem, "--out", out]
        command = [sys.executable, program, "train", data, *where, *options]
        subprocess.run([*map(str, command)], check=True)


def scores(all_: Totals) -> str:
    """The mean of each density over all logs, its standard error, and how far the others are from it."""
    score = all_.score()
    lines = [f"{score.n_performances} logs, {score.n_events} events"]
    for name, nats in score.nats_per_event.items():
        line = f"{name:24} {nats:8.3f} +- {score.standard_error[name]:.3f} nats an event"
        if name != MODEL:
            over = Totals({name: all_.nats[name] - all_.nats[MODEL]}, all_.counts).score()
            line += f"; {over.nats_per_event[name]:.3f} +- {over.standard_error[name]:.3f} over the model"
        lines.append(line)
    each = all_.nats[MODEL] / all_.counts
    behind = int(np.sum(each > np.minimum(all_.nats[GAUSSIAN], all_.nats[POINT_MASS]) / all_.counts))
    lines.append(f"model, log by log: {', '.join(f'{nats:.1f}' for nats in each)}")
    return "\n".join([*lines, f"logs on which one of the references is better: {behind}"])


def joined(folds: Sequence[Totals]) -> Totals:
    names = folds[0].nats
    nats = {name: np.concatenate([each.nats[name] for each in folds]) for name in names}
    return Totals(nats, np.concatenate([each.counts for each in folds]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("logs", type=Path, nargs="+")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--models", type=Path)
    args, options = parser.parse_known_args()
    corpus = gather(args.logs)[0]
    found: list[Totals] = []
    with nullcontext(args.models) if args.models else tempfile.TemporaryDirectory() as folder:
        for index in range(args.folds):
            learn, held = fold(corpus, args.folds, index)
            path = Path(folder) / f"fold-{index + 1}.tflite"
            if not path.exists():
                train(learn, path, options)
            ours = totals(path, held)
            nats = {MODEL: next(iter(ours.nats.values())), **persistence(learn, held)}
            found.append(Totals(nats, ours.counts))
            print(f"fold {index + 1}: {scores(found[-1])}\n", flush=True)
    print(scores(joined(found)))


if __name__ == "__main__":
    main()
