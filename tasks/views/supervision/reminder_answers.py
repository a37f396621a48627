"""Page on which a unit answers a reminder in words (书面答复)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from tasks.choices import UNANSWERED
from tasks.forms.supervision.reminders import AnswerForm
from tasks.models import Reminder
from tasks.services.supervision import reminder_answers
from wenshang_disclosure.core.web.errors import require
from wenshang_disclosure.core.web.numbers import read_number


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, pk):
    """Show the form of an answer in words, or give it; `?item=` ticks one duty, else all unanswered ones are ticked."""
    reminder = get_object_or_404(Reminder.objects.visible_to(request.user).select_related("plan", "from_unit"), pk=pk)
    require(request.user, "tasks.answer_reminder", reminder, reminder_answers.ONLY_ITS_UNITS)
    offered = reminder_answers.answerable(reminder, request.user).with_state().for_lists()
    offered = offered.order_by("assignment__task__number", "pk")
    data = request.POST if request.method == "POST" else None
    form = AnswerForm(data, offered=offered, ticked=_ticked(offered, read_number(request.GET.get("item"))))
    if data is not None and form.carry_out(reminder_answers.answer, reminder, by=request.user):
        number = len(form.outcome)
        messages.success(request, f"已书面答复{reminder.sender}的{reminder.get_grade_display()}，共{number}件。")
        return redirect("tasks:worklist")
    words = next((item.words for item in offered), reminder.text)
    context = {"reminder": reminder, "form": form, "words": words}
    return render(request, "tasks/supervision/reminders/answer.html", context, status=form.status)


def _ticked(offered, pk):
    one = [item for item in offered if item.pk == pk]
    return one or [item for item in offered if item.state in UNANSWERED]
