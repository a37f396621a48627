"""The check on the suite detects a page that changes something without an audit entry."""

import pytest
from django.urls import get_resolver, reverse

from tests.factories import UserFactory
from tests.nothing_untold import EXEMPT, Written

pytestmark = pytest.mark.django_db


def own_settings(client):
    return client.post(reverse("tasks:me"), {"mail_choice": "off", "email": "", "phone": "13800000001"})


def test_a_page_that_tells_nothing_fails_its_test(client, monkeypatch):
    client.force_login(UserFactory())
    monkeypatch.setattr("departments.services.people.record", lambda *args, **kwargs: None)

    with pytest.raises(AssertionError, match="tasks:me wrote to departments_user"):
        own_settings(client)


def test_a_page_that_tells_passes(client):
    client.force_login(UserFactory())

    assert own_settings(client).status_code == 302


@pytest.mark.parametrize(
    ("statements", "untold"),
    [
        ([('UPDATE "tasks_plan" SET', 1)], ["tasks_plan"]),
        ([('UPDATE "tasks_plan" SET', 0)], []),
        ([('INSERT INTO "tasks_plan"', 0)], ["tasks_plan"]),
        ([('INSERT OR IGNORE INTO "reports_rubric"', 1)], ["reports_rubric"]),
        ([('DELETE FROM "departments_alias"', 2)], ["departments_alias"]),
        ([('UPDATE "django_session" SET', 1)], []),
        ([('DELETE FROM "departments_signinfailure"', 1)], []),
        ([('UPDATE "tasks_plan" SET', 1), ('INSERT INTO "audit_auditentry"', 1)], []),
        ([('SAVEPOINT "s1"', -1), ('UPDATE "tasks_plan" SET', 1), ('ROLLBACK TO SAVEPOINT "s1"', -1)], []),
        (
            [
                ('UPDATE "tasks_plan" SET', 1),
                ('SAVEPOINT "s1"', -1),
                ('INSERT INTO "audit_auditentry"', 1),
                ('ROLLBACK TO SAVEPOINT "s1"', -1),
            ],
            ["tasks_plan"],
        ),
    ],
)
def test_what_counts_as_written(statements, untold):
    written = Written()

    for sql, rows in statements:
        cursor = type("Cursor", (), {"rowcount": rows})
        written(lambda *args: None, sql, (), False, {"cursor": cursor})

    assert written.untold == set(untold)


def test_every_exemption_names_a_page_and_a_reason():
    assert [name for name in EXEMPT if not reverse_name(name)] == []
    assert all(EXEMPT.values())


def reverse_name(name):
    app, _, page = name.partition(":")
    return page in get_resolver().namespace_dict[app][1].reverse_dict
