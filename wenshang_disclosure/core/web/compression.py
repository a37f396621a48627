"""Pages go over the line compressed, but for those that show a secret (security.md: Pages)."""

from django.middleware.gzip import GZipMiddleware

TYPES = ("text/html", "application/json", "text/calendar")
SHOW_SECRETS = ("departments:", "tasks:me", "tasks:new-calendar", "tasks:new-token")
"""How names of views begin that show one-time passwords, keys of second factors, recovery codes, tokens or calendar
addresses. How far a page shrinks would tell who listens whether it says what an address of theirs repeats (BREACH)."""


class CompressedPagesMiddleware(GZipMiddleware):
    """Compress pages by gzip, with padding of a random length; files go as they are."""

    def process_response(self, request, response):
        match = request.resolver_match
        is_secret = match is not None and match.view_name.startswith(SHOW_SECRETS)
        is_page = not response.streaming and response.get("Content-Type", "").startswith(TYPES)
        return super().process_response(request, response) if is_page and not is_secret else response
