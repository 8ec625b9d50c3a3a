"""Whether the model of a rig can be played live, and takes the kind of event that the ports play."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.events import EventKind
from app.core.toml_file import TomlError
from app.engine.event_rows import Columns, ColumnsError
from app.midi.compatibility import check_count, check_fits
from app.osc.profiles import PROFILES
from app.runtime.errors import CommandError
from app.runtime.rig import Rig


def check_fit(rig: Rig, columns: Sequence[str], model: str) -> None:
    """Whether a model of these columns fits the rig.

    Raises:
        CommandError: it cannot be played live, or a port plays what it does not hear.
    """
    try:
        hears = Columns(columns).kind
    except ColumnsError as error:
        raise CommandError(f"model {model}: {error}") from None
    for osc in rig.osc_in:
        plays = PROFILES[osc.profile].plays
        if hears not in plays:
            raise CommandError(
                f"OSC port {osc.listen}: the profile {osc.profile} plays {' and '.join(sorted(plays))}, "
                f"expected {hears}, which the model {model} hears."
            )
    for device in rig.serial:
        if device.profile == "impsy" and hears is not EventKind.VALUES:
            raise CommandError(
                f"serial port {device.port}: the profile impsy plays values, "
                f"expected {hears}, which the model {model} hears."
            )
    for port in rig.web:
        if port.profile == "impsy" and hears is not EventKind.VALUES:
            raise CommandError(
                f"web port {port.listen}: the profile impsy plays values, expected {hears}, which the model "
                f"{model} hears."
            )
    try:
        for index, port in enumerate(rig.web):
            check_count(port.input, columns, ("web", index, "input"))
            check_count(port.output, columns, ("web", index, "output"))
        if rig.midi:
            check_fits(rig.midi, columns)
    except TomlError as error:
        raise CommandError(error.located(rig.path, rig.text)) from None
