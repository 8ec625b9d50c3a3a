"""The mixture density layer for Keras, and its loss: the API of keras-mdn-layer 1.0 in pure `keras.ops`.

Loaded when one of its names is first used, so `import mdn` needs NumPy only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

Tensor = Any


@keras.saving.register_keras_serializable("mdn")
def elu_plus_one_plus_epsilon(x: Tensor) -> Tensor:
    """ELU shifted to be positive: elu(x) + 1 + epsilon. Smooth, and it does not explode as exp does.

    Source: Brando 2017, Mixture Density Networks for distribution and uncertainty estimation, 3.2.3.
    """
    return ops.elu(x) + 1.0 + keras.backend.epsilon()


@keras.saving.register_keras_serializable("mdn")
class MDN(keras.layers.Layer):
    """Maps features to the parameters of a mixture of diagonal Gaussians.

    Args:
        output_dimension: numbers a sample has.
        num_mixtures: components.

    Call arguments:
        inputs: `(..., features)`, with or without a time axis.

    Returns:
        `(..., num_mixtures * (2 * output_dimension + 1))`: means, positive standard deviations,
        logits of pi.

    Raises:
        ValueError: a size below 1.

    Source: Bishop 1994, Mixture Density Networks, section 3.
    """

    def __init__(self, output_dimension: int, num_mixtures: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name, size in (("output_dimension", output_dimension), ("num_mixtures", num_mixtures)):
            if size < 1:
                raise ValueError(f"{name}: expected at least 1, got {size}.")
        self.output_dim = output_dimension
        self.num_mix = num_mixtures
        n = output_dimension * num_mixtures
        self.mdn_mus = keras.layers.Dense(n, name="mdn_mus")
        self.mdn_sigmas = keras.layers.Dense(n, activation=elu_plus_one_plus_epsilon, name="mdn_sigmas")
        self.mdn_pi = keras.layers.Dense(num_mixtures, name="mdn_pi")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        for dense in (self.mdn_mus, self.mdn_sigmas, self.mdn_pi):
            dense.build(input_shape)
        super().build(input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        return ops.concatenate([self.mdn_mus(inputs), self.mdn_sigmas(inputs), self.mdn_pi(inputs)], axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape[:-1], self.num_mix * (2 * self.output_dim + 1))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "output_dimension": self.output_dim, "num_mixtures": self.num_mix}


@keras.saving.register_keras_serializable("mdn")
class MixtureLoss(keras.losses.Loss):
    """Negative log likelihood of the targets under a mixture of diagonal Gaussians, in nats.

    A class, not a closure, so that a compiled model saves and loads it with its sizes.

    Source: Bishop 1994, Mixture Density Networks, Eq. 22, 23 and 29, by log-sum-exp.
    """

    def __init__(self, output_dim: int, num_mixes: int, name: str = "mdn_loss_func", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.output_dim = output_dim
        self.num_mixes = num_mixes

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Nats `(...)` of targets `(..., output_dim)`, given parameters `(..., n_params)`."""
        mean, deviation, logits = _components(y_pred, self.output_dim, self.num_mixes)
        target = ops.reshape(y_true, (-1, 1, self.output_dim))
        score = (target - mean) / deviation
        log_density = -ops.sum(0.5 * ops.square(score) + ops.log(deviation), axis=-1)
        log_pi = ops.log_softmax(logits, axis=-1)
        constant = 0.5 * self.output_dim * math.log(2.0 * math.pi)
        nats = constant - ops.logsumexp(log_pi + log_density, axis=-1)
        return ops.reshape(nats, ops.shape(y_pred)[:-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "output_dim": self.output_dim, "num_mixes": self.num_mixes}


def get_mixture_loss_func(output_dim: int, num_mixes: int) -> MixtureLoss:
    """The loss to compile a model with whose last layer is `MDN(output_dim, num_mixes)`."""
    return MixtureLoss(output_dim, num_mixes)


def get_mixture_sampling_fun(
    output_dim: int, num_mixes: int, *, seed: int | keras.random.SeedGenerator | None = None
) -> Callable[[Tensor], Tensor]:
    """A function that draws one sample `(..., output_dim)` for each row of parameters `(..., n_params)`.

    Args:
        output_dim, num_mixes: size of the mixture.
        seed: an int or a `SeedGenerator` for reproducible draws.
    """
    generator = seed if isinstance(seed, keras.random.SeedGenerator) else keras.random.SeedGenerator(seed)

    def sampling_func(y_pred: Tensor) -> Tensor:
        mean, deviation, logits = _components(y_pred, output_dim, num_mixes)
        index = keras.random.categorical(logits, 1, seed=generator)
        chosen = ops.one_hot(index[:, 0], num_mixes, dtype=mean.dtype)[..., None]
        noise = keras.random.normal((ops.shape(mean)[0], output_dim), seed=generator, dtype=mean.dtype)
        sample = ops.sum(chosen * mean, axis=1) + noise * ops.sum(chosen * deviation, axis=1)
        return ops.reshape(sample, (*ops.shape(y_pred)[:-1], output_dim))

    return sampling_func


@keras.saving.register_keras_serializable("mdn")
class SampleError(keras.metrics.Mean):
    """Squared error between the targets and one draw for each, averaged over everything."""

    def __init__(self, output_dim: int, num_mixes: int, name: str = "mse_func", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.output_dim = output_dim
        self.num_mixes = num_mixes
        self._sample = get_mixture_sampling_fun(output_dim, num_mixes)

    def update_state(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None) -> None:
        """Take in targets `(..., output_dim)` and parameters `(..., n_params)`."""
        error = ops.mean(ops.square(self._sample(y_pred) - ops.cast(y_true, y_pred.dtype)), axis=-1)
        super().update_state(error, sample_weight=sample_weight)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "output_dim": self.output_dim, "num_mixes": self.num_mixes}


def get_mixture_mse_accuracy(output_dim: int, num_mixes: int) -> SampleError:
    """The metric to compile a model with, to watch in training."""
    return SampleError(output_dim, num_mixes)


def _components(y_pred: Tensor, output_dim: int, num_mixes: int) -> tuple[Tensor, Tensor, Tensor]:
    """Means and deviations `(rows, num_mixes, output_dim)`, and logits `(rows, num_mixes)`."""
    n = output_dim * num_mixes
    rows = ops.reshape(y_pred, (-1, 2 * n + num_mixes))
    mean = ops.reshape(rows[:, :n], (-1, num_mixes, output_dim))
    deviation = ops.reshape(rows[:, n : 2 * n], (-1, num_mixes, output_dim))
    return mean, deviation, rows[:, 2 * n :]
