"""What waits for a slow device: little of it, and never without its end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.serial.outbox import Outbox

N_KEYS = 4


def drain(outbox: Outbox) -> list[bytes]:
    found = []
    while data := outbox.take():
        found.append(data)
    return found


def test_what_comes_is_taken_out_in_its_order_and_more_than_there_is_room_for_is_refused() -> None:
    outbox = Outbox(6)
    assert [outbox.put(each) for each in (b"aa", b"bb", b"ccc", b"d")] == [True, True, False, True]
    assert len(outbox) == 3 and drain(outbox) == [b"aa", b"bb", b"d"] and outbox.take() == b""
    assert outbox.put(b"123456")


def test_an_end_is_taken_when_all_else_is_refused_and_only_once() -> None:
    outbox = Outbox(4)
    assert outbox.put(b"on", begins=1) and outbox.put(b"on", begins=2)
    assert not outbox.put(b"on", begins=3)
    assert outbox.put(b"off1", ends=1) and outbox.put(b"off2", ends=2) and outbox.put(b"off1", ends=1)
    assert drain(outbox) == [b"on", b"on", b"off1", b"off2"]


def test_an_end_is_taken_again_once_it_began_again() -> None:
    outbox = Outbox(4)
    assert outbox.put(b"off1", ends=1) and outbox.take() == b"off1"
    assert outbox.put(b"on", begins=1) and outbox.put(b"xx") and outbox.put(b"off1", ends=1)
    assert drain(outbox) == [b"on", b"xx", b"off1"]


@given(st.lists(st.tuples(st.sampled_from("bet"), st.integers(0, N_KEYS - 1)), max_size=200))
def test_a_device_that_reads_what_it_is_sent_is_never_left_with_something_down(
    steps: list[tuple[str, int]],
) -> None:
    outbox, down = Outbox(20), set[int]()
    read: list[bytes] = []
    for what, key in steps:
        if what == "t":
            read.append(outbox.take())
        elif what == "b":
            if outbox.put(b"+%d" % key, begins=key):
                down.add(key)
        else:
            assert outbox.put(b"-%d" % key, ends=key)
            down.discard(key)
        assert len(outbox) <= 10 + N_KEYS
    believed = set[int]()
    for data in [*read, *drain(outbox)]:
        if data:
            (believed.add if data[:1] == b"+" else believed.discard)(int(data[1:]))
    assert believed == down
