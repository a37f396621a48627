"""What tests read off a page."""

from wenshang_disclosure.core.dates import read_as_of
from wenshang_disclosure.core.evenings import evening


def rows(response):
    """The records that the page's table shows, as they stood on the evening of the page."""
    with evening(read_as_of(response.wsgi_request.GET.get("as_of"))):
        return [row.record for row in response.context["table"].rows]


def page_of(response):
    """The page as text."""
    return response.content.decode()
