"""Expired entries are deleted, no others, and the chain remains verifiable."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from wenshang_disclosure.audit import chain, retention
from wenshang_disclosure.audit.checking import check
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.dates import day_start

from .trails import by_hand, sealed

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
HALF_A_YEAR = 180


@pytest.fixture(autouse=True)
def _half_a_year(settings):
    settings.AUDIT_KEEP_DAYS = HALF_A_YEAR


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def border():
    """Return the start of the oldest day kept."""
    return day_start(TODAY - timedelta(days=HALF_A_YEAR))


def prune(**options):
    said = StringIO()
    call_command("prune_audit", stdout=said, **options)
    return said.getvalue()


def numbers():
    return list(AuditEntry.objects.order_by("number").values_list("number", flat=True))


def test_what_is_too_old_goes_and_the_chain_goes_on():
    old = sealed(days_ago(400), days_ago(300), days_ago(200), days_ago(100), days_ago(1)).get(number=3)

    said = prune()

    assert said.startswith("3 entries from before ")
    assert numbers() == [4, 5, 6]
    left_out = AuditEntry.objects.get(number=6)
    assert left_out.detail == {"number": 3, "hash": old.hash, "entries": 3, "until": old.at.isoformat()}
    assert (chain.verify().entries, chain.verify().broken) == (3, "")


def test_done_again_it_takes_nothing_and_tells_of_nothing():
    sealed(days_ago(400), days_ago(1))
    prune()

    assert prune().startswith("0 entries")
    assert numbers() == [2, 3]


def test_dry_run_takes_nothing():
    sealed(days_ago(400), days_ago(300), days_ago(1))

    assert prune(dry_run=True).startswith("2 entries")
    assert numbers() == [1, 2, 3]


def test_last_moment_of_the_day_before_goes_and_the_first_of_the_kept_day_stays():
    sealed(border() - timedelta(microseconds=1), border(), days_ago(1))

    prune()

    assert numbers() == [2, 3, 4]


def test_only_the_beginning_of_the_chain_goes():
    sealed(days_ago(400), days_ago(10), days_ago(400), days_ago(1))

    prune()

    assert numbers() == [2, 3, 4, 5]
    assert chain.verify().broken == ""


def test_trail_of_old_entries_alone_goes_and_leaves_the_word_of_it():
    sealed(days_ago(400), days_ago(300))

    prune()

    assert numbers() == [3]
    assert chain.verify() == chain.Verdict(1, 3, AuditEntry.objects.get().hash)


def test_several_steps_are_each_whole(monkeypatch):
    monkeypatch.setattr(retention, "PRUNE_BATCH", 2)
    sealed(*[days_ago(400)] * 5, days_ago(1))

    assert prune().startswith("5 entries")

    assert numbers() == [6, 7, 8, 9]
    assert [one.detail["number"] for one in AuditEntry.objects.filter(number__gt=6).order_by("number")] == [2, 4, 5]
    assert chain.verify().broken == ""


def test_setting_keeps_longer_than_the_law(settings):
    settings.AUDIT_KEEP_DAYS = 1095
    sealed(days_ago(1000), days_ago(1))

    assert prune().startswith("0 entries")


def test_what_was_changed_stays_as_the_trace_of_it():
    sealed(days_ago(400), days_ago(300), days_ago(1))
    by_hand("UPDATE audit_auditentry SET account = 'other' WHERE number = 2")

    with pytest.raises(CommandError, match="第2条内容与其摘要不符"):
        prune()

    assert numbers() == [1, 2, 3]


def test_more_taken_away_than_was_told_is_found():
    sealed(days_ago(400), days_ago(300), days_ago(20), days_ago(1))
    prune()

    by_hand("DELETE FROM audit_auditentry WHERE number = 3")

    assert chain.verify().broken == "第3条缺失，其后是第4条。"


def test_what_was_noted_of_an_entry_that_went_cannot_be_compared():
    first, second = sealed(days_ago(400), days_ago(300), days_ago(1))[:2]
    noted = [(1, first.hash), (2, second.hash), (2, "0" * 64)]
    prune()

    assert [len(check(link).faults) for link in noted] == [1, 0, 1]
    assert "已按期移除" in check(noted[0]).faults[0]


@pytest.mark.parametrize(("age", "goes"), [(timedelta(minutes=-1), False), (timedelta(minutes=1), True)])
def test_database_lets_go_of_nothing_younger_than_half_a_year(age, goes):
    sealed(timezone.now() - timedelta(days=HALF_A_YEAR) - age)

    gone = True
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM audit_auditentry")
    except DatabaseError:
        gone = False

    assert gone == goes


def test_clock_of_the_application_that_runs_ahead_takes_nothing_young(monkeypatch):
    sealed(days_ago(100), days_ago(1))
    monkeypatch.setattr(retention, "kept_from", timezone.now)

    with pytest.raises(CommandError, match="The database refused"), transaction.atomic():
        prune()

    assert numbers() == [1, 2]
