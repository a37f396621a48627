"""What reads typed text, headers and files gives a value or its own refusal, whatever it is given."""

import datetime as dt
import io
import ipaddress
import random
from contextlib import suppress

import pytest
from django.test import RequestFactory
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateError

from departments.choices import Role
from departments.imports import reading as register
from departments.pinyin import as_letters, search_key
from reports.exports.word.template_language import Field, Group, Rows, problems
from reports.search import question
from tasks.imports.meaning import about, counts, deadlines, names, units
from tests.departments.registers import register_file
from tests.factories import UserFactory
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.dates import BadDay, read_as_of
from wenshang_disclosure.core.office.xlsx import cell_value, sheet_name
from wenshang_disclosure.core.web.addresses import address_of
from wenshang_disclosure.core.web.errors import Unreadable
from wenshang_disclosure.core.web.forms import clean_text

from .inputs import tried, words

DEADLINE = "0123456789０１２年月日底前末季度上下半第一二三四每长期坚持.-/、至到〔〕 "
deadline_texts = st.text(DEADLINE, max_size=20) | words
NAME = "县政府各部门、单位乡镇（街道）办事处人民有关局中心,，;；/ \n　牵头责任："
name_texts = st.text(NAME, max_size=40) | words
TEMPLATE = [
    "{{",
    "}}",
    "{%",
    "%}",
    "标题",
    "合计",
    "部门",
    "行",
    ".",
    "for",
    "in",
    "if",
    "endfor",
    "endif",
    "|",
    "(",
    ")",
    " ",
]
templates = st.lists(st.sampled_from([*TEMPLATE, "__class__", "[0]", "'", "#", "{#", "length"]), max_size=25).map(
    "".join
)
FIELDS = {
    "标题": Field("标题"),
    "合计": Group("合计", {"应办": Field("件", 3)}),
    "部门": Rows("每个部门一行", {"单位": Field("单位")}),
}


@tried(20)
@given(words)
def test_a_day_or_the_word_that_it_is_none(text):
    with suppress(BadDay):
        assert isinstance(read_as_of(text), dt.date)


@tried(20)
@given(deadline_texts, st.integers(2000, 2100))
def test_a_deadline_is_a_day_a_rule_or_left_to_ask(text, year):
    read = deadlines.read(text, year)

    assert read is None or read.due_on is None or isinstance(read.due_on, dt.date)


@tried(20)
@given(name_texts)
def test_names_of_a_cell_are_found_in_it(text):
    for name in names.split(text):
        assert name.strip()
    cell = units.read(text, units.Names(["县商务局"]), "responsible")
    assert all(name.strip() for name in (*cell.lead, *cell.responsible))
    names.proposed_kinds(text)
    names.alike(text, ["县商务局", "各乡镇（街道）人民政府（办事处）"])


@tried(20)
@given(st.lists(words | name_texts, max_size=5))
def test_what_stands_above_a_table_is_read_or_left(lines):
    about.read_about(lines)
    for line in lines:
        counts.target_count(line)


@tried(20)
@given(words)
def test_a_question_is_read_or_refused(text):
    with suppress(question.BadQuestion):
        assert all(question.read(text).words)


@tried(10)
@given(words | name_texts)
def test_letters_of_a_name_are_small_ones(text):
    assert search_key(text) == search_key(text).lower()
    as_letters(text)


@tried(40)
@given(templates)
def test_a_template_is_sound_or_its_problems_are_named(source):
    with suppress(TemplateError):
        assert all(isinstance(problem, str) for problem in problems(source, FIELDS))


@tried(20)
@given(words)
def test_clean_text_has_nothing_that_a_page_or_file_cannot_carry(text):
    clean = clean_text(text)

    assert clean_text(clean) == clean
    assert not set(clean) & set(map(chr, [*range(9), *range(11, 32), 127, 0x202E]))
    assert "\x00" not in cell_value(text)
    assert 1 <= len(sheet_name(text)) <= 31


@pytest.mark.parametrize("hops", [0, 1, 3])
def test_an_address_is_one_or_empty(settings, hops):
    settings.TRUSTED_PROXIES = hops

    @tried(10)
    @given(st.lists(words | st.ip_addresses().map(str), max_size=5).map(",".join), words | st.ip_addresses().map(str))
    def seen(forwarded, peer):
        address = address_of(RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded, REMOTE_ADDR=peer))
        assert address == "" or ipaddress.ip_address(address)
        assert len(address) <= AuditEntry._meta.get_field("address").max_length

    seen()


@pytest.mark.django_db
def test_headers_make_no_error_of_ours(client):
    client.force_login(UserFactory(role=Role.OFFICE))
    headers = st.sampled_from(
        ["User-Agent", "Accept-Language", "Referer", "HX-Request", "HX-Current-URL", "X-Request-Id"]
    )

    @tried(5)
    @given(st.dictionaries(headers, words, max_size=4))
    def asked(sent):
        assert client.get(reverse("tasks:notifications"), headers=sent).status_code == 200

    asked()


@pytest.mark.django_db
def test_secrets_of_calendars_and_the_api_open_nothing(client):
    secrets = st.text("abcXYZ019-_", min_size=1, max_size=80)

    @tried(5)
    @given(secrets, words)
    def asked(secret, token):
        assert client.get(reverse("tasks:calendar", args=[secret])).status_code == 404
        answer = client.get(reverse("api:plans"), headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401

    asked()


def test_a_damaged_register_is_refused_in_words():
    whole = register_file().getvalue()
    chance = random.Random(7)

    for _ in range(20):
        damaged = bytearray(whole)
        for _ in range(chance.randrange(1, 30)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        with suppress(Unreadable):
            register.read(io.BytesIO(bytes(damaged[: chance.randrange(1, len(damaged) + 1)])))


@tried(3)
@given(
    st.lists(st.lists(words, min_size=6, max_size=6), max_size=4),
    st.lists(st.lists(words, min_size=6, max_size=6), max_size=4),
)
def test_a_register_of_anything_gives_rows_or_errors(units, people):
    with suppress(Unreadable):
        parsed = register.read(register_file([_carried(row) for row in units], [_carried(row) for row in people]))
        assert all(len(error) == 3 for error in parsed.errors)


def _carried(row):
    """What an Excel file can carry."""
    return [cell_value(text) for text in row]
