"""Signals about stored files."""

from django.dispatch import Signal

files_missing = Signal()
"""Sent when stored files are found missing or changed; has the argument `paths`, their paths in the storage."""
