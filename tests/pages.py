"""What tests read off a page."""

from wenshang_disclosure.core.web.evenings import on_evening


def rows(response):
    """The records that the page's table shows, as they stood on the evening of the page."""
    return on_evening(lambda request: [row.record for row in response.context["table"].rows])(response.wsgi_request)


def page_of(response):
    """The page as text."""
    return response.content.decode()
