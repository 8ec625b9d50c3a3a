"""A rig that is changed while it plays: read again, checked as a whole, and used, or refused as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.core.controls import Controls
from app.core.parameters import Settings
from app.runtime.compatibility import check_fit
from app.runtime.errors import CommandError
from app.runtime.port_kinds import PORT_ERRORS
from app.runtime.ports import Ports
from app.runtime.rig import Rig
from app.runtime.worker import ChangedFile

FIXED = ("seed", "sound", "record", "adapt")  # of a rig: from the next start on


@dataclass(eq=False)
class Reload:
    """Follows the file of a rig.

    Attributes:
        rig: as it is played now.
        reread: reads the file again; what the command line says still wins. CommandError says what is wrong.
        ports, controls, settings: what changes.
        columns: of the model.
        tell: shows a line to a person.
        file: of the rig.
    """

    rig: Rig
    reread: Callable[[], Rig]
    ports: Ports
    controls: Controls
    settings: Settings
    columns: Sequence[str]
    tell: Callable[[str], None]
    file: ChangedFile

    def look(self) -> None:
        """Use the file if it was changed. Never raises for what is in it."""
        if not self.file.has_changed():
            return
        try:
            later = self._use(self.reread())
        except (CommandError, *PORT_ERRORS) as error:
            self.controls.note_refusal(f"{error}")
            self.tell(f"The changed rig is refused, the old one plays on: {error}")
        else:
            rest = f" From the next start on: {', '.join(later)}." if later else ""
            self.tell(f"{self.file.path.name} was read again.{rest}")

    def _use(self, rig: Rig) -> list[str]:
        """Play by another rig. Returns what of it has to wait for the next start.

        Raises:
            CommandError, one of PORT_ERRORS: it cannot be played. Nothing was changed.
        """
        old = self.rig
        check_fit(rig, self.columns, self.settings.word("model"))
        presets = self.controls.checked(rig.presets)
        changed = {
            name: self.settings.parameter(name).check(value)
            for name, value in rig.parameters.items()
            if old.parameters.get(name) != value
        }
        later = [name for name in FIXED if getattr(old, name) != getattr(rig, name)]
        if old.midi and rig.midi and old.midi.api != rig.midi.api:
            rig = replace(rig, midi=replace(rig.midi, api=old.midi.api))
            later.append("midi.api")
        self.ports.use(rig, old)
        self.controls.presets = presets
        for name, value in changed.items():
            self.settings.set(name, value)
        self.rig = rig
        return later
