"""Whether a mapping fits the columns of a model."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.events import EventKind
from app.core.toml_file import At, TomlError
from app.midi.setup import InSetup, MidiSetup, OutSetup


def n_values_of(columns: Sequence[str]) -> int:
    """How many values a controller of this model has; 0 for a model of touches or notes."""
    return len(columns) - 1 if EventKind.of(columns) is EventKind.VALUES else 0


def check_fits(setup: MidiSetup, columns: Sequence[str]) -> None:
    """Whether every mapping fits a model of these columns.

    Raises:
        TomlError: names the mapping, what the model hears and what the mapping has.
    """
    for index, item in enumerate(setup.inputs):
        check_input_fits(item, columns, ("midi", "in", index))
    for index, out in enumerate(setup.outputs):
        check_output_fits(out, columns, ("midi", "out", index))


def check_input_fits(setup: InSetup, columns: Sequence[str], at: At = ()) -> None:
    """As `check_fits`, of one input."""
    kind = EventKind.of(columns)
    if setup.touch is not None and kind is not EventKind.TOUCHES:
        raise TomlError(f"{_hears(columns)}: expected {kind}, got notes as touches.", (*at, "touch"))
    check_count(setup.values, columns, (*at, "values"))


def check_output_fits(setup: OutSetup, columns: Sequence[str], at: At = ()) -> None:
    """As `check_fits`, of one output."""
    check_count(setup.values, columns, (*at, "values"))


def check_count(values: Sequence[object] | None, columns: Sequence[str], at: At) -> None:
    """Whether a mapping, whose key is `at`, has an entry for each value; None fits any model."""
    n_values = n_values_of(columns)
    if values is not None and len(values) != n_values:
        expected = f"{n_values} entries" if n_values else "no values"
        raise TomlError(f"{_hears(columns)}: expected {expected}, got {len(values)}.", at)


def _hears(columns: Sequence[str]) -> str:
    return f"the model hears {', '.join(columns)}"
