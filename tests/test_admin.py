"""Django admin: everything can be found, history cannot be touched, changes go through the services."""

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from departments.choices import Role
from departments.models import Alias, Unit, User
from tasks.choices import PlanState
from tasks.models import Assignment, Designation, Evidence, Plan, ProgressReport, Task, Transition
from wenshang_disclosure.files.models import StoredFile

from .admin_pages import form_of
from .factories import (
    CollectiveFactory,
    PlanFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MODELS = list(admin.site._registry)
FROZEN = [Assignment, ProgressReport, Evidence, StoredFile, Transition, Unit, User, Task, Designation]
"""What is history, and what has pages of its own."""


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def administrator(client, county):
    client.force_login(county.people["administrator"])
    return client


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_is_listed_searched_and_shown_in_chinese(administrator, county, model):
    PlanFactory(state=PlanState.DRAFT)
    CollectiveFactory()
    Alias.objects.create(name="县商业局", unit=county.lead_unit)
    one = {ProgressReport: county.report, Evidence: county.item}.get(model) or model.objects.first()

    pages = [
        administrator.get(address(model, "changelist"), {"q": "县"}),
        administrator.get(address(model, "changelist")),
    ]
    if one:
        pages.append(administrator.get(address(model, "change", one.pk)))

    assert {page.status_code for page in pages} == {200}
    assert model._meta.verbose_name in pages[0].content.decode()
    assert not model._meta.verbose_name.isascii()


@pytest.mark.parametrize("model", FROZEN, ids=lambda model: model.__name__)
def test_what_is_history_cannot_be_added_changed_or_deleted(administrator, county, model):
    Alias.objects.create(name="县商业局", unit=county.lead_unit)
    one = {ProgressReport: county.report, Evidence: county.item}.get(model) or model.objects.first()

    answers = [
        administrator.post(address(model, "add"), {}).status_code,
        administrator.post(address(model, "change", one.pk), {"state": "draft"}).status_code,
        administrator.post(address(model, "delete", one.pk), {"post": "yes"}).status_code,
        administrator.post(
            address(model, "changelist"), {"action": "delete_selected", "_selected_action": [one.pk], "post": "yes"}
        ).status_code,
    ]

    assert answers[:3] == [403, 403, 403]
    assert model.objects.filter(pk=one.pk).exists()


def test_a_draft_report_is_not_shown(administrator, county):
    assert administrator.get(address(ProgressReport, "change", county.draft.pk)).status_code == 302


@pytest.mark.parametrize(
    ("model", "page"),
    [(Unit, "departments:edit-unit"), (User, "departments:person"), (Plan, "tasks:plan"), (Task, "tasks:task")],
)
def test_what_has_a_page_of_its_own_leads_there(administrator, county, model, page):
    one = model.objects.first()

    shown = administrator.get(address(model, "change", one.pk)).content.decode()

    assert f'href="{reverse(page, args=[one.pk])}"' in shown
    assert "到办理页面" in shown


def test_it_stands_in_the_frame_of_the_product(administrator, county):
    page = administrator.get(address(Unit, "changelist")).content.decode()

    assert 'class="house-header"' in page
    assert reverse("departments:people") in page
    assert "来修改" not in page
    assert "View" not in page


def test_of_an_issued_plan_the_warning_days_can_be_set_and_nothing_else(administrator, county):
    page = address(Plan, "change", county.plan.pk)
    sent = {**form_of(administrator, page), "title": "别的标题", "warning_days": 20}

    administrator.post(page, sent)

    county.plan.refresh_from_db()
    assert (county.plan.title, county.plan.warning_days) == ("2024年测试分解表", 20)
    assert administrator.post(address(Plan, "add"), {}).status_code == 403
    assert administrator.post(address(Plan, "delete", county.plan.pk), {"post": "yes"}).status_code == 403


def test_groups_are_not_offered():
    with pytest.raises(NoReverseMatch):
        reverse("admin:auth_group_changelist")


@pytest.mark.parametrize("path", ["", "login/", "logout/", "nowhere/", "departments/unit/", "jsi18n/"])
def test_for_office_staff_without_the_right_it_does_not_exist(client, county, path):
    client.force_login(UserFactory(role=Role.OFFICE))

    assert client.get(f"/admin/{path}").status_code == 404
    assert client.post(f"/admin/{path}", {}).status_code == 404


def test_who_is_not_signed_in_is_sent_to_sign_in(client, county):
    response = client.get(address(Unit, "changelist"), follow=True)

    assert response.redirect_chain[-1][0].startswith(reverse("departments:sign-in"))
