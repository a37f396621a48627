"""The office calls for reports between two days (报送批次); recurring deadlines do it by themselves."""

from datetime import timedelta
from itertools import pairwise

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format

from tasks.choices import PlanState, Recurrence, Status
from tasks.models import Assignment, Plan, ReportingRound, RoundItem, Task
from tasks.models.plans.recurrence import occurrences
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core import numerals
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import notifications

BATCH = 500
OPENS_BEFORE = timedelta(days=14)  # a recurring round opens so long before its deadline, at the earliest
STILL_MATTERS = timedelta(days=31)  # what an outage missed is made up for so long
RECURRING = [value for value in Recurrence if value != Recurrence.ONGOING]


@transaction.atomic
def call(plan, *, by, title, text, opens_on, closes_on, units=(), tasks=(), key):
    """Call for a report on the open duties of units and tasks (all where none is named), and return the round.

    `key` names the form: the same post sent again gives the same round. Raises `Refused` where the days are in the
    wrong order or over, or nobody owes anything.
    """
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    require(by, "tasks.call_round")
    again = ReportingRound.objects.filter(key=key).first()
    if again is not None:
        return _same_post(again, plan, by)
    duties = _asked(plan, title, opens_on, closes_on, units, tasks)
    new = ReportingRound(
        plan=plan, title=title, text=text, opens_on=opens_on, closes_on=closes_on, by=by, key=key, at=timezone.now()
    )
    new.save()
    duties = list(duties)
    _ask(new, duties)
    record(Kind.CHANGE, "发起报送", by=by, on=new, detail={"duties": len(duties), "closes_on": f"{closes_on}"})
    return new


def prospect(plan, *, by, title, text, opens_on, closes_on, units=(), tasks=(), key=None):
    """Return `[(unit name, duties)]` of whom `call` would ask; raises what it would."""
    require(by, "tasks.call_round")
    duties = _asked(plan, title, opens_on, closes_on, units, tasks)
    return list(duties.order_by("unit__order", "unit").values_list("unit__name").annotate(n=Count("pk")))


def _same_post(found, plan, by):
    if (found.plan_id, found.by_id) != (plan.pk, by.pk):
        raise Conflict("这张表单已经用过，请重新打开“发起报送”页面填写。")
    return found


def _asked(plan, title, opens_on, closes_on, units, tasks):
    """Return the duties that a round would ask for; refuse what makes no round."""
    if plan.state != PlanState.ISSUED:
        raise Refused("该分解表尚未印发，不能发起报送。")
    if not title.strip():
        raise Refused("请填写批次名称。")
    _guard_days(opens_on, closes_on)
    if closes_on < timezone.localdate():
        raise Refused("截止日期已过，请重新填写。")
    duties = _open_duties(plan, max(opens_on, timezone.localdate()))
    if units:
        duties = duties.filter(unit__in=units)
    if tasks:
        duties = duties.filter(task__in=tasks)
    if not duties.exists():
        raise Refused("所选单位在所选任务上没有未办结的承办事项，不需要报送。")
    return duties


def _guard_days(opens_on, closes_on):
    if closes_on < opens_on:
        raise Refused("截止日期不能早于开始日期。")


def _open_duties(plan, on):
    return Assignment.objects.filter(plan=plan).owed(on).exclude(status=Status.COMPLETED)


def _ask(new, duties):
    """Write what the round asks for, and tell the people of the units."""
    RoundItem.objects.bulk_create([RoundItem(round=new, assignment=duty) for duty in duties], batch_size=BATCH)
    shares = {}
    for duty in duties:
        shares[duty.unit_id] = shares.get(duty.unit_id, 0) + 1
    _notify(new, shares, lambda count: f"本单位须报送{count}件承办事项，{_days(new)}。")


def _words(day):
    return date_format(day, "Y年n月j日")


def _days(of):
    begins = f"{_words(of.opens_on)}开始，" if of.opens_on > timezone.localdate() else ""
    return f"{begins}{_words(of.closes_on)}截止"


def _notify(of, shares, words):
    """Tell the people of each unit; `shares` is `{unit id: number of duties}`, `words(number)` the end of the line."""
    people = notifications.people_of(shares)
    path = reverse("tasks:round", args=[of.pk])
    notifications.tell(
        (person, f"报送批次“{of.title}”：{words(count)}", path)
        for unit, count in shares.items()
        for person in people.get(unit, ())
    )


@transaction.atomic
def change(round, *, by, title, text, closes_on):
    """Change what a round is called, asks for, and until when; units that still owe something are told of a new day.

    Raises `Conflict` where the round was closed, `Refused` where the new day is over or before the first.
    """
    round = _open_round(round, by)
    if not title.strip():
        raise Refused("请填写批次名称。")
    _guard_days(round.opens_on, closes_on)
    before = round.closes_on
    if closes_on != before and closes_on < timezone.localdate():
        raise Refused("新的截止日期已过，请重新填写。")
    round.title, round.text, round.closes_on = title, text, closes_on
    round.save(update_fields=["title", "text", "closes_on"])
    record(Kind.CHANGE, "修改报送批次", by=by, on=round, detail={"closes_on": [f"{before}", f"{closes_on}"]})
    if closes_on != before:
        _tell_of_new_day(round, "延长" if closes_on > before else "提前")
    return round


def _tell_of_new_day(round, moved):
    missing = round.items.counting().with_submission().filter(submitted_at_then__isnull=True)
    shares = dict(missing.order_by().values_list("assignment__unit").annotate(n=Count("pk")))
    day = _words(round.closes_on)
    _notify(round, shares, lambda count: f"截止日期{moved}至{day}，本单位还有{count}件承办事项未报送。")


@transaction.atomic
def close(round, *, by):
    """End a round: what is handed in later does not count. Raises `Conflict` where a colleague was faster."""
    round = _open_round(round, by)
    round.closed_at, round.closed_by = timezone.now(), by
    round.save(update_fields=["closed_at", "closed_by"])
    record(Kind.CHANGE, "结束报送批次", by=by, on=round)
    return round


def _open_round(round, by):
    round = ReportingRound.objects.select_for_update(of=("self",)).select_related("closed_by").get(pk=round.pk)
    require(by, "tasks.call_round")
    if round.closed_at:
        when = date_format(timezone.localtime(round.closed_at), "Y年n月j日 H:i")
        raise Conflict(f"该批次已由{round.closed_by}于{when}结束，本次操作未生效。")
    return round


# --- recurring deadlines ----------------------------------------------------------------------------------------------


def open_recurring(on):
    """Make the rounds of recurring deadlines (每季度末…) whose time has come by the day `on`; return the new ones.

    One a plan and day. Run again it makes nothing twice, at the same time neither: the database keeps the day once.
    A fixed number of queries for each plan with recurring rows, however many duties it has.
    """
    new = []
    for plan, rows in _recurring_rows(on).items():
        new += _open_of(plan, rows, on)
    return new


def _recurring_rows(on):
    """Return `{plan: [rows]}` of the issued plans in whose year a deadline may be due for a round."""
    years = {(on - STILL_MATTERS).year, (on + OPENS_BEFORE).year}
    rows = Task.objects.filter(recurrence__in=RECURRING, plan__state=PlanState.ISSUED, plan__year__in=years)
    plans = {}
    for row in rows.select_related("plan").order_by("plan", "number"):
        plans.setdefault(row.plan, []).append(row)
    return plans


def _open_of(plan, rows, on):
    days = _due_days(plan, rows, on)
    there = ReportingRound.objects.filter(plan=plan, occurs_on__in=days).values_list("occurs_on", flat=True)
    missing = sorted(set(days) - set(there)) if days else []
    if not missing:
        return []
    duties = {}
    for duty in _open_duties(plan, on).filter(task__in=rows).order_by("pk"):
        duties.setdefault(duty.task_id, []).append(duty)
    made = (_open_one(plan, day, *days[day], duties) for day in missing)
    return [one for one in made if one is not None]


def _due_days(plan, rows, on):
    """Return `{day: (opens_on, [rows])}` of the deadlines for which a round should be there on the day `on`."""
    rows_by_day, before = {}, {}
    for row in rows:
        for previous, day in _pairs(row, plan.year):
            if day >= on - STILL_MATTERS:
                rows_by_day.setdefault(day, []).append(row)
                before[day] = max(before.get(day, previous), previous)
    days = {}
    for day, due in rows_by_day.items():
        opens_on = max(before[day] + timedelta(days=1), day - OPENS_BEFORE, plan.issued_on)
        if opens_on <= min(on, day):
            days[day] = (opens_on, due)
    return days


def _pairs(row, year):
    """Return each day of the year on which a row's deadline falls, after the one before it."""
    days = occurrences(row.recurrence, row.recurrence_day, year)
    return pairwise([occurrences(row.recurrence, row.recurrence_day, year - 1)[-1], *days])


def _open_one(plan, day, opens_on, rows, duties):
    """Make the round of one day; `None` where nobody owes anything, or where another process has just made it."""
    asked = [duty for row in rows for duty in duties.get(row.pk, ()) if duty.owed_from <= day]
    if not asked:
        return None
    with transaction.atomic():
        about = {"title": f"{_words(day)}定期报送", "opens_on": opens_on, "closes_on": day}
        new, is_new = ReportingRound.objects.get_or_create(plan=plan, occurs_on=day, defaults=about)
        if not is_new:
            return None
        _ask(new, asked)
    return new


def suggested_title(day):
    """Return the usual name of a call on that day: in a quarter's first month the quarter before is asked for."""
    quarter = (day.month - 2) // 3 % 4
    return f"{numerals.write(quarter + 1)}季度进展"
