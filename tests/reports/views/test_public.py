"""The public page and its .csv and .json: for everybody once public, and only what the office selected."""

import csv
import io
import json

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from departments.choices import Role
from reports import figures
from tasks.choices import Light
from tasks.models import Assignment, Plan, ProgressReport, Task
from tasks.services.deadlines import suspension
from tasks.services.plans import publication
from tasks.services.progress import evidence, reports, reviews
from tests.factories import (
    AssignmentFactory,
    DesignationFactory,
    PlanFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    add_by_supplement,
    claim,
    submit,
)
from tests.made_files import pdf_upload
from tests.pages import page_of
from tests.reports.lives import THE_END, counted_plainly, lively_county, owed_on, seen_by

pytestmark = pytest.mark.django_db

ADDRESSES = ["/public/2024/", "/public/2024/tasks.csv", "/public/2024/tasks.json"]
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def empty_cache():
    """Clear the cache, since ids repeat from test to test."""
    cache.clear()


@pytest.fixture
def by():
    return UserFactory(role=Role.OFFICE, name="办公室张三丰")


@pytest.fixture
def duty(evidence_folder):
    """Return a row of a public plan with one duty."""
    plan = PlanFactory(is_public=True)
    task = TaskFactory(section__part__plan=plan, number=1)
    unit = UnitFactory(name="县商务局")
    DesignationFactory(task=task, role="lead", unit=unit, text="县商务局（原文）")
    return AssignmentFactory(task=task, unit=unit, role="lead")


def published(duty, by, **written):
    report = reviews.approve(submit(duty, **written), by=by, comment="审核意见原话。")
    return publication.show(report, by=by)


def texts(client):
    answers = [client.get(address) for address in ADDRESSES]
    assert [answer.status_code for answer in answers] == [200] * 3
    return [answer.content.decode() for answer in answers]


def read_csv(client):
    content = client.get("/public/2024/tasks.csv").content
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_json(client):
    return json.loads(client.get("/public/2024/tasks.json").content)


# --- open or not ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_closed_page_answers_as_one_that_is_not_there(client, duty, by, address):
    publication.close_page(duty.plan, by=by)

    closed, unknown = client.get(address), client.get(address.replace("2024", "1999"))

    assert closed.status_code == unknown.status_code == client.get(address.replace("2024", "9" * 30)).status_code == 404
    assert page_of(closed) == page_of(unknown)
    assert "no-store" in closed["Cache-Control"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_opening_and_closing_take_effect_at_once(client, duty, by, address):
    seen = [client.get(address).status_code]
    for step in (publication.close_page, publication.open_page):
        step(duty.plan, by=by)
        seen.append(client.get(address).status_code)

    assert seen == [200, 404, 200]


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_sent_to_it(client, duty, address):
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("role", [None, *Role.values])
@pytest.mark.parametrize("address", ADDRESSES)
def test_the_answer_is_the_same_for_everybody_and_carries_no_cookie(client, duty, role, address):
    nobody = client.get(address)
    if role:
        client.force_login(UserFactory(role=role))

    response = client.get(address)

    assert response.content == nobody.content
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert response["Cache-Control"] == "public, max-age=300"
    if role:
        assert client.get("/me/").status_code == 200  # still signed in


def test_the_page_runs_no_script_and_is_framed_nowhere(client, duty):
    response = client.get(ADDRESSES[0])

    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    for inline in ("<script", "style=", "<form", "sign-in"):
        assert inline not in page_of(response)


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_has_the_newest_answer_is_told_so(client, duty, by, address):
    tag = client.get(address)["ETag"]

    again = client.get(address, headers={"If-None-Match": tag})
    published(duty, by)
    changed = client.get(address, headers={"If-None-Match": tag})

    assert (again.status_code, again.content, changed.status_code) == (304, b"", 200)
    assert not again.cookies


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_a_row_with_its_leads_deadline_and_light(client, duty, by):
    published(duty, by, text="已公开招商政策12条。")

    page = texts(client)[0]

    for words in ("做好政策发布。", "县商务局（原文）", "12月底前", "已公开招商政策12条。", "逾期", "light-shape"):
        assert words in page


def test_how_many_units_are_done(client, duty, by):
    for _ in range(3):
        reviews.approve(claim(AssignmentFactory(task=duty.task)), by=by)

    assert "办结 3/4" in texts(client)[0]
    assert (read_csv(client)[0]["应办单位数"], read_csv(client)[0]["办结"]) == ("4", "3")
    assert read_json(client)["tasks"][0]["lights"]["done"] == 3


def test_the_fields_of_the_json(client, duty, by):
    published(duty, by, text="已公开。")

    with time_machine.travel("2024-10-01T04:00:00+00:00", tick=False):
        cache.clear()
        got = read_json(client)

    assert got["generated_at"] == "2024-10-01T12:00:00+08:00"
    assert (got["as_of"], got["year"], got["issued_on"], got["is_demo"]) == ("2024-10-01", 2024, "2024-06-24", False)
    (task,) = got["tasks"]
    assert set(task["lights"]) == set(Light.values)
    assert set(task) == {
        *("part", "section", "number", "requirement", "supplements", "leads", "deadline", "due_on"),
        *("units", "lights", "reports"),
    }
    assert (task["leads"], task["due_on"], task["units"]) == (["县商务局（原文）"], "2024-12-31", 1)
    assert [set(report) for report in task["reports"]] == [{"unit", "reported_on", "text"}]


def test_a_row_that_a_supplement_added_says_so(client, duty):
    add_by_supplement(duty.task)

    said = "据汶政办字〔2024〕12号（2024-09-20）补充"
    assert said in texts(client)[0]
    assert read_csv(client)[0]["补充通知"] == said
    assert read_json(client)["tasks"][0]["supplements"] == [said]


def test_demo_data_is_called_so(client, duty):
    assert "演示数据" not in texts(client)[0]

    Plan.objects.update(has_demo_activity=True)

    assert "演示数据" in texts(client)[0]
    assert read_json(client)["is_demo"] is True


# --- what is never shown ----------------------------------------------------------------------------------------------


def test_no_person_no_draft_nothing_unapproved_or_unmarked_and_no_evidence(client, duty, by):
    """Mark every field of a record with its own word; only one of them may be found."""
    author = UserFactory(unit=duty.unit, name="填报人李四光", username="lisiguang", phone="13900001111")
    Assignment.objects.update(handler="经办人王五", leader="领导赵六")
    marked = reports.save_draft(
        duty, by=author, version=0, text="标为公开的话", obstacles="内部困难话", next_steps="内部打算话"
    )
    evidence.attach_file(marked, pdf_upload("佐证文件名.pdf"), by=author, kind="own_plan")
    evidence.attach_link(marked, by=author, url="https://secret.example.cn/a", title="佐证链接名")
    marked = reports.submit(duty, by=author, version=marked.version, attested=True, attested_name="审查人孙七")
    reviews.approve(marked, by=by, comment="审核意见原话")
    publication.show(marked, by=by)
    reviews.approve(submit(duty, by=author, text="通过而未标的话"), by=by)
    reviews.return_(submit(duty, by=author, text="被退回的话"), by=by, comment="退回原因话")
    submit(duty, by=author, text="等待审核的话")
    reports.save_draft(duty, by=author, version=0, text="草稿里的话")
    suspended = AssignmentFactory(task=duty.task, unit=UnitFactory(name="中止的单位局"))
    publication.show(reviews.approve(submit(suspended, text="中止事项的话"), by=by), by=by)
    suspension.suspend(suspended, by=by, reason="中止原因话")

    for text in texts(client):
        assert "标为公开的话" in text
        for secret in (
            *("办公室张三丰", "填报人李四光", "lisiguang", "13900001111", "经办人王五", "领导赵六", "审查人孙七"),
            *(
                "内部困难话",
                "内部打算话",
                "审核意见原话",
                "佐证文件名",
                "佐证链接名",
                "secret.example.cn",
                "/evidence/",
            ),
            *("通过而未标的话", "被退回的话", "退回原因话", "等待审核的话", "草稿里的话"),
            *("中止的单位局", "中止事项的话", "中止原因话", "/assignments/"),
        ):
            assert secret not in text


def test_hiding_takes_effect_at_once(client, duty, by):
    report = published(duty, by, text="公开后又收回的话")
    assert all("公开后又收回的话" in text for text in texts(client))

    publication.hide(report, by=by)
    assert not any("公开后又收回的话" in text for text in texts(client))

    publication.show(report, by=by)
    assert all("公开后又收回的话" in text for text in texts(client))


def test_changing_one_report_for_another_takes_effect_at_once(client, duty, by):
    first = published(duty, by, text="第一份的话")
    second = reviews.approve(submit(duty, text="第二份的话"), by=by)
    texts(client)

    publication.hide(first, by=by)
    publication.show(second, by=by)

    assert all("第二份的话" in text and "第一份的话" not in text for text in texts(client))


def test_a_completion_that_is_taken_back_leaves_the_page_at_once(client, duty, by):
    publication.show(reviews.approve(claim(duty, text="谎称办结的话"), by=by), by=by)
    assert all("谎称办结的话" in text for text in texts(client))

    reviews.revoke(duty, by=by, reason="材料不实。")

    assert not any("谎称办结的话" in text for text in texts(client))
    assert read_json(client)["tasks"][0]["lights"]["done"] == 0


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t=", " ="])
def test_no_cell_of_the_csv_is_a_formula(client, duty, start):
    Task.objects.update(requirement=f"{start}HYPERLINK(1)")

    assert read_csv(client)[0]["具体要求"] == f"'{start}HYPERLINK(1)"


def test_hostile_words_stay_words(client, duty, by):
    Task.objects.update(requirement=HOSTILE, deadline_as_written=HOSTILE)
    published(duty, by, text=f'{HOSTILE}",\r\n"=1+1')

    page = texts(client)[0]

    assert HOSTILE not in page
    assert page.count("&lt;script&gt;") == 3
    assert read_json(client)["tasks"][0]["requirement"] == HOSTILE
    assert len(read_csv(client)) == 1
    assert client.get(ADDRESSES[2])["Content-Type"] == "application/json"


# --- figures and cost -------------------------------------------------------------------------------------------------


def test_every_figure_is_the_one_counted_by_hand(client):
    people = lively_county()
    plan = Plan.objects.get()
    with time_machine.travel(THE_END, tick=False):
        publication.open_page(plan, by=people["office"])
        suspended = Assignment.objects.filter(status="in_progress").first()
        suspension.suspend(suspended, by=people["office"], reason="等待上级文件。")
        today = THE_END.date()
        duties = [duty for duty in owed_on(seen_by(people["office"]), today) if duty.pk != suspended.pk]
        shown = read_json(client)
        counted = figures.public_counts(plan)
        rows = read_csv(client)

    assert shown["totals"] == counted_plainly(duties, today)
    for task, row in zip(shown["tasks"], rows, strict=True):
        plain = counted_plainly([duty for duty in duties if duty.task.number == task["number"]], today)
        assert {"owed": task["units"], **task["lights"]} == {k: v for k, v in plain.items() if k != "on_time"}
        assert [int(row[light.label]) for light in Light] == [plain[light.value] for light in Light]
        assert counted[Task.objects.get(number=task["number"]).pk] == plain


@pytest.mark.parametrize("address", ADDRESSES)
def test_few_queries_and_fewer_once_kept(client, duty, by, address, django_assert_num_queries):
    for _ in range(5):
        published(AssignmentFactory(task=TaskFactory(section=duty.task.section)), by)

    # Seven read the rows, the rest keep the answer in the table of the cache; later one finds it there. A page reads
    # the names of the region as well.
    with django_assert_num_queries(14 + (address == ADDRESSES[0])):
        client.get(address)
    with django_assert_num_queries(3):
        client.get(address)


def test_a_kept_answer_is_made_anew_after_ten_minutes_and_on_a_new_day(client, duty):
    with time_machine.travel("2024-10-01T15:55:00+00:00", tick=False) as clock:
        cache.clear()
        first = read_json(client)["generated_at"]
        clock.move_to("2024-10-01T15:59:00+00:00")
        kept = read_json(client)["generated_at"]
        clock.move_to("2024-10-01T16:01:00+00:00")  # midnight has passed in Shanghai
        next_day = read_json(client)["generated_at"]
        clock.move_to("2024-10-01T16:12:00+00:00")
        later = read_json(client)["generated_at"]

    assert (first, kept) == ("2024-10-01T23:55:00+08:00", "2024-10-01T23:55:00+08:00")
    assert (next_day, later) == ("2024-10-02T00:01:00+08:00", "2024-10-02T00:12:00+08:00")


# --- what the office does ---------------------------------------------------------------------------------------------


def test_the_office_sees_the_page_before_it_opens_it(client, duty, by):
    published(duty, by, text="先看一看的话")
    publication.close_page(duty.plan, by=by)
    client.force_login(by)

    response = client.get(reverse("reports:public-preview", args=[duty.plan_id]))

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "先看一看的话" in page_of(response)
    assert "未开放，以下内容公众还看不到" in page_of(response)


def test_opening_asks_first_and_says_what_everybody_will_see(client, duty, by):
    published(duty, by)
    publication.close_page(duty.plan, by=by)
    client.force_login(by)

    asked = page_of(client.get(reverse("tasks:open-page", args=[duty.plan_id])))

    assert not Plan.objects.get(pk=duty.plan_id).is_public
    assert "任何人，不用登录" in asked
    assert f"/public/{duty.plan.year}/" in asked
    assert "1项任务" in asked
    assert "逐份标为“对外公开”的1份报告" in asked
    assert reverse("reports:public-preview", args=[duty.plan_id]) in asked


def test_the_office_opens_and_closes_it_on_the_plans_page(client, by):
    plan = PlanFactory()
    client.force_login(by)
    said = []
    for name in ("tasks:open-page", "tasks:close-page"):
        said.append(page_of(client.get(reverse(name, args=[plan.pk]))))
        said.append(page_of(client.post(reverse(name, args=[plan.pk]), follow=True)))

    assert "公开页面：已开放" in said[1]
    assert f"/public/{plan.year}/" in said[1]
    assert "任何人都不能再打开" in said[2]
    assert "公开页面：未开放" in said[3]


def test_what_cannot_be_opened_says_why(client, by):
    client.force_login(by)

    opened = page_of(client.get(reverse("tasks:open-page", args=[PlanFactory(is_public=True).pk])))
    draft = page_of(client.get(reverse("tasks:open-page", args=[PlanFactory(state="draft").pk])))

    assert "公开页面已经开放。" in opened
    assert "分解表印发以后才能开放公开页面。" in draft


def test_making_a_report_public_asks_first_with_what_will_be_seen(client, duty, by):
    liaison = UserFactory(unit=duty.unit, name="孙某某")
    text = "已发布政策3条，联系人孙某某，电话13800000000，邮箱sun@example.gov.cn，0537-7212345。"
    report = reviews.approve(submit(duty, by=liaison, text=text), by=by)
    client.force_login(by)
    page = reverse("tasks:show-report", args=[report.pk])

    card = page_of(client.get(reverse("tasks:assignment", args=[duty.pk])))
    asked = page_of(client.get(page))
    before = ProgressReport.objects.get(pk=report.pk).is_public
    marked = page_of(client.post(page, follow=True))

    assert page in card
    assert not before
    assert "已发布政策3条" in asked
    found = "手机号“13800000000”、电话号码“0537-7212345”、电子邮箱“sun@example.gov.cn”、人员姓名“孙某某”"
    assert found in asked
    assert "已对外公开" in marked


def test_taking_a_report_back_asks_first(client, duty, by):
    report = published(duty, by)
    client.force_login(by)
    page = reverse("tasks:hide-report", args=[report.pk])

    asked = page_of(client.get(page))
    before = ProgressReport.objects.get(pk=report.pk).is_public
    client.post(page)

    assert before
    assert "不再显示在公开页面上" in asked
    assert not ProgressReport.objects.filter(is_public=True).exists()


def test_a_report_that_cannot_be_public_says_why(client, duty, by):
    report = submit(duty)
    client.force_login(by)

    answer = client.get(reverse("tasks:show-report", args=[report.pk]))

    assert answer.status_code == 409
    assert "审核通过后才能对外公开" in page_of(answer)


def test_only_the_office_has_the_buttons(client, duty, by):
    report = published(duty, by)
    client.force_login(UserFactory(unit=duty.unit))

    page = page_of(client.get(reverse("tasks:assignment", args=[duty.pk])))

    assert "已对外公开" in page
    assert reverse("tasks:hide-report", args=[report.pk]) not in page
