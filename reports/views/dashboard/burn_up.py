"""The chart of completed and due duties over the year, with a forecast, and the table behind it."""

from calendar import monthrange
from collections import Counter
from datetime import timedelta

from reports import figures
from reports.plots import Plot

BIG_STEP = 1 / 3
"""A day on which so much of everything falls due is named in the chart."""
UPPER_HALF = 0.6
ROOM_BESIDE = timedelta(days=20)
"""Nothing is drawn behind a step on a day to come; its name fits there with so many days until the end."""


def of(duties, rows, scope, to):
    """Return the context: `months` for the table, `plot`, and `forecast_words`, the conclusion as a sentence."""
    done = figures.completions(duties, scope.as_of)
    due = Counter(row.due_on for row in rows if row.due_on)
    months = figures.burn_up(done, due, scope.as_of)
    forecast = figures.forecast(done, due, scope.plan, scope.as_of)
    words = _words(forecast, months, scope.as_of)
    return {
        "months": [_line(row, scope.as_of, to) for row in months],
        "plot": _plot(months, due, forecast, scope, words) if months else None,
        "burn_up_words": words,
    }


def _words(forecast, months, as_of):
    if not months:
        return "没有办结的事项，也没有规定时限的事项"
    if forecast is None:
        now = next(row for row in months if row["until"] == as_of)
        return f"截至{as_of.month}月{as_of.day}日累计到期{now['due']}件，办结{now['done']}件"
    if forecast.pace <= 0:
        return f"近30天没有新办结的，离年底前应办的{forecast.due}件还差{forecast.missing}件"
    if not forecast.missing:
        return f"照近30天的速度，12月底前可以办结应办的{forecast.due}件"
    return f"照近30天的速度，12月底约办结{forecast.expected}件，离应办{forecast.due}件还差{forecast.missing}件"


def _line(row, as_of, to):
    return {
        "label": f"{row['until']:%Y-%m}" if _is_over(row["until"]) else f"截至{row['until']:%m-%d}",
        "done": row["done"],
        "due": row["due"],
        "done_href": to.duties(done_by=row["until"]) if row["done"] is not None else "",
        "due_href": to.duties(due_to=row["until"]),
    }


def _is_over(until):
    return until.day == monthrange(until.year, until.month)[1]


def _plot(months, due, forecast, scope, words):
    total, first = months[-1]["due"], min(scope.plan.issued_on, months[0]["until"], *due)
    known = [(row["until"], row["done"]) for row in months if row["done"] is not None]
    last = max(months[-1]["until"], forecast.until if forecast else scope.as_of)
    plot = Plot(first, last, max(total, known[-1][1], forecast.expected if forecast else 0), said=words)
    plot.ticks(_month_labels(first, last))
    plot.steps("ln-due", _steps(due, first, last))
    if first < known[0][0]:
        known.insert(0, (first, 0))
    _draw_forecast(plot, forecast, known[-1])
    plot.line("ln-done", known)
    _name(plot, due, total, known[-1], forecast)
    return plot


def _steps(due, first, last):
    """Return `(day, due by then)` from `first` to `last`."""
    days = [day for day in sorted(due) if first <= day <= last]
    return [
        (first, figures.up_to(due, first)),
        *((day, figures.up_to(due, day)) for day in days),
        (last, figures.up_to(due, last)),
    ]


def _draw_forecast(plot, forecast, now):
    if forecast:
        plot.line("ln-forecast", [now, (forecast.until, forecast.expected)])
        plot.label(
            "say-forecast", forecast.until, forecast.expected, f"预计{forecast.expected}", dx=-8, dy=-8, anchor="end"
        )


def _name(plot, due, total, now, forecast):
    """Write the labels beside the lines: what is done, what is due, and the day on which most falls due."""
    day, done = now
    plot.point("pt-done", day, done)
    is_right = plot.x(day) > 70  # noqa: PLR2004
    plot.label(
        "say-done",
        day,
        done,
        f"已办结{done}",
        dx=8 if is_right else 0,
        dy=5 if is_right else -12,
        anchor="start" if is_right else "middle",
    )
    plot.label("say-due", plot.last, total, f"累计到期{total}", dx=6, dy=5)
    if due:
        biggest = max(due, key=lambda one: (due[one], one))
        if due[biggest] >= total * BIG_STEP and biggest > plot.first:
            after = figures.up_to(due, biggest)
            if day < biggest and plot.last - biggest >= ROOM_BESIDE:
                _name_step(plot, biggest, due[biggest], after - due[biggest] * 0.5, is_right=True)
            else:
                _name_step(plot, biggest, due[biggest], _free_height(due[biggest], after, forecast))


def _free_height(number, after, forecast):
    """Return the height on a step of `number` up to `after` that the forecast leaves free."""
    is_high = forecast is None or forecast.expected < after - number * (1 - UPPER_HALF)
    return after - number * (0.1 if is_high else 0.75)


def _name_step(plot, day, number, at, *, is_right=False):
    """Name a day on which much falls due, beside its step."""
    words = f"{day.month}月{day.day}日到期{number}件"
    plot.label("", day, at, words, dx=8 if is_right else -8, dy=4, anchor="start" if is_right else "end")


def _month_labels(first, last):
    return [(day, f"{day.month}月底") for day in figures.month_ends(first, last) if first <= day <= last]
