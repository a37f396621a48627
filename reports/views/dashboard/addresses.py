"""From a figure to the list behind it: addresses that keep the plan and the day of the page."""

from urllib.parse import urlencode

from django.urls import reverse

KEPT = ("plan", "as_of")


class Addresses:
    """Makes addresses of lists, cut to a unit where the page is about one."""

    def __init__(self, scope, unit_id=None):
        """Keep the plan and the day that the page was asked for."""
        self.kept = {name: scope.filters[name] for name in KEPT if scope.filters.get(name)}
        self.cut = {"unit": unit_id} if unit_id else {}

    def __call__(self, name, **filters):
        """Return the address of a list with these filters."""
        query = urlencode({**self.kept, **self.cut, **filters})
        return reverse(name) + (f"?{query}" if query else "")

    def page(self, name, pk):
        """Return the address of one record's page, on the same day."""
        query = urlencode(self.kept)
        return reverse(name, args=[pk]) + (f"?{query}" if query else "")
