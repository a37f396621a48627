"""Rows of any content come back exactly as they were, by the same lines on either database."""

import datetime as dt
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import JSONField, Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from departments.models import Unit
from reports.models import AssessmentRow
from tests.factories import StoredFileFactory, UnitFactory
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.files.models import StoredFile
from wenshang_disclosure.ops.backup import tables

pytestmark = pytest.mark.django_db

odd = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))  # what both databases can keep
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(-1e15, 1e15)  # beyond, PostgreSQL's JSON has whole numbers only
json = st.recursive(
    st.none() | st.booleans() | numbers | texts, lambda inner: st.lists(inner) | st.dictionaries(texts, inner)
)
moments = st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30), timezones=st.just(dt.UTC))


def comes_back(model, **values):
    """Add a row, read its lines, add it anew from them; give both rows and whether the lines are the same again."""
    with transaction.atomic():
        saved = tables.QuerySet(model).bulk_create([model(**values)])[0]
        read = model._base_manager.filter(pk=saved.pk).values().get()
        lines = [line for line in tables.lines(model) if f'"id":{saved.pk},'.encode() in line]
        transaction.set_rollback(True)
    with transaction.atomic():
        tables.load(model, lines)
        again = model._base_manager.filter(pk=saved.pk).values().get()
        same_lines = lines == [line for line in tables.lines(model) if f'"id":{saved.pk},'.encode() in line]
        transaction.set_rollback(True)
    return read, again, same_lines


@odd
@given(detail=json, text=texts, at=moments, number=st.none() | st.integers(-(2**63), 2**63 - 1))
def test_any_text_json_moment_and_number_comes_back(detail, text, at, number):
    detail = Value(None, JSONField()) if detail is None else detail

    read, again, same_lines = comes_back(AuditEntry, detail=detail, subject=text[:200], at=at, actor_id=number)

    assert again == read
    assert same_lines


@odd
@given(name=texts, day=st.none() | st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)), is_set=st.booleans())
def test_any_day_and_name_comes_back(name, day, is_set):
    read, again, same_lines = comes_back(
        Unit, name=name[:60], kind="department", retired_on=day, leader_approves=is_set
    )

    assert again == read
    assert same_lines


@odd
@given(total=st.decimals(Decimal("-9999.99"), Decimal("9999.99"), places=2))
def test_any_score_comes_back(total):
    columns = {"assessment_id": 1, "unit_id": 1, "rank": 1, "parts": [None]}

    read, again, same_lines = comes_back(AssessmentRow, **columns, total=total)

    assert again["total"] == read["total"] == total
    assert same_lines


@pytest.mark.parametrize("size", [1, 70_000, 2_000_000])
def test_text_of_any_length_comes_back(size):
    read, again, same_lines = comes_back(AuditEntry, detail={"text": "政务公开🙂\n"[: size % 7 + 1] * (size // 7 + 1)})

    assert again == read
    assert same_lines


def test_empty_json_column_and_json_null_stay_two_things():
    assert tables._canonical(None) is None
    assert tables._canonical("null") == "null"
    assert tables._read_json("null").value is None


def test_numbers_in_json_are_written_one_way():
    assert tables._canonical('{"b": 1e+22, "a": -0.0}') == tables._canonical(f'{{"a": 0.0, "b": 1{"0" * 22}}}')


def test_lines_are_in_order_of_key_and_columns():
    second, first = UnitFactory(pk=902, name="乙"), UnitFactory(pk=901, name="甲")

    lines = [tables.json.loads(line) for line in tables.lines(Unit)]

    assert [line["id"] for line in lines[-2:]] == [first.pk, second.pk]
    assert list(lines[0]) == sorted(lines[0])


def test_moments_that_are_set_by_themselves_are_kept():
    """`auto_now` would say when the backup was restored."""
    long_ago = dt.datetime(2001, 2, 3, 4, 5, 6, 7, dt.UTC)
    StoredFileFactory()
    StoredFile.objects.update(uploaded_at=long_ago)
    lines = list(tables.lines(StoredFile))
    tables.empty(StoredFile)

    tables.load(StoredFile, lines)

    assert StoredFile.objects.get().uploaded_at == long_ago


def test_every_kind_of_column_is_known():
    """A new one has to be thought of: how does it read back from JSON?"""
    plain = {
        "AutoField BigAutoField BigIntegerField BooleanField CharField FloatField ForeignKey IntegerField",
        "OneToOneField",
        "PositiveBigIntegerField PositiveIntegerField PositiveSmallIntegerField SmallIntegerField TextField",
        "GenericIPAddressField",
    }
    known = {*" ".join(plain).split(), *tables._READERS}

    used = {field.get_internal_type() for model in tables.kept_models(apps) for field in tables._fields(model)}

    assert used - known == set()
