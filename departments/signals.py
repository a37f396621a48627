"""What happened to units. `departments` knows nobody; whoever keeps something by unit listens."""

from django.dispatch import Signal

units_changed = Signal()
"""Sent inside the transaction after a unit came, went or changed its kind; carries `on`, a day."""

second_factor_was_reset = Signal()
"""Sent inside the transaction after an administrator took a person's second factor; carries `person` and `by`."""
