"""Who can write to the database but does not have the key can neither add entries nor take any out unnoticed."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from wenshang_disclosure.audit import chain, keys
from wenshang_disclosure.audit.checking import check
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.audit.trail import entry, record

from .trails import by_hand, rewritten, sealed

pytestmark = pytest.mark.django_db

NOW = timezone.now()
UNKNOWN = f"{'0' * 8}.{'0' * 16}.{'0' * 64}"
COPY = """INSERT INTO audit_auditentry
    (at, kind, act, result, actor_id, account, unit_id, address, subject_type, subject_id, subject, detail, request,
     signature, previous, hash)
    SELECT at, kind, {act}, result, actor_id, account, unit_id, address, subject_type, subject_id, subject, detail,
     request, {signature}, '', '' FROM audit_auditentry WHERE number = 2"""


def whole(count=5):
    return sealed(*[NOW - timedelta(minutes=count - place) for place in range(count)])


def faults():
    return [fault.says for fault in chain.verify().faults]


def insert(act="'没有发生的事'", signature="''"):
    """Insert an entry by SQL, which the triggers allow, and let the application seal it with the next of its own."""
    with connection.cursor() as cursor:
        cursor.execute(COPY.format(act=act, signature=signature))
    record(Kind.CHANGE, "又一件事")
    chain.seal()


@pytest.mark.parametrize("signature", ["''", "'x'", f"'{UNKNOWN}'", "signature"])
def test_an_entry_inserted_by_sql_is_named(signature):
    whole()
    insert(signature=signature)
    known = keys.ring().current in AuditEntry.objects.get(number=6).signature

    if signature == f"'{UNKNOWN}'":
        assert "第6条起有1条记录以本机没有的密钥（编号00000000）签名，无法核验" in check().faults[0]
    else:
        assert faults()[0] == "第6条没有本系统的签名，系插入。"
    assert known == (signature == "signature")


def test_a_copy_of_an_entry_of_ours_is_named():
    whole()

    insert(act="act", signature="signature")

    assert faults() == ["第6条是第2条的复制件，系插入。"]


def test_a_chain_computed_anew_without_the_key_is_found(monkeypatch):
    whole()
    by_hand("DELETE FROM audit_auditentry WHERE number = 2")
    by_hand("UPDATE audit_auditentry SET number = number - 1 WHERE number = 3")
    by_hand("UPDATE audit_auditentry SET number = number - 1 WHERE number = 4")
    by_hand("UPDATE audit_auditentry SET number = number - 1 WHERE number = 5")
    with monkeypatch.context() as without:
        without.setattr(keys, "ring", keys.KeyRing)
        rewritten(2)

    assert faults() == [f"第{number}条内容与其摘要不符。" for number in (2, 3, 4)]


def test_a_trail_made_anew_without_signatures_is_found():
    whole()

    by_hand("UPDATE audit_auditentry SET signature = ''")
    rewritten_from_the_beginning()

    assert faults() == [f"第{number}条没有本系统的签名，系插入。" for number in range(1, 6)]


def rewritten_from_the_beginning():
    one = AuditEntry.objects.get(number=1)
    by_hand("UPDATE audit_auditentry SET hash = %s WHERE number = 1", chain.hash_of(one))
    rewritten(2)


def test_an_end_that_was_cut_off_shows_at_the_next_check():
    whole()
    check()  # adds an entry of its own
    by_hand("DELETE FROM audit_auditentry WHERE number >= 4")

    assert check().faults == ["链止于第4条，而记下的是第5条：其后的记录已被截去。"]


def test_all_that_is_wrong_is_named_not_only_the_first():
    whole(6)
    by_hand("UPDATE audit_auditentry SET account = 'x' WHERE number = 2")
    by_hand("DELETE FROM audit_auditentry WHERE number = 4")

    assert faults() == ["第2条内容与其摘要不符。", "第4条缺失，其后是第5条。"]


def test_time_that_runs_backwards_is_told():
    sealed(NOW - timedelta(hours=3), NOW - timedelta(hours=5), NOW)

    finding = check()

    assert finding.faults == []
    assert [warning.partition("（")[0] for warning in finding.warnings] == ["第2条的时间"]


def test_entries_from_before_there_were_keys_are_only_chained_and_counted():
    AuditEntry.objects.bulk_create([entry(Kind.CHANGE, f"第{place}件事") for place in range(3)])
    record(Kind.CHANGE, "第一件签名的事")
    said = StringIO()

    call_command("verify_audit", stdout=said)

    assert "unsigned: 3, from before there were keys" in said.getvalue()
    insert()
    assert faults() == ["第6条没有本系统的签名，系插入。"]


def test_after_a_new_key_the_entries_of_the_earlier_one_still_verify():
    whole(2)
    before = keys.ring().current

    call_command("rotate_audit_key", stdout=StringIO())
    record(Kind.CHANGE, "又一件事")

    assert check().faults == []
    newest = AuditEntry.objects.filter(act="又一件事").get()
    assert newest.signature.partition(".")[0] == keys.ring().current != before


def test_a_key_that_is_not_here_is_named_until_it_is_declared_lost():
    whole(2)
    lost = keys.ring().current
    keys.path().unlink()
    record(Kind.CHANGE, "又一件事")

    assert f"第1条起有2条记录以本机没有的密钥（编号{lost}）签名" in check().faults[0]
    with keys.path().open("a") as file:
        file.write(f"lost {lost}\n")
    assert check().faults == []


def test_the_word_of_a_forged_pruning_does_not_count():
    whole()
    forged = entry(Kind.SYSTEM, chain.PRUNED, detail={"number": 3, "hash": AuditEntry.objects.get(number=3).hash})
    AuditEntry.objects.bulk_create([forged])
    chain.seal()
    by_hand("DELETE FROM audit_auditentry WHERE number <= 3")

    assert faults() == ["第1条缺失，其后是第4条。", "第6条没有本系统的签名，系插入。"]


def test_the_key_is_readable_by_its_account_alone_and_made_once():
    record(Kind.CHANGE, "一件事")
    made = keys.path().read_text()

    record(Kind.CHANGE, "又一件事")

    assert keys.path().stat().st_mode & 0o777 == 0o600
    assert keys.path().read_text() == made


def test_what_the_database_writes_differently_is_signed_all_the_same():
    record(Kind.CHANGE, "一件事", detail={"b": 1.0, "a": [1, "二"], 10: {"x": None}, "2": True, "大": (1, 2)})
    chain.seal()

    assert faults() == []
