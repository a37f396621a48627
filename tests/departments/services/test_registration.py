"""A registration link sets the first password of one account, once, for a short time, and is kept nowhere."""

import datetime as dt
import json
import re
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail, serializers
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.urls import reverse

from departments.choices import Handling, Role
from departments.models import ApiToken, User, UserSession
from departments.rules import one_hand
from departments.services import entrusting, people, registration, rights
from tests.factories import ApiTokenFactory, SignInFactory, UserFactory
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db

PAGE = "https://duban.example.gov.cn/register/"
PASSWORD = "kuai-le-de-xiao-niao-7"


@pytest.fixture(autouse=True)
def _mail_is_on(settings):
    settings.MAIL_IS_ON = True


@pytest.fixture
def administrator():
    return UserFactory(role=Role.OFFICE, is_staff=True)


@pytest.fixture
def person():
    return UserFactory(name="张三", username="zhangsan", email="zhang@example.gov.cn")


def fresh(person):
    return User.objects.get(pk=person.pk)


def sent_link():
    return re.search(r"\?link=(\S+)", mail.outbox[-1].body)[1]


def send(person, administrator):
    registration.send(person, by=administrator, page=PAGE)
    return sent_link()


def test_the_owner_sets_a_password_by_the_link_in_the_mail(client, administrator, person):
    link = send(person, administrator)

    registration.register(link, password=PASSWORD)

    (letter,) = mail.outbox
    assert letter.to == ["zhang@example.gov.cn"]
    assert f"{PAGE}?link=" in letter.body
    assert client.login(username="zhangsan", password=PASSWORD)
    assert not fresh(person).must_change_password


def test_the_password_before_and_what_it_opened_end_with_the_sending(administrator, person):
    ApiTokenFactory(user=person)
    SignInFactory(user=person)
    people.issue_calendar_key(person)

    send(person, administrator)

    person = fresh(person)
    assert (person.has_usable_password(), person.must_change_password, person.calendar_key) == (False, True, None)
    assert not ApiToken.objects.filter(user=person, revoked_at__isnull=True).exists()
    assert not UserSession.objects.filter(user=person, ended_at__isnull=True).exists()


def used(link, person, administrator):
    registration.register(link, password=PASSWORD)


def sent_again(link, person, administrator):
    registration.send(person, by=administrator, page=PAGE)


def given_a_password(link, person, administrator):
    entrusting.give_password(person, by=administrator)


def switched_off(link, person, administrator):
    rights.change(person, by=administrator, is_active=False)


def readdressed(link, person, administrator):
    people.change_personal(person, by=administrator, email="other@example.gov.cn")


@pytest.mark.parametrize("after", [used, sent_again, given_a_password, switched_off, readdressed])
def test_a_link_ends_with(administrator, person, after):
    link = send(person, administrator)
    before = registration.person_of(link)
    after(link, person, administrator)

    assert (before, registration.person_of(link)) == (person, None)
    with pytest.raises(Conflict):
        registration.register(link, password="another-password-99")


def test_a_link_ends_after_two_days(administrator, person):
    link = send(person, administrator)
    opens = []
    for hours in (47, 49):
        with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours)):
            opens.append(registration.person_of(link) is not None)

    assert opens == [True, False]


@pytest.mark.parametrize(
    "change", [lambda link: link[:-1], lambda link: f"x{link}", lambda link: "", lambda link: "中"]
)
def test_a_link_that_was_changed_opens_nothing(administrator, person, change):
    assert registration.person_of(change(send(person, administrator))) is None


def test_a_link_opens_the_account_that_it_was_sent_to_alone(administrator, person, settings):
    other = UserFactory(email="li@example.gov.cn")
    links = [send(person, administrator), send(other, administrator)]
    settings.SECRET_KEY = "another key, long enough to pass the check at the start of the server"

    assert len(set(links)) == 2
    assert [registration.person_of(link) for link in links] == [None, None]


def test_nothing_of_the_link_is_kept(administrator, person):
    link = send(person, administrator)

    kept = serializers.serialize("json", [*User.objects.all(), *AuditEntry.objects.all()], ensure_ascii=False)

    assert link not in kept
    assert link.rpartition(":")[2] not in json.dumps(kept)


def test_who_sends_a_link_has_handled_the_account_and_the_trail_shows_the_chain(administrator, person):
    registration.register(send(person, administrator), password=PASSWORD)

    assert one_hand(fresh(administrator), [person.pk])
    assert fresh(person).entrustments.open().get().how == Handling.LINK
    acts = AuditEntry.objects.filter(subject="zhangsan").order_by("pk").values_list("act", "account")
    assert list(acts) == [("发送登记链接", administrator.username), ("用登记链接设置密码", "zhangsan")]


@pytest.mark.parametrize("error", [SMTPServerDisconnected("gone"), OSError("gone"), TimeoutError()])
def test_a_mail_that_is_not_taken_is_said(administrator, person, monkeypatch, error):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(EmailMessage, "send", fail)

    with pytest.raises(Refused, match="邮件没有发出"):
        registration.send(person, by=administrator, page=PAGE)

    assert AuditEntry.objects.filter(act="登记链接没有送出", result="failed").exists()


def test_no_mail_no_address_and_no_account_send_nothing(administrator, person, settings):
    for name, value, words in (("email", "", "没有登记电子邮箱"), ("is_active", False, "已停用")):
        other = UserFactory(**{"email": "a@example.gov.cn", name: value})
        with pytest.raises(Refused, match=words):
            registration.send(other, by=administrator, page=PAGE)
    settings.MAIL_IS_ON = False
    with pytest.raises(Refused, match="没有配置邮件"):
        registration.send(person, by=administrator, page=PAGE)

    assert mail.outbox == []
    assert fresh(person).has_usable_password()


def test_only_an_administrator_sends_one_and_not_to_administrators(administrator, person):
    for by, to in (
        (UserFactory(role=Role.OFFICE), person),
        (administrator, administrator),
        (administrator, UserFactory(role=Role.OFFICE, is_staff=True, email="b@example.gov.cn")),
    ):
        with pytest.raises(PermissionDenied):
            registration.send(to, by=by, page=PAGE)


# --- the pages --------------------------------------------------------------------------------------------------------


def test_the_way_through_the_pages(client, administrator, person, settings):
    settings.SITE_URL = "https://duban.example.gov.cn"
    client.force_login(administrator)
    offered = client.get(reverse("departments:give-password", args=[person.pk])).content.decode()
    sent = client.post(reverse("departments:send-link", args=[person.pk]), follow=True)
    client.logout()
    page, link = reverse("departments:register"), sent_link()
    opened = [client.get(page, {"link": link}) for _ in range(2)]
    weak = client.post(page, {"link": link, "new_password1": "12345678", "new_password2": "12345678"})
    done = client.post(page, {"link": link, "new_password1": PASSWORD, "new_password2": PASSWORD})
    again = client.post(page, {"link": link, "new_password1": PASSWORD, "new_password2": PASSWORD})

    assert "发送登记链接" in offered
    assert "已发往zhang@example.gov.cn" in sent.content.decode()
    assert f"https://duban.example.gov.cn{page}?link={link}" in mail.outbox[0].body
    assert [answer.status_code for answer in (*opened, weak, done, again)] == [200, 200, 422, 302, 404]
    assert "no-store" in opened[0]["Cache-Control"]
    assert "登录名<strong>zhangsan</strong>" in opened[0].content.decode()
    assert client.login(username="zhangsan", password=PASSWORD)


def test_without_mail_or_an_address_no_link_is_offered(client, administrator, person, settings):
    client.force_login(administrator)
    without = [reverse("departments:give-password", args=[UserFactory().pk])]
    pages = [client.get(page).content.decode() for page in without]
    settings.MAIL_IS_ON = False
    pages.append(client.get(reverse("departments:give-password", args=[person.pk])).content.decode())

    assert ["发送登记链接" in page for page in pages] == [False, False]


def test_wrong_links_are_in_the_trail(client):
    assert client.get(reverse("departments:register"), {"link": "x"}).status_code == 404
    assert client.get(reverse("departments:register")).status_code == 404

    assert AuditEntry.objects.filter(act="使用无效的登记链接").count() == 1
