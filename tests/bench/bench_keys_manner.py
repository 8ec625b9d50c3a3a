"""How much an answer to notes plays like the player it answers: ten made-up players of a keyboard.

    python tests/bench/bench_keys_manner.py [--model keys] [--likeness 0 .3 .6 1] [--phrases 4] [--seeds 2]

Each phrase of 6 s is answered for 8 s, by the proposals and the judge that the engine uses, and again.

Recognised is an answer that of ten players is nearest, in standardised statistics, to the mean of the takes
of the one who was answered: `judged`, of statistics that the app's judge uses too; `other`, of others; `all`.
`in_scale`: share of the answer's notes in the player's scale. `polyphony`: of the answer over that of the
phrase, and share of the answers where that is within a third. `in_time`: of intervals between onsets, share
within 10 ms of a multiple of the player's shortest part of a quarter; nothing is snapped. `again`: share of
the notes that another answer to the same phrase has too (the key within 50 ms); `of_phrase`: that the phrase
has, wherever it is moved to in time. `player`: the same figures of the player going on, another take in the
same key and tempo. The same seed gives the same figures.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # small arrays: threads only wait for each other
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from app.core.status import Report
from app.engine.guarded_ghost import GuardedGhost, Sampling
from app.engine.note_phrase import NotePhrase
from app.engine.proposals import Proposals, Request
from app.ghost import Ghost
from tests.bench.manner import keys
from tests.bench.manner.keys_statistics import JUDGED, OTHER, measure, polyphony

PHRASE_S, ANSWER_S = 6.0, 8.0
N_TAKES = 12  # of each player, for the centroids
SAME_S = 0.05


@dataclass(frozen=True)
class Asked:
    """A phrase to answer, who played it, and in which key."""

    name: str
    key: keys.Key
    phrase: NotePhrase


Ask = Callable[[Asked, int], np.ndarray]


@dataclass
class Figures:
    """Of one player: what is averaged."""

    rows: dict[str, list[float]] = field(default_factory=dict)

    def add(self, **figures: float) -> None:
        for name, figure in figures.items():
            self.rows.setdefault(name, []).append(figure)

    def mean(self, name: str) -> float:
        return float(np.mean(self.rows[name]))


class Recogniser:
    """Nearest of the players' mean statistics, each standardised by its spread within players."""

    def __init__(self) -> None:
        self.names = list(keys.MANNERS)
        found = np.array([[self._of(name, k) for k in range(N_TAKES)] for name in self.names])
        self._centroids = found.mean(axis=1)
        spread = np.sqrt(found.var(axis=1).mean(axis=0))
        self._unit = spread + 0.1 * self._centroids.std(axis=0) + 1e-9

    def _of(self, name: str, take: int) -> np.ndarray:
        rng = np.random.default_rng((77, self.names.index(name), take))
        return measure(keys.take(name, keys.key_of(name, rng), rng, PHRASE_S))

    def __call__(self, rows: np.ndarray, part: slice) -> str:
        off = np.minimum(np.abs((measure(rows) - self._centroids) / self._unit), 5.0)[:, part]
        return self.names[int(np.argmin(np.square(off).sum(axis=1)))]


def answer(ghost: Ghost, phrase: NotePhrase, likeness: float, seed: int) -> np.ndarray:
    """Rows `(n, 4)`: what the engine would play."""
    guarded = GuardedGhost(ghost, "keys", Report())
    state = guarded.after(guarded.blank, phrase.rows)
    sampling = Sampling(*ghost.default_temperatures, likeness)
    request = Request(0, state, phrase, (), ANSWER_S)
    proposals = Proposals(guarded, [request], sampling, np.random.default_rng(seed))
    while not proposals.is_done:
        proposals.work()
    best = proposals.best(0)
    if best is None:
        raise RuntimeError("no proposal can be played")
    rows = np.concatenate([rows for rows, _ in best.chunks])
    kept = np.cumsum(rows[:, 0]) - rows[0, 0] <= ANSWER_S
    return rows[kept]


def go_on(asked: Asked, seed: int) -> np.ndarray:
    """Rows of the player going on."""
    return keys.take(asked.name, asked.key, np.random.default_rng((9, seed)), ANSWER_S)


def same(rows: np.ndarray, others: np.ndarray) -> float:
    """Share of notes that others have too, at the same time."""
    mine, theirs = np.cumsum(rows[:, 0]) - rows[0, 0], np.cumsum(others[:, 0]) - others[0, 0]
    near = np.abs(mine[:, None] - theirs[None]) <= SAME_S
    return float((near & (np.round(rows[:, None, 1]) == np.round(others[None, :, 1]))).any(axis=1).mean())


def same_anywhere(rows: np.ndarray, phrase: np.ndarray) -> float:
    """The same, with the phrase moved in time to where the share is largest."""
    off_s = (np.cumsum(rows[:, 0]) - rows[0, 0])[:, None] - (np.cumsum(phrase[:, 0]) - phrase[0, 0])
    is_key = np.round(rows[:, None, 1]) == np.round(phrase[None, :, 1])
    late = np.arange(-ANSWER_S, ANSWER_S, SAME_S)
    return float(max((is_key & (np.abs(off_s - s) <= SAME_S)).any(axis=1).mean() for s in late))


def in_time(rows: np.ndarray, unit_s: float) -> float:
    """Share of intervals between chords within 10 ms of a multiple of a unit."""
    units = rows[1:, 0][rows[1:, 0] > 0.01] / unit_s
    return float((np.abs(units - np.round(units)) * unit_s <= 0.01).mean()) if len(units) else 0.0


def bench(ask: Ask, n_phrases: int, seeds: int) -> dict[str, Figures]:
    """Figures of every player."""
    recognise = Recogniser()
    columns = GuardedGhost(Ghost.load("keys"), "keys", Report()).columns
    found: dict[str, Figures] = {}
    for i, name in enumerate(keys.MANNERS):
        figures = found[name] = Figures()
        for k in range(n_phrases):
            rng = np.random.default_rng((1, i, k))
            key = keys.key_of(name, rng)
            phrase = NotePhrase(columns, keys.take(name, key, rng, PHRASE_S))
            assert isinstance(phrase, NotePhrase)
            for seed in range(seeds):
                rows = ask(Asked(name, key, phrase), 1000 * seed + 2 * k)
                again = ask(Asked(name, key, phrase), 1000 * seed + 2 * k + 1)
                ratio = polyphony(rows) / polyphony(phrase.rows)
                figures.add(
                    judged=recognise(rows, JUDGED) == name,
                    other=recognise(rows, OTHER) == name,
                    all=recognise(rows, slice(None)) == name,
                    in_scale=float(np.isin(np.round(rows[:, 1]) % 12, key.classes).mean()),
                    polyphony=ratio,
                    within_third=2.0 / 3.0 <= ratio <= 4.0 / 3.0,
                    in_time=in_time(rows, key.quarter_s / keys.PARTS.get(name, 4)),
                    again=same(rows, again),
                    of_phrase=same_anywhere(rows, phrase.rows),
                )
    return found


def show(found: dict[str, Figures]) -> None:
    """A row for every player, and the mean of all."""
    names = list(next(iter(found.values())).rows)
    print(f"{'':<16}" + "".join(f"{name:>13}" for name in names))
    for player, figures in found.items():
        print(f"{player:<16}" + "".join(f"{figures.mean(name):13.2f}" for name in names))
    means = [np.mean([figures.mean(name) for figures in found.values()]) for name in names]
    print(f"{'all':<16}" + "".join(f"{mean:13.3f}" for mean in means))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", default="keys")
    parser.add_argument("--likeness", type=float, nargs="+", default=[0.6])
    parser.add_argument("--phrases", type=int, default=4, help="of each player")
    parser.add_argument("--seeds", type=int, default=2)
    options = parser.parse_args()
    for likeness in options.likeness:
        started_s = time.perf_counter()

        def ask(asked: Asked, seed: int, near: float = likeness) -> np.ndarray:
            return answer(Ghost.load(options.model, seed=seed), asked.phrase, near, seed)

        found = bench(ask, options.phrases, options.seeds)
        print(f"likeness {likeness:g}; {time.perf_counter() - started_s:.0f} s")
        show(found)
    print("player")
    show(bench(go_on, options.phrases, options.seeds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
