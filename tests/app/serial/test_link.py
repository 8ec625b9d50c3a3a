"""How an open device is written to: no further ahead than the wire is fast, and what is left at the end."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from app.serial import link as link_module
from app.serial.address import SerialAddress
from app.serial.device import READ_BYTES
from app.serial.errors import SerialUnavailableError
from app.serial.link import AHEAD_S, LEAST_QUEUED, REST_S, Link
from tests.app.serial.board import wait_for

ADDRESS = SerialAddress("/dev/x", 1000)  # 100 bytes a second


class FakeDevice:
    """Takes all that it is given, or as much as `room` says; reads nothing."""

    def __init__(self, address: SerialAddress) -> None:
        self.data = b""
        self.room = 10**6
        self.stopped = threading.Event()
        self.is_gone = False
        self.flood = 0

    def read(self) -> bytes:
        self.stopped.wait(0.01)
        self.flood -= 1
        return READ_BYTES * b"x" if self.flood >= 0 else b""

    def write(self, data: bytes) -> int:
        if self.is_gone:
            raise SerialUnavailableError("gone")
        taken = data[: self.room]
        self.data += taken
        return len(taken)

    def stop(self) -> None:
        self.stopped.set()

    def close(self) -> None:
        pass


class FakeTime:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, time_s: float) -> None:
        self.now_s += time_s


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    fake = FakeTime()
    monkeypatch.setattr(link_module, "time", SimpleNamespace(monotonic=fake.monotonic, sleep=fake.sleep))
    monkeypatch.setattr(link_module, "Device", FakeDevice)
    return fake


def device_of(link: Link) -> FakeDevice:
    assert isinstance(link._device, FakeDevice)
    return link._device


def test_no_more_is_given_to_the_system_than_the_wire_carries_soon(time: FakeTime) -> None:
    link = Link(ADDRESS)
    for _ in range(20):
        assert link.send(b"123456789\n")
    wait_for(lambda: len(device_of(link).data) == 200)
    assert time.now_s == pytest.approx(190 / 100 - AHEAD_S)  # when the last line began
    link.close()


def test_what_waits_is_bounded(time: FakeTime) -> None:
    link = Link(ADDRESS)
    device_of(link).room = 0
    n_taken = sum(link.send(b"123456789\n") for _ in range(1000))
    assert LEAST_QUEUED // 10 <= n_taken <= LEAST_QUEUED // 10 + 1  # and the one that is being written
    device_of(link).is_gone = True
    wait_for(lambda: link.is_lost)
    assert not link.send(b"x")
    link.close()


def test_a_message_is_written_whole_however_little_there_is_room_for(time: FakeTime) -> None:
    link = Link(ADDRESS)
    device_of(link).room = 3
    link.send(b"0123456789")
    link.send(b"abc")
    link.close()
    assert device_of(link).data == b"0123456789abc" and not link.send(b"x")


def test_who_listens_is_called_now_and_then_and_returns_at_the_end(time: FakeTime) -> None:
    link, heard = Link(ADDRESS), list[bytes]()
    thread = threading.Thread(target=link.listen, args=[heard.append])
    thread.start()
    wait_for(lambda: heard)
    link.close()
    thread.join(60.0)
    assert not thread.is_alive() and set(heard) == {b""} and not link.is_lost


def test_who_listens_rests_in_a_flood(time: FakeTime) -> None:
    link, heard = Link(ADDRESS), list[bytes]()
    device_of(link).flood = 3
    thread = threading.Thread(target=link.listen, args=[heard.append])
    thread.start()
    wait_for(lambda: b"" in heard)
    assert time.now_s == pytest.approx(3 * REST_S) and heard.index(b"") == 3
    link.close()
    thread.join(60.0)
