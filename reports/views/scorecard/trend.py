"""The completion rate of a unit month by month, beside the mean of the units of its kind."""

from departments.models import Unit
from reports import figures
from reports.plots import Plot
from tasks.models import Assignment
from wenshang_disclosure.core.rates import per_cent

MIN_UNITS = 3
"""The mean of fewer units would tell how a single other one stands."""
NEAR = 12
"""Per cent of the height within which two labels would cover one another."""


def of(scope, unit, duties, totals):
    """Return the context: `mean`, the rate of all units of the `group`, and `trend`, the `Plot`, each or `None`."""
    if not totals["owed"]:
        return {"mean": None, "group": figures.group_of(unit.kind), "trend": None}
    alike = _alike(scope, unit)
    sums = {row["unit"]: row for row in alike.light_counts("unit")}
    group = figures.totals(sums.values()) if len(sums) >= MIN_UNITS else None
    lines = {"own": _line(scope, duties, totals["owed"])}
    if group:
        lines["mean"] = _line(scope, alike, group["owed"])
    return {
        "mean": group and per_cent(group["done"], group["owed"]),
        "group": figures.group_of(unit.kind),
        "trend": _plot(scope, unit, lines),
    }


def _alike(scope, unit):
    """Return the duties of the units that are ranked with this one, itself included; only their sums are shown."""
    is_rural, units = unit.kind in figures.RURAL, Unit.objects.active(scope.as_of)
    units = units.filter(kind__in=figures.RURAL) if is_rural else units.exclude(kind__in=figures.RURAL)
    duties = Assignment.objects.filter(plan=scope.plan, unit__in=units.values("pk"))
    return duties.owed(scope.as_of).with_light(scope.as_of)


def _line(scope, duties, owed):
    done = figures.completions(duties, scope.as_of)
    return figures.completed_by_month_ends(done, owed, scope.plan.issued_on, scope.as_of)


def _plot(scope, unit, lines):
    most = max(rate for line in lines.values() for _, rate in line)
    plot = Plot(lines["own"][0][0], scope.as_of, most, said=_said(unit, lines), left=8.0, right=77.0)
    plot.ticks([(day, _day(day, scope.as_of)) for day, _ in lines["own"]])
    for kind in reversed(lines):
        plot.line(f"ln-{kind}", lines[kind])
    _name(plot, lines)
    return plot


def _name(plot, lines):
    """Write the labels at the ends of the lines, apart from one another."""
    (day, own), mean = lines["own"][-1], lines.get("mean", [(None, None)])[-1][1]
    is_near = mean is not None and abs(plot.y(own) - plot.y(mean)) < NEAR
    apart = 0 if not is_near else -8 if own >= mean else 10
    plot.label("say-own", day, own, f"本单位{own}%", dx=6, dy=4 + apart)
    if mean is not None:
        plot.label("", day, mean, f"平均{mean}%", dx=6, dy=4 - apart)


def _said(unit, lines):
    own = "，".join(f"{day.month}月{day.day}日{rate}%" for day, rate in lines["own"])
    mean = f"；平均{lines['mean'][-1][1]}%" if "mean" in lines else ""
    return f"{unit.label}办结率：{own}{mean}"


def _day(day, as_of):
    return f"{day.month}月{day.day}日" if day == as_of else f"{day.month}月"
