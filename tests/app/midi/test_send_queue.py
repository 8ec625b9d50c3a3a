"""What leaves through a port, and when, as literal lists."""

from __future__ import annotations

import math

import pytest

from app.midi.send_queue import SPREAD_S, SendQueue

ON, OFF = bytes((0x90, 60, 100)), bytes((0x80, 60, 0))


def cc(value: int, number: int = 74, channel: int = 0) -> bytes:
    return bytes((0xB0 | channel, number, value))


class Sent:
    def __init__(self, gap_s: float = 0.01) -> None:
        self.messages: list[bytes] = []
        self.queue = SendQueue(self.messages.append, gap_s)

    def take(self) -> list[bytes]:
        taken, self.messages[:] = list(self.messages), []
        return taken


def test_of_a_fast_controller_the_newest_value_is_sent_when_the_gap_is_over() -> None:
    sent = Sent()
    for time_s, value in ((1.0, 1), (1.002, 2), (1.004, 3)):
        sent.queue.put([cc(value)], time_s)
    assert sent.take() == [cc(1)]
    assert sent.queue.step(1.009) == pytest.approx(1.01)
    assert sent.take() == []
    assert sent.queue.step(1.011) == math.inf
    assert sent.take() == [cc(3)]
    sent.queue.put([cc(4)], 1.0215)
    assert sent.take() == [cc(4)]


def test_controllers_bends_and_channels_do_not_thin_each_other() -> None:
    sent = Sent()
    messages = [cc(1), cc(1, 75), cc(1, 74, 1), bytes((0xE0, 0, 64)), bytes((0xD0, 9))]
    sent.queue.put(messages, 1.0)
    assert sent.take() == messages


def test_notes_never_wait_and_without_a_gap_nothing_does() -> None:
    sent = Sent()
    sent.queue.put([cc(1), cc(2), ON, OFF, ON], 1.0)
    assert sent.take() == [cc(1), ON, OFF, ON]
    sent = Sent(gap_s=0.0)
    sent.queue.put([cc(1), cc(2), cc(3)], 1.0)
    assert sent.take() == [cc(1), cc(2), cc(3)]


def test_what_belongs_to_a_new_note_does_not_wait() -> None:
    sent = Sent()
    sent.queue.put([cc(1)], 1.0)
    sent.queue.put([cc(2), ON], 1.001, at_once=True)
    assert sent.take() == [cc(1), cc(2), ON]
    assert sent.queue.step(2.0) == math.inf
    assert sent.take() == []


def test_a_panic_is_spread_over_time() -> None:
    sent = Sent()
    sent.queue.sweep([OFF])
    now_s, times = 1.0, []
    while (due_s := sent.queue.step(now_s)) < math.inf:
        times.append(due_s - now_s)
        now_s = due_s
    assert len(sent.messages) == 1 + 3 * 16
    assert sent.messages[0] == OFF
    assert {m[1] for m in sent.messages[1:]} == {64, 123, 120}
    assert min(times) == pytest.approx(SPREAD_S)


def test_a_note_after_a_panic_is_not_ended_by_the_rest_of_it() -> None:
    sent = Sent()
    sent.queue.sweep([])
    sent.queue.step(1.0)
    sent.queue.put([bytes((0x95, 60, 100))], 1.0)
    sent.take()
    now_s = 1.0
    while now_s < math.inf:
        now_s = sent.queue.step(now_s)
    rest = sent.take()
    assert [m for m in rest if m[0] & 0x0F == 5] == []
    assert len(rest) == 48 - 1 - 3
