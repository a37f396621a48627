"""Monday mails of saved views: to whom, when, what they say when they are sent, and when they end."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from departments.choices import MailChoice, Role
from departments.models import User
from tasks.choices import Sharing
from tasks.models import OutgoingMail, SavedView
from tasks.services import saved_views
from tasks.services.deadlines import suspension
from tasks.services.supervision import mail, view_mails
from tests.factories import SavedViewFactory, UnitFactory, UserFactory
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.web.errors import Refused

from .post_office import open_post_office

pytestmark = pytest.mark.django_db

WEDNESDAY, MONDAY, TUESDAY = dt.date(2025, 3, 5), dt.date(2025, 3, 10), dt.date(2025, 3, 11)
LEADER = ("张县长", "zhang@gov.example.cn")


@pytest.fixture(autouse=True)
def _rules(settings):
    settings.MAIL_IS_ON = True
    settings.VIEW_MAIL_ADDRESSES = ["*@gov.example.cn"]


@pytest.fixture
def post_office(settings):
    with open_post_office(settings) as office:
        yield office


@pytest.fixture
def office(county):
    return county.people["office"]


@pytest.fixture
def colleague():
    return UserFactory(role=Role.REVIEWER, email="b@gov.example.cn")


def set_up(owner, *, people=(), addresses=(), on=WEDNESDAY, query="light=overdue", **fields):
    """A view that its owner mails since that day."""
    view = SavedViewFactory(owner=owner, query=query, name="逾期清单", **fields)
    with time_machine.travel(on_day(on), tick=False):
        view_mails.set_recipients(view, by=owner, people=list(people), addresses=list(addresses))
    return SavedView.objects.get(pk=view.pk)


def run(on):
    """Write the mails of a day as the daily command does; return their number."""
    with time_machine.travel(on_day(on), tick=False):
        return view_mails.write()


def deliver(on=MONDAY):
    with time_machine.travel(on_day(on), tick=False):
        return mail.deliver()


def sent(post_office):
    return {message["To"]: message for message in post_office.mails}


def of_views():
    return OutgoingMail.objects.filter(view_on__isnull=False)


def text_of(message):
    return message.get_body(("plain",)).get_content()


# --- to whom ----------------------------------------------------------------------------------------------------------


def test_the_office_mails_to_people_and_to_allowed_addresses(office, colleague):
    view = set_up(office, people=[colleague], addresses=[LEADER])

    assert [str(one) for one in view.recipients.all()] == [colleague.name, "张县长 zhang@gov.example.cn"]
    entry = AuditEntry.objects.get(act="设置视图邮件")
    assert entry.detail == {"people": [colleague.username], "outside": 1}


@pytest.mark.parametrize("address", ["a@example.com", "a@gov.example.cn.example.com", "gov.example.cn@example.com"])
def test_addresses_that_the_administrator_does_not_allow_are_refused(office, address):
    with pytest.raises(Refused, match="不在系统管理员允许的邮箱范围内"):
        set_up(office, addresses=[("某人", address)])


@pytest.mark.parametrize("who", ["reviewer", "liaison", "leader"])
def test_nobody_but_the_office_mails_outside(county, who):
    with pytest.raises(Refused, match="只有县政府办公室"):
        set_up(county.people[who], addresses=[LEADER])


def test_a_units_people_mail_within_their_unit(county, colleague):
    leader, liaison = county.people["leader"], county.people["liaison"]
    User.objects.filter(pk=leader.pk).update(email="leader@gov.example.cn")

    view = set_up(liaison, people=[User.objects.get(pk=leader.pk)])

    assert view.recipients.get().person == leader
    with pytest.raises(Refused, match="您不能发送的人员"):
        set_up(liaison, people=[colleague], list_name="tasks:overdue")


def test_an_auditor_and_who_did_not_save_the_view_mail_nothing(county, office, colleague):
    with pytest.raises(PermissionDenied):
        set_up(county.people["auditor"], people=[colleague])
    view = SavedViewFactory(owner=office, sharing=Sharing.COUNTY)
    with pytest.raises(PermissionDenied):
        view_mails.set_recipients(view, by=county.people["reviewer"], people=[colleague], addresses=[])


def test_a_view_goes_to_a_limited_number(office, colleague, monkeypatch):
    monkeypatch.setattr(view_mails, "MAX_RECIPIENTS", 1)

    with pytest.raises(Refused, match="最多发给1人"):
        set_up(office, people=[colleague], addresses=[LEADER])


# --- when -------------------------------------------------------------------------------------------------------------


def test_it_is_written_once_a_week_from_the_next_monday_on(office, colleague):
    set_up(office, people=[colleague], addresses=[LEADER])

    assert [run(WEDNESDAY), run(MONDAY), run(MONDAY), run(TUESDAY)] == [0, 2, 0, 0]
    assert run(MONDAY + dt.timedelta(days=8)) == 2  # no run on that Monday
    assert set(of_views().values_list("view_on", flat=True)) == {MONDAY, MONDAY + dt.timedelta(days=7)}


def test_without_a_mail_server_nothing_is_written(office, colleague, settings):
    set_up(office, people=[colleague])
    settings.MAIL_IS_ON = False

    assert run(MONDAY) == 0


def test_who_chose_no_mail_and_whose_account_is_off_gets_none(office, colleague):
    silent = UserFactory(role=Role.REVIEWER, email="c@gov.example.cn", mail_choice=MailChoice.OFF)
    gone = UserFactory(role=Role.REVIEWER, email="d@gov.example.cn")
    set_up(office, people=[colleague, silent, gone])
    User.objects.filter(pk=gone.pk).update(is_active=False)

    assert run(MONDAY) == 1


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.AUDITOR}])
def test_it_stops_by_itself_where_its_owner_may_not_mail_it_any_more(office, colleague, change):
    view = set_up(office, people=[colleague])
    User.objects.filter(pk=office.pk).update(**change)

    assert run(MONDAY) == 0
    view.refresh_from_db()
    assert (view.mailed_on, view.mail_stopped) == (None, view_mails.OWNER_GONE)
    assert AuditEntry.objects.filter(act="视图邮件停发").count() == 1


def test_it_stops_where_its_owner_works_for_another_unit(county):
    leader, liaison = county.people["leader"], county.people["liaison"]
    User.objects.filter(pk=leader.pk).update(email="leader@gov.example.cn")
    view = set_up(liaison, people=[User.objects.get(pk=leader.pk)])
    User.objects.filter(pk=liaison.pk).update(unit=UnitFactory())

    assert run(MONDAY) == 0
    view.refresh_from_db()
    assert view.mail_stopped == view_mails.OWNER_GONE


# --- what it says -----------------------------------------------------------------------------------------------------


def test_a_leader_reads_figures_and_rows_without_signing_in(county, office, post_office):
    set_up(office, addresses=[LEADER])
    run(MONDAY)

    assert deliver().sent == 1

    message = sent(post_office)["zhang@gov.example.cn"]
    text, page = text_of(message), message.get_body(("html",)).get_content()
    assert message["Subject"].strip() == "【政务公开任务督办】逾期清单（2025年3月10日）"
    assert text.startswith("张县长同志：")
    assert "共3件，涉及3个单位，逾期3。" in text
    assert county.task.requirement in text
    assert f"<td>{county.town.name}</td>" in page
    assert "href" not in page
    assert f"本邮件由县政府办公室{office.name}在政务公开任务督办系统中设置" in text


def test_it_says_what_its_owner_may_see_when_it_is_sent(county, office, colleague, post_office):
    set_up(office, people=[colleague])
    run(MONDAY)
    with time_machine.travel(on_day(MONDAY), tick=False):
        suspension.suspend(county.duty, by=office, reason="等待上级文件。")

    deliver()

    text = text_of(sent(post_office)[colleague.email])
    assert "共2件" in text
    assert county.town.name not in text


def test_a_unit_mails_its_own_duties_alone(county, post_office):
    leader, liaison = county.people["leader"], county.people["liaison"]
    User.objects.filter(pk=leader.pk).update(email="leader@gov.example.cn")
    set_up(liaison, people=[User.objects.get(pk=leader.pk)], query="")
    run(MONDAY)

    deliver()

    text = text_of(sent(post_office)["leader@gov.example.cn"])
    assert "共1件" in text
    assert (county.town.name in text, county.other_unit.name in text) == (True, False)


def test_rows_beyond_the_limit_are_counted(office, colleague, post_office, monkeypatch):
    monkeypatch.setattr(view_mails, "MAX_ROWS", 1)
    set_up(office, people=[colleague])
    run(MONDAY)

    deliver()

    assert "其余2件未列出。" in text_of(sent(post_office)[colleague.email])


def test_what_is_gone_from_the_view_is_said(office, colleague, post_office):
    set_up(office, people=[colleague], query="light=overdue&unit=999999&columns=unit,size")
    run(MONDAY)

    deliver()

    text = text_of(sent(post_office)[colleague.email])
    assert "视图中的承办单位、列size有的已不存在" in text
    assert "共3件" in text


def given_up(reason):
    return list(of_views().values_list("last_error", flat=True)) == [reason]


def test_a_mail_that_waits_is_not_sent_once_its_owner_stopped_or_deleted_the_view(office, colleague, post_office):
    view = set_up(office, people=[colleague])
    run(MONDAY)
    view_mails.set_recipients(view, by=office, people=[], addresses=[])

    assert (deliver().gave_up, post_office.arrived) == (1, [])
    assert given_up(view_mails.DELETED)

    saved_views.delete(view, by=office)
    with pytest.raises(Refused, match="停发或者删除"):
        mail.retry(of_views().get(), by=office)


def test_a_mail_that_waits_is_not_sent_once_its_owner_is_gone(office, colleague, post_office):
    set_up(office, people=[colleague])
    run(MONDAY)
    User.objects.filter(pk=office.pk).update(is_active=False)

    assert (deliver().gave_up, post_office.arrived) == (1, [])
    assert given_up(view_mails.OWNER_GONE)


def test_a_mail_to_an_address_outside_is_sent_again_to_the_same_address(office):
    set_up(office, addresses=[LEADER])
    run(MONDAY)
    of_views().update(gave_up_at=on_day(MONDAY), last_error="拒收")

    with time_machine.travel(on_day(MONDAY), tick=False):
        mail.retry_all(by=office)

    again = of_views().get()
    assert (again.address, again.gave_up_at) == ("zhang@gov.example.cn", None)
