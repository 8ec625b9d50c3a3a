"""The recorder: what is on disk, when, and what happens when the disk does not want."""

from __future__ import annotations

import errno
import math
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from app.core.events import Event, Release, Source, Touch, Values
from app.recording import recording_file
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


class Disk:
    """Stands for `os.write`: a disk with so many bytes left, or one that fails in another way."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.n_left: float = math.inf
        self.fails_with = 0
        self._write = os.write
        monkeypatch.setattr(recording_file.os, "write", self.write)

    def write(self, number: int, data: bytes) -> int:
        if self.fails_with:
            raise OSError(self.fails_with, os.strerror(self.fails_with))
        if not self.n_left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        n_bytes = self._write(number, data[: int(min(self.n_left, len(data)))])
        self.n_left -= n_bytes
        return n_bytes


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    monkeypatch.setattr("app.recording.recorder.RETRY_S", 0.02)
    monkeypatch.setattr("app.recording.recorder.LOOK_S", 0.02)
    return Disk(monkeypatch)


def wait_for(condition: Callable[[], object]) -> None:
    end_s = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.005)


def play(recorder: Recorder, *indices: int) -> None:
    for index in indices:
        recorder.play(Touch(100.0 + index, P, 0, 0.5, 0.5, index > 0))


def times(path: Path) -> list[float]:
    performance = read_performance(path)
    assert performance.dropped == ()
    return list(performance.time_s)


def test_a_full_disk_is_told_and_costs_nothing_when_there_is_room_again(tmp_path: Path, disk: Disk) -> None:
    recorder = Recorder(tmp_path)
    play(recorder, 0)
    assert recorder.flush()
    disk.n_left = 7  # in the middle of a row
    play(recorder, 1, 2)
    assert not recorder.flush()
    wait_for(lambda: recorder.notice == f"Not recording: {tmp_path}: No space left on device")
    disk.n_left = math.inf
    wait_for(lambda: recorder.notice == f"Recording again: {tmp_path}")
    play(recorder, 3)
    recorder.close()
    (path,) = recorder.paths
    assert times(path) == [0.0, 1.0, 2.0, 3.0] and recorder.lacks() == []


def test_a_disk_that_stays_full_is_in_the_last_words(tmp_path: Path, disk: Disk) -> None:
    recorder = Recorder(tmp_path)
    play(recorder, 0)
    assert recorder.flush()
    disk.n_left = 0
    play(recorder, 1, 2)
    recorder.close()
    assert [times(path) for path in recorder.paths] == [[0.0]]
    assert recorder.lacks() == [f"Not recorded: 2 events: {tmp_path}: No space left on device"]


def test_a_file_that_takes_no_more_is_followed_by_another(tmp_path: Path, disk: Disk) -> None:
    """As of a stick that was pulled out: what it does not take is written beside it when that can be."""
    recorder = Recorder(tmp_path)
    play(recorder, 0)
    assert recorder.flush()
    disk.fails_with = errno.EIO
    play(recorder, 1)
    assert not recorder.flush()
    disk.fails_with = 0
    wait_for(lambda: recorder.notice.startswith("Recording again"))
    recorder.close()
    assert [times(path) for path in recorder.paths if path.stat().st_size > 40] == [[0.0], [1.0]]
    assert recorder.lacks() == []


posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a file that is open")


@posix
@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_is_deleted_goes_on_in_a_new_file_with_all_of_it(what: str, tmp_path: Path, disk: Disk) -> None:
    folder = tmp_path / "takes"
    recorder = Recorder(folder)
    play(recorder, 0, 1)
    assert recorder.flush()
    (first,) = recorder.paths
    if what == "file":
        first.unlink()
    else:
        shutil.rmtree(folder)
    wait_for(
        lambda: recorder.notice.startswith(f"The recording: {first} was deleted. It goes on in {folder}")
    )
    play(recorder, 2)
    recorder.close()
    (path,) = recorder.paths
    assert times(path) == [0.0, 1.0, 2.0] and recorder.lacks() == []


@posix
@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_is_moved_stays_there_and_goes_on_in_a_new_file(what: str, tmp_path: Path, disk: Disk) -> None:
    folder, other = tmp_path / "takes", tmp_path / "other"
    recorder = Recorder(folder)
    play(recorder, 0, 1)
    assert recorder.flush()
    (first,) = recorder.paths
    if what == "file":
        other.mkdir()
        first.rename(other / first.name)
    else:
        folder.rename(other)
    wait_for(lambda: "was moved" in recorder.notice)
    play(recorder, 2)
    recorder.close()
    assert times(other / first.name) == [0.0, 1.0]
    assert times(recorder.paths[-1]) == [2.0] and recorder.paths[-1].parent == folder
    if sys.platform == "linux":
        assert recorder.paths[0] == other / first.name and recorder.lacks() == []


@posix
def test_what_is_overwritten_is_in_the_last_words(tmp_path: Path, disk: Disk) -> None:
    recorder = Recorder(tmp_path)
    play(recorder, 0, 1)
    assert recorder.flush()
    (first,) = recorder.paths
    other = tmp_path / "other"
    other.write_text("somebody else's")
    other.replace(first)
    wait_for(lambda: "was deleted" in recorder.notice)
    recorder.close()
    assert first.read_text() == "somebody else's"
    assert [times(path) for path in recorder.paths] == [[0.0, 1.0]]


@posix
def test_a_file_deleted_at_the_end_where_none_can_be_made_is_in_the_last_words(
    tmp_path: Path, disk: Disk
) -> None:
    folder = tmp_path / "takes"
    recorder = Recorder(folder)
    play(recorder, 0, 1)
    assert recorder.flush()
    (first,) = recorder.paths
    shutil.rmtree(folder)
    folder.write_text("no folder")
    wait_for(lambda: recorder.notice.startswith(f"Not recording: {folder}"))
    play(recorder, 2)
    recorder.close()
    assert recorder.paths == []
    lost, not_written = recorder.lacks()
    assert lost == f"Not there any more: {first}, 2 events"
    assert not_written.startswith("Not recorded: 1 events: ")


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
    assert not recorder.flush() and recorder.notice
    recorder.close()


def test_after_close_events_are_dropped_and_counted(tmp_path: Path) -> None:
    recorder = record(tmp_path, EVENTS)
    recorder.play(EVENTS[0])
    recorder.panic()
    recorder.close()
    assert recorder.n_dropped == 1


PLAYING = """
import sys, time
from app.core.events import Source, Touch
from app.recording.recorder import Recorder
recorder = Recorder(sys.argv[1])
for index in range(100_000):
    recorder.play(Touch(time.perf_counter(), Source.PLAYER, 0, 0.5, 0.5, index > 0))
    sys.stdout.write(f"{index + 1}\\n")
    sys.stdout.flush()
    time.sleep(0.002)
"""


def n_lost_when_killed(folder: Path, after_s: float, least: int = 1) -> tuple[int, int]:
    """Kill a process that records every 2 ms; how many events it had played, and how many are not there.

    Not before it has played `least`, which takes longer on a busy machine.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", PLAYING, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    told = [process.stdout.readline()]
    time.sleep(after_s)
    while int(told[-1]) < least:
        told.append(process.stdout.readline())
    process.kill()
    told += process.stdout.read().split("\n")[:-1]  # what has no end of line is half a number
    n_played = int(told[-1])
    process.stdout.close()
    process.wait(WAIT_S)
    paths = list(folder.iterdir()) if folder.exists() else []
    n_there = 0
    for path in paths:
        performance = read_performance(path)
        assert performance.dropped == ()
        n_there += len(performance.time_s)
    return n_played, n_played - n_there


def test_a_killed_process_loses_at_most_the_last_moment(tmp_path: Path) -> None:
    """Killed in the middle of playing: most of a second is there, in whole rows."""
    n_played, n_lost = n_lost_when_killed(tmp_path, 1.0, least=200)
    assert n_played >= 200 and n_lost < n_played / 2


@pytest.mark.slow
def test_whenever_it_is_killed_at_most_a_fifth_of_a_second_is_lost(tmp_path: Path) -> None:
    dice = random.Random(1)
    lost = [n_lost_when_killed(tmp_path / str(number), dice.uniform(0.0, 1.5))[1] for number in range(20)]
    assert max(lost) <= 0.2 / 0.002, lost
