"""The recorder: what is on disk, when, and what happens when the disk does not want."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from app.core.events import Event, Release, Source, Touch, Values
from app.recording.recorder import Recorder
from models.performance import TOUCH_COLUMNS, read_performance

WAIT_S = 60.0  # a busy machine is no defect
P, G = Source.PLAYER, Source.GHOST
EVENING = datetime(2024, 5, 17, 20, 15, 0)
EVENTS: list[Event] = [
    Touch(100.0, P, 0, 0.25, 0.5, False, 0.75),
    Touch(100.0125, P, 0, 0.375, 0.5, True),
    Release(100.5, P, 0),
    Touch(101.0, G, 2, 0.125, 1.0, False),
    Release(101.25, G, 2),
]


def record(folder: Path, events: list[Event]) -> Recorder:
    recorder = Recorder(folder, wall=lambda: EVENING)
    for event in events:
        recorder.play(event)
    recorder.close()
    return recorder


def test_the_file_as_it_is_written(tmp_path: Path) -> None:
    recorder = record(tmp_path / "new", EVENTS)
    (path,) = recorder.paths
    assert path == tmp_path / "new" / "ghostjam-2024-05-17T20-15-00.csv"
    assert path.read_text() == (
        "time_s,source,voice,x,y,z,moving\n"
        "0.000000,player,0,0.25,0.5,0.75,0\n"
        "0.012500,player,0,0.375,0.5,1,1\n"
        "0.500000,player,0,0.375,0.5,0,1\n"
        "1.000000,ghost,2,0.125,1,1,0\n"
        "1.250000,ghost,2,0.125,1,0,1\n"
    )
    assert (recorder.n_dropped, recorder.notice) == (0, "")


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    (path,) = record(tmp_path, EVENTS).paths
    performance = read_performance(path)
    assert performance.time_s.tolist() == [0.0, 0.0125, 0.5, 1.0, 1.25]
    assert performance.dropped == ()


def test_without_events_there_is_no_file(tmp_path: Path) -> None:
    record(tmp_path, [])
    assert list(tmp_path.iterdir()) == []


def test_controllers_get_a_file_of_their_own_on_the_same_time(tmp_path: Path) -> None:
    recorder = record(tmp_path, [EVENTS[0], Values(100.5, P, (0.5, 0.25))])
    assert [path.name for path in recorder.paths] == [
        "ghostjam-2024-05-17T20-15-00.csv",
        "ghostjam-2024-05-17T20-15-00-2.csv",
    ]
    assert recorder.paths[1].read_text() == "time_s,source,voice,x1,x2\n0.500000,player,0,0.5,0.25\n"


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    first = record(tmp_path, EVENTS).paths[0].read_text()
    second = record(tmp_path, EVENTS[:1]).paths
    assert second == [tmp_path / "ghostjam-2024-05-17T20-15-00-2.csv"]
    assert (tmp_path / "ghostjam-2024-05-17T20-15-00.csv").read_text() == first


def test_a_folder_that_cannot_be_written_is_told_once_and_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    recorder = record(tmp_path / "file", EVENTS)
    assert recorder.notice.startswith(f"Not recording: {tmp_path / 'file'}: ")
    assert recorder.n_dropped == 5
    recorder.close()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "open", lambda *args, **kwargs: open("/dev/full", "w"))
    recorder = record(tmp_path, EVENTS)
    assert recorder.notice.startswith("Not recording: ") and "No space left" in recorder.notice


def test_a_flush_ends_when_everything_played_is_in_the_file(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    for round_ in range(1, 4):
        for index in range(500):
            recorder.play(Touch(100.0 + index, P, 0, 0.5, 0.5, False))
        assert recorder.flush()
        path = recorder.path(TOUCH_COLUMNS)
        assert path is not None and path.read_text().count("\n") == 1 + 500 * round_
    assert recorder.path(("x1",)) is None
    recorder.close()
    assert recorder.flush()


def test_a_flush_does_not_wait_for_a_disk_that_does_not_want(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    recorder = Recorder(tmp_path / "file")
    recorder.play(EVENTS[0])
    assert recorder.flush() and recorder.notice
    recorder.close()


def test_after_close_events_are_dropped_and_counted(tmp_path: Path) -> None:
    recorder = record(tmp_path, EVENTS)
    recorder.play(EVENTS[0])
    recorder.panic()
    recorder.close()
    assert recorder.n_dropped == 1


def test_a_killed_process_loses_at_most_the_last_moment(tmp_path: Path) -> None:
    """Kill -9 a process that records: what it played reached the file without being asked, in whole lines."""
    script = (
        "import sys, time\n"
        "from app.core.events import Source, Touch\n"
        "from app.recording.recorder import Recorder\n"
        "recorder = Recorder(sys.argv[1])\n"
        "for index in range(100_000):\n"
        "    recorder.play(Touch(time.perf_counter(), Source.PLAYER, 0, 0.5, 0.5, index > 0))\n"
        "    sys.stdout.write(f'{index + 1}\\n')\n"
        "    sys.stdout.flush()\n"
        "    time.sleep(0.002)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    played = 0
    while played < 200:
        played = int(process.stdout.readline())
    (path,) = tmp_path.iterdir()
    limit_s = time.monotonic() + WAIT_S
    while path.read_bytes().count(b"\n") <= played and time.monotonic() < limit_s:  # and a header
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    process.stdout.close()
    process.wait(WAIT_S)
    performance = read_performance(path)
    assert len(performance.time_s) >= played
    assert performance.dropped == ()
