"""Password validators."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from departments.models import Unit, User


@pytest.fixture
def person():
    unit = Unit(name="汶上县财政局", short_name="县财政局")
    return User(username="caizheng01", name="张三丰", phone="05377212345", email="zhang@example.gov.cn", unit=unit)


@pytest.mark.parametrize(
    "password",
    [
        "short-1a",
        "elevenchar1",
        "aaaaaaaaaa1",
        "aaaaaaaaaaaaaaa1",
        "abcdefgh1234",
        "987654321098",
        "aabbaabbaabb",
        "p@ssw0rd2024",
        "518273649018",
        "onlyletters",
        "1234567890123",
        "password123",
        "wenshang2024",
        "Wenshang@2024",
        "woaini1314520",
        "qwer12345678",
        "1qaz2wsx3edc",
        "q1w2e3r4t5y6",
        "abc123abc123",
        "a1a1a1a1a1a1",
        "2024zhengwugongkai",
        "caizhengju2024",
        "wenshangxiancaizhengju1",
        "县财政局20240101",
        "汶上县20240101",
        "zhangsanfeng1",
        "caizheng012",
        "05377212345a",
        "Ｗｅｎｓｈａｎｇ２０２４",
    ],
)
def test_what_is_soon_guessed_is_refused_in_chinese(person, password):
    with pytest.raises(ValidationError) as refused:
        validate_password(password, person)

    assert all(any("一" <= c <= "鿿" for c in message) for message in refused.value.messages)


@pytest.mark.parametrize("password", ["a-long-one-7", "玉米地里三只羊在慢慢跑步", "Kd8-2mQz-77ab", "tree lamp river"])
def test_others_are_taken(person, password):
    validate_password(password, person)


def test_the_rules_are_said_beforehand():
    from django.contrib.auth.password_validation import password_validators_help_texts

    assert all(any("一" <= c <= "鿿" for c in text) for text in password_validators_help_texts())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "is_taken"), [("aaaaaaaaaa1", False), ("password2024!", False), ("Kd8-2mQz-77ab", True)]
)
def test_the_administrator_made_on_the_server_obeys_the_same_rules(monkeypatch, password, is_taken):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)

    def make():
        call_command("createsuperuser", interactive=False, username="root", name="管理员")

    if is_taken:
        make()
    else:
        with pytest.raises((CommandError, ValidationError)):
            make()

    assert User.objects.filter(username="root").exists() is is_taken
