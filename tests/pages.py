"""What tests read off a page."""


def rows(response):
    """The records that the page's table shows."""
    return [row.record for row in response.context["table"].rows]


def page_of(response):
    """The page as text."""
    return response.content.decode()
