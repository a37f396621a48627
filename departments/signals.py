"""Signals to apps above `departments`."""

from django.dispatch import Signal

units_changed = Signal()
"""Sent in the transaction after a unit was founded, retired, restored or changed its kind.

Carries `on`, a date; where a person retired or restored it, also the `unit` and the person (`by`).
"""

posts_taken = Signal()
"""Sent in the transaction after active people became liaison or leader of a unit; carries them as `people`."""

second_factor_was_reset = Signal()
"""Sent in the transaction after an administrator reset a second factor; carries `person` and `by`."""
