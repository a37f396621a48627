"""Signals of background work."""

from django.dispatch import Signal

job_ended = Signal()
"""A job is done or was given up; sent with `job` in the transaction that says so."""
