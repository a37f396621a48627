"""Start page of each role, and the dashboard."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from departments.choices import Role
from reports import figures
from reports.choices import Group
from tasks.choices import IN_HAND, Light
from tasks.models.saved_view import start_page_of
from tasks.scope import Scope
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import may
from wenshang_disclosure.core.web.evenings import on_evening

from . import charts
from .tiles import tiles

MAX_ROWS = 8  # in each short list


@login_required
def home(request):
    """Redirect to the view that the person chose, to what awaits the leader, to the worklist, or where there is none to the
    dashboard.
    """
    user = request.user
    if view := start_page_of(user):
        return redirect(view.address)
    if user.reads_everything and not may(user, "tasks.review"):
        return redirect("reports:dashboard")
    return redirect("tasks:leader-approvals" if _starts_at_approvals(user) else "tasks:worklist")


def _starts_at_approvals(user):
    """Return whether the user is a leader whose unit has its reports approved; a deputy has work of their own."""
    return user.role == Role.LEADER and user.unit.leader_approves


@login_required
@require_safe
@on_evening
def dashboard(request):
    """Show figures and charts as of a day: of the county for roles that read everything, otherwise of their unit."""
    scope = Scope.of(request)
    context = {**scope.context(), "too_early": scope.is_too_early}
    if not (scope.as_of_error or scope.is_too_early):
        context |= _Dashboard(scope).context()
    return render(request, "reports/dashboard/page.html", context, status=scope.status)


class ListUrls:
    """Builder of list URLs of the page's plan, filtered by unit if the page is about one."""

    def __init__(self, scope, unit_id=None):
        day = {"as_of": scope.filters["as_of"]} if scope.filters.get("as_of") else {}
        self.kept = ({"plan": scope.plan.pk} if scope.plan else {}) | day
        self.cut = {"unit": unit_id} if unit_id else {}

    def __call__(self, name, **filters):
        """Return the URL of a list with these filters."""
        return _address(reverse(name), {**self.kept, **self.cut, **filters})

    def page(self, name, pk):
        """Return the URL of one record's page as of the same day."""
        return _address(reverse(name, args=[pk]), self.kept)


def _address(path, query):
    return f"{path}?{urlencode(query)}" if query else path


class _Dashboard:
    """Context of the dashboard for one user, plan and day; each figure is queried once.

    Figures and charts are of one plan; the short lists of what is to be done run through all plans with open work,
    unless a plan was chosen.
    """

    def __init__(self, scope):
        self.scope, self.user, self.plan, self.as_of = scope, scope.user, scope.plan, scope.as_of
        self.unit_id = None if self.user.reads_everything else self.user.unit_id
        self.to = ListUrls(scope, self.unit_id)
        self.duties, self.reports = self._of(scope)
        self.work = Scope.read_work(scope.user, scope.filters)
        several = self.work.has_several_years
        self.work_duties, self.work_reports = self._of(self.work) if several else (self.duties, self.reports)

    def _of_unit(self, name):
        return {name: self.unit_id} if self.unit_id else {}

    def _of(self, scope):
        """Return the duties and submitted reports of the page's user or unit."""
        duties = scope.duties().filter(**self._of_unit("unit"))
        reports = figures.submitted(scope).filter(**self._of_unit("assignment__unit"))
        return duties, reports

    def context(self):
        """Return the page's context."""
        rows = figures.counted(self.duties)
        tasks = figures.number_of_tasks(self.duties)
        days = figures.by_day(self.reports)
        current = figures.headline(figures.totals(rows), tasks, days, self.as_of)
        waiting = self._waiting_list()
        return {
            "totals": current,
            "tiles": tiles(current, self._changes(current), self.to, waiting, self._lately_list()),
            "waiting_list": waiting,
            "light_links": self._lights(current, self.to),
            **self._work(current, waiting),
            **self._charts(rows, days),
            **(self._of_the_county() if self.unit_id is None else self._of_a_unit()),
        }

    def _lights(self, sums, to):
        """Return `(light, number, URL)` of the lights that occur, most urgent first."""
        lit = [light.value for light in Light if sums[light.value]]
        return [(light, sums[light], to(charts.DUTIES, light=light)) for light in lit]

    def _changes(self, current):
        day = figures.day_before(self.plan, self.as_of)
        if day is None:
            return None
        with evening(day):
            duties, reports = self._of(replace(self.scope, as_of=day))
            return figures.changes(current, figures.headline_before(duties, reports, day))

    def _waiting_list(self):
        """Return the URL of waiting reports: today's review queue for reviewers, otherwise the list of that day."""
        if self._reads_todays_queue():
            return f"{reverse('tasks:reviews')}?plan={self.plan.pk}"
        return self.to("reports:submitted-reports", state="submitted", sort="submitted_at")

    def _lately_list(self):
        first = self.as_of - timedelta(days=figures.RECENT_DAYS - 1)
        return self.to("reports:submitted-reports", submitted_from=first, submitted_to=self.as_of)

    def _work(self, current, waiting_list):
        """Return the short lists of reports, through the years of work."""
        context = {
            "several_years": self.work.has_several_years,
            "work_years": "、".join(f"{plan.year}年" for plan in self.work.plans),
            "work_waiting": current["waiting"],
            "work_waiting_list": waiting_list,
            "waiting": self._waiting_longest(),
            "lately": figures.recent(self.work_reports, self.as_of)
            .for_lists()
            .select_related("assignment__plan")[:MAX_ROWS],
        }
        if self.work.has_several_years:
            context["work_waiting"] = figures.still_waiting(self.work_reports).count()
            context["work_waiting_list"] = reverse("tasks:reviews") if self._reads_todays_queue() else ""
        return context

    def _reads_todays_queue(self):
        return self.unit_id is None and self.as_of >= timezone.localdate()

    def _waiting_longest(self):
        """Return the longest-waiting reports with `days_waited`."""
        reports = figures.still_waiting(self.work_reports).for_lists().select_related("assignment__plan")
        reports = list(reports[:MAX_ROWS])
        for report in reports:
            report.days_waited = (self.as_of - report.submitted_on).days
        return reports

    def _charts(self, rows, days):
        parts, sections = figures.by_part(rows), figures.by_section(rows)
        drawn = {
            "parts": charts.lights_by(
                parts, "task__section__part__heading", "part", "task__section__part", self.to, "（未分部分）"
            ),
            "sections": charts.lights_by(
                sections, "task__section__heading", "section", "task__section", self.to, "（未分类）"
            ),
            "months": charts.progress(figures.burn_up(self.duties, self.as_of), self.as_of, self.to),
            "weeks": charts.weeks(figures.submitted_by_week(days, self.plan, self.as_of), self.to),
        }
        shown = {"parts": parts, "sections": sections}
        if self.unit_id is None:
            shown |= {group.value: units for group, units in figures.split_by_group(figures.by_unit(rows)).items()}
            for group in Group.values:
                drawn[group] = charts.lights_by(shown[group], "label", "unit", "unit", self.to)
        twins = {name: charts.twin(of, drawn[name]) for name, of in shown.items()}
        return {"charts": drawn, "twins": twins, **shown}

    def _of_the_county(self):
        late = self.work_duties.filter(light=Light.OVERDUE).for_lists().select_related("plan")
        return {"late": late.order_by("days_left", "task__number", "unit__order", "pk")[:MAX_ROWS]}

    def _of_a_unit(self):
        """Return the unit's rank in its group, its next duties, and the tasks it leads."""
        in_hand = self.work_duties.filter(status__in=IN_HAND).for_lists().select_related("plan")
        return {
            "rank": figures.rank(self.user.unit, self.plan, self.as_of),
            "next": in_hand.most_urgent_first()[:MAX_ROWS],
            "led": self._led(),
        }

    def _led(self):
        to = ListUrls(self.work)
        return [
            {
                **row,
                "href": to.page("tasks:task", row["task"]),
                "lights": self._lights(row, partial(self._led_list, to, row)),
                "all_href": self._led_list(to, row),
            }
            for row in figures.led_tasks(self.work)
        ]

    def _led_list(self, to, row, name=charts.DUTIES, **filters):
        return to(name, plan=row["plan"], number=row["task__number"], role="responsible", **filters)
