"""What fine-tuning has gained, part by part of an event, and in words."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from mdn.columns import Kind
from mdn.densities import log_sum_exp
from mdn.past_features import Route
from models.manifest import Manifest
from training.corpus import Corpus
from training.evaluate import totals
from training.scoring import is_scored, prepare
from training.scoring_runtime import Opened

LEAST_GAIN = 0.02  # nats an event: less is chance
MOST_TIMES = 100.0  # a larger factor says no more

_NEXT = {
    Kind.POSITION: "your next touch",
    Kind.VALUE: "your next move of a knob",
    Kind.OFFSET: "where your pen goes next",
    Kind.PITCH: "your next note",
}
# Of what each density is about, by its first column.
_ABOUT = {
    Kind.SECONDS: "when it comes",
    Kind.POSITION: "where it is",
    Kind.VALUE: "which knob it is, and how far it goes",
    Kind.OFFSET: "how far and which way",
    Kind.FLAG: "when you lift",
    Kind.PEN: "when you lift",
    Kind.PITCH: "which key it is",
    Kind.DURATION: "how long it is held",
    Kind.VELOCITY: "how hard it is struck",
}


def nats_by_part(path: Path, corpus: Corpus, manifest: Manifest | None = None) -> dict[str, float]:
    """Nats per event of each density of the model at `path`, given those before it; they add up to all.

    By the chain rule: seconds, then the place given the seconds, then the flag given both. What is scored is
    what `training.evaluate` scores. `manifest` stands in for the one in the file while that is being made.

    Raises:
        ModelError: not a model.
    """
    model = Opened(path, manifest)
    manifest = model.manifest
    head, route = manifest.head(), Route(manifest.columns, manifest.densities)
    if any(column.kind is Kind.PITCH for column in manifest.columns):
        nats = totals(path, corpus, manifest).score().nats_per_event
        return {_ABOUT[column.kind]: nats[column.name] for column in manifest.columns}
    names = [manifest.columns[d.columns[0]].kind for d in head.densities]
    sums, count = np.zeros(len(names)), 0
    for parts in prepare(corpus, manifest.densities, manifest.drawing):
        events, scored = np.concatenate(parts), is_scored(parts)[1:]
        rows = head.components(np, model.mixtures(events).astype("float64"))
        past = route.past(events[:-1], route.along(events)[:-1])
        joint = rows[..., 0] - log_sum_exp(np, rows[..., 0])[..., None]
        score, start, before = None, 1, np.zeros(len(rows))
        for i, density in enumerate(head.densities):
            own = rows[..., start : start + density.n_rows]
            log_density, score = density.log_density(np, own, events[1:], past, score)
            joint = joint + log_density
            after = log_sum_exp(np, joint)
            sums[i] -= float(np.sum((after - before)[scored]))
            start, before = start + density.n_rows, after
        count += int(scored.sum())
    return {_ABOUT[kind]: float(total) / count for kind, total in zip(names, sums, strict=True)}


def in_words(before: dict[str, float], after: dict[str, float], corpus: Corpus) -> str:
    """One sentence for a musician on what was gained, from `nats_by_part` before and after."""
    what = next(_NEXT[c.kind] for c in corpus.columns if c.kind in _NEXT)
    gain = sum(before.values()) - sum(after.values())
    if gain < LEAST_GAIN:
        return f"It guesses {what} no better than before, so the old ghost stays."
    parts = {about: before[about] - after[about] for about in before}
    most = max(parts, key=lambda about: parts[about])
    return f"It guesses {what} {_times(gain)} than before, above all {most}."


def _times(gain: float) -> str:
    """`gain` nats as a factor of the density: "2.1 times better"."""
    times = math.exp(min(gain, math.log(MOST_TIMES)))
    if times >= MOST_TIMES:
        return f"more than {MOST_TIMES:.0f} times better"
    if times < 1.1:
        return "a little better"
    return f"{times:.0f} times better" if times >= 9.5 else f"{times:.1f} times better"
