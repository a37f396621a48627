"""Earlier words of a draft stand below its form, and a button puts them into it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.choices import Role
from tasks.models import DraftVersion
from tasks.services.progress import reports
from tests.factories import UserFactory
from tests.made_files import pdf_upload, program_upload
from tests.pages import page_of

pytestmark = pytest.mark.django_db

LOST = "已在县政府门户网站公开政策文件12件，召开新闻发布会2次，回应群众关切30余条。"
PASTED = "关于召开全县春季植树造林工作会议的通知。"


@pytest.fixture
def liaison(client, county):
    client.force_login(county.people["liaison"])
    return client


@pytest.fixture
def version(liaison, county):
    """The words that the liaison lost by a wrong paste."""
    send(liaison, county.duty, "save", version=1, text=LOST, obstacles="人手不足。")
    send(liaison, county.duty, "save", version=2, text=PASTED)
    return DraftVersion.objects.get(text=LOST)


def send(client, duty, action, *, version, **typed):
    return client.post(reverse("tasks:report", args=[duty.pk]), {"action": action, "version": version, **typed})


def test_the_form_lists_who_wrote_what_when_and_opens_the_text(liaison, county, version):
    response = liaison.get(reverse("tasks:report", args=[county.duty.pk]))

    assert list(response.context["earlier"]) == list(county.draft.draft_versions.all())
    page = page_of(response)
    assert "早先的草稿" in page
    assert str(county.people["liaison"]) in page
    assert LOST in page
    assert f'value="bring-back:{version.pk}"' in page


def test_without_earlier_words_there_is_no_list(liaison, county):
    assert "早先的草稿" not in page_of(liaison.get(reverse("tasks:report", args=[county.duty.pk])))


def test_more_versions_need_no_more_queries(liaison, county, version):
    page = reverse("tasks:report", args=[county.duty.pk])
    with CaptureQueriesContext(connection) as few:
        liaison.get(page)
    for number in range(3, 9):
        by = UserFactory(unit=county.town)
        reports.save_draft(county.duty, by=by, version=number, text=f"第{number}稿。")

    with CaptureQueriesContext(connection) as many:
        response = liaison.get(page)

    assert len(response.context["earlier"]) >= 7
    assert len(many) == len(few)


def test_words_are_shown_as_text(liaison, county):
    send(liaison, county.duty, "save", version=1, text="<script>alert(1)</script> & 又发布政策文件。")
    send(liaison, county.duty, "save", version=2, text="")

    page = page_of(liaison.get(reverse("tasks:report", args=[county.duty.pk])))

    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_an_earlier_version_is_put_into_the_form_and_nothing_typed_is_lost(liaison, county, version):
    response = send(liaison, county.duty, f"bring-back:{version.pk}", version=3, text=PASTED, next_steps="下月补齐。")

    assert response.url == reverse("tasks:report", args=[county.duty.pk])
    form = liaison.get(response.url).context["form"]
    assert [form[name].value() for name in ("text", "obstacles", "next_steps")] == [LOST, "人手不足。", ""]
    latest = county.draft.draft_versions.first()
    assert (latest.text, latest.next_steps) == (PASTED, "下月补齐。")


def test_a_colleague_of_the_unit_brings_back_too(client, county, version):
    client.force_login(UserFactory(unit=county.town))

    send(client, county.duty, f"bring-back:{version.pk}", version=3, text=PASTED)

    county.draft.refresh_from_db()
    assert county.draft.text == LOST


def test_a_stale_form_keeps_its_text_and_brings_nothing_back(liaison, county, version):
    response = send(liaison, county.duty, f"bring-back:{version.pk}", version=1, text="又写。")

    assert response.status_code == 409
    assert response.context["form"]["text"].value() == "又写。"
    county.draft.refresh_from_db()
    assert county.draft.text == PASTED


@pytest.mark.parametrize("item", ["", "0", "x", "9" * 30, "999999"])
def test_a_version_that_is_gone_is_told_so_and_the_text_stays(liaison, county, version, item):
    response = send(liaison, county.duty, f"bring-back:{item}", version=3, text="又写。")

    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == ["这份早先的草稿已不存在，没有恢复。"]
    assert response.context["form"]["text"].value() == "又写。"


def test_files_that_come_with_the_form_are_attached(liaison, county, version):
    before = county.draft.evidence.count()

    send(
        liaison, county.duty, f"bring-back:{version.pk}", version=3, text=PASTED, files=pdf_upload(), file_kind="other"
    )

    county.draft.refresh_from_db()
    assert (county.draft.text, county.draft.evidence.count()) == (LOST, before + 1)


def test_a_file_that_is_refused_leaves_the_words_that_were_brought_back_in_the_form(liaison, county, version):
    come = {"files": program_upload(), "file_kind": "other"}

    response = send(liaison, county.duty, f"bring-back:{version.pk}", version=3, text=PASTED, **come)

    assert response.status_code == 422
    assert response.context["evidence_form"].errors["files"]
    form = response.context["form"]
    assert (form["text"].value(), form["version"].value()) == (LOST, 5)


@pytest.mark.parametrize("role", [Role.OFFICE, Role.REVIEWER, Role.AUDITOR, Role.LEADER])
def test_nobody_but_the_units_writers_opens_or_brings_back(client, county, version, role):
    client.force_login(UserFactory(role=role, unit=county.town if role == Role.LEADER else None))

    shown = client.get(reverse("tasks:report", args=[county.duty.pk]))
    sent = send(client, county.duty, f"bring-back:{version.pk}", version=3, text=PASTED)

    assert (shown.status_code, sent.status_code) == (403, 403)
    assert LOST not in page_of(shown)
    county.draft.refresh_from_db()
    assert county.draft.text == PASTED
