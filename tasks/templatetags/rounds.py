"""Template tag that shows running rounds with missing reports."""

from django import template
from django.db.models import Count
from django.utils import timezone

from tasks.models import RoundItem

register = template.Library()


@register.inclusion_tag("tasks/supervision/rounds/_wanted.html", takes_context=True)
def rounds_wanting(context, duty=None):
    """Show the running rounds with missing reports, of `duty` or else of the user's own unit. One query."""
    user = context["request"].user
    items = RoundItem.objects.visible_to(user).counting().with_submission().wanted()
    items = items.filter(assignment=duty) if duty else items.filter(assignment__unit=user.unit_id)
    rounds = items.order_by("round__closes_on", "round").values("round", "round__title", "round__closes_on")
    own = user.reads_everything or duty is None or duty.unit_id == user.unit_id
    asks = duty is not None or not user.reads_everything
    return {
        "rounds": rounds.annotate(n=Count("pk")) if asks else (),
        "duty": duty,
        "may_open": own,
        "today": timezone.localdate(),
    }
