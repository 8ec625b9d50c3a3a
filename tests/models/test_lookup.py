"""Models by name and by path."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import lookup
from models.errors import ModelError
from models.lookup import find_model, model_names


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's own models folder, empty; `shipped` beside it stands for the package's."""
    for name in ("own", "shipped"):
        (tmp_path / name).mkdir()
    (tmp_path / "shipped" / "touch.tflite").touch()
    monkeypatch.setattr(lookup, "folders", lambda: [tmp_path / "own", tmp_path / "shipped"])
    return tmp_path / "own"


def test_the_own_folder_comes_before_the_shipped_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(lookup, "user_data_path", lambda app, appauthor: tmp_path / app)
    assert lookup.folders() == [tmp_path / "ghostjam" / "models", Path(lookup.__file__).parent]


def test_a_name_finds_the_shipped_model(own: Path) -> None:
    assert find_model("touch") == own.parent / "shipped" / "touch.tflite"


def test_the_persons_own_model_comes_first(own: Path) -> None:
    (own / "touch.tflite").touch()
    assert find_model("touch") == own / "touch.tflite"


def test_names_are_sorted_once_each_with_touch_first(own: Path) -> None:
    for name in ("zither", "mine", "touch"):
        (own / f"{name}.tflite").touch()
    (own / "mine.checkpoint.npz").touch()
    assert model_names() == ("touch", "mine", "zither")


def test_a_path_is_taken_as_it_is(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("take.tflite").touch()
    assert find_model("take.tflite") == Path("take.tflite")
    assert find_model(tmp_path / "take.tflite") == tmp_path / "take.tflite"


def test_an_unknown_name_says_which_there_are(own: Path) -> None:
    (own / "mine.tflite").touch()
    with pytest.raises(ModelError) as error:
        find_model("kanji")
    assert str(error.value) == "model: expected one of touch, mine, or a path to a .tflite file, got 'kanji'."


def test_no_models_at_all_is_said(own: Path) -> None:
    (own.parent / "shipped" / "touch.tflite").unlink()
    with pytest.raises(ModelError, match="expected one of none, or a path"):
        find_model("touch")


def test_a_missing_folder_is_no_error(own: Path) -> None:
    own.rmdir()
    assert model_names() == ("touch",)


@pytest.mark.parametrize("name", ["gone.tflite", "takes/gone.tflite", "takes/touch"])
def test_a_missing_file_is_named(own: Path, name: str) -> None:
    with pytest.raises(ModelError) as error:
        find_model(name)
    assert str(error.value) == f"{Path(name)}: expected a .tflite file, got no such file."


@pytest.mark.parametrize("name", ["", ".", "..", "touch\0", "*", "t?uch"])
def test_odd_names_are_unknown_models(own: Path, name: str) -> None:
    with pytest.raises(ModelError):
        find_model(name)


def test_a_name_too_long_is_an_unknown_model(own: Path) -> None:
    with pytest.raises(ModelError):
        find_model("x" * 5000)
