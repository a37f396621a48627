"""Signals to apps above `tasks`."""

from django.dispatch import Signal

looking_for_dependents = Signal()
"""Sent before a step is taken back; carries `plan` and `on`, the day of the step. A receiver returns the sentence that
says what was built on the step since, empty where nothing was.
"""

plan_was_copied = Signal()
"""Sent in the transaction after the issue of a plan was taken back; carries `plan` and `draft`, its new copy."""
