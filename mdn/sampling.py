"""Plain mixtures of diagonal Gaussians in NumPy: the functions of keras-mdn-layer, by the same names.

Parameters of a mixture are one vector: means `(num_mixes * output_dim,)`, standard deviations of the
same length, then `num_mixes` logits of pi. All functions here take that vector, or a batch of them
as rows; a batch is sampled in one go. Without a generator they draw from NumPy's global one, so that
`np.random.seed` makes them repeatable.
"""

from __future__ import annotations

import numpy as np

Generator = np.random.Generator


class ParameterCountError(AssertionError, ValueError):
    """Another number of parameters than the mixture has. An assertion too: keras-mdn-layer asserts it."""


def softmax(w: np.ndarray, t: float = 1.0) -> np.ndarray:
    """Probabilities from logits, along the last axis.

    Args:
        w: logits, `(..., n)`.
        t: temperature that divides the logits; above 1 flattens, below 1 sharpens. > 0.

    Returns:
        float64 `(..., n)`, each row summing to 1.

    Raises:
        ValueError: a temperature that is not above 0.

    >>> softmax(np.log([1.0, 3.0])).round(2).tolist()
    [0.25, 0.75]
    """
    if not t > 0.0:
        raise ValueError(f"t: expected a temperature > 0, got {t}.")
    logits = np.asarray(w, "float64") / t
    weight = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=-1, keepdims=True))


def sample_from_categorical(dist: np.ndarray, *, rng: Generator | None = None) -> np.ndarray | int:
    """Draw an index from probabilities.

    Counts the cumulative weights at or below a uniform draw, among all but the last: what rounding
    leaves over belongs to the last index, so the draw cannot fall off the end.

    Args:
        dist: probabilities, `(n,)` or `(..., n)`.
        rng: source of randomness; None is NumPy's global generator.

    Returns:
        An int for one distribution, else an integer array of the leading shape.
    """
    dist = np.asarray(dist, "float64")
    shape = (*dist.shape[:-1], 1)
    uniform = np.random.random(shape) if rng is None else rng.random(shape)
    index = np.sum(np.cumsum(dist[..., :-1], axis=-1) <= uniform, axis=-1)
    return int(index) if dist.ndim == 1 else index


def split_mixture_params(
    params: np.ndarray, output_dim: int, num_mixes: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means, standard deviations and pi logits of `params`, `(..., num_mixes * (2 * output_dim + 1))`.

    Returns:
        Views `(..., num_mixes * output_dim)`, the same again, and `(..., num_mixes)`.

    Raises:
        ParameterCountError: the last axis has another length.

    >>> split_mixture_params(np.arange(5), 2, 1)
    (array([0, 1]), array([2, 3]), array([4]))
    """
    params = np.asarray(params)
    n = output_dim * num_mixes
    if params.shape[-1] != 2 * n + num_mixes:
        raise ParameterCountError(
            f"params: expected {2 * n + num_mixes} numbers for {num_mixes} components of {output_dim}, "
            f"got {params.shape[-1]}."
        )
    return params[..., :n], params[..., n : 2 * n], params[..., 2 * n :]


def sample_from_output(
    params: np.ndarray,
    output_dim: int,
    num_mixes: int,
    temp: float = 1.0,
    sigma_temp: float = 1.0,
    *,
    rng: Generator | None = None,
) -> np.ndarray:
    """Draw from a mixture of diagonal Gaussians.

    Args:
        params: one vector `(n_params,)`, or a batch `(..., n_params)`, sampled in one go.
        output_dim, num_mixes: size of the mixture.
        temp: divides the logits of pi, > 0.
        sigma_temp: multiplies the covariance, so each deviation by its square root, >= 0.
        rng: source of randomness; None is NumPy's global generator.

    Returns:
        float64 `(output_dim,)` for one vector, `(..., output_dim)` for a batch.

    Raises:
        ParameterCountError: a wrong length of the last axis.
        ValueError: a wrong temperature.
    """
    if not sigma_temp >= 0.0:
        raise ValueError(f"sigma_temp: expected a temperature >= 0, got {sigma_temp}.")
    params = np.asarray(params, "float64")
    mus, sigmas, logits = split_mixture_params(params, output_dim, num_mixes)
    component = np.ravel(sample_from_categorical(softmax(logits, temp), rng=rng))
    pick = (np.arange(component.size), component)
    mean = mus.reshape(-1, num_mixes, output_dim)[pick]
    deviation = sigmas.reshape(-1, num_mixes, output_dim)[pick] * np.sqrt(sigma_temp)
    noise = np.random.standard_normal(mean.shape) if rng is None else rng.standard_normal(mean.shape)
    return np.asarray(mean + deviation * noise).reshape(*params.shape[:-1], output_dim)
