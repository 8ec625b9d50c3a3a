"""What a browser, or anybody, is answered over a real socket: pages, refusals, and what is plugged in."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosedError

from app.web import server
from app.web.limits import MAX_SURFACES_OF_HOST, MAX_WAITING
from app.web.pace import Pace
from app.web.play import TRY_AGAIN_LATER
from app.web.plug import Answer
from tests.app.web.page import Page, Port, a_port, play
from tests.app.web.raw_page import RawPage


def get(port: Port, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body."""
    every = {"Host": port.address, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return ask(port, f"GET {path} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in every.items()) + "\r\n")


def ask(port: Port, request: str) -> tuple[int, dict[str, str], bytes]:
    with socket.create_connection(("127.0.0.1", port.server.port), timeout=10) as opened:
        opened.sendall(request.encode("latin-1"))
        answer = b""
        while data := opened.recv(65536):
            answer += data
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    return int(first.split(" ")[1]), dict(line.split(": ", 1) for line in lines), body


def pages(path: str, query: str, accept: str) -> Answer | None:
    if path == "/broken.json":
        raise RuntimeError("a defect")
    if path == "/facts.json" or (path == "/" and "text/html" not in accept):
        return Answer(f"{query}|{accept}".encode(), "application/json")
    return None


def test_pages_are_asked_first_and_then_the_files() -> None:
    with a_port(pages=pages) as port:
        status, headers, body = get(port, "/facts.json?a=1", Accept="*/*")
        assert (status, headers["Content-Type"], body) == (200, "application/json", b"a=1|*/*")
        assert headers["Cache-Control"] == "no-store"
        assert get(port, "/?HOST_INFO")[2] == b"HOST_INFO|"
        status, headers, body = get(port, "/shared/pointers.js", Accept="text/html")
        assert (status, headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
        assert body.startswith(b"//") or body.startswith(b"/*")
        again, headers, rest = get(port, "/shared/pointers.js", If_None_Match=headers["ETag"])
        assert (again, rest) == (304, b"")


def test_every_answer_says_what_it_may_be_used_for() -> None:
    with a_port() as port:
        _, headers, _ = get(port, "/shared/pointers.js")
        policy = headers["Content-Security-Policy"]
        assert f"default-src 'self'; connect-src 'self' ws://{port.address};" in policy
        for each in (headers, get(port, "/nothing.html")[1]):
            assert each["X-Content-Type-Options"] == "nosniff"
            assert each["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/nothing.html", {}, 404),
        ("/../../pyproject.toml", {}, 404),
        ("/facts.json", {"Host": "evil.example"}, 403),
        ("/shared/pointers.js", {"Host": "evil.example"}, 403),
        ("/facts.json", {"Origin": "http://evil.example"}, 403),
        ("http://[bad", {}, 400),
        ("/facts.json", {"Origin": "http://[bad"}, 400),
        ("/broken.json", {}, 500),
        ("/play?" + "a=1&" * 200, {}, 400),
    ],
)
def test_what_is_refused(
    path: str, headers: dict[str, str], status: int, caplog: pytest.LogCaptureFixture
) -> None:
    with a_port(pages=pages) as port:
        assert get(port, path, **headers)[0] == status
        assert get(port, "/facts.json")[0] == 200
    assert ("a defect" in caplog.text) == (status == 500)


def test_requests_that_are_none() -> None:
    with a_port(pages=pages) as port:
        host = f"Host: {port.address}\r\n"
        twice = f"GET /facts.json HTTP/1.1\r\n{host}Host: evil.example\r\n\r\n"
        assert ask(port, twice)[0] == 400
        posted = f"POST / HTTP/1.1\r\n{host}Content-Length: 3\r\n\r\nabc"
        lines = ("", "GET", "GET / HTTP/9", "\x16\x03\x01\x02\x00", "GET / HTTP/1.1")
        for request in (posted, *(f"{line}\r\n\r\n" for line in lines)):
            try:
                status, _, _ = ask(port, request)
            except (OSError, ValueError, IndexError):
                status = 0  # cut off
            assert status not in (101, 200, 304), request
        assert get(port, "/facts.json")[0] == 200


def test_beyond_this_machine_only_who_has_the_token_is_answered() -> None:
    with a_port(pages=pages, host="0.0.0.0") as port:
        token = f"?token={port.server.token}"
        assert get(port, "/facts.json", Host="phone.example")[0] == 403
        assert get(port, "/facts.json?token=guessed")[0] == 403
        assert get(port, f"/facts.json{token}", Host="phone.example")[0] == 200
        assert get(port, "/shared/pointers.js")[0] == 200
        for path, status in (("/play", 403), ("/play?token=no", 403), (f"/play{token}", 101)):
            page = RawPage(port.server.port, path)
            page.close()
            assert page.status == status
        with_origin = RawPage(port.server.port, f"/play{token}", {"Origin": "http://evil.example"})
        with_origin.close()
        assert with_origin.status == 403


class Surface:
    """Sends back what it is sent, and remembers who came and went."""

    def __init__(self, needs_token: bool = True) -> None:
        self.log: list[str] = []
        self._needs_token = needs_token

    def needs_token(self) -> bool:
        return self._needs_token

    def page(self, path: str, query: str, accept: str) -> Answer | None:
        return None

    def open(self, send: Callable[[str | bytes], None], host: str) -> Surface:
        self.log.append(f"open {host}")
        self.send = send
        return self

    def receive(self, frame: str | bytes) -> None:
        if frame == "break":
            raise RuntimeError("a defect")
        self.send(frame)

    def close(self) -> None:
        self.log.append("close")


def test_a_surface_speaks_at_the_root_and_pages_at_play(caplog: pytest.LogCaptureFixture) -> None:
    surface = Surface()
    with a_port(surface=surface) as port:

        async def scenario() -> None:
            async with Page(port, None, "/") as other, Page(port) as page:
                await other.socket.send('{"COMMAND":"LISTEN"}')
                assert await other.socket.recv() == '{"COMMAND":"LISTEN"}'
                await other.socket.send(b"/osc\0\0\0\0")
                assert await other.socket.recv() == b"/osc\0\0\0\0"
                surface.send("by itself")  # any thread
                assert await other.socket.recv() == "by itself"
                await other.socket.send("break")
                await other.socket.wait_closed()
                assert await page.after_all() == []
            async with asyncio.timeout(5):
                while "close" not in surface.log:
                    await asyncio.sleep(0.01)

        play(scenario)
    assert surface.log == ["open 127.0.0.1", "close"]
    assert "a defect" in caplog.text
    surface.send("nobody is there")


@pytest.mark.parametrize("path", ["/#/play", "/?/play", "//x#/play", "/play#", "/play?/"])
def test_a_surface_without_a_token_is_no_way_to_the_page(path: str) -> None:
    surface = Surface(needs_token=False)
    with a_port(surface=surface, host="0.0.0.0") as port:
        page = RawPage(port.server.port, path)
        if page.status == 101:
            page.say(["hello", {"name": "eve"}])
            assert page.frames()[0][1].startswith(b'[["hello"')  # sent back: it is not the page
        else:
            assert page.status in (403, 404)
        page.close()
        assert len(port.server._audience._voices) == 0


STRANGERS = ["evil.example", "evil.example:8080", "localhost.evil.example", "", "192.168.1.5.evil.example"]
KNOWN = ["192.168.1.5:8080", "[fd00::1]:8080", "127.0.0.1", "studio", "studio.local:8080", "Studio.local."]


def test_a_surface_without_a_token_is_not_for_a_page_whose_name_was_made_to_lead_here() -> None:
    surface = Surface(needs_token=False)
    with a_port(surface=surface, host="0.0.0.0") as port:
        for hosts, status in ((STRANGERS, 403), (KNOWN, 101)):
            for host in hosts:
                page = RawPage(port.server.port, "/", {"Host": host, "Origin": f"http://{host}"})
                page.close()
                assert page.status == status, host
        token = f"?token={port.server.token}"
        page = RawPage(port.server.port, f"/{token}", {"Host": "evil.example"})
        page.close()
        assert page.status == 101  # whoever has the token was told by a person


def test_a_large_frame_of_a_surface_is_as_many_messages_as_it_may_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted: list[int] = []

    class CountingPace(Pace):
        def count(self, n_messages: int, *rest: Any) -> None:
            counted.append(n_messages)
            super().count(n_messages, *rest)

    monkeypatch.setattr(server, "Pace", CountingPace)
    with a_port(surface=Surface()) as port:

        async def scenario() -> None:
            async with Page(port, None, "/") as other:
                for frame in (b"/osc\0\0\0\0", b"x" * 16_000, "[]"):
                    await other.socket.send(frame)
                    assert await other.socket.recv() == frame
                await other.socket.close()

        play(scenario)
    assert counted[0] == 1 and counted[1] >= 400 and counted[2] == 1


def test_surfaces_of_one_host_leave_room_for_people() -> None:
    with a_port(surface=Surface()) as port:

        async def scenario() -> None:
            async with contextlib.AsyncExitStack() as stack:
                for _ in range(MAX_SURFACES_OF_HOST):
                    await stack.enter_async_context(Page(port, None, "/"))
                async with Page(port, None, "/") as one_more:
                    with pytest.raises(ConnectionClosedError) as closed:
                        await one_more.socket.recv()
                assert closed.value.rcvd and closed.value.rcvd.code == TRY_AGAIN_LATER
                async with Page(port) as page:
                    assert await page.after_all() == []
            async with Page(port, None, "/") as other:  # those before are gone
                await other.socket.send("[]")
                assert await other.socket.recv() == "[]"

        play(scenario)


def test_what_a_surface_says_at_once_is_bounded() -> None:
    class Talker(Surface):
        def receive(self, frame: str | bytes) -> None:
            for _ in range(10 * MAX_WAITING):  # as an answer to a bundle of questions
                self.send(b"1")
            self.send("unheard")

    with a_port(surface=Talker()) as port:

        async def scenario() -> None:
            async with Page(port, None, "/") as other:
                await other.socket.send("go")
                heard = [await other.socket.recv() for _ in range(MAX_WAITING)]
                assert set(heard) == {b"1"}
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(other.socket.recv(), 0.2)

        play(scenario)
