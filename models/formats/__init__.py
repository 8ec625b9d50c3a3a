"""Readers and writers of performance files, one module a format. Use `models.performance`."""
