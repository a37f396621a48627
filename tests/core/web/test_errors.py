"""Permissions are decided by rules alone; refusals are explained."""

import pytest
import rules
from django.core.exceptions import PermissionDenied
from django.test import override_settings
from django.urls import path, reverse

from departments.choices import Role
from tests.factories import ReportFactory, UserFactory
from wenshang_disclosure.core.web.errors import may, require
from wenshang_disclosure.urls import handler404, handler500, urlpatterns

pytestmark = pytest.mark.django_db


def test_a_superuser_gets_no_step_that_the_rules_refuse():
    administrator = UserFactory(role=Role.OFFICE, is_superuser=True, is_staff=True)
    own = ReportFactory(author=administrator)

    assert administrator.has_perm("tasks.review_report", own)
    assert not may(administrator, "tasks.review_report", own)


def test_who_is_switched_off_may_nothing():
    assert not may(UserFactory(role=Role.OFFICE, is_active=False), "tasks.manage_plan")


def test_the_sentence_of_a_refusal_is_the_rules():
    with pytest.raises(PermissionDenied, match="只有办公室"):
        require(UserFactory(), "tasks.manage_plan", sentence="只有办公室可以办理。")


def test_predicates_give_real_booleans():
    from departments import rules as people
    from tasks import rules as duties

    user = UserFactory()
    predicates = [v for m in (people, duties) for v in vars(m).values() if isinstance(v, rules.predicates.Predicate)]
    assert {
        type(predicate.fn(*([user, None][: predicate.num_args]))) for predicate in predicates if predicate.num_args
    } <= {bool}


def broken(request):
    raise RuntimeError("ours")


@override_settings(ROOT_URLCONF=__name__)
def test_a_fault_of_ours_shows_the_number_that_the_log_has(client, caplog):
    client.raise_request_exception = False

    response = client.get("/broken/")

    number = response["X-Request-Id"]
    assert response.status_code == 500
    assert number in response.content.decode()
    assert number in caplog.text


def test_the_page_of_an_unknown_address_is_chinese(client):
    client.force_login(UserFactory(role=Role.OFFICE))

    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "没有找到" in response.content.decode()


def test_a_form_without_its_mark_is_refused_in_chinese():
    from django.test import Client

    client = Client(enforce_csrf_checks=True)

    response = client.post(reverse("departments:sign-in"), {"username": "x", "password": "y"})

    assert response.status_code == 403
    assert "请返回上一页刷新后再提交" in response.content.decode()


urlpatterns = [*urlpatterns, path("broken/", broken)]
__all__ = ["handler404", "handler500"]
