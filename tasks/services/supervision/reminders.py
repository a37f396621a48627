"""Reminders sent by hand (催办): by the office, or by a lead to the responsible units of its rows (design: Words)."""

from itertools import groupby
from uuid import uuid5

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from tasks.choices import Grade
from tasks.models import Assignment, Plan, Reminder, ReminderItem
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, may, require

from . import acknowledgements, notifications

MAX_TRIES = 5
NEXT = {None: Grade.BLUE, Grade.BLUE: Grade.YELLOW, Grade.YELLOW: Grade.RED, Grade.RED: Grade.RED}


def chaseable(duties, user):
    """Filter duties (a queryset) to those of which `user` may remind: owed, and with the next step on the unit."""
    duties = duties.owed().in_hand()
    return duties if may(user, "tasks.review") else duties.chased_by(user)


def latest_grades(duties):
    """Return `{duty id: grade of its last reminder}` of the duties with an unanswered reminder."""
    items = ReminderItem.objects.filter(assignment__in=duties).unanswered().order_by("pk")
    return dict(items.values_list("assignment", "reminder__grade"))


def grades_of(user):
    """Return the grades that `user` may send, mildest first: 督办 is the office's alone (design: Who may do what)."""
    return [grade for grade in Grade if grade != Grade.RED or may(user, "tasks.supervise")]


def grade_to_offer(grades, user):
    """Return the default grade: one above the most serious unanswered one (design: Words), as far as the user may."""
    gravest = max(filter(None, grades), key=list(Grade).index, default=None)
    return NEXT[gravest] if NEXT[gravest] in grades_of(user) else grades_of(user)[-1]


@transaction.atomic
def send_by_year(duties, *, by, grade, text, key):
    """Remind of duties (a list) of any plans with one text: one `Reminder` a plan, in a list.

    Raises as `send` does; a plan of which no duty is left is passed over where another one's are.
    """
    groups = [list(group) for _, group in groupby(sorted(duties, key=_plan_of), key=_plan_of)]
    if len(groups) < 2:
        return [send(duties, by=by, grade=grade, text=text, key=key)]
    plans = Plan.objects.select_for_update(no_key=True).order_by("pk")
    list(plans.filter(pk__in=[group[0].plan_id for group in groups]))  # all plans are locked before the first duty
    sent = []
    for group in groups:
        try:
            sent.append(send(group, by=by, grade=grade, text=text, key=uuid5(key, str(group[0].plan_id))))
        except Conflict as conflict:
            left_out = conflict
    if not sent:
        raise left_out
    return sent


def _plan_of(duty):
    return duty.plan_id


def send(duties, *, by, grade, text, key):
    """Remind of duties (a list) of one plan with one text, and return the `Reminder`.

    `key` identifies the form: posted twice, it creates one reminder. Duties that were claimed or are no longer owed are
    left out. Raises `PermissionDenied` where `by` may not remind of a duty, `Refused` where no duty is left or there is
    no text.
    """
    require(by, "tasks.remind")
    if Grade(grade) not in grades_of(by):
        raise Refused("督办由县政府办公室工作人员发出，您可以提醒和催办。")
    for attempt in range(MAX_TRIES):
        try:
            return _send(duties, by, Grade(grade), text, key)
        except IntegrityError:  # a concurrent reminder of another plan took the number
            if attempt == MAX_TRIES - 1:
                raise
    raise AssertionError


@transaction.atomic
def _send(duties, by, grade, text, key):
    plan = _lock_plan(duties)
    sent = Reminder.objects.filter(key=key).first()
    if sent and sent.by_id != by.pk:
        raise Refused("这份表单已由他人提交，请重新选择承办事项后再催办。")
    if sent:
        return sent
    if not text:
        raise Refused("请填写催办内容。")
    live = _still_to_chase(duties)
    for duty in live if by.role == Role.LIAISON else live[:1]:
        require(by, "tasks.remind_duty", duty, "牵头部门只能催办所牵头任务的责任单位。")
    if any(duty.plan_id != plan.pk for duty in live):
        raise Refused("一次只能催办同一年度任务分解表的事项。")
    now, today = timezone.now(), timezone.localdate()
    reminder = Reminder.objects.create(
        plan=plan,
        year=today.year,
        number=_next_number(today.year) if may(by, "tasks.supervise") else None,
        grade=grade,
        text=text,
        by=by,
        from_unit=by.unit if by.role == Role.LIAISON else None,
        at=now,
        on=today,
        key=key,
    )
    ReminderItem.objects.bulk_create(
        [ReminderItem(reminder=reminder, assignment=duty) for duty in live], batch_size=500
    )
    _notify_units(reminder, live)
    record(Kind.CHANGE, f"发出{grade.label}", by=by, on=reminder, detail={"duties": len(live)})
    return reminder


def _next_number(year):
    """Return the number of the office's next notice (通知单) of the year; reminders of others have none."""
    last = Reminder.objects.filter(year=year, number__isnull=False).order_by("-number").first()
    return last.number + 1 if last else 1


def _lock_plan(duties):
    """Lock the plan of the duties and return it; this serialises the numbering of reminders."""
    plans = Plan.objects.select_for_update(no_key=True)
    return plans.get(pk=duties[0].plan_id) if duties else None


def _still_to_chase(duties):
    locked = Assignment.objects.select_for_update(of=("self",)).filter(pk__in=[duty.pk for duty in duties])
    live = locked.owed().in_hand().select_related("unit", "task").order_by("task__number", "unit__order", "pk")
    live = list(live)
    if not live:
        raise Conflict("所选事项都已办结、申报办结、中止或解除，没有需要催办的。")
    return live


def _notify_units(reminder, duties):
    counts = {}
    for duty in duties:
        counts[duty.unit_id] = counts.get(duty.unit_id, 0) + 1
    path = reverse("tasks:reminder", args=[reminder.pk])
    lines = (
        (person, f"{reminder.sender}{reminder.get_grade_display()}：{counts[unit]}件承办事项。{reminder.text}", path)
        for unit, people in notifications.people_of(list(counts)).items()
        for person in people
    )
    notifications.notify(lines)


@transaction.atomic
def see(reminder, *, by):
    """Mark the own unit's duties in the reminder as seen (阅知); return how many were not seen before."""
    require(by, "tasks.see_reminder", reminder, "由被催办的单位阅知。")
    seen = acknowledgements.see(reminder.items.unseen_by(by), by=by)
    if seen:
        record(Kind.CHANGE, "阅知催办", by=by, on=reminder, detail={"duties": seen})
    return seen
