"""The database rejects changes to the audit trail, and the chain reveals those made all the same."""

import pytest
from django.db import DatabaseError, connection, transaction

from departments.choices import Role
from tests.factories import UserFactory
from wenshang_disclosure.audit import chain, guards
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.audit.origin import coming_from
from wenshang_disclosure.audit.trail import record

pytestmark = pytest.mark.django_db


def entries(count):
    for place in range(count):
        record(Kind.CHANGE, f"第{place + 1}件事", detail={"place": place})
    chain.seal()


def by_hand(sql, *values):
    """Change rows as a database administrator could after dropping the triggers."""
    guards.drop(connection, AuditEntry)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_entry_says_who_what_and_from_where():
    person = UserFactory(role=Role.OFFICE)

    with coming_from(address="10.1.2.3", request="abc", user=person):
        record(Kind.PERMISSION, "修改人员", on=person, detail={"role": "office"})

    entry = AuditEntry.objects.get()
    assert (entry.account, entry.actor_id, entry.address, entry.request) == (
        person.username,
        person.pk,
        "10.1.2.3",
        "abc",
    )
    assert (entry.subject_type, entry.subject_id, entry.subject) == (
        "departments.user",
        str(person.pk),
        person.username,
    )


def test_untouched_chain_is_whole():
    entries(5)

    verdict = chain.verify()

    assert (verdict.entries, verdict.number, verdict.broken) == (5, 5, "")
    assert verdict.hash == AuditEntry.objects.get(number=5).hash


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE audit_auditentry SET account = 'other' WHERE number = 3", "第3条内容与其摘要不符。"),
        ("UPDATE audit_auditentry SET unit_id = 7 WHERE number = 3", "第3条内容与其摘要不符。"),
        ("DELETE FROM audit_auditentry WHERE number = 3", "第3条缺失，其后是第4条。"),
        ("UPDATE audit_auditentry SET hash = previous WHERE number = 2", "第2条内容与其摘要不符。"),
        ("UPDATE audit_auditentry SET previous = hash WHERE number = 2", "第2条与前一条不衔接。"),
        ("DELETE FROM audit_auditentry WHERE number = 1", "第1条缺失，其后是第2条。"),
    ],
)
def test_first_broken_link_is_named(sql, says):
    entries(5)

    by_hand(sql)

    assert chain.verify().broken == says


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_auditentry SET account = 'other' WHERE number = 1",
        "UPDATE audit_auditentry SET number = 9 WHERE number = 1",
        "DELETE FROM audit_auditentry WHERE number = 1",
    ],
)
def test_database_refuses_to_change_an_entry(sql):
    entries(1)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert chain.verify().broken == ""


def test_sealing_may_not_change_what_the_entry_says():
    record(Kind.CHANGE, "一件事")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditentry SET number = 1, hash = 'x', act = '另一件事'")


def test_guards_are_up_on_every_append_only_table():
    names = {model.__name__ for model in guards.guarded()}

    assert {"AuditEntry", "Transition", "QualityRating", "Assessment"} <= names
    assert guards.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_entry_is_sealed_once_its_transaction_is_committed():
    with transaction.atomic():
        record(Kind.CHANGE, "一件事")
        record(Kind.CHANGE, "又一件事")
        assert AuditEntry.objects.filter(number__isnull=False).count() == 0

    assert sorted(AuditEntry.objects.values_list("number", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_entry_goes_with_the_transaction_that_fails():
    def fails():
        with transaction.atomic():
            record(Kind.CHANGE, "没有发生的事")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()

    assert AuditEntry.objects.count() == 0
