"""One's own settings, and the calendar address that needs no session."""

import icalendar
import pytest
from django.urls import reverse

from departments.models import User
from departments.services import people
from tests.factories import UserFactory
from tests.pages import page_of

pytestmark = pytest.mark.django_db

ME = "/me/"
TYPED = {"mail_choice": "at_once", "email": "a@example.gov.cn", "phone": "0537-7212345"}


@pytest.fixture
def liaison(client, county):
    client.force_login(county.people["liaison"])
    return county.people["liaison"]


def address_on(response):
    """The calendar address that the page shows, without the host."""
    return response.context["address"].removeprefix("http://testserver")


def test_settings_are_kept_for_oneself_alone(client, county, liaison):
    others = list(User.objects.exclude(pk=liaison.pk).order_by("pk").values())

    response = client.post(ME, TYPED, follow=True)

    liaison.refresh_from_db()
    assert "个人设置已保存。" in page_of(response)
    assert (liaison.mail_choice, liaison.email, liaison.phone) == ("at_once", "a@example.gov.cn", "0537-7212345")
    assert list(User.objects.exclude(pk=liaison.pk).order_by("pk").values()) == others


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": "no address"}, "电子邮箱格式不正确，请核对。"),
        ({"email": "a@example.gov.cn\nBcc: b@example.gov.cn"}, "电子邮箱格式不正确，请核对。"),
        ({"mail_choice": "hourly"}, "没有这个选项，请重新选择。"),
        ({"mail_choice": ""}, "请选择邮件提醒方式。"),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_stays(client, liaison, wrong, sentence):
    response = client.post(ME, {**TYPED, **wrong})

    assert response.status_code == 422
    assert sentence in page_of(response)
    assert 'value="0537-7212345"' in page_of(response)
    assert User.objects.get(pk=liaison.pk).email == ""


def test_a_telephone_number_that_is_none_is_named_at_its_field(client, liaison):
    response = client.post(ME, {**TYPED, "phone": "请找张三"})

    assert response.status_code == 422
    assert "联系电话不正确。请填写一个11位手机号" in response.context["form"].errors["phone"][0]
    assert 'value="请找张三"' in page_of(response)


def test_the_page_is_linked_on_every_page(client, liaison):
    assert f'href="{ME}"' in page_of(client.get("/assignments/"))


def test_the_calendar_address_is_shown_once(client, liaison):
    response = client.post(reverse("tasks:new-calendar"))

    address = response.context["address"]
    secret = address.rpartition("/")[2].removesuffix(".ics")
    assert address.startswith("http://testserver/calendar/")
    assert f'value="{address}"' in page_of(response)
    assert secret not in page_of(client.get(ME))
    assert secret not in str(User.objects.filter(pk=liaison.pk).values())


def test_the_address_begins_as_the_server_is_known(client, liaison, settings):
    settings.SITE_URL = "https://duban.example.gov.cn"

    response = client.post(reverse("tasks:new-calendar"))

    assert response.context["address"].startswith("https://duban.example.gov.cn/calendar/")


def test_the_calendar_needs_no_session(client, county, liaison):
    address = address_on(client.post(reverse("tasks:new-calendar")))
    client.logout()

    response = client.get(address)

    whole = icalendar.Calendar.from_ical(response.content)
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert client.cookies.get("sessionid") is None or client.cookies["sessionid"].value == ""
    assert whole["x-wr-calname"] == "政务公开任务督办（南旺镇人民政府）"
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405


def test_a_new_address_ends_the_one_before_and_ending_ends_it(client, liaison):
    first = address_on(client.post(reverse("tasks:new-calendar")))
    second = address_on(client.post(reverse("tasks:new-calendar")))
    before = [client.get(address).status_code for address in (first, second)]

    response = client.post(reverse("tasks:end-calendar"), follow=True)

    assert before == [404, 200]
    assert client.get(second).status_code == 404
    assert "日历地址已停用" in page_of(response)
    assert "生成日历地址" in page_of(response)


@pytest.mark.parametrize("change", [{"is_active": False}, {"must_change_password": True}, {"is_demo": True}])
def test_who_cannot_sign_in_has_a_calendar_that_is_not_there(client, change):
    user = UserFactory()
    secret = people.issue_calendar_key(user)
    User.objects.filter(pk=user.pk).update(**change)

    hidden = client.get(reverse("tasks:calendar", args=[secret]))
    unknown = client.get(reverse("tasks:calendar", args=["x" * len(secret)]))

    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert page_of(hidden) == page_of(unknown)


def test_the_secret_is_in_no_log(client, caplog):
    user = UserFactory()
    secret = people.issue_calendar_key(user)
    address = reverse("tasks:calendar", args=[secret])
    with caplog.at_level("DEBUG"):
        client.get(address)
        client.post(address)
        people.revoke_calendar_key(user)
        client.get(address)

    assert secret not in caplog.text
