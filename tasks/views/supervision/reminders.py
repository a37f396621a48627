"""Pages of reminders sent by hand (催办): by reminder, by duty, and of one with what was answered; repeating it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST, require_safe

from departments.choices import BELONGS_TO_A_UNIT
from tasks import lists
from tasks.choices import Grade, ReminderState
from tasks.models import Assignment, Reminder, ReminderAnswer, ReminderItem
from tasks.services.supervision import reminder_answers, reminders
from tasks.views.plan_page import PlanPage
from wenshang_disclosure.core.evenings import evening_read
from wenshang_disclosure.core.web.errors import may, require
from wenshang_disclosure.core.web.numbers import read_number

ANEW = {Grade.BLUE: "再次提醒", Grade.YELLOW: "再次催办", Grade.RED: "再次督办"}


class ReminderList(PlanPage):
    """Reminders, the latest first; the state of their duties is a view."""

    list = lists.REMINDERS
    template_name = "tasks/supervision/reminders/list.html"

    def get_rows(self, rows):
        """Return the reminders with how many duties would be reminded of again."""
        return rows.with_left(reminders.chaseable(Assignment.objects.all(), self.request.user))

    def get_table_kwargs(self):
        kwargs = super().get_table_kwargs()
        return kwargs if _may_repeat(self.request.user) else {**kwargs, "exclude": (*kwargs["exclude"], "repeat")}

    def get_context_data(self):
        """Say on the buttons what the user would send."""
        context = super().get_context_data()
        context["table"].words = _words_of_repetition(self.request.user)
        return context


def _may_repeat(user):
    return may(user, "tasks.remind") and not evening_read()


def _words_of_repetition(user):
    """Return `{grade of a reminder: what the button says that repeats it}` for what the user may send."""
    repeated = {grade: reminder_answers.grade_of_repetition(grade, user) for grade in Grade}
    return {grade.value: _word(grade, to) for grade, to in repeated.items() if to}


def _word(grade, to):
    word = ANEW[to] if to == grade else f"升为{to.label}"
    return f"{word}…" if to == Grade.RED else word


class ReminderItemList(PlanPage):
    """Reminders by duty, what is over its day first; their state is a view."""

    list = lists.REMINDER_ITEMS
    template_name = "tasks/supervision/reminders/items.html"
    fragment_name = "tasks/supervision/reminders/_items.html"

    @cached_property
    def steps(self):
        """Return the step that the user may take on ticked items: to remind of them again."""
        return [("remind", "再次催办")] if _may_repeat(self.request.user) else []

    def get_table_kwargs(self):
        kwargs = super().get_table_kwargs()
        return kwargs if self.steps else {**kwargs, "exclude": (*kwargs["exclude"], "pick")}

    def get_context_data(self):
        return {**super().get_context_data(), "steps": self.steps}


def _visible(request, pk):
    seen = Reminder.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("by__unit", "from_unit", "plan", "repeats", "withdrawn_by"), pk=pk)


@login_required
@require_safe
def detail(request, pk):
    """Show one reminder with the duties that the user may see, and what each unit answered."""
    reminder = _visible(request, pk)
    items = ReminderItem.objects.visible_to(request.user).filter(reminder=reminder).with_state()
    items = list(
        items.for_lists().order_by("assignment__unit__order", "assignment__unit", "assignment__task__number", "pk")
    )
    lit = Assignment.objects.filter(pk__in=[item.assignment_id for item in items]).with_light()
    duties = {duty.pk: duty for duty in lit}
    opens = set(Assignment.objects.visible_to(request.user).filter(pk__in=duties).values_list("pk", flat=True))
    answers = _answers_of(items)
    for item in items:
        item.opens = item.assignment_id in opens
    rows = [(item, duties[item.assignment_id], answers.get(item.pk, ())) for item in items]
    context = {
        "reminder": reminder,
        "plan": reminder.plan,
        "rows": rows,
        "words": {item.assignment.unit: item.words for item in items},
        "counts": _counts(items),
        "unseen": [item for item in items if item.seen_at is None and _is_own(request.user, item)],
        "may_answer": not reminder.withdrawn_at and any(_is_own(request.user, item) for item in items),
        "repetition": _repetition(reminder, request.user),
        "repeated_by": reminder.repeated_by.visible_to(request.user).filter(withdrawn_at=None).distinct(),
    }
    return render(request, "tasks/supervision/reminders/detail.html", context)


def _is_own(user, item):
    return user.role in BELONGS_TO_A_UNIT and item.assignment.unit_id == user.unit_id


def _answers_of(items):
    """Return `{item id: answers in words}`."""
    found = {}
    for answer in ReminderAnswer.objects.filter(item__in=[item.pk for item in items]).select_related("by", "unit"):
        found.setdefault(answer.item_id, []).append(answer)
    return found


def _counts(items):
    """Return `[(label, number)]` of the states that occur."""
    states = [item.state for item in items]
    return [(state.label, states.count(state)) for state in ReminderState if state in states]


def _repetition(reminder, user):
    """Return how the user would repeat the reminder, `None` where they cannot.

    That is what the button says, the number of duties, and whether the day to answer by is over.
    """
    word = _words_of_repetition(user).get(reminder.grade) if _may_repeat(user) else None
    number = reminder_answers.to_repeat(reminder, user).count() if word else 0
    is_due = bool(reminder.answer_by and reminder.answer_by < timezone.localdate())
    return {"word": word, "number": number, "is_due": is_due} if number else None


@login_required
@require_POST
def repeat(request, pk):
    """Remind again of what was not answered, a grade higher; a 督办 is shown before it is sent."""
    reminder = _visible(request, pk)
    require(request.user, "tasks.remind")
    unit = read_number(request.POST.get("unit"))
    grade = reminder_answers.grade_of_repetition(reminder.grade, request.user)
    if grade == Grade.RED and "confirm" not in request.POST:
        return _ask_first(request, reminder, unit, grade)
    sent = reminder_answers.repeat(reminder, by=request.user, unit=unit)
    number, day = sent.items.count(), date_format(sent.answer_by, "n月j日")
    said = f"已发出{sent.get_grade_display()}{sent.mark}，共{number}件承办事项，请各单位于{day}前回复。"
    messages.success(request, f"{said}发错了的，可以在本页撤销。")
    return redirect("tasks:reminder", pk=sent.pk)


def _ask_first(request, reminder, unit, grade):
    """Show what a 督办 will say to each unit."""
    duties = list(reminder_answers.to_repeat(reminder, request.user, unit).select_related("plan"))
    answer_by = reminders.default_days([reminder.plan], [grade])[grade]
    words = reminders.preview(duties, reminders.default_text(grade) or reminder.text, answer_by) if duties else []
    context = {
        "reminder": reminder,
        "grade": grade,
        "duties": duties,
        "words": words,
        "answer_by": answer_by,
        "unit": unit,
    }
    return render(request, "tasks/supervision/reminders/repeat.html", context)


@login_required
@require_POST
def see(request, pk):
    """Mark the reminder as seen by the own unit."""
    reminder = get_object_or_404(Reminder.objects.visible_to(request.user), pk=pk)
    seen = reminders.see(reminder, by=request.user)
    messages.success(request, f"已阅知，涉及本单位{seen}件承办事项。" if seen else "此前已阅知。")
    return redirect("tasks:reminder", pk=pk)
