"""MIDI: the only place that touches mido. `file` writes performances as Standard MIDI Files."""
