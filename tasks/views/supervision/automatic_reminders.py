"""Page of the automatic reminders of one day."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks.models import AutomaticReminder
from wenshang_disclosure.core.web.pages import page_of

ROWS_PER_PAGE = 100


@login_required
@require_safe
def day(request, on):
    """List the automatic reminders of one day that the user may see."""
    try:
        on = date.fromisoformat(on)
    except ValueError:
        raise Http404 from None
    lines = AutomaticReminder.objects.visible_to(request.user).filter(on=on)
    lines = lines.select_related("assignment__task", "assignment__unit").order_by(
        "assignment__unit__order", "assignment__task__number", "pk"
    )
    page = page_of(request, lines, ROWS_PER_PAGE)
    context = {"on": on, "page": page}
    return render(request, "tasks/supervision/automatic_reminders/day.html", context, status=page.status)
