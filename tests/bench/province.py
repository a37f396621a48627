"""A database of many county-years, copied in SQL from one that `generate_load --size S` has filled.

`python -m tests.bench.province 1500 75` takes the number of plans and of counties. Plan after plan is a copy of the
first: an earlier year of the same county until its years are used up, then another county, with units and people of its
own. All days and moments move with the year. The server works at low priority.
"""

import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenshang_disclosure.settings")
django.setup()

from django.apps import apps  # noqa: E402
from django.db import connection, models  # noqa: E402

from departments.models import Unit, User  # noqa: E402
from tasks.models import Plan  # noqa: E402

CHUNK = 50
"""Plans that are copied by one statement."""
UNIQUE_WORDS = {(Unit, "name"), (User, "username"), (Plan, "title"), (Plan, "document_number")}


class Copies:
    """The statements that copy the first plan, with everything that hangs on it and has rows."""

    def __init__(self, plans, counties):
        self.plans, self.years = plans, -(-plans // counties)
        self.of_plan = [Plan, *_hanging_on(Plan)]
        self.of_county = [Unit, User]
        self.step = {model: _highest(model) for model in (*self.of_plan, *self.of_county)}

    def statements(self):
        """Yield SQL; counties first, then plans, some at a time."""
        for model in self.of_county:
            yield self._copy(model, "county", range(1, -(-self.plans // self.years)))
        for first in range(1, self.plans, CHUNK):
            for model in self.of_plan:
                yield self._copy(model, "plan", range(first, min(first + CHUNK, self.plans)))

    def _copy(self, model, what, numbers):
        fields = model._meta.concrete_fields
        numbering = f"n AS county, 0 AS year, n AS {what}_number"
        if what == "plan":
            numbering = f"n / {self.years} AS county, n % {self.years} AS year, n AS plan_number"
        return (
            f"INSERT INTO {model._meta.db_table} ({', '.join(_quoted(field.column) for field in fields)})"  # noqa: S608
            f" SELECT {', '.join(self._value(model, field, f'{what}_number') for field in fields)}"
            f" FROM {model._meta.db_table} AS one, (SELECT {numbering}"
            f" FROM generate_series({numbers.start}, {numbers.stop - 1}) AS n) AS copy"
            f" WHERE one.id <= {self.step[model]}{self._only(model)}"
        )

    def _only(self, model):
        return " AND one.unit_id IS NOT NULL" if model is User else ""

    def _value(self, model, field, number):
        column = f"one.{_quoted(field.column)}"
        if field.primary_key:
            return f"{column} + copy.{number} * {self.step[model]}"
        if isinstance(field, models.ForeignKey):
            return self._moved(column, field.related_model)
        if (model, field.name) in UNIQUE_WORDS:
            return f"{column} || '·' || copy.{number}"
        if isinstance(field, models.UUIDField):
            return f"CASE WHEN {column} IS NULL THEN NULL ELSE gen_random_uuid() END"
        if isinstance(field, models.DateField):
            return f"{column} - make_interval(years => copy.year)"
        return f"{column} - copy.year" if (model, field.name) == (Plan, "year") else column

    def _moved(self, column, target):
        """Return the key of the copy of what a foreign key leads to; the office is of all counties."""
        if target in self.of_plan:
            return f"{column} + copy.plan_number * {self.step[target]}"
        if target is Unit:
            return f"{column} + copy.county * {self.step[Unit]}"
        if target is User:
            office = ", ".join(str(pk) for pk in User.objects.filter(unit=None).values_list("pk", flat=True)) or "0"
            return f"CASE WHEN {column} IN ({office}) THEN {column} ELSE {column} + copy.county * {self.step[User]} END"
        return column


def _hanging_on(root):
    """Return the models of the app whose rows belong to a plan, each after what it leads to."""
    found, models_of_app = [], apps.get_app_config("tasks").get_models(include_auto_created=True)
    waiting = [model for model in models_of_app if model is not root and model._base_manager.exists()]
    while ready := [model for model in waiting if _leads_to(model, {root, *found})]:
        found += ready
        waiting = [model for model in waiting if model not in ready]
    return found


def _leads_to(model, known):
    return any(isinstance(field, models.ForeignKey) and field.related_model in known for field in model._meta.fields)


def _highest(model):
    return model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0


def _quoted(name):
    return connection.ops.quote_name(name)


def copy(plans, counties):
    """Make the copies, without triggers, and with plain indexes made anew at the end."""
    copies = Copies(plans, counties)
    tables = [model._meta.db_table for model in (*copies.of_plan, *copies.of_county)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        os.setpriority(os.PRIO_PROCESS, cursor.fetchone()[0], 15)
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        indexes = _plain_indexes(cursor, tables)
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {_quoted(name)}")
        for statement in copies.statements():
            cursor.execute(statement)
            print(end=".", flush=True)
        for _, definition in indexes:
            cursor.execute(definition)
        for table in tables:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table}")  # noqa: S608
        cursor.execute("VACUUM ANALYZE")


def _plain_indexes(cursor, tables):
    """Return `(name, definition)` of the indexes that are neither unique nor of a constraint."""
    cursor.execute(
        "SELECT index.indexrelid::regclass::text, pg_get_indexdef(index.indexrelid) FROM pg_index AS index"
        " WHERE NOT index.indisunique AND index.indrelid = ANY(%s::regclass[])",
        [tables],
    )
    return cursor.fetchall()


if __name__ == "__main__":
    begun = time.monotonic()
    copy(int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(f"{sys.argv[1]} plans of {sys.argv[2]} counties in {time.monotonic() - begun:.0f} s\n")
