"""Serial ports: lines and MIDI of microcontrollers. The only place that touches pyserial, an extra."""
