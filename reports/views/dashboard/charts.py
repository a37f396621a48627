"""The charts of the dashboard and their twins in figures: one set of rows draws both, and each number has its list."""

from calendar import monthrange

from tasks.choices import Light

DUTIES = "tasks:assignments"


def lights_by(rows, name, field, key, to, otherwise=""):
    """Return a stacked chart of lights: `names`, their addresses, and a series a light, the done ones first.

    A bar's address is its row's with the light added to it.
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
    """Return the same as lines of a table: `(name, address, row, [(number, address), …])`, lights as in the chart."""
    lights = [one["light"] for one in chart["series"]]
    return [
        (name, href, row, [(row[light], f"{href}&light={light}") for light in lights])
        for name, href, row in zip(chart["names"], chart["hrefs"], rows, strict=True)
    ]


def progress(months, as_of, to):
    """Return the points of the burn-up, each with the lists behind its two numbers."""
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
    """Name a month by itself once it is over, the running one by its day."""
    is_over = until.day == monthrange(until.year, until.month)[1]
    return f"{until:%Y-%m}" if is_over else f"截至{until:%m-%d}"


def weeks(rows, to):
    """Return the weeks, each with the list of what was handed in."""
    return [
        {
            "label": f"{row['first']:%m-%d}",
            "span": f"{row['first']:%Y-%m-%d}至{row['last']:%m-%d}",
            "number": row["number"],
            "href": to("reports:submitted-reports", submitted_from=row["first"], submitted_to=row["last"]),
        }
        for row in rows
    ]
