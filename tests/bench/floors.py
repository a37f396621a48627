"""Floors inside one process: what a page asks the database, asked again bare; and what there is to measure."""

import json
import os
import sys
from urllib.parse import quote

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenshang_disclosure.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test import Client  # noqa: E402

from departments.models import User  # noqa: E402
from tasks.choices import ReportState, Status  # noqa: E402
from tasks.models import Assignment, Plan, ProgressReport  # noqa: E402

from .timing import repeat  # noqa: E402


def subjects():
    """Return the ids that the measured addresses need."""
    plan = Plan.objects.chosen()
    liaison = User.objects.get(username="load-liaison")
    duties = Assignment.objects.filter(plan=plan, unit=liaison.unit)
    told = duties.annotate(steps=Count("transitions")).order_by("-steps", "pk").first()
    writable = duties.filter(status__in=[Status.NOT_STARTED, Status.IN_PROGRESS]).first()
    waiting = ProgressReport.objects.filter(assignment__plan=plan, state=ReportState.SUBMITTED).order_by("pk").first()
    ids = {"plan": plan, "duty": told, "open": writable, "waiting": waiting}
    return {name: one.pk for name, one in ids.items()} | {"unit": liaison.unit_id}


def open_all():
    """Let the measured liaison's unit owe all of its duties again, for the longest page of batch reporting."""
    unit = User.objects.get(username="load-liaison").unit
    return Assignment.objects.filter(unit=unit, plan=Plan.objects.chosen()).update(status=Status.NOT_STARTED)


def bare_sql(username, path, times):
    """Return the median milliseconds of the page's own queries, run again on a bare cursor."""
    asked = []

    def note(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username=username))
    with connection.execute_wrapper(note):
        client.get(quote(path, safe="/?&=%"))
    reads = [(sql, params) for sql, params in asked if sql.lstrip().upper().startswith("SELECT")]

    def again():
        with connection.cursor() as cursor:
            for sql, params in reads:
                cursor.execute(sql, params)
                cursor.fetchall()

    return repeat(again, times)[0]


if __name__ == "__main__":
    if sys.argv[1] == "subjects":
        print(json.dumps(subjects()))
    elif sys.argv[1] == "open":
        print(open_all())
    else:
        print(json.dumps({path: bare_sql(*path.split(" ", 1), 20) for path in sys.argv[2:]}))
