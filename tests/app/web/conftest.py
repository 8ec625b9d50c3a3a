"""zeroconf on the loopback, for tests of this folder; skipped where multicast does not get through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import zeroconf

from app.web.announce import OSC
from tests.app.web.finder import LOOPBACK, Finder


@pytest.fixture(scope="module")
def finder() -> Iterator[Finder]:
    """A browser, if multicast gets through here."""
    try:
        finder = Finder()
        probe = zeroconf.Zeroconf(interfaces=list(LOOPBACK))
        info = zeroconf.ServiceInfo(f"{OSC}.local.", f"probe.{OSC}.local.", 9, parsed_addresses=["127.0.0.1"])
        probe.register_service(info, cooperating_responders=True)
        finder.wait("probe", {f"probe.{OSC}": 9})
    except (OSError, AssertionError) as error:
        pytest.skip(f"no multicast on the loopback here: {error}")
    probe.close()
    yield finder
    finder.zeroconf.close()
