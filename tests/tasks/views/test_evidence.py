"""One file of evidence: streamed as an attachment that no browser runs."""

from urllib.parse import quote

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from tests.world import build_county

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(evidence_folder):
    return build_county()


def test_a_file_comes_as_it_was_with_the_headers_that_keep_it_harmless(client, county):
    client.force_login(county.people["office"])

    response = client.get(reverse("tasks:evidence", args=[county.item.pk]))

    assert b"".join(response.streaming_content).startswith(b"%PDF-1.4")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('方案.pdf')}"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]


def test_a_file_that_is_not_on_disk_any_more_answers_404(client, county):
    default_storage.delete(county.item.stored.path)
    client.force_login(county.people["office"])

    assert client.get(reverse("tasks:evidence", args=[county.item.pk])).status_code == 404


def test_files_are_kept_under_random_names_outside_what_is_served(county, settings):
    assert "方案" not in county.item.stored.path
    assert not str(settings.EVIDENCE_ROOT).startswith((str(settings.STATIC_ROOT), *map(str, settings.STATICFILES_DIRS)))
