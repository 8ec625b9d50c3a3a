"""The flat .npz: what is read, and what each refusal says."""

from __future__ import annotations

import gc
import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mdn.columns import TOUCH, controller_columns
from training.corpus import Corpus, CorpusError, read_corpus

GOOD: dict[str, Any] = {
    "values": np.arange(20, dtype="float32").reshape(5, 4) / 20 * [1, 1, 1, 0] + [0, 0, 0, 1],
    "offsets": np.array([0, 3, 5]),
    "columns": np.array(["x", "y", "dt", "moving"]),
}


def write(path: Path, **changes: Any) -> Path:
    """A corpus file with some arrays other than in GOOD; `...` leaves one out."""
    np.savez(path, **{name: value for name, value in (GOOD | changes).items() if value is not ...})
    return path


def refusal(path: Path) -> str:
    with pytest.raises(CorpusError) as error:
        read_corpus(path)
    text = str(error.value)
    assert text.startswith(f"{path}: ")
    return text.removeprefix(f"{path}: ")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "corpus.npz"


def test_performances_are_cut_at_the_offsets(path: Path) -> None:
    corpus = read_corpus(write(path))
    assert corpus.columns == TOUCH and corpus.n_events == 5
    assert [p.tolist() for p in corpus.performances] == [
        GOOD["values"][:3].tolist(),
        GOOD["values"][3:].tolist(),
    ]


def test_a_performance_of_one_event_teaches_nothing(path: Path) -> None:
    corpus = read_corpus(write(path, offsets=np.array([0, 1, 1, 5])))
    assert [len(p) for p in corpus.performances] == [4]


def test_controllers_are_known_by_their_columns(path: Path) -> None:
    corpus = read_corpus(write(path, columns=np.array(["dt", "x1", "x2", "x3"])))
    assert corpus.columns == controller_columns(3)


def test_numbers_become_float32(path: Path) -> None:
    corpus = read_corpus(write(path, values=np.zeros((5, 4), "int64")))
    assert isinstance(corpus, Corpus) and corpus.performances[0].dtype == np.float32


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"offsets": ...}, "expected arrays values, offsets and columns, got no offsets."),
        (
            {"values": ..., "columns": ...},
            "expected arrays values, offsets and columns, got no values, columns.",
        ),
        (
            {"columns": np.array(["a", "b"])},
            "columns: expected x, y, dt, moving (touch) or dt, x1 .. xn (controller), got a, b.",
        ),
        ({"values": np.zeros((5, 3))}, "expected values (n_events, 4), got shape (5, 3)."),
        ({"values": np.zeros(20)}, "expected values (n_events, 4), got shape (20,)."),
        ({"offsets": np.array([0, 3, 6])}, "expected offsets from 0 up to 5, got [0, 3, 6] ..."),
        ({"offsets": np.array([1, 3, 5])}, "expected offsets from 0 up to 5, got [1, 3, 5] ..."),
        ({"offsets": np.array([0, 4, 3, 5])}, "expected offsets from 0 up to 5, got [0, 4, 3] ..."),
        ({"offsets": np.array([0])}, "expected offsets from 0 up to 5, got [0] ..."),
        ({"offsets": np.array([], "int64")}, "expected offsets from 0 up to 5, got [] ..."),
    ],
)
def test_what_does_not_fit_is_said(path: Path, changes: dict[str, Any], expected: str) -> None:
    assert refusal(write(path, **changes)) == expected


def test_a_value_that_is_not_finite_is_shown_with_its_row(path: Path) -> None:
    values = GOOD["values"].copy()
    values[3] = [0.5, np.nan, 0.25, 1.0]
    assert (
        refusal(write(path, values=values)) == "expected finite values, got [0.5, nan, 0.25, 1.0] in row 3."
    )


def test_negative_seconds_are_shown_with_their_row(path: Path) -> None:
    values = GOOD["values"].copy()
    values[2, 2] = -0.5
    assert refusal(write(path, values=values)) == "expected dt >= 0 s, got -0.5 in row 2."


def test_a_pickle_is_refused(path: Path) -> None:
    text = refusal(write(path, values=np.array([[0.5, {}]], dtype=object)))
    assert text.startswith("expected a flat .npz without pickles, got ")
    path.write_bytes(b"\x80\x04K\x01.")
    assert refusal(path).startswith("expected a flat .npz without pickles, got ")


@pytest.mark.parametrize("data", [b"", b"time,x,y\n", bytes(range(256)) * 8])
def test_a_file_of_something_else_is_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    assert refusal(path).startswith("expected a flat .npz without pickles, got ")


@pytest.mark.parametrize("share", [0.3, 0.8, 0.99])
def test_a_file_cut_short_is_refused(path: Path, share: float) -> None:
    data = write(path).read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # np.load does not close what it cannot read
        try:
            read_corpus(path)
            kind = "no error"
        except Exception as error:
            kind = type(error).__name__
        gc.collect()
    assert kind == "CorpusError"


def test_a_lone_array_is_refused(path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, GOOD["values"])
    path.write_bytes(buffer.getvalue())
    assert refusal(path).startswith("expected a flat .npz")


@pytest.mark.parametrize("name", ["columns", "offsets"])
def test_a_single_number_for_a_list_is_refused(path: Path, name: str) -> None:
    refusal(write(path, **{name: np.array(5)}))


@pytest.mark.parametrize(("column", "value"), [(0, 7.0), (1, -3.0)])
def test_values_out_of_range_are_refused(path: Path, column: int, value: float) -> None:
    """A position of 7 canvases would be learned as it is."""
    values = GOOD["values"].copy()
    values[1, column] = value
    refusal(write(path, values=values))


def test_a_flag_that_is_neither_0_nor_1_is_refused(path: Path) -> None:
    values = GOOD["values"].copy()
    values[:, 3] = 1.0
    values[1, 3] = 0.5
    refusal(write(path, values=values))


def test_a_missing_file_is_an_os_error(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_corpus(path)
