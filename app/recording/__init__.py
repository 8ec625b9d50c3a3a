"""Recordings: written while a performance happens, and opened again as events."""
