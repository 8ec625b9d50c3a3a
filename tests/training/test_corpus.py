"""The flat .npz: what is read, and what each refusal says."""

from __future__ import annotations

import gc
import io
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mdn.columns import TOUCH, controller_columns, sketch_columns
from models.frame import Frame
from models.manifest import Scale
from training.corpus import Corpus, CorpusError, drawn, in_units_of, read_corpus
from training.recordings import gather

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
            "columns: expected x, y, dt, moving (touch), dt, pitch, duration, velocity "
            "(notes) or dt, x1 .. xn (controller), got a, b.",
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


# --- drawings ---

STROKES: dict[str, Any] = {
    "values": np.array(
        [[0.5, 0.25, 0], [10, 0, 1], [-10, 20, 0], [0, 30, 1], [1, 1, 0], [-4, 0, 1]], "float32"
    ),
    "offsets": np.array([0, 4, 6]),
    "columns": np.array(["dx", "dy", "pen_lifted"]),
}


def test_the_last_point_of_a_drawing_ends_it(path: Path) -> None:
    corpus, _ = gather([write(path, **STROKES)])
    assert [c.name for c in corpus.columns] == ["dx", "dy", "pen"]
    assert [d[:, 2].tolist() for d in corpus.performances] == [[0, 1, 0, 2], [0, 2]]
    assert corpus.performances[0][:, :2].tolist() == [[0.5, 0.25], [10, 0], [-10, 20], [0, 30]]


def test_the_scale_of_drawings_is_measured(path: Path) -> None:
    corpus, _ = gather([write(path, **STROKES)])
    # The first drawing is 50 high; no step is longer; two points of a stroke say nothing of an epsilon.
    assert corpus.drawing is not None
    assert (corpus.drawing.box, corpus.drawing.longest, corpus.drawing.first) == (50.0, 4, (0.75, 0.625))
    assert corpus.columns == sketch_columns(50.0, "")


def test_the_scale_of_drawings_is_what_a_person_says(path: Path) -> None:
    corpus, _ = gather([write(path, **STROKES)], box=109.0)
    assert corpus.drawing is not None and corpus.drawing.box == 109.0
    assert corpus.columns == sketch_columns(109.0, "")


def test_a_box_that_is_known_is_taken() -> None:
    drawing = np.array([[1, 1, 0], [5, 5, 2]], "float32")
    corpus = drawn([drawing], box=109.0, epsilon=1.0, unit="box")
    assert corpus.drawing == Scale(109.0, 1.0, 2, (1.0, 1.0), (Frame(-3.5, -3.5, 5.0, 5.0),))
    assert corpus.columns == sketch_columns(109.0, "box")


def test_of_a_large_corpus_some_frames_are_kept() -> None:
    rng = np.random.default_rng(1)
    steps = rng.normal(0, 10, (1000, 1, 2))
    drawings = [np.column_stack([step, [[2]]]).astype("float32") for step in steps]
    scale = drawn([np.concatenate([d * [0, 0, 0], d]) for d in drawings], box=100.0, epsilon=1.0).drawing
    assert scale is not None
    starts = [frame.start for frame in scale.frames]
    assert len(starts) == 256 == len(set(starts))
    halves = -steps[:, 0].astype("float32").astype("float64") / 2
    assert set(starts) <= {(float(f"{x:.4g}"), float(f"{y:.4g}")) for x, y in halves}


def test_one_far_step_makes_the_box_as_wide(path: Path) -> None:
    """Sampled steps are clamped to the box: what was drawn has to be possible."""
    usual, far = [[0, 0, 0], [10, 10, 1]], [[0, 0, 0], [25.5, 0, 1], [-25, 0, 1]]
    values, offsets = np.array([*usual * 400, *far], "float32"), [*range(0, 801, 2), 803]
    corpus, _ = gather([write(path, **STROKES | {"values": values, "offsets": np.array(offsets)})])
    assert corpus.drawing is not None and corpus.drawing.box == 26.0


def test_drawings_of_another_size_are_scaled_to_the_box_of_the_model() -> None:
    kanji = drawn([np.array([[1, 1, 0], [5, 5, 2]], "float32")], box=109.0, epsilon=1.0, unit="box")
    large = drawn([np.array([[2, 4, 1], [-8, 6, 2]], "float32")], box=218.0, epsilon=2.0)
    fitted = in_units_of(large, kanji.columns, kanji.drawing)
    assert fitted.performances[0].tolist() == [[1, 2, 1], [-4, 3, 2]]
    assert fitted.columns == kanji.columns
    assert fitted.drawing == replace(kanji.drawing, frames=(Frame(1.0, -3.5, 4.0, 3.0),)), "of its own"


def test_a_box_measured_a_little_off_scales_nothing() -> None:
    kanji = drawn([np.array([[1, 1, 0], [5, 5, 2]], "float32")], box=109.0, epsilon=1.0, unit="box")
    measured = drawn([np.array([[2, 4, 1], [-8, 6, 2]], "float32")], box=94.0, epsilon=1.0)
    fitted = in_units_of(measured, kanji.columns, kanji.drawing)
    assert fitted.performances[0].tolist() == measured.performances[0].tolist()
    assert fitted.columns == kanji.columns


@pytest.mark.parametrize(
    ("own", "models", "box", "expected"),
    [(1.0, 0.0, 218.0, 0.5), (1.0, 0.0, 109.0, 1.0), (1.0, 0.75, 218.0, 0.75), (0.0, 1.0, 218.0, 1.0)],
)
def test_the_grid_is_scaled_with_the_drawings_and_never_finer_than_the_models(
    own: float, models: float, box: float, expected: float
) -> None:
    drawing = np.array([[0, 0, 0], [5, 5, 2]], "float32")
    model = drawn([drawing], box=109.0, epsilon=1.0, grid=models)
    corpus = drawn([drawing], box=box, epsilon=1.0, grid=own)
    fitted = in_units_of(corpus, model.columns, model.drawing).drawing
    assert fitted is not None and fitted.grid == expected


def test_the_first_points_that_no_file_holds_stay_marked() -> None:
    drawing = np.array([[0, 0, 0], [5, 5, 2]], "float32")
    corpus = drawn([drawing] * 3, box=109.0, epsilon=1.0, has_added_start=[True, False, True])
    assert corpus.part([1, 2]).has_added_start == (False, True) and len(corpus.part([1, 2]).performances) == 2
    fitted = in_units_of(corpus, corpus.columns, replace(corpus.drawing, box=218.0))  # type: ignore[type-var]
    assert fitted.has_added_start == (True, False, True)
    with pytest.raises(ValueError, match="expected 3"):
        replace(corpus, has_added_start=(True,))


def test_whole_numbers_and_first_points_are_known_of_a_file(path: Path) -> None:
    corpus, _ = gather([write(path, **STROKES)])
    assert corpus.drawing is not None and corpus.drawing.grid == 0.0
    assert corpus.has_added_start == (False, False)
    values = np.round(STROKES["values"] + [20, 0, 0])
    corpus, _ = gather([write(path, **STROKES | {"values": values})])
    assert corpus.drawing is not None and corpus.drawing.grid == 1.0
    assert corpus.has_added_start == (True, True)


def test_performances_have_no_box(path: Path) -> None:
    corpus = read_corpus(write(path))
    assert in_units_of(corpus, TOUCH, None) is corpus
