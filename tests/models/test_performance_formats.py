"""The peers' formats: RoboJam CSV, IMPSY logs, NumPy archives."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.performance import (
    TOUCH_COLUMNS,
    Dropped,
    Performance,
    PerformanceError,
    header,
    read_performance,
    row,
    write_impsy_log,
)


def write(folder: Path, content: str) -> Path:
    path = folder / "take.csv"
    path.write_text(content)
    return path


def steps(performance: Performance, source: str) -> np.ndarray:
    """[n - 1, 1 + d]: dt and the values, between events of one source."""
    chosen = performance.source == source
    return np.column_stack([np.diff(performance.time_s[chosen]), performance.values[chosen][1:]])


def test_robojam_rows_become_touches_and_a_radius_is_full_pressure(tmp_path: Path) -> None:
    path = write(tmp_path, "time,x,y,z,moving\n0.0,0.1,0.2,38.0,0\n0.5,0.3,0.4,0.6,1\n0.7,0.5,0.6,0,1")
    performance = read_performance(path)
    assert performance.columns == TOUCH_COLUMNS
    assert performance.time_s.tolist() == [0.0, 0.5, 0.7]
    expected = [[0.1, 0.2, 1.0, 0], [0.3, 0.4, 0.6, 1], [0.5, 0.6, 1.0, 1]]
    np.testing.assert_allclose(performance.values, expected, rtol=1e-6)


def test_robojam_a_bad_row_is_reported_and_a_cut_last_one_is_not(tmp_path: Path) -> None:
    performance = read_performance(write(tmp_path, "time,x,y,z,moving\n0,0.1,2,1,0\n0.5,0.3,0.4,1,1\n0.6,0."))
    assert performance.dropped == (Dropped(2, "y: expected a number from 0 to 1, got '2'."),)
    assert performance.truncated and len(performance) == 1


LOG = (
    "2026-09-26T10:00:00.000000,interface,0.5,0.25\n"
    "2026-09-26T10:00:00.500000,interface,0.75,0.25\n"
    "2026-09-26T10:00:00.600000,rnn,0.1,0.2\n"
    "2026-09-26T10:00:01.250000,interface,0.125,1.0\n"
)


def test_impsy_log_sources_are_player_and_ghost(tmp_path: Path) -> None:
    performance = read_performance(write(tmp_path, LOG))
    assert performance.columns == ("x1", "x2")
    assert performance.source.tolist() == ["player", "player", "ghost", "player"]
    np.testing.assert_allclose(performance.time_s, [0, 0.5, 0.6, 1.25])
    np.testing.assert_allclose(steps(performance, "player"), [[0.5, 0.75, 0.25], [0.75, 0.125, 1.0]])


def test_impsy_log_damaged_rows_are_reported_even_the_first(tmp_path: Path) -> None:
    """The arity is the one most rows have: the first row may be the damaged one."""
    bad = "2026-09-26T09:00:00,interface,0.5\nnot-a-time,interface,0.5,0.25\n2026-09-26T10:00:09,me,0.1,0.2\n"
    performance = read_performance(write(tmp_path, bad + LOG))
    assert performance.dropped == (
        Dropped(1, "row: expected 4 fields, got 3."),
        Dropped(2, "timestamp: expected an ISO 8601 time, got 'not-a-time'."),
        Dropped(3, "source: expected interface or rnn, got 'me'."),
    )
    assert len(performance) == 4


def test_impsy_log_with_and_without_time_zones(tmp_path: Path) -> None:
    path = write(tmp_path, "2026-09-26T10:00:00,interface,0.5\n2026-09-26T12:00:01+02:00,interface,0.25\n")
    assert read_performance(path).time_s.tolist() == [0.0, 1.0]


@pytest.mark.shared
def test_impsy_conformance_cases(shared_folder: Path, tmp_path: Path) -> None:
    spec = json.loads((shared_folder / "impsy-conformance" / "dataset.json").read_text())
    for case in spec["cases"]:
        performance = read_performance(write(tmp_path, "\n".join(case["log_lines"]) + "\n"))
        np.testing.assert_allclose(steps(performance, "player"), case["expected"], rtol=1e-6)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10_000_000), st.sampled_from(["player", "ghost"]), st.floats(0, 1), st.floats(0, 1)
        ),
        min_size=1,
        max_size=12,
    )
)
def test_impsy_log_round_trip(tmp_path_factory: pytest.TempPathFactory, events: list) -> None:
    folder = tmp_path_factory.mktemp("impsy")
    lines = [row(t / 1e6, source, 0, values) for t, source, *values in events]
    performance = read_performance(write(folder, header(("x1", "x2")) + "".join(lines)))
    write_impsy_log(performance, folder / "take.log", start=datetime(2026, 9, 26, 10, tzinfo=UTC))
    again = read_performance(folder / "take.log")
    np.testing.assert_allclose(again.time_s, performance.time_s - performance.time_s[0], atol=2e-6)
    np.testing.assert_allclose(again.values, performance.values, rtol=1e-6)
    assert again.source.tolist() == performance.source.tolist()


def test_impsy_log_of_touches_has_positions_and_no_releases(tmp_path: Path) -> None:
    lines = [
        row(3.0, "player", 0, (0.1, 0.2, 1, 0)),
        row(3.5, "player", 0, (0.3, 0.4, 1, 1)),
        row(3.6, "player", 0, (0.3, 0.4, 0, 0)),
    ]
    touches = read_performance(write(tmp_path, header(TOUCH_COLUMNS) + "".join(lines)))
    write_impsy_log(touches, tmp_path / "take.log", start=datetime(2026, 9, 26, 10))
    assert (tmp_path / "take.log").read_text() == (
        "2026-09-26T10:00:00.000000,interface,0.1,0.2\n2026-09-26T10:00:00.500000,interface,0.3,0.4\n"
    )


def archive(folder: Path, **arrays: object) -> Path:
    path = folder / "take.npz"
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


def test_npz_sequences_end_to_end(tmp_path: Path) -> None:
    path = archive(
        tmp_path,
        values=np.array([[0.1, 0.2, 0.0, 0], [0.3, 0.4, 0.5, 1], [0.5, 0.6, 0.25, 0]], np.float32),
        offsets=np.array([0, 2, 3]),
        columns=np.array(["x", "y", "dt", "moving"]),
    )
    first, second = read_performance(path), read_performance(path, 1)
    assert first.time_s.tolist() == [0.0, 0.5] and first.columns == TOUCH_COLUMNS
    np.testing.assert_allclose(first.values, [[0.1, 0.2, 1, 0], [0.3, 0.4, 1, 1]], rtol=1e-6)
    np.testing.assert_allclose(second.values, [[0.5, 0.6, 1, 0]], rtol=1e-6)
    with pytest.raises(PerformanceError, match="index: expected 0 to 1, got 2"):
        read_performance(path, 2)


def test_npz_controller_values(tmp_path: Path) -> None:
    path = archive(tmp_path, values=np.array([[0.5, 0.1, 0.2]]), offsets=[0, 1], columns=["dt", "x1", "x2"])
    performance = read_performance(path)
    assert performance.columns == ("x1", "x2") and performance.time_s.tolist() == [0.5]


def test_npz_one_stroke3_drawing(tmp_path: Path) -> None:
    path = archive(tmp_path, strokes=np.array([[1, -2, 0], [3, 4, 1]], np.int16))
    performance = read_performance(path)
    assert performance.columns == ("dx", "dy", "pen_lifted")
    assert performance.values.tolist() == [[0, 0, 0], [1, -2, 0], [3, 4, 1]], "with the start it leaves out"
    np.testing.assert_allclose(np.diff(performance.time_s), 1 / 60)


def test_npz_rows_that_are_not_finite_or_out_of_range_are_reported(tmp_path: Path) -> None:
    path = archive(tmp_path, strokes=np.array([[1, 2, 0], [np.nan, 2, 0], [1, np.inf, 0], [1, 1, 7]]))
    performance = read_performance(path)
    assert len(performance) == 1
    assert performance.dropped == (
        Dropped(2, "dx: expected a number from -1e+06 to 1e+06, got nan."),
        Dropped(3, "dy: expected a number from -1e+06 to 1e+06, got inf."),
        Dropped(4, "pen_lifted: expected a number from 0 to 1, got 7."),
    )


def test_npz_object_arrays_are_refused_because_they_are_pickles(tmp_path: Path) -> None:
    drawings = np.empty(2, object)
    drawings[:] = [np.zeros((3, 3)), np.zeros((4, 3))]
    path = archive(tmp_path, values=drawings, offsets=[0, 2], columns=["dt", "x1", "x2"])
    with pytest.raises(PerformanceError, match=r"got an object array, which is a pickle and can run code"):
        read_performance(path)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"values": np.zeros((3, 4)), "offsets": [0, 9], "columns": list("abcd")}, "offsets: expected"),
        ({"values": np.zeros((3, 4)), "offsets": [2, 1], "columns": list("abcd")}, "offsets: expected"),
        ({"values": np.zeros((3, 4)), "offsets": [-1, 1], "columns": list("abcd")}, "offsets: expected"),
        ({"values": np.zeros((3, 4)), "offsets": [0.5, 1], "columns": list("abcd")}, "offsets: expected"),
        ({"values": np.zeros((3, 4)), "offsets": [0, 3], "columns": list("abcd")}, "columns: expected"),
        ({"values": np.zeros((3, 4)), "offsets": [0, 3], "columns": list("abc")}, r"numbers \[n, 3\]"),
        ({"values": np.zeros(3), "offsets": [0, 3], "columns": list("abc")}, "values: expected"),
        ({"values": np.array([["a"]]), "offsets": [0, 1], "columns": ["x1"]}, "values: expected"),
        ({"a": np.zeros((2, 3)), "b": np.zeros((2, 3))}, "one stroke-3 array"),
        ({"a": np.zeros((2, 4))}, "one stroke-3 array"),
        ({}, "arrays: expected"),
    ],
)
def test_npz_of_another_shape_is_refused(tmp_path: Path, arrays: dict[str, object], message: str) -> None:
    with pytest.raises(PerformanceError, match=message):
        read_performance(archive(tmp_path, **arrays))


@given(st.data())
def test_npz_damaged_anywhere_is_refused_or_read(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("npz")
    path = archive(folder, strokes=np.zeros((4, 3)))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(2, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(2, len(content)))])
    try:
        assert np.isfinite(read_performance(path).values).all()
    except PerformanceError as error:
        assert str(error).startswith(f"{path}: ")


def test_the_times_of_peers_do_not_go_back_unsaid(tmp_path: Path) -> None:
    """A touch out of order, and a clock that was set back: the line and what was expected."""
    touches = tmp_path / "robojam.csv"
    touches.write_text("time,x,y,z,moving\n0,0.1,0.1,1,0\n2,0.2,0.2,1,1\n1,0.3,0.3,1,1\n3,0.4,0.4,1,1\n")
    found = read_performance(touches)
    assert found.dropped == (Dropped(4, "time: expected 2.000000 s or later, got 1.000000 s."),)
    assert found.values[:, 0] == pytest.approx([0.1, 0.2, 0.4])
    log = tmp_path / "impsy.log"
    log.write_text(
        "2026-10-25T02:59:58,interface,0.1\n2026-10-25T02:59:59,rnn,0.5\n2026-10-25T02:59:59,interface,0.2\n"
        "2026-10-25T02:00:00,interface,0.3\n2026-10-25T02:59:58.5,rnn,0.6\n2026-10-25T03:00:01,rnn,0.7\n"
    )
    assert [each.line for each in read_performance(log).dropped] == [4, 5]
    assert (
        read_performance(log).dropped[0].reason == "time: expected 1.000000 s or later, got -3598.000000 s."
    )
