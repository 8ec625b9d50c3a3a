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
    ports = [(f"OSC port {each.listen}", each.profile, PROFILES[each.profile].plays) for each in rig.osc_in]
    knobs = [(f"serial port {each.port}", each.profile) for each in rig.serial]
    knobs += [(f"web port {each.listen}", each.profile) for each in rig.web]
    ports += [(port, profile, frozenset({EventKind.VALUES})) for port, profile in knobs if profile == "impsy"]
    for said, profile, plays in ports:
        if hears not in plays:
            raise CommandError(
                f"{said}: the profile {profile} plays {' and '.join(sorted(plays))}, "
                f"expected {hears}, which the model {model} hears."
            )
    try:
        for index, port in enumerate(rig.web):
            check_count(port.input, columns, ("web", index, "input"))
            check_count(port.output, columns, ("web", index, "output"))
        if rig.midi:
            check_fits(rig.midi, columns)
    except TomlError as error:
        raise CommandError(error.located(rig.path, rig.text)) from None
