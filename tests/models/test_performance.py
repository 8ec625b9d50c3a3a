"""Ghostjam's own recording: what is written is read back, and nothing in a file can break the reader."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.formats import base
from models.formats.row_table import CLOCK_ROWS, PAUSE_S
from models.performance import (
    TOUCH_COLUMNS,
    Dropped,
    PerformanceError,
    header,
    read_performance,
    row,
    value_columns,
)

fractions = st.floats(0.0, 1.0, width=32)
rows = st.lists(
    st.tuples(
        st.floats(0.0, 6e5),
        st.sampled_from(["player", "ghost"]),
        st.integers(0, 2**31 - 1),
        st.tuples(fractions, fractions, fractions, st.sampled_from([0.0, 1.0])),
    ),
    max_size=20,
)


@pytest.fixture
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("performance") / "take.csv"


@pytest.fixture(scope="module")
def shared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("performance") / "take.csv"


def test_a_recording_is_these_literal_lines() -> None:
    """Distinct values, so that two swapped columns fail."""
    text = header(TOUCH_COLUMNS) + row(1.5, "ghost", 2, (0.1, 0.2, 0.3, True))
    assert text == "time_s,source,voice,x,y,z,moving\n1.500000,ghost,2,0.1,0.2,0.3,1\n"


@given(rows)
def test_what_is_written_is_read_back_in_the_order_of_time(shared_file: Path, events: list) -> None:
    """Voices may be mixed in any order; each of them goes on in time."""
    events = [*events[::2], *sorted(events[1::2], key=lambda e: e[:1])]
    seen: dict[tuple[str, int], float] = {}
    events = [e for e in events if seen.setdefault(e[1:3], e[0]) <= e[0] and not seen.update({e[1:3]: e[0]})]
    shared_file.write_text(header(TOUCH_COLUMNS) + "".join(row(*event) for event in events))
    performance = read_performance(shared_file)
    expected = sorted(((round(e[0], 6), *e[1:]) for e in events), key=lambda e: e[0])
    assert performance.dropped == () and not performance.truncated
    assert performance.columns == TOUCH_COLUMNS and performance.is_touch
    np.testing.assert_allclose(performance.time_s, [e[0] for e in expected], atol=1e-9)
    assert performance.source.tolist() == [e[1] for e in expected]
    assert performance.voice.tolist() == [e[2] for e in expected]
    values = np.array([e[3] for e in expected], np.float32).reshape(-1, 4)
    np.testing.assert_allclose(performance.values, values, rtol=1e-6)
    assert np.array_equal(performance.values[:, 2] == 0.0, values[:, 2] == 0.0), "a faint touch is no release"
    assert performance.values.dtype == np.float32 and performance.time_s.dtype == np.float64


@given(rows.filter(bool), st.data())
def test_a_crash_anywhere_costs_at_most_the_last_line(
    shared_file: Path, events: list, data: st.DataObject
) -> None:
    head = header(TOUCH_COLUMNS)
    events = sorted(events, key=lambda event: event[0])  # as a recorder writes them
    text = head + "".join(row(*event) for event in events)
    cut = data.draw(st.integers(len(head), len(text)))
    shared_file.write_text(text[:cut])
    performance = read_performance(shared_file)
    assert len(performance) == text[:cut].count("\n") - 1
    assert performance.dropped == ()
    assert performance.truncated == (text[cut - 1] != "\n")


def test_a_byte_order_mark_and_crlf_are_read(file: Path) -> None:
    text = header(TOUCH_COLUMNS) + row(0, "player", 0, (0.5, 0.5, 1, 0))
    file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert len(read_performance(file)) == 1


BAD_ROWS = {
    "1,player,0,0.5,0.5,1": "row: expected 7 fields, got 6.",
    "1,player,0,0.5,0.5,1,1,1": "row: expected 7 fields, got 8.",
    "nan,player,0,0.5,0.5,1,1": "time_s: expected a number from -1e+10 to 1e+10, got 'nan'.",
    "1e300,player,0,0.5,0.5,1,1": "time_s: expected a number from -1e+10 to 1e+10, got '1e300'.",
    "1,robot,0,0.5,0.5,1,1": "source: expected player or ghost, got 'robot'.",
    "1,player,-1,0.5,0.5,1,1": "voice: expected a number from 0 to 2.14748e+09, got '-1'.",
    "1,player,0.5,0.5,0.5,1,1": "voice: expected a whole number, got '0.5'.",
    "1,player,99999999999999999999,0.5,0.5,1,1": (
        "voice: expected a number from 0 to 2.14748e+09, got '99999999999999999999'."
    ),
    "1,player,0,nan,0.5,1,1": "x: expected a number from 0 to 1, got 'nan'.",
    "1,player,0,0.5,inf,1,1": "y: expected a number from 0 to 1, got 'inf'.",
    "1,player,0,0.5,0.5,1e30,1": "z: expected a number from 0 to 1, got '1e30'.",
    "1,player,0,0.5,0.5,1,yes": "moving: expected a number from 0 to 1, got 'yes'.",
    "\x00\x00\x00\x00": "row: expected 7 fields, got 1.",
}


@pytest.mark.parametrize(("line", "reason"), BAD_ROWS.items())
def test_a_bad_row_is_reported_with_its_line_and_the_rest_is_kept(file: Path, line: str, reason: str) -> None:
    good = row(2, "player", 0, (0.5, 0.5, 1, 1))
    file.write_text(header(TOUCH_COLUMNS) + good + line + "\n" + good)
    performance = read_performance(file)
    assert performance.dropped == (Dropped(3, reason),)
    assert len(performance) == 2


def test_values_of_a_controller_have_their_own_columns(file: Path) -> None:
    file.write_text(header(value_columns(3)) + row(0, "player", 0, (0.1, 0.2, 0.3)))
    performance = read_performance(file)
    assert performance.columns == ("x1", "x2", "x3") and not performance.is_touch
    np.testing.assert_allclose(performance.values, [[0.1, 0.2, 0.3]], rtol=1e-6)


@pytest.mark.parametrize("columns", [(), ("x", "y"), ("x2", "x1"), ("x1", "x3"), ("x", "y", "moving", "z")])
def test_no_header_is_written_for_columns_that_could_not_be_read(columns: tuple[str, ...]) -> None:
    with pytest.raises(PerformanceError, match="columns: expected x,y,z,moving or pitch,velocity or x1,x2"):
        header(columns)


@given(st.binary(max_size=400))
def test_garbage_is_refused_with_its_path_or_read_without_a_row(shared_file: Path, data: bytes) -> None:
    shared_file.write_bytes(data)
    with pytest.raises(PerformanceError, match=r"take\.csv: .*expected"):
        read_performance(shared_file)


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_garbage_after_the_header_never_raises(shared_file: Path, lines: list[bytes]) -> None:
    shared_file.write_bytes(header(TOUCH_COLUMNS).encode() + b"\n".join(lines))
    performance = read_performance(shared_file)
    assert np.isfinite(performance.values).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "got an empty file"),
        (b"\n \r\n\n", "got an empty file"),
        (b"time_s,source,voice\n", "columns: expected x,y,z,moving or pitch,velocity or x1,x2"),
        (b"time_s,source,voice,y,x,z,moving\n", "columns: expected"),
        (b"hello\n", "got 'hello'"),
        (b"a" * 5000, r"got 'aaa.*\.\.\.'"),
    ],
)
def test_a_file_of_no_known_format_is_refused(file: Path, content: bytes, message: str) -> None:
    file.write_bytes(content)
    with pytest.raises(PerformanceError, match=message) as caught:
        read_performance(file)
    assert len(str(caught.value)) < 400 + len(str(file)), "one line a person can read"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PerformanceError, match=r"absent\.csv: expected a file that can be read"):
        read_performance(tmp_path / "absent.csv")
    with pytest.raises(PerformanceError, match="expected a file that can be read"):
        read_performance(tmp_path)


def takes(*rows: tuple[float, str, int]) -> str:
    """A recording of these times, sources and voices; x is the line, so that rows can be told apart."""
    lines = [
        row(time_s, source, voice, (i / 100, 0.5, 1.0, 1))
        for i, (time_s, source, voice) in enumerate(rows, 2)
    ]
    return header(TOUCH_COLUMNS) + "".join(lines)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([1, 2, 1.5, 3], [(4, "time: expected 2.000000 s or later, got 1.500000 s.")]),
        ([1, 900, 2, 3, 4], [(3, "time: expected one before the rows that follow, got 900.000000 s.")]),
        ([900, 1, 2, 3], [(2, "time: expected one before the rows that follow, got 900.000000 s.")]),
        (
            [10, 11, 12, 13, 0, 1],
            [
                (6, "time: expected 13.000000 s or later, got 0.000000 s."),
                (7, "time: expected 13.000000 s or later, got 1.000000 s."),
            ],
        ),
        ([1, 1, 1, 2], []),
        ([1, 1.04, 1.0, 1.03, 2], []),
        ([1, 1.2, 1.19, 1.14, 2], [(5, "time: expected 1.200000 s or later, got 1.140000 s.")]),
    ],
)
def test_rows_whose_time_goes_back_are_told(
    file: Path, times: list[float], expected: list[tuple[int, str]]
) -> None:
    """The fewest that make the others go on; what is a little late is put in order."""
    file.write_text(takes(*((time_s, "player", 0) for time_s in times)))
    performance = read_performance(file)
    assert performance.dropped == tuple(Dropped(*each) for each in expected)
    left_out = {line for line, _ in expected}
    kept = sorted((t, line) for line, t in enumerate(times, 2) if line not in left_out)
    assert performance.time_s.tolist() == [t for t, _ in kept]
    assert performance.values[:, 0] == pytest.approx([line / 100 for _, line in kept])


def test_voices_may_be_written_in_any_order(file: Path) -> None:
    """The ghost's events are written when they sound, the player's when they come."""
    file.write_text(
        takes((5, "player", 0), (1, "ghost", 0), (2, "ghost", 0), (3, "player", 1), (6, "player", 0))
    )
    performance = read_performance(file)
    assert performance.dropped == () and performance.time_s.tolist() == [1, 2, 3, 5, 6]


@given(st.lists(st.integers(0, 30), max_size=2 * CLOCK_ROWS - 1))
def test_as_few_rows_as_can_be_are_left_out(shared_file: Path, times: list[int]) -> None:
    shared_file.write_text(takes(*((time_s, "player", 0) for time_s in times)))
    best = [1] * len(times)
    for i, late in enumerate(times):
        best[i] = 1 + max((best[j] for j in range(i) if times[j] <= late), default=0)
    assert len(read_performance(shared_file)) == max(best, default=0)


N_ROWS = 2_500  # with each beside all others there would be millions of pairs


@pytest.mark.parametrize(
    "times",
    [
        pytest.param([7.0] * N_ROWS, id="one time"),
        pytest.param([7.0 - i * 1e-6 for i in range(N_ROWS)], id="each a little late"),
        pytest.param([float(N_ROWS - i) for i in range(N_ROWS)], id="backwards"),
        pytest.param([float(i % 2) for i in range(N_ROWS)], id="to and fro"),
        pytest.param([float(i % 40 // 20) * 100 for i in range(N_ROWS)], id="a clock set again and again"),
    ],
)
def test_the_work_is_that_of_sorting_whatever_the_times(file: Path, times: list[float]) -> None:
    """Counted in lines of the reader that run: with each row beside all others these would be millions."""
    file.write_text(header(TOUCH_COLUMNS) + "".join(row(t, "player", 0, (0.5, 0.5, 1, 1)) for t in times))
    n_lines = 0

    def count(frame: FrameType, event: str, argument: object) -> object:
        nonlocal n_lines
        n_lines += event == "line"
        assert n_lines < 100 * len(times)
        return count

    sys.settrace(count)
    try:
        read_performance(file)
    finally:
        sys.settrace(None)


def clock(*stretches: tuple[float, int], source: str = "player") -> list[tuple[float, str, int]]:
    """Rows every tenth of a second: so many from each of these seconds on."""
    return [(start_s + i / 10, source, 0) for start_s, n in stretches for i in range(n)]


@pytest.mark.parametrize("to_s", [400.0, 3999.0, 1.7e9])
def test_a_clock_that_is_set_is_told_and_taken_as_a_pause(file: Path, to_s: float) -> None:
    """Back an hour or a second, or on from 1970: no row is damaged where many on either side go on."""
    file.write_text(takes(*clock((4000.0, 20), (to_s, 20))))
    performance = read_performance(file)
    assert performance.dropped == () and len(performance) == 40
    (told,) = performance.told
    assert told == Dropped(
        22,
        f"time: expected 4001.900000 s or a little later, got {to_s:.6f} s: "
        "a clock that was set, taken as a pause.",
    )
    steps = np.diff(performance.time_s)
    assert steps[19] == pytest.approx(PAUSE_S, abs=1e-5)
    assert np.delete(steps, 19) == pytest.approx(np.full(38, 0.1), abs=1e-5)
    assert performance.values[:, 0] == pytest.approx(np.arange(2, 42) / 100), "in the order of the file"


def test_a_clock_that_is_set_is_set_for_every_voice(file: Path) -> None:
    both = zip(clock((4000, 20), (400, 20)), clock((4000.05, 20), (400.05, 20), source="ghost"), strict=True)
    file.write_text(takes(*(event for pair in both for event in pair)))
    performance = read_performance(file)
    assert performance.dropped == () and len(performance.told) == 1
    assert np.diff(performance.time_s).max() == pytest.approx(PAUSE_S, abs=0.06)
    assert performance.source.tolist() == ["player", "ghost"] * 40


def test_a_row_far_from_the_others_is_damaged(file: Path) -> None:
    file.write_text(takes(*clock((5, 20)), (9e8, "player", 0), (-9e8, "ghost", 0)))
    performance = read_performance(file)
    assert len(performance) == 20 and performance.duration_s < 2.0
    assert performance.dropped == (
        Dropped(22, "time: expected one within a week of the others, got 900000000.000000 s."),
        Dropped(23, "time: expected one within a week of the others, got -900000000.000000 s."),
    )


def test_a_file_larger_than_an_evening_is_refused_before_it_is_read_whole(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "MOST_BYTES", 1 << 20)
    with file.open("wb") as out:
        out.truncate(1 << 40)  # a terabyte of nothing takes no room on the disk
    with pytest.raises(PerformanceError, match=r"take\.csv: expected at most \d+ MiB, got more"):
        read_performance(file)


def test_bad_rows_are_told_in_the_order_of_their_lines(file: Path) -> None:
    file.write_text(takes((1, "player", 0), (0.5, "player", 0), (2, "player", 0)) + "x\n")
    assert [each.line for each in read_performance(file).dropped] == [3, 5]
