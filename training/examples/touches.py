# %% [markdown]
"""A mixture density recurrent network (MDRNN) on touches: where a finger goes next, and when.

    python -m training.examples.touches --out touches.png
    python -m training.examples.touches RECORDINGS --out touches.png

It learns from the example performance, or from recordings of yours (a file or a folder: whatever `ghostjam
train` takes). An event is a place and the time since the one before. The next may be 17 ms later and near,
or half a second later and elsewhere, a new touch: that is what the mixture is for. An LSTM layer hears the
events in order, and `TimeDistributed` puts the same `mdn.MDN` on every one of its steps, so that each
event of a performance is a lesson. (`mdn.MDN` takes a time axis without it too, as in the network it is
compared with: that compiles faster.)

What does memory bring? The same mixture without it sees each event alone: where the finger is and how it
came there from the event before, but not whether it is on a curve, or how long the others were apart. Both
are scored on events they have not learned from. The picture has the performance, and what the network plays
on its own (Martin and Torresen 2018, RoboJam).
"""

# %%
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assets import EXAMPLE_PERFORMANCE
from training.dequantise import dequantise
from training.examples.command import canvas, command_line, keep, read, start_keras
from training.examples.recurrent import Memory, learner_and_player
from training.recordings import gather

UNITS, MIXTURES, WINDOW, BATCH = 64, 5, 24, 32
HELD_OUT = 0.2  # of each performance, its end
SIGMA_TEMPERATURE, TRIES = 0.3, 16
NEW_TOUCH_S = 0.1  # a finger that moves is heard more often than this


# %% The data
def performances(paths: Sequence[Path], rng: np.random.Generator) -> list[np.ndarray]:
    """x, y and dt of every event, `(n, 3)`, with noise as wide as what a screen rounds away."""
    corpus, _ = gather(paths)
    names = [column.name for column in corpus.columns]
    if not {"x", "y", "dt"} <= set(names):
        raise SystemExit(f"expected performances of touches, got columns {', '.join(names)}.")
    wanted = [names.index(name) for name in ("x", "y", "dt")]
    # Without noise a density could grow without end on the few values there are.
    return [dequantise(events, corpus.columns, rng)[:, wanted] for events in corpus.performances]


def numbers(events: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Events `(..., 3)` and those before them for a network, `(..., 5)`: place, step, logarithm of dt.

    Numbers near 1: places from -1 to 1, steps in twentieths of the canvas; 17 ms is 0, half a second 3.4.
    """
    steps = 20.0 * (events[..., :2] - before[..., :2])
    return np.concatenate([2.0 * events[..., :2] - 1.0, steps, np.log(events[..., 2:] / 0.017 + 1e-3)], -1)


def lessons(events: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the network hears, `(n - 1, 5)`, and what comes after each: step and dt, `(n - 1, 3)`."""
    rows = numbers(events, events[[0, *range(len(events) - 1)]])
    return rows[:-1], rows[1:, 2:]


def elsewhere(events: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same events somewhere else on the canvas: mirrored, turned, smaller or larger, moved."""
    places = events[:, :2] * rng.choice([-1.0, 1.0], 2)
    places = places[:, rng.permutation(2)]
    low, extent = places.min(axis=0), np.ptp(places, axis=0)
    places = (places - low) * min(rng.uniform(0.8, 1.2), 1.0 / max(extent.max(), 1e-9))
    return np.column_stack([places + rng.uniform(0.0, 1.0 - np.ptp(places, axis=0)), events[:, 2]])


def windows(
    events: Sequence[np.ndarray], n: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is heard in `n` windows of performances, what comes after, and 0 where one is shorter, else 1."""
    sizes = np.array([len(performance) for performance in events])
    heard, after = np.zeros((n, WINDOW, 5), "float32"), np.zeros((n, WINDOW, 3), "float32")
    weight = np.zeros((n, WINDOW), "float32")
    for row, choice in enumerate(rng.choice(len(events), n, p=sizes / sizes.sum())):
        first = rng.integers(max(1, sizes[choice] - WINDOW))
        window = elsewhere(events[choice][first : first + WINDOW + 1], rng)
        length = len(window) - 1
        heard[row, :length], after[row, :length] = lessons(window)
        weight[row, :length] = 1.0
    return heard, after, weight


# %% The networks
def build(n_batches: int) -> dict[str, Any]:
    """Without memory and with it, to learn from `n_batches`; and the latter again, to play step by step."""
    import keras

    import mdn

    dense = [keras.layers.Dense(UNITS, activation="tanh") for _ in range(2)]
    memoryless = keras.Sequential([keras.layers.Input((None, 5)), *dense, mdn.MDN(3, MIXTURES)])
    each = keras.layers.TimeDistributed(mdn.MDN(3, MIXTURES))
    mdrnn, player = learner_and_player(5, UNITS, each)
    for model in (memoryless, mdrnn):
        rate = keras.optimizers.schedules.CosineDecay(1e-2, n_batches)
        model.compile(keras.optimizers.Adam(rate), loss=mdn.get_mixture_loss_func(3, MIXTURES))
    return {"memoryless": memoryless, "mdrnn": mdrnn, "player": player}


# %% Playing
def play(player: Any, first: np.ndarray, n: int, n_events: int, rng: np.random.Generator) -> np.ndarray:
    """`n` performances of the network's own from the event `first`, `(n, n_events, 3)`."""
    import mdn

    memory = Memory(player, n)
    events = np.empty((n, n_events, 3))
    events[:, 0] = first
    for i in range(1, n_events):
        params = memory(numbers(events[:, i - 1], events[:, max(i - 2, 0)]))
        tries = np.repeat(params[:, None], TRIES, axis=1)
        sampled = mdn.sample_from_output(tries, 3, MIXTURES, 1.0, SIGMA_TEMPERATURE, rng=rng)
        places = events[:, i - 1, None, :2] + sampled[..., :2] / 20.0
        # The first that is on the canvas; where none is, the finger waits at its edge.
        chosen = np.arange(n), np.argmax(((places > 0.0) & (places < 1.0)).all(axis=-1), axis=1)
        events[:, i, :2] = np.clip(places[chosen], 0.0, 1.0)
        events[:, i, 2] = np.minimum(0.017 * np.exp(sampled[..., 2][chosen]), 5.0)
    return events


# %% The picture
def draw(real: np.ndarray, played: np.ndarray) -> Any:
    """A performance and those of the network, with a new line for each touch, from dark to light in time."""
    from matplotlib import colormaps

    figure, panels = canvas(1, 1 + len(played), size=(3.6 * (1 + len(played)), 4.0))
    titles = ["a performance"] + ["the network's own"] * len(played)
    for axes, events, title in zip(panels, [real, *played], titles, strict=True):
        touches = np.split(events, np.flatnonzero(events[1:, 2] > NEW_TOUCH_S) + 1)
        for number, touch in enumerate(touches):
            color = colormaps["viridis"](number / len(touches))
            axes.plot(*touch[:, :2].T, "-", color=color, lw=1.2)
            axes.plot(*touch[0, :2], "o", color=color, ms=3)
        axes.set(xlim=(0, 1), ylim=(1, 0), aspect="equal", xticks=[], yticks=[], title=title)
        axes.set_xlabel(f"{len(events)} events, {len(touches)} touches, {events[1:, 2].sum():.1f} s")
    return figure


# %% All of it
def main(arguments: Sequence[str] | None = None) -> None:
    parser = command_line(__doc__, "touches.png", windows=(20000, "to learn from"))
    parser.add_argument("recordings", nargs="*", type=Path, help="files or folders (default: the example)")
    args = read(parser, arguments)
    start_keras(args.seed)

    rng = np.random.default_rng(args.seed)
    whole = performances(args.recordings or [EXAMPLE_PERFORMANCE], rng)
    cuts = [round(len(events) * (1.0 - HELD_OUT)) for events in whole]
    learned = [events[:cut] for events, cut in zip(whole, cuts, strict=True)]
    held_out = [events[cut:] for events, cut in zip(whole, cuts, strict=True) if len(events) - cut > 1]
    if not held_out:
        raise SystemExit("expected a performance of at least 10 events, got none.")
    *lesson, weight = windows(learned, args.windows, rng)
    *test, test_weight = windows(held_out, 256, rng)
    models = build(-(-args.windows // BATCH))
    print(f"{sum(map(len, learned))} events to learn from, {sum(map(len, held_out))} held out")
    for name in ("memoryless", "mdrnn"):
        models[name].fit(*lesson, sample_weight=weight, batch_size=BATCH, verbose=0)
        loss = models[name].evaluate(*test, sample_weight=test_weight, batch_size=BATCH, verbose=0)
        nats = loss / test_weight.mean()  # Keras counts what weighs nothing, too
        print(f"{name:10} held out: {nats:.2f} nats per event (lower is better)")
    real = max(learned, key=len)[:400]
    keep(draw(real, play(models["player"], real[0], 3, len(real), rng)), args.out)


if __name__ == "__main__":
    main()
