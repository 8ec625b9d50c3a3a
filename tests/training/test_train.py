"""`python -m training`: a model from a folder of recordings, and one line for whatever is wrong."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.ghost import Ghost
from mdn.columns import TOUCH
from models.manifest import read_manifest
from training import __main__ as command_line
from training.checkpoint import Progress
from training.corpus import Corpus, CorpusError, drawn
from training.options import parser
from training.recipe import Recipe
from training.train import Job, _write, amount, fitting_recipe, split

slow_start = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


def corpus_of(*lengths: int) -> Corpus:
    """Performances of these lengths; every event is a number of its own."""
    numbers = np.arange(4 * sum(lengths), dtype="float32").reshape(-1, 4)
    return Corpus(TOUCH, tuple(np.split(numbers, np.cumsum(lengths)[:-1])))


def rows(corpus: Corpus) -> set[float]:
    return {float(p[i, 0]) for p in corpus.performances for i in range(len(p))}


# --- splitting and sizes ---


def test_every_tenth_of_many_performances_is_held_out() -> None:
    corpus = corpus_of(*[5] * 23)
    learn, held_out = split(corpus)
    assert [p[0, 0] for p in held_out.performances] == [corpus.performances[i][0, 0] for i in (9, 19)]
    assert len(learn.performances) == 21 and rows(learn).isdisjoint(rows(held_out))


@pytest.mark.parametrize("lengths", [(100,), (60, 40), (10, 5, 8), (30,) * 9])
def test_the_ends_of_few_performances_are_held_out(lengths: tuple[int, ...]) -> None:
    corpus = corpus_of(*lengths)
    learn, held_out = split(corpus)
    assert rows(learn).isdisjoint(rows(held_out)), "nothing is scored that was learned"
    assert min(len(p) for p in (*learn.performances, *held_out.performances)) >= 2
    assert 0 < held_out.n_events <= 0.5 * corpus.n_events
    for whole, part in zip(corpus.performances, learn.performances, strict=True):
        assert part.tolist() == whole[: len(part)].tolist()


def test_what_is_too_short_to_hold_anything_out_is_refused_or_said() -> None:
    try:
        learn, held_out = split(corpus_of(3, 3, 3))
    except CorpusError:
        return
    assert rows(learn).isdisjoint(rows(held_out))


def test_streams_are_no_wider_than_the_corpus_fills() -> None:
    recipe = Recipe(n_streams=32, n_steps=100)
    assert fitting_recipe(corpus_of(100), recipe).n_streams == 1
    assert fitting_recipe(corpus_of(4000), recipe) == replace(recipe, n_streams=10)
    assert fitting_recipe(corpus_of(100_000), recipe) == recipe


def test_a_handful_of_events_is_refused() -> None:
    with pytest.raises(CorpusError, match="corpus: expected at least 8 player events, got 7"):
        fitting_recipe(corpus_of(7), Recipe())


@pytest.mark.parametrize(
    ("n", "start"),
    [(999, "999 events are very few"), (1000, "1000 events are a start"), (10_000, "10000 events are en")],
)
def test_the_amount_is_judged(n: int, start: str) -> None:
    assert amount(corpus_of(n)).startswith(start)


# --- the command line, without any training ---


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command in this process: exit code, stdout, stderr."""

    def run_command(*arguments: object) -> tuple[int, str, str]:
        try:
            code = command_line.main([str(a) for a in arguments])
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return run_command


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A performance of twenty touches."""
    path = tmp_path / "takes" / "one.csv"
    path.parent.mkdir()
    lines = [f"{0.02 * i},player,0,{0.3 + 0.01 * i},0.5,1,{int(i > 0)}" for i in range(20)]
    path.write_text("\n".join(["time_s,source,voice,x,y,z,moving", *lines]) + "\n")
    return path


def test_bad_data_is_one_line_and_exit_code_2(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    notes = tmp_path / "notes.csv"
    notes.write_text("hello\n")
    for command, path in (("train", tmp_path / "gone"), ("train", notes), ("train", tmp_path / "gone.npz")):
        code, out, err = run(command, path)
        assert (code, out) == (2, "")
        assert err.startswith(f"ghostjam {command}: {path}: expected ") and err.count("\n") == 1, err


def test_bad_data_for_a_score_is_one_line_too(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, recording: Path
) -> None:
    for arguments, text in (
        (("no-such-model", recording), "model: expected one of touch"),
        (("touch", tmp_path / "gone"), f"{tmp_path / 'gone'}: expected a file or folder"),
        (
            (tmp_path / "gone.tflite", recording),
            f"{tmp_path / 'gone.tflite'}: expected a .tflite file, got no such",
        ),
    ):
        code, out, err = run("evaluate", *arguments)
        assert (code, out) == (2, "")
        assert err.startswith(f"ghostjam evaluate: {text}") and err.count("\n") == 1, err


def test_a_backend_that_is_not_there_is_one_line(
    run: Callable[..., tuple[int, str, str]], recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.backend.importlib.util.find_spec", lambda name: None)
    code, _, err = run("train", recording)
    assert code == 2 and err.startswith(
        "ghostjam train: backend: expected one that is installed: none (pip install"
    )
    assert err.count("\n") == 1


@pytest.mark.parametrize("option", ["--epochs", "--units", "--layers", "--mixtures"])
@pytest.mark.parametrize("value", ["0", "-3", "many", "1.5"])
def test_bad_options_are_refused(
    run: Callable[..., tuple[int, str, str]], recording: Path, option: str, value: str
) -> None:
    code, out, err = run("train", recording, option, value)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1 and err.startswith(f"ghostjam train: {option}: expected ")


def test_a_seed_of_zero_is_a_seed(recording: Path) -> None:
    assert parser(None).parse_args(["train", str(recording), "--seed", "0"]).seed == 0


@pytest.mark.parametrize("text", ["{", "[]", "\xff"])
def test_a_bad_credit_file_is_one_line(
    run: Callable[..., tuple[int, str, str]], recording: Path, tmp_path: Path, text: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("training.train.train", lambda corpus, job: pytest.fail("begins to train"))
    credit = tmp_path / "credit.json"
    credit.write_bytes(text.encode("latin-1"))
    code, _, err = run("train", recording, "--credit", credit)
    assert code == 2 and str(credit) in err and err.count("\n") == 1


def test_held_out_data_of_other_columns_is_refused_before_training(
    run: Callable[..., tuple[int, str, str]], recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.train.train", lambda corpus, job: pytest.fail("begins to train"))
    knobs = tmp_path / "knobs.csv"
    knobs.write_text("time_s,source,voice,x1\n1,player,0,0.1\n2,player,0,0.2\n3,player,0,0.3\n")
    code, _, err = run("train", recording, "--valid", knobs)
    assert code == 2 and str(knobs) in err and err.count("\n") == 1


def broken_training(error: Exception) -> Callable[..., Any]:
    def train(corpus: Corpus, job: object) -> None:
        raise error

    return train


@pytest.mark.train
@slow_start
@pytest.mark.parametrize("kind", ["FitError", "ExportError"])
def test_training_that_fails_is_one_line(
    run: Callable[..., tuple[int, str, str]], recording: Path, libraries: SimpleNamespace, kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from training import modelfile

    errors = {"FitError": libraries.fit.FitError, "ExportError": modelfile.ExportError}
    monkeypatch.setattr("training.train.train", broken_training(errors[kind]("what went wrong")))
    code, _, err = run("train", recording, "--backend", libraries.keras.backend.backend())
    assert code == 2 and err.splitlines()[-1] == "ghostjam train: what went wrong"


def test_scores_as_text_and_as_json(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, recording: Path
) -> None:
    (recording.parent / "two.csv").write_text(recording.read_text())
    code, out, err = run("evaluate", "touch", recording.parent)
    assert (code, err) == (0, "")
    assert out.startswith("2 performances, 38 events: ") and "nats per event over (x,y,dt)" in out
    code, out, _ = run("evaluate", "touch", recording.parent, "--json")
    data = json.loads(out)
    assert data["n_events"] == 38 and math.isfinite(data["nats_per_event"]["x,y,dt"])


def test_the_score_of_one_performance_is_json(
    run: Callable[..., tuple[int, str, str]], recording: Path
) -> None:
    def refuse(text: str) -> None:
        raise ValueError(text)

    _, out, _ = run("evaluate", "touch", recording, "--json")
    assert json.loads(out, parse_constant=refuse)["n_performances"] == 1


# --- a model from a folder, as a person makes one ---


@pytest.mark.train
@pytest.mark.slow
def test_a_folder_of_performances_becomes_a_model_that_plays(trained: Any) -> None:
    ghost = Ghost.load(trained.path, seed=1)
    assert ghost.name == "tiny" and ghost.columns == ("x", "y", "dt", "moving")
    assert ghost.generate(40).shape == (40, 4)
    manifest = read_manifest(trained.path)
    assert (manifest.units, manifest.layers, manifest.mixtures) == (8, 1, 2)
    assert manifest.corpus == {
        "name": "own recordings",
        "credit": "the player",
        "licence": "the player's own",
    }


@pytest.mark.train
@pytest.mark.slow
def test_the_report_is_json_and_belongs_to_the_file(trained: Any) -> None:
    report = json.loads(trained.stdout)
    manifest = read_manifest(trained.path)
    assert report["model"] == str(trained.path) and report["bytes"] == trained.path.stat().st_size
    assert report["epochs"] == 2 and report["score"] == manifest.score
    assert math.isfinite(manifest.score["nats_per_event"]["x,y,dt"])


@pytest.mark.train
@pytest.mark.slow
def test_training_says_how_much_there_is_and_how_it_goes(trained: Any) -> None:
    # TensorFlow's own lines, which no switch turns off, stand between them.
    ours = [
        line.split(":")[0] for line in trained.stderr.splitlines() if " events " in line or "epoch" in line
    ]
    assert ours[0].startswith("2 performances") and ours[1:] == ["epoch 1 of 2", "epoch 2 of 2"]


@pytest.mark.train
@pytest.mark.slow
def test_nothing_but_the_model_is_left_behind(trained: Any) -> None:
    assert [p.name for p in trained.path.parent.iterdir()] == ["tiny.tflite"]


@pytest.mark.train
@pytest.mark.slow
def test_the_model_opens_without_training_libraries(trained: Any, root: Path) -> None:
    code = (
        "import sys; from app.ghost import Ghost; Ghost.load(sys.argv[1]); print('tensorflow' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(trained.path)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.train
@slow_start
@pytest.mark.parametrize(("best_epoch", "is_told"), [(0, False), (1, True)])
def test_a_model_that_no_epoch_made_better_knows_where_drawings_lie_as_it_did(
    best_epoch: int, is_told: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    corpus = drawn([np.array([[1, 1, 0], [5, 5, 2]], "float32")] * 2, box=100.0, epsilon=1.0)
    assert corpus.drawing is not None and corpus.drawing.frames
    before = replace(corpus.drawing, frames=())
    manifest = SimpleNamespace(name="pet", drawing=before, pi_temperature=0.5, sigma_temperature=2.0)
    path = tmp_path / "pet.tflite"
    start: Any = SimpleNamespace(path=path, manifest=manifest, credit=lambda credit: credit)
    written: list[Any] = []
    monkeypatch.setattr(
        "training.modelfile.write_model", lambda *args, parent, **_: written.extend([args[3], parent])
    )
    job = Job(
        "cat", tmp_path / "cat.tflite", Recipe(mixtures=2), None, {}, None, start, recordings=("a.svg",)
    )
    _write(job, corpus, corpus, {}, Progress(epoch=1, best=-1.0, best_epoch=best_epoch))
    assert written[0].drawing == (corpus.drawing if is_told else before)
    assert (written[0].pi_temperature, written[0].sigma_temperature) == (0.5, 2.0)
    assert (written[0].parent, written[0].recordings, written[1]) == ("pet", ("a.svg",), path)


def test_the_temperatures_are_those_asked_for_then_those_of_the_model_it_starts_from() -> None:
    start: Any = SimpleNamespace(manifest=SimpleNamespace(pi_temperature=0.5, sigma_temperature=2.0))
    job = Job("mine", Path("mine.tflite"), Recipe(), None, {})
    assert job.temperatures() == (1.0, 1.0)
    assert replace(job, sigma_temperature=0.3).temperatures() == (1.0, 0.3)
    assert replace(job, start=start).temperatures() == (0.5, 2.0)
    assert replace(job, start=start, pi_temperature=0.7).temperatures() == (0.7, 2.0)
