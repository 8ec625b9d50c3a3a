"""What surfaces and the network are told of the ports that are open."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app.runtime import surfaces
from app.runtime.osc_ports import OpenOscIn
from app.runtime.rig import OscInPort, OscOutPort
from app.runtime.surfaces import services, udp_port
from app.runtime.web_port import OpenWeb
from app.web.announce import OSC, OSCQUERY, Service

LAN = ("192.168.1.5",)


def osc(host: str, port: int, profile: str = "ghostjam") -> Any:
    opened = OpenOscIn.__new__(OpenOscIn)
    opened.port, opened.device = OscInPort(f"{host}:{port}", profile), SimpleNamespace(host=host, port=port)
    return opened


def web(host: str, port: int, profile: str = "ghostjam") -> Any:
    opened = OpenWeb.__new__(OpenWeb)
    opened.device, opened.is_page = SimpleNamespace(host=host, port=port), profile == "ghostjam"
    return opened


OUT: Any = SimpleNamespace(port=OscOutPort("192.168.1.9:9"))
ALL, OWN = "0.0.0.0", "127.0.0.1"


@pytest.fixture(autouse=True)
def in_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surfaces, "reachable_hosts", lambda host: [OWN, *LAN] if host == ALL else [host])


@pytest.mark.parametrize(
    ("opened", "web_host", "expected"),
    [
        ([], OWN, None),
        ([osc(OWN, 9000)], OWN, (9000,)),
        ([osc(ALL, 9000)], OWN, (9000,)),
        ([osc("::1", 9000)], OWN, (9000, "::1")),
        ([osc("192.168.1.5", 9000)], OWN, (9000, "192.168.1.5")),
        ([osc(OWN, 9000)], ALL, None),  # others do not reach it
        ([osc(OWN, 9000), osc(ALL, 9001)], ALL, (9001,)),
        ([osc("192.168.1.5", 9000)], ALL, (9000, "192.168.1.5")),
        ([osc("192.168.1.5", 9000)], "192.168.1.5", (9000,)),
        ([osc(ALL, 9000, "impsy"), OUT], ALL, None),  # the tree is not that of its dialect
    ],
)
def test_the_udp_port_is_one_that_who_asks_reaches(opened: Any, web_host: str, expected: Any) -> None:
    assert udp_port(opened, web_host) == expected


@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        ([], ()),
        ([osc(ALL, 9000)], ()),  # no web port
        ([web(OWN, 8080), osc(ALL, 9000)], ()),  # one of this machine only
        ([web(ALL, 8080), osc(OWN, 9000)], ()),  # nothing but the page, which needs the token
        ([web(ALL, 8080), osc(ALL, 9000), OUT], ((OSCQUERY, 8080, LAN), (OSC, 9000, LAN))),
        ([web("192.168.1.5", 8080), osc(ALL, 9000)], ((OSCQUERY, 8080, LAN), (OSC, 9000, LAN))),
        ([web(ALL, 8080, profile="impsy"), osc(ALL, 9000)], ()),
        ([web(ALL, 8080), osc(ALL, 9000, "impsy"), osc(OWN, 9001)], ((OSC, 9000, LAN),)),
    ],
)
def test_the_network_is_told_what_is_open_to_everybody(opened: Any, expected: Any) -> None:
    assert services(opened) == {Service(*each) for each in expected}
