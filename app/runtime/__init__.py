"""The session: rig, engine, model, sinks and ports, opened together, changed while they play, closed."""
