"""The worked examples run as their first lines say, in small, and learn what they say they learn."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from training.examples.command import command_line, read
from training.examples.recurrent import Memory, learner_and_player

EXAMPLES = ("kanji", "litert_speed", "multi_valued", "spiral", "touches", "world_model")


def said(root: Path, name: str, *arguments: object) -> str:
    command = [sys.executable, "-W", "ignore", "-m", f"training.examples.{name}", *map(str, arguments)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def number(text: str, before: str) -> float:
    """The first number in `text` after the words `before`."""
    found = re.search(rf"{re.escape(before)}\s*(-?[\d.]*\d)", text)
    assert found, text
    return float(found[1])


def is_picture(path: Path) -> bool:
    return path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.train
@pytest.mark.slow
def test_the_multi_valued_function(root: Path, tmp_path: Path) -> None:
    picture = tmp_path / "sine.png"
    text = said(root, "multi_valued", "--points", 400, "--epochs", 40, "--out", picture)
    assert number(text, "held out:") < number(text, "against") - 0.3, "where the branches are"
    assert is_picture(picture)


@pytest.mark.train
@pytest.mark.slow
def test_the_spiral(root: Path, tmp_path: Path) -> None:
    picture = tmp_path / "spiral.png"
    text = said(root, "spiral", "--points", 1500, "--epochs", 60, "--out", picture)
    assert number(text, "the mixture") < 0.4 * number(text, "squared error")
    assert is_picture(picture)


@pytest.mark.train
@pytest.mark.slow
def test_memory_helps_on_touches(root: Path, tmp_path: Path) -> None:
    picture = tmp_path / "touches.png"
    text = said(root, "touches", "--windows", 4000, "--out", picture)
    with_memory, without = (number(text, f"{name} held out:") for name in ("mdrnn     ", "memoryless"))
    assert with_memory < without - 0.2
    assert is_picture(picture)


@pytest.mark.train
@pytest.mark.slow
def test_kanji(root: Path, tmp_path: Path) -> None:
    picture = tmp_path / "kanji.png"
    text = said(root, "kanji", "--drawings", 200, "--epochs", 3, "--out", picture)
    assert number(text, "held out:") < number(text, "against") - 0.5
    assert is_picture(picture)


@pytest.mark.train
@pytest.mark.slow
def test_the_dream_follows_the_world(root: Path, tmp_path: Path) -> None:
    picture = tmp_path / "dream.png"
    text = said(root, "world_model", "--worlds", 300, "--epochs", 30, "--out", picture)
    assert number(text, "learned") < 0.5 * number(text, "untrained")
    assert is_picture(picture)


@pytest.mark.train
@pytest.mark.slow
def test_the_conversion_to_litert(root: Path) -> None:
    text = said(root, "litert_speed", "--steps", 3, "--repeats", 2)
    rows = [line for line in text.splitlines() if "largest difference" in line]
    assert [row.split("  ")[0].strip() for row in rows] == ["model.predict", "model(events)", "LiteRT"]
    assert max(float(row.rsplit(" ", 1)[1]) for row in rows) < 1e-5
    assert "nan" not in text


@pytest.mark.train
def test_a_player_says_step_by_step_what_the_learner_says_of_the_whole(libraries: SimpleNamespace) -> None:
    """Keras forgets the state of a stateful layer between two `predict_on_batch` on JAX."""
    learner, player = learner_and_player(3, 4, libraries.keras.layers.Dense(2))
    inputs = np.random.default_rng(1).normal(size=(2, 5, 3)).astype("float32")
    memory = Memory(player, 2)
    steps = np.stack([memory(inputs[:, step]) for step in range(5)], axis=1)
    assert np.allclose(steps, learner.predict(inputs, verbose=0), atol=1e-6)


def cells(root: Path, name: str) -> list[str]:
    """The cells of an example as a notebook, each with its first line."""
    text = (root / "training" / "examples" / f"{name}.py").read_text()
    first, *others = re.split(r"^(?=# %%)", text, flags=re.MULTILINE)
    assert not first, "nothing stands before the first cell"
    return others


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_a_notebook(root: Path, name: str) -> None:
    """A text, then cells of code that need no cell after them; the last one runs everything."""
    text, *code = cells(root, name)
    assert text.startswith("# %% [markdown]\n")
    assert [type(node) for node in ast.parse(text).body] == [ast.Expr], "a docstring and nothing else"
    namespace: dict[str, object] = {"__name__": "notebook"}
    for cell in code:
        exec(compile(cell, name, "exec"), namespace)
    assert callable(namespace["main"])
    assert code[-1].rstrip().endswith('if __name__ == "__main__":\n    main()')


def test_all_examples_are_listed(root: Path) -> None:
    import training.examples

    folder = root / "training" / "examples"
    assert {path.stem for path in folder.glob("*.py") if path.read_text().startswith("# %%")} == set(EXAMPLES)
    assert set(re.findall(r"training\.examples\.(\w+)", training.examples.__doc__ or "")) == set(EXAMPLES)


def test_in_a_notebook_the_kernels_command_line_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = command_line("Some example.", epochs=(100, "passes over them"))
    monkeypatch.setattr(sys, "argv", ["example", "--epochs", "3"])
    assert read(parser, None).epochs == 3
    monkeypatch.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    monkeypatch.setattr(sys, "argv", ["ipykernel_launcher.py", "-f", "kernel.json"])
    assert read(parser, None).epochs == 100
    assert read(parser, ["--epochs", "3"]).epochs == 3
