"""What others notice of what tasks keep. They only say so; what follows is done here."""

from django.dispatch import Signal

files_missing = Signal()
"""Sent by whoever finds files of evidence gone from the disk; carries `duties`, the ids of their duties."""
