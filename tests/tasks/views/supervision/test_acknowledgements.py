"""签收: the unit's list and what it confirms; the office sees who has not."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from tasks.models import Assignment, Plan
from tasks.services.supervision import acknowledgements
from tests.factories import AssignmentFactory, TaskFactory, UserFactory, complete
from tests.pages import page_of
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db

PAGE, POST = reverse("tasks:acknowledgements"), reverse("tasks:acknowledge")


@pytest.fixture
def stranger(client, county):
    """A browser of the agriculture bureau's, which has two duties and has reported on none."""
    county.second_duty = AssignmentFactory(task=TaskFactory(section=county.task.section), unit=county.other_unit)
    client.force_login(county.people["stranger"])
    return client


def acknowledged(county):
    duties = Assignment.objects.filter(unit=county.other_unit, acknowledged_at__isnull=False)
    return set(duties.values_list("pk", flat=True))


# --- the unit's own ---------------------------------------------------------------------------------------------------


def test_the_unit_sees_what_it_has_not_confirmed(stranger, county):
    acknowledgements.acknowledge([county.other_duty], by=county.people["stranger"])

    response = stranger.get(PAGE)

    assert list(response.context["duties"]) == [county.second_duty]
    assert "本单位承担2件，请在3个工作日内签收。" in page_of(response)


@pytest.mark.parametrize(("day", "said"), [(dt.date(2024, 11, 20), False), (dt.date(2098, 12, 30), True)])
@pytest.mark.parametrize("person", ["stranger", "office"])
def test_a_year_without_a_calendar_of_holidays_is_named(client, county, person, day, said):
    with time_machine.travel(on_day(day)):
        client.force_login(county.people[person])
        page = page_of(client.get(PAGE))

    assert ("2098年、2099年的放假安排尚未收录，工作日暂按周一至周五计算。" in page) == said


def test_all_are_confirmed_at_once_with_who_is_in_charge(stranger, county):
    response = stranger.post(POST, {"scope": "all", "handler": "王五", "leader": "赵六"}, follow=True)

    assert acknowledged(county) == {county.other_duty.pk, county.second_duty.pk}
    assert set(Assignment.objects.filter(unit=county.other_unit).values_list("handler", "leader")) == {("王五", "赵六")}
    assert "已签收2件承办事项。" in page_of(response)
    assert "没有待签收的承办事项。" in page_of(response)


def test_a_second_click_finds_all_confirmed(stranger, county):
    stranger.post(POST, {"scope": "all"})

    response = stranger.post(POST, {"scope": "all"}, follow=True)

    assert "此前已全部签收。" in page_of(response)


def test_only_what_was_ticked_is_confirmed(stranger, county):
    stranger.post(POST, {"scope": "ticked", "duty": county.second_duty.pk})

    assert acknowledged(county) == {county.second_duty.pk}


def test_nothing_ticked_is_said_above_the_form_with_what_was_typed(stranger, county):
    response = stranger.post(POST, {"scope": "ticked", "handler": "王五"})

    assert response.status_code == 422
    assert "请先勾选承办事项。" in page_of(response)
    assert response.context["form"]["handler"].value() == "王五"
    assert acknowledged(county) == set()


def test_a_name_that_is_too_long_is_said_beside_its_field(stranger, county):
    response = stranger.post(POST, {"scope": "all", "handler": "王" * 41})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["handler"]
    assert acknowledged(county) == set()


@pytest.mark.parametrize("forged", ["another unit's", "not there", "nonsense"])
def test_a_forged_id_confirms_nothing(stranger, county, forged):
    ids = {"another unit's": county.lead_duty.pk, "not there": 999_999, "nonsense": "١; DROP" * 3}

    response = stranger.post(POST, {"duty": [ids[forged], "9" * 40]})

    assert response.status_code == 422
    assert "请先勾选承办事项。" in page_of(response)
    assert not Assignment.objects.filter(pk=county.lead_duty.pk, acknowledged_at__isnull=False).exists()


def test_a_lead_does_not_confirm_for_its_rows_units(client, county):
    Assignment.objects.update(acknowledged_at=None)
    client.force_login(county.people["lead"])

    client.post(POST, {"duty": [county.duty.pk, county.lead_duty.pk]})

    assert list(Assignment.objects.filter(acknowledged_at__isnull=False)) == [county.lead_duty]


def test_on_the_dutys_own_page_one_is_confirmed_and_the_page_comes_back(stranger, county):
    page = reverse("tasks:assignment", args=[county.other_duty.pk])
    assert "尚未签收" in page_of(stranger.get(page))

    response = stranger.post(POST, {"duty": county.other_duty.pk, "on_its_page": "1", "handler": "王五"})

    assert (response.status_code, response.url) == (302, page)
    assert acknowledged(county) == {county.other_duty.pk}
    after = page_of(stranger.get(page))
    assert "尚未签收" not in after
    assert "<dd>王五</dd>" in after


def test_the_leader_sees_the_list_and_no_button(client, county):
    client.force_login(UserFactory(role=Role.LEADER, unit=county.other_unit))

    response = client.get(PAGE)

    assert list(response.context["duties"]) == [county.other_duty]
    assert "由本单位联络员签收。" in page_of(response)
    assert "全部签收" not in page_of(response)
    assert client.post(POST, {"scope": "all"}).status_code == 403
    assert acknowledged(county) == set()


def test_a_unit_without_duties_is_told_so(client, county):
    client.force_login(UserFactory())

    assert "没有待签收的承办事项。" in page_of(client.get(PAGE))
    assert client.post(POST, {"scope": "all"}).status_code == 403


def test_without_an_issued_plan_there_is_nothing_to_confirm(client):
    client.force_login(UserFactory())
    assert not Plan.objects.exists()

    assert [client.get(PAGE).status_code, client.post(POST, {"scope": "all"}).status_code] == [200, 200]


def test_the_worklist_says_how_many_wait(stranger, county):
    response = stranger.get(reverse("tasks:worklist"))

    assert "<b>2件待签收</b>" in page_of(response)


# --- the county -------------------------------------------------------------------------------------------------------


def test_the_office_sees_each_unit_the_latest_first(office, county):
    Assignment.objects.filter(pk=county.other_duty.pk).update(owed_from=timezone.localdate())
    acknowledgements.acknowledge([county.lead_duty], by=county.people["lead"], handler="王五")
    AssignmentFactory(task=TaskFactory(section=county.task.section), unit=county.lead_unit)

    response = office.get(PAGE)

    told = [
        (row["unit"], row["owed"], row["waiting"], row["late"], row["named"], row["liaisons"])
        for row in response.context["rows"]
    ]
    assert told == [
        (county.lead_unit.pk, 2, 1, 1, 1, [county.people["lead"]]),
        (county.other_unit.pk, 1, 1, 0, 0, [county.people["stranger"]]),
        (county.town.pk, 1, 0, 0, 0, [county.people["liaison"], county.people["stranger"]]),  # has reported
    ]
    assert "未签收2件，其中超过3个工作日的1件。" in page_of(response)


def test_a_unit_without_a_liaison_is_marked(office, county):
    county.people["stranger"].is_active = False
    county.people["stranger"].save()

    assert "没有启用的联络员" in page_of(office.get(PAGE))


@pytest.mark.parametrize(("acknowledgement", "found"), [("waiting", 2), ("late", 1), ("done", 1)])
def test_the_list_behind_each_figure(office, county, acknowledgement, found):
    Assignment.objects.filter(pk=county.other_duty.pk).update(owed_from=timezone.localdate())

    response = office.get(reverse("tasks:assignments"), {"acknowledgement": acknowledgement})

    assert len(response.context["table"].rows) == found


def test_what_is_done_waits_for_no_acknowledgement(office, county):
    complete(county.other_duty)
    Assignment.objects.filter(pk=county.other_duty.pk).update(acknowledged_at=None)

    waiting = {row["unit"]: row["waiting"] for row in office.get(PAGE).context["rows"]}

    assert waiting[county.other_unit.pk] == 0
