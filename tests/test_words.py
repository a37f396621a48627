"""Users read sentences of ours, and never those of the frameworks (密码、长度、必填), on every form."""

import ast
import gettext
import inspect
import re
from pathlib import Path

import django.core.validators
import django.db.models
import django.forms
import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.urls import get_resolver
from django.utils.functional import Promise

from departments.models import User
from tests.factories import UserFactory

LOCALE = Path("locale/zh_Hans/LC_MESSAGES")
HALF_WIDTH = re.compile(r"[一-鿿] ?[,;:!?.()]|[,;:!?()] ?[一-鿿]")
"""Punctuation of another script beside a Chinese character."""
FOREIGN = re.compile(r"[A-Za-z]{3,}(?: [A-Za-z]{2,})+")
"""Two English words."""
OF_DJANGO = re.compile("确保|有效的|确认|变量|字符\\(|必填项|输入一个|跟 |包含 |选择一个")
"""Words by which Django's own translation is known."""
NAMES = re.compile(r"%\(\w+\)[sdr]|\{\w+\}|https?://[\w./…]*|name@[\w.]+|www\.[\w.]+")


def what_is_wrong(sentence):
    """Return what is wrong with a sentence that a user may read, "" for nothing."""
    plain = NAMES.sub("", str(sentence))
    for name, pattern in {"half-width": HALF_WIDTH, "English": FOREIGN, "Django's": OF_DJANGO}.items():
        if pattern.search(plain):
            return f"{name}: {sentence}"
    if not re.search("[一-鿿]", plain):
        return f"not Chinese: {sentence}"
    return "" if plain.rstrip().endswith(("。", "）", "？")) else f"no full stop: {sentence}"


def faults(sentences):
    return sorted({wrong for sentence in sentences if (wrong := what_is_wrong(sentence))})


def plain_forms_of(message):
    """Return the sentences of a message, which may have a plural."""
    if isinstance(message, Promise) and not str(message):  # with a plural, which only a number chooses
        return [message % dict.fromkeys(["show_value", "limit_value", "max", "length", "num"], 3)]
    return [message]


def sentences_of(field):
    """Return everything that a field of a form can say of what was typed."""
    found = [*field.error_messages.values()]
    found += [validator.message for validator in field.validators if hasattr(validator, "message")]
    if isinstance(field, forms.MultiValueField):
        found += [sentence for one in field.fields for sentence in sentences_of(one)]
    return [sentence for message in found for sentence in plain_forms_of(message) if sentence]


def all_forms(form=forms.BaseForm):
    for one in form.__subclasses__():
        yield one
        yield from all_forms(one)


def test_every_field_of_every_form_speaks_like_the_office():
    assert get_resolver().url_patterns  # all pages are loaded, and with them all forms
    ours = [form for form in set(all_forms()) if form.__module__.split(".")[0] in OURS]
    assert len(ours) > 40

    assert faults(s for form in ours for field in form.base_fields.values() for s in sentences_of(field)) == []


OURS = ("wenshang_disclosure", "departments", "tasks", "reports", "api")


@pytest.mark.django_db
def test_every_field_of_django_admin_speaks_like_the_office(rf):
    request = rf.get("/")
    request.user = UserFactory(role="office", is_staff=True)

    found = [
        sentence
        for page in admin.site._registry.values()
        if page.has_change_permission(request) or page.has_add_permission(request)
        for field in page.get_form(request).base_fields.values()
        for sentence in sentences_of(field)
    ]

    assert len(found) > 10
    assert faults(found) == []


def test_every_field_that_django_has_would():
    fields = [kind for _, kind in inspect.getmembers(django.forms, inspect.isclass) if issubclass(kind, forms.Field)]
    models = [
        kind
        for _, kind in inspect.getmembers(django.db.models, inspect.isclass)
        if issubclass(kind, django.db.models.Field)
    ]
    validators = [one for _, one in inspect.getmembers(django.core.validators, inspect.isclass)]

    messages = [m for kind in (*fields, *models) for m in getattr(kind, "default_error_messages", {}).values()]
    messages += [one.message for one in validators if hasattr(one, "message")]

    assert faults(s for message in messages for s in plain_forms_of(message)) == []


@pytest.mark.parametrize(
    "typed", ["short", "zhangsan", "12345678901234", "password1234", "aaaaaaaaaaaaaa", "zhangsanzhangsan"]
)
def test_what_is_said_of_a_password(typed):
    user = User(username="zhangsan", name="张三", email="zhangsan@example.gov.cn")

    with pytest.raises(ValidationError) as refused:
        password_validation.validate_password(typed, user)

    assert faults(refused.value.messages) == []


def test_what_passwords_must_be_like():
    assert faults(password_validation.password_validators_help_texts()) == []


def test_length_is_said_in_words():
    class Form(forms.Form):
        text = forms.CharField(max_length=10)

    assert Form({"text": "长" * 12}).errors["text"] == ["最多10个字，现在是12个字，请删减。"]
    assert Form({}).errors["text"] == ["此项必填。"]


# --- the file ---------------------------------------------------------------------------------------------------------


def written():
    """Return `{msgid: text}` of the readable file."""
    found, current, texts = {}, None, {}
    for line in [*(LOCALE / "django.po").read_text().splitlines(), ""]:
        match = re.match(r'(msgid|msgid_plural|msgstr(?:\[0\])?) (".*")$', line)
        if match:
            current = match[1].removesuffix("[0]")
            texts[current] = ast.literal_eval(match[2])
        elif line.startswith('"'):
            texts[current] += ast.literal_eval(line)
        elif not line and texts:
            found[texts["msgid"]], texts = texts["msgstr"], {}
    found.pop("")
    return found


def test_the_compiled_file_says_what_the_readable_one_does():
    with (LOCALE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    compiled = {key[0] if isinstance(key, tuple) else key: text for key, text in compiled.items() if key}

    assert compiled == written()


def test_every_sentence_keeps_the_names_of_its_values():
    names = {
        msgid: set(re.findall(r"%\(\w+\)[sdr]", text)) - set(re.findall(r"%\(\w+\)[sdr]", msgid))
        for msgid, text in written().items()
    }

    assert {msgid: extra for msgid, extra in names.items() if extra} == {}


def test_every_sentence_is_one_of_django():
    root = Path(django.__file__).parent
    theirs = "".join(path.read_text() for path in root.rglob("locale/en/LC_MESSAGES/django.po")).replace('"\n"', "")

    assert [msgid for msgid in written() if msgid not in theirs] == []
