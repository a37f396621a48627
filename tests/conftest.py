"""What many tests share."""

import contextlib

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, connection, transaction


def pytest_collection_modifyitems(items):
    if django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return
    reason = "needs row locks between real connections: set DATABASE_URL to a PostgreSQL database"
    for item in items:
        if item.get_closest_marker("postgresql"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def evidence_folder(settings, tmp_path):
    """An empty folder of this test's own where uploaded files are kept."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


@pytest.fixture
def refused_by(db):
    """Give a context in which the database has to refuse by the constraint of that name."""

    @contextlib.contextmanager
    def refused(name):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            yield
        says_which = connection.vendor == "postgresql" or "CHECK" in str(caught.value)
        if says_which:
            assert name in str(caught.value)

    return refused
