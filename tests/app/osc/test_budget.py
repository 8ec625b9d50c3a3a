"""What the network may cause, with a clock moved by hand."""

from __future__ import annotations

from typing import Any

import pytest

from app.osc.budget import MAX_HOSTS, Budget, Grant, network_host, remember

GRANT = Grant(10.0, 4.0, 2.0)


def taken(budget: Budget, host: str, now_s: float) -> int:
    n = 0
    while budget.take(GRANT, host, 1.0, now_s):
        n += 1
    return n


def test_a_sender_has_so_much_at_once_and_so_much_a_second() -> None:
    budget = Budget()
    assert taken(budget, "a", 5.0) == 4
    assert taken(budget, "a", 5.25) == 2
    assert taken(budget, "a", 99.0) == 4  # what is not used is not saved


def test_too_much_is_not_taken_in_part() -> None:
    budget = Budget()
    assert not budget.take(GRANT, "a", 5.0, 1.0)
    assert taken(budget, "a", 1.0) == 4


def test_all_senders_have_so_much_together() -> None:
    budget = Budget()
    assert [taken(budget, host, 5.0) for host in "abcd"] == [4, 4, 0, 0]
    assert taken(budget, "d", 5.125) == 2


def test_a_clock_that_is_read_late_gives_nothing() -> None:
    budget = Budget()
    assert budget.take(GRANT, "a", 3.0, 5.0) and budget.take(GRANT, "a", 1.0, 4.0)
    assert taken(budget, "a", 5.0) == 0


def test_who_is_forgotten_begins_anew_but_all_together_do_not() -> None:
    budget = Budget()
    for number in range(10 * MAX_HOSTS):
        budget.take(GRANT, str(number), 1.0, 5.0)
    assert len(budget._left) <= 3 * MAX_HOSTS + 1
    assert taken(budget, "new", 5.0) == 0


@pytest.mark.parametrize(
    ("sender", "host"),
    [
        (("127.0.0.1", 1), ""),
        (("::1", 1, 0, 0), ""),
        (("::ffff:127.0.0.1", 1, 0, 0), ""),
        (("192.0.2.7", 1), "192.0.2.7"),
        (("::ffff:192.0.2.7", 1, 0, 0), "192.0.2.7"),
        (("2001:db8::7", 1, 0, 0), "2001:db8::/64"),
        (("fe80::1%eth0", 1, 0, 2), "fe80::/64"),
        (None, "?"),
    ],
)
def test_hosts(sender: Any, host: str) -> None:
    assert network_host(sender) == host


def test_what_is_remembered_is_bounded_for_each_kind() -> None:
    senders: dict[Any, float] = {}
    own = [("127.0.0.1", port) for port in range(3)]
    strangers = [("192.0.2.7", port) for port in range(3)]
    for sender in (*own, *strangers, own[1]):
        remember(senders, sender, 1.0, 2)
    assert list(senders) == [own[2], *strangers[1:], own[1]]
