"""What many tests share."""

import contextlib
import datetime as dt

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, transaction
from django.test import TransactionTestCase

from wenshang_disclosure.audit import guards

from . import nothing_untold


def pytest_addoption(parser):
    parser.addoption("--database-only", action="store_true", help="leave out tests that are not about it")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--database-only"):
        asks = [item for item in items if _asks_the_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(asks)])
        items[:] = asks
    if django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return
    reason = "needs row locks between real connections: set DATABASE_URL to a PostgreSQL database"
    for item in items:
        if item.get_closest_marker("postgresql"):
            item.add_marker(pytest.mark.skip(reason=reason))


ONCE = (
    "tests/deploy/",
    "tests/fuzz/",
    "tests/files/",
    "tests/tasks/management/test_generate_load",
    "tests/tasks/management/test_load_demo",
    "tests/tasks/test_demo",
    "tests/tasks/test_year",
    "tests/reports/test_dashboard_links",
    "tests/reports/test_workbook",
    "tests/test_access",
)
"""What asks the database but is not about it, and takes long: tested on one of the two."""


def _asks_the_database(item):
    if any(path in item.path.as_posix() for path in ONCE):
        return False
    return item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(item.fixturenames)


@pytest.fixture(autouse=True, scope="session")
def _flush_guarded_tables():
    """Let a test with real transactions empty the tables that the database guards, and guard them again."""
    tear_down = TransactionTestCase._fixture_teardown

    def lifted(case):
        for model in guards.guarded():
            guards.take_down(connection, model)
        try:
            tear_down(case)
        finally:
            guards.put_up(using=DEFAULT_DB_ALIAS)

    TransactionTestCase._fixture_teardown = lifted
    yield
    TransactionTestCase._fixture_teardown = tear_down


@pytest.fixture(autouse=True, scope="session")
def _nothing_untold():
    """Let no page change anything without telling the audit trail."""
    end = nothing_untold.watch()
    yield
    end()


@pytest.fixture
def evidence_folder(settings, tmp_path):
    """An empty folder of this test's own where uploaded files are kept."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }
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


@pytest.fixture
def county(evidence_folder):
    """A small county in which each role meets what it may and may not see."""
    from .world import build_county

    return build_county()


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
