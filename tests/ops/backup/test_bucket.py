"""Evidence on S3-compatible storage goes into a backup and back like any other."""

import pytest
from django.core.files.storage import default_storage

from tests.files.test_bucket import server, storage_bucket  # noqa: F401, fixtures
from wenshang_disclosure.files.models import StoredFile
from wenshang_disclosure.files.storage import stored_paths
from wenshang_disclosure.ops.backup.restoring import restore
from wenshang_disclosure.ops.backup.taking import back_up

from . import reading

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("whole_county", "storage_bucket")
def test_evidence_in_a_bucket_is_restored_into_it(lose_everything, place):
    back_up(place / "one")
    contents = {path: default_storage.open(path).read() for path in StoredFile.objects.values_list("path", flat=True)}
    lose_everything()
    assert list(stored_paths()) == []

    restored = restore(place / "one")

    assert restored.faults == []
    assert reading.manifest(place / "one")["evidence"].keys() == contents.keys() == set(stored_paths())
    assert {path: default_storage.open(path).read() for path in contents} == contents
