"""What others are told of kept files."""

from django.dispatch import Signal

files_missing = Signal()
"""Sent by whoever finds kept files gone or changed; carries `paths`, their places in the storage."""
