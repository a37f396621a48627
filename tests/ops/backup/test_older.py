"""Every backup that an earlier version made, and every database that it migrated, comes into this one.

The folders of `older/` were made by those versions themselves (`make_older.py`); none of them is ever changed.
"""

import datetime as dt
import hashlib
import importlib

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from departments.choices import Role
from departments.models import Unit, User
from tasks.models import Evidence, Plan, Transition
from wenshang_disclosure.audit import chain, guards
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.files.models import StoredFile
from wenshang_disclosure.ops.backup import tables
from wenshang_disclosure.ops.backup.restoring import restore
from wenshang_disclosure.ops.backup.taking import back_up

from . import reading
from .make_older import OLDER

pytestmark = pytest.mark.django_db(transaction=True)

every_older_backup = pytest.mark.parametrize("older", sorted(OLDER.iterdir()), ids=lambda path: path.name)
ADDED_TO = {*tables.FILLED_BY_MIGRATIONS, "audit.auditentry"}
"""Tables in which a restore leaves more rows than it found."""


def counts_today(names):
    counts = tables.count_rows(tables.kept_models(apps))
    return {name: counts.get(name, 0) for name in names}


@every_older_backup
def test_older_backup_is_restored_whole_and_read_on_the_pages(older, new_database, client):
    """One test, since it takes long to make a database by every migration."""
    new_database()
    restored = restore(older)

    _is_whole(reading.manifest(older), restored)
    _is_read_on_the_pages(older, client)
    _steps_have_the_unit_that_took_them()


def _is_whole(manifest, restored):
    wanted = {name: table["rows"] for name, table in manifest["tables"].items() if name not in ADDED_TO}
    assert (restored.faults, restored.files) == ([], len(manifest["evidence"]))
    assert restored.rows == sum(table["rows"] for table in manifest["tables"].values())
    assert counts_today(wanted) == wanted
    assert chain.verify().broken == ""
    assert guards.missing(connection) == []
    assert AuditEntry.objects.count() == manifest["tables"]["audit.auditentry"]["rows"] + 1


def _is_read_on_the_pages(older, client):
    client.force_login(User.objects.filter(role=Role.OFFICE, is_active=True).first())
    titles = sorted(row["title"] for row in reading.rows(older, "tasks.plan"))
    sizes = sum(row["size"] for row in reading.rows(older, "files.storedfile"))
    item = Evidence.objects.filter(report__submitted_at__isnull=False, stored__isnull=False).first()
    content = b"".join(client.get(reverse("tasks:evidence", args=[item.pk])).streaming_content)

    assert sorted(Plan.objects.values_list("title", flat=True)) == titles
    assert {row["name"] for row in reading.rows(older, "departments.unit")} == {
        unit.name for unit in Unit.objects.all()
    }
    assert sum(StoredFile.objects.values_list("size", flat=True)) == sizes
    assert hashlib.sha256(content).hexdigest() == item.stored.sha256
    for page in ("tasks:tasks", "tasks:assignments", "reports:dashboard"):
        assert client.get(reverse(page)).status_code == 200


def _steps_have_the_unit_that_took_them():
    own = Transition.objects.filter(event__in=["submitted", "claimed", "withdrawn", "acknowledged"])
    units = list(own.values_list("by_unit", "assignment__unit"))

    assert units
    assert all(acted_for == duty for acted_for, duty in units)


def test_an_older_backup_holds_no_secret():
    assert [path.read_text() for path in OLDER.glob("*/settings.env")] == [""] * len(list(OLDER.iterdir()))


# --- a version that is not there yet ----------------------------------------------------------------------------------

LATER = """
from django.db import migrations, models

def fill(apps, schema_editor):
    StoredFile = apps.get_model("files", "StoredFile")
    for stored in StoredFile.objects.all():
        StoredFile.objects.filter(pk=stored.pk).update(megabytes=stored.size / 1024 / 1024)

class Migration(migrations.Migration):
    dependencies = [("files", "LAST")]
    operations = [
        migrations.AddField("storedfile", "megabytes", models.FloatField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
"""


@pytest.fixture
def later_version(settings, tmp_path_factory, monkeypatch):
    """Return a function after which this version has one migration more, which changes a table and its rows."""
    folder = tmp_path_factory.mktemp("later")
    package = folder / "later_files"
    package.mkdir()
    (package / "__init__.py").touch()
    real = importlib.import_module("wenshang_disclosure.files.migrations").__name__
    names = sorted(name for app, name in MigrationExecutor(connection).loader.graph.nodes if app == "files")
    for name in names:
        line = f"import importlib; Migration = importlib.import_module('{real}.{name}').Migration\n"
        (package / f"{name}.py").write_text(line)
    (package / "9999_later.py").write_text(LATER.replace("LAST", names[-1]))
    monkeypatch.syspath_prepend(folder)

    def install():
        settings.MIGRATION_MODULES = {**settings.MIGRATION_MODULES, "files": "later_files"}

    yield install
    settings.MIGRATION_MODULES = {name: at for name, at in settings.MIGRATION_MODULES.items() if name != "files"}


def column_of_later():
    with connection.cursor() as cursor:
        cursor.execute("SELECT size, megabytes FROM files_storedfile ORDER BY id")
        return cursor.fetchall()


def test_backup_of_this_version_is_restored_by_the_next(whole_county, new_database, later_version, place):
    back_up(place / "one")
    sizes = list(StoredFile.objects.order_by("pk").values_list("size", flat=True))
    new_database()
    later_version()

    restored = restore(place / "one")

    told = column_of_later()
    new_database()  # while its migrations are known
    assert restored.faults == []
    assert told == [(size, size / 1024 / 1024) for size in sizes]


# --- migrating where people have worked -------------------------------------------------------------------------------

OURS = ("audit", "core", "departments", "files", "reports", "tasks")


def test_rows_of_the_first_version_are_read_after_every_migration_since(new_database):
    new_database()
    executor = MigrationExecutor(connection)
    firsts = [node for node in executor.loader.graph.root_nodes() if node[0] in OURS]
    state = executor.migrate(firsts)
    write_rows(state.apps)

    call_command("migrate", verbosity=0)

    loader = MigrationExecutor(connection).loader
    assert loader.graph.nodes.keys() == loader.applied_migrations.keys()
    item = Evidence.objects.select_related("report__assignment__task__plan", "stored").get()
    report = item.report
    assert (item.title, item.stored.size, item.stored.sha256) == ("方案", 10, "0" * 64)
    assert (report.text, report.author.name, report.assignment.unit.name) == ("已发布。", "甲", "县司法局")
    assert (report.assignment.task.requirement, report.assignment.plan.title) == ("做好公开。", "2024年分解表")


def write_rows(then):
    """Write a plan with one duty, a draft and its evidence through the models as the first migrations know them."""

    def make(label, **fields):
        return then.get_model(label).objects.create(**fields)

    unit = make("departments.Unit", name="县司法局", kind="department")
    person = make("departments.User", username="jia", name="甲", role="liaison", unit=unit)
    plan = make("tasks.Plan", year=2024, title="2024年分解表", issued_on="2024-06-24", state="issued")
    part = make("tasks.Part", plan=plan, order=1, heading="第一部分", kind="table")
    section = make("tasks.Section", part=part, order=1, heading="（一）")
    task = make("tasks.Task", plan=plan, section=section, number=1, requirement="做好公开。", due_on="2024-12-31")
    duty = make(
        "tasks.Assignment",
        plan=plan,
        task=task,
        unit=unit,
        role="responsible",
        owed_from="2024-06-24",
        due_on="2024-12-31",
        first_due_on="2024-12-31",
    )
    saved_at = dt.datetime(2024, 9, 1, tzinfo=dt.UTC)
    report = make(
        "tasks.ProgressReport", assignment=duty, author=person, state="draft", text="已发布。", saved_at=saved_at
    )
    stored = make("files.StoredFile", path="00/a", size=10, sha256="0" * 64, content_type="x", uploaded_by=person)
    make("tasks.Evidence", report=report, order=1, kind="other", title="方案", stored=stored, file_name="方案.pdf")
