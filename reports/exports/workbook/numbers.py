"""The workbook's numbers that no page has: by section and by group, tasks of each, reports and evidence of units."""

from django.db.models import Count, Q

from reports import figures
from reports.choices import Group
from tasks.models import Evidence, ProgressReport
from wenshang_disclosure.core.dates import day_end


def group_of(row):
    """Return the group in which a unit is ranked, from its row of figures."""
    return Group.TOWNSHIPS if row["is_rural"] else Group.DEPARTMENTS


def by_section(duties, rows):
    """Return one dict a section, in the order of the table: the sums of counted `rows`, and how many `tasks` it has."""
    tasks = dict(duties.order_by().values_list("task__section").annotate(n=Count("task", distinct=True)))
    return [{**row, "tasks": tasks[row["task__section"]]} for row in figures.by_section(rows)]


def by_group(duties, units):
    """Return one dict a group of units that has any: the sum of its `units`, and its number of `tasks`."""
    rural = Q(unit__kind__in=figures.RURAL)
    tasks = duties.order_by().aggregate(
        townships=Count("task", distinct=True, filter=rural), departments=Count("task", distinct=True, filter=~rural)
    )
    for group in Group:
        members = [row for row in units if group_of(row) == group]
        if members:
            yield {"group": group, "members": members, "tasks": tasks[group], **figures.totals(members)}


def submitted(user, duties, as_of):
    """Return the reports on `duties` that had left their unit by the evening of `as_of` and that `user` may read."""
    reports = ProgressReport.objects.visible_to(user).submitted()
    return reports.filter(assignment__in=duties.order_by().values("pk"), submitted_at__lt=day_end(as_of))


def evidence_of(reports):
    """Return the evidence items on those reports."""
    return Evidence.objects.filter(report__in=reports.order_by().values("pk"))


def counted_by_unit(reports):
    """Return how many reports and how many evidence items each unit has, as two dicts."""
    of_reports = reports.order_by().values_list("assignment__unit").annotate(n=Count("pk"))
    of_items = evidence_of(reports).order_by().values_list("report__assignment__unit").annotate(n=Count("pk"))
    return dict(of_reports), dict(of_items)
