"""A county with every file that its records tell of, and ways to lose it."""

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection

from tests.world import supervise
from wenshang_disclosure.audit import guards
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.files.models import StoredFile
from wenshang_disclosure.files.storage import stored_paths


@pytest.fixture
def whole_county(county):
    """The county, chased once, with a chained audit entry."""
    supervise(county)
    for stored in StoredFile.objects.all():
        if not default_storage.exists(stored.path):
            content = stored.path.encode()
            default_storage.save(stored.path, ContentFile(content))
            StoredFile.objects.filter(pk=stored.pk).update(
                sha256=hashlib.sha256(content).hexdigest(), size=len(content)
            )
    record(Kind.CHANGE, "新建任务分解表", on=county.plan)
    return county


@pytest.fixture
def lose_everything(evidence_folder):
    """Return the function after which the installation is as a new one."""

    def lose():
        for model in guards.guarded():
            guards.take_down(connection, model)
        call_command("flush", interactive=False, verbosity=0)
        for path in list(stored_paths()):
            default_storage.delete(path)

    return lose


@pytest.fixture
def place(tmp_path_factory):
    """A folder for backups, apart from the evidence."""
    return tmp_path_factory.mktemp("backups")
