"""iCalendar feed of a user: all-day entries of what is due, limited to what they may see (design: Who may do what)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.db.models import Count, Max, Min, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from tasks.choices import DutyRole, Status
from tasks.models import Assignment, RoundItem, Transition
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.forms import clean_text

PAST_SHOWN = timedelta(days=90)
"""How long an unmet deadline of an earlier year's plan is kept in the calendar."""

MAX_TITLE_CHARS = 30
NAME = worded("{short_system}")
ZONE = "Asia/Shanghai"
FIRST_SEQUENCE = datetime(2020, 1, 1, tzinfo=UTC)
"""Entries are numbered by the seconds from here to their last change (RFC 5545, 3.8.7.4: the number only rises)."""


@dataclass
class Entry:
    """An all-day entry of the calendar."""

    uid: str
    day: date
    summary: str
    lines: list[str]
    path: str
    changed: datetime


def feed(user):
    """Return the calendar of `user` as iCalendar bytes; uses a fixed number of queries."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//Open Government//{NAME}//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{NAME}（{user.unit.label}）" if user.unit else f"{NAME}")
    calendar.add("x-wr-timezone", ZONE)
    calendar.add("x-published-ttl", "PT6H")
    calendar.add_component(_zone())
    now = timezone.now()
    for entry in entries(user):
        calendar.add_component(_event(entry, now))
    return calendar.to_ical()


def entries(user, on=None):
    """Return the entries of `user`: duties, rounds and coordinated rows of their unit, or all rows of the county."""
    on = on or timezone.localdate()
    seen = _unfinished_duties(user, on)
    if user.reads_everything:
        return _rows(seen)
    led = seen.filter(role=DutyRole.RESPONSIBLE, task__in=_coordinated(user, on)).exclude(unit=user.unit_id)
    return [*_duties(seen.filter(unit=user.unit_id)), *_rounds(user, on), *_rows(led)]


def _unfinished_duties(user, on):
    """Return the uncompleted duties with a deadline that `user` may see, of this year's plan or due recently."""
    recent = Q(plan__year=on.year) | Q(due_on__gte=on - PAST_SHOWN)
    duties = Assignment.objects.visible_to(user).owed(on).exclude(status=Status.COMPLETED)
    return duties.filter(recent, due_on__isnull=False).order_by()


def _coordinated(user, on):
    return Assignment.objects.owed(on).filter(unit=user.unit_id, coordinates=True).values("task")


def _duties(duties):
    steps = Transition.objects.filter(assignment=OuterRef("pk")).order_by("-pk").values("at")[:1]
    for duty in duties.select_related("task", "plan").annotate(stepped_at=Subquery(steps)).order_by("due_on", "pk"):
        yield Entry(
            uid=f"duty-{duty.pk}",
            day=duty.due_on,
            summary=f"{_title(duty.task.number, duty.task.requirement)}（完成时限）",
            lines=[
                duty.task.requirement,
                f"职责：{duty.get_role_display()}",
                f"办理状态：{duty.get_status_display()}",
                f"依据：《{duty.plan.title}》第{duty.task.number}项",
            ],
            path=reverse("tasks:assignment", args=[duty.pk]),
            changed=duty.stepped_at or on_day(duty.owed_from, 0),
        )


def _rounds(user, on):
    """Return one entry for each running round with missing reports of the unit."""
    items = RoundItem.objects.visible_to(user).filter(assignment__unit=user.unit_id).counting(on)
    items = items.filter(round__opens_on__lte=on, round__closes_on__gte=on - PAST_SHOWN).with_submission().wanted()
    rounds, wanted = {}, {}
    for item in items.select_related("round").order_by("round__closes_on", "round", "pk"):
        rounds[item.round_id] = item.round
        wanted[item.round_id] = wanted.get(item.round_id, 0) + 1
    stepped = dict(
        Transition.objects.filter(assignment__unit=user.unit_id, assignment__round_items__round__in=rounds)
        .order_by()
        .values_list("assignment__round_items__round")
        .annotate(Max("at"))
    )
    for pk, one in rounds.items():
        yield Entry(
            uid=f"round-{pk}",
            day=one.closes_on,
            summary=f"报送：{one.title}（{wanted[pk]}件未报送）",
            lines=[one.text, f"尚有{wanted[pk]}件承办事项未报送。"],
            path=reverse("tasks:assignments"),
            changed=max(filter(None, (one.at, one.changed_at, stepped.get(pk)))),
        )


def _rows(duties):
    """Return one entry for each row with uncompleted duties, on the earliest of their deadlines."""
    stepped = Transition.objects.filter(assignment__task=OuterRef("task")).order_by("-at").values("at")[:1]
    rows = duties.values("task", "task__number", "task__requirement", "plan__title").annotate(
        count=Count("pk"),
        first=Min("due_on"),
        last=Max("due_on"),
        began=Min("owed_from"),
        stepped_at=Subquery(stepped),
    )
    for row in rows.order_by("first", "task"):
        last = [f"最晚时限：{row['last']:%Y-%m-%d}"] if row["last"] != row["first"] else []
        yield Entry(
            uid=f"row-{row['task']}",
            day=row["first"],
            summary=f"{_title(row['task__number'], row['task__requirement'])}（{row['count']}个单位未办结）",
            lines=[
                row["task__requirement"],
                f"尚有{row['count']}个单位未办结。",
                *last,
                f"依据：《{row['plan__title']}》第{row['task__number']}项",
            ],
            path=reverse("tasks:task", args=[row["task"]]),
            changed=row["stepped_at"] or on_day(row["began"], 0),
        )


def _title(number, requirement):
    words = " ".join(clean_text(requirement).split())
    return f"第{number}项 {words if len(words) <= MAX_TITLE_CHARS else words[:MAX_TITLE_CHARS] + '…'}"


def _event(entry, now):
    event = icalendar.Event()
    event.add("uid", f"{entry.uid}@{urlsplit(settings.SITE_URL).hostname or 'wenshang'}")
    event.add("dtstamp", now)
    event.add("last-modified", entry.changed)
    event.add("sequence", max(0, int((entry.changed - FIRST_SEQUENCE).total_seconds())))
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", entry.summary)
    event.add("description", clean_text("\n".join(filter(None, entry.lines))))
    event.add("transp", "TRANSPARENT")
    if settings.SITE_URL:
        event.add("url", f"{settings.SITE_URL}{entry.path}")
    return event


def _zone():
    """Return the county's time zone, which has one offset and no summer time."""
    zone = icalendar.Timezone()
    zone.add("tzid", ZONE)
    standard = icalendar.TimezoneStandard()
    standard.add("dtstart", datetime(1992, 1, 1))  # noqa: DTZ001 - local time by definition
    standard.add("tzoffsetfrom", timedelta(hours=8))
    standard.add("tzoffsetto", timedelta(hours=8))
    standard.add("tzname", "CST")
    zone.add_component(standard)
    return zone
