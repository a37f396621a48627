"""A unit reports on all that is due in one page, with one attestation; nothing that was typed falls silently."""

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tasks.choices import ReportState
from tasks.models import Assignment, Evidence, ProgressReport
from tasks.services.progress import discussion, evidence, reports, reviews
from tests.factories import (
    AssignmentFactory,
    EvidenceFactory,
    PlanFactory,
    RoundFactory,
    RoundItemFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    asks_its_leader,
    complete,
    submit,
)
from tests.made_files import pdf_upload, png_upload
from tests.pages import page_of

pytestmark = pytest.mark.django_db

BATCH = reverse("tasks:batch-report")
ATTESTED = {"attested": "on", "attested_name": "王审查"}


@pytest.fixture
def town():
    return UnitFactory(name="南旺镇人民政府")


@pytest.fixture
def liaison(client, town):
    person = UserFactory(unit=town)
    client.force_login(person)
    return person


@pytest.fixture
def duties(town):
    """Four duties of the town, of which a round asks for a report."""
    today = timezone.localdate()
    plan = PlanFactory(issued_on=today - dt.timedelta(days=200))
    task = TaskFactory(section__part__plan=plan, due_on=today + dt.timedelta(days=90))
    tasks = [task, *(TaskFactory(section=task.section, due_on=today + dt.timedelta(days=90)) for _ in range(3))]
    duties = [AssignmentFactory(task=one, unit=town, owed_from=today - dt.timedelta(days=100)) for one in tasks]
    one = RoundFactory(plan=plan, opens_on=today - dt.timedelta(days=3), closes_on=today + dt.timedelta(days=5))
    for duty in duties:
        RoundItemFactory(round=one, assignment=duty)
    return duties


def row(duty, text=None, *, version=0, **more):
    """Return what the page posts for one row."""
    fields = {"version": version, **({} if text is None else {"text": text}), **more}
    return {f"d{duty.pk}-{name}": value for name, value in fields.items()}


def send(client, action, *rows, **more):
    ids = [key.split("-")[0][1:] for one in rows for key in one if key.endswith("-version")]
    data = {"action": action, "duty": ids}
    for one in rows:
        data |= one
    return client.post(BATCH, {**data, **more})


def states(duties):
    return [list(duty.reports.values_list("state", flat=True)) for duty in duties]


def errors(response):
    return {editor.duty.task.number: editor.errors for editor in response.context["editors"] if editor.errors}


def test_all_that_is_due_goes_with_one_attestation(client, liaison, duties):
    response = send(
        client,
        "submit",
        row(duties[0], "已发布3条。"),
        row(duties[1], "已发布5条。", obstacles="人手不足。"),
        **ATTESTED,
    )

    assert response.url == reverse("tasks:worklist")
    assert states(duties) == [["submitted"], ["submitted"], [], []]
    report = duties[1].reports.get()
    assert (report.text, report.obstacles, report.attested_name) == ("已发布5条。", "人手不足。", "王审查")
    numbers = "、".join(str(duty.task.number) for duty in duties[:2])
    assert f"已报送2件：第{numbers}项。" in page_of(client.get(response.url))


def test_rows_that_cannot_go_are_named_and_the_others_go(client, liaison, duties):
    response = send(
        client,
        "submit",
        row(duties[0], "已发布3条。"),
        row(duties[1], "全部完成。", claims_completion="on"),
        row(duties[2], "甲" * 20_001),
        **ATTESTED,
    )

    assert response.status_code == 422
    assert states(duties) == [["submitted"], ["draft"], [], []]
    assert set(errors(response)) == {duties[1].task.number, duties[2].task.number}
    assert errors(response)[duties[1].task.number] == ["申报办结须至少附一项佐证材料。"]
    assert "甲" * 20_001 in page_of(response)
    assert "已报送1件" in page_of(response)


def test_without_attestation_everything_is_saved_and_nothing_goes(client, liaison, duties):
    response = send(client, "submit", row(duties[0], "已发布3条。"), row(duties[1], "已发布5条。"))

    assert response.status_code == 422
    assert states(duties[:2]) == [["draft"], ["draft"]]
    assert "请确认材料已通过本单位保密审查，并填写审查人姓名。" in page_of(response)


def test_a_row_that_is_held_back_stays_a_draft(client, liaison, duties):
    send(client, "submit", row(duties[0], "已发布3条。"), row(duties[1], "还没写完。", held="on"), **ATTESTED)

    assert states(duties[:2]) == [["submitted"], ["draft"]]


def test_an_untouched_row_of_a_returned_report_is_not_sent_again(client, liaison, duties):
    returned = reviews.return_(submit(duties[0], by=liaison), by=UserFactory(role="office"), comment="请补充。")

    response = send(client, "submit", row(duties[0], returned.text), row(duties[1], "已发布5条。"), **ATTESTED)

    assert response.status_code == 302
    assert states(duties[:2]) == [["returned"], ["submitted"]]


def test_a_returned_report_starts_with_its_words_and_evidence_and_is_answered(client, liaison, duties):
    returned = submit(duties[0], by=liaison, evidence=1)
    reviews.return_(returned, by=UserFactory(role="office"), comment="请补充。")
    [editor] = [one for one in client.get(BATCH).context["editors"] if one.duty == duties[0]]
    assert (editor.form["text"].value(), editor.state) == (returned.text, "returned")

    send(client, "submit", row(duties[0], "补充后的内容。"), **ATTESTED)

    answer = duties[0].reports.get(state=ReportState.SUBMITTED)
    assert (answer.text, answer.answers, answer.evidence.count()) == ("补充后的内容。", returned, 1)


def test_what_was_saved_before_need_not_be_sent_again(client, liaison, duties):
    draft = reports.save_draft(duties[0], by=liaison, version=0, text="已存的文字。")

    send(client, "submit", row(duties[0], version=draft.version), **ATTESTED)

    assert duties[0].reports.get().text == "已存的文字。"
    assert states(duties[:1]) == [["submitted"]]


def test_a_draft_that_a_colleague_changed_meanwhile_is_not_submitted_unseen(client, liaison, town, duties):
    draft = reports.save_draft(duties[0], by=liaison, version=0, text="我写的。")
    reports.save_draft(duties[0], by=UserFactory(unit=town), version=draft.version, text="同事改过的。")

    response = send(client, "submit", row(duties[0], version=draft.version), row(duties[1], "已发布5条。"), **ATTESTED)

    assert states(duties[:2]) == [["draft"], ["submitted"]]
    assert "请核对后再报送" in errors(response)[duties[0].task.number][0]
    assert "同事改过的。" in page_of(response)


def test_files_for_a_report_that_has_gone_meanwhile_do_not_fall_silently(client, liaison, duties, evidence_folder):
    draft = reports.save_draft(duties[1], by=liaison, version=0, text="已发布3条。")
    send(client, "submit", row(duties[0], "已发布3条。"), row(duties[1], "已发布3条。", version=1), **ATTESTED)

    late = [
        row(duty, "已发布3条。", version=version, files=[pdf_upload("方案.pdf")])
        for version, duty in enumerate(duties[:2])
    ]
    response = send(client, "save", *late)

    assert Evidence.objects.get().report.assignment == duties[0]
    assert errors(response).keys() == {draft.assignment.task.number}
    assert "已被报送或删除" in errors(response)[draft.assignment.task.number][0]


def test_files_go_along_without_a_script(client, liaison, duties, evidence_folder):
    response = send(
        client, "save", row(duties[0], "已发布3条。", files=[pdf_upload("方案.pdf"), png_upload("截图.png")])
    )

    assert response.status_code == 302
    assert sorted(duties[0].reports.get().evidence.values_list("file_name", flat=True)) == ["截图.png", "方案.pdf"]


def test_a_refused_file_is_named_and_the_text_is_kept(client, liaison, duties, evidence_folder):
    bad = SimpleUploadedFile("程序.exe", b"MZ" + b"\0" * 100)

    response = send(client, "submit", row(duties[0], "已发布3条。", files=[bad, pdf_upload("方案.pdf")]), **ATTESTED)

    assert response.status_code == 422
    assert "程序.exe" in errors(response)[duties[0].task.number][0]
    assert states(duties[:1]) == [["draft"]]
    assert list(duties[0].reports.get().evidence.values_list("file_name", flat=True)) == ["方案.pdf"]


def test_two_people_at_one_row_lose_nothing(client, liaison, town, duties):
    colleague = UserFactory(unit=town)
    reports.save_draft(duties[0], by=colleague, version=0, text="同事写的。")

    response = send(client, "save", row(duties[0], "我写的。"))

    assert response.status_code == 422
    assert "在别处修改" in errors(response)[duties[0].task.number][0]
    assert "我写的。" in page_of(response)
    assert '<blockquote class="elsewhere">同事写的。</blockquote>' in page_of(response)
    assert duties[0].reports.get().text == "同事写的。"

    again = send(client, "save", row(duties[0], "我写的。", version=1))
    assert again.status_code == 302
    assert duties[0].reports.get().text == "我写的。"


def test_what_was_typed_for_a_duty_that_takes_no_report_any_more_is_shown(client, liaison, duties):
    complete(duties[0])

    response = send(client, "submit", row(duties[0], "又写了一些。"), row(duties[1], "已发布5条。"), **ATTESTED)

    assert errors(response) == {duties[0].task.number: ["该事项已办结，不再填报。"]}
    assert "又写了一些。" in page_of(response)
    assert states(duties[1:2]) == [["submitted"]]


def test_the_same_page_sent_twice_submits_once(client, liaison, duties):
    posted = (row(duties[0], "已发布3条。"), row(duties[1], "已发布5条。"))
    send(client, "submit", *posted, **ATTESTED)

    response = send(client, "submit", *posted, **ATTESTED)

    assert response.status_code == 302
    assert states(duties[:2]) == [["submitted"], ["submitted"]]


def test_where_the_leader_approves_the_button_says_so_and_the_reports_go_to_them(client, liaison, town, duties):
    asks_its_leader(town)
    assert "送分管领导审签已填的" in page_of(client.get(BATCH))

    response = send(client, "submit", row(duties[0], "已发布3条。"), **ATTESTED)

    assert states(duties[:1]) == [["awaiting_leader"]]
    assert "已送分管领导审签1件" in page_of(client.get(response.url))
    [editor] = [one for one in client.get(BATCH).context["editors"] if one.duty == duties[0]]
    assert editor.state == "awaiting_leader"


def test_what_was_typed_for_a_report_that_went_to_the_leader_meanwhile_is_shown(client, liaison, town, duties):
    asks_its_leader(town)
    send(client, "submit", row(duties[0], "已发布3条。"), **ATTESTED)

    response = send(client, "save", row(duties[0], "另一页填写的。"))

    assert response.status_code == 422
    assert "已送分管领导审签" in page_of(response)
    assert "另一页填写的。" in page_of(response)


def test_nobody_writes_for_another_unit(client, liaison, duties):
    foreign = AssignmentFactory(task=duties[0].task, unit=UnitFactory())

    send(client, "save", row(foreign, "替别人写的。"))

    assert not ProgressReport.objects.filter(assignment=foreign).exists()


@pytest.mark.parametrize("role", ["leader", "office", "auditor"])
def test_only_liaisons_open_it(client, town, duties, role):
    client.force_login(UserFactory(role=role, unit=town if role == "leader" else None))

    assert client.get(BATCH).status_code == 403
    assert send(client, "save", row(duties[0], "写。")).status_code == 403


def test_the_rows_are_those_that_are_due_or_all_in_hand(client, liaison, duties):
    submit(duties[0], by=liaison)

    def numbers(**query):
        return [editor.duty for editor in client.get(BATCH, query).context["editors"]]

    assert numbers() == duties[1:]
    assert numbers(of="all") == duties


def test_with_nothing_due_it_says_so(client, liaison, duties):
    for duty in duties:
        submit(duty, by=liaison)

    page = page_of(client.get(BATCH))

    assert "本期应报的都报了" in page
    assert "填报全部在办的4件" in page


def test_an_item_is_taken_out_without_a_script(client, liaison, duties):
    draft = reports.save_draft(duties[0], by=liaison, version=0, text="已发布3条。")
    item = EvidenceFactory(report=draft)

    response = send(client, f"remove:{item.pk}", row(duties[0], "改过的文字。", version=draft.version))

    assert response.url.endswith(f"#d{duties[0].pk}")
    assert not draft.evidence.exists()
    assert duties[0].reports.get().text == "改过的文字。"


def test_what_holds_for_all_holders_of_a_row_stands_in_it(client, liaison, town, duties):
    office = UserFactory(role="office")
    question = discussion.ask(duties[0].task, by=liaison, text="截图算不算佐证？", key=uuid.uuid4())
    answer = discussion.answer(question, by=office, text="网页截图可以，须写明日期。", key=uuid.uuid4())
    discussion.pin(answer, by=office)

    page = page_of(client.get(BATCH))

    assert page.count("网页截图可以，须写明日期。") == 1


# --- what scripts ask for ---------------------------------------------------------------------------------------------


def test_what_the_unit_has_given_is_attached_again_without_a_second_upload(client, liaison, duties, evidence_folder):
    draft = reports.save_draft(duties[0], by=liaison, version=0, text="已发布3条。")
    evidence.attach_files(draft, [pdf_upload("方案.pdf")], by=liaison, kind="own_plan")
    item = draft.evidence.get()
    assert "方案.pdf" in page_of(client.get(reverse("tasks:shelf")))

    posted = {"item": item.pk, "duty": [duties[1].pk, duties[2].pk], "as": "row"}
    answer = client.post(reverse("tasks:attach-again"), posted).json()
    client.post(reverse("tasks:attach-again"), posted)

    assert answer["refused"] == []
    assert set(answer["duties"]) == {str(duties[1].pk), str(duties[2].pk)}
    attached = Evidence.objects.filter(report__assignment__in=duties)
    assert attached.count() == 3
    assert {one.stored_id for one in attached} == {item.stored_id}
    assert "用于第" in page_of(client.get(reverse("tasks:shelf")))


def test_the_shelf_is_the_own_units_alone(client, liaison, duties):
    foreign = EvidenceFactory(report=submit(AssignmentFactory(task=duties[0].task), evidence=0), title="别人的材料")

    assert "别人的材料" not in page_of(client.get(reverse("tasks:shelf")))
    client.post(reverse("tasks:attach-again"), {"item": foreign.pk, "duty": duties[0].pk})
    assert not Evidence.objects.filter(report__assignment=duties[0]).exists()


def test_where_nothing_of_the_shelf_is_there_any_more_no_draft_is_begun(client, liaison, duties):
    answer = client.post(reverse("tasks:attach-again"), {"item": 1, "duty": [duty.pk for duty in duties]}).json()

    assert answer == {"duties": {}, "refused": ["所选材料已不在已传材料中，请关闭后重新选择。"]}
    assert not ProgressReport.objects.exists()


def test_items_that_do_not_all_fit_are_attached_to_none(client, liaison, duties, settings):
    settings.EVIDENCE_MAX_ITEMS = 2
    items = [EvidenceFactory(report=submit(duties[1], by=liaison)) for _ in range(3)]

    posted = {"item": [item.pk for item in items], "duty": duties[0].pk}
    answer = client.post(reverse("tasks:attach-again"), posted).json()

    assert "最多附2项" in answer["refused"][0]
    assert not duties[0].reports.exists()


def test_a_duty_that_takes_no_evidence_is_named(client, liaison, duties):
    item = EvidenceFactory(report=reports.save_draft(duties[1], by=liaison, version=0, text="写。"))
    Assignment.objects.filter(pk=duties[0].pk).update(suspended=True)

    answer = client.post(reverse("tasks:attach-again"), {"item": item.pk, "duty": duties[0].pk}).json()

    assert answer["refused"] == [f"第{duties[0].task.number}项：该事项已中止，恢复办理后再填报。"]


def test_a_link_and_its_removal_answer_with_the_list(client, liaison, duties):
    address = reverse("tasks:attach-link", args=[duties[0].pk])
    refused = client.post(address, {"url": "不是网址", "as": "row"})
    added = client.post(address, {"url": "https://www.example.gov.cn/a.html", "as": "row"}).json()
    item = Evidence.objects.get()
    removed = client.post(reverse("tasks:remove-evidence", args=[item.pk]), {"as": "row"}).json()

    assert (refused.status_code, added["number"], removed["number"]) == (422, 1, 0)
    assert added["at"] < removed["at"]  # of answers that cross, a page shows the later list
    assert "example.gov.cn" in added["evidence"]


def test_a_stale_row_is_answered_with_what_was_saved_elsewhere(client, liaison, town, duties):
    colleague = UserFactory(unit=town, name="同事")
    reports.save_draft(duties[0], by=colleague, version=0, text="同事写的。", obstacles="人手不足。")

    answer = client.post(reverse("tasks:autosave", args=[duties[0].pk]), {"version": 0, "text": "我写的。"})

    assert answer.status_code == 409
    elsewhere = answer.json()["elsewhere"]
    assert (elsewhere["version"], elsewhere["by"]) == (1, str(colleague))
    assert (elsewhere["words"]["text"], elsewhere["words"]["obstacles"]) == ("同事写的。", "人手不足。")


def goes_on_from(client, duty, way, item):
    """Attach something to a duty in one of the ways of scripts; return the version from which the row goes on."""
    if way == "shelf":
        answer = client.post(reverse("tasks:attach-again"), {"item": item.pk, "duty": duty.pk}).json()
        return answer["duties"][str(duty.pk)]["version"]
    if way == "link":
        address, sent = reverse("tasks:attach-link", args=[duty.pk]), {"url": "https://www.example.gov.cn/a.html"}
    else:
        address, sent = reverse("tasks:attach", args=[duty.pk]), {"files": pdf_upload("纪要.pdf"), "file_kind": "other"}
    return client.post(address, sent).json()["version"]


@pytest.mark.parametrize("way", ["file", "link", "shelf"])
def test_evidence_lets_a_row_go_on_from_no_words_that_it_has_not_shown(client, liaison, town, duties, way):
    item = EvidenceFactory(report=reports.save_draft(duties[3], by=liaison, version=0, text="写。"))
    colleague = UserFactory(unit=town)
    reports.save_draft(duties[0], by=colleague, version=0, text="同事写的。")
    fresh, written = goes_on_from(client, duties[1], way, item), goes_on_from(client, duties[0], way, item)

    answers = [
        client.post(reverse("tasks:autosave", args=[duty.pk]), {"version": version, "text": "我写的。"}).status_code
        for duty, version in ((duties[1], fresh), (duties[0], written))
    ]

    assert (fresh, written, answers) == (1, 0, [200, 409])
    assert duties[0].reports.get().text == "同事写的。"
    assert duties[0].reports.get().evidence.count() == 1


def test_evidence_of_a_colleague_alone_stands_in_no_rows_way(client, liaison, town, duties):
    reports.start_answer(duties[0], by=UserFactory(unit=town))

    assert goes_on_from(client, duties[0], "file", None) == 1


def test_taking_out_evidence_of_a_returned_report_lets_the_form_go_on_from_its_words(client, liaison, duties):
    item = EvidenceFactory(report=submit(duties[0], by=liaison, text="已发布3条。"))
    reviews.return_(item.report, by=UserFactory(role="office"), comment="请补充。")

    answer = client.post(reverse("tasks:remove-evidence", args=[item.pk])).json()

    assert (answer["version"], duties[0].reports.not_submitted().get().text) == (1, "已发布3条。")


def test_the_number_of_queries_does_not_grow(client, liaison, town, duties, django_assert_max_num_queries):
    EvidenceFactory(report=submit(duties[0], by=liaison))
    EvidenceFactory(report=reports.save_draft(duties[1], by=liaison, version=0, text="写。"))
    client.get(BATCH)
    with django_assert_max_num_queries(50) as before:
        client.get(BATCH)
    for _ in range(4):
        duty = AssignmentFactory(task=TaskFactory(section=duties[0].task.section), unit=town)
        RoundItemFactory(round=duties[0].round_items.get().round, assignment=duty)
        EvidenceFactory(report=reports.save_draft(duty, by=liaison, version=0, text="写。"))
    with django_assert_max_num_queries(len(before)):
        client.get(BATCH)
