"""The addresses of this machine: which, in which order, and without a network."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

import ifaddr
import pytest

from app.core import network
from app.core.network import is_loopback, machine_addresses, reachable_addresses, reachable_hosts

CARDS = (
    "127.0.0.1",
    "169.254.3.4",
    "172.17.0.1",
    "192.168.1.5",
    ("::1", 0, 0),
    ("fe80::1", 0, 2),
    ("fd00::5", 0, 0),
)


@pytest.fixture(autouse=True)
def nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_known", {})


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> None:
    """A laptop with wireless network, a cable without a router, and a bridge for containers."""
    adapters = [SimpleNamespace(ips=[SimpleNamespace(ip=each)]) for each in CARDS]
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: adapters)
    monkeypatch.setattr(network, "_address_toward_others", {4: "192.168.1.5", 6: ""}.__getitem__)


@pytest.mark.usefixtures("cards")
def test_the_address_toward_others_is_first_and_one_without_a_router_last() -> None:
    assert machine_addresses() == ["192.168.1.5", "172.17.0.1", "169.254.3.4"]
    assert machine_addresses(6) == ["fd00::5"]


@pytest.mark.usefixtures("cards")
def test_what_listens_everywhere_is_reached_by_all_of_them_and_this_machine_first() -> None:
    assert reachable_hosts("0.0.0.0") == ["127.0.0.1", "192.168.1.5", "172.17.0.1", "169.254.3.4"]
    assert reachable_addresses("::", 9) == ["[::1]:9", "[fd00::5]:9"]
    assert reachable_addresses("127.0.0.1", 9) == ["127.0.0.1:9"]
    assert reachable_addresses("::1", 9) == ["[::1]:9"]


def test_without_a_network_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "socket", fail)
    monkeypatch.setattr(ifaddr, "get_adapters", fail)
    assert (machine_addresses(), machine_addresses(6)) == ([], [])


def test_this_machine_is_reached_at_each_of_its_addresses() -> None:
    """By the real network cards, which may be none."""
    for host in reachable_hosts("0.0.0.0"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
            opened.bind((host, 0))


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("Localhost", True), ("::1%lo", True)]
    + [(host, False) for host in ("0.0.0.0", "::", "192.168.1.5", "example.com", "")],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_the_system_is_asked_seldom_and_again(cards: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, now_s, adapters = [], [100.0], ifaddr.get_adapters()
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: asked.append(1) or adapters)
    monkeypatch.setattr(network.time, "monotonic", lambda: now_s[0])
    machine_addresses().clear()  # what is given out is the caller's own
    assert machine_addresses()[0] == "192.168.1.5" and len(asked) == 1
    adapters = adapters[:1]
    now_s[0] += network.KNOWN_S
    assert machine_addresses() == [] and len(asked) == 2
