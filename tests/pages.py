"""What tests read off a page."""

from wenshang_disclosure.core.evenings import evening


def rows(response):
    """The records that the page's table shows, as they stood on the past evening that it shows, if any."""
    with evening(response.context.get("past_day")):
        return [row.record for row in response.context["table"].rows]


def page_of(response):
    """The page as text."""
    return response.content.decode()
