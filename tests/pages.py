"""What tests read off a page."""

from wenshang_disclosure.core.evenings import evening


def rows(response):
    """The records that the page's table shows, as they stood on the past evening that it shows, if any."""
    with evening(response.context.get("past_day")):
        return [row.record for row in response.context["table"].rows]


def page_of(response):
    """The page as text."""
    return response.content.decode()


def main_of(response):
    """The page as text without its head and menu, which name the posts of the user."""
    return page_of(response).partition("<main")[2].partition("</main>")[0]


def values_of(form):
    """Return what a browser would send from a form of ours as it stands."""
    values = {form.add_prefix(name): form[name].value() for name in form.fields}
    values = {name: getattr(value, "pk", value) for name, value in values.items()}
    return {name: value for name, value in values.items() if value not in (None, False)}
