"""`ghostjam learn`: move a knob or press a key, and read the entry that means it in a rig."""

from __future__ import annotations

import argparse
import json
import queue
import time

from app.core.ending import ended_by_signals, is_asked_to_end
from app.midi.backend import Backend, InPort, RtMidi
from app.midi.errors import MidiError, MidiUnavailableError
from app.midi.learn import Learn
from app.midi.port_names import find_port
from app.midi.serial_backend import SERIAL, SerialBackend
from app.runtime.errors import CommandError, one_line
from app.serial.streams import Streams

LOOK_S = 0.1
Heard = queue.SimpleQueue[tuple[str, bytes, float]]


def run(args: argparse.Namespace) -> int:
    """Print one entry after the other until the process is asked to end."""
    heard: Heard = queue.SimpleQueue()
    ports: list[InPort] = []
    with ended_by_signals():
        try:
            with one_line(MidiError):
                names = _open(args.api, args.midi_in, heard, ports)
            print(f"Listening to {', '.join(names)}. Move a knob, press a key; Ctrl-C ends.", flush=True)
            _listen(names, heard)
        except MidiUnavailableError as error:
            raise CommandError(f"MIDI is off: {error}") from None
        finally:
            for port in ports:
                port.close()
    return 0


def _open(api: str, wanted: list[str], heard: Heard, ports: list[InPort]) -> list[str]:
    """Listen to the inputs that are meant, or to all of the MIDI system; returns their names."""
    wires = SerialBackend(Streams())
    names = [wires.full_name(name) for name in wanted if name.startswith(SERIAL)]
    backends: dict[str, Backend] = dict.fromkeys(names, wires)
    if len(names) < len(wanted) or not wanted:
        system = RtMidi(api)
        there = system.inputs()
        own = [find_port(name, there, "input") for name in wanted if not name.startswith(SERIAL)]
        backends |= dict.fromkeys(own or there, system)
    if not backends:
        raise MidiError("MIDI input: expected at least one port, there is none.")
    for name, backend in backends.items():

        def receive(message: bytes, name: str = name) -> None:
            heard.put((name, message, time.perf_counter()))

        try:
            ports.append(backend.open_input(name, receive))
        except MidiUnavailableError as error:
            raise MidiError(f"MIDI input {name} does not open: {error}.") from None
    return list(backends)


def _listen(names: list[str], heard: Heard) -> None:
    learns = {name: Learn() for name in names}
    while not is_asked_to_end():
        time.sleep(LOOK_S)
        while not heard.empty():
            name, message, time_s = heard.get()
            learns[name].hear(message, time_s)
        for name, learn in learns.items():
            entry = learn.result(time.perf_counter())
            if entry is not None:
                print(f"{json.dumps(entry)}  # {name}", flush=True)
