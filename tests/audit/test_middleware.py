"""Downloads and denied requests are recorded for every page."""

import pytest
from django.urls import reverse

from wenshang_disclosure.audit.choices import Kind, Result
from wenshang_disclosure.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


def test_file_given_out_is_kept_with_who_and_from_where(client, county):
    client.force_login(county.people["auditor"])

    client.get(reverse("tasks:evidence", args=[county.item.pk]), REMOTE_ADDR="10.20.30.40")

    entry = AuditEntry.objects.get(kind=Kind.EXPORT)
    assert (entry.account, entry.address, entry.result) == (
        county.people["auditor"].username,
        "10.20.30.40",
        Result.DONE,
    )
    assert entry.act == f"下载“{county.item.file_name}”"
    assert entry.detail == {"page": "tasks:evidence", "pk": county.item.pk}


def test_looking_at_the_head_of_a_file_is_no_download(client, county):
    client.force_login(county.people["auditor"])

    client.head(reverse("tasks:evidence", args=[county.item.pk]))

    assert not AuditEntry.objects.filter(kind=Kind.EXPORT).exists()


def test_refusal_is_kept(client, county):
    client.force_login(county.people["liaison"])

    client.get(reverse("tasks:reviews"))

    entry = AuditEntry.objects.get(kind=Kind.DENIED)
    assert (entry.result, entry.detail) == (Result.FAILED, {"page": "tasks:reviews", "method": "GET"})


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "6.6.6.6", "10.0.0.9"),
        (1, "6.6.6.6, 10.1.1.1", "10.1.1.1"),
        (2, "6.6.6.6, 10.1.1.1, 10.2.2.2", "10.1.1.1"),
        (2, "10.1.1.1", "10.0.0.9"),
        (1, "<script>", ""),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_only_our_own_proxies_are_believed(client, county, settings, proxies, forwarded, seen):
    settings.TRUSTED_PROXIES = proxies
    client.force_login(county.people["liaison"])

    client.get(reverse("tasks:reviews"), REMOTE_ADDR="10.0.0.9", headers={"x-forwarded-for": forwarded})

    assert AuditEntry.objects.get(kind=Kind.DENIED).address == seen
