"""zeroconf on the loopback: what is announced is found, follows changes, and is taken back."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import zeroconf

from app.web.announce import MOST_BYTES, OSC, OSCQUERY, Announcer, Service, service_name, why_not_told
from tests.app.web.finder import LOOPBACK, PATIENCE_S, Finder


@pytest.fixture
def make() -> Iterator[Callable[[str], Announcer]]:
    with contextlib.ExitStack() as stack:

        def made(name: str) -> Announcer:
            announcer = Announcer(pytest.fail, name)
            stack.callback(announcer.close)
            return announcer

        yield made


def test_what_is_open_is_found_and_is_taken_back(finder: Finder, make: Any) -> None:
    announcer = make("desk.example.org")
    query = Service(OSCQUERY, 8080, LOOPBACK)
    announcer.announce([query])
    finder.wait("Ghostjam on desk", {f"Ghostjam on desk.{OSCQUERY}": 8080})
    assert finder.found[f"Ghostjam on desk.{OSCQUERY}.local."][1] == ["127.0.0.1"]
    announcer.close()
    finder.wait("Ghostjam on desk", {})
    announcer.announce([query])  # after the end: nothing
    announcer.close()


@pytest.mark.slow
def test_what_is_announced_follows_what_is_open(finder: Finder, make: Any) -> None:
    announcer = make("desk.example.org")
    query, osc = Service(OSCQUERY, 8080, LOOPBACK), Service(OSC, 9000, LOOPBACK)
    announcer.announce([query])
    finder.wait("Ghostjam on desk", {f"Ghostjam on desk.{OSCQUERY}": 8080})
    announcer.announce([query, osc])
    finder.wait("Ghostjam on desk", {f"Ghostjam on desk.{OSCQUERY}": 8080, f"Ghostjam on desk.{OSC}": 9000})
    announcer.announce([osc])
    finder.wait("Ghostjam on desk", {f"Ghostjam on desk.{OSC}": 9000})
    announcer.close()
    finder.wait("Ghostjam on desk", {})


@pytest.mark.slow
def test_several_of_a_kind_have_different_names(finder: Finder, make: Any) -> None:
    make("twin").announce([Service(OSC, 9001, LOOPBACK)])
    finder.wait("Ghostjam on twin", {f"Ghostjam on twin.{OSC}": 9001})
    make("twin").announce([Service(OSC, 9002, LOOPBACK), Service(OSC, 9003, LOOPBACK)])
    expected = {"Ghostjam on twin": 9001, "Ghostjam on twin-2": 9002, "Ghostjam on twin-3": 9003}
    finder.wait("Ghostjam on twin", {f"{name}.{OSC}": port for name, port in expected.items()})


@pytest.mark.parametrize("error", [OSError(101, "Network is unreachable"), zeroconf.NonUniqueNameException()])
def test_without_a_network_one_line_says_so_and_nothing_ends(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    tried: list[Any] = []

    def fail(*_: Any, **options: Any) -> Any:
        tried.append(options)
        raise error

    monkeypatch.setattr(zeroconf.asyncio, "AsyncZeroconf", fail)
    announcer = Announcer(told.append, "desk")
    for port in (1, 2):
        announcer.announce([Service(OSC, port, LOOPBACK)])
        end_s = time.monotonic() + PATIENCE_S
        while len(tried) < port and time.monotonic() < end_s:
            time.sleep(0.01)
    announcer.close()
    assert len(tried) == 2 and len(told) == 1
    assert told[0].startswith("Surfaces do not find Ghostjam by themselves: ") and told[0][-2] != " "


def test_a_machine_in_no_network_is_told_so() -> None:
    told = threading.Event()
    announcer = Announcer(lambda text: told.set() if "in no network" in text else None, "desk")
    announcer.announce([Service(OSC, 9, ())])
    assert told.wait(PATIENCE_S)
    announcer.close()


def test_why_a_network_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> Any:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(zeroconf, "Zeroconf", fail)
    assert why_not_told(LOOPBACK) == "Operation not permitted"


@pytest.mark.usefixtures("finder")
def test_a_network_that_can_be_told() -> None:
    assert why_not_told(LOOPBACK) == ""


def test_nothing_to_announce_starts_nothing() -> None:
    announcer = Announcer(pytest.fail, "desk")
    announcer.announce([])
    assert announcer._thread is None
    announcer.close()


@pytest.mark.usefixtures("finder")
def test_it_ends_in_the_middle_of_a_beginning() -> None:
    announcer = Announcer(pytest.fail, "brief")
    announcer.announce([Service(OSC, 9003, LOOPBACK)])
    time.sleep(0.3)
    announcer.close()
    assert announcer._thread is not None and not announcer._thread.is_alive()


@pytest.mark.parametrize("host", ["desk", "desk.example.org", "", "ß" * 80, "x" * 300])
def test_a_name_fits(host: str) -> None:
    name = service_name(host)
    assert name.startswith("Ghostjam on ") and len(f"{name}-999".encode()) <= MOST_BYTES
