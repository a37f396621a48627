"""The way of a file through the pages: chosen, read, settled, taken over."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from departments.choices import Role
from tasks.forms.plans.imports import short, table_lines
from tasks.models import KnownHeadings, Plan, PlanImport
from tests.factories import HEADINGS, PlanFactory, PlanImportFactory, UnitFactory, UserFactory, source_of
from tests.pages import page_of
from wenshang_disclosure.files import uses

pytestmark = pytest.mark.django_db
CSV = "任务,牵头单位,时限\n公开文件，及时更新目录。,县司法局,12月底前\n开展政策解读工作。,县司法局,尽快\n".replace(
    "，", "、"
)


@pytest.fixture
def clerk(client, evidence_folder):
    person = UserFactory(role=Role.OFFICE)
    client.force_login(person)
    return person


def at(name, plan_import, *more):
    return reverse(f"tasks:{name}", args=[plan_import.pk, *more])


def imported(*rows, **about):
    return PlanImportFactory(source=source_of(HEADINGS, *rows).as_data(), **about)


def send_file(client, content=None, name="分解表.csv", **fields):
    upload = SimpleUploadedFile(name, content or CSV.encode())
    return client.post(reverse("tasks:import"), {"upload": upload, "year": 2025, "target": "", **fields})


def test_a_file_is_uploaded_read_and_shown_with_its_questions(client, clerk):
    UnitFactory(name="县司法局")

    sent = send_file(client)
    received = PlanImport.objects.get()
    waiting = client.get(sent.url)
    read = client.post(at("import-read", received), headers={"HX-Request": "true"})
    page = client.get(sent.url)

    assert sent.url == at("import-file", received)
    assert "正在读取" in page_of(waiting)
    assert (read.status_code, read.headers["HX-Redirect"]) == (204, sent.url)
    assert "还有1个问题待答复" in page_of(page)
    assert "完成时限“尽快”无法确定是哪一天。" in page_of(page)


def test_the_progress_of_a_long_reading_is_shown_and_ends_with_the_page(client, clerk):
    reading = imported(state="received", progress=40)

    during = client.get(at("import-progress", reading), headers={"HX-Request": "true"})
    PlanImport.objects.update(state="read")
    after = client.get(at("import-progress", reading), headers={"HX-Request": "true"})

    assert "已读取40%" in page_of(during)
    assert after.headers["HX-Redirect"] == at("import-file", reading)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 and so on", "PDF 文件无法作为表格读取"),
        (b"PK\x03\x04 rubbish", "文件已损坏"),
        ("只是一段话。".encode(), "没有找到表格"),
    ],
)
def test_a_file_that_cannot_be_read_gets_its_reason_on_the_page(client, clerk, content, words):
    sent = send_file(client, content, "坏文件.docx")
    client.post(f"{sent.url}read/")

    page = client.get(sent.url)

    assert page.status_code == 200
    assert words in page_of(page)
    assert "坏文件.docx" in page_of(page)
    assert not Plan.objects.exists()


def test_a_form_without_a_file_says_so_and_keeps_the_year(client, clerk):
    response = client.post(reverse("tasks:import"), {"year": "2031"})

    assert response.status_code == 422
    assert "请选择文件，或者粘贴表格。" in page_of(response)
    assert 'value="2031"' in page_of(response)


def test_an_issued_plan_is_no_target(client, clerk):
    issued = PlanFactory()

    response = send_file(client, target=issued.pk)

    assert response.status_code == 422
    assert not PlanImport.objects.exists()


def test_a_file_over_the_limit_is_named_on_the_page(client, clerk, monkeypatch):
    monkeypatch.setattr(uses, "TABLES", replace(uses.TABLES, max_bytes=10))

    response = send_file(client)

    assert response.status_code == 422
    assert "“分解表.csv”" in page_of(response)


def test_likely_units_are_offered_with_the_reason_and_never_taken(client, clerk):
    unit = UnitFactory(name="县住房和城乡建设局")
    waiting = imported(["公开", "县住建局", "", "公开文件。", "12月底前"])

    page = page_of(client.get(at("import-file", waiting)))

    assert "可能是：县住房和城乡建设局（“县住建局”的各字依次见于该名称，可能是简称）" in page
    assert f'<option value="unit:{unit.pk}" selected>' not in page


def test_answers_are_kept_as_they_are_chosen(client, clerk):
    unit = UnitFactory(name="县住房和城乡建设局")
    waiting = imported(["公开", "县住建局", "", "公开文件。", "尽快"])
    chosen = {f"name-{short('县住建局')}": f"unit:{unit.pk}", "title": "2025年表"}

    state = client.post(at("import-answer", waiting), chosen, headers={"HX-Request": "true"})

    assert "还有1个问题待答复" in page_of(state)
    assert "<html" not in page_of(state)
    waiting.refresh_from_db()
    assert waiting.answers["names"] == {"县住建局": f"unit:{unit.pk}"}


def test_a_given_answer_can_be_changed_and_taken_back(client, clerk):
    first, second = UnitFactory(name="甲局"), UnitFactory(name="乙局")
    waiting = imported(["公开", "县住建局", "", "公开文件。", "12月底前"])
    field = f"name-{short('县住建局')}"
    base = {"title": "2025年表"}
    client.post(at("import-answer", waiting), {**base, field: f"unit:{first.pk}"})

    client.post(at("import-answer", waiting), {**base, field: f"unit:{second.pk}"})
    waiting.refresh_from_db()
    changed = dict(waiting.answers["names"])
    client.post(at("import-answer", waiting), {**base, field: ""})
    waiting.refresh_from_db()

    assert changed == {"县住建局": f"unit:{second.pk}"}
    assert waiting.answers["names"] == {}


def test_a_day_without_a_date_is_marked_and_the_other_answers_are_kept(client, clerk):
    unit = UnitFactory(name="县司法局")
    waiting = imported(["公开", "县法制办", "", "公开文件。", "尽快"])
    fields = {
        f"name-{short('县法制办')}": f"unit:{unit.pk}",
        f"deadline-{short('尽快')}": "day",
        f"deadline-{short('尽快')}-day": "",
        "title": "2025年表",
    }

    response = client.post(at("import-answer", waiting), fields)

    assert response.status_code == 422
    assert "请填写日期。" in page_of(response)
    waiting.refresh_from_db()
    assert waiting.answers["names"] == {"县法制办": f"unit:{unit.pk}"}


def test_names_that_resemble_nothing_are_registered_together_if_the_person_says_so(client, clerk):
    UnitFactory(name="县住房和城乡建设局")
    waiting = imported(["公开", "县住建局、县气象局、甲镇人民政府", "各镇街", "公开文件。", "12月底前"])

    client.post(at("import-answer", waiting), {"title": "2025年表", "all_new": "1"})

    waiting.refresh_from_db()
    assert waiting.answers["names"] == {
        "县气象局": "new-unit:vertical",
        "甲镇人民政府": "new-unit:town",
        "各镇街": "new-collective:towns",
    }


def test_rows_and_counts_are_ticked_off(client, clerk):
    UnitFactory(name="县司法局")
    rows = [["公开", "县司法局", "", f"每年至少开展{n}次培训。", "12月底前"] for n in (2, 3)]
    waiting = imported(*rows)
    ticked = {"shown": ["0:2", "0:3"], "kept": ["0:3"], "counted": ["0:2"]}

    client.post(at("import-rows", waiting), ticked)
    client.post(at("import-take", waiting), {"version": 1})

    task = Plan.objects.get().tasks.get()
    assert (task.requirement, task.target_count) == ("每年至少开展3次培训。", None)


def test_columns_are_named_on_the_page_and_remembered(client, clerk):
    UnitFactory(name="县司法局")
    source = source_of(["甲", "乙", "丙"], ["公开文件，及时更新。", "县司法局", "12月底前"])
    waiting = PlanImportFactory(source=source.as_data())
    asked = page_of(client.get(at("import-file", waiting)))
    columns = {f"grid0-column-{n}": field for n, field in enumerate(["requirement", "lead", "deadline"])}

    client.post(at("import-columns", waiting, 0), {"grid0-row": 0, **columns})
    page = page_of(client.get(at("import-file", waiting)))

    assert "还没有读出任务" in asked
    assert "全部问题已答复，可以写入" in page
    assert KnownHeadings.objects.get().columns == ["requirement", "lead", "deadline"]


def test_columns_without_a_requirement_are_refused_on_the_page(client, clerk):
    waiting = PlanImportFactory(source=source_of(["甲", "乙"], ["公开文件。", "县司法局"]).as_data())

    response = client.post(
        at("import-columns", waiting, 0), {"grid0-row": 0, "grid0-column-0": "", "grid0-column-1": "lead"}
    )

    assert response.status_code == 422
    assert "至少要指明“具体要求”一列" in page_of(response)


def test_the_preview_stands_beside_the_rows_of_the_file(client, clerk):
    UnitFactory(name="县司法局")
    waiting = imported(["公开", "县司法局", "", "公开文件。", "上半年"])

    page = client.get(at("import-file", waiting))

    beside = page.context["rows"][0]
    assert beside["file"] == ["公开", "县司法局", "公开文件。", "上半年"]
    assert (beside["row"].number, f"{beside['row'].due_on}") == (1, "2025-06-30")


def test_what_is_taken_over_is_a_draft_with_its_own_page(client, clerk):
    UnitFactory(name="县司法局")
    waiting = imported(["公开", "县司法局", "", "公开文件。", "12月底前"])

    response = client.post(at("import-take", waiting), {"version": 0}, follow=True)

    assert response.redirect_chain == [(reverse("tasks:plan", args=[Plan.objects.get().pk]), 302)]
    assert "已写入拟制稿，共1项任务" in page_of(response)
    assert client.get(at("import-file", waiting)).status_code == 302


def test_an_update_shows_what_it_will_change(client, clerk):
    UnitFactory(name="县司法局")
    rows = [["公开", "县司法局", "", text, "12月底前"] for text in ("甲。", "乙。", "丙。")]
    client.post(at("import-take", imported(*rows)), {"version": 0})
    plan = Plan.objects.get()
    again = imported(rows[0], ["公开", "县司法局", "", "新乙。", "11月底前"], target=plan)

    changes = client.get(at("import-file", again)).context["changes"]
    client.post(at("import-take", again), {"version": 0, "remove_missing": "on"})

    assert (changes.new, changes.same, changes.missing) == ([], [1], [3])
    assert changes.changed == [(2, ["具体要求", "完成时限"])]
    assert list(plan.tasks.values_list("requirement", flat=True)) == ["甲。", "新乙。"]


def test_five_hundred_rows_are_shown_page_by_page_with_the_same_queries(client, clerk):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    UnitFactory(name="县司法局")
    small = imported(["公开", "县司法局", "", "公开文件。", "12月底前"])
    big = imported(*[["公开", "县司法局", "", f"公开第{n}批文件。", "12月底前"] for n in range(500)])
    client.get(at("import-file", small))

    with CaptureQueriesContext(connection) as few:
        client.get(at("import-file", small))
    with CaptureQueriesContext(connection) as many:
        page = client.get(at("import-file", big) + "?page=2")

    assert len(many) == len(few)
    assert [row["row"].number for row in page.context["rows"]] == list(range(101, 201))


def test_a_discarded_import_is_gone_from_the_list(client, clerk):
    waiting = imported(["公开", "县司法局", "", "公开文件。", "12月底前"])

    response = client.post(at("import-discard", waiting), follow=True)

    assert "已放弃导入" in page_of(response)
    assert not PlanImport.objects.exists()


def test_a_second_tab_waits_for_the_first_reading_and_does_not_go_round(client, clerk):
    from django.utils import timezone

    reading = imported(state="received", reading_since=timezone.now())

    response = client.post(at("import-read", reading), headers={"HX-Request": "true"})

    assert response.status_code == 204
    assert "HX-Redirect" not in response.headers
    reading.refresh_from_db()
    assert reading.state == "received"


def test_a_reading_that_was_cut_off_can_be_begun_again(client, clerk):
    sent = send_file(client)
    PlanImport.objects.update(reading_since="2024-06-24T00:00:00Z")
    reading = PlanImport.objects.get()

    waiting = client.get(at("import-progress", reading), headers={"HX-Request": "true"})
    client.post(f"{sent.url}read/")

    assert "读取中断了" in page_of(waiting)
    reading.refresh_from_db()
    assert reading.state == "read"


# --- a table that is pasted -------------------------------------------------------------------------------------------

ROWS = [["序号", "任务", "牵头单位", "时限"], ["1", "公开文件。", "县司法局", "12月底前"]]


def as_excel_copies(*cells):
    """The same rows, with a cell of two lines in quotation marks."""
    return "\n".join("\t".join(row) for row in [*ROWS, *cells])


def test_a_pasted_table_is_read_and_asked_about_like_a_file(client, clerk):
    UnitFactory(name="县司法局")
    pasted = as_excel_copies(["2", '"开展\n政策解读“面对面”。"', "县司法局", "尽快"])

    sent = client.post(reverse("tasks:import"), {"pasted": pasted, "year": 2025, "target": ""})
    client.post(f"{sent.url}read/")

    received = PlanImport.objects.get()
    page = page_of(client.get(sent.url))
    assert received.file_name == "粘贴的表格.txt"
    assert [row["cells"] for row in received.source["grids"][0]["rows"]] == [
        *ROWS,
        ["2", "开展 政策解读“面对面”。", "县司法局", "尽快"],
    ]
    assert "完成时限“尽快”无法确定是哪一天。" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "请选择文件，或者粘贴表格。"),
        ({"pasted": "只是一段话。"}, "粘贴的内容里没有表格。"),
        ({"pasted": as_excel_copies(), "upload": SimpleUploadedFile("表.csv", b"a,b")}, "请只用一种。"),
        ({"pasted": f"甲\t{'乙' * 200_000}"}, "200000"),
    ],
)
def test_what_is_no_table_or_comes_twice_is_refused_beside_what_was_typed(client, clerk, fields, words):
    answer = client.post(reverse("tasks:import"), {**fields, "year": 2025, "target": ""})

    assert answer.status_code == 422
    assert words in page_of(answer)
    assert (answer.context["form"]["pasted"].value() or "") == fields.get("pasted", "")


@pytest.mark.parametrize(
    ("pasted", "lines"),
    [
        ("—\t任务\n1\t甲", ["\t任务", "1\t甲"]),
        ('1\t"甲"等\n2\t乙', ['1\t"甲"等', "2\t乙"]),
    ],
)
def test_pasted_rows_keep_their_cells(pasted, lines):
    assert table_lines(pasted) == lines
