"""Serial ports that are open."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.controls import Controls
from app.core.parameters import ParameterError
from app.engine.thread import Engine
from app.midi.compatibility import n_values_of
from app.runtime.open_port import OpenPort
from app.runtime.rig import SerialLines
from app.serial.address import SerialAddress
from app.serial.errors import SerialUnavailableError
from app.serial.port import SerialPort


class OpenSerial(OpenPort):
    """A device that speaks in lines.

    Raises:
        ParameterError: it cannot be opened.
    """

    def __init__(self, port: SerialLines, engine: Engine, controls: Controls, columns: Sequence[str]) -> None:
        super().__init__(port)
        address = SerialAddress(port.port, port.baud)
        try:
            self.device = SerialPort(
                address, controls, engine.tell, engine.hears, n_values_of(columns),
                sources=port.sources, profile=port.profile,
            )  # fmt: skip
        except SerialUnavailableError as error:
            raise ParameterError(f"serial port {port.port}: {error}.") from None
        self.sink = self.device.sink

    @property
    def address(self) -> str:
        """The device and its speed."""
        return f"{self.device.address}{'' if self.device.is_here else ' (gone)'}"

    def start(self) -> None:
        """Listen."""
        self.device.start()

    def alter(self, port: SerialLines) -> None:
        """Speak its dialect."""
        super().alter(port)
        self.device.speak(SerialAddress(port.port, port.baud), port.sources, port.profile)

    def stop(self) -> None:
        """Listen no more, and look for the device no more."""
        self.device.close()
