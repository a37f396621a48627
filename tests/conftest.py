"""What many tests share."""

import contextlib
import datetime as dt
import gc
import itertools
import json
import os
import subprocess

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck
from hypothesis import settings as examples

from wenshang_disclosure.core import region

from . import dead_rows, emptying, migrated_database, nothing_untold, shared
from .environment import LONG, need_program

examples.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("untimed")  # a busy machine is not a fault

ON_BOTH_DATABASES = (
    "tests/audit/",
    "tests/core/test_cache.py",
    "tests/core/test_evenings.py",
    "tests/core/test_history.py",
    "tests/core/web/test_evenings.py",
    "tests/core/web/test_outages.py",
    "tests/core/web/test_rate_limits.py",
    "tests/departments/services/",
    "tests/departments/sign_in/test_lockout.py",
    "tests/files/test_checking.py",
    "tests/files/test_storage.py",
    "tests/fuzz/test_ids.py",
    "tests/ops/backup/test_damage.py",
    "tests/ops/backup/test_older.py",
    "tests/ops/backup/test_tables.py",
    "tests/ops/backup/test_taking.py",
    "tests/reports/assessment/",
    "tests/reports/figures/",
    "tests/reports/services/",
    "tests/reports/views/test_search.py",
    "tests/tasks/models/",
    "tests/tasks/services/",
    "tests/test_smoke.py",
    "tests/work/",
)
"""What depends on the database. CI runs every test on PostgreSQL, and these on SQLite as well."""

LONG_WALKS = ("tests/test_", "tests/browser/test_pages_")
"""What takes longest by the test: it comes first, so that no worker is left with it when the others are done."""


def pytest_addoption(parser):
    parser.addoption("--database-part", action="store_true", help="run only the tests that depend on the database")


def pytest_ignore_collect(collection_path, config):
    """Leave out the files without a part in what is asked for; they are not even imported."""
    is_test = collection_path.name.startswith("test_")
    left_out = config.getoption("--database-part") and is_test and not _depends_on_the_database(collection_path)
    return True if left_out else None


def pytest_collection_modifyitems(config, items):
    if not LONG:
        _deselect(config, items, lambda item: item.get_closest_marker("long"))
    other = "sqlite" if django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql") else "postgresql"
    _deselect(config, items, lambda item: item.get_closest_marker(other))
    items[:] = [item for _, group in itertools.groupby(items, _path) for item in sorted(group, key=shared.names)]
    items.sort(key=lambda item: not item.nodeid.startswith(LONG_WALKS))


def _deselect(config, items, is_left_out):
    left_out = [item for item in items if is_left_out(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not is_left_out(item)]


def _path(item):
    return item.path


def pytest_collection_finish():
    """Let the garbage collector pass over what was imported and collected, and look less often at the rest.

    It takes a tenth of the tests' time otherwise.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def _depends_on_the_database(path):
    return path.relative_to(django_settings.BASE_DIR).as_posix().startswith(ON_BOTH_DATABASES)


def pytest_runtest_setup(item):
    """Leave in the database what the test shares with others and few dead rows, and no end of another's audit trail."""
    shared.prepare(item)
    dead_rows.count(item)
    (django_settings.DATA_DIR / "audit" / "head").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Let the test database be a copy of one that is migrated already."""
    test = connection.settings_dict["TEST"]
    if connection.vendor == "postgresql":
        test["TEMPLATE"] = migrated_database.make_template(connection.settings_dict)
    else:
        migrated_database.copy_file(test["NAME"])


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb):
    """Let the copied SQLite file stay where it is; its folder is this run's own."""
    return django_db_keepdb or connection.vendor == "sqlite"


@pytest.fixture(autouse=True, scope="session")
def _no_waiting_for_the_disk():
    """Let files be written without waiting until they would outlast a power cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        yield


@pytest.fixture(autouse=True, scope="session")
def _the_county():
    """Let the product name the county of the fixture where a test has entered no names."""
    names = json.loads((django_settings.BASE_DIR / "fixtures" / "region.json").read_text())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(region, "unnamed", lambda: region.Region(pk=1, **names))
        yield


@pytest.fixture(autouse=True)
def _names_are_read_anew():
    """Let no test read the names of another, nor ask the database for those that nobody has entered."""
    region.forget()
    region.begin_with(region.unnamed())


@pytest.fixture(autouse=True, scope="session")
def _past_the_guards():
    """Let a test with real transactions leave empty tables."""
    with emptying.past_the_guards():
        yield


@pytest.fixture(autouse=True, scope="session")
def _nothing_untold():
    """Let no page change anything without telling the audit trail."""
    end = nothing_untold.watch()
    yield
    end()


@pytest.fixture(scope="session")
def libreoffice(tmp_path_factory):
    """Return `convert(path, kind)`: what LibreOffice, as it comes, makes of a file. All tests share its profile, which
    takes seconds to make.
    """
    program = need_program("soffice", package="libreoffice-calc-nogui libreoffice-writer-nogui")
    profile = tmp_path_factory.mktemp("libreoffice").as_uri()

    def convert(path, kind):
        folder = tmp_path_factory.mktemp("converted")
        words = ["--headless", f"-env:UserInstallation={profile}", "--convert-to", kind, "--outdir", folder, path]
        subprocess.run([program, *words], check=True, capture_output=True, timeout=180)
        return folder / f"{path.stem}.{kind}"

    return convert


@pytest.fixture
def evidence_folder(settings, tmp_path):
    """An empty folder of this test's own where uploaded files are kept."""
    settings.STORAGES = shared.storages_in(tmp_path)
    return tmp_path


@pytest.fixture
def refused_by(db):
    """Return a context in which the database has to refuse by the constraint of that name."""

    @contextlib.contextmanager
    def refused(name):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            yield
        says_which = connection.vendor == "postgresql" or "CHECK" in str(caught.value)
        if says_which:
            assert name in str(caught.value)

    return refused


@pytest.fixture(scope="module")
def share(django_db_setup, django_db_blocker, tmp_path_factory):
    """Return `share(make)`: what `make` leaves in the database stays there for the module's tests (see `shared.py`)."""
    with contextlib.ExitStack() as stack:
        yield lambda make: stack.enter_context(shared.share(make, tmp_path_factory.mktemp("shared"), django_db_blocker))


@pytest.fixture(scope="module")
def county_made_at():
    """The moment at which the county is made: now, unless a module that is set in another time says otherwise."""
    return


@pytest.fixture(scope="module")
def shared_county(share, county_made_at):
    """The county as the module's tests share it; a test takes its own copy as `county`."""
    from .world import build_county

    with time_machine.travel(county_made_at, tick=False) if county_made_at else contextlib.nullcontext():
        return share(build_county)


@pytest.fixture
def county(db, shared_county, evidence_folder):
    """A small county in which each role meets what it may and may not see."""
    return shared_county.copy_into(evidence_folder)


@pytest.fixture
def office(client, county):
    """A browser of the office's."""
    client.force_login(county.people["office"])
    return client


@pytest.fixture
def history(county):
    """The agriculture bureau claimed completion on 10 September 2024, which was approved on 8 October."""
    from tasks.services.progress import reviews
    from wenshang_disclosure.core.dates import on_day

    from .factories import claim

    with time_machine.travel(on_day(dt.date(2024, 9, 10)), tick=False):
        report = claim(county.other_duty, by=county.people["stranger"], text="九月的进展。")
    with time_machine.travel(on_day(dt.date(2024, 10, 8)), tick=False):
        reviews.approve(report, by=county.people["reviewer"])
    return county
