"""What is held out of somebody's play, what is rehearsed beside it, and what is said of the gain."""

from __future__ import annotations

import json
import os
import subprocess
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ghostjam import python_command
from mdn.columns import TOUCH, controller_columns
from models.lookup import find_model
from models.manifest import read_manifest
from training.corpus import Corpus, CorpusError
from training.gains import LEAST_GAIN, in_words, nats_by_part
from training.rehearsal import rehearsal

pytestmark = pytest.mark.train

PATIENCE_S = 900.0


@pytest.fixture(scope="session")
def adapt() -> Any:
    """`training.adapt`, which needs Keras."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from training.backend import choose_backend

        choose_backend("tensorflow")
        from training import adapt

        return adapt


def play(n_events: int, dt_s: float) -> np.ndarray:
    rng = np.random.default_rng(n_events)
    xy = rng.uniform(0.2, 0.8, (n_events, 2))
    return np.column_stack([xy, np.full(n_events, dt_s), np.ones(n_events)]).astype("float32")


@pytest.mark.parametrize("name", ["touch", "controller", "kanji"])
def test_a_model_rehearses_what_it_knows(name: str) -> None:
    """Its own samples are as likely to it as what it was chosen by, and the same seed samples the same."""
    model = find_model(name)
    corpus, again = rehearsal(model, 300, 1), rehearsal(model, 300, 1)
    manifest = read_manifest(model)
    assert corpus.n_events >= 300 and corpus.columns == manifest.columns
    assert all(np.array_equal(a, b) for a, b in zip(corpus.performances, again.performances, strict=True))
    for events in corpus.performances:
        for values, column in zip(events.T, corpus.columns, strict=True):
            assert (values >= column.low).all() and (values <= column.high).all()
    assert not np.array_equal(corpus.performances[0], rehearsal(model, 300, 2).performances[0])


def test_the_parts_of_a_score_are_the_whole_score() -> None:
    from training.evaluate import evaluate

    model = find_model("touch")
    corpus = Corpus(TOUCH, (play(40, 0.2), play(30, 0.02)))
    parts, whole = nats_by_part(model, corpus), evaluate(model, corpus).nats_per_event
    assert list(parts) == ["when it comes", "where it is", "when you lift"]
    assert sum(parts.values()) == pytest.approx(whole["x,y,dt,moving"], abs=1e-4)
    without_lifts = parts["when it comes"] + parts["where it is"]
    assert without_lifts == pytest.approx(whole["x,y,dt"], abs=1e-4)


@pytest.mark.parametrize(
    ("gains", "words"),
    [
        ((0.0, 0.7, 0.04), "It guesses your next touch 2.1 times better than before, above all where it is."),
        ((0.0, 0.0, 0.05), "It guesses your next touch a little better than before, above all when you "
         "lift."),
        ((3.0, 0.2, 0.0), "It guesses your next touch 25 times better than before, above all when it comes."),
        ((9.0, 0.2, 0.0), "It guesses your next touch more than 100 times better than before, above all when "
         "it comes."),
        ((0.5, -0.49, 0.0), "It guesses your next touch no better than before, so the old ghost stays."),
    ],
)  # fmt: skip
def test_what_was_gained_is_a_sentence(gains: tuple[float, ...], words: str) -> None:
    before = {"when it comes": -1.0, "where it is": -2.0, "when you lift": 0.1}
    after = {key: nats - gain for (key, nats), gain in zip(before.items(), gains, strict=True)}
    assert in_words(before, after, Corpus(TOUCH, ())) == words


def test_knobs_have_their_own_words() -> None:
    before, after = (
        {"which knob it is, and how far it goes": 1.0},
        {"which knob it is, and how far it goes": 0.0},
    )
    words = in_words(before, after, Corpus(controller_columns(2), ()))
    assert words.startswith(
        "It guesses your next move of a knob 2.7 times better than before, above all which"
    )


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Circles of one size, half a minute of them."""
    lines = ["time_s,source,voice,x,y,z,moving"]
    for i in range(1500):
        x, y = 0.5 + 0.2 * np.cos(0.1 * i), 0.5 + 0.2 * np.sin(0.1 * i)
        lines.append(f"{0.02 * i:.3f},player,0,{x:.4f},{y:.4f},1,{int(i % 100 > 0)}")
    path = tmp_path / "take.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_too_little_play_and_other_columns_are_refused(adapt: Any, recording: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.csv"
    few.write_text("\n".join(recording.read_text().splitlines()[:30]) + "\n")
    asked = SimpleNamespace(model=find_model("touch"), older=(), out=tmp_path / "new.tflite", name="new")
    with pytest.raises(CorpusError, match="expected at least 60 events to learn from, got 29: play on"):
        adapt.Adapter().adapt(SimpleNamespace(recordings=(few,), **vars(asked)), lambda done: None)
    asked.model = find_model("controller")
    with pytest.raises(CorpusError, match=r"expected performances with columns dt, x1"):
        adapt.Adapter().adapt(SimpleNamespace(recordings=(recording,), **vars(asked)), lambda done: None)
    assert not (tmp_path / "new.tflite").exists()


class Noise:
    """Stands for training in which every epoch is worse, with noise of its own in the nats of every event.

    Attributes:
        chosen: the epoch whose mean over what it was to choose by is lowest.
        gain: what that mean is better than the parent's.
    """

    def __init__(self) -> None:
        self.chosen, self.gain = 0, 0.0

    def fit(self, learn: Corpus, choose: Corpus, *_: Any, **__: Any) -> tuple[dict[str, Any], Any]:
        gains = [-self._nats(choose, epoch) for epoch in range(200)]
        self.chosen, self.gain = int(np.argmax(gains)), max(gains)
        return {}, SimpleNamespace(epoch=200, best_epoch=self.chosen + 1)

    def nats_by_part(self, path: Path, corpus: Corpus, manifest: Any = None) -> dict[str, float]:
        return {"where it is": self._nats(corpus, self.chosen) if manifest else 0.0}

    def _nats(self, corpus: Corpus, epoch: int) -> float:
        seeds = [(epoch, *event.view("uint32")) for p in corpus.performances for event in p]
        return 0.1 + float(np.mean([np.random.default_rng(seed).normal() for seed in seeds]))


def test_a_gain_that_only_what_was_chosen_by_shows_is_not_told(
    adapt: Any, recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise, scored = Noise(), []
    monkeypatch.setattr(adapt, "fit", noise.fit)
    monkeypatch.setattr(adapt, "nats_by_part", noise.nats_by_part)
    monkeypatch.setattr(adapt.Adapter, "_network", lambda self, manifest: (adapt.ADAPTING, None))
    monkeypatch.setattr(adapt, "Weights", lambda arrays: arrays)

    def write(path: Path, *_: Any, score: Any, **__: Any) -> None:
        scored.append(path)
        score(path, object())

    monkeypatch.setattr(adapt, "write_model", write)
    request = adapt.Request(find_model("touch"), (recording,), (), tmp_path / "new.tflite", "new")
    learned = adapt.Adapter().adapt(request, lambda done: None)
    assert scored and noise.gain > 2 * LEAST_GAIN, "chosen and told on the same part it would be a gain"
    assert not learned.is_better and learned.after > learned.before - LEAST_GAIN
    assert learned.words.endswith("so the old ghost stays.")


@pytest.mark.slow
def test_the_worker_learns_what_was_played(trained: Any, recording: Path, tmp_path: Path, root: Path) -> None:
    """The process that the app starts, with a model that is tiny."""
    from app.ghost import Ghost

    out = tmp_path / "tiny-1.tflite"
    request = {
        "model": str(trained.path), "recordings": [str(recording)],
        "older": [str(tmp_path / "gone.csv"), str(root / "assets" / "performances")], "out": str(out),
        "name": "tiny-1",
    }  # fmt: skip
    code = "import sys; from training.__main__ import main; sys.exit(main())"
    with subprocess.Popen(
        python_command(code, "adapt"), cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, env=os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")},
    ) as worker:  # fmt: skip
        assert worker.stdin is not None and worker.stdout is not None
        for line in ({"prepare": str(trained.path)}, request | {"recordings": ["gone.csv"]}, request):
            worker.stdin.write(json.dumps(line) + "\n")
            worker.stdin.flush()
        said = []
        for line in worker.stdout:
            said.append(json.loads(line))
            if said[-1]["state"] == "learned":
                break
        worker.stdin.close()
        assert worker.wait(PATIENCE_S) == 0
    states = [each["state"] for each in said]
    assert states[0] == "ready" and states.count("failed") == 1
    done = [each["done"] for each in said if each["state"] == "learning" and said.index(each)]
    assert done[-1] == 1.0 and len(done) > 10
    learned = said[-1]
    assert set(learned) == {
        "state", "model", "name", "events", "seconds", "before", "after", "is_better", "words",
    }  # fmt: skip
    assert (learned["name"], learned["events"], learned["is_better"]) == ("tiny-1", 1500, True)
    assert learned["seconds"] == pytest.approx(29.98) and learned["after"] < learned["before"] - 0.1
    manifest = read_manifest(out)
    assert (manifest.name, manifest.parent, manifest.recordings) == ("tiny-1", "tiny", ("take.csv",))
    assert Ghost.load(out, seed=1).generate(20).shape == (20, 4)
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "cache") == ["take.csv", "tiny-1.tflite"]
