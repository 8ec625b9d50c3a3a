"""OSC ports that are open."""

from __future__ import annotations

from app.core.controls import Controls
from app.core.network import reachable_addresses
from app.osc.out import OscOut
from app.osc.receiver import OscIn
from app.runtime.open_port import OpenPort
from app.runtime.rig import OscInPort, OscOutPort


class OpenOscIn(OpenPort):
    """An OSC input.

    Raises:
        AddressError, PortError: it cannot be opened.
    """

    def __init__(self, port: OscInPort, controls: Controls) -> None:
        super().__init__(port)
        self.device = OscIn(port.listen, controls, profile=port.profile, remote_ports=port.remote_ports)
        self.tell_state = self.device.tell_state

    @property
    def address(self) -> str:
        """By which others reach it."""
        return ", ".join(reachable_addresses(self.device.host, self.device.port))

    def start(self) -> None:
        """Listen."""
        self.device.start()

    def alter(self, port: OscInPort) -> None:
        """Speak its dialect."""
        super().alter(port)
        self.device.speak(port.profile, remote_ports=port.remote_ports)

    def stop(self) -> None:
        """Listen no more."""
        self.device.close()


class OpenOscOut(OpenPort):
    """An OSC output.

    Raises:
        AddressError, PortError: it cannot be opened.
    """

    def __init__(self, port: OscOutPort) -> None:
        super().__init__(port)
        self.sink = OscOut(port.address, profile=port.profile, sources=port.sources, bundles=port.bundles)
        self.tell_state = self.sink.tell_state

    @property
    def address(self) -> str:
        """Where it sends."""
        return str(self.port.address)
