"""Performances as files: recorded while they happen, and opened again as events."""
