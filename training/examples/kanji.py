# %% [markdown]
"""Kanji: a small network learns to draw characters, stroke by stroke, and when to stop.

    python -m training.examples.kanji --out kanji.png
    python -m training.examples.kanji data/kanji.npz --out kanji.png

A drawing is a sequence of points: the step from the point before, and what the pen does after it (go on,
lift, or end). A step is one of several: a mixture of Gaussians. What the pen does is one of three: their
probabilities. So the network has two heads and two losses, which Keras adds. Drawings differ in length;
the padding of the short ones weighs nothing.

It learns from drawings in any format that `ghostjam train` takes, `ghostjam fetch kanji --out data` gets
real characters. Without any it learns from those that the model Ghostjam comes with makes up:
`drawn_by_model` is also how to load that one and let it draw. The picture shows what was learned from, and
what the small network draws (Graves 2013, Generating Sequences With Recurrent Neural Networks; Ha and Eck
2017, sketch-rnn).
"""

# %%
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.lookup import find_model
from models.strokes import END, to_strokes
from training.corpus import Corpus
from training.dequantise import dequantise
from training.examples.command import canvas, command_line, keep, read, start_keras
from training.examples.recurrent import Memory, learner_and_player
from training.quiet import quiet
from training.recordings import gather

UNITS, MIXTURES, BATCH = 160, 10, 32
LONGEST = 64  # points; longer drawings are left out
TEMPERATURE = 0.4  # of sampling: bold lines, few slips


# %% The data
def drawn_by_model(n: int, rng: np.random.Generator) -> Corpus:
    """`n` drawings of the model `kanji`, that Ghostjam comes with."""
    from training.scoring_runtime import Opened

    with quiet():
        model = Opened(find_model("kanji"))
        found = tuple(model.draw(rng) for _ in range(n))
    return Corpus(model.manifest.columns, found, model.manifest.drawing)


def drawings(corpus: Corpus, n: int, rng: np.random.Generator) -> list[np.ndarray]:
    """`n` that are short enough: points `(n_points, 3)`, dx and dy in units of a usual step, and pen."""
    if corpus.drawing is None:
        raise SystemExit("expected drawings, got performances: those are for training.examples.touches.")
    found = [points for points in corpus.performances if len(points) <= LONGEST and points[-1, 2] == END]
    if not found:
        raise SystemExit(f"expected drawings of at most {LONGEST} points, got none.")
    # Where the data lies on a grid, a density could grow without end on it: hence the noise.
    chosen = [dequantise(found[i], corpus.columns, rng) for i in rng.permutation(len(found))[:n]]
    unit = np.concatenate(chosen)[:, :2].std()
    return [points / [unit, unit, 1.0] for points in chosen]


def heard(points: np.ndarray) -> np.ndarray:
    """What the network hears of points `(..., 3)`: the step, and the pen as one of three, `(..., 5)`."""
    return np.concatenate([points[..., :2], points[..., 2:] == np.arange(3)], axis=-1).astype("float32")


def lessons(found: Sequence[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """The points before each, what each is (step and pen), and the weight: 1, or 0 after the end.

    Shapes `(n, LONGEST, 5)`, `(n, LONGEST, 2)` and `(n, LONGEST, 1)`, `(n, LONGEST)`.
    """
    points, weight = np.zeros((len(found), LONGEST, 3), "float32"), np.zeros((len(found), LONGEST), "float32")
    for row, drawing in enumerate(found):
        points[row, : len(drawing)], weight[row, : len(drawing)] = drawing, 1.0
    inputs = np.zeros((len(found), LONGEST, 5), "float32")  # before the first point: nothing
    inputs[:, 1:] = heard(points[:, :-1])
    return inputs, [points[..., :2], points[..., 2:]], weight


# %% The network
def build(n_batches: int) -> tuple[Any, Any]:
    """The network that learns, from `n_batches`, and the same one to draw step by step."""
    import keras

    import mdn

    step = mdn.MDN(2, MIXTURES, name="step")
    pen = keras.layers.Dense(3, activation="softmax", name="pen")
    learner, player = learner_and_player(5, UNITS, lambda x: [step(x), pen(x)])
    rate = keras.optimizers.schedules.CosineDecay(1e-2, n_batches)
    losses = [mdn.get_mixture_loss_func(2, MIXTURES), "sparse_categorical_crossentropy"]
    learner.compile(keras.optimizers.Adam(rate, clipnorm=1.0), loss=losses)
    return learner, player


# %% Drawing
def draw_new(player: Any, n: int, rng: np.random.Generator) -> list[np.ndarray]:
    """`n` new drawings, each until its pen says END."""
    import mdn

    memory, inputs = Memory(player, n), np.zeros((n, 5))
    rows = []
    for _ in range(LONGEST):
        params, pen = memory(inputs)
        step = mdn.sample_from_output(params, 2, MIXTURES, TEMPERATURE, TEMPERATURE, rng=rng)
        sure = mdn.softmax(np.log(pen + 1e-9), TEMPERATURE)
        rows.append(np.column_stack([step, mdn.sample_from_categorical(sure, rng=rng)]))
        inputs = heard(rows[-1])
    found = np.stack(rows, axis=1)
    ends = [np.flatnonzero(drawing[:, 2] == END) for drawing in found]
    return [drawing[: end[0] + 1] if len(end) else drawing for drawing, end in zip(found, ends, strict=True)]


# %% The picture
def draw(groups: Sequence[tuple[str, Sequence[np.ndarray]]], columns: int = 12) -> Any:
    """A block of two rows for each of `groups`."""
    figure, panels = canvas(2 * len(groups), columns, size=(columns, 2.0 * len(groups) + 0.6))
    for axes in panels.flat:
        axes.set(aspect="equal", xticks=[], yticks=[])
        axes.invert_yaxis()
        axes.spines[:].set_color("#dddddd")
    for block, (name, found) in enumerate(groups):
        for axes, points in zip(panels[2 * block : 2 * block + 2].flat, found, strict=False):
            for stroke in to_strokes(points):
                axes.plot(*stroke.T, color="#222222", lw=1.6, solid_capstyle="round")
            axes.margins(0.15)
        panels[2 * block, 0].set_title(name, loc="left", fontsize=10)
    return figure


# %% All of it
def main(arguments: Sequence[str] | None = None) -> None:
    sizes = {"drawings": (2000, "to learn from"), "epochs": (15, "passes over them")}
    parser = command_line(__doc__, "kanji.png", **sizes)
    parser.add_argument("data", nargs="*", type=Path, help="files or folders (default: the model's)")
    args = read(parser, arguments)
    start_keras(args.seed)

    rng = np.random.default_rng(args.seed)
    corpus = gather(args.data)[0] if args.data else drawn_by_model(args.drawings, rng)
    found = drawings(corpus, args.drawings, rng)
    inputs, targets, weight = lessons(found)
    n_held_out = len(found) // 10 + 1
    learner, player = build(args.epochs * -(-(len(found) - n_held_out) // BATCH))

    def nats() -> float:
        """Of a point that the network has not learned from: its step and its pen."""
        test = [target[:n_held_out] for target in targets]
        weights = [weight[:n_held_out]] * 2
        loss = learner.evaluate(inputs[:n_held_out], test, sample_weight=weights, verbose=0)
        return float(np.ravel(loss)[0] / weight[:n_held_out].mean())  # Keras counts what weighs nothing, too

    before = nats()
    learner.fit(
        inputs[n_held_out:],
        [target[n_held_out:] for target in targets],
        sample_weight=[weight[n_held_out:]] * 2,
        epochs=args.epochs,
        batch_size=BATCH,
        verbose=0,
    )
    print(f"{len(found) - n_held_out} drawings to learn from, {n_held_out} held out")
    print(f"held out: {nats():.2f} nats per point, against {before:.2f} untrained")
    own = draw_new(player, 24, rng)
    n_ended = sum(drawing[-1, 2] == END for drawing in own)
    print(f"{n_ended} of {len(own)} new drawings ended by themselves")
    keep(draw([("learned from", found[n_held_out:]), ("new", own)]), args.out)


if __name__ == "__main__":
    main()
