"""The Keras layer, its loss and its sampling against NumPy, on every backend that is installed.

A backend is chosen once in a process, so each runs the same script in one of its own, and the one of this
process runs it here. That takes seconds: the fast tests call the layer and its loss by themselves.
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
import zipfile
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace
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

metric = mdn.get_mixture_mse_accuracy(D, M)
sharp = np.concatenate([np.full((4, D * M), 3.0), np.full((4, D * M), 1e-6), np.zeros((4, M))], -1)
rows = array(metric(np.array([[1.0, 3.0]] * 4, "float32"), sharp.astype("float32")))
metric.update_state(np.full((4, D), 5.0, "float32"), sharp.astype("float32"))

# Two padded steps a sequence, whose targets are far off: wherever they count, everything else is drowned.
padded, wrong = x.copy(), targets.copy()
padded[:, 3:], wrong[:, 3:] = 0.0, 1e3
def masked(mdn_layer, explicit=False):
    steps = keras.Input((5, 7))
    mask = keras.layers.Masking()
    hidden = keras.layers.LSTM(6, return_sequences=True)(mask(steps))
    if explicit:  # what is not masked when it comes is masked by the argument
        hidden = keras.layers.LSTM(6, return_sequences=True)(steps)
        out = mdn_layer(hidden, mask=mask.compute_mask(steps))
    else:
        out = mdn_layer(hidden)
    net = keras.Model(steps, out)
    net.compile(loss=loss, metrics=[mdn.get_mixture_mse_accuracy(D, M)])
    nats, error = net.evaluate(padded, wrong, verbose=0)
    weighted = net.evaluate(padded, wrong, sample_weight=np.array([1.0, 0.0, 0.0, 0.0]), verbose=0)[0]
    real = net.predict(padded, verbose=0)[:, :3]
    expected = array(loss.call(targets[:, :3], real))
    return [float(v) for v in (nats, expected.mean(), error, weighted, expected[0].mean() / 4)]

drawing = keras.Sequential([keras.Input((15,)), keras.layers.Lambda(mdn.get_mixture_sampling_fun(D, M))])
flat = params.reshape(20, 15)
draws = [drawing.predict(flat, verbose=0).tolist() for _ in range(3)]
drawing.save(sys.argv[2].replace("model", "drawing"))
scored = keras.Sequential([keras.Input((15,)), keras.layers.Identity()])
scored.compile(loss=loss, metrics=[mdn.get_mixture_mse_accuracy(D, M)])
errors = [float(scored.evaluate(flat, targets.reshape(20, 2), verbose=0, return_dict=True)["mse_func"])
          for _ in range(3)]

keras.config.set_dtype_policy("mixed_float16")
try:
    precise = mdn.MDN(D, M, dtype="float32")
    high = precise(x)
    half = mdn.MDN(D, M)(x)
    precision = [keras.backend.standardize_dtype(high.dtype), keras.backend.standardize_dtype(half.dtype)]
    w, b = (array(v) for v in precise.mdn_mus.weights)
    precision.append(float(np.abs(array(high)[..., : D * M] - (x @ w + b)).max()))
finally:
    keras.config.set_dtype_policy("float32")

split = mdn._split_mdn_params(params, D, M)
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
    "names": [loss.__name__, metric.__name__, mdn.get_mixture_sampling_fun(D, M).__name__],
    "rows": rows.tolist(), "gathered": float(metric.result()),
    "masks": {
        "layer": masked(mdn.MDN(D, M)),
        "distributed": masked(keras.layers.TimeDistributed(mdn.MDN(D, M))),
        "argument": masked(mdn.MDN(D, M), explicit=True),
    },
    "draws": draws, "errors": errors, "precision": precision,
    "split": [list(part.shape) for part in split],
    "log_prob": array(mdn._mdn_log_prob(targets, *split, D, M)).tolist(),
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


BACKENDS = [pytest.param(name, marks=pytest.mark.slow) for name in ("here", "tensorflow", "jax", "torch")]


@pytest.fixture(scope="module", params=BACKENDS)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What the script found on a backend, and the folder of its files."""
    backend = request.param
    if backend == "here":
        request.getfixturevalue("libraries")  # it chooses the backend, if nobody has yet
    if backend != "here" and importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    folder = tmp_path_factory.mktemp(backend)
    params, targets = arrays()
    np.savez(folder / "in.npz", params=params, targets=targets)
    files = [str(folder / name) for name in ("in.npz", "model.keras", "predicted.npy")]
    printed = _here(SCRIPT, *files) if backend == "here" else _python(backend, SCRIPT, *files)
    return json.loads(printed.splitlines()[-1]), folder


def _here(script: str, *arguments: str) -> str:
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


def expected_nats() -> np.ndarray:
    params, targets = arrays()
    rows = zip(params.reshape(20, -1), targets.reshape(20, -1), strict=True)
    return np.reshape([oracle(p, t) for p, t in rows], (4, 5))


def test_the_loss_is_the_negative_log_likelihood(run: Found) -> None:
    np.testing.assert_allclose(run[0]["nats"], expected_nats(), atol=1e-5)
    assert run[0]["mean"] == pytest.approx(float(np.mean(expected_nats())), abs=1e-5)


def test_layer_loss_and_sampling_by_themselves(libraries: SimpleNamespace) -> None:
    """Without a network that is compiled, trained and saved, on the backend of this process."""
    import mdn

    params, targets = arrays()
    loss = mdn.get_mixture_loss_func(DIM, MIXES)
    array = libraries.keras.ops.convert_to_numpy
    np.testing.assert_allclose(array(loss.call(targets, params)), expected_nats(), atol=1e-5)
    assert float(loss(targets, params)) == pytest.approx(float(np.mean(expected_nats())), abs=1e-5)
    out = array(mdn.MDN(DIM, MIXES)(np.linspace(-9, 9, 4 * 5 * 7).reshape(4, 5, 7).astype("float32")))
    assert out.shape == (4, 5, MIXES * (2 * DIM + 1))
    assert (out[..., DIM * MIXES : 2 * DIM * MIXES] > 0.0).all()
    sample = mdn.get_mixture_sampling_fun(DIM, MIXES, seed=5)
    first, second = (array(sample(params)) for _ in range(2))
    assert first.shape == (4, 5, DIM) and (first != second).all()


def test_the_layer_keeps_the_time_axis(run: Found) -> None:
    assert run[0]["symbolic"] == [None, None, 15]
    assert run[0]["computed"] == [None, 5, 15] and run[0]["rank2"] == [None, 15]


def test_the_parts_of_the_loss_are_there_by_the_peers_names(run: Found) -> None:
    assert run[0]["names"] == ["mdn_loss_func", "mse_func", "sampling_func"]
    assert run[0]["split"] == [[20, 6], [20, 6], [20, 3]]
    np.testing.assert_allclose(run[0]["log_prob"], -np.ravel(run[0]["nats"]), atol=1e-6)


def test_the_metric_gives_rows_when_called_and_a_mean_when_compiled(run: Found) -> None:
    assert run[0]["rows"] == pytest.approx([2.0] * 4, abs=1e-4)  # one number is 2 off, one is right
    assert run[0]["gathered"] == pytest.approx(4.0, abs=1e-4)  # and not the rows before


@pytest.mark.parametrize("way", ["layer", "distributed", "argument"])
def test_padded_steps_do_not_count(run: Found, way: str) -> None:
    nats, expected, error, weighted, first = run[0]["masks"][way]
    assert nats == pytest.approx(expected, rel=1e-4)
    assert error < 100.0  # a padded step is a thousand off
    assert weighted == pytest.approx(first, rel=1e-4)  # Keras divides by all four


def test_a_lambda_and_a_metric_draw_anew_every_time(run: Found) -> None:
    first, second, third = run[0]["draws"]
    assert np.shape(first) == (20, DIM)
    assert first != second and second != third
    assert len(set(run[0]["errors"])) == 3


def test_a_layer_of_its_own_type_computes_in_it(run: Found) -> None:
    high, half, error = run[0]["precision"]
    assert (high, half) == ("float32", "float16")
    assert error < 1e-5  # halves are 1e-3 off


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
drawing = keras.models.load_model(sys.argv[3])
rows = np.ones((4, 15), "float32")
assert drawing.predict(rows, verbose=0).tolist() != drawing.predict(rows, verbose=0).tolist()
print("same")
"""
    report, folder = run
    files = [str(folder / name) for name in ("model.keras", "predicted.npy", "drawing.keras")]
    assert _python(report["backend"], script, *files).splitlines()[-1] == "same"


def test_a_file_has_the_names_that_the_peer_looks_for(run: Found) -> None:
    """Its README loads with `custom_objects={"MDN": ..., "mdn_loss_func": ...}`."""
    with zipfile.ZipFile(run[1] / "model.keras") as file:
        config = json.loads(file.read("config.json"))
    (layer,) = (layer for layer in config["config"]["layers"] if layer["class_name"] == "MDN")
    assert layer["registered_name"] == "MDN"
    assert set(layer["config"]) == {"name", "trainable", "dtype", "output_dimension", "num_mixtures"}
    assert config["compile_config"]["loss"]["registered_name"] == "mdn_loss_func"


@pytest.mark.parametrize("named", [False, True])
def test_a_file_of_the_peer_is_loaded_with_its_loss(run: Found, tmp_path: Path, named: bool) -> None:
    """With the custom objects of its README, and without."""
    keras = pytest.importorskip("keras")
    import mdn

    if run[0]["backend"] != keras.backend.backend():
        pytest.skip("loads in this process, which has another backend")
    with zipfile.ZipFile(run[1] / "model.keras") as ours, zipfile.ZipFile(tmp_path / "m.keras", "w") as peers:
        for name in ours.namelist():
            peers.writestr(
                name, _as_the_peer_writes(ours.read(name)) if name == "config.json" else ours.read(name)
            )
    objects = {"MDN": mdn.MDN, "mdn_loss_func": mdn.get_mixture_loss_func(DIM, MIXES)} if named else None
    model = keras.models.load_model(tmp_path / "m.keras", custom_objects=objects)
    x = np.linspace(-1, 1, 4 * 5 * 7).reshape(4, 5, 7).astype("float32")
    assert model.evaluate(x, arrays()[1], verbose=0) == pytest.approx(run[0]["after"], abs=1e-4)


def _as_the_peer_writes(config: bytes) -> str:
    """Its class is in another module, and its loss is a function without sizes."""
    found = json.loads(config)
    found["compile_config"]["metrics"] = None
    found["compile_config"]["loss"] = {
        "module": "builtins",
        "class_name": "function",
        "config": "mdn_loss_func",
        "registered_name": "function",
    }
    return json.dumps(found).replace('"mdn.keras_layer"', '"keras_mdn_layer"')


def test_parameters_of_another_mixture_are_refused() -> None:
    pytest.importorskip("keras")
    import mdn

    for kind in (ValueError, AssertionError):
        with pytest.raises(kind, match="y_pred: expected 15 numbers for 3 components of 2, got 30"):
            mdn.get_mixture_loss_func(2, 3)(np.zeros((4, 2)), np.zeros((4, 30)))


def test_a_loss_reads_the_sizes_it_was_not_given() -> None:
    """Targets of one number may come without an axis of their own."""
    pytest.importorskip("keras")
    import mdn

    params = np.array([[0.0, 1.0, 1.0, 2.0, 0.3, 0.7], [1.0, 2.0, 3.0, 0.5, 0.1, 0.2]])
    target = np.array([0.5, -1.0])
    known = float(mdn.get_mixture_loss_func(1, 2)(target, params))
    assert float(mdn.keras_layer.MixtureLoss()(target, params)) == pytest.approx(known)
    assert float(mdn.keras_layer.MixtureLoss()(target[:, None], params)) == pytest.approx(known)


def test_sizes_below_one_are_refused() -> None:
    pytest.importorskip("keras")
    import mdn

    with pytest.raises(ValueError, match="num_mixtures: expected at least 1, got 0"):
        mdn.MDN(2, 0)
    with pytest.raises(ValueError, match="output_dimension: expected at least 1, got -1"):
        mdn.MDN(-1, 2)
