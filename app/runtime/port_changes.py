"""The ports of one rig in the place of another's, while it plays: all of it, or nothing."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from app.core.parameters import ParameterError
from app.runtime.ports import Ports
from app.runtime.rig import OscInPort, OscOutPort

if TYPE_CHECKING:
    from app.midi.setup import InSetup, MidiSetup, OutSetup

Port = TypeVar("Port", "InSetup", "OutSetup")


@dataclass(frozen=True)
class Wanted:
    """The ports of a rig. `midi` is None if it has none."""

    osc_in: tuple[OscInPort, ...]
    osc_out: tuple[OscOutPort, ...]
    midi: MidiSetup | None


def swap(ports: Ports, old: Wanted, new: Wanted) -> None:
    """Open, change and close what differs between two rigs.

    What is new is opened first: if something of it cannot be, all of it is closed again. Only an OSC input
    that keeps its number and changes its address is closed before: two cannot share it. Ports that came by
    OSC stay; one that is now written down is the rig's from here on. What went by OSC needs no closing.

    Raises:
        ValueError, OSError: what cannot be opened, and why. Everything is as it was.
    """
    old_listens, new_listens = ({port.listen for port in each.osc_in} for each in (old, new))
    with ExitStack() as undo:
        for receiver in old.osc_in:
            if receiver.listen not in new_listens and _is_moved(receiver, new.osc_in):
                ports.close_receiver(receiver.listen)
                undo.callback(ports.open_receiver, receiver)
        for receiver in new.osc_in:
            if receiver.listen not in old_listens:
                ports.open_receiver(receiver)
                undo.callback(ports.close_receiver, receiver.listen)
        for sender in new.osc_out:
            if sender not in old.osc_out and not ports.sends_to(sender):
                ports.open_sender(sender)
                undo.callback(ports.close_sender, sender)
        if old.midi != new.midi:
            _open_midi(ports, old.midi, new.midi, undo)
        undo.pop_all()
    for listen in old_listens - new_listens:
        ports.close_receiver(listen)
    ports.speak(new.osc_in, bundles=any(sender.bundles for sender in new.osc_out))
    for sender in old.osc_out:
        if sender not in new.osc_out:
            ports.close_sender(sender)
    if old.midi != new.midi:
        _settle_midi(ports, old.midi, new.midi)
    ports.tell_ports()


def _is_moved(port: OscInPort, others: tuple[OscInPort, ...]) -> bool:
    """Whether one of `others` listens on its number, at another address."""
    number = port.listen.rpartition(":")[2]
    return number != "0" and any(other.listen.rpartition(":")[2] == number for other in others)


def _open_midi(ports: Ports, old: MidiSetup | None, new: MidiSetup | None, undo: ExitStack) -> None:
    """Open what is new. What is open under another name, of the old rig or by OSC, gets the new one."""
    old_ins, old_outs = _by_name(old.inputs if old else ()), _by_name(old.outputs if old else ())
    new_ins, new_outs = _by_name(new.inputs if new else ()), _by_name(new.outputs if new else ())
    for name in [name for name in new_ins if name not in old_ins]:
        called = ports.midi.input_called(name)
        if called is None or (called != name and called in new_ins):  # the latter is refused
            ports.midi.add_input(new_ins[name])
            undo.callback(ports.midi.remove_input, name)
        elif called != name:
            ports.midi.rename_input(called, name)
            undo.callback(ports.midi.rename_input, name, called)
    for name in [name for name in new_outs if name not in old_outs]:
        called = ports.midi.output_called(name)
        if called is None or (called != name and called in new_outs):
            ports.open_midi_out(new_outs[name])
            undo.callback(ports.close_midi_out, name)
        elif called != name:
            ports.midi.rename_output(called, name)
            undo.callback(ports.midi.rename_output, name, called)


def _settle_midi(ports: Ports, old: MidiSetup | None, new: MidiSetup | None) -> None:
    """Close the MIDI ports that are not wanted any more, and give the others their mapping.

    There is no way back from here, so the MIDI system is not asked what ports there are: that can fail.
    """
    old_ins, old_outs = _by_name(old.inputs if old else ()), _by_name(old.outputs if old else ())
    new_ins, new_outs = _by_name(new.inputs if new else ()), _by_name(new.outputs if new else ())
    for name in old_ins.keys() - new_ins.keys():
        if ports.midi.has_input(name):
            ports.midi.remove_input(name)
    for name in old_outs.keys() - new_outs.keys():
        if ports.midi.has_output(name):
            ports.close_midi_out(name)
    for name, source in new_ins.items():
        if old_ins.get(name) != source:
            ports.midi.remap_input(source)
    for name, out in new_outs.items():
        if old_outs.get(name) != out:
            ports.midi.remap_output(out)
    if new is not None:
        ports.midi.set_guard(new.guard_s)


def _by_name(items: tuple[Port, ...]) -> dict[str, Port]:
    """Ports by the name they were asked for, which must tell them apart."""
    found = {item.port: item for item in items}
    if len(found) < len(items):
        raise ParameterError("MIDI: a port that stands in the rig twice cannot change while it plays.")
    return found
