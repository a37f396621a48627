"""Proof by the whole suite that no page changes anything without telling the audit trail.

Every post of a signed-in user by a test client is watched: where it wrote to a table of ours and added no entry, the
test fails, unless its page is exempt below for a reason.
"""

import re

from django.db import connection
from django.test import Client

OURS = ("departments_", "tasks_", "reports_")
TRAIL = "audit_auditentry"
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
EXEMPT = {
    "tasks:autosave": "what is typed into a draft; that it was begun and submitted is told",
    "tasks:choose-in-sheet": "what is chosen on the check page of an uploaded sheet, before it is taken in",
    "tasks:notification": "reading what one was told",
    "tasks:read-notifications": "reading what one was told",
    "tasks:import-read": "the server reads a file whose upload was told",
}
DRAFT = {"tasks_progressreport", "tasks_progressreport_writers", "tasks_draftversion"}
"""Where only this was written by the page of a report, a draft was saved and what it said before was kept; whatever
becomes of it is told."""
CHOICES = {"tasks_sheetupload"}
"""Where only this was written by the button that takes a sheet in, it was refused, and what was chosen was kept."""
TRACES = {"departments_usersession", "departments_signinfailure"}
"""What is kept of being there and of a try that is not judged yet; what comes of it is told."""

WRITES = re.compile(r'(INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "(\w+)"')
MARKS = re.compile(r'(ROLLBACK TO )?SAVEPOINT "(\w+)"')


class Written:
    """The tables that were written to, without what was rolled back."""

    def __init__(self):
        self.tables, self.marks = [], {}

    def __call__(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if write := WRITES.match(sql):
            how, table = write.groups()
            if how.startswith("INSERT") or context["cursor"].rowcount:  # SQLite counts no rows that it gives back
                self.tables.append(table)
        elif mark := MARKS.match(sql):
            rolled_back, name = mark.groups()
            if rolled_back:
                del self.tables[self.marks[name] :]
            else:
                self.marks[name] = len(self.tables)
        return result

    @property
    def untold(self):
        """Tables of ours that were written to, where nothing was told."""
        if TRAIL in self.tables:
            return set()
        return {table for table in self.tables if table.startswith(OURS)} - TRACES


def watch():
    """Watch every test client from now on; return what ends it."""
    request = Client.request

    def watched(client, **environ):
        if environ["REQUEST_METHOD"] in SAFE:
            return request(client, **environ)
        written = Written()
        with connection.execute_wrapper(written):
            response = request(client, **environ)
        user = getattr(response.wsgi_request, "user", None)
        if written.untold and user is not None and user.is_authenticated:
            _refuse_untold(response.wsgi_request, written.untold)
        return response

    Client.request = watched
    return lambda: setattr(Client, "request", request)


def _refuse_untold(request, tables):
    page = request.resolver_match.view_name if request.resolver_match else request.path
    is_draft = page in ("tasks:report", "tasks:batch-report") and tables <= DRAFT
    is_draft |= page == "tasks:take-sheet" and tables <= CHOICES
    told = f"{page} wrote to {', '.join(sorted(tables))} and told the audit trail nothing."
    assert is_draft or page in EXEMPT, told
