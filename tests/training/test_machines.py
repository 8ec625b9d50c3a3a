"""Several processes, or several devices, reach the weights that one alone reaches."""

from __future__ import annotations

import os
import socket
import subprocess
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.programs import free_port
from tests.training.test_command import command
from training.backend import BackendError

SIZES = ("--units", "8", "--layers", "2", "--mixtures", "2", "--epochs", "2", "--backend", "jax")
needs_jax = pytest.mark.skipif(find_spec("jax") is None, reason="needs jax")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Twenty circles of 90 events: four streams, which two processes halve."""
    rng = np.random.default_rng(1)
    angle = rng.uniform(0, 6, (20, 1)) + 0.3 * np.arange(90)
    values = np.stack(
        [
            0.5 + 0.2 * np.cos(angle),
            0.5 + 0.2 * np.sin(angle),
            np.full_like(angle, 0.02),
            np.ones_like(angle),
        ],
        -1,
    )
    path = tmp_path / "circles.npz"
    columns = np.array(["x", "y", "dt", "moving"])
    np.savez(path, values=values.reshape(-1, 4), offsets=np.arange(0, 1801, 90), columns=columns)
    return path


def start(root: Path, *arguments: object, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command("train", *arguments, *SIZES),
        cwd=root, env={**os.environ, **environment}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def weights(path: Path) -> dict[str, np.ndarray]:
    from training.reopen import read_weights

    return read_weights(path)[1]


@needs_jax
@pytest.mark.train
@pytest.mark.slow
def test_two_processes_or_two_devices_give_the_weights_of_one(data: Path, root: Path, tmp_path: Path) -> None:
    addresses = ",".join(f"127.0.0.1:{free_port(socket.SOCK_STREAM)}" for _ in range(2))
    runs = [
        start(root, data, "--out", tmp_path / "one.tflite"),
        start(root, data, "--out", tmp_path / "two.tflite", "--addresses", addresses, "--rank", "0"),
        start(
            root, data, "--out", tmp_path / "other.tflite",
            KERAS_DISTRIBUTION_JOB_ADDRESSES=addresses, KERAS_DISTRIBUTION_PROCESS_ID="1",
        ),
        start(
            root, data, "--out", tmp_path / "devices.tflite",
            XLA_FLAGS="--xla_force_host_platform_device_count=2",
        ),
    ]  # fmt: skip
    said = [run.communicate(timeout=900) for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0, 0], said
    assert said[0][0].count("\n") == said[1][0].count("\n") == 1, "stdout is the report's alone"
    assert said[2][0] == "process 1: trained along for 2 epochs\n"
    assert not (tmp_path / "other.tflite").exists(), "the first process writes the model"
    one = weights(tmp_path / "one.tflite")
    for shared in ("two", "devices"):
        for name, values in weights(tmp_path / f"{shared}.tflite").items():
            assert values == pytest.approx(one[name], abs=2e-6), f"{shared}: {name}"


@needs_jax
@pytest.mark.train
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
@pytest.mark.parametrize(
    ("addresses", "rank", "text"),
    [
        ("here", 0, "addresses: expected HOST:PORT,HOST:PORT ..., got 'here'."),
        ("a:1,b:x", 0, "addresses: expected HOST:PORT,HOST:PORT ..., got 'b:x'."),
        ("a:1,b:2", 2, "rank: expected 0 to 1, one of 2 addresses, got 2."),
    ],
)
def test_addresses_that_are_none_are_refused(
    libraries: SimpleNamespace, addresses: str, rank: int, text: str
) -> None:
    from training.machines import join

    if libraries.keras.backend.backend() != "jax":
        text = f"addresses: expected --backend jax, got {libraries.keras.backend.backend()}."
    with pytest.raises(BackendError) as error:
        join(addresses, rank)
    assert str(error.value) == text
