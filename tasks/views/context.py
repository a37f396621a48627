"""Context processor of all pages: the plans, what was chosen for all pages, and what waits for the user."""

import contextlib
from functools import cache

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from departments.choices import BELONGS_TO_A_UNIT, Role
from tasks.models import (
    Assignment,
    Extension,
    Notification,
    OutgoingMail,
    Plan,
    ProgressReport,
    Question,
    ReminderItem,
    SupervisionRules,
    awaiting_opinion,
)
from tasks.models.supervision.period import rhythm_of, wanted_of
from wenshang_disclosure.core.dates import BadDay, read_as_of
from wenshang_disclosure.core.evenings import evening_read, today
from wenshang_disclosure.core.prepared import count_for, rows_for
from wenshang_disclosure.core.web.errors import may
from wenshang_disclosure.core.web.numbers import read_number


def shell(request):
    """Return what the frame around each page needs: the issued plans, the counts of what waits for the user, and the
    past day that the page shows, if any.

    Computed once a request, each count where the page first shows it: a fragment without a frame asks for none.
    """
    if not hasattr(request, "shell"):
        request.shell = _shell(request)
    return request.shell


def _shell(request):
    user = getattr(request, "user", None)
    past_day = evening_read()
    if user is None or not user.is_authenticated:
        return {"past_day": past_day}
    plans = _asked_once(lambda: rows_for(user, "issued plans", lambda _: Plan.objects.issued()))
    query = getattr(request, "kept_query", request.GET)  # of a step for many: that of the list that it was sent from
    chosen = _asked_once(lambda: _chosen(query.get("plan"), plans()))
    approves = may(user, "departments.approve_for_unit")
    counts = _counts_of_the_office(user) if may(user, "tasks.review") else _counts_of_a_unit(user, plans, approves)
    if may(user, "tasks.read_outbox"):
        counts["mails_given_up"] = lambda: count_for(user, "mails", lambda _: OutgoingMail.objects.given_up())
    counts["waiting_questions"] = lambda: _waiting_questions(user)
    counts["unread_notifications"] = lambda: count_for(user, "notifications", _unread)
    return {
        "past_day": past_day,
        "plans": plans,
        "kept": SimpleLazyObject(lambda: _kept(query, chosen)),
        "chosen_year": chosen,
        "demo": _asked_once(lambda: any(plan.has_demo_activity for plan in plans())),
        "approves": approves,
        "answers_query": f"?returned=yes&unit={user.unit_id}",
        **{name: _asked_once(count) for name, count in counts.items()},
    }


def _asked_once(read):
    """Return a function that gives what `read` gives today, asked once; a template calls it where it shows it."""

    @cache
    def value():
        with today():
            return read()

    return value


def _counts_of_the_office(user):
    """Return the functions that count what waits for those who review, by name."""
    return {
        "waiting_reports": lambda: count_for(user, "reports", lambda _: ProgressReport.objects.at_office_stage()),
        "waiting_requests": lambda: count_for(user, "requests", lambda _: Extension.objects.waiting()),
        "unanswered_reminders": lambda: count_for(user, "reminders", _unanswered_reminders),
    }


def _kept(query, chosen):
    """Return the year and the past day of the address, as far as they are valid: the menu and the crumbs keep them."""
    kept = {}
    if chosen():
        kept["plan"] = chosen().pk
    with contextlib.suppress(BadDay):
        day = read_as_of(query.get("as_of"))
        if day < timezone.localdate():
            kept["as_of"] = day.isoformat()
    return kept


def _chosen(asked, plans):
    """Return the plan that the address names, an issued one or one whose issue was taken back; `None` for no other."""
    issued = {str(plan.pk): plan for plan in plans}
    if asked in issued:
        return issued[asked]
    pk = read_number(asked or "", 0)
    return Plan.objects.chosen(pk) if pk else None


def _unread(user):
    return Notification.objects.visible_to(user).unread()


def _unanswered_reminders(user):
    return ReminderItem.objects.awaiting_answer(timezone.localdate())


def _waiting_questions(user):
    """Return the number of questions (答疑) that the office, or the user's unit, has yet to answer."""
    if not (may(user, "tasks.review") or user.acting_unit_id):
        return 0
    return count_for(user, "questions", lambda who: Question.objects.visible_to(who).waiting_for(who))


def _counts_of_a_unit(user, plans, approves):
    """Return the functions that count what waits for the user's unit, its leader and its rows as a lead, by name."""
    if not user.unit_id:
        return {}
    counts = {"answers_owed": lambda: count_for(user, "answers", _answers_owed)}
    if user.role in BELONGS_TO_A_UNIT:
        counts |= {
            "reports_due": lambda: _reports_due(user, plans()),
            "waiting_reminders": lambda: _reminders_to_answer(user, plans()),
        }
    if approves:
        own = ProgressReport.objects.visible_to(user).filter(assignment__unit=user.unit_id)
        counts["waiting_leader_approvals"] = own.awaiting_leader().count
    if user.role == Role.LIAISON:
        leads = _asked_once(lambda: count_for(user, "leads", Assignment.objects.coordinated_by) > 0)
        counts |= {
            "leads_rows": leads,
            "waiting_opinions": lambda: count_for(user, "opinions", _waiting_opinions) if leads() else 0,
        }
    return counts


def _reminders_to_answer(user, plans):
    """Return of how many duties of the user's unit a reminder waits for an answer (催办待回复)."""

    def duties(who):
        waiting = ReminderItem.objects.to_answer(who).filter(reminder__plan__in=plans)
        return Assignment.objects.filter(pk__in=waiting.order_by().values("assignment"))

    return count_for(user, "to answer", duties, tuple(plan.pk for plan in plans))


def _answers_owed(user):
    own = Assignment.objects.filter(unit=user.unit_id).owed()
    return own.with_returned(user).filter(is_returned=True)


def _reports_due(user, plans):
    rules = SupervisionRules.of_each(plans)
    return count_for(user, "due", lambda who: wanted_of(who.unit_id, plans, rules), rhythm_of(rules))


def _waiting_opinions(user):
    responsible = Assignment.objects.owed().chased_by(user)
    return awaiting_opinion(ProgressReport.objects.visible_to(user).filter(assignment__in=responsible), user)
