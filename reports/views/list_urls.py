"""Addresses of the lists behind figures."""

from urllib.parse import urlencode

from wenshang_disclosure.core.web.links import address_of_page


class ListUrls:
    """Builder of list URLs of the page's plan and day, filtered by unit if the page is about one."""

    def __init__(self, scope, unit_id=None):
        day = {"as_of": scope.filters["as_of"]} if scope.filters.get("as_of") else {}
        self.kept = {"plan": scope.plan.pk} | day
        self.cut = {"unit": unit_id} if unit_id else {}

    def __call__(self, name, **filters):
        """Return the URL of a list with these filters."""
        return _address(address_of_page(name), {**self.kept, **self.cut, **filters})

    def duties(self, **filters):
        """Return the URL of the list of duties with these filters."""
        return self("tasks:assignments", **filters)

    def page(self, name, pk):
        """Return the URL of one record's page as of the same day."""
        return _address(address_of_page(name, pk), self.kept)


def _address(path, query):
    return f"{path}?{urlencode(query)}" if query else path
