"""Opening a model file: what is proved before anything is played, and what is said when it is not so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.ghost import Ghost
from app.ghost.litert.ours import GOLDEN_TOLERANCE, Runtime, padded
from app.ghost.litert.quiet import quiet_info
from models.errors import ModelError
from models.manifest import MEMBER, read_manifest

Edit = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="session")
def shipped(root: Path) -> Path:
    return root / "models" / "touch.tflite"


@pytest.fixture
def edited(shipped: Path, tmp_path: Path) -> Callable[..., Path]:
    """Makes a copy of the shipped model with another manifest, and if wanted another graph in front of it."""

    def edit(change: Edit, front: Callable[[bytes], bytes] = lambda data: data) -> Path:
        with zipfile.ZipFile(shipped) as archive:
            manifest = json.loads(archive.read(MEMBER))
            start = archive.getinfo(MEMBER).header_offset
        change(manifest)
        copy = tmp_path / "copy.tflite"
        copy.write_bytes(front(shipped.read_bytes()[:start]))
        with zipfile.ZipFile(copy, "a") as archive:
            archive.writestr(MEMBER, json.dumps(manifest))
        return copy

    return edit


def nothing(manifest: dict[str, Any]) -> None:
    """Leaves a manifest as it is."""


def setting(**fields: Any) -> Edit:
    """Changes fields of a manifest."""
    return lambda manifest: manifest.update(fields)


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as error:
        Runtime(path)
    text = str(error.value)
    begins = tuple(f"{path}: {what}expected " for what in ("", "columns: ", "manifest: "))
    assert text.startswith(begins), text
    assert "\n" not in text.strip() or "does not load" in text
    return text


def test_an_unchanged_copy_plays(edited: Callable[..., Path]) -> None:
    assert Ghost.load(edited(nothing)).generate(3).shape == (3, 4)


def test_the_shipped_model_repeats_its_golden_numbers_well_within_the_tolerance(shipped: Path) -> None:
    runtime = Runtime(shipped)
    golden = runtime.manifest.golden
    events = np.array(golden.events, "float32")
    state = np.zeros(runtime.manifest.state_shape, "float32")
    heard, _ = runtime.feed(events, state)
    assert heard == pytest.approx(np.array(golden.mixture), abs=GOLDEN_TOLERANCE)
    assert len(golden.mixture) > 50 and np.std(golden.mixture) > 10 * GOLDEN_TOLERANCE


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gone.tflite"
    assert refusal(path) == f"{path}: expected a .tflite file, got no such file."


def test_a_model_of_another_program_is_refused(edited: Callable[..., Path], shipped: Path) -> None:
    path = edited(nothing)
    with zipfile.ZipFile(shipped) as archive:
        path.write_bytes(shipped.read_bytes()[: archive.getinfo(MEMBER).header_offset])
    assert refusal(path).endswith("expected a Ghostjam model with a manifest inside, got a file without one.")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.95])
def test_a_graph_cut_short_is_refused(edited: Callable[..., Path], share: float) -> None:
    path = edited(nothing, front=lambda data: data[: int(len(data) * share)])
    assert "expected a LiteRT model, got one that does not load: " in refusal(path)


def test_a_graph_of_garbage_is_refused(edited: Callable[..., Path]) -> None:
    path = edited(nothing, front=lambda data: np.random.default_rng(1).bytes(20_000))
    assert "expected a LiteRT model, got one that does not load: " in refusal(path)


@pytest.mark.parametrize(
    ("field", "tensor"),
    [
        ("layers", "feed.state"), ("units", "feed.state"), ("feed_events", "feed.events"),
        ("generate_events", "generate.noise"), ("futures", "fan.noise"), ("future_events", "fan.noise"),
    ],
)  # fmt: skip
def test_another_size_than_the_tensors_is_refused(
    edited: Callable[..., Path], shipped: Path, field: str, tensor: str
) -> None:
    size = getattr(read_manifest(shipped), field)
    text = refusal(edited(setting(**{field: size + 1})))
    assert f"expected {tensor} float32 (" in text and f"{size + 1}" in text.replace(
        f"{size + 2}", f"{size + 1}"
    )
    assert ", got float32 (" in text


def test_another_number_of_columns_is_refused(edited: Callable[..., Path]) -> None:
    path = edited(lambda manifest: manifest["columns"].pop())
    assert "expected noise uniform, normal, normal, normal, got " in refusal(path)


def test_another_number_of_noises_is_refused(edited: Callable[..., Path]) -> None:
    path = edited(lambda manifest: manifest["noise"].append("normal"))
    assert "expected noise uniform, normal, normal, normal, uniform, got " in refusal(path)


@pytest.mark.parametrize(("part", "what"), [("mixture", "mixture"), ("generated", "events of generate")])
@pytest.mark.parametrize("value", [0.5, float("nan")])
def test_other_golden_numbers_are_refused(
    edited: Callable[..., Path], part: str, what: str, value: float
) -> None:
    def change(manifest: dict[str, Any]) -> None:
        numbers = manifest["golden"][part]
        row = numbers if part == "mixture" else numbers[-1]
        row[1] += value

    text = refusal(edited(change))
    assert f"expected the {what} it was exported with, within {GOLDEN_TOLERANCE}, got " in text


@pytest.mark.parametrize("signature", ["generate", "fan", "guided", "propose"])
def test_each_signature_gives_the_golden_events(
    shipped: Path, monkeypatch: pytest.MonkeyPatch, signature: str
) -> None:
    """A digest says that the file is whole; this, that the machine computes what the file says."""
    whole = Runtime._open

    def broken(runtime: Runtime, path: Path) -> None:
        whole(runtime, path)
        call: Callable[..., dict[str, np.ndarray]] = runtime._calls[signature]
        # The last event of the last future only.
        changed = {"fan": np.s_[-1, 3], "propose": np.s_[-1, 3]}.get(signature, np.s_[3])

        def call_changed(**tensors: Any) -> dict[str, np.ndarray]:
            outputs = call(**tensors)
            outputs["events"][changed] += 0.1
            return outputs

        monkeypatch.setitem(runtime._calls, signature, call_changed)

    monkeypatch.setattr(Runtime, "_open", broken)
    assert f"expected the events of {signature} it was exported with, within " in refusal(shipped)


def test_another_golden_phrase_is_refused(edited: Callable[..., Path]) -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["golden"]["events"][0][0] += 0.3

    assert "expected the mixture it was exported with" in refusal(edited(change))


def test_a_golden_vector_of_another_length_is_refused(edited: Callable[..., Path]) -> None:
    refusal(edited(lambda manifest: manifest["golden"]["mixture"].pop()))
    refusal(edited(lambda manifest: manifest["golden"]["generated"].pop()))


def test_a_golden_vector_of_one_number_is_refused_by_its_size(edited: Callable[..., Path]) -> None:
    text = refusal(edited(lambda manifest: manifest["golden"].update(mixture=[0.0])))
    assert "off." not in text


def test_an_empty_golden_phrase_is_refused(edited: Callable[..., Path]) -> None:
    refusal(edited(lambda manifest: manifest["golden"].update(events=[])))


def test_another_number_of_mixtures_is_refused_when_it_is_loaded(
    edited: Callable[..., Path], shipped: Path
) -> None:
    refusal(edited(setting(mixtures=read_manifest(shipped).mixtures + 1)))


def test_noise_of_another_kind_is_refused(edited: Callable[..., Path]) -> None:
    refusal(edited(lambda manifest: manifest["noise"].sort()))


def test_a_size_in_words_is_refused(edited: Callable[..., Path]) -> None:
    refusal(edited(setting(layers="2")))


def test_padding_is_below_and_in_float32() -> None:
    rows = padded(np.array([[1.0, 2.0]]), 3)
    assert rows.tolist() == [[1.0, 2.0], [0.0, 0.0], [0.0, 0.0]] and rows.dtype == np.float32


def test_outputs_are_copies(shipped: Path) -> None:
    runtime = Runtime(shipped)
    manifest = runtime.manifest
    state = np.zeros(manifest.state_shape, "float32")
    rows = np.full((5, len(manifest.columns)), 0.5, "float32")
    _, first = runtime.feed(rows[:1], state)
    kept = first.copy()
    _, second = runtime.feed(rows, first)
    assert first.tolist() == kept.tolist() != second.tolist()


def test_only_information_is_kept_off_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet_info():
        os.write(2, b"INFO: created a delegate\nERROR: no such operator\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "ERROR: no such operator\nafter\n"


def test_an_error_inside_gives_the_terminal_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ModelError), quiet_info():
        raise ModelError("x")
    os.write(2, b"still here\n")
    assert capfd.readouterr().err == "still here\n"


def test_a_model_opens_in_silence_and_without_training_libraries(shipped: Path) -> None:
    code = (
        "import sys; from app.ghost import Ghost; Ghost.load(sys.argv[1]).generate(2)\n"
        "sys.exit(' '.join({'tensorflow', 'keras', 'jax', 'training'} & set(sys.modules)) or None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(shipped)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr.strip(), done.returncode) == ("", "", 0)


def test_a_mixture_that_is_read_otherwise_is_refused(edited: Callable[..., Path]) -> None:
    """The order of the parameters is code, not data: a file of another order must not be misread."""
    text = refusal(edited(lambda manifest: manifest["golden"].update(nats=1.0)))
    assert "expected a mixture read as when it was exported (1.000 nats), got " in text
