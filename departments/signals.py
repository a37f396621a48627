"""Signals to apps above `departments`."""

from django.dispatch import Signal

units_changed = Signal()
"""Sent in the transaction after a unit was founded, retired, restored or changed its kind.

Carries `on`, a date, and where a person did it, the person (`by`) and what they did in words (`reason`); where a unit
was retired or restored, also the `unit` and the one that it is, or was, merged into (`successor`). A receiver returns
the sentences that say what became of the unit's duties.
"""

level_changes = Signal()
"""Sent before the region gets another level. A receiver returns the sentence that says what that leaves as it is, empty
where it leaves nothing.
"""

posts_taken = Signal()
"""Sent in the transaction after active people became liaison or leader of a unit; carries them as `people`."""

posts_left = Signal()
"""Sent in the transaction after a person left a post; carries `person`, `unit`, `role` and `by`."""

looking_for_open_work = Signal()
"""Sent before a person leaves a post; carries `person` and `unit`. A receiver returns what is open there by the person,
as `[(label, number)]`.
"""

moves_told = Signal()
"""Sent in the transaction after a move on a day to come was scheduled, cancelled or not carried out; carries `lines`,
`[(person, sentence, path)]`.
"""

second_factor_was_reset = Signal()
"""Sent in the transaction after an administrator reset a second factor; carries `person` and `by`."""

rights_changed = Signal()
"""Sent in the transaction after rights of an account were proposed, given, refused or taken; carries the sentence
`text`, which the administrators read.
"""
