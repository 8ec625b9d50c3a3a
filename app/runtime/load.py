"""Loads the model and the settings of a rig; knows the folder of recordings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.core.events import Event, EventKind, Values
from app.core.instruments import OF_NOTES
from app.core.parameters import ParameterError, Settings
from app.engine.event_rows import Columns, ColumnsError
from app.ghost import Ghost, manifest_of
from app.osc.profiles import PROFILES
from app.runtime.errors import CommandError, one_line
from app.runtime.rig import Rig
from models.errors import ModelError
from models.lookup import find_model, model_names
from models.manifest import Manifest

SHIPPED = ("touch", "controller", "keys")  # the models of this project that play


def load_session(rig: Rig) -> tuple[Ghost, Settings]:
    """The ghost and the settings that a rig asks for; CommandError if they cannot be had."""
    model = str(rig.parameters.get("model") or default_model(rig))
    ghost = load_player(model, rig.seed)
    return ghost, session_settings(rig, ghost, model)


def default_model(rig: Rig) -> str:
    """The model of a rig that names none: `keys` where a keyboard is plugged in, else `touch`.

    A keyboard is a MIDI input of which the rig says nothing more, while no other port says what is played.
    """
    inputs = rig.midi.inputs if rig.midi else ()
    is_keyboard = any(each == type(each)(each.port) for each in inputs)
    is_said = any(each.values is not None or each.touch is not None for each in inputs)
    takes_notes = all(EventKind.NOTES in PROFILES[port.profile].plays for port in rig.osc_in)
    is_said = is_said or any(device.profile == "impsy" for device in rig.serial)
    takes_notes = takes_notes and all(port.profile != "impsy" for port in rig.web)
    return "keys" if is_keyboard and takes_notes and not is_said else "touch"


def load_ghost(name: str, seed: int | None) -> Ghost:
    """The ghost of a model; CommandError, with the names there are, if it cannot be loaded."""
    with one_line(ModelError):
        return Ghost.load(name, seed=seed)


def load_player(name: str, seed: int | None) -> Ghost:
    """As `load_ghost`; CommandError also for a model that draws, which has no time to play in."""
    ghost = load_ghost(name, seed)
    if ghost.manifest.drawing is not None:
        expected = "x, y, dt, moving or dt, pitch, duration, velocity or dt, x1 .. xn"
        got = f"{name}, with {', '.join(ghost.columns)}, which draws: ghostjam draw --model {name}"
        raise CommandError(f"model: expected one that plays, with columns {expected}; got {got}.")
    return ghost


def model_that_hears(event: Event) -> str:
    """The model for a performance that begins with `event`: the shipped one of its kind, or one's own."""
    fit = [name for name in model_names() if _can_hear(_hears(name), event)]
    if not fit:
        got = (
            f"{len(event.values)} values"
            if isinstance(event, Values)
            else f"a {type(event).__name__.lower()}"
        )
        raise CommandError(f"model: expected one that hears {got}, found none. Name a file with --model.")
    return min(fit, key=lambda name: (name not in SHIPPED, name))


def _can_hear(columns: Sequence[str], event: Event) -> bool:
    try:
        return Columns(columns).hears(event)
    except ColumnsError:
        return False


def session_settings(rig: Rig, ghost: Ghost, model: str) -> Settings:
    """The settings to begin with: the model's own temperatures and sound, then what the rig says.

    The models to choose from on stage are those that hear what this one hears: another kind would fall
    silent under the hands of who plays.
    """
    hears = {name: _hears(name) for name in model_names()}
    names = [name for name in hears if name == model or hears[name] == ghost.columns]
    others = {name: f"hears {', '.join(hears[name]) or 'nothing'}" for name in hears if name not in names}
    settings = Settings(
        choices={"model": tuple(names if model in names else [*names, model])}, why_not={"model": others}
    )
    wanted = {
        "pi_temperature": ghost.manifest.pi_temperature,
        "sigma_temperature": ghost.manifest.sigma_temperature,
        **({"instrument": OF_NOTES} if Columns(ghost.columns).is_notes else {}),
        **rig.parameters,
        "model": model,
    }
    with one_line(ParameterError):
        for name, value in wanted.items():
            settings.set(name, value)
    return settings


def _hears(name: str) -> tuple[str, ...]:
    """The columns of a model; none if its file does not say."""
    manifest = readable_manifest(name)
    return tuple(column.name for column in manifest.columns) if manifest else ()


def readable_manifest(name: str) -> Manifest | None:
    """The manifest of a model that there is; None if its file cannot be read."""
    try:
        return manifest_of(find_model(name))
    except ModelError:
        return None


def recordings_folder() -> Path:
    """Where performances are recorded unless `--record` says otherwise; not made yet."""
    from platformdirs import user_data_path

    return user_data_path("ghostjam", appauthor=False) / "performances"
