"""What `ghostjam` can do, one module a command. Each imports what it needs, so `--help` costs nothing."""
