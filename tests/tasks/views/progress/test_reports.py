"""A unit writes its report: what is typed stays, whatever happens to the rest."""

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from tasks.choices import ReportState
from tasks.models import ProgressReport
from tasks.services.progress import reports, reviews
from tests.factories import AssignmentFactory, EvidenceFactory, TaskFactory, UserFactory, claim, complete, submit
from tests.made_files import pdf_upload, photo, png_upload, program_upload, upload
from tests.pages import page_of
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.models import Allowance

pytestmark = pytest.mark.django_db

TYPED = {"text": "已发布政策5条。", "obstacles": "人手不足。", "next_steps": "下月补齐。"}
ATTESTED = {"attested": "on", "attested_name": "王审查"}


@pytest.fixture
def liaison(client, county):
    client.force_login(county.people["liaison"])
    return client


def send(client, duty, action, *, version, **typed):
    return client.post(reverse("tasks:report", args=[duty.pk]), {"action": action, "version": version, **typed})


def written(report):
    report.refresh_from_db()
    return {name: getattr(report, name) for name in TYPED}


def typed_again(response):
    """What the form shows in its fields."""
    return {name: response.context["form"][name].value() for name in TYPED}


def beside(response, form, field):
    """The sentences next to a field, also as the page draws them."""
    errors = list(response.context[form].errors.get(field, []))
    assert all(error in page_of(response) for error in errors)
    return errors


def above(response):
    """The sentences above the form."""
    errors = list(response.context["form"].non_field_errors())
    assert all(error in page_of(response) for error in errors)
    return errors


# --- writing and submitting -------------------------------------------------------------------------------------------


def test_the_form_begins_with_the_draft_as_saved(liaison, county):
    response = liaison.get(reverse("tasks:report", args=[county.duty.pk]))

    assert response.context["form"]["text"].value() == "又发布政策2条，尚未报送。"
    assert response.context["form"]["version"].value() == county.draft.version
    assert county.draft_item.title in page_of(response)


def test_saving_keeps_what_was_typed_and_comes_back_to_the_form(liaison, county):
    response = send(liaison, county.duty, "save", version=1, **TYPED)

    assert response.url == reverse("tasks:report", args=[county.duty.pk])
    assert written(county.draft) == TYPED
    assert county.draft.state == ReportState.DRAFT


def test_a_report_is_submitted_with_the_attestation(liaison, county):
    response = send(liaison, county.duty, "submit", version=1, **TYPED, **ATTESTED)

    assert response.url == reverse("tasks:assignment", args=[county.duty.pk]) + f"#sent-{county.duty.pk}"
    assert written(county.draft) == TYPED
    assert (county.draft.state, county.draft.attested_name) == (ReportState.SUBMITTED, "王审查")


def test_the_name_of_the_last_confidentiality_review_is_filled_in(liaison, county):
    form = reverse("tasks:report", args=[county.duty.pk])
    send(liaison, county.duty, "submit", version=1, **TYPED, **ATTESTED)

    shown = liaison.get(form).context["form"]

    assert shown["attested_name"].value() == "王审查"
    assert not shown["attested"].value()


def test_the_same_post_sent_twice_submits_once(liaison, county):
    responses = [send(liaison, county.duty, "submit", version=1, **TYPED, **ATTESTED) for _ in range(2)]

    assert [response.status_code for response in responses] == [302, 302]
    assert county.duty.reports.filter(state=ReportState.SUBMITTED).count() == 2  # the first and this one
    assert county.duty.transitions.count() == 2


def test_who_sends_it_again_after_going_back_is_told(liaison, county):
    send(liaison, county.duty, "submit", version=1, **TYPED, **ATTESTED)

    again = send(liaison, county.duty, "submit", version=1, **TYPED, **ATTESTED)

    assert "这份报告刚才已经报送，没有重复报送。" in page_of(liaison.get(again.url))


def test_after_one_report_the_next_that_is_due_is_opened(liaison, county):
    following = AssignmentFactory(task=TaskFactory(section=county.task.section), unit=county.town)
    assert "报送并填下一件（还有1件）" in page_of(liaison.get(reverse("tasks:report", args=[county.duty.pk])))

    response = send(liaison, county.duty, "submit-next", version=1, **TYPED, **ATTESTED)
    last = send(liaison, following, "submit-next", version=0, **TYPED, **ATTESTED)

    assert response.url == reverse("tasks:report", args=[following.pk]) + f"#sent-{county.duty.pk}"
    assert last.url == reverse("tasks:worklist") + f"#sent-{following.pk}"


def test_earlier_reports_and_the_round_stand_beside_the_form(liaison, county):
    response = liaison.get(reverse("tasks:report", args=[county.duty.pk]))

    assert list(response.context["earlier_reports"]) == [county.report]
    assert county.report.text in page_of(response)


def test_a_duty_that_takes_no_report_says_so_before_anything_is_typed(client, county):
    liaison = county.people["liaison"]
    client.force_login(liaison)
    under_review, done = (
        AssignmentFactory(task=TaskFactory(section=county.task.section), unit=county.town) for _ in range(2)
    )
    claim(under_review, by=liaison)
    complete(done)

    pages = [page_of(client.get(reverse("tasks:report", args=[duty.pk]))) for duty in (under_review, done)]

    assert "正在审核；审核结果出来之前不用填报" in pages[0]
    assert "该事项已办结，不再填报。" in pages[1]
    assert all('name="text"' not in page for page in pages)


def test_the_same_words_a_month_later_are_a_report_of_their_own(client, county):
    for day in (dt.date(2024, 8, 1), dt.date(2024, 9, 1)):
        with time_machine.travel(on_day(day), tick=False):
            client.force_login(county.people["lead"])
            send(client, county.lead_duty, "submit", version=0, text="已完成当月更新。", **ATTESTED)

    days = [timezone.localdate(report.submitted_at) for report in county.lead_duty.reports.order_by("pk")]
    assert days == [dt.date(2024, 8, 1), dt.date(2024, 9, 1)]


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"text": ""}, "text", "请填写进展情况后再报送。"),
        ({"text": " \n　"}, "text", "请填写进展情况后再报送。"),
        ({"attested": ""}, "attested_name", "请确认材料已通过本单位保密审查，并填写审查人姓名。"),
        ({"attested_name": ""}, "attested_name", "请确认材料已通过本单位保密审查，并填写审查人姓名。"),
    ],
)
def test_a_report_that_lacks_something_is_told_so_at_its_place_and_kept_as_a_draft(
    liaison, county, changed, field, sentence
):
    response = send(liaison, county.duty, "submit", version=1, **(TYPED | ATTESTED | changed))

    assert response.status_code == 422
    assert (above(response), beside(response, "form", field)) == ([], [sentence])
    assert [one.name for one in response.context["wrong"]] == [field]
    assert typed_again(response) == TYPED | {name: text for name, text in changed.items() if name in TYPED}
    assert written(county.draft)["obstacles"] == "人手不足。"
    assert county.draft.state == ReportState.DRAFT


def test_a_claim_without_evidence_is_told_so_and_keeps_its_mark_and_text(liaison, county):
    county.draft.evidence.all().delete()

    response = send(liaison, county.duty, "submit", version=1, claims_completion="on", **TYPED, **ATTESTED)

    assert response.status_code == 422
    assert beside(response, "form", "claims_completion") == ["申报办结须至少附一项佐证材料。"]
    assert typed_again(response) == TYPED
    assert written(county.draft) == TYPED
    assert (county.draft.claims_completion, county.draft.state) == (True, ReportState.DRAFT)


def test_after_a_refusal_the_next_post_goes_on_from_what_was_saved(liaison, county):
    refused = send(liaison, county.duty, "submit", version=1, **TYPED)
    version = refused.context["form"]["version"].value()

    response = send(liaison, county.duty, "submit", version=version, **TYPED, **ATTESTED)

    assert response.status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("text", "长" * 20_001, "20000"),
        ("obstacles", "长" * 20_001, "20000"),
        ("attested_name", "名" * 41, "40"),
    ],
)
def test_a_field_that_is_too_long_is_marked_and_nothing_is_lost(liaison, county, field, value, sentence):
    response = send(liaison, county.duty, "submit", version=1, **(TYPED | ATTESTED | {field: value}))

    assert response.status_code == 422
    assert len(beside(response, "form", field)) == 1
    assert sentence in beside(response, "form", field)[0]
    assert response.context["form"][field].value() == value


@pytest.mark.parametrize("value", ["两次", "-1", "10000", "1.5"])
def test_a_count_that_is_no_number_is_marked(client, county, value):
    duty = county.lead_duty
    duty.task.target_count = 2
    duty.task.save()
    client.force_login(county.people["lead"])

    response = send(client, duty, "submit", version=0, count=value, **TYPED, **ATTESTED)

    assert response.status_code == 422
    assert len(beside(response, "form", "count")) == 1
    assert typed_again(response) == TYPED


def test_a_lead_is_shown_who_is_open_and_asked_for_a_word(client, county):
    client.force_login(county.people["lead"])
    saved = reports.save_draft(county.lead_duty, by=county.people["lead"], version=0, **TYPED)
    EvidenceFactory(report=saved)

    response = send(client, county.lead_duty, "submit", version=1, claims_completion="on", **TYPED, **ATTESTED)

    assert response.status_code == 422
    sentence = "还有责任单位未办结，请在“对未办结责任单位的说明”中说明情况。"
    assert beside(response, "form", "open_units_note") == [sentence]
    assert "还有1个责任单位未办结：南旺镇人民政府。" in page_of(response)


def test_control_characters_are_taken_out_of_what_is_typed(liaison, county):
    send(liaison, county.duty, "save", version=1, text="已发布\x00\x1b[31m政策\u202e\r\n第二行😀")

    assert written(county.draft)["text"] == "已发布[31m政策\n第二行😀"


# --- two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["save", "submit", "attach", "link"])
def test_a_stale_form_keeps_its_text_and_shows_what_stands(liaison, county, action):
    reports.save_draft(county.duty, by=county.people["liaison"], version=1, text="同事刚刚写下的文字。")

    response = send(liaison, county.duty, action, version=1, **TYPED, **ATTESTED)

    assert response.status_code == 409
    assert above(response) == ["这份草稿已在别处修改。您填写的文字仍在下面；要以这里的为准，请核对后再保存一次。"]
    assert typed_again(response) == TYPED
    assert "同事刚刚写下的文字。" in page_of(response)
    assert written(county.draft)["text"] == "同事刚刚写下的文字。"


def test_who_then_saves_again_wins_knowingly(liaison, county):
    reports.save_draft(county.duty, by=county.people["liaison"], version=1, text="同事刚刚写下的文字。")
    stale = send(liaison, county.duty, "save", version=1, **TYPED)

    response = send(liaison, county.duty, "save", version=stale.context["form"]["version"].value(), **TYPED)

    assert response.status_code == 302
    assert written(county.draft) == TYPED


def test_a_form_whose_draft_was_deleted_meanwhile_keeps_its_text(liaison, county):
    reports.discard_draft(county.duty, by=county.people["liaison"])

    response = send(liaison, county.duty, "save", version=1, **TYPED)

    assert response.status_code == 409
    assert above(response) == ["这份草稿已被报送或删除。您填写的文字仍在下面，请复制后核对。"]
    assert typed_again(response) == TYPED


def test_a_form_on_a_duty_that_was_completed_meanwhile_keeps_its_text(liaison, county):
    liaison_, reviewer = county.people["liaison"], county.people["reviewer"]
    reports.discard_draft(county.duty, by=liaison_)
    reviews.approve(claim(county.duty, by=liaison_), by=reviewer)

    response = send(liaison, county.duty, "submit", version=0, **TYPED, **ATTESTED)

    assert response.status_code == 422
    assert above(response) == ["该事项已办结，不再填报。"]
    assert typed_again(response) == TYPED


# --- autosave ---------------------------------------------------------------------------------------------------------


def autosave(client, duty, **typed):
    return client.post(reverse("tasks:autosave", args=[duty.pk]), typed)


def test_autosave_answers_with_the_version_to_go_on_from(liaison, county):
    response = autosave(liaison, county.duty, version=1, **TYPED)

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.json()["version"] == 2
    assert response.json()["saved"].startswith("草稿已于")
    assert written(county.draft) == TYPED


def test_autosave_begins_a_draft_where_there_is_none(client, county):
    client.force_login(county.people["lead"])

    response = autosave(client, county.lead_duty, version=0, **TYPED)

    assert response.json()["version"] == 1
    assert county.lead_duty.reports.get().text == TYPED["text"]


def test_autosave_of_a_stale_form_says_so_and_writes_nothing(liaison, county):
    response = autosave(liaison, county.duty, version=0, **TYPED)

    assert response.status_code == 409
    assert response.json()["error"].startswith("这份草稿已在别处修改。")
    assert written(county.draft)["text"] == "又发布政策2条，尚未报送。"


def test_autosave_of_a_text_too_long_says_so(liaison, county):
    response = autosave(liaison, county.duty, version=1, text="长" * 20_001)

    assert response.status_code == 422
    assert "20000" in response.json()["error"]


# --- evidence ---------------------------------------------------------------------------------------------------------


def attach(client, duty, *files, version=1, **typed):
    return send(client, duty, "attach", version=version, files=list(files), file_kind="minutes", **typed)


def test_files_are_attached_and_the_text_is_saved_with_them(liaison, county):
    response = attach(liaison, county.duty, pdf_upload("会议纪要.pdf"), png_upload("照片.png"), **TYPED)

    assert response.status_code == 302
    assert written(county.draft) == TYPED
    assert [(item.title, item.kind) for item in county.draft.evidence.filter(stored__isnull=False)] == [
        ("会议纪要.pdf", "minutes"),
        ("照片.png", "minutes"),
    ]


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (lambda: pdf_upload("工具.exe"), "“工具.exe”的类型不在可上传范围内。"),
        (lambda: pdf_upload("页面.html"), "“页面.html”的类型不在可上传范围内。"),
        (lambda: pdf_upload("没有扩展名"), "“没有扩展名”的类型不在可上传范围内。"),
        (lambda: program_upload("方案.pdf"), "“方案.pdf”的内容与扩展名 .pdf 不符，或文件已损坏"),
        (lambda: png_upload("方案.pdf"), "“方案.pdf”的内容与扩展名 .pdf 不符，或文件已损坏"),
    ],
)
def test_a_refused_file_is_named_beside_the_field_and_the_text_is_saved(liaison, county, upload, sentence):
    response = attach(liaison, county.duty, upload(), **TYPED)

    assert response.status_code == 422
    assert [error.startswith(sentence) for error in beside(response, "evidence_form", "files")] == [True]
    assert typed_again(response) == TYPED
    assert written(county.draft) == TYPED
    assert not county.draft.evidence.filter(stored__isnull=False).exists()


def test_who_uploads_too_many_is_told_when_to_go_on_and_the_text_is_saved(liaison, county, settings):
    used = Allowance.objects.filter(who=county.people["liaison"].pk, limit="upload").values_list("used", flat=True)
    settings.UPLOADS_PER_HOUR = sum(used) + 1

    response = attach(liaison, county.duty, pdf_upload("一.pdf"), pdf_upload("二.pdf"), **TYPED)

    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 3600
    assert [error.startswith("上传过于频繁") for error in beside(response, "evidence_form", "files")] == [True]
    assert typed_again(response) == TYPED
    assert county.draft.evidence.filter(stored__isnull=False).count() == 1


def test_a_file_that_is_too_big_is_refused_and_the_text_is_saved(liaison, county, settings):
    settings.EVIDENCE_MAX_BYTES = 100

    response = attach(liaison, county.duty, pdf_upload("大文件.pdf"), **TYPED)

    assert response.status_code == 422
    assert "“大文件.pdf”超过" in beside(response, "evidence_form", "files")[0]
    assert written(county.draft) == TYPED


def test_of_several_files_the_good_ones_are_kept_and_each_bad_one_is_named(liaison, county):
    response = attach(liaison, county.duty, pdf_upload("好.pdf"), program_upload("坏一.pdf"), pdf_upload("坏二.exe"))

    assert response.status_code == 422
    assert [error[:5] for error in beside(response, "evidence_form", "files")] == ["“坏一.p", "“坏二.e"]
    assert [item.title for item in county.draft.evidence.filter(stored__isnull=False)] == ["好.pdf"]
    assert "好.pdf" in page_of(response)


def test_attaching_without_a_file_asks_for_one_and_saves_the_text(liaison, county):
    response = attach(liaison, county.duty, **TYPED)

    assert response.status_code == 422
    assert beside(response, "evidence_form", "files") == ["请选择要上传的文件。"]
    assert written(county.draft) == TYPED


def test_an_empty_file_is_named_and_the_others_are_kept(liaison, county):
    empty = SimpleUploadedFile("空.pdf", b"", content_type="application/pdf")

    response = attach(liaison, county.duty, pdf_upload("好.pdf"), empty, **TYPED)

    assert response.status_code == 422
    assert beside(response, "evidence_form", "files") == ["“空.pdf”是空文件，不能上传。请核对后重新选择。"]
    assert [item.title for item in county.draft.evidence.filter(stored__isnull=False)] == ["好.pdf"]


EVIDENCE_DAYS = [
    ("1999-12-31", ["日期早于2000年，请核对后重新填写。"]),
    ("2000-01-01", []),
    ("2025-12-31", []),
    ("2026-01-01", ["日期晚于2025年底，请核对后重新填写。"]),
    ("2204-07-01", ["日期晚于2025年底，请核对后重新填写。"]),
]


@pytest.mark.parametrize(("day", "sentences"), EVIDENCE_DAYS)
def test_days_that_no_evidence_has_are_refused_beside_the_field(liaison, county, day, sentences):
    response = attach(liaison, county.duty, pdf_upload(), file_dated_on=day, **TYPED)

    assert response.status_code == (422 if sentences else 302)
    assert written(county.draft) == TYPED
    if sentences:
        assert beside(response, "evidence_form", "file_dated_on") == sentences


@pytest.mark.parametrize(("day", "sentences"), EVIDENCE_DAYS)
def test_days_that_no_link_has_are_refused_beside_the_field(liaison, county, day, sentences):
    url = "https://www.wenshang.gov.cn/art/2024/7/1/art_1_2.html"

    response = send(liaison, county.duty, "link", version=1, url=url, link_dated_on=day, **TYPED)

    assert response.status_code == (422 if sentences else 302)
    if sentences:
        assert beside(response, "link_form", "link_dated_on") == sentences


def test_the_unit_is_told_of_the_place_of_a_photo_and_takes_it_out_with_one_click(liaison, county):
    attach(liaison, county.duty, upload("现场.jpg", photo()), **TYPED)
    told = page_of(liaison.get(reverse("tasks:report", args=[county.duty.pk])))
    item = county.draft.evidence.get(file_name="现场.jpg")

    send(liaison, county.duty, f"place:{item.pk}", version=2, **TYPED)

    after = page_of(liaison.get(reverse("tasks:report", args=[county.duty.pk])))
    button = f'value="place:{item.pk}"'
    assert "所附照片带有拍摄地点" in told
    assert (button in told, button in after) == (True, False)
    assert "已去掉“现场.jpg”的拍摄地点。" in after
    assert county.draft.evidence.get(pk=item.pk).stored.marks == ""


@pytest.mark.parametrize(("field", "value"), [("file_kind", "virus"), ("file_dated_on", "昨天")])
def test_a_wrong_kind_or_day_of_a_file_is_marked(liaison, county, field, value):
    response = liaison.post(
        reverse("tasks:report", args=[county.duty.pk]),
        {"action": "attach", "version": 1, "files": pdf_upload(), "file_kind": "other", **TYPED, field: value},
    )

    assert response.status_code == 422
    assert len(beside(response, "evidence_form", field)) == 1
    assert written(county.draft) == TYPED


def test_a_published_link_is_added(liaison, county):
    url = "https://www.wenshang.gov.cn/art/2024/7/1/art_1_2.html"

    response = send(liaison, county.duty, "link", version=1, url=url, link_title="公开页面", **TYPED)

    assert response.status_code == 302
    assert written(county.draft) == TYPED
    assert (county.draft.evidence.last().url, county.draft.evidence.last().title) == (url, "公开页面")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "请填写发布链接。"),
        ("不是网址", "请填写完整的网址，以 http:// 或 https:// 开头。"),
        ("javascript:alert(1)", "请填写完整的网址，以 http:// 或 https:// 开头。"),
        ("file:///etc/passwd", "请填写完整的网址，以 http:// 或 https:// 开头。"),
    ],
)
def test_a_link_that_is_none_is_refused_beside_its_field(liaison, county, url, sentence):
    response = send(liaison, county.duty, "link", version=1, url=url, **TYPED)

    assert response.status_code == 422
    assert beside(response, "link_form", "url") == [sentence]
    assert written(county.draft) == TYPED


# --- nothing that was chosen or typed falls silently ------------------------------------------------------------------

URL = "https://www.wenshang.gov.cn/art/2024/7/1/art_1_2.html"


def send_all(client, duty, action, *files, version=1, **typed):
    """Send the form with files and an address that no button was pressed for."""
    typed = {**TYPED, "url": URL, "file_kind": "photo", **typed}
    return send(client, duty, action, version=version, files=list(files), **typed)


def brought(report):
    return {item.title for item in report.evidence.all()} - {"村务公开栏照片"}


@pytest.mark.parametrize("action", ["submit", "save", "", "attach", "link", "remove:0"])
def test_whatever_sends_the_form_brings_the_chosen_files_and_the_typed_address(liaison, county, action):
    before = brought(county.draft)

    response = send_all(liaison, county.duty, action, pdf_upload("纪要.pdf"), png_upload("照片.png"), **ATTESTED)

    assert response.status_code == 302
    assert written(county.draft) == TYPED
    assert brought(county.draft) - before == {"纪要.pdf", "照片.png", URL}
    assert (county.draft.state == ReportState.SUBMITTED) == (action == "submit")


def test_a_refused_file_keeps_the_report_from_going_without_it(liaison, county):
    response = send_all(liaison, county.duty, "submit", program_upload("方案.pdf"), pdf_upload("纪要.pdf"), **ATTESTED)

    assert response.status_code == 422
    assert [error[:8] for error in beside(response, "evidence_form", "files")] == ["“方案.pdf”"]
    assert written(county.draft) == TYPED
    assert county.draft.state == ReportState.DRAFT
    assert {"纪要.pdf", URL} <= brought(county.draft)
    assert response.context["link_form"]["url"].value() is None  # attached, and not to be attached again


def test_a_refused_address_keeps_the_report_from_going_without_it(liaison, county):
    response = send_all(liaison, county.duty, "submit", url="不是网址", **ATTESTED)

    assert response.status_code == 422
    assert beside(response, "link_form", "url") == ["请填写完整的网址，以 http:// 或 https:// 开头。"]
    assert response.context["form"]["attested_name"].value() == "王审查"
    assert county.duty.reports.get(pk=county.draft.pk).state == ReportState.DRAFT


def test_a_form_with_files_sent_twice_submits_once(liaison, county):
    for _ in range(2):
        response = send_all(liaison, county.duty, "submit", pdf_upload("纪要.pdf"), **ATTESTED)
        assert response.status_code == 302

    assert county.duty.reports.filter(state=ReportState.SUBMITTED).count() == 2  # the first and this one
    assert not county.duty.reports.not_submitted().exists()
    assert county.draft.evidence.filter(title="纪要.pdf").count() == 1


def attach_one(client, duty, *files):
    about = {"files": list(files), "file_kind": "photo"}
    return client.post(reverse("tasks:attach", args=[duty.pk]), about, headers={"Accept": "application/json"})


def test_a_script_attaches_a_file_while_the_form_stays_open(client, county):
    client.force_login(county.people["lead"])

    answer = attach_one(client, county.lead_duty, png_upload("照片.png"))

    draft = county.lead_duty.reports.get()
    assert (answer.status_code, answer.json()["version"]) == (200, draft.version)
    assert "照片.png" in answer.json()["evidence"]
    assert [(item.title, item.kind) for item in draft.evidence.all()] == [("照片.png", "photo")]


def test_a_script_is_told_why_a_file_is_refused(liaison, county):
    answer = attach_one(liaison, county.duty, program_upload("方案.pdf"))

    assert answer.status_code == 422
    assert answer.json()["error"].startswith("“方案.pdf”的内容与扩展名 .pdf 不符")


def test_a_script_attaches_nothing_to_a_report_that_awaits_its_leader(liaison, county):
    ProgressReport.objects.filter(pk=county.draft.pk).update(
        state=ReportState.AWAITING_LEADER,
        attested_at=timezone.now(),
        attested_by=county.people["liaison"],
        attested_name="王审查",
    )

    answer = attach_one(liaison, county.duty, pdf_upload())

    assert (answer.status_code, answer.json()["error"][:10]) == (409, "这份报告已送分管领导")


def test_a_script_of_somebody_else_attaches_nothing(client, county):
    client.force_login(county.people["stranger"])

    assert attach_one(client, county.duty, pdf_upload()).status_code == 404


def test_an_item_is_taken_off_the_draft(liaison, county):
    response = send(liaison, county.duty, f"remove:{county.draft_item.pk}", version=1, **TYPED)

    assert response.status_code == 302
    assert not county.draft.evidence.exists()
    assert written(county.draft) == TYPED


@pytest.mark.parametrize("which", ["item", "nonsense"])
def test_only_an_item_of_the_draft_can_be_taken_off(liaison, county, which):
    asked = county.item.pk if which == "item" else "abc"

    response = send(liaison, county.duty, f"remove:{asked}", version=1, **TYPED)

    assert response.status_code == 302
    assert county.report.evidence.count() == 1
    assert county.draft.evidence.count() == 1


# --- another label ----------------------------------------------------------------------------------------------------


def labelled(item, **typed):
    """What the fields of an item post: its label as shown, and what was typed over it."""
    shown = {"title": item.title, "kind": item.kind, "dated_on": f"{item.dated_on or ''}"}
    posted = {**shown, **typed, "shown": f"{shown['kind']}|{shown['dated_on']}|{shown['title']}"}
    return {f"relabel_{name}-{item.pk}": value for name, value in posted.items()}


def label(item):
    item.refresh_from_db()
    return item.title, item.kind, f"{item.dated_on}"


NEW_LABEL = {"title": "宣讲现场照片", "kind": "photo", "dated_on": "2024-09-05"}


@pytest.mark.parametrize("action", ["relabel", "save", "attach", "link", "remove:0", "submit", ""])
def test_whatever_sends_the_form_keeps_a_changed_label_and_all_that_was_typed(liaison, county, action):
    item = county.draft_item
    pressed = f"relabel:{item.pk}" if action == "relabel" else action

    response = send_all(
        liaison, county.duty, pressed, pdf_upload("纪要.pdf"), **ATTESTED, **labelled(item, **NEW_LABEL)
    )

    assert response.status_code == 302
    assert label(item) == ("宣讲现场照片", "photo", "2024-09-05")
    assert written(county.draft) == TYPED
    assert {"纪要.pdf", URL} <= brought(county.draft)
    assert (county.draft.state == ReportState.SUBMITTED) == (action == "submit")


def test_a_label_goes_with_a_submission_that_brings_nothing_else(liaison, county):
    for _ in range(2):
        typed = {**TYPED, **ATTESTED, **labelled(county.draft_item, **NEW_LABEL)}
        assert send(liaison, county.duty, "submit", version=1, **typed).status_code == 302

    assert label(county.draft_item)[0] == "宣讲现场照片"
    assert county.duty.reports.filter(state=ReportState.SUBMITTED).count() == 2  # the first and this one


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"title": " "}, "title", "请填写材料名称。"),
        ({"kind": "purple"}, "kind", None),
        ({"dated_on": "1999-01-01"}, "dated_on", "日期早于2000年，请核对后重新填写。"),
    ],
)
def test_a_label_that_is_refused_is_marked_and_keeps_the_report_from_going(liaison, county, typed, field, sentence):
    item = county.draft_item
    before = label(item)

    response = send(liaison, county.duty, "submit", version=1, **TYPED, **ATTESTED, **labelled(item, **typed))

    form = response.context["evidence"][0].relabel
    assert (response.status_code, list(form.errors), label(item)) == (422, [field], before)
    assert form[field].value() == typed[field]
    assert sentence is None or sentence in page_of(response)
    assert (written(county.draft), county.draft.state) == (TYPED, ReportState.DRAFT)


def test_who_labels_what_was_labelled_meanwhile_is_told_and_keeps_what_was_typed(liaison, county):
    item = county.draft_item
    posted = labelled(item, **NEW_LABEL)
    type(item).objects.filter(pk=item.pk).update(title="同事改的名称")

    response = send(liaison, county.duty, "save", version=1, **TYPED, **posted)

    assert (response.status_code, label(item)[0]) == (409, "同事改的名称")
    assert "已在别处修改" in page_of(response)
    assert response.context["evidence"][0].relabel["title"].value() == "宣讲现场照片"


def test_a_stale_form_changes_no_label_that_it_did_not_touch(liaison, county):
    item = county.draft_item
    posted = labelled(item)
    type(item).objects.filter(pk=item.pk).update(title="同事改的名称")

    assert send(liaison, county.duty, "save", version=1, **TYPED, **posted).status_code == 302
    assert label(item)[0] == "同事改的名称"


def test_a_label_of_what_was_removed_meanwhile_is_told(liaison, county):
    posted = labelled(county.draft_item, **NEW_LABEL)
    county.draft.evidence.all().delete()

    response = send(liaison, county.duty, "save", version=1, **TYPED, **posted)

    assert "“宣讲现场照片”已不在这份草稿中" in page_of(liaison.get(response.url))


@pytest.fixture
def returned(county):
    """The town's report with two items, returned; there is no draft."""
    town = county.people["liaison"]
    reports.discard_draft(county.duty, by=town)
    report = submit(county.duty, by=town, evidence=2)
    reviews.return_(report, by=county.people["reviewer"], comment="请更换照片。")
    return report


def test_wrong_evidence_of_a_returned_report_is_taken_out_at_once(liaison, county, returned):
    wrong, right = returned.evidence.all()
    page = page_of(liaison.get(reverse("tasks:report", args=[county.duty.pk])))

    response = send(liaison, county.duty, f"remove:{wrong.pk}", version=0, **TYPED)

    assert f'value="remove:{wrong.pk}"' in page
    assert response.status_code == 302
    answer = county.duty.reports.get(state=ReportState.DRAFT)
    assert (answer.answers, [item.url for item in answer.evidence.all()]) == (returned, [right.url])
    assert (written(answer), returned.evidence.count()) == (TYPED, 2)


def test_evidence_of_a_returned_report_is_labelled_in_its_answer(liaison, county, returned):
    wrong, _ = returned.evidence.all()

    send(liaison, county.duty, f"relabel:{wrong.pk}", version=0, **TYPED, **labelled(wrong, **NEW_LABEL))

    answer = county.duty.reports.get(state=ReportState.DRAFT)
    assert [item.title for item in answer.evidence.all()] == ["宣讲现场照片", "发布页面"]
    assert label(wrong)[0] == "发布页面"


# --- taking back ------------------------------------------------------------------------------------------------------


def test_a_draft_is_deleted(liaison, county):
    response = send(liaison, county.duty, "discard", version=1)

    assert response.url == reverse("tasks:assignment", args=[county.duty.pk])
    assert list(county.duty.reports.all()) == [county.report]


def test_deleting_a_draft_that_was_once_submitted_is_refused_and_the_text_stays(liaison, county):
    reports.discard_draft(county.duty, by=county.people["liaison"])
    reports.withdraw(county.report, by=county.people["liaison"])

    response = send(liaison, county.duty, "discard", version=3, **TYPED)

    assert response.status_code == 422
    assert above(response) == ["这份报告报送过又撤回，已有流转记录，不能删除；可以修改后重新报送。"]
    assert typed_again(response) == TYPED


def test_deleting_a_draft_twice_says_that_it_is_gone(liaison, county):
    send(liaison, county.duty, "discard", version=1)

    response = send(liaison, county.duty, "discard", version=1)

    assert response.status_code == 409
    assert above(response) == ["草稿已不存在。"]


def test_a_stale_form_does_not_delete_what_a_colleague_wrote_since(liaison, county):
    reports.save_draft(county.duty, by=UserFactory(unit=county.town), version=1, text="同事刚刚写下的文字。")

    response = send(liaison, county.duty, "discard", version=1)

    assert response.status_code == 409
    assert written(county.draft)["text"] == "同事刚刚写下的文字。"


def test_a_report_is_withdrawn_before_anyone_has_reviewed_it(liaison, county):
    reports.discard_draft(county.duty, by=county.people["liaison"])

    response = liaison.post(reverse("tasks:withdraw", args=[county.report.pk]))

    assert response.url == reverse("tasks:report", args=[county.duty.pk])
    county.report.refresh_from_db()
    assert county.report.state == ReportState.DRAFT


def test_withdrawing_what_was_reviewed_meanwhile_says_what_stands(liaison, county):
    reviews.return_(county.report, by=county.people["reviewer"], comment="缺少发布链接。")

    response = liaison.post(reverse("tasks:withdraw", args=[county.report.pk]))

    assert response.status_code == 409
    assert "该报告已是“已退回”，本次撤回未生效。" in page_of(response)


def test_withdrawing_beside_another_draft_is_refused(liaison, county):
    response = liaison.post(reverse("tasks:withdraw", args=[county.report.pk]))

    assert response.status_code == 422
    assert "该事项另有一份草稿。" in page_of(response)


def test_a_colleague_of_the_unit_cannot_withdraw_and_is_told_who_can(client, county):
    client.force_login(UserFactory(unit=county.town))

    response = client.post(reverse("tasks:withdraw", args=[county.report.pk]))

    assert response.status_code == 403
    assert "只有填报人可以撤回这份报告。" in page_of(response)


# --- answering a return -----------------------------------------------------------------------------------------------


def test_the_reason_of_a_return_stands_above_the_form_that_begins_with_the_returned_text(liaison, county):
    reports.discard_draft(county.duty, by=county.people["liaison"])
    reviews.return_(county.report, by=county.people["reviewer"], comment="缺少发布链接。")

    response = liaison.get(reverse("tasks:report", args=[county.duty.pk]))

    assert "缺少发布链接。" in page_of(response)
    assert response.context["form"]["text"].value() == "已发布政策3条。"
    assert county.item.title in page_of(response)


def test_mending_and_submitting_answers_the_return(liaison, county):
    reports.discard_draft(county.duty, by=county.people["liaison"])
    reviews.return_(county.report, by=county.people["reviewer"], comment="缺少发布链接。")

    send(liaison, county.duty, "submit", version=0, **TYPED, **ATTESTED)

    county.duty.refresh_from_db()
    answer = ProgressReport.objects.get(answers=county.report)
    assert (answer.state, county.duty.awaits_answer) == (ReportState.SUBMITTED, False)
    assert [item.title for item in answer.evidence.all()] == [county.item.title]


# --- who may ----------------------------------------------------------------------------------------------------------


def test_who_may_see_but_not_write_is_told_who_may(client, county):
    client.force_login(county.people["leader"])

    response = client.get(reverse("tasks:report", args=[county.duty.pk]))

    assert response.status_code == 403
    assert "进展情况由承办单位的联络员填报。" in page_of(response)


def test_a_post_with_a_mark_that_ran_out_is_told_that_nothing_is_lost(county):
    client = Client(enforce_csrf_checks=True)
    client.force_login(county.people["liaison"])

    response = send(client, county.duty, "save", version=1, **TYPED)

    assert response.status_code == 403
    assert "页面停留过久或登录已变化。" in page_of(response)


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "=1+1", "&lt;b&gt;", "{{ user }}", "<img src=x onerror=1>"]
)
def test_typed_text_is_shown_as_text_wherever_it_is_read(client, county, text):
    task = TaskFactory(section=county.task.section, requirement=f"{text}要求")
    county.duty.task = task
    county.duty.save()
    client.force_login(county.people["liaison"])
    send(client, county.duty, "submit", version=1, text=f"{text}进展", obstacles=f"{text}问题", **ATTESTED)
    reviewed = county.duty.reports.order_by("-pk").first()
    reviews.return_(county.report, by=county.people["reviewer"], comment=f"{text}原因")
    client.force_login(UserFactory(role=Role.OFFICE))

    pages = {
        name: page_of(client.get(reverse(name, args=arguments)))
        for name, arguments in [
            ("tasks:assignment", [county.duty.pk]),
            ("tasks:review", [reviewed.pk]),
            ("tasks:task", [task.pk]),
            ("tasks:assignments", []),
            ("tasks:tasks", []),
            ("tasks:reviews", []),
            ("tasks:overdue", []),
            ("reports:dashboard", []),
            ("reports:unit", [county.town.pk]),
        ]
    }

    shown = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert {name: shown in page for name, page in pages.items()} == dict.fromkeys(pages, True)
    if shown != text:
        assert not [name for name, page in pages.items() if text in page]
