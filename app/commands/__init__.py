"""The commands of `ghostjam`, one module each. Each imports what it needs, so `--help` costs nothing."""
