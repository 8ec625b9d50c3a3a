"""The mixture density layer for Keras, and its loss: the API of keras-mdn-layer 1.0 in pure `keras.ops`.

Loaded when one of its names is first used, so `import mdn` needs NumPy only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import keras
from keras import ops

from mdn.sampling import ParameterCountError

Tensor = Any
Named = TypeVar("Named", bound=Callable[..., Any])


def _known_as(name: str) -> Callable[[Named], Named]:
    """Lets Keras save and load a class or function by the name that files of keras-mdn-layer have for it.

    `register_keras_serializable` would put "mdn>" before the name, under which keras-mdn-layer has nothing.
    """

    def decorator(thing: Named) -> Named:
        known = keras.saving.get_custom_objects()
        known[f"mdn>{thing.__name__}"] = thing  # files of earlier versions say this
        known[name] = thing
        thing.__name__ = name
        return thing

    return decorator


@_known_as("elu_plus_one_plus_epsilon")
def elu_plus_one_plus_epsilon(x: Tensor) -> Tensor:
    """ELU shifted to be positive: elu(x) + 1 + epsilon. Smooth, and it does not explode as exp does.

    Source: Brando 2017, Mixture Density Networks for distribution and uncertainty estimation, 3.2.3.
    """
    return ops.elu(x) + 1.0 + keras.backend.epsilon()


@_known_as("MDN")
class MDN(keras.layers.Layer):
    """Maps features to the parameters of a mixture of diagonal Gaussians.

    Args:
        output_dimension: numbers a sample has.
        num_mixtures: components.

    Call arguments:
        inputs: `(..., features)`, with or without a time axis.
        mask: `(batch, time)`, False where a step is padding. It goes on to the loss, which leaves those out.

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
        self.supports_masking = True
        self.output_dim = output_dimension
        self.num_mix = num_mixtures
        n = output_dimension * num_mixtures
        # Without its own policy each of them would compute in the global one, whatever `dtype` says.
        own: dict[str, Any] = {"dtype": self.dtype_policy}
        self.mdn_mus = keras.layers.Dense(n, name="mdn_mus", **own)
        self.mdn_sigmas = keras.layers.Dense(
            n, activation=elu_plus_one_plus_epsilon, name="mdn_sigmas", **own
        )
        self.mdn_pi = keras.layers.Dense(num_mixtures, name="mdn_pi", **own)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        for dense in (self.mdn_mus, self.mdn_sigmas, self.mdn_pi):
            dense.build(input_shape)
        super().build(input_shape)

    def call(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        return ops.concatenate([self.mdn_mus(inputs), self.mdn_sigmas(inputs), self.mdn_pi(inputs)], axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape[:-1], self.num_mix * (2 * self.output_dim + 1))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "output_dimension": self.output_dim, "num_mixtures": self.num_mix}


@_known_as("mdn_loss_func")
class MixtureLoss(keras.losses.Loss):
    """Negative log likelihood of the targets under a mixture of diagonal Gaussians, in nats.

    A class, not a closure, so that a compiled model saves and loads it with its sizes, and so that padded
    steps and sample weights count as they should.

    Args:
        output_dim, num_mixes: size of the mixture; None reads it off the targets and the parameters: a file
            of keras-mdn-layer names its loss, but not the sizes.

    Raises:
        ParameterCountError: called with parameters of another length.

    Source: Bishop 1994, Mixture Density Networks, Eq. 22, 23 and 29, by log-sum-exp.
    """

    def __init__(
        self,
        output_dim: int | None = None,
        num_mixes: int | None = None,
        name: str = "mdn_loss_func",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.__name__ = name
        self.output_dim = output_dim
        self.num_mixes = num_mixes

    def __call__(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None) -> Tensor:
        """Mean nats `()` of all rows; `sample_weight` is one number for each row, or for each sequence."""
        rank = len(y_pred.shape) - 1
        if sample_weight is not None and len(sample_weight.shape) < rank:
            weight = ops.convert_to_tensor(sample_weight, dtype=self.dtype)
            while len(weight.shape) < rank:
                weight = ops.expand_dims(weight, -1)
            # Keras takes one a step only, and multiplies it in place on Torch.
            sample_weight = weight * ops.ones(ops.shape(y_pred)[:-1], dtype=self.dtype)
        return super().__call__(y_true, y_pred, sample_weight)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Nats `(...)` of targets `(..., output_dim)`, given parameters `(..., n_params)`."""
        output_dim, num_mixes = _sizes(self.output_dim, self.num_mixes, y_true, y_pred)
        mu, sigma, pi_logits = _split_mdn_params(y_pred, output_dim, num_mixes)
        nats = -_mdn_log_prob(y_true, mu, sigma, pi_logits, output_dim, num_mixes)
        return ops.reshape(nats, ops.shape(y_pred)[:-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "output_dim": self.output_dim, "num_mixes": self.num_mixes}


def get_mixture_loss_func(output_dim: int, num_mixes: int) -> MixtureLoss:
    """The loss to compile a model with whose last layer is `MDN(output_dim, num_mixes)`."""
    return MixtureLoss(output_dim, num_mixes)


@keras.saving.register_keras_serializable("mdn")
class MixtureSample(keras.layers.Layer):
    """Draws one sample `(..., output_dim)` for each row of parameters `(..., n_params)`.

    A layer, so that a `Lambda` or a model that holds it keeps the state of its generator too: JAX compiles
    a draw once, and would give the same numbers ever after without.

    Raises:
        ParameterCountError: called with parameters of another length.
    """

    def __init__(
        self,
        output_dim: int,
        num_mixes: int,
        seed: int | keras.random.SeedGenerator | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"dtype": keras.config.floatx(), **kwargs})
        self.__name__ = "sampling_func"
        self.supports_masking = True
        self.output_dim = output_dim
        self.num_mixes = num_mixes
        self.generator = (
            seed if isinstance(seed, keras.random.SeedGenerator) else keras.random.SeedGenerator(seed)
        )

    def call(self, y_pred: Tensor) -> Tensor:
        rows, dim = (-1, self.num_mixes, self.output_dim), self.output_dim
        mu, sigma, pi_logits = _split_mdn_params(y_pred, dim, self.num_mixes)
        index = keras.random.categorical(pi_logits, 1, seed=self.generator)
        chosen = ops.one_hot(index[:, 0], self.num_mixes, dtype=mu.dtype)[..., None]
        mean = ops.sum(chosen * ops.reshape(mu, rows), axis=1)
        deviation = ops.sum(chosen * ops.reshape(sigma, rows), axis=1)
        noise = keras.random.normal(ops.shape(mean), seed=self.generator, dtype=mu.dtype)
        return ops.reshape(mean + deviation * noise, (*ops.shape(y_pred)[:-1], dim))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape[:-1], self.output_dim)

    def get_config(self) -> dict[str, Any]:
        sizes = {"output_dim": self.output_dim, "num_mixes": self.num_mixes}
        return {**super().get_config(), **sizes, "seed": self.generator.get_config()["seed"]}


def get_mixture_sampling_fun(
    output_dim: int, num_mixes: int, *, seed: int | keras.random.SeedGenerator | None = None
) -> MixtureSample:
    """A function that draws one sample `(..., output_dim)` for each row of parameters `(..., n_params)`.

    Hand it to a `Lambda` as it is, or use it as a layer: inside another function its generator is hidden from
    Keras, and a model on JAX gives the same samples at every `predict`.

    Args:
        output_dim, num_mixes: size of the mixture.
        seed: an int or a `SeedGenerator` for reproducible draws.
    """
    return MixtureSample(output_dim, num_mixes, seed)


@keras.saving.register_keras_serializable("mdn")
class SampleError(keras.metrics.MeanMetricWrapper):
    """Squared error between the targets and one draw for each, averaged over everything.

    As a metric of a compiled model it gathers the mean; called, it gives the error of each row, `(batch,)`,
    and gathers nothing.
    """

    def __init__(self, output_dim: int, num_mixes: int, name: str = "mse_func", dtype: Any = None) -> None:
        super().__init__(self._errors, name=name, dtype=dtype)
        self.__name__ = name
        self.output_dim = output_dim
        self.num_mixes = num_mixes
        self._sample = get_mixture_sampling_fun(output_dim, num_mixes)
        self._seed_state = self._sample.generator.state  # a variable of the metric, or JAX repeats the draw

    def __call__(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Mean squared error over the numbers of each row, `(...)` of targets `(..., output_dim)`."""
        return self._errors(y_true, y_pred)

    def _errors(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        sample = self._sample(y_pred)
        target = ops.reshape(ops.cast(y_true, sample.dtype), ops.shape(sample))
        return ops.mean(ops.square(sample - target), axis=-1)

    def get_config(self) -> dict[str, Any]:
        sizes = {"output_dim": self.output_dim, "num_mixes": self.num_mixes}
        return {"name": self.name, "dtype": self.dtype, **sizes}


def get_mixture_mse_accuracy(output_dim: int, num_mixes: int) -> SampleError:
    """The metric to compile a model with, to watch in training."""
    return SampleError(output_dim, num_mixes)


def _sizes(output_dim: int | None, num_mixes: int | None, y_true: Tensor, y_pred: Tensor) -> tuple[int, int]:
    """The sizes that are given, or those that targets `(..., output_dim)` and parameters have."""
    if output_dim is None:
        output_dim = int(y_true.shape[-1]) if len(y_true.shape) == len(y_pred.shape) else 1
    return output_dim, num_mixes or int(y_pred.shape[-1]) // (2 * output_dim + 1)


def _split_mdn_params(y_pred: Tensor, output_dim: int, num_mixes: int) -> tuple[Tensor, Tensor, Tensor]:
    """Means and deviations `(rows, num_mixes * output_dim)`, and logits of pi `(rows, num_mixes)`.

    Args:
        y_pred: parameters `(..., n_params)`; all axes but the last become rows.

    Raises:
        ParameterCountError: the last axis has another length.
    """
    n = output_dim * num_mixes
    count = 2 * n + num_mixes
    if y_pred.shape[-1] not in (count, None):
        raise ParameterCountError(
            f"y_pred: expected {count} numbers for {num_mixes} components of {output_dim}, "
            f"got {y_pred.shape[-1]}."
        )
    rows = ops.reshape(y_pred, (-1, count))
    return rows[:, :n], rows[:, n : 2 * n], rows[:, 2 * n :]


def _mdn_log_prob(
    y_true: Tensor, mu: Tensor, sigma: Tensor, pi_logits: Tensor, output_dim: int, num_mixes: int
) -> Tensor:
    """Nats of log density `(rows,)` of targets `(..., output_dim)` under the mixtures of `_split_mdn_params`.

    Source: Bishop 1994, Mixture Density Networks, Eq. 22 and 23, by log-sum-exp.
    """
    target = ops.reshape(y_true, (-1, 1, output_dim))
    mean, deviation = (ops.reshape(part, (-1, num_mixes, output_dim)) for part in (mu, sigma))
    score = (target - mean) / deviation
    log_density = -ops.sum(0.5 * ops.square(score) + ops.log(deviation), axis=-1)
    constant = 0.5 * output_dim * math.log(2.0 * math.pi)
    return ops.logsumexp(ops.log_softmax(pi_logits, axis=-1) + log_density, axis=-1) - constant
