# %% [markdown]
"""A spiral in two dimensions: a mixture whose components are places, not numbers.

    python -m training.examples.spiral --out spiral.png

Which point of a spiral lies in this direction? Four do, one on each turn. A network trained on squared error
answers with the middle of them, between the turns, where no point lies. One that ends in `mdn.MDN(2, ...)`
answers with all four, and samples of it are a spiral again. The picture shows, from left to right: the
points, the answers of the first network, samples of the second, and its components.
"""

# %%
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from training.examples.command import canvas, command_line, keep, read, start_keras

TURNS, NOISE = 4, 0.08
HIDDEN, MIXTURES = 64, 12


# %% The data
def curve(angle: np.ndarray) -> np.ndarray:
    """The points of the spiral at `angle`, `(n,)` radians from 0: each turn is farther out by 1, `(n, 2)`."""
    radius = 0.5 + angle / (2.0 * np.pi)
    return np.asarray(radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))


def data(n_points: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Directions, as cosine and sine, and points near the spiral that lie there, float32 `(n_points, 2)`."""
    angle = rng.uniform(0.0, 2.0 * np.pi * TURNS, n_points)
    points = curve(angle) + rng.normal(0.0, NOISE, (n_points, 2))
    # An angle says on which turn a point lies; its cosine and sine are the same on every turn.
    return np.column_stack([np.cos(angle), np.sin(angle)]).astype("float32"), points.astype("float32")


def distance(points: np.ndarray) -> np.ndarray:
    """How far each of `points`, `(n, 2)`, is from the spiral, `(n,)`."""
    line = curve(np.linspace(0.0, 2.0 * np.pi * TURNS, 2000))
    return np.asarray(np.linalg.norm(points[:, None] - line, axis=-1).min(axis=1))


# %% The networks
def build(last: Any, loss: Any) -> Any:
    """Two hidden layers, and `last`."""
    import keras

    hidden = [keras.layers.Dense(HIDDEN, activation="tanh") for _ in range(2)]
    model = keras.Sequential([keras.layers.Input((2,)), *hidden, last])
    model.compile(keras.optimizers.Adam(5e-3), loss=loss)
    return model


# %% The picture
def draw(points: np.ndarray, answers: np.ndarray, sampled: np.ndarray, params: np.ndarray) -> Any:
    """The four panels, each with the true spiral behind it."""
    import mdn

    figure, panels = canvas(1, 4, size=(14, 3.9), sharex=True, sharey=True)
    for axes in panels:
        axes.plot(*curve(np.linspace(0.0, 2.0 * np.pi * TURNS, 500)).T, color="#cccccc", lw=0.8, zorder=0)
        axes.set(aspect="equal", xlim=(-5.2, 5.2), ylim=(-5.2, 5.2))
    panels[0].scatter(*points.T, s=3, color="#2b7fd9")
    panels[0].set(title="points near a spiral")
    panels[1].scatter(*answers.T, s=3, color="#8a8a8a")
    panels[1].set(title="squared error: one answer a direction")
    panels[2].scatter(*sampled.T, s=3, color="#d9822b")
    panels[2].set(title="sampled from the mixture")
    means, _, logits = mdn.split_mixture_params(params, 2, MIXTURES)
    # A component that weighs nothing in a direction may lie anywhere: size says how much it weighs.
    x, y = means.reshape(-1, MIXTURES, 2).transpose(2, 0, 1)
    component = np.broadcast_to(np.arange(MIXTURES), x.shape)
    panels[3].scatter(x, y, s=8 * mdn.softmax(logits), c=component, cmap="tab20")
    panels[3].set(title="means of the components, by weight")
    return figure


# %% All of it
def main(arguments: Sequence[str] | None = None) -> None:
    sizes = {"points": (3000, "of the spiral"), "epochs": (100, "passes over them")}
    args = read(command_line(__doc__, "spiral.png", **sizes), arguments)
    start_keras(args.seed)
    import keras

    import mdn

    rng = np.random.default_rng(args.seed)
    directions, points = data(args.points, rng)
    regression = build(keras.layers.Dense(2), "mse")
    mixture = build(mdn.MDN(2, MIXTURES), mdn.get_mixture_loss_func(2, MIXTURES))
    for model in (regression, mixture):
        model.fit(directions, points, epochs=args.epochs, batch_size=128, verbose=0)
    unseen, real = data(2000, rng)
    answers = regression.predict(unseen, batch_size=1000, verbose=0)
    params = mixture.predict(unseen, batch_size=1000, verbose=0)
    sampled = mdn.sample_from_output(params, 2, MIXTURES, rng=rng)
    print("median distance from the spiral (its turns are 1 apart):")
    for name, found in (("real points", real), ("squared error", answers), ("the mixture", sampled)):
        print(f"  {name:14} {np.median(distance(found)):.3f}")
    keep(draw(real, answers, sampled, params), args.out)


if __name__ == "__main__":
    main()
