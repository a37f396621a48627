"""What the tables of the lists share."""

from django.utils.html import format_html

NONE = "—"


class ShortUnits:
    """Mixin of tables with a column `unit`: short names on the page, full ones where the pointer rests and in files."""

    def render_unit(self, value):
        return format_html('<span title="{}">{}</span>', value.name, value.label)

    def value_unit(self, value):
        return value.name


def in_short(heading, limit):
    """Return a heading for a narrow column, with the whole of it where the pointer rests."""
    short = heading if len(heading) <= limit else f"{heading[: limit - 1]}…"
    return format_html('<span title="{}">{}</span>', heading, short)
