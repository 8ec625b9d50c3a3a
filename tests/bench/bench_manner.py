"""How much an answer plays like the player it answers, and whether it is more than a copy.

    python tests/bench/bench_manner.py [--answerer app] [--likeness 0 .15 .3 .6 1 2] [--seeds 1] [--quick]
        [--data touch-valid.npz] [--details] [--json]
    python tests/bench/bench_manner.py --likeness .6 --picture FILE.png --four FILE.png

One table, a column for each likeness. Beside them `player`, the same player going on (another take of a
made-up phrase, the second half of a real performance), and `stranger`, somebody else going on.

Made-up phrases last 5 s and are answered for 30 s; `r` is the mean over statistics of the correlation over
phrases, by the window of the answer; `recognised`: of all phrases the one with the nearest statistics
(standardised) has the manner of the one that was answered. `motifs` travel across the canvas, or repeat an
order of several gestures; `held out` are twelve manners that nothing is tuned on. Real performances are
halved and the first half answered for as long as the second one lasts; `rank` is the mean of Spearman's
correlations over performances, with the first half, of plain statistics and of others that nothing optimises;
`3 judged` counts those three too that the app's own judge chooses by. `varied`: the distance of two answers
to one phrase over that of two phrases of one manner, or of two takes of one phrase (real: of the player's own
two halves). `scattered`: how far contacts begin from the nearest other one, over how far the phrase's do, the
geometric mean. `copied`: of all seconds of the answers, how far from the nearest moved second of the phrase,
in units of its extent (0 is a copy). `shape`: share of gestures nearer to the player's own than to as many of
a stranger. `nats` an event under the network alone, the mean over performances; also without the first event,
which comes when the app is set to answer: about 10 nats, a fifth of one in the mean over an answer. The same
seed gives the same figures.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, pairwise
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # small arrays: threads only wait for each other
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from tests.bench.manner import scores
from tests.bench.manner.answerers import ANSWERERS, Answerer
from tests.bench.manner.hand import Choice, Manner
from tests.bench.manner.held_out import HELD_OUT
from tests.bench.manner.motifs import MOTIFS
from tests.bench.manner.network import Network
from tests.bench.manner.phrases import MANNERS, OTHER_MANNERS
from tests.bench.manner.shapes import coming_back, copied, gestures, nearer_own, shape_distance
from tests.bench.manner.statistics import OTHER, PLAIN, UNJUDGED, cut, measure

PHRASE_S, ANSWER_S, LONG_S = 5.0, 30.0, 10.0
WINDOWS_S = ((0, 4), (4, 8), (8, 16), (16, 30))
LIKENESSES = (0.0, 0.15, 0.3, 0.6, 1.0, 2.0)
BOTH = PLAIN | OTHER
PICTURED = tuple(MANNERS)[:7]
PICTURE_SEED = 3
FEWEST = 20  # events in each half
PIXEL = 1e-3  # nobody comes back more exactly
GRID, CLOCK = 1e-3, 5e-4  # of real performances, taken off before they are scored
AIMS = {
    "r 0-4 s": ".95", "r 4-8 s": ".95", "r 8-16 s": ".95", "r 16-30 s": ".95",
    "recognised 0-4 s": ".95", "recognised 4-8 s": ".95", "recognised 8-16 s": ".95",
    "recognised 16-30 s": ".95", "real: rank plain": ".83", "real: rank other": ".63",
    "varied": ".7-1.3", "real: nats": "player +-.2",
    "real: nats after the first event": "player +-.2", "shape": "> .5",
    "real: holes in 10 s": "player",
}  # fmt: skip

Figures = dict[str, float]


@dataclass(frozen=True)
class MadeUp:
    """Phrases of one family of manners; one row each in all of these.

    Attributes:
        phrases: `PHRASE_S` long.
        takes: the same player playing it again, `ANSWER_S` long.
        manners: which manner.
        shuffled: for each, any phrase.
    """

    phrases: list[np.ndarray]
    takes: list[np.ndarray]
    manners: np.ndarray
    shuffled: np.ndarray


@dataclass(frozen=True)
class Real:
    """Performances of people in two halves, one row each. `strangers`: for each, another row."""

    first: list[np.ndarray]
    second: list[np.ndarray]
    first_s: np.ndarray
    second_s: np.ndarray
    strangers: np.ndarray


def make_up(manners: dict[str, Manner], per_manner: int, seed: int) -> MadeUp:
    """`per_manner` phrases of each manner."""
    phrases, takes, which = [], [], []
    for i, manner in enumerate(manners.values()):
        for k in range(per_manner):
            rng = np.random.default_rng((seed, i, k))
            choice = Choice.draw(rng)
            phrases.append(manner(choice, rng, PHRASE_S))
            takes.append(manner(choice.again(rng), rng, ANSWER_S))
            which.append(i)
    shuffled = np.random.default_rng(seed).permutation(len(phrases))
    return MadeUp(phrases, takes, np.array(which), shuffled)


def read_real(path: Path, most: int) -> Real:
    """Up to `most` held-out performances with something to hear in both halves, 2 to 12 s long."""
    with np.load(path, allow_pickle=False) as file:
        values, offsets = file["values"], file["offsets"]
    rng = np.random.default_rng(7)
    first, second, first_s, second_s = [], [], [], []
    for start, end in pairwise(offsets):
        events = values[start:end].copy()
        noise = rng.uniform(-1.0, 1.0, (len(events), 3)) * [GRID, GRID, CLOCK]
        events[:, :2] = np.clip(events[:, :2] + noise[:, :2], 0.0, 1.0)
        events[:, 2] = np.abs(events[:, 2] + noise[:, 2])
        seconds = float(events[:, 2].sum())
        a, b = cut(events, 0.0, seconds / 2), cut(events, seconds / 2, np.inf)
        if 2.0 <= seconds <= 12.0 and min(len(a), len(b)) >= FEWEST:
            first.append(a)
            second.append(b)
            first_s.append(float(a[:, 2].sum()))
            second_s.append(float(b[:, 2].sum()))
    keep = rng.permutation(len(first))[:most]
    return Real(
        [first[i] for i in keep],
        [second[i] for i in keep],
        np.array(first_s)[keep],
        np.array(second_s)[keep],
        np.roll(np.arange(len(keep)), 1),
    )


def judge_made_up(data: MadeUp, answers: list[np.ndarray], again: list[np.ndarray]) -> Figures:
    """Answers of 30 s; `again`: other answers of 5 s to the same phrases."""
    plain = measure(PLAIN, [(phrase, PHRASE_S) for phrase in data.phrases])
    scale = scores.Scale(plain)
    figures: Figures = {}
    for start, end in WINDOWS_S:
        there = measure(PLAIN, [(cut(answer, start, end), end - start) for answer in answers])
        found = scores.correlations(plain, there, ranked=False)
        figures[f"r {start}-{end} s"] = float(found.mean())
        figures[f"recognised {start}-{end} s"] = scores.recognised(scale(plain), scale(there), data.manners)
        if end <= PHRASE_S:
            figures |= {f"  r {name}": float(r) for name, r in zip(PLAIN, found, strict=True)}
    both = scores.Scale(measure(BOTH, [(phrase, PHRASE_S) for phrase in data.phrases]))
    one, other, take, phrase_of = (
        both(measure(BOTH, [(cut(e, 0, PHRASE_S), PHRASE_S) for e in events]))
        for events in (answers, again, data.takes, data.phrases)
    )
    apart = float(scores.distance(one, other).mean())
    pairs = [(i, k) for i, k in combinations(range(len(answers)), 2) if data.manners[i] == data.manners[k]]
    within = np.array(pairs).T
    figures["varied"] = apart / float(scores.distance(phrase_of[within[0]], phrase_of[within[1]]).mean())
    figures["varied, of two takes"] = apart / float(scores.distance(take, phrase_of).mean())
    first, second, own = (
        [gestures(cut(e, 0, PHRASE_S)) for e in events] for events in (answers, again, data.phrases)
    )
    apart = float(np.nanmean([shape_distance(a, b) for a, b in zip(first, second, strict=True)]))
    theirs = float(np.nanmean([shape_distance(own[i], own[k]) for i, k in pairs]))
    figures["varied in shape"] = apart / theirs
    off = [[coming_back(cut(e, 0, PHRASE_S)) for e in each] for each in (answers, data.phrases)]
    of_answers, of_phrases = np.log(np.array(off) + PIXEL)
    figures["scattered"] = float(np.exp(np.nanmean(of_answers - of_phrases)))
    figures |= _copies("", [copied(p, a, ANSWER_S) for p, a in zip(data.phrases, answers, strict=True)])
    # What the player plays later, so that the player going on is no answer to itself.
    later = [gestures(cut(take, ANSWER_S / 2, ANSWER_S)) for take in data.takes]
    others = [np.flatnonzero(data.manners != manner) for manner in data.manners]
    figures["shape"] = _shape([gestures(cut(a, 0, ANSWER_S / 2)) for a in answers], later, others)
    return figures


def _shape(answers: list[np.ndarray], own: list[np.ndarray], others: list[np.ndarray]) -> float:
    """Share of gestures nearer to their player's own than to a stranger's, the mean over strangers."""
    rng = np.random.default_rng(0)
    shares = []
    for i, answer in enumerate(answers):
        nearer = [nearer_own(answer, own[i], own[stranger], rng) for stranger in others[i]]
        if found := [share for share in nearer if len(share)]:
            shares.append(float(np.mean([share.mean() for share in found])))
    return float(np.mean(shares))


def _copies(name: str, distances: list[np.ndarray]) -> Figures:
    every = np.concatenate(distances)
    return {
        f"{name}copied: nearest 1 %": float(np.percentile(every, 1)),
        f"{name}copied: nearest 10 %": float(np.percentile(every, 10)),
        f"{name}copied: median": float(np.median(every)),
        f"{name}copied: share < .1": float(np.mean(every < 0.1)),
    }


def judge_real(
    data: Real,
    answers: list[np.ndarray],
    again: list[np.ndarray],
) -> Figures:
    """Answers as long as the second halves, and others to the same first halves."""
    figures: Figures = {}
    for name, statistics in (("plain", PLAIN), ("other", UNJUDGED), ("other, 3 judged", OTHER)):
        heard = measure(statistics, list(zip(data.first, data.first_s, strict=True)))
        said = measure(statistics, list(zip(answers, data.second_s, strict=True)))
        meant = measure(statistics, list(zip(data.second, data.second_s, strict=True)))
        found = scores.correlations(heard, said, ranked=True)
        figures[f"real: rank {name}"] = float(found.mean())
        figures[f"real: rank {name}, with second half"] = float(
            scores.correlations(meant, said, ranked=True).mean()
        )
        figures |= {f"  rank {key}": float(r) for key, r in zip(statistics, found, strict=True)}
    everything = [list(zip(events, data.second_s, strict=True)) for events in (answers, again, data.second)]
    heard = measure(BOTH, list(zip(data.first, data.first_s, strict=True)))
    scale = scores.Scale(heard)
    mine, other, own = (scale(measure(BOTH, stretches)) for stretches in everything)
    theirs = scores.distance(own, scale(heard)).mean()
    figures["real: varied"] = float(scores.distance(mine, other).mean() / theirs)
    wrong = own[np.roll(data.strangers, 1)]  # not those that stand for strangers in the table
    figures["real: adherence (APA)"] = scores.adherence(
        *(np.concatenate([scale(heard), after], axis=1) for after in (mine, own, wrong))
    )
    figures |= _copies(
        "real: ",
        [copied(p, a, s) for p, a, s in zip(data.first, answers, data.second_s, strict=True)],
    )
    rows = np.arange(len(answers))
    others = [rows[rows != i] for i in rows]
    figures["real: shape"] = _shape(
        [gestures(answer) for answer in answers], [gestures(events) for events in data.first], others
    )
    return figures


def judge_nats(data: Real, answers: Sequence[np.ndarray], network: Network) -> Figures:
    """How likely answers are whose first dt counts from the phrase's last event."""
    nats = [network.nats(p, a) for p, a in zip(data.first, answers, strict=True) if len(a)]
    later = [of_one[1:].mean() for of_one in nats if len(of_one) > 1]
    return {
        "real: nats": float(np.mean([of_one.mean() for of_one in nats])),
        "real: nats after the first event": float(np.mean(later)),
    }


def judge_holes(answers: Sequence[np.ndarray], seconds: Sequence[float], name: str) -> Figures:
    """Share of stretches that are silent for more than a second."""
    holes = [scores.has_hole(answer, s) for answer, s in zip(answers, seconds, strict=True)]
    return {name: float(np.mean(holes))}


def judge(answerer: Answerer, likeness: float, sets: Sets, seeds: int) -> Figures:
    """All figures of one answerer at one likeness, the mean over seeds."""
    found = [_judge_once(answerer, likeness, sets, seed) for seed in range(seeds)]
    return {name: float(np.mean([figures[name] for figures in found])) for name in found[0]}


@dataclass(frozen=True)
class Sets:
    """What is answered."""

    made_up: dict[str, MadeUp]  # by what stands before the names of the figures
    real: Real | None
    network: Network
    n_long: int  # of the real performances are answered for `LONG_S`


Ask = Callable[[np.ndarray, float, int], np.ndarray]


def _ask(answerer: Answerer, likeness: float, phrase: np.ndarray, seconds: float, seed: int) -> np.ndarray:
    return answerer.answer(phrase, seconds, likeness, seed)


def _judge_once(answerer: Answerer, likeness: float, sets: Sets, seed: int) -> Figures:
    ask = partial(_ask, answerer, likeness)
    figures: Figures = {}
    for name, data in sets.made_up.items():
        answers = [ask(phrase, ANSWER_S, 1000 * seed + i) for i, phrase in enumerate(data.phrases)]
        again = [ask(phrase, PHRASE_S, 1000 * seed + 500 + i) for i, phrase in enumerate(data.phrases)]
        figures |= {name + key: value for key, value in judge_made_up(data, answers, again).items()}
    if sets.real is not None:
        real = sets.real
        lengths = list(enumerate(zip(real.first, real.second_s.tolist(), strict=True)))
        answers = [ask(phrase, seconds, 1000 * seed + i) for i, (phrase, seconds) in lengths]
        again = [ask(phrase, seconds, 1000 * seed + 500 + i) for i, (phrase, seconds) in lengths]
        figures |= judge_real(real, answers, again)
        waited = [answerer.waited(p, a) for p, a in zip(real.first, answers, strict=True)]
        figures |= judge_nats(real, waited, sets.network)
        long = [ask(phrase, LONG_S, 1000 * seed + i) for i, phrase in enumerate(real.first[: sets.n_long])]
        figures |= judge_holes(long, [LONG_S] * len(long), "real: holes in 10 s")
        figures |= judge_holes(long, [PHRASE_S] * len(long), "real: holes in 5 s")
    return figures


def references(sets: Sets) -> tuple[Figures, Figures]:
    """The figures of the player going on, and of somebody else going on."""
    player: Figures = {}
    stranger: Figures = {}
    for name, data in sets.made_up.items():
        others = [data.takes[i] for i in data.shuffled]
        for column, answers, again in ((player, data.takes, data.phrases), (stranger, others, data.phrases)):
            column |= {name + key: value for key, value in judge_made_up(data, answers, again).items()}
        for key in ("varied", "varied, of two takes", "varied in shape"):
            del stranger[name + key]
    if sets.real is not None:
        real = sets.real
        others = [real.second[i] for i in real.strangers]
        for column, answers in ((player, real.second), (stranger, others)):
            column |= judge_real(real, answers, real.first)
            column |= judge_nats(real, answers, sets.network)
        del stranger["real: varied"]
        whole = [np.concatenate(halves) for halves in zip(real.first, real.second, strict=True)]
        lasted = [min(float(events[:, 2].sum()), PHRASE_S) for events in whole]
        player |= judge_holes(whole, lasted, "real: holes in 5 s")
    return player, stranger


def show(columns: dict[str, Figures], *, details: bool) -> None:
    """Print the table: figures down, likenesses across."""
    names = list(next(iter(columns.values())))
    wide = max(len(name) for name in names) + 2
    print(" " * wide + "".join(f"{name:>10}" for name in columns) + "  aim")
    for name in names:
        if not details and "  " in name:  # of one statistic
            continue
        cells = [f"{figures[name]:10.2f}" if name in figures else " " * 10 for figures in columns.values()]
        aim = AIMS.get(name, AIMS.get(name.split(": ")[-1], ""))
        print(f"{name:<{wide}}" + "".join(cells) + "  " + aim)


def draw(path: Path, headings: Sequence[str], asks: Sequence[Ask]) -> None:
    """A page of the first seven manners, a column for each of `asks`."""
    from tests.bench.manner.pictures import Row, draw_page  # needs the train extra

    rows = []
    for i, name in enumerate(PICTURED):
        rng = np.random.default_rng((PICTURE_SEED, i))
        phrase = MANNERS[name](Choice.draw(rng), rng, PHRASE_S)
        answers = [ask(phrase, PHRASE_S, k) for k, ask in enumerate(asks)]
        rows.append(Row(name, phrase, answers, PHRASE_S))
    draw_page(rows, headings, path)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--answerer", choices=sorted(ANSWERERS), default="app")
    parser.add_argument("--model", default="touch")
    parser.add_argument("--likeness", type=float, nargs="+", default=list(LIKENESSES))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument(
        "--data", type=Path, default=Path(__file__).resolve().parents[3] / "shared/data/touch-valid.npz"
    )
    parser.add_argument("--quick", action="store_true", help="fewer phrases and performances")
    parser.add_argument("--details", action="store_true", help="each statistic too")
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--picture", type=Path, help="draw player and answers by likeness, and measure nothing"
    )
    parser.add_argument("--four", type=Path, help="likewise, four answers each at the first likeness")
    options = parser.parse_args()
    answerer = ANSWERERS[options.answerer](options.model)
    if options.picture or options.four:
        if options.picture:
            headings = [f"likeness {likeness:g}" for likeness in options.likeness]
            draw(
                options.picture,
                headings,
                [partial(_ask, answerer, each) for each in options.likeness],
            )
        if options.four:
            draw(
                options.four,
                [f"answer {k}" for k in "1234"],
                [partial(_ask, answerer, options.likeness[0])] * 4,
            )
        return 0

    started_s = time.perf_counter()
    per_manner, n_real, n_long = (2, 30, 15) if options.quick else (4, 100, 40)
    real = read_real(options.data, n_real) if options.data.is_file() else None
    if real is None:
        print(f"{options.data.name}: not here, so nothing is measured on real performances.", file=sys.stderr)
    sets = Sets(
        {
            "": make_up(MANNERS, per_manner, 1),
            "other manners: ": make_up(OTHER_MANNERS, max(per_manner // 2, 2), 2),
            "motifs: ": make_up(MOTIFS, max(per_manner // 2, 2), 3),
            "held out: ": make_up(HELD_OUT, max(per_manner // 2, 2), 4),
        },
        real,
        Network(options.model),
        n_long,
    )
    columns = {f"{each:g}": judge(answerer, each, sets, options.seeds) for each in options.likeness}
    columns["player"], columns["stranger"] = references(sets)
    if options.json:
        print(json.dumps({"answerer": options.answerer, "figures": columns}, indent=1))
    else:
        print(f"answerer {options.answerer}, by likeness; {time.perf_counter() - started_s:.0f} s")
        show(columns, details=options.details)
    return 0


if __name__ == "__main__":
    sys.exit(main())
