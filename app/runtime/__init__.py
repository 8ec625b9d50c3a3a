"""What a stage is made of: the rig, and the session that opens engine, model, sinks and ports together."""
