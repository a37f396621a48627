"""`verify_audit` detects tampering outside the application, and reports what and when."""

import logging
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from wenshang_disclosure.audit import chain, guards
from wenshang_disclosure.audit.checking import CHECKED, check
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.audit.trail import entry, record

from .trails import by_hand, rewritten, sealed

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def verify(**options):
    said = StringIO()
    call_command("verify_audit", stdout=said, stderr=said, **options)
    return said.getvalue()


def whole(count=5):
    return sealed(*[NOW - timedelta(minutes=count - place) for place in range(count)])


def faults():
    return [fault.says for fault in chain.verify().faults]


def noted(number):
    return f"{number}:{AuditEntry.objects.get(number=number).hash}"


def test_whole_trail_gives_its_head_and_is_itself_kept(caplog):
    whole()
    head = noted(5)

    with caplog.at_level(logging.INFO):
        said = verify()

    assert said == f"entries: 5\nhead: {head}\n"
    assert head in caplog.text
    kept = AuditEntry.objects.first()
    assert (kept.act, kept.result, kept.detail) == (CHECKED, "done", {"number": 5, "entries": 5})


def test_broken_link_is_named_with_its_time_and_the_command_fails():
    trail = whole()
    by_hand("UPDATE audit_auditentry SET act = 'other' WHERE number = 3")

    with pytest.raises(CommandError) as caught:
        verify()

    at = timezone.localtime(trail.get(number=3).at)
    fault = f"第3条内容与其摘要不符。该条时间为{at:%Y-%m-%d %H:%M:%S}。"
    assert (str(caught.value), caught.value.returncode) == (fault, 1)
    kept = AuditEntry.objects.first()
    assert (kept.act, kept.result, kept.detail["faults"]) == (CHECKED, "failed", [fault])


FIELDS = [
    ("at", "at - interval '1 day'", "datetime(at, '-1 day')"),
    ("kind", "'denied'", "'denied'"),
    ("result", "'failed'", "'failed'"),
    ("actor_id", "7", "7"),
    ("account", "'x'", "'x'"),
    ("address", "'10.0.0.1'", "'10.0.0.1'"),
    ("subject_type", "'x'", "'x'"),
    ("subject_id", "'7'", "'7'"),
    ("subject", "'x'", "'x'"),
    ("detail", "'{\"a\": 1}'", "'{\"a\": 1}'"),
    ("request", "'x'", "'x'"),
]


@pytest.mark.parametrize(("column", "on_postgresql", "on_sqlite"), FIELDS, ids=[field[0] for field in FIELDS])
def test_change_of_any_column_is_found(column, on_postgresql, on_sqlite):
    whole()
    value = on_postgresql if connection.vendor == "postgresql" else on_sqlite

    by_hand(f"UPDATE audit_auditentry SET {column} = {value} WHERE number = 2")

    assert chain.verify().broken == "第2条内容与其摘要不符。"


def test_entry_forged_into_the_middle_with_right_sums_is_named_and_breaks_at_the_next():
    whole()
    by_hand("UPDATE audit_auditentry SET number = number + 100 WHERE number >= 3")
    by_hand("UPDATE audit_auditentry SET number = number - 99 WHERE number >= 103")
    forged = entry(Kind.CHANGE, "没有发生的事")
    forged.number, forged.previous = 3, AuditEntry.objects.get(number=2).hash
    forged.hash = chain.hash_of(forged)
    AuditEntry.objects.bulk_create([forged])

    assert faults()[:2] == ["第3条没有本系统的签名，系插入。", "第4条与前一条不衔接。"]


@pytest.mark.parametrize("number", [0, -3])
def test_entry_forged_before_the_beginning_is_found(number):
    whole()
    forged = entry(Kind.CHANGE, "没有发生的事")
    forged.number = number
    forged.hash = chain.hash_of(forged)
    AuditEntry.objects.bulk_create([forged])

    assert faults()[0] == f"第{number}条不应存在，链从第1条开始。"


def test_two_entries_that_changed_places_are_found():
    whole()
    by_hand("UPDATE audit_auditentry SET number = -1 WHERE number = 2")
    by_hand("UPDATE audit_auditentry SET number = 2 WHERE number = 3")
    by_hand("UPDATE audit_auditentry SET number = 3 WHERE number = -1")

    assert chain.verify().broken == "第2条与前一条不衔接。"


def test_cut_off_tail_shows_against_what_was_noted():
    whole()
    head = noted(5)
    by_hand("DELETE FROM audit_auditentry WHERE number > 3")

    assert chain.verify().broken == ""  # the chain itself cannot tell
    with pytest.raises(CommandError, match="链止于第3条，而记下的是第5条：其后的记录已被截去。"):
        verify(expect=chain_link(head))


def test_chain_written_anew_shows_against_what_was_noted():
    whole()
    head, before = noted(5), noted(2)
    by_hand("UPDATE audit_auditentry SET account = 'other' WHERE number = 3")
    rewritten(3)

    changed = "第3条没有本系统的签名，系插入。"  # its content is not what was signed
    assert faults() == [changed]
    assert [changed in fault for fault in check(chain_link(before)).faults] == [True]
    assert check(chain_link(head)).faults[-1] == "第5条的摘要与记下的不同：该条或其之前的记录已被改写。"


def chain_link(text):
    number, _, hash = text.partition(":")
    return int(number), hash


def test_what_was_noted_and_still_stands_is_no_fault():
    whole()

    assert verify(expect=chain_link(noted(4))).startswith("entries: 5\n")


@pytest.mark.parametrize("text", ["", "5", "5:abc", "x:" + "0" * 64, "-1:" + "0" * 64])
def test_nonsense_to_compare_with_is_refused(text):
    with pytest.raises(CommandError, match="NUMBER:HASH"):
        call_command("verify_audit", f"--expect={text}")


def test_guards_that_are_gone_are_named():
    whole()
    guards.drop(connection, AuditEntry)

    assert check().faults == ["数据库对表audit_auditentry的保护缺失或被改动。"]


def test_guards_that_let_everything_through_are_named():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION guard_audit_auditentry() RETURNS trigger LANGUAGE plpgsql "
                "AS $$ BEGIN RETURN NEW; END $$"
            )
        else:
            cursor.execute("DROP TRIGGER guard_audit_auditentry_delete")

    assert check().faults == ["数据库对表audit_auditentry的保护缺失或被改动。"]


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_guards_that_are_switched_off_are_named():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tasks_transition DISABLE TRIGGER guard_delete")

    assert check().faults == ["数据库对表tasks_transition的保护缺失或被改动。"]


def test_what_a_crash_left_loose_is_sealed_and_told_of():
    whole(2)
    loose = [entry(Kind.CHANGE, "停电前的事"), entry(Kind.CHANGE, "停电前的又一件事")]
    loose[1].at = NOW - timedelta(minutes=10)
    chain.sign(loose)
    AuditEntry.objects.bulk_create(loose)

    said = verify()

    assert "有1条记录未及时入链" in said
    assert "entries: 4\n" in said


def test_entry_that_was_just_written_is_no_cause_for_a_warning():
    record(Kind.CHANGE, "刚刚发生的事")

    assert check().warnings == []


def test_text_that_is_no_unicode_does_not_stop_the_seal():
    one = entry(Kind.CHANGE, "一件事")
    one.detail = {"name": "\ud800"}
    one.number, one.previous = 1, ""

    assert len(chain.hash_of(one)) == 64
