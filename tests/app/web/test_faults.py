"""Clients that break the rules of a websocket or of decency, beside one that plays on."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from app.web import limits
from tests.app.web.page import Port, a_port
from tests.app.web.raw_page import BINARY, CONTINUED, LAST, TEXT, RawPage


@contextmanager
def somebody(port: Port, name: str = "ann") -> Iterator[RawPage]:
    """A raw page that was welcomed."""
    page = RawPage(port.server.port)
    page.say(["hello", {"name": name}])
    page.until("welcome")
    try:
        yield page
    finally:
        page.close()


def plays_on(page: RawPage) -> None:
    """What a page says is still done."""
    page.say(["ping", 5])
    assert page.until("pong") == ["pong", 5]


POLICY, TOO_BIG, NOT_UTF8, PROTOCOL, KEEPALIVE = 1008, 1009, 1007, 1002, 1011
BROKEN: dict[str, tuple[Callable[[RawPage], None], int]] = {
    "too large": (lambda page: page.send(b"x" * (limits.MAX_BYTES + 1)), TOO_BIG),
    "says to be huge": (lambda page: page.send(b"[", length=1 << 62), TOO_BIG),
    "many fragments": (
        lambda page: [page.send(b"1" * 500, CONTINUED if n else TEXT) for n in range(40)] and None, TOO_BIG
    ),
    "no UTF-8": (lambda page: page.send(b"\xff\xfe"), NOT_UTF8),
    "no such opcode": (lambda page: page.send(b"", LAST | 3), PROTOCOL),
    "not masked": (lambda page: page.socket.sendall(bytes((LAST | TEXT, 2)) + b"[]"), PROTOCOL),
    "compressed": (lambda page: page.send(b"[]", LAST | TEXT | 0x40), PROTOCOL),
    "goes on with nothing": (lambda page: page.send(b"[]", LAST | CONTINUED), PROTOCOL),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_who_breaks_the_rules_is_sent_away_and_its_fingers_are_up(kind: str) -> None:
    breaks, code = BROKEN[kind]
    with a_port() as port, somebody(port, "good") as good, somebody(port) as page:
        page.say(["touch", 1, 0.5, 0.5, False, 1])
        plays_on(page)
        breaks(page)
        assert page.close_code() == code
        page.close()
        assert good.until("release")[:3] == ["release", "player", 17]
        plays_on(good)


@pytest.mark.parametrize("payload", [b"{", b"[" * 10_000, b'[["touch",1,NaN,0,0,1]]', b'[["touch"]]'])
def test_what_is_no_message_is_refused_and_the_next_one_is_done(payload: bytes) -> None:
    with a_port() as port, somebody(port) as page:
        page.send(payload)
        assert page.until("refused")[1]
        page.send(b'[["ping",1]]', LAST | BINARY)
        assert "binary" in page.until("refused")[1]
        plays_on(page)
        assert port.controls.n_refused == 2


def test_nothing_is_unpacked() -> None:
    """A few bytes that unpack to any size are never asked for."""
    with a_port() as port:
        wants = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
        with RawPage(port.server.port, headers=wants) as page:
            assert (page.status, "permessage-deflate" in page.head) == (101, False)


def test_a_message_may_come_in_fragments() -> None:
    with a_port() as port, somebody(port) as page:
        page.send(b'[["pi', TEXT)
        page.send(b'ng",', CONTINUED)
        page.send(b"7]]", LAST | CONTINUED)
        assert page.until("pong") == ["pong", 7]


def test_who_sends_too_much_that_is_no_message_is_sent_away() -> None:
    with a_port() as port, somebody(port, "good") as good, somebody(port) as page:
        wrong = b"[" + b",".join([b"[]"] * (limits.MAX_MALFORMED + 1)) + b"]"
        page.send(wrong)
        assert page.close_code() == POLICY
        plays_on(good)


def test_a_flood_is_not_read_on_and_then_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PER_S", 50.0)
    monkeypatch.setattr(limits, "AT_ONCE", 10.0)
    monkeypatch.setattr(limits, "FLOOD_S", 0.3)
    with a_port() as port, somebody(port) as page:
        began_s = time.monotonic()
        try:
            for _ in range(20_000):
                page.say(["touch", 1, 0.5, 0.5, True, 1])
        except OSError:
            pass
        page.close_code()
        took_s = time.monotonic() - began_s
        page.close()
        assert len(port.log) < 10 + 50 * took_s + 10
        with somebody(port) as good:
            plays_on(good)


def test_a_flood_over_many_connections_of_one_host_is_held_to_its_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "HOST_PER_S", 1000.0)
    monkeypatch.setattr(limits, "HOST_AT_ONCE", 50.0)
    with a_port() as port, contextlib.ExitStack() as stack:
        pages = [stack.enter_context(somebody(port)) for _ in range(8)]
        began_s = time.monotonic()
        for _ in range(20):
            for page in pages:
                page.say(*[["touch", 1, 0.5, 0.5, True, 1]] * 10)
        time.sleep(0.3)
        n_played, took_s = len(port.log), time.monotonic() - began_s
        assert n_played <= 50 + 1000 * took_s + 8 * 10
        plays_on(pages[0])  # it has to wait, but is not sent away


def test_who_reads_nothing_is_cut_off_and_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PING_S", None)  # who does not answer them is cut off too
    monkeypatch.setattr(limits, "SLOW_S", 0.2)
    monkeypatch.setattr(limits, "MAX_UNSENT", 4096)
    monkeypatch.setattr(limits, "PER_S", 1e6)
    monkeypatch.setattr(limits, "HOST_PER_S", 1e6)
    with a_port() as port, somebody(port, "good") as good:
        with somebody(port) as deaf:
            deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.say(["touch", 1, 0.5, 0.5, False, 1])
            good.until("touch")
            moves = [["touch", 1, 0.123456, 0.654321, True, 1]] * 200
            good.socket.settimeout(10)
            released = False
            for _ in range(4000):
                good.say(*moves)
                plays_on(good)
                released = ["player release 17", []] in port.log
                if released:
                    break
            assert released


def test_connections_of_one_address_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_OF_HOST", 3)
    with a_port() as port, somebody(port) as page, contextlib.ExitStack() as stack:
        address = ("127.0.0.1", port.server.port)
        opened = [stack.enter_context(socket.create_connection(address, timeout=4)) for _ in range(3)]
        with contextlib.suppress(ConnectionError):
            assert opened[-1].recv(1) == b""  # at once, though it may still say what it wants
        plays_on(page)


def test_half_open_requests_are_bounded_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_OF_HOST", 4)
    monkeypatch.setattr(limits, "OPEN_S", 0.3)
    with a_port() as port, somebody(port) as page:
        stuck = [socket.create_connection(("127.0.0.1", port.server.port), timeout=5) for _ in range(8)]
        for each in stuck:
            with contextlib.suppress(ConnectionError):
                each.sendall(b"GET /play HTTP/1.1\r\nHost")
        plays_on(page)
        for each in stuck:  # the last ones at once, the others when their time is over
            try:
                while each.recv(4096):
                    """A refusal on its way."""
            except ConnectionError:
                pass
            each.close()
        with somebody(port, "bob") as bob:
            plays_on(bob)


def test_who_says_no_hello_does_not_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HELLO_S", 0.2)
    with (
        a_port() as port,
        RawPage(port.server.port) as silent,
        RawPage(port.server.port) as rude,
        RawPage(port.server.port) as empty,
    ):
        rude.say(["touch", 1, 0.5, 0.5, False, 1])
        empty.say()
        assert [page.close_code() for page in (silent, rude, empty)] == [POLICY] * 3
        assert port.log == []


def test_a_phone_that_fell_off_the_network_lets_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PING_S", 0.1)
    monkeypatch.setattr(limits, "PONG_S", 0.2)
    with a_port() as port, somebody(port) as page:
        page.say(["touch", 1, 0.5, 0.5, False, 1])
        ends_s = time.monotonic() + 5.0
        while ["player release 16", []] not in port.log:  # its socket stays open, and nothing answers
            assert time.monotonic() < ends_s
            time.sleep(0.02)


def test_no_more_people_than_there_are_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.web import voices

    monkeypatch.setattr(voices, "FIRST", range(16, 18))
    with a_port() as port, somebody(port), somebody(port), RawPage(port.server.port) as third:
        third.say(["hello", {"name": "eve"}])
        assert third.close_code() == 1013


def test_a_port_that_is_taken_says_so() -> None:
    from app.web.errors import WebPortError
    from app.web.listening import listen

    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        with pytest.raises(WebPortError, match=f"web port 127.0.0.1:{number} cannot be opened: .*in use"):
            listen("127.0.0.1", number)
    with pytest.raises(WebPortError, match=r"web port 192\.0\.2\.1:0 cannot be opened"):
        listen("192.0.2.1", 0)
    with listen("127.0.0.1", 0) as opened:
        assert opened.proto == socket.IPPROTO_TCP  # or asyncio gathers small frames for 40 ms
