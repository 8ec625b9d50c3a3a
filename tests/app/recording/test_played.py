"""What was played: counted for the player only, and kept where nobody records it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.events import Release, Source, Touch, Values
from app.core.sink import Sink
from app.recording.played import MAX_ROWS, Played
from models.performance import TOUCH_COLUMNS, read_performance

P, G = Source.PLAYER, Source.GHOST


def played(*, keeps_rows: bool = True) -> Played:
    made = Played(keeps_rows=keeps_rows)
    for event in (
        Touch(100.0, P, 0, 0.25, 0.5, False, 0.75),
        Touch(100.5, G, 0, 0.9, 0.9, False),
        Touch(100.5, P, 0, 0.375, 0.5, True),
        Release(101.0, P, 0),
        Release(101.0, G, 0),
        Values(101.5, P, (0.5, 0.25)),
        Touch(160.5, P, 1, 0.5, 0.5, False),
        Values(102.5, P, (0.5, 0.75)),
    ):
        made.play(event)
    return made


def test_events_are_counted_and_a_long_rest_counts_little() -> None:
    assert played().amount(TOUCH_COLUMNS) == (3, 0.5 + 2.0)
    assert played().amount(("x1", "x2")) == (2, 1.0)
    assert played().amount(("x1",)) == (0, 0.0)


def test_the_rows_of_the_player_are_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    played().write(TOUCH_COLUMNS, path)
    assert path.read_text() == (
        "time_s,source,voice,x,y,z,moving\n"
        "0.000000,player,0,0.25,0.5,0.75,0\n"
        "0.500000,player,0,0.375,0.5,1,1\n"
        "1.000000,player,0,0.375,0.5,0,1\n"
        "60.500000,player,1,0.5,0.5,1,0\n"
    )
    assert read_performance(path).dropped == ()
    played().write(("x1", "x2"), tmp_path / "values.csv")
    assert (
        (tmp_path / "values.csv")
        .read_text()
        .endswith("1.500000,player,0,0.5,0.25\n2.500000,player,0,0.5,0.75\n")
    )


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        played().write(TOUCH_COLUMNS, path)
    assert path.read_text() == "mine"


def test_where_somebody_records_nothing_is_kept(tmp_path: Path) -> None:
    made = played(keeps_rows=False)
    assert made.amount(TOUCH_COLUMNS) == (3, 2.5)
    made.write(TOUCH_COLUMNS, tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text() == "time_s,source,voice,x,y,z,moving\n"


def test_the_oldest_rows_are_forgotten_first(tmp_path: Path) -> None:
    made = Played(keeps_rows=True)
    for index in range(MAX_ROWS + 3):
        made.play(Values(float(index), P, (0.5,)))
    assert isinstance(made, Sink)
    made.write(("x1",), tmp_path / "rows.csv")
    lines = (tmp_path / "rows.csv").read_text().splitlines()
    assert (len(lines), lines[1]) == (1 + MAX_ROWS, "3.000000,player,0,0.5")
    assert made.amount(("x1",)) == (MAX_ROWS + 3, MAX_ROWS + 2.0)
