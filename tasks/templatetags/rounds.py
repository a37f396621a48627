"""Template tag that shows running rounds with missing reports."""

from django import template
from django.utils import timezone

from tasks.models import RoundItem

register = template.Library()


@register.inclusion_tag("tasks/supervision/rounds/_wanted.html", takes_context=True)
def rounds_wanting(context, duty):
    """Show the running rounds in which a report on the duty is missing. One query."""
    user = context["request"].user
    items = RoundItem.objects.visible_to(user).filter(assignment=duty).counting().with_submission().wanted()
    rounds = items.order_by("round__closes_on", "round").values("round", "round__title", "round__closes_on")
    return {
        "rounds": rounds,
        "may_open": user.reads_everything or duty.unit_id == user.unit_id,
        "today": timezone.localdate(),
    }
