"""The Keras layer, its loss and its sampling against NumPy, on every backend that is installed.

A backend is chosen once in a process, so each runs the same script in one of its own; the one of this process
runs it here, which is faster.
"""

from __future__ import annotations

import importlib.util
import io
import json
import math
import os
import subprocess
import sys
import warnings
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.train

DIM, MIXES = 2, 3
Found = tuple[dict[str, Any], Path]  # what the script printed, and the folder of its files

SCRIPT = """
import json, sys
import keras
import numpy as np
import mdn

D, M = 2, 3
params = np.load(sys.argv[1])["params"]  # (4, 5, n_params)
targets = np.load(sys.argv[1])["targets"]
loss = mdn.get_mixture_loss_func(D, M)
layer = mdn.MDN(D, M)
inputs = keras.Input((None, 7))
outputs = layer(inputs)
model = keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss=loss, metrics=[mdn.get_mixture_mse_accuracy(D, M)])
x = np.linspace(-1, 1, 4 * 5 * 7).reshape(4, 5, 7).astype("float32")
before = float(model.evaluate(x, targets, verbose=0)[0])
model.fit(x, targets, epochs=3, verbose=0)
after = float(model.evaluate(x, targets, verbose=0)[0])
model.save(sys.argv[2])
predicted = np.asarray(model.predict(x, verbose=0))
np.save(sys.argv[3], predicted)
sample = mdn.get_mixture_sampling_fun(D, M, seed=5)
tensor, array = keras.ops.convert_to_tensor, keras.ops.convert_to_numpy
drawn = array(sample(tensor(np.repeat(params[:1, :1], 4000, 0))))
positive = array(mdn.elu_plus_one_plus_epsilon(tensor([-50.0, 0.0, 2.0])))
print(json.dumps({
    "backend": keras.backend.backend(),
    "nats": array(loss.call(targets, params)).tolist(),
    "mean": float(loss(targets, params)),
    "symbolic": list(outputs.shape), "computed": list(layer.compute_output_shape((None, 5, 7))),
    "rank2": list(layer.compute_output_shape((None, 7))),
    "before": before, "after": after,
    "sampled": [list(drawn.shape), drawn.mean((0, 1)).tolist()],
    "positive": positive.tolist(),
}))
"""


def oracle(params: np.ndarray, target: np.ndarray) -> float:
    """Nats of one target, written out as Bishop 1994, Eq. 22 and 23: loops, float64, no log-sum-exp."""
    mus, sigmas, logits = np.split(params.astype("float64"), [DIM * MIXES, 2 * DIM * MIXES])
    weights = np.exp(logits) / np.exp(logits).sum()
    density = 0.0
    for k in range(MIXES):
        component = weights[k]
        for d in range(DIM):
            mean, deviation = mus[k * DIM + d], sigmas[k * DIM + d]
            score = (target[d] - mean) / deviation
            component *= math.exp(-0.5 * score**2) / (deviation * math.sqrt(2 * math.pi))
        density += component
    return -math.log(density)


def arrays() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    params = rng.normal(0.0, 1.0, (4, 5, MIXES * (2 * DIM + 1)))
    params[..., DIM * MIXES : 2 * DIM * MIXES] = rng.uniform(0.3, 2.0, (4, 5, DIM * MIXES))
    return params.astype("float32"), rng.normal(0.0, 1.0, (4, 5, DIM)).astype("float32")


SLOW = [pytest.param(backend, marks=pytest.mark.slow) for backend in ("tensorflow", "jax", "torch")]


@pytest.fixture(scope="module", params=["here", *SLOW])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What the script found on a backend, and the folder of its files."""
    backend = request.param
    if backend != "here" and importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    folder = tmp_path_factory.mktemp(backend)
    params, targets = arrays()
    np.savez(folder / "in.npz", params=params, targets=targets)
    files = [str(folder / name) for name in ("in.npz", "model.keras", "predicted.npy")]
    printed = _here(SCRIPT, *files) if backend == "here" else _python(backend, SCRIPT, *files)
    return json.loads(printed.splitlines()[-1]), folder


def _here(script: str, *arguments: str) -> str:
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")  # the one the train extra brings
    printed = io.StringIO()
    with warnings.catch_warnings(), redirect_stdout(printed), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        patch.setattr(sys, "argv", ["-c", *arguments])
        exec(compile(script, "<script>", "exec"), {"__name__": "__main__"})
    return printed.getvalue()


def _python(backend: str, script: str, *arguments: str) -> str:
    path = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])  # a backend may be anywhere on it
    chosen = {"KERAS_BACKEND": backend, "PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-W", "ignore", "-c", script, *arguments]
    done = subprocess.run(command, env=os.environ | chosen, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_loss_is_the_negative_log_likelihood(run: Found) -> None:
    params, targets = arrays()
    rows = zip(params.reshape(20, -1), targets.reshape(20, -1), strict=True)
    expected = np.reshape([oracle(p, t) for p, t in rows], (4, 5))
    np.testing.assert_allclose(run[0]["nats"], expected, atol=1e-5)
    assert run[0]["mean"] == pytest.approx(float(np.mean(expected)), abs=1e-5)


def test_the_layer_keeps_the_time_axis(run: Found) -> None:
    assert run[0]["symbolic"] == [None, None, 15]
    assert run[0]["computed"] == [None, 5, 15] and run[0]["rank2"] == [None, 15]


def test_it_learns(run: Found) -> None:
    assert run[0]["after"] < run[0]["before"]


def test_deviations_are_positive_and_smooth_at_zero(run: Found) -> None:
    assert run[0]["positive"] == pytest.approx([1e-7, 1.0 + 1e-7, 3.0 + 1e-7], abs=2e-7)


def test_samples_have_the_shape_and_the_mean_of_the_mixture(run: Found) -> None:
    shape, mean = run[0]["sampled"]
    mus, _, logits = np.split(arrays()[0][0, 0].astype("float64"), [DIM * MIXES, 2 * DIM * MIXES])
    weights = np.exp(logits) / np.exp(logits).sum()
    assert shape == [4000, 1, DIM]
    np.testing.assert_allclose(mean, weights @ mus.reshape(MIXES, DIM), atol=0.12)


@pytest.mark.slow
def test_a_saved_model_loads_with_keras_and_mdn_alone(run: Found) -> None:
    """Compiled loss and metric included, in a fresh process, without custom objects."""
    script = """
import sys
import keras
import numpy as np
import mdn
model = keras.models.load_model(sys.argv[1])
x = np.linspace(-1, 1, 4 * 5 * 7).reshape(4, 5, 7).astype("float32")
assert np.abs(np.asarray(model.predict(x, verbose=0)) - np.load(sys.argv[2])).max() < 1e-5
assert type(model.loss) is mdn.keras_layer.MixtureLoss, model.loss
print("same")
"""
    report, folder = run
    files = (str(folder / "model.keras"), str(folder / "predicted.npy"))
    assert _python(report["backend"], script, *files).splitlines()[-1] == "same"


def test_sizes_below_one_are_refused() -> None:
    pytest.importorskip("keras")
    import mdn

    with pytest.raises(ValueError, match="num_mixtures: expected at least 1, got 0"):
        mdn.MDN(2, 0)
    with pytest.raises(ValueError, match="output_dimension: expected at least 1, got -1"):
        mdn.MDN(-1, 2)
