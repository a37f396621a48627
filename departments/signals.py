"""Signals to apps above `departments`."""

from django.dispatch import Signal

units_changed = Signal()
"""Sent in the transaction after a unit was founded, retired, restored or changed its kind.

Carries `on`, a date, and `by` where a person merged or restored it.
"""

posts_taken = Signal()
"""Sent in the transaction after active people became liaison or leader of a unit; carries them as `people`."""

second_factor_was_reset = Signal()
"""Sent in the transaction after an administrator reset a second factor; carries `person` and `by`."""
