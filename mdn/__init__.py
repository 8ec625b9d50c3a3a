"""Mixture density networks: NumPy maths, and the Keras layer.

    import mdn
    model.add(mdn.MDN(output_dimension=2, num_mixtures=5))
    model.compile(loss=mdn.get_mixture_loss_func(2, 5))
    samples = mdn.sample_from_output(model.predict(x), 2, 5)

Importing this loads NumPy only; Keras is loaded when one of its names is first used. The names,
argument order and parameter layout are those of keras-mdn-layer. `mdn.heads` holds the mixtures
Ghostjam's own models use. Imports nothing else of the project.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from mdn.sampling import sample_from_categorical, sample_from_output, softmax, split_mixture_params

if TYPE_CHECKING:
    from mdn.keras_layer import (
        MDN,
        elu_plus_one_plus_epsilon,
        get_mixture_loss_func,
        get_mixture_mse_accuracy,
        get_mixture_sampling_fun,
    )
    from mdn.keras_layer import _mdn_log_prob as _mdn_log_prob
    from mdn.keras_layer import _split_mdn_params as _split_mdn_params

__all__ = [
    "MDN",
    "elu_plus_one_plus_epsilon",
    "get_mixture_loss_func",
    "get_mixture_mse_accuracy",
    "get_mixture_sampling_fun",
    "sample_from_categorical",
    "sample_from_output",
    "softmax",
    "split_mixture_params",
]


if "keras" in sys.modules:
    # Who has Keras gets the layer registered at once: `import keras, mdn` is all load_model needs.
    from mdn import keras_layer as keras_layer


def __getattr__(name: str) -> Any:
    if name in __all__ or name in ("_mdn_log_prob", "_split_mdn_params"):  # keras-mdn-layer has them too
        from mdn import keras_layer

        return getattr(keras_layer, name)
    raise AttributeError(f"module 'mdn' has no attribute {name!r}")
