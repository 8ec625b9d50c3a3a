"""The rig of an evening: what the command line says wins over the file of `--config`."""

from __future__ import annotations

import argparse
from dataclasses import replace

from app.commands import CommandError, explained
from app.options import given_parameters
from app.rig import OscInPort, OscOutPort, Rig, RigError, read_rig


def session_rig(args: argparse.Namespace) -> Rig:
    """The rig of `--config`, if any, and what else the command line says.

    Ports given on the command line replace those of their kind in the file.

    Raises:
        CommandError: the file cannot be read, or holds what is not understood.
    """
    try:
        rig = read_rig(args.config) if args.config else Rig()
    except RigError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(explained(error)) from None
    rig = replace(rig, parameters={**rig.parameters, **given_parameters(args)})
    if args.osc_in:
        rig = replace(rig, osc_in=tuple(OscInPort(port, args.osc_profile) for port in args.osc_in))
    if args.osc_out:
        profile, bundles = args.osc_profile, args.osc_bundles
        ports = tuple(OscOutPort(address, profile, bundles=bundles) for address in args.osc_out)
        rig = replace(rig, osc_out=ports)
    for key, names in (("in", args.midi_in), ("out", args.midi_out)):
        if names:
            rig = replace(rig, midi={**rig.midi, key: [{"port": name} for name in names]})
    if args.seed is not None:
        rig = replace(rig, seed=args.seed)
    if args.no_record or args.record:
        rig = replace(rig, record=args.record or False)
    return replace(rig, sound=rig.sound and not args.no_sound)
