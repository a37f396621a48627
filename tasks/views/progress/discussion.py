"""Pages of 答疑: the thread of a row, one question, the list of questions, and what stands beside a report form."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from departments.models import Unit
from tasks import lists
from tasks.forms.progress.discussion import AnswerForm, QuestionForm, TakeBackForm
from tasks.models import Answer, Assignment, Guidance, Question, Task, Trace, thread
from tasks.scope import read_day
from tasks.services.progress import discussion as service
from tasks.views.plan_page import PlanPage
from wenshang_disclosure.core.evenings import evening_read
from wenshang_disclosure.core.web.errors import may, require
from wenshang_disclosure.core.web.evenings import on_evening
from wenshang_disclosure.core.web.forms import carry_out
from wenshang_disclosure.core.web.numbers import read_number
from wenshang_disclosure.core.web.pages import page_of

TOPICS_PER_PAGE = 50


class QuestionList(PlanPage):
    """List of the questions that the user may read, of all years, the latest first."""

    list = lists.QUESTIONS
    template_name = "tasks/progress/discussion/list.html"


def beside(task, user, unit=None, *, duty=None, traces=None):
    """Return what `discussion/_beside.html` shows of a row, as `{"discussion": …}`: 口径, and the thread of `unit`,
    by default of the own one. `None` for who reads nothing of it. `duty` is the unit's, with its `Traces`, where it was
    read already. Uses at most a fixed number of queries.
    """
    takes_part = not evening_read() and may(user, "tasks.discuss", task)  # who does reads it as well
    if not takes_part and not may(user, "tasks.read_discussion", task):
        return {"discussion": None}
    whole = user.reads_everything and unit is None
    return {
        "discussion": {
            "guidance": _guidance(task, user) if traces is None or Trace.GUIDANCE in traces else [],
            "topics": [] if whole else thread(task, user, unit, duty=duty, traces=traces),
            "takes_part": takes_part,
            "unit": unit,
        }
    }


def _guidance(task, user):
    return list(Guidance.objects.visible_to(user).standing().filter(task=task).for_lists())


def _read(request, pk):
    """Return the row. Raises `Http404` where the user reads nothing of its discussion."""
    task = get_object_or_404(Task.objects.visible_to(request.user).with_designations(), pk=pk)
    if not may(request.user, "tasks.read_discussion", task):
        raise Http404
    return task


def _chosen_unit(request, task):
    """Return the unit of `?unit=` that the page is cut to, `None` for none, and the units that are offered."""
    held = Assignment.objects.visible_to(request.user).filter(task=task).order_by()
    units = list(Unit.objects.filter(pk__in=held.values("unit")))
    wanted = request.GET.get("unit", "")
    if not wanted:
        return None, units
    unit = next((unit for unit in units if unit.pk == read_number(wanted)), None)
    if unit is None:
        raise Http404
    return unit, units


def _page(request, task, *, form=None, taken_back=None):
    """Render the thread of a row; `form` asks, `taken_back` is `(id, form)` of 口径 whose taking back was refused."""
    user = request.user
    unit, units = _chosen_unit(request, task)
    takes_part = not evening_read() and may(user, "tasks.discuss", task)
    topics = page_of(request, thread(task, user, unit), TOPICS_PER_PAGE)
    guidance, pins = _guidance(task, user), not evening_read() and may(user, "tasks.pin_answer")
    if takes_part:
        for asked in (question for topic in topics for question in topic.questions):
            asked.form = AnswerForm.new(asked)
    if pins:
        for one in guidance:
            one.form = taken_back[1] if taken_back and taken_back[0] == one.pk else TakeBackForm(guidance=one)
    if takes_part and form is None:
        initial = {"key": uuid.uuid4(), "about": request.GET.get("about", ""), "asked_unit": unit}
        form = QuestionForm.of(user, service.units_to_ask(task, user), initial=initial)
    context = {
        "task": task,
        "plan": task.plan,
        "page": topics,
        "guidance": guidance,
        "takes_part": takes_part,
        "pins": pins,
        "form": form,
        "about": _about(topics, form),
        "unit": unit,
        "units": units if len(units) > 1 else [],
    }
    refused = [one.status for one in (form, taken_back and taken_back[1]) if one]
    status = max([topics.status, *refused])
    return render(request, "tasks/progress/discussion/page.html", context, status=status)


def _about(topics, form):
    """Return the return or the remark that the form asks about, `None` for none."""
    wanted = form["about"].value() if form is not None else ""
    return next((topic for topic in topics if topic.about and topic.about == wanted), None)


@login_required
@require_safe
@on_evening
def discussion(request, pk):
    """Show the whole thread of a row, or with `?unit=` that of one unit's duty; also as on a past evening."""
    read_day(request.GET)
    return _page(request, _read(request, pk))


@login_required
@require_POST
def ask(request, pk):
    """Ask a question on a row."""
    task = _read(request, pk)
    require(request.user, "tasks.discuss", task, service.ONLY_HOLDERS)
    form = QuestionForm.of(request.user, service.units_to_ask(task, request.user), request.POST)
    if form.carry_out(service.ask, task, by=request.user):
        messages.success(request, f"已向{form.outcome.asked}提问，答复后会通知您。")
        return redirect(f"{reverse('tasks:discussion', args=[pk])}#question-{form.outcome.pk}")
    return _page(request, task, form=form)


def _question(request, pk):
    questions = Question.objects.visible_to(request.user).with_answers(request.user)
    return get_object_or_404(questions.select_related("task__plan", "task__section__part", "step", "opinion"), pk=pk)


@login_required
@require_safe
def question(request, pk):
    """Show one question with its answers, to be answered."""
    return _question_page(request, _question(request, pk))


def _question_page(request, asked, form=None):
    takes_part = may(request.user, "tasks.discuss", asked.task)
    if takes_part:
        asked.form = form or AnswerForm.new(asked)
    context = {
        "question": asked,
        "task": asked.task,
        "plan": asked.task.plan,
        "guidance": _guidance(asked.task, request.user),
        "takes_part": takes_part,
        "pins": may(request.user, "tasks.pin_answer"),
    }
    status = form.status if form else 200
    return render(request, "tasks/progress/discussion/question.html", context, status=status)


@login_required
@require_POST
def answer(request, pk):
    """Answer a question, or add to the own one."""
    asked = _question(request, pk)
    require(request.user, "tasks.discuss", asked.task, service.ONLY_HOLDERS)
    form = AnswerForm(request.POST, question=asked)
    if form.carry_out(service.answer, asked, by=request.user):
        said = "已补充，对方会收到通知。" if form.outcome.is_askers else f"已答复{asked.asker}，对方会收到通知。"
        messages.success(request, said)
        return redirect("tasks:question", pk=pk)
    return _question_page(request, asked, form)


@login_required
@require_POST
def pin(request, pk):
    """Pin an answer as 口径."""
    given = get_object_or_404(Answer.objects.visible_to(request.user).select_related("question__task__plan"), pk=pk)
    require(request.user, "tasks.pin_answer", sentence=service.ONLY_THE_OFFICE)
    carry_out(request, "已列为口径，承办本任务的单位都能看到。", service.pin, given)
    return redirect("tasks:question", pk=given.question_id)


@login_required
@require_POST
def take_back(request, pk):
    """Take 口径 back, with a reason."""
    require(request.user, "tasks.pin_answer", sentence=service.ONLY_THE_OFFICE)
    guidance = get_object_or_404(Guidance.objects.visible_to(request.user), pk=pk)
    form = TakeBackForm(request.POST, guidance=guidance)
    if form.carry_out(service.take_back, guidance, by=request.user):
        messages.success(request, "已取消口径，承办本任务的单位会看到原因。")
        return redirect("tasks:discussion", pk=guidance.task_id)
    return _page(request, _read(request, guidance.task_id), taken_back=(guidance.pk, form))
