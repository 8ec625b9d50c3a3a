"""The parsed command line: live parameters, and the rig of `--config` as the options change it."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from app.core.parameters import PARAMETERS, Parameter
from app.runtime.rig import OscInPort, OscOutPort, Rig, SerialLines, WebPort, read_rig
from app.serial.address import parse_serial


def option_of(parameter: Parameter) -> str:
    """The option that sets a parameter: `pi_temperature` has `--pi-temperature`, `loop_s` `--loop`."""
    return "--" + parameter.name.removesuffix("_s").replace("_", "-")


def given_parameters(args: argparse.Namespace) -> dict[str, float | str | bool]:
    """The live parameters that the command line sets, by name."""
    values = {p.name: getattr(args, p.name, None) for p in PARAMETERS}
    return {name: value for name, value in values.items() if value is not None}


def session_rig(args: argparse.Namespace) -> Rig:
    """The rig of `--config`, if any, and what else the command line says.

    Ports given on the command line replace those of their kind in the file.

    Raises:
        CommandError: the file cannot be read, or holds what is not understood.
    """
    rig = read_rig(args.config) if args.config else Rig()
    changes: dict[str, Any] = {"parameters": {**rig.parameters, **given_parameters(args)}}
    if args.osc_in:
        changes["osc_in"] = tuple(OscInPort(port, args.osc_profile) for port in args.osc_in)
    if args.osc_out:
        profile, bundles = args.osc_profile, args.osc_bundles
        changes["osc_out"] = tuple(OscOutPort(each, profile, bundles=bundles) for each in args.osc_out)
    if args.web:
        changes["web"] = tuple(map(WebPort, args.web))
    if args.midi_in or args.midi_out:
        from app.midi.setup import InSetup, MidiSetup, OutSetup

        midi = rig.midi or MidiSetup()
        inputs, outputs = tuple(map(InSetup, args.midi_in)), tuple(map(OutSetup, args.midi_out))
        changes["midi"] = replace(midi, inputs=inputs or midi.inputs, outputs=outputs or midi.outputs)
    if args.serial:
        addresses = map(parse_serial, args.serial)
        changes["serial"] = tuple(SerialLines(each.port, each.baud) for each in addresses)
    if args.seed is not None:
        changes["seed"] = args.seed
    if args.no_record or args.record:
        changes["record"] = args.record or False
    return replace(rig, sound=rig.sound and not args.no_sound, **changes)
