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
    "tasks:autosave": "what is typed into a draft; that it was begun and handed in is told",
    "tasks:report save": "the same by a button",
    "tasks:notification": "reading what one was told",
    "tasks:read-notifications": "reading what one was told",
    "tasks:import-read": "the server reads a file whose upload was told",
}
"""Pages by name, with the value of the button where it is one of several."""

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
        return sorted({table for table in self.tables if table.startswith(OURS)}) if TRAIL not in self.tables else []


def watch():
    """Watch every test client from now on; give what ends it."""
    request = Client.request

    def watched(client, **environ):
        if environ["REQUEST_METHOD"] in SAFE:
            return request(client, **environ)
        written = Written()
        with connection.execute_wrapper(written):
            response = request(client, **environ)
        user = getattr(response.wsgi_request, "user", None)
        if written.untold and user is not None and user.is_authenticated:
            page = name_of(response)
            assert page in EXEMPT, f"{page} wrote to {', '.join(written.untold)} and told the audit trail nothing."
        return response

    Client.request = watched
    return lambda: setattr(Client, "request", request)


def name_of(response):
    """Give the name of the page that was posted to, with its button where EXEMPT tells them apart."""
    asked = response.wsgi_request
    name = asked.resolver_match.view_name if asked.resolver_match else asked.path
    if name != "tasks:report":
        return name
    return f"{name} {asked.POST.get('action', 'save').partition(':')[0]}"
