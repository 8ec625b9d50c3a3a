"""The way in for phones: the first address that is not this machine's own, or why there is none."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.way_in import ALONE, CLOSED, WayIn, way_in

OWN, OWN_6, LAN, LAN_6 = (
    f"http://{host}:8080/?token=t" for host in ("127.0.0.1", "[::1]", "192.168.1.5", "[fd00::5]")
)


@pytest.mark.parametrize(
    ("hosts", "pages", "expected"),
    [
        ([], [], WayIn("", CLOSED)),
        (["127.0.0.1", "::1"], [OWN, OWN_6], WayIn("", CLOSED)),
        (["0.0.0.0"], [OWN], WayIn("", ALONE)),
        (["0.0.0.0"], [OWN, LAN, LAN_6], WayIn(LAN, "")),
        (["127.0.0.1", "::"], [OWN, OWN_6, LAN_6], WayIn(LAN_6, "")),
    ],
)
def test_the_way_in(hosts: Any, pages: Any, expected: WayIn) -> None:
    assert way_in(hosts, pages) == expected
