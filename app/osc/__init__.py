"""OSC: the only place that uses python-osc."""
