"""Reporting rounds (报送批次), called by the office or opened by recurring deadlines."""

from datetime import timedelta
from itertools import pairwise

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format

from tasks.choices import PlanState, Recurrence, Status
from tasks.models import Assignment, Plan, ReportingRound, RoundItem, RoundReopening, Task
from tasks.models.plans.plan import occurrences
from tasks.services.undoing import Outlook, guard
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core import numerals
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import notifications

BATCH_ROWS = 500
OPENING_PERIOD = timedelta(days=14)  # a recurring round opens at most this long before its deadline
CATCH_UP_PERIOD = timedelta(days=31)  # rounds missed in an outage are opened up to this long after their deadline
RECURRING = [value for value in Recurrence if value != Recurrence.ONGOING]


@transaction.atomic
def call(plan, *, by, title, text, opens_on, closes_on, units=(), tasks=(), key):
    """Call for a report on the uncompleted duties of units and tasks (by default all), and return the round.

    `key` identifies the form: posted twice, it creates one round. Raises `Refused` where the days are in the wrong
    order or past, or no duty is selected.
    """
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    require(by, "tasks.call_round")
    again = ReportingRound.objects.filter(key=key).first()
    if again is not None:
        return _same_post(again, plan, by)
    duties = _requested_duties(plan, title, opens_on, closes_on, units, tasks)
    new = ReportingRound(
        plan=plan, title=title, text=text, opens_on=opens_on, closes_on=closes_on, by=by, key=key, at=timezone.now()
    )
    new.save()
    duties = list(duties)
    _add_items(new, duties)
    record(Kind.CHANGE, "发起报送", by=by, on=new, detail={"duties": len(duties), "closes_on": f"{closes_on}"})
    return new


def prospect(plan, *, by, title, text, opens_on, closes_on, units=(), tasks=(), key=None):
    """Return `[(unit name, number of duties)]` that `call` would ask for; raises what `call` would raise."""
    require(by, "tasks.call_round")
    duties = _requested_duties(plan, title, opens_on, closes_on, units, tasks)
    return list(duties.order_by("unit__order", "unit").values_list("unit__name").annotate(n=Count("pk")))


def _same_post(found, plan, by):
    if (found.plan_id, found.by_id) != (plan.pk, by.pk):
        raise Conflict("这张表单已经用过，请重新打开“发起报送”页面填写。")
    return found


def _requested_duties(plan, title, opens_on, closes_on, units, tasks):
    """Return the duties of a new round. Raises `Refused` where it would not be valid."""
    if plan.state != PlanState.ISSUED:
        what = "尚未印发" if plan.state == PlanState.DRAFT else "已撤回印发"
        raise Refused(f"该分解表{what}，不能发起报送。")
    if not title.strip():
        raise Refused("请填写批次名称。")
    _guard_days(opens_on, closes_on)
    if closes_on < timezone.localdate():
        raise Refused("截止日期已过，请重新填写。")
    duties = _unfinished_duties(plan, max(opens_on, timezone.localdate()))
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


def _unfinished_duties(plan, on):
    return Assignment.objects.filter(plan=plan).owed(on).exclude(status=Status.COMPLETED)


def _add_items(new, duties):
    """Save the items of a round, and notify the people of the units."""
    RoundItem.objects.bulk_create([RoundItem(round=new, assignment=duty) for duty in duties], batch_size=BATCH_ROWS)
    shares = {}
    for duty in duties:
        shares[duty.unit_id] = shares.get(duty.unit_id, 0) + 1
    _notify_units(new, shares, lambda count: f"本单位须报送{count}件承办事项，{_days(new)}。")


def _words(day):
    return date_format(day, "Y年n月j日")


def _days(of):
    begins = f"{_words(of.opens_on)}开始，" if of.opens_on > timezone.localdate() else ""
    return f"{begins}{_words(of.closes_on)}截止"


def _notify_units(of, shares, words):
    """Notify the people of each unit; `shares` is `{unit id: number of duties}`, `words(number)` ends the line."""
    people = notifications.people_of(shares)
    path = reverse("tasks:round", args=[of.pk])
    notifications.notify(
        (person, f"报送批次“{of.title}”：{words(count)}", path)
        for unit, count in shares.items()
        for person in people.get(unit, ())
    )


@transaction.atomic
def change(round, *, by, title, text, closes_on):
    """Change title, text and closing day of a round; units with missing reports are notified of a new day.

    Raises `Conflict` where the round was closed, `Refused` where the new day is past or before the first.
    """
    round = _lock_round(round, by)
    if not title.strip():
        raise Refused("请填写批次名称。")
    _guard_days(round.opens_on, closes_on)
    before = round.closes_on
    if closes_on != before and closes_on < timezone.localdate():
        raise Refused("新的截止日期已过，请重新填写。")
    round.title, round.text, round.closes_on, round.changed_at = title, text, closes_on, timezone.now()
    round.save(update_fields=["title", "text", "closes_on", "changed_at"])
    record(Kind.CHANGE, "修改报送批次", by=by, on=round, detail={"closes_on": [f"{before}", f"{closes_on}"]})
    if closes_on != before:
        _notify_of_new_day(round, "延长" if closes_on > before else "提前")
    return round


def _missing(round):
    """Return `{unit id: number of duties without a report}`."""
    missing = round.items.counting().with_submission().filter(reported_at__isnull=True)
    return dict(missing.order_by().values_list("assignment__unit").annotate(n=Count("pk")))


def _notify_of_new_day(round, moved):
    day = _words(round.closes_on)
    _notify_units(round, _missing(round), lambda count: f"截止日期{moved}至{day}，本单位还有{count}件承办事项未报送。")


@transaction.atomic
def close(round, *, by):
    """Close a round: later reports do not count. Raises `Conflict` where it is closed already."""
    round = _lock_round(round, by)
    round.closed_at, round.closed_by = timezone.now(), by
    round.save(update_fields=["closed_at", "closed_by"])
    record(Kind.CHANGE, "结束报送批次", by=by, on=round)
    return round


@transaction.atomic
def reopen(round, *, by, reason, closes_on=None, seen=""):
    """Take back the closing of a round (撤回结束), with a reason that the units see, and return the round.

    It is open until its closing day, or until `closes_on`; reports that were submitted meanwhile count. Units with
    missing reports are notified. `seen` is the mark of the `Outlook` that was shown. Raises `Conflict` where the round
    is open, `Refused` where its closing day would be past.
    """
    round = _locked(round)
    require(by, "tasks.reopen_round")
    if not round.closed_at:
        raise Conflict("该批次没有结束，或者已经重新开放，本次操作未生效。")
    guard(reopening_outlook(round), reason, seen)
    before, closes_on = round.closes_on, closes_on or round.closes_on
    _guard_days(round.opens_on, closes_on)
    if closes_on < timezone.localdate():
        raise Refused(
            "原截止日期已过，请填写新的截止日期。" if closes_on == before else "新的截止日期已过，请重新填写。"
        )
    about = {"closed_at": round.closed_at, "closed_by": round.closed_by, "closes_on_before": before}
    RoundReopening.objects.create(round=round, by=by, at=timezone.now(), reason=reason.strip(), **about)
    round.closed_at, round.closed_by = None, None
    round.closes_on, round.changed_at = closes_on, timezone.now()
    round.save(update_fields=["closed_at", "closed_by", "closes_on", "changed_at"])
    record(Kind.CHANGE, "撤回结束报送批次", by=by, on=round, detail={"closes_on": [f"{before}", f"{closes_on}"]})
    words = f"重新开放，{_words(closes_on)}截止，本单位还有{{}}件承办事项未报送。原因：{reason.strip()}"
    _notify_units(round, _missing(round), words.format)
    return round


def reopening_outlook(round):
    """Return the `Outlook` of taking back the closing of a round."""
    mark = round.closed_at.isoformat() if round.closed_at else "-"
    if not round.closed_at:
        return Outlook("该批次没有结束，不需要撤回。", mark=mark)
    if round.plan.state != PlanState.ISSUED:
        return Outlook("该分解表已撤回印发，报送批次不能重新开放。", mark=mark)
    is_past = round.closes_on < timezone.localdate()
    effects = (
        "原截止日期已过，须填写新的截止日期。" if is_past else f"批次重新开放，{_words(round.closes_on)}截止。",
        "结束以后报送的进展计入本批次；有事项未报送的单位将收到通知并看到原因。",
    )
    return Outlook("", effects, mark)


def _locked(round):
    rounds = ReportingRound.objects.select_for_update(of=("self",)).select_related("closed_by", "plan")
    return rounds.get(pk=round.pk)


def _lock_round(round, by):
    round = _locked(round)
    require(by, "tasks.call_round")
    if round.closed_at:
        when = date_format(timezone.localtime(round.closed_at), "Y年n月j日 H:i")
        raise Conflict(f"该批次已由{round.closed_by}于{when}结束，本次操作未生效。")
    return round


# --- recurring deadlines ----------------------------------------------------------------------------------------------


def open_recurring(on):
    """Open the due rounds of recurring deadlines (每季度末…) on the day `on`, and return the new ones.

    There is one round per plan and day: a unique constraint keeps repeated and concurrent runs from creating a second.
    Uses a fixed number of queries for each plan with recurring rows.
    """
    new = []
    for plan, rows in _recurring_rows(on).items():
        new += _open_due_rounds(plan, rows, on)
    return new


def _recurring_rows(on):
    """Return `{plan: [rows]}` of the issued plans whose year has a deadline for which a round may be due."""
    years = {(on - CATCH_UP_PERIOD).year, (on + OPENING_PERIOD).year}
    rows = Task.objects.standing().filter(recurrence__in=RECURRING, plan__state=PlanState.ISSUED, plan__year__in=years)
    plans = {}
    for row in rows.select_related("plan").order_by("plan", "number"):
        plans.setdefault(row.plan, []).append(row)
    return plans


def _open_due_rounds(plan, rows, on):
    days = _due_days(plan, rows, on)
    there = ReportingRound.objects.filter(plan=plan, occurs_on__in=days).values_list("occurs_on", flat=True)
    missing = sorted(set(days) - set(there)) if days else []
    if not missing:
        return []
    duties = {}
    with evening(on):
        unfinished = list(_unfinished_duties(plan, on).filter(task__in=rows).order_by("pk"))
    for duty in unfinished:
        duties.setdefault(duty.task_id, []).append(duty)
    made = (_open_recurring_round(plan, day, *days[day], duties) for day in missing)
    return [one for one in made if one is not None]


def _due_days(plan, rows, on):
    """Return `{day: (opens_on, [rows])}` of the deadlines that need a round on the day `on`."""
    rows_by_day, before = {}, {}
    for row in rows:
        for previous, day in _pairs(row, plan.year):
            if day >= on - CATCH_UP_PERIOD:
                rows_by_day.setdefault(day, []).append(row)
                before[day] = max(before.get(day, previous), previous)
    days = {}
    for day, due in rows_by_day.items():
        opens_on = max(before[day] + timedelta(days=1), day - OPENING_PERIOD, plan.issued_on)
        if opens_on <= min(on, day):
            days[day] = (opens_on, due)
    return days


def _pairs(row, year):
    """Return `[(previous day, day)]` of a row's deadlines in the year."""
    days = occurrences(row.recurrence, row.recurrence_day, year)
    return pairwise([occurrences(row.recurrence, row.recurrence_day, year - 1)[-1], *days])


def _open_recurring_round(plan, day, opens_on, rows, duties):
    """Create the round of one day; `None` where no duty is owed, or another process has just created it."""
    requested = [duty for row in rows for duty in duties.get(row.pk, ()) if duty.owed_from <= day]
    if not requested:
        return None
    with transaction.atomic():
        about = {"title": f"{_words(day)}定期报送", "opens_on": opens_on, "closes_on": day}
        new, is_new = ReportingRound.objects.get_or_create(plan=plan, occurs_on=day, defaults=about)
        if not is_new:
            return None
        _add_items(new, requested)
    return new


def suggested_title(day):
    """Return the default title for a round called on `day`: in a quarter's first month, the previous quarter."""
    quarter = (day.month - 2) // 3 % 4
    return f"{numerals.write(quarter + 1)}季度进展"
