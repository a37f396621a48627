"""Data of the dashboard's charts and of the tables beside them, from the same rows; each number links to its list."""

from calendar import monthrange

from tasks.choices import Light

DUTIES = "tasks:assignments"


def lights_by(rows, name, field, key, to, otherwise=""):
    """Return a stacked chart of lights: `names`, their URLs, and one series per light, completed ones first.

    The URL of a bar segment is its row's with the light added.
    """
    return {
        "names": [row[name] or otherwise for row in rows],
        "hrefs": [to(DUTIES, **{field: row[key]}) for row in rows],
        "series": [
            {"light": light.value, "label": light.label, "data": [row[light.value] for row in rows]}
            for light in reversed(Light)
        ],
    }


def twin(rows, chart):
    """Return the chart as table lines: `(name, URL, row, [(number, URL), …])`, lights in the chart's order."""
    lights = [one["light"] for one in chart["series"]]
    return [
        (name, href, row, [(row[light], f"{href}&light={light}") for light in lights])
        for name, href, row in zip(chart["names"], chart["hrefs"], rows, strict=True)
    ]


def progress(months, as_of, to):
    """Return the points of the burn-up chart, each with the URLs of its two lists."""
    return [
        {
            "label": _month(row["until"], as_of),
            "done": row["done"],
            "due": row["due"],
            "done_href": to(DUTIES, done_by=row["until"]) if row["done"] is not None else "",
            "due_href": to(DUTIES, due_to=row["until"]),
        }
        for row in months
    ]


def _month(until, as_of):
    """Return the label of a month: the month once it has ended, otherwise its last day so far."""
    is_over = until.day == monthrange(until.year, until.month)[1]
    return f"{until:%Y-%m}" if is_over else f"截至{until:%m-%d}"


def weeks(rows, to):
    """Return the weeks, each with the URL of its submitted reports."""
    return [
        {
            "label": f"{row['first']:%m-%d}",
            "span": f"{row['first']:%Y-%m-%d}至{row['last']:%m-%d}",
            "number": row["number"],
            "href": to("reports:submitted-reports", submitted_from=row["first"], submitted_to=row["last"]),
        }
        for row in rows
    ]
