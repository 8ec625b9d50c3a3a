"""How fast pages may go, each by itself and all of one host together: with times given by hand."""

from __future__ import annotations

import contextlib
import heapq

from app.web import limits
from app.web.connection import Host, Hosts
from app.web.pace import Pace


def test_who_plays_is_never_slowed_and_who_floods_is_sent_away() -> None:
    pace = Pace(Host().messages, 0.0)
    for step in range(6000):  # a minute of ten fingers at 100 reports a second each, ten in a frame
        pace.count(10, 0, 0, step / 100.0)
        assert (pace.wait_s, pace.why_over) == (0.0, "")
    now_s = 60.0
    while not pace.why_over:
        pace.count(int(limits.AT_ONCE), 0, 0, now_s)
        now_s += pace.wait_s
    assert limits.FLOOD_S < now_s - 60.0 < limits.FLOOD_S + 1.0
    pace = Pace(Host().messages, 0.0)
    for index in range(limits.MAX_MALFORMED + 1):
        assert not pace.why_over
        pace.count(1, 1, 1, index * 10.0)
    assert pace.why_over


def test_ten_phones_behind_one_router_are_never_slowed() -> None:
    """A minute, with 100 touches a second each: also where all of them come at the same moment."""
    host = Host()
    phones = [Pace(host.messages, 0.0) for _ in range(10)]
    for step in range(600):
        for phone in phones:
            phone.count(10, 0, 0, step / 10.0)
            assert (phone.wait_s, phone.why_over) == (0.0, "")


def taken(host: Host, seconds: float) -> int:
    """How many messages are taken from as many connections as a host may have, which send without end."""
    connections = [(0.0, number, Pace(host.messages, 0.0)) for number in range(limits.MAX_OF_HOST)]
    n_messages = 0
    while connections[0][0] < seconds:
        now_s, number, pace = heapq.heappop(connections)
        pace.count(100, 0, 0, now_s)
        n_messages += 100
        heapq.heappush(connections, (now_s + max(pace.wait_s, 0.001), number, pace))
        assert not pace.why_over  # none of them sends too much by itself
    return n_messages


def test_a_flood_over_many_connections_of_one_host_is_held_to_what_one_host_may() -> None:
    overdrawn = 100 * limits.MAX_OF_HOST  # the last frame of each is taken before it has to wait
    assert taken(Host(), 10.0) <= limits.HOST_AT_ONCE + 10.0 * limits.HOST_PER_S + overdrawn
    assert taken(Host(), 10.0) > 9.0 * limits.HOST_PER_S


def test_a_flood_of_one_host_does_not_slow_another_one() -> None:
    hosts = Hosts()
    taken(hosts.of("192.0.2.1"), 1.0)
    phone = Pace(hosts.of("192.0.2.2").messages, 1.0)
    phone.count(10, 0, 0, 1.0)
    assert phone.wait_s == 0.0


def test_two_hosts_cannot_have_all_the_room_for_surfaces() -> None:
    hosts = Hosts()
    first, second = hosts.of("192.0.2.1"), hosts.of("2001:db8::1")
    assert hosts.of("2001:db8::2") is second  # whoever has one address of a network has all of them

    with contextlib.ExitStack() as stack:
        n_taken = [
            sum(stack.enter_context(hosts.surface(host)) for _ in range(limits.MAX_OF_HOST))
            for host in (first, second, *(hosts.of(f"192.0.2.{number}") for number in range(3, 9)))
        ]
        assert n_taken == [limits.MAX_SURFACES_OF_HOST] * 4 + [0] * 4
        assert sum(n_taken) == limits.MAX_SURFACES < limits.MAX_CONNECTIONS
    with hosts.surface(first) as has_room:
        assert has_room  # who has gone leaves room


def test_hosts_that_are_connected_are_not_forgotten() -> None:
    hosts = Hosts()
    first = hosts.of("192.0.2.1")
    assert hosts.came(first)
    for number in range(1000):
        hosts.of(f"198.51.{number // 250}.{number % 250}")
    assert hosts.of("192.0.2.1") is first
    assert len(hosts._hosts) <= 256
