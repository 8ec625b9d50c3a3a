"""The engine: the jam decides who plays, a thread plays by absolute deadlines. No windows, no ports."""
