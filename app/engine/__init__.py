"""Who plays when: the jam decides, the engine's thread plays by absolute deadlines. No windows, no ports."""
