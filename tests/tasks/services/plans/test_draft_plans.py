"""A draft plan begins, says what it is about, and goes."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from departments.choices import Role
from tasks.choices import PlanState
from tasks.models import Designation, Plan, Task
from tasks.services.plans import draft_plans
from tasks.services.plans.drafting import seen_plan
from tests.factories import UserFactory
from tests.tasks.drafts import draw_up
from wenshang_disclosure.core.web.errors import Conflict

pytestmark = pytest.mark.django_db

ABOUT = {
    "year": 2025,
    "title": "2025年某县分解表",
    "document_number": "",
    "issuer": "某县人民政府办公室",
    "issued_on": datetime.date(2025, 5, 20),
    "warning_days": 10,
}


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


def test_a_new_plan_is_an_empty_draft(office):
    plan = draft_plans.begin(by=office, basis=[("某通知", "鲁政办发〔2025〕2号"), ("某意见", "")], **ABOUT)

    plan.refresh_from_db()
    assert (plan.state, plan.title, plan.warning_days) == (PlanState.DRAFT, ABOUT["title"], 10)
    assert [str(document) for document in plan.basis.all()] == ["《某通知》（鲁政办发〔2025〕2号）", "《某意见》"]
    assert (plan.parts.count(), plan.tasks.count()) == (0, 0)


def test_nobody_but_the_office_begins_one():
    with pytest.raises(PermissionDenied):
        draft_plans.begin(by=UserFactory(role=Role.REVIEWER), basis=[], **ABOUT)

    assert Plan.objects.count() == 0


def test_a_draft_says_what_was_written_and_keeps_its_rows(office):
    plan = draw_up(["甲"])
    plan.basis.create(order=1, title="旧通知")

    draft_plans.describe(plan, by=office, version=seen_plan(plan), basis=[("新通知", "2号")], **ABOUT)

    plan.refresh_from_db()
    assert [getattr(plan, name) for name in ABOUT] == list(ABOUT.values())
    assert [str(document) for document in plan.basis.all()] == ["《新通知》（2号）"]
    assert (plan.tasks.count(), plan.state) == (1, PlanState.DRAFT)


@pytest.mark.parametrize("meanwhile", [{"title": "别的标题"}, {"basis": [("新通知", "")]}, {"warning_days": 3}])
def test_the_second_of_two_tabs_is_told(office, meanwhile):
    plan = draw_up(["甲"])
    seen = seen_plan(plan)
    draft_plans.describe(plan, by=office, version=seen, **{"basis": [], **meanwhile})

    with pytest.raises(Conflict, match="刚被别人改过"):
        draft_plans.describe(plan, by=office, version=seen, basis=[], title="我的标题")

    assert Plan.objects.get().title != "我的标题"


def test_a_draft_goes_with_everything_in_it(office):
    plan = draw_up(["甲", "乙"], ["丙"])

    draft_plans.discard(plan, by=office, version=draft_plans.seen_contents(plan))

    assert (Plan.objects.count(), Task.objects.count(), Designation.objects.count()) == (0, 0, 0)


def test_a_draft_that_grew_meanwhile_is_not_deleted(office):
    plan = draw_up(["甲"])
    seen = draft_plans.seen_contents(plan)
    task = plan.tasks.get()
    Task.objects.create(plan=plan, section=task.section, number=2, requirement="新")

    with pytest.raises(Conflict):
        draft_plans.discard(plan, by=office, version=seen)

    assert plan.tasks.count() == 2
