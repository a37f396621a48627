"""Pages of 填报表: out, in, the check page, and the office's way with a unit's sheet."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from departments.choices import Role
from tasks.models import EnteredReport, SheetUpload
from tasks.services.progress import reports
from tests.factories import AssignmentFactory, TaskFactory, UserFactory, asks_its_leader
from tests.pages import page_of
from tests.tasks.sheets import NAME, fill, rows_of, saved

pytestmark = pytest.mark.django_db

ATTESTED = {"attested": "on", "attested_name": "张保密"}


@pytest.fixture
def duty():
    return AssignmentFactory()


@pytest.fixture
def liaison(client, duty):
    person = UserFactory(unit=duty.unit)
    client.force_login(person)
    return person


@pytest.fixture
def office(client):
    person = UserFactory(role=Role.OFFICE)
    client.force_login(person)
    return person


def downloaded(client, **query):
    response = client.get(reverse("tasks:sheet-download"), query)
    assert response.status_code == 200
    return load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def send(client, book, **data):
    return client.post(reverse("tasks:upload-sheet"), {"upload": saved(book), **data})


def at(name):
    return reverse(f"tasks:{name}", args=[SheetUpload.objects.latest("pk").pk])


def take(client, action, **data):
    return client.post(at("take-sheet"), {"action": action, **data})


def test_from_the_download_to_the_submission_in_three_pages(client, liaison, duty):
    sent = send(client, fill(downloaded(client), duty, text="本期进展甲。"))
    looked = page_of(client.get(sent.url))
    done = client.post(at("take-sheet"), {"action": "submit", **ATTESTED}, follow=True)

    assert "将写入的1件" in looked
    assert "本期进展甲。" in looked
    assert sent.url == at("check-sheet")
    assert "已报送1件。" in page_of(done)
    assert (duty.reports.get().state, duty.reports.get().attested_name) == ("submitted", "张保密")
    assert "没有需要写入或者报送的内容" in page_of(done)


def test_saved_as_drafts_the_page_offers_to_submit_them(client, liaison, duty):
    send(client, fill(downloaded(client), duty, text="本期进展甲。"))

    take(client, "save")
    page = page_of(client.get(at("check-sheet")))

    assert duty.reports.get().state == "draft"
    assert "第" in page
    assert "已存为草稿" in page
    assert "报送1件" in page
    assert "已存为草稿的1件一并报送" in page
    assert "存为草稿1件</button>" not in page


def test_a_missing_attestation_is_said_and_the_typed_name_stays(client, liaison, duty):
    send(client, fill(downloaded(client), duty, text="本期进展甲。"))

    refused = take(client, "submit", attested_name="李保密")

    assert refused.status_code == 422
    assert "请确认材料已通过本单位保密审查" in page_of(refused)
    assert 'value="李保密"' in page_of(client.get(at("check-sheet")))
    assert not duty.reports.exists()


def test_errors_stand_with_their_cells_and_the_rest_goes(client, liaison, duty):
    other = AssignmentFactory(task=TaskFactory(section=duty.task.section), unit=duty.unit)
    book = fill(fill(downloaded(client), duty, text="好的一行。"), other, text="另一行。", claims_completion="办完了")
    row = rows_of(book)[other.pk]
    send(client, book)

    page = page_of(client.get(at("check-sheet")))
    done = page_of(client.post(at("take-sheet"), {"action": "submit", **ATTESTED}, follow=True))

    assert f"N{row}" in page
    assert "只能填“是”或者“否”，现为“办完了”" in page
    assert "已报送1件。" in done
    assert f"N{row}" in done
    assert (duty.reports.count(), other.reports.count()) == (1, 0)


def test_a_choice_survives_reloading_and_is_followed(client, liaison, duty):
    book = downloaded(client)
    reports.save_draft(duty, by=liaison, version=0, text="系统中的文字。")
    send(client, fill(book, duty, text="表里的文字。"))
    page = page_of(client.get(at("check-sheet")))
    assert "系统中的文字。" in page
    assert "表里的文字。" in page
    state = page.partition(f'name="state-{duty.pk}" value="')[2].partition('"')[0]
    chosen = {f"choice-{duty.pk}": "mine", f"state-{duty.pk}": state}

    by_script = client.post(at("choose-in-sheet"), chosen, headers={"HX-Request": "true"})
    without = client.post(at("choose-in-sheet"), chosen)

    assert (by_script.status_code, without.url) == (204, at("check-sheet"))
    assert 'value="mine" checked' in page_of(client.get(at("check-sheet")))
    take(client, "save")
    assert duty.reports.get().text == "表里的文字。"


def test_the_button_says_where_reports_go(client, liaison, duty):
    asks_its_leader(duty.unit)
    send(client, fill(downloaded(client), duty, text="本期进展甲。"))

    assert "送分管领导审签1件" in page_of(client.get(at("check-sheet")))
    assert "已送分管领导审签1件。" in page_of(
        client.post(at("take-sheet"), {"action": "submit", **ATTESTED}, follow=True)
    )


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("填报表.et", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "另存为 .xlsx 再上传"),
        ("填报表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "另存为 .xlsx 再上传"),
        ("坏.xlsx", b"PK\x03\x04 rubbish", "不是 .xlsx 文件，或者已损坏"),
        ("大.xlsx", b"x" * (10 * 1024 * 1024 + 1), "不像是一份填报表"),
    ],
)
def test_a_file_that_is_none_is_refused_at_the_field(client, liaison, name, data, sentence):
    response = client.post(reverse("tasks:upload-sheet"), {"upload": SimpleUploadedFile(name, data)})

    assert response.status_code == 422
    assert any(sentence in error for error in response.context["form"].errors["upload"])
    assert not SheetUpload.objects.exists()


def test_another_unit_s_sheet_is_refused_at_the_field(client, liaison, duty):
    book = downloaded(client)
    client.force_login(UserFactory(unit=AssignmentFactory().unit))

    response = send(client, book)

    assert response.status_code == 422
    assert f"是{duty.unit.name}的填报表" in response.context["form"].errors["upload"][0]


def test_the_check_page_is_the_uploader_s_own(client, liaison, duty):
    send(client, downloaded(client))
    client.force_login(UserFactory(unit=duty.unit))

    assert client.get(at("check-sheet")).status_code == 404


def test_an_upload_can_be_deleted_and_what_was_saved_stays(client, liaison, duty):
    send(client, fill(downloaded(client), duty, text="本期进展甲。"))
    take(client, "save")

    client.post(at("discard-sheet"))

    assert (SheetUpload.objects.count(), duty.reports.count()) == (0, 1)


def test_the_own_list_and_the_round_lead_here(client, liaison):
    assert reverse("tasks:sheet") in page_of(client.get(reverse("tasks:assignments")))


# --- the office -------------------------------------------------------------------------------------------------------


def test_the_office_takes_in_a_unit_s_sheet(client, office, duty):
    liaison = UserFactory(unit=duty.unit)
    book = fill(downloaded(client, unit=duty.unit.pk), duty, text="代收的进展。")
    send(client, book, unit=duty.unit.pk)
    page = page_of(client.get(at("check-sheet")))

    done = page_of(client.post(at("take-sheet"), {"action": "submit", **ATTESTED}, follow=True))

    assert "代填报送1件" in page
    assert "存为草稿" not in page
    assert "已代填报送1件。" in done
    entered = EnteredReport.objects.get()
    client.force_login(liaison)
    shown = page_of(client.get(reverse("tasks:assignment", args=[duty.pk])))
    assert f"县政府办公室代填（“{NAME}”“填报表”第" in shown
    assert reverse("tasks:entered-report", args=[entered.pk]) in shown


def test_the_office_says_which_unit(client, office, duty):
    book = downloaded(client, unit=duty.unit.pk)

    response = send(client, book)

    assert response.context["form"].errors["unit"] == ["请选择单位。"]


def test_the_office_does_not_save_drafts_for_units(client, office, duty):
    send(client, fill(downloaded(client, unit=duty.unit.pk), duty, text="代收的进展。"), unit=duty.unit.pk)

    assert take(client, "save").status_code == 422
    assert not duty.reports.exists()


def test_no_word_of_a_draft_is_shown_to_the_office(client, office, duty):
    book = fill(downloaded(client, unit=duty.unit.pk), duty, text="代收的进展。")
    reports.save_draft(duty, by=UserFactory(unit=duty.unit), version=0, text="内部草稿的文字。")
    send(client, book, unit=duty.unit.pk)

    page = page_of(client.get(at("check-sheet")))

    assert "不能代填" in page
    assert "内部草稿" not in page
