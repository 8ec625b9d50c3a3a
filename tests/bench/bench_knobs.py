"""A controller model against densities of persistence, and what it makes of phrases of one manner.

    python tests/bench/bench_knobs.py [TRAIN HELD_OUT] [--model controller] [--guided]

Nats an event on the held-out logs, scored as every controller is (`training.scoring`). Both references know
nothing of the past but where the knobs are, and have few numbers, those of the training logs. *Gaussian*:
each knob has a Gaussian of its own around where it was, an exact repeat the probability of less than half a
step of 1 / 128. *Point mass*: none moves, or one of all, each as likely, by one of two Gaussians. Seconds are
log-normal in both.

Then phrases of 40 events in which one knob moves, at the model's own temperatures: how often one knob moves,
how large the share of the knob of the phrase is, and how large the steps. Beside them those of real logs.

Last the app's own answers, guided by the phrase (`--guided` measures only these, and needs no logs). Of the
phrases one knob is turned in some and three by turns in others, six events each. How often the answer moves
one of these knobs and how often it moves one at all, how many events in a row it stays with one, and how far
the shares of the knobs are off those of the phrase (half of the sum of the differences: 0 alike, 1 none).
Needs the `train` extra.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from app.core.clock import ManualClock
from app.core.events import Source, Values
from app.core.parameters import Settings
from app.core.sink import CollectingSink
from app.engine.thread import Engine
from app.ghost import Ghost
from mdn.densities import Knobs
from models.lookup import find_model
from models.manifest import read_manifest
from training.evaluate import evaluate
from training.recordings import gather
from training.scoring import dequantised, prepare

PHRASES, EVENTS, ANSWERED = 64, 40, 200
LIKENESSES = (0.0, 0.3, 0.6, 1.0)
ASKED, GUIDED, TURN_EVENTS, TURNED_S = 24, 60, 6, 0.05
HALF_STEP = 1 / 256
ROUNDS = 200  # of expectation maximisation


def changes(performances: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """log(dt + 1 ms) of all but the first events, `(n,)`, and how far each knob moved, `(n, knobs)`."""
    dt = np.concatenate([p[1:, 0] for p in performances]).astype("float64")
    return np.log(dt + 1e-3), np.concatenate(
        [np.diff(p[:, 1:].astype("float64"), axis=0) for p in performances]
    )


def log_gauss(x: np.ndarray, deviation: np.ndarray | float) -> np.ndarray:
    return np.asarray(-0.5 * (x / deviation) ** 2 - np.log(deviation) - 0.5 * math.log(2.0 * math.pi))


def nats_of_seconds(train: np.ndarray, held: np.ndarray) -> float:
    """Nats of dt in seconds under a Gaussian of its logarithm."""
    return -float(np.mean(log_gauss(held - train.mean(), float(train.std())) - held))


def nats_of_gaussians(train: np.ndarray, held: np.ndarray) -> float:
    deviation = np.sqrt((train**2).mean(axis=0))
    within = np.array([math.erf(HALF_STEP / s / math.sqrt(2.0)) for s in deviation])
    log_p = np.where(held == 0.0, np.log(within), log_gauss(held, deviation))
    return -float(log_p.sum(axis=1).mean())


def nats_of_point_masses(train: np.ndarray, held: np.ndarray) -> float:
    count = (held != 0.0).sum(axis=1)
    rests = float(np.mean((train != 0.0).sum(axis=1) == 0))
    choice = np.where(count == 0, math.log(rests), math.log((1.0 - rests) / held.shape[1]))
    weight, deviation = two_scales(train[train != 0.0])
    moves = held[held != 0.0]
    change = np.log(np.exp(log_gauss(moves[:, None], deviation)) @ weight)
    return -float((choice.sum() + change.sum()) / len(held))


def two_scales(moves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights and deviations of two Gaussians around zero (Dempster et al. 1977)."""
    weight, deviation = np.array([0.5, 0.5]), np.array([0.5, 5.0]) * moves.std()
    for _ in range(ROUNDS):
        share = weight * np.exp(log_gauss(moves[:, None], deviation))
        share /= share.sum(axis=1, keepdims=True)
        weight = share.mean(axis=0)
        deviation = np.sqrt((share * moves[:, None] ** 2).sum(axis=0) / share.sum(axis=0))
    return weight, deviation


def phrase(kind: str, knobs: int, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """Events in which one knob moves, `(EVENTS, knobs + 1)`, and which one."""
    events = np.tile(rng.random(knobs + 1), (EVENTS, 1)).astype("float32")
    knob, place, way = int(rng.integers(knobs)), 0.5, float(rng.choice([-1.0, 1.0]))
    seconds, step = (0.03, 3 / 127) if kind == "turned" else (0.2, 0.4)
    for event in events:
        if kind == "leaping":
            way = float(rng.choice([-1.0, 1.0]))
        way = way if 0.0 <= place + way * step <= 1.0 else -way
        place += way * step
        event[0], event[1 + knob] = seconds * math.exp(0.15 * rng.standard_normal()), place
    return events, knob


def told(name: str, steps: Sequence[np.ndarray], knobs: Sequence[int]) -> str:
    """How the knobs moved in these performances, given as differences, and in them one knob each."""
    moved = [each != 0.0 for each in steps]
    count = np.concatenate([each.sum(axis=1) for each in moved])
    share = [each[:, k].sum() / max(each.sum(), 1) for each, k in zip(moved, knobs, strict=True)]
    size = np.abs(np.concatenate([each[m] for each, m in zip(steps, moved, strict=True)]))
    low, middle, high = np.quantile(size, [0.1, 0.5, 0.9]) if len(size) else (math.nan,) * 3
    return (
        f"{name:30} one knob moves in {np.mean(count == 1):.2f} of the events, "
        f"none in {np.mean(count == 0):.2f}, more in {np.mean(count > 1):.2f}; "
        f"share of the knob {np.mean(share):.2f}; steps {middle:.3f} ({low:.3f} to {high:.3f})\n"
    )


def busiest(steps: Sequence[np.ndarray]) -> list[int]:
    return [int((each != 0.0).sum(axis=0).argmax()) for each in steps]


def by_turns(n_moving: int, knobs: int, rng: np.random.Generator) -> np.ndarray:
    """Events in which each of `n_moving` knobs is turned for a while, `(GUIDED, knobs + 1)`."""
    which = rng.permutation(knobs)[:n_moving]
    place, way = rng.integers(38, 90, knobs), rng.choice([-3, 3], knobs)
    events = np.empty((GUIDED, knobs + 1))
    for i, event in enumerate(events):
        knob = which[i // TURN_EVENTS % n_moving]
        if not 0 <= place[knob] + way[knob] <= 127:
            way[knob] *= -1
        place[knob] += way[knob]
        event[0], event[1:] = TURNED_S * math.exp(0.15 * rng.standard_normal()), place / 127
    return events


def answered(ghost: Ghost, events: np.ndarray, likeness: float) -> np.ndarray:
    """What the app answers to `events`, `(n, knobs)`."""
    settings, sink, now_s = Settings(), CollectingSink(), 1.0
    temperatures = dict(zip(("pi_temperature", "sigma_temperature"), ghost.default_temperatures, strict=True))
    wanted: dict[str, float | str] = {"mode": "call", "likeness": likeness, **temperatures}
    for name, value in wanted.items():
        settings.set(name, value)
    engine = Engine(ghost, settings, [sink], clock=ManualClock())
    for dt_s, *values in events.tolist():
        now_s += dt_s
        engine.run_until(now_s)
        engine.submit(Values(now_s, Source.PLAYER, tuple(values)))
    engine.run_until(now_s + 10.0)
    ghost_values = [e.values for e in sink.events if isinstance(e, Values) and e.source is Source.GHOST]
    return np.array(ghost_values).reshape(-1, events.shape[1] - 1)


def in_a_row(moved: np.ndarray) -> float:
    """How many moves of one knob follow each other, of bool `(n, knobs)`; nan without moves."""
    knobs = moved.argmax(axis=1)[moved.any(axis=1)]
    return len(knobs) / (1 + np.count_nonzero(np.diff(knobs))) if len(knobs) else math.nan


def measure_guided(path: Path, likeness: float, n_moving: int) -> str:
    """How alike answers are to phrases in which `n_moving` knobs are turned by turns."""
    rng, rows, model = np.random.default_rng(5), [], Ghost.load(path)
    for seed in range(ASKED):
        ghost = Ghost(model._runtime, seed=seed)
        events = by_turns(n_moving, len(ghost.columns) - 1, rng)
        answer = answered(ghost, events, likeness)
        asked = np.diff(events[:, 1:], axis=0) != 0.0
        moved = np.abs(np.diff(answer, axis=0, prepend=events[-1:, 1:])) > 1e-6
        shares = [each.sum(axis=0) / max(each.sum(), 1) for each in (asked, moved)]
        own = moved[:, asked.any(axis=0)].sum() / max(moved.sum(), 1)
        off = 0.5 * np.abs(shares[0] - shares[1]).sum()
        rows.append((own, moved.any(axis=1).mean(), in_a_row(moved), in_a_row(asked), off))
    own, moves, row, wanted, off = np.nanmean(rows, axis=0)
    return (
        f"likeness {likeness:.1f}, {n_moving} knobs by turns: share of these {own:.2f}; "
        f"a knob moves in {moves:.2f} of the events, one for {row:.1f} in a row "
        f"(phrase {wanted:.1f}); shares {off:.2f} off\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path, nargs="?")
    parser.add_argument("held_out", type=Path, nargs="?")
    parser.add_argument("--model", default="controller")
    parser.add_argument("--guided", action="store_true", help="only the app's own answers")
    args = parser.parse_args()
    if not args.guided:
        if args.held_out is None:
            parser.error("expected TRAIN and HELD_OUT, or --guided")
        measure_alone(args)
    for n_moving in (1, 3):
        for likeness in LIKENESSES:
            sys.stdout.write(measure_guided(find_model(args.model), likeness, n_moving))


def measure_alone(args: argparse.Namespace) -> None:
    """The score beside persistence, and continuations of the model alone."""
    train, held = (gather([path])[0] for path in (args.train, args.held_out))
    (log_s, moves), (held_s, held_moves) = (
        changes(dequantised(train)),
        changes([performance for (performance,) in prepare(held)]),
    )
    seconds = nats_of_seconds(log_s, held_s)
    path = find_model(args.model)
    if Knobs.name not in read_manifest(path).densities:
        sys.stdout.write(
            f"{args.model} knows no exact repeats: its score and the references do not compare\n"
        )
    score = evaluate(path, held)
    (model,), (error,) = score.nats_per_event.values(), score.standard_error.values()
    for name, nats in (("Gaussian", nats_of_gaussians), ("point mass", nats_of_point_masses)):
        reference = seconds + nats(moves, held_moves)
        sys.stdout.write(
            f"persistence, {name:10} {reference:8.3f} nats an event, model {model - reference:+.3f}\n"
        )
    sys.stdout.write(f"{args.model:23} {model:8.3f} +- {error:.3f}, {score.n_events} events\n")

    ghost, rng = Ghost.load(path, seed=1), np.random.default_rng(3)
    real = [np.diff(p[:512, 1:], axis=0) for p in held.performances]
    sys.stdout.write(told("held-out logs, their busiest", real, busiest(real)))
    for kind in ("turned", "leaping", "to and fro"):
        asked, answers, knobs = [], [], []
        for _ in range(PHRASES):
            events, knob = phrase(kind, len(ghost.columns) - 1, rng)
            ghost.reset()
            ghost.feed(events)
            answer = ghost.generate(
                ANSWERED,
                pi_temperature=ghost.manifest.pi_temperature,
                sigma_temperature=ghost.manifest.sigma_temperature,
            )
            asked.append(np.diff(events[:, 1:], axis=0))
            answers.append(np.diff(answer[:, 1:], axis=0, prepend=events[-1:, 1:]))
            knobs.append(knob)
        sys.stdout.write(told(f"{kind}, phrase", asked, knobs))
        sys.stdout.write(told(f"{kind}, first {EVENTS} answered", [each[:EVENTS] for each in answers], knobs))
        sys.stdout.write(told(f"{kind}, {ANSWERED} answered", answers, knobs))


if __name__ == "__main__":
    main()
