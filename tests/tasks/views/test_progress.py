"""The report form: nothing typed is lost, whatever is wrong."""

import pytest
from django.urls import reverse

from tasks.choices import ReportState
from tasks.models import ProgressReport, Transition
from tasks.services import progress
from tests.files import pdf_upload, png_upload, program_upload
from tests.world import build_county

pytestmark = pytest.mark.django_db

WORDS = {"text": "已发布政策3条。", "obstacles": "人手不足。", "next_steps": "继续推进。"}
ATTESTED = {"attested": "on", "attested_name": "审查人"}


@pytest.fixture
def county(evidence_folder):
    return build_county()


@pytest.fixture
def liaison(client, county):
    client.force_login(county.people["lead"])
    return client


def send(client, duty, **fields):
    return client.post(reverse("tasks:report", args=[duty.pk]), {"version": 0, "action": "save", **WORDS, **fields})


def typed(response):
    form = response.context["form"]
    return {name: form[name].value() for name in WORDS}


def test_a_report_is_handed_in(liaison, county):
    response = send(liaison, county.lead_duty, action="submit", **ATTESTED)

    assert response.status_code == 302
    report = county.lead_duty.reports.get()
    assert (report.state, report.text, report.attested_name) == (ReportState.SUBMITTED, WORDS["text"], "审查人")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": "  "}, "请填写进展情况"),
        ({"attested": ""}, "保密审查"),
        ({"attested_name": ""}, "保密审查"),
        ({"claims_completion": "on"}, "至少附一项佐证材料"),
    ],
)
def test_what_cannot_be_handed_in_is_kept_as_a_draft(liaison, county, fields, sentence):
    response = send(liaison, county.lead_duty, **{"action": "submit", **ATTESTED, **fields})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert typed(response) == {**WORDS, **({"text": "  "} if "text" in fields else {})}
    assert county.lead_duty.reports.get().obstacles == WORDS["obstacles"]


def test_a_lead_is_asked_for_a_word_on_open_units(liaison, county):
    send(liaison, county.lead_duty)
    draft = county.lead_duty.reports.get()
    liaison.post(
        reverse("tasks:report", args=[county.lead_duty.pk]),
        {"version": draft.version, "action": "link", "url": "https://www.example.gov.cn/1", **WORDS},
    )

    response = send(
        liaison, county.lead_duty, version=draft.version + 1, action="submit", claims_completion="on", **ATTESTED
    )

    assert response.status_code == 422
    assert county.town.name in response.content.decode()
    assert "对未办结责任单位的说明" in response.content.decode()


def test_a_stale_form_is_told_and_keeps_its_words(liaison, county):
    send(liaison, county.lead_duty, text="先保存的文字。")

    response = send(liaison, county.lead_duty)

    assert response.status_code == 409
    assert typed(response) == WORDS
    assert "先保存的文字。" in response.content.decode()
    assert county.lead_duty.reports.get().text == "先保存的文字。"


def test_sending_the_same_form_twice_hands_in_once(liaison, county):
    answers = [send(liaison, county.lead_duty, action="submit", **ATTESTED).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert county.lead_duty.reports.count() == 1
    assert Transition.objects.filter(assignment=county.lead_duty).count() == 1


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (program_upload(), "内容与扩展名"),
        (program_upload("程序.exe"), "不在可上传范围内"),
        (None, "请选择要上传的文件"),
    ],
)
def test_a_refused_upload_keeps_the_words(liaison, county, upload, sentence):
    response = send(
        liaison, county.lead_duty, action="attach", file_kind="other", **({"files": upload} if upload else {})
    )

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert typed(response) == WORDS
    assert county.lead_duty.reports.get().text == WORDS["text"]


def test_a_file_over_the_limit_is_refused(liaison, county, settings):
    settings.EVIDENCE_MAX_BYTES = 100

    response = send(liaison, county.lead_duty, action="attach", file_kind="other", files=pdf_upload())

    assert response.status_code == 422
    assert not county.lead_duty.reports.get().evidence.exists()


def test_of_several_files_the_good_ones_are_kept(liaison, county):
    files = [pdf_upload(), program_upload(), png_upload()]

    response = send(liaison, county.lead_duty, action="attach", file_kind="photo", files=files)

    assert response.status_code == 422
    assert county.lead_duty.reports.get().evidence.count() == 2


def test_a_link_that_is_none_is_marked_beside_the_field(liaison, county):
    response = send(liaison, county.lead_duty, action="link", url="javascript:alert(1)")

    assert response.status_code == 422
    assert response.context["link_form"].errors["url"] == ["请填写完整的网址，如 https://www.wenshang.gov.cn/…"]


def test_evidence_is_taken_off_a_draft(liaison, county):
    send(liaison, county.lead_duty, action="link", url="https://www.example.gov.cn/1")
    draft = county.lead_duty.reports.get()

    send(liaison, county.lead_duty, version=draft.version, action=f"remove:{draft.evidence.get().pk}")

    assert not draft.evidence.exists()


def test_typing_is_saved_without_leaving(liaison, county):
    response = liaison.post(reverse("tasks:autosave", args=[county.lead_duty.pk]), {"version": 0, **WORDS})

    assert response.json()["version"] == 1
    assert county.lead_duty.reports.get().text == WORDS["text"]


def test_typing_on_a_stale_form_is_told(liaison, county):
    send(liaison, county.lead_duty)

    response = liaison.post(reverse("tasks:autosave", args=[county.lead_duty.pk]), {"version": 0, **WORDS})

    assert response.status_code == 409
    assert "已在别处修改" in response.json()["error"]


def test_a_draft_is_thrown_away_by_its_unit(liaison, county):
    send(liaison, county.lead_duty)

    response = send(liaison, county.lead_duty, version=1, action="discard")

    assert response.status_code == 302
    assert not county.lead_duty.reports.exists()


def test_a_report_is_withdrawn_and_can_be_changed(client, county):
    progress.discard_draft(county.duty, by=county.people["liaison"])
    client.force_login(county.people["liaison"])

    response = client.post(reverse("tasks:withdraw", args=[county.report.pk]))

    assert response.status_code == 302
    assert ProgressReport.objects.get(pk=county.report.pk).state == ReportState.DRAFT


def test_control_characters_and_marks_that_turn_text_round_are_stripped(liaison, county):
    send(liaison, county.lead_duty, text="\u202e正文\x00\x08\r\n第二行😀")

    assert county.lead_duty.reports.get().text == "正文\n第二行😀"


def test_text_beyond_the_limit_is_refused_and_kept(liaison, county):
    response = send(liaison, county.lead_duty, text="字" * 20_001)

    assert response.status_code == 422
    assert len(typed(response)["text"]) == 20_001


def test_what_was_typed_is_shown_as_text(liaison, county):
    send(liaison, county.lead_duty, action="submit", **{**ATTESTED, "text": "<script>alert(1)</script>"})

    page = liaison.get(reverse("tasks:assignment", args=[county.lead_duty.pk])).content.decode()

    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
