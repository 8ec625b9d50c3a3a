# %% [markdown]
"""A function with several values for one x, learned by a mixture density network.

    python -m training.examples.multi_valued --out multi-valued.png

A sine wave lies on its side: x = sin(0.75 y) * 7 + y / 2 + noise, so that for many x there are three or
more y. A network trained on squared error answers with their mean, where no point lies. One that ends in a
mixture of Gaussians answers with all branches, and samples of it look like the data (Bishop 1994, Mixture
Density Networks, section 5).
"""

# %%
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from training.examples.command import canvas, command_line, keep, read, start_keras

HIDDEN, MIXTURES = 32, 8


# %% The data
def data(n_points: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """x and y of `n_points` of the curve, float32 `(n_points, 1)`; y from -10 to 10."""
    y = rng.uniform(-10.0, 10.0, (n_points, 1))
    x = 7.0 * np.sin(0.75 * y) + 0.5 * y + rng.normal(0.0, 0.5, y.shape)
    return x.astype("float32"), y.astype("float32")


# %% The network
def build() -> Any:
    """Two hidden layers, then the parameters of a mixture of `MIXTURES` Gaussians over one number."""
    import keras

    import mdn

    model = keras.Sequential(
        [
            keras.layers.Input((1,)),
            keras.layers.Rescaling(0.1),  # x reaches from -12 to 12, too far for tanh
            keras.layers.Dense(HIDDEN, activation="tanh"),
            keras.layers.Dense(HIDDEN, activation="tanh"),
            mdn.MDN(output_dimension=1, num_mixtures=MIXTURES),
        ]
    )
    model.compile(keras.optimizers.Adam(5e-3), loss=mdn.get_mixture_loss_func(1, MIXTURES))
    return model


# %% The picture
def draw(x: np.ndarray, y: np.ndarray, sampled: np.ndarray, params: np.ndarray) -> Any:
    """The data beside one sample for each x, and the means of the components."""
    import mdn

    means, _, logits = mdn.split_mixture_params(params, 1, MIXTURES)
    weight = mdn.softmax(logits)
    figure, (left, middle, right) = canvas(1, 3, size=(12, 4), sharex=True, sharey=True)
    left.scatter(x, y, s=3, color="#2b7fd9")
    left.set(title="data", xlabel="x", ylabel="y", ylim=(-13, 13))
    middle.scatter(x, sampled, s=3, color="#d9822b")
    middle.set(title="sampled from the mixture", xlabel="x")
    # A component that weighs nothing at an x may have its mean anywhere: size says how much it weighs.
    right.scatter(np.repeat(x, MIXTURES, axis=1), means, s=6 * weight, color="#3a9d5d")
    right.set(title="means of the components, by weight", xlabel="x")
    return figure


# %% All of it
def main(arguments: Sequence[str] | None = None) -> None:
    sizes = {"points": (3000, "of the curve"), "epochs": (100, "passes over them")}
    args = read(command_line(__doc__, "multi-valued.png", **sizes), arguments)
    start_keras(args.seed)

    import mdn

    rng = np.random.default_rng(args.seed)
    x, y = data(args.points, rng)
    model = build()
    history = model.fit(x, y, epochs=args.epochs, batch_size=128, verbose=0).history["loss"]
    test_x, test_y = data(args.points, rng)
    params = model.predict(test_x, batch_size=1024, verbose=0)
    sampled = mdn.sample_from_output(params, 1, MIXTURES, rng=rng)
    held_out = float(model.evaluate(test_x, test_y, batch_size=1024, verbose=0))
    # One Gaussian for all y, whatever x is, would do this well:
    blind = float(np.log(test_y.std() * np.sqrt(2 * np.pi * np.e)))
    print(f"nats per point: {history[0]:.3f} after the first epoch, {history[-1]:.3f} after the last")
    print(f"held out: {held_out:.3f}, against {blind:.3f} for one Gaussian that does not look at x")
    keep(draw(test_x, test_y, sampled, params), args.out)


if __name__ == "__main__":
    main()
