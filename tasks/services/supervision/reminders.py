"""Reminders sent by hand (催办): by the office, or by a lead to the responsible units of its rows (design: Words).

They are answered, repeated and withdrawn in `reminder_answers`.
"""

from collections import Counter
from itertools import groupby
from uuid import uuid5

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format

from departments.choices import Role
from tasks.choices import Grade
from tasks.models import Assignment, Plan, Reminder, ReminderItem, StockPhrase, SupervisionRules
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.region import office_name
from wenshang_disclosure.core.web.errors import Conflict, Refused, may, require

from . import acknowledgements, notifications, wording

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
    return next_grade(gravest, user)


def next_grade(grade, user):
    """Return the grade that follows on an unanswered one, as far as the user may send it."""
    return NEXT[grade] if NEXT[grade] in grades_of(user) else grades_of(user)[-1]


def default_text(grade):
    """Return the first stock phrase of a grade, empty where there is none."""
    phrase = StockPhrase.objects.filter(grade=grade).first()
    return phrase.text if phrase else ""


def default_days(plans, grades):
    """Return `{grade: day to answer by}` of reminders that are sent today, of several plans the latest."""
    rules, today = SupervisionRules.of_each(plans).values(), timezone.localdate()
    return {grade: max(one.answer_by(grade, today) for one in rules) for grade in grades}


@transaction.atomic
def send_by_year(duties, *, by, grade, text, key, answer_by=None):
    """Remind of duties (a list) of any plans with one text: one `Reminder` a plan, in a list.

    Raises as `send` does; a plan of which no duty is left is passed over where another one's are.
    """
    about = {"by": by, "grade": grade, "text": text, "answer_by": answer_by}
    groups = [list(group) for _, group in groupby(sorted(duties, key=_plan_of), key=_plan_of)]
    if len(groups) < 2:
        return [send(duties, key=key, **about)]
    plans = Plan.objects.select_for_update(no_key=True).order_by("pk")
    list(plans.filter(pk__in=[group[0].plan_id for group in groups]))  # all plans are locked before the first duty
    sent = []
    for group in groups:
        try:
            sent.append(send(group, key=uuid5(key, str(group[0].plan_id)), **about))
        except Conflict as conflict:
            left_out = conflict
    if not sent:
        raise left_out
    return sent


def _plan_of(duty):
    return duty.plan_id


def send(duties, *, by, grade, text, key, answer_by=None, repeats=None):
    """Remind of duties (a list) of one plan with one text, and return the `Reminder`.

    `text` may have placeholders (`wording`). The units answer by the evening of `answer_by`, by default that of the
    plan's rules; `repeats` is the reminder that they did not answer. `key` identifies the form: posted twice, it
    creates one reminder. Duties that were claimed or are no longer owed are left out. Raises `PermissionDenied` where
    `by` may not remind of a duty, `Refused` where no duty is left, and for text or day that will not do.
    """
    require(by, "tasks.remind")
    if Grade(grade) not in grades_of(by):
        raise Refused(f"督办由{office_name()}工作人员发出，您可以提醒和催办。")
    for attempt in range(MAX_TRIES):
        try:
            return _send(duties, by, key, grade=Grade(grade), text=text, answer_by=answer_by, repeats=repeats)
        except IntegrityError:  # a concurrent reminder of another plan took the number
            if attempt == MAX_TRIES - 1:
                raise
    raise AssertionError


@transaction.atomic
def _send(duties, by, key, *, grade, text, answer_by, repeats):
    plan = _lock_plan(duties)
    sent = Reminder.objects.filter(key=key).first()
    if sent and sent.by_id != by.pk:
        raise Refused("这份表单已由他人提交，请重新选择承办事项后再催办。")
    if sent:
        return sent
    guard_words(text, answer_by)
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
        answer_by=answer_by or SupervisionRules.of(plan).answer_by(grade, today),
        repeats=repeats,
        key=key,
    )
    words = _add_items(reminder, live)
    _notify_units(reminder, live, words)
    detail = {"duties": len(live), "answer_by": f"{reminder.answer_by}"}
    record(Kind.CHANGE, f"发出{grade.label}", by=by, on=reminder, detail=detail)
    return reminder


def guard_words(text, answer_by):
    """Raise `Refused` for a text or a day to answer by that will not do."""
    if not text:
        raise Refused("请填写催办内容。", field="text")
    wording.check(text)
    if answer_by and answer_by <= timezone.localdate():
        raise Refused("答复期限最早为明天，请重新填写。", field="answer_by")


def preview(duties, text, answer_by):
    """Return `[(unit, text)]` as the units of duties (a list) will read the text, in the order of the units."""
    words = wording.by_unit(text, _lit(duties), answer_by)
    return sorted(words.items(), key=lambda said: (said[0].order, said[0].pk))


def _lit(duties):
    """Return duties as texts need them: with lights, units and rows."""
    lit = Assignment.objects.filter(pk__in=[duty.pk for duty in duties]).with_light().select_related("unit", "task")
    return list(lit.order_by("task__number", "unit__order", "pk"))


def _add_items(reminder, duties):
    """Save the duties of a reminder with what their units read, and return `{unit id: text}`."""
    said = wording.by_unit(reminder.text, _lit(duties), reminder.answer_by)
    words = {unit.pk: text for unit, text in said.items()}
    filled = {unit: "" if text == reminder.text else text for unit, text in words.items()}
    items = [ReminderItem(reminder=reminder, assignment=duty, text=filled[duty.unit_id]) for duty in duties]
    ReminderItem.objects.bulk_create(items, batch_size=500)
    return words


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


def _notify_units(reminder, duties, words):
    counts = Counter(duty.unit_id for duty in duties)
    start = f"{reminder.sender}{reminder.get_grade_display()}"
    until = f"请于{date_format(reminder.answer_by, 'Y年n月j日')}前回复"
    path = reverse("tasks:reminder", args=[reminder.pk])
    notifications.notify(
        (person, f"{start}：{counts[unit]}件承办事项，{until}。{words[unit]}", path)
        for unit, people in notifications.people_of(list(counts)).items()
        for person in people
    )


@transaction.atomic
def see(reminder, *, by):
    """Mark the own unit's duties in the reminder as seen (阅知); return how many were not seen before."""
    require(by, "tasks.see_reminder", reminder, "由被催办的单位阅知。")
    seen = acknowledgements.see(reminder.items.unseen_by(by), by=by)
    if seen:
        record(Kind.CHANGE, "阅知催办", by=by, on=reminder, detail={"duties": seen})
    return seen
