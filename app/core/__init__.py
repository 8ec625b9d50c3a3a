"""The vocabulary of all rooms: events, time, live parameters, modes, pitch, sinks. Imports no other room."""
