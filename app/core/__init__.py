"""What all rooms share: events, time, live parameters, modes, pitch, sinks. Imports no other room."""
