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

from reports import figures
from reports.choices import Group
from tasks.choices import IN_HAND, Light
from tasks.scope import Scope
from wenshang_disclosure.core.evenings import evening

from . import charts
from .tiles import tiles

KEPT_FILTERS = ("plan", "as_of")
MAX_ROWS = 8  # in each short list


@login_required
def home(request):
    """Redirect to the dashboard, or to the user's own duties."""
    return redirect("reports:dashboard" if request.user.reads_everything else "tasks:assignments")


@login_required
@require_safe
def dashboard(request):
    """Show figures and charts as of a day: of the county for roles that read everything, otherwise of their unit."""
    scope = Scope.of(request)
    context = {**scope.context(), "too_early": scope.is_too_early}
    if not (scope.as_of_error or scope.is_too_early):
        context |= _Dashboard(scope).context()
    return render(request, "reports/dashboard/page.html", context, status=scope.status)


class ListUrls:
    """Builder of list URLs, filtered by unit if the page is about one."""

    def __init__(self, scope, unit_id=None):
        self.kept = {name: scope.filters[name] for name in KEPT_FILTERS if scope.filters.get(name)}
        self.cut = {"unit": unit_id} if unit_id else {}

    def __call__(self, name, **filters):
        """Return the URL of a list with these filters."""
        query = urlencode({**self.kept, **self.cut, **filters})
        return reverse(name) + (f"?{query}" if query else "")

    def page(self, name, pk):
        """Return the URL of one record's page as of the same day."""
        query = urlencode(self.kept)
        return reverse(name, args=[pk]) + (f"?{query}" if query else "")


class _Dashboard:
    """Context of the dashboard for one user, plan and day; each figure is queried once."""

    def __init__(self, scope):
        self.scope, self.user, self.plan, self.as_of = scope, scope.user, scope.plan, scope.as_of
        self.unit_id = None if self.user.reads_everything else self.user.unit_id
        self.to = ListUrls(scope, self.unit_id)
        self.duties, self.reports = self._on(self.as_of)

    def _of_unit(self, name):
        return {name: self.unit_id} if self.unit_id else {}

    def _on(self, day):
        """Return the duties and submitted reports that the figures of a day count."""
        scope = replace(self.scope, as_of=day)
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
            "waiting": self._waiting_longest(),
            "lately": figures.recent(self.reports, self.as_of).for_lists()[:MAX_ROWS],
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
            duties, reports = self._on(day)
            return figures.changes(current, figures.headline_before(duties, reports, day))

    def _waiting_list(self):
        """Return the URL of waiting reports: today's review queue for reviewers, otherwise the list of that day."""
        if self.unit_id is None and self.as_of >= timezone.localdate():
            return f"{reverse('tasks:reviews')}?plan={self.plan.pk}"
        return self.to("reports:submitted-reports", state="submitted", sort="submitted_at")

    def _lately_list(self):
        first = self.as_of - timedelta(days=figures.RECENT_DAYS - 1)
        return self.to("reports:submitted-reports", submitted_from=first, submitted_to=self.as_of)

    def _waiting_longest(self):
        """Return the longest-waiting reports with `days_waited`."""
        reports = list(figures.still_waiting(self.reports).for_lists()[:MAX_ROWS])
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
        late = self.duties.filter(light=Light.OVERDUE).for_lists()
        return {"late": late.order_by("days_left", "task__number", "unit__order", "pk")[:MAX_ROWS]}

    def _of_a_unit(self):
        """Return the unit's rank in its group, its next duties, and the tasks it leads."""
        in_hand = self.duties.filter(status__in=IN_HAND).for_lists()
        return {
            "rank": figures.rank(self.user.unit, self.plan, self.as_of),
            "next": in_hand.most_urgent_first()[:MAX_ROWS],
            "led": self._led(),
        }

    def _led(self):
        to = ListUrls(self.scope)
        return [
            {
                **row,
                "href": to.page("tasks:task", row["task"]),
                "lights": self._lights(row, partial(self._led_list, to, row)),
                "all_href": self._led_list(to, row),
            }
            for row in figures.led_tasks(self.scope)
        ]

    def _led_list(self, to, row, name=charts.DUTIES, **filters):
        return to(name, number=row["task__number"], role="responsible", **filters)
