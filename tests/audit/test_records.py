"""Every act of a person is recorded once, in its transaction."""

import datetime as dt
import json
import uuid

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.management.commands import changepassword
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from departments.imports.reading import read
from departments.models import User
from departments.services import leader_approval as approval_settings
from departments.services import people, tokens, unit_imports, units
from reports.services import assessment
from tasks.models import OutgoingMail, ProgressReport, Section, Task
from tasks.services.deadlines import extensions, reassignment, suspension
from tasks.services.plans import amendments, draft_headings, draft_plans, draft_rows, issuing, publication
from tasks.services.plans.drafting import place_of, seen_plan, seen_task
from tasks.services.progress import evidence, lead_opinions, leader_approval, reports, reviews
from tasks.services.supervision import acknowledgements, automatic_reminders, mail, reminder_rules, reminders, rounds
from tests.departments.registers import register_file
from tests.factories import (
    AssignmentFactory,
    DesignationFactory,
    ExtensionFactory,
    UnitFactory,
    UserFactory,
    asks_its_leader,
    chase,
    claim,
    goes_through_lead,
    submit,
)
from tests.made_files import pdf_upload
from tests.pages import values_of
from wenshang_disclosure.audit import chain
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.audit.recorded_admin import RecordedAdmin
from wenshang_disclosure.core.web.admin import FrozenAdmin
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db

OURS = ("departments.", "tasks.", "reports.")


@pytest.fixture
def told():
    """Return the acts recorded since the last call, except signing in: `(who, what, of what)` in order."""
    seen = 0

    def since():
        nonlocal seen
        new = list(AuditEntry.objects.filter(pk__gt=seen).exclude(kind=Kind.SIGN_IN).order_by("pk"))
        seen = new[-1].pk if new else seen
        return [(entry.account, entry.act, entry.subject) for entry in new]

    return since


def acts(told):
    return [act for _, act, _ in told()]


def test_life_of_a_report(county, told):
    duty, liaison, office = county.other_duty, county.people["stranger"], county.people["office"]
    told()

    draft = reports.save_draft(duty, by=liaison, version=0, text="做了一些。")
    draft = reports.save_draft(duty, by=liaison, version=draft.version, text="做了一些，又做了一些。")
    item = evidence.attach_file(draft, pdf_upload("方案.pdf"), by=liaison, kind="own_plan")
    evidence.attach_link(draft, "https://www.example.gov.cn/1", by=liaison, title="发布页面")
    evidence.remove(item, by=liaison)
    report = reports.submit(duty, by=liaison, version=draft.version, attested=True, attested_name="甲")
    reports.withdraw(report, by=liaison)
    form = {"version": report.version + 1, "attested": True, "attested_name": "甲", "claims_completion": True}
    report = reports.submit(duty, by=liaison, **form)
    reviews.approve(report, by=office, quality=4)
    reviews.rate(report, by=office, quality=3)
    publication.show(report, by=office)
    publication.hide(report, by=office)
    reviews.revoke(duty, by=office, reason="材料有误。")

    unit = [
        "开始填写进展报告",
        "上传佐证材料",
        "添加佐证链接",
        "移除佐证材料",
        "报送进展",
        "撤回",
        "申报办结",
    ]
    answers = ["审核通过", "评价报告质量", "对外公开进展报告", "取消公开进展报告", "撤销办结"]
    assert told() == [
        *((liaison.username, act, "县农业农村局 第2项") for act in unit),
        *((office.username, act, "县农业农村局 第2项") for act in answers),
    ]


def test_a_first_report_that_claims_completion_is_one_act(county, told):
    duty = AssignmentFactory(unit=county.town)
    told()

    claim(duty, by=county.people["liaison"])

    assert acts(told) == ["开始填写进展报告", "申报办结"]
    assert duty.transitions.count() == 2


def test_entry_of_a_step_says_where_it_led(county):
    reviews.return_(county.report, by=county.people["office"], comment="缺少链接。")

    entry = AuditEntry.objects.first()
    assert (entry.kind, entry.subject_type, entry.subject_id) == ("change", "tasks.assignment", str(county.duty.pk))
    assert entry.detail == {"status": "in_progress", "report": county.report.pk, "due_on": "2024-12-31"}


def test_inside_the_unit(county, told):
    leader, liaison = asks_its_leader(county.other_unit), county.people["stranger"]
    report = submit(county.other_duty, by=liaison)
    reports.withdraw(report, by=liaison)
    submit(county.other_duty, by=liaison)
    told()
    first = ProgressReport.objects.get(assignment=county.other_duty)

    leader_approval.send_back(first, by=leader, comment="请写明日期。")
    submit(county.other_duty, by=liaison)
    leader_approval.approve(first, by=leader)

    assert [(who, act) for who, act, _ in told()] == [
        (leader.username, "审签退回修改"),
        (liaison.username, "送分管领导审签"),
        (leader.username, "审签同意报送"),
    ]


def test_a_leads_opinion_is_told_once_whether_it_moves_the_report_or_not(county, told):
    lead = county.people["lead"]
    told()
    lead_opinions.give(county.report, by=lead, opinion="endorsed")
    goes_through_lead(county.plan)
    report = submit(county.duty, by=county.people["liaison"])
    told()

    lead_opinions.give(report, by=lead, opinion="wants_more", text="请补充链接。")
    again = submit(county.duty, by=county.people["liaison"])
    reviews.take_over(again, by=county.people["office"])

    assert [one for one in acts(told) if "填写" not in one] == ["提出牵头意见：需补充", "报送进展", "直接受理"]


def test_deadlines_and_the_count(county, told):
    office, liaison = county.people["office"], county.people["liaison"]
    extensions.withdraw(county.extension, by=liaison)
    told()

    for answer in ("refuse", "grant"):
        asked = ExtensionFactory(assignment=county.duty, requested_by=liaison)
        getattr(extensions, answer)(asked, by=office, comment="请抓紧。")
    extensions.extend(county.duty, by=office, due_on=dt.date(2099, 12, 31), reason="上级调整。")
    suspension.suspend(county.duty, by=office, reason="等待文件。")
    suspension.resume(county.duty, by=office, reason="文件已到。")

    assert acts(told) == ["不同意延期", "同意延期", "直接延期", "中止", "恢复办理"]


def test_asking_for_time_with_files(county, told):
    duty = AssignmentFactory(unit=county.town, due_on=dt.date(2099, 6, 30))
    told()

    extensions.ask(duty, by=county.people["liaison"], requested_due_on=dt.date(2099, 9, 30), reason="等待文件。")

    assert acts(told) == ["申请延期"]


def test_supervising(county, told):
    office = county.people["office"]
    told()

    reminder = chase(county.duty, by=office, grade="red")
    reminders.see(reminder, by=county.people["liaison"])
    reminders.see(reminder, by=county.people["liaison"])
    today = timezone.localdate()
    days = {"opens_on": today, "closes_on": today + dt.timedelta(days=9)}
    called = rounds.call(county.plan, by=office, title="三季度进展", text="", key=uuid.uuid4(), **days)
    rounds.change(called, by=office, title="三季度", text="", closes_on=days["closes_on"])
    rounds.close(called, by=office)
    reminder_rules.set_rules(county.plan, by=office, after_every=14, until=dt.date(2025, 6, 30))

    assert acts(told) == ["发出督办", "阅知催办", "发起报送", "修改报送批次", "结束报送批次", "设置督办规则"]
    assert AuditEntry.objects.first().detail == {"after_every": [7, 14], "until": [None, "2025-06-30"]}


@pytest.mark.parametrize("count", [2, 40])
def test_acknowledging_many_is_told_of_each_in_as_many_queries(county, count):
    duties = [AssignmentFactory(unit=county.town) for _ in range(count)]
    before = AuditEntry.objects.count()
    chain.sign([])  # makes the key, once in an installation's life

    with CaptureQueriesContext(connection) as asked:
        acknowledgements.acknowledge(duties, by=county.people["liaison"], handler="甲")

    assert AuditEntry.objects.count() - before == count
    assert len([query for query in asked if "audit_" in query["sql"]]) == 1
    assert len(asked) <= 8


def test_others_in_charge_of_a_duty_that_was_confirmed_before(county, told):
    liaison = county.people["liaison"]
    acknowledgements.acknowledge([county.duty], by=liaison)
    told()

    acknowledgements.acknowledge([county.duty], by=liaison, handler="甲")

    assert acts(told) == ["修改经办人和分管领导"]


def test_a_row_amended_for_many_units_is_one_act(county, told):
    for _ in range(3):
        unit = UnitFactory()
        DesignationFactory(task=county.task, unit=unit)
    county.task = Task.objects.with_designations().get(pk=county.task.pk)
    told()

    cells = {role: [entry.text for entry in county.task.designated(role)] for role in ("lead", "responsible")}
    about = {"version": seen_task(county.task), "reason": "上级调整。", "requirement": "围绕招商做好信息发布。"}
    amendments.amend(county.task, by=county.people["office"], **about, **cells)

    assert told() == [(county.people["office"].username, "调整任务", "第1项 围绕招商做好信息发布。")]
    assert AuditEntry.objects.first().detail == {"plan": county.plan.pk, "changed": ["具体要求"]}


def test_a_duty_given_to_another_unit_is_one_act(county, told):
    unit = UnitFactory(name="县司法局")
    told()

    reassignment.reassign(county.duty, unit, by=county.people["office"], reason="职能划转。")

    assert told() == [(county.people["office"].username, "改派", "南旺镇人民政府 第1项")]


def test_drawing_up_a_plan(told):
    office, unit = UserFactory(role=Role.OFFICE), UnitFactory(name="县商务局")
    about = {"year": 2025, "title": "2025年分解表", "document_number": "", "issuer": "县政府办公室"}
    cells = {"lead": [unit.name], "responsible": []}

    plan = draft_plans.begin(by=office, basis=[], **about)
    draft_plans.describe(plan, by=office, version=seen_plan(plan), basis=[], title="分解表")
    part = draft_headings.add_part(plan, by=office, heading="一、部分")
    section = draft_headings.add_section(part, by=office, heading="（一）工作")
    first = draft_rows.add(plan, by=office, section=section, requirement="做好发布。", due_on="2025-12-31", **cells)
    first = Task.objects.with_designations().get(pk=first.pk)
    below = draft_rows.split(first, by=office, version=seen_task(first), first="做好发布。", second="做好解读。")
    draft_rows.move(below, by=office, place=place_of(below), direction="up")
    below = Task.objects.with_designations().get(pk=below.pk)
    draft_rows.delete(below, by=office, version=seen_task(below))
    issuing.issue(plan, by=office, issued_on=dt.date(2025, 3, 1))

    assert acts(told) == [
        "新建分解表",
        "修改分解表基本信息",
        "新增部分",
        "新增工作任务",
        "新增任务",
        "拆分任务",
        "移动任务",
        "删除任务",
        "印发分解表",
    ]
    assert AuditEntry.objects.first().detail == {"duties": 1, "issued_on": "2025-03-01"}
    assert Section.objects.count() == 1


def test_units_come_change_and_go(told):
    office, successor = UserFactory(role=Role.OFFICE), UnitFactory(name="县商务局")

    unit = units.establish(UnitFactory.build(name="县粮食局"), by=office)
    units.rename(unit, "县粮食和储备局", by=office)
    units.change_kind(unit, "institution", by=office)
    units.retire(unit, by=office, successor=successor)
    units.restore(unit, by=office)

    assert acts(told) == ["设立单位", "单位更名", "调整单位类别", "合并单位", "恢复单位"]
    renamed = AuditEntry.objects.get(act="单位更名")
    assert renamed.detail == {"name": ["县粮食局", "县粮食和储备局"]}


def test_what_people_set_for_themselves_is_told_by_the_names_of_fields(told):
    person = UserFactory()

    people.set_own(person, mail_choice="off", email="a@example.gov.cn", phone=person.phone)
    people.set_own(person, mail_choice="off", email="a@example.gov.cn", phone=person.phone)
    people.issue_calendar_key(person)
    people.revoke_calendar_key(person)
    people.revoke_calendar_key(person)

    assert [(who, act) for who, act, _ in told()] == [
        (person.username, act) for act in ("修改个人设置", "生成日历地址", "停用日历地址")
    ]
    entry = AuditEntry.objects.get(act="修改个人设置")
    assert (entry.kind, entry.detail) == (Kind.PERMISSION, {"fields": ["mail_choice", "email"]})


def test_who_stands_in_for_a_leader(county, told):
    told()
    leader, deputy = county.people["leader"], UserFactory(unit=county.town)
    today = timezone.localdate()

    given = approval_settings.stand_in(county.town, deputy, today, today, by=leader)
    approval_settings.end_stand_in(given, by=leader)
    approval_settings.set_leader_approval(county.town, True, by=leader)

    assert told() == [
        (leader.username, "委托审签", deputy.username),
        (leader.username, "结束委托审签", deputy.username),
        (leader.username, "启用报送前审签", county.town.name),
    ]


def test_a_token_in_use_is_told_once_an_hour(told):
    person = UserFactory()
    secret = tokens.make(person, by=person, name="县数据平台")
    told()

    with time_machine.travel("2024-09-30 09:00+08:00", tick=False) as clock:
        tokens.owner_of(secret)
        clock.shift(dt.timedelta(minutes=59))
        tokens.owner_of(secret)
        clock.shift(dt.timedelta(minutes=2))
        tokens.owner_of(secret)

    assert told() == [(person.username, "使用接口令牌读取", "县数据平台")] * 2


def test_a_file_of_people_and_their_passwords(told):
    clerk = UserFactory(role=Role.OFFICE, is_staff=True)
    kept = unit_imports.keep(_rows(), "名册.xlsx", by=clerk)
    unit_imports.take(kept, by=clerk)

    unit_imports.give_passwords(kept, by=clerk)

    assert told() == [
        (clerk.username, "上传单位和人员名册", "名册.xlsx"),
        (clerk.username, "导入单位和人员", "名册.xlsx"),
        (clerk.username, "新增人员", "13800000001"),
        (clerk.username, "发放一次性密码", "13800000001"),
    ]
    assert AuditEntry.objects.get(act="新增人员").detail == {"role": "liaison", "unit": "县司法局"}


def _rows():
    return read(register_file()).as_data()


def test_assessment(county, told):
    office, day = county.people["office"], dt.date(2024, 12, 31)
    told()

    numbers = {**assessment.numbers.current(county.plan).__dict__}
    rubric = assessment.save_rubric(county.plan, by=office, seen="", **numbers)
    assessment.publish(county.plan, by=office, as_of=day, key=uuid.uuid4(), seen=assessment.version_of(rubric.plan))

    assert acts(told) == ["修改考核标准", "公布考核结果"]


# --- the transaction --------------------------------------------------------------------------------------------------


def test_a_refused_step_leaves_nothing(county, told):
    told()

    with pytest.raises(PermissionDenied):
        reviews.approve(county.report, by=county.people["liaison"])
    with pytest.raises(Conflict):
        reviews.approve(county.report, by=county.people["office"], version=county.report.version - 1)
    with pytest.raises(Refused):
        reviews.return_(county.report, by=county.people["office"], comment="")
    with pytest.raises(Refused):
        reports.submit(county.other_duty, by=county.people["stranger"], version=0, attested=False, attested_name="甲")

    assert told() == []


def test_an_act_that_fails_at_its_end_is_not_told(county, told, monkeypatch):
    told()

    def fails(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("tasks.services.progress.reviews.notify_unit", fails)
    with pytest.raises(ZeroDivisionError):
        reviews.approve(county.report, by=county.people["office"])

    county.report.refresh_from_db()
    assert (told(), county.report.state) == ([], "submitted")


def test_nothing_that_was_written_and_no_secret_gets_into_the_trail(county):
    person, office = county.people["liaison"], county.people["office"]
    words = ["进展机密", "退回机密", "催办机密", "意见机密"]

    report = submit(county.duty, by=person, text=words[0])
    reviews.return_(report, by=office, comment=words[1])
    chase(county.duty, by=office, text=words[2])
    lead_opinions.give(report, by=county.people["lead"], opinion="wants_more", text=words[3])
    secrets = [people.issue_calendar_key(person), tokens.make(person, by=person, name="县数据平台")]
    kept = unit_imports.keep(_rows(), "名册.xlsx", by=office)
    unit_imports.take(kept, by=office)
    secrets += [password for _, password in unit_imports.give_passwords(kept, by=county.people["administrator"])]
    OutgoingMail.objects.update(subject=words[1])
    mail.retry(county.failed_mail, by=county.people["administrator"])

    trail = json.dumps(list(AuditEntry.objects.values()), default=str, ensure_ascii=False)
    assert [word for word in [*words, *secrets] if word in trail] == []


# --- commands ---------------------------------------------------------------------------------------------------------


def test_a_days_reminding_is_told_with_its_figures_and_a_dry_run_is_not(county, told):
    told()

    with time_machine.travel("2024-12-16 07:00+08:00", tick=False):
        automatic_reminders.remind(dry_run=True)
        assert told() == []
        outcome = automatic_reminders.remind()

    entry = AuditEntry.objects.first()
    assert (entry.kind, entry.act, entry.account) == (Kind.SYSTEM, "每日提醒", "")
    assert entry.detail == outcome.as_data()
    assert entry.detail["people"] > 0


def test_loading_units_is_told_once_a_run(told):
    call_command("load_units", verbosity=0)

    assert acts(told) == ["载入单位名录"]
    assert AuditEntry.objects.get().detail["units"] > 0


def test_a_password_set_at_the_server_is_told(told, monkeypatch):
    person = UserFactory()
    monkeypatch.setattr(changepassword.getpass, "getpass", lambda prompt: "an-unusual-one-7")

    call_command("changepassword", person.username)

    assert told() == [("", "命令行重设密码", person.username)]


def test_an_administrator_made_at_the_server_is_told(told):
    User.objects.create_superuser("root", name="管理员", password="an-unusual-one-7")

    assert told() == [("", "新建系统管理员", "root")]


# --- Django admin -----------------------------------------------------------------------------------------------------


@pytest.fixture
def administrator(client):
    person = UserFactory(role=Role.OFFICE, is_staff=True, is_superuser=True)
    client.force_login(person)
    client.person = person
    return client


def change(client, page, form, **fields):
    response = client.post(page, {**values_of(client.get(page).context[form]), **fields})
    assert response.status_code == 302


def test_a_persons_rights_are_told_with_old_and_new_values(administrator, told):
    person, unit = UserFactory(), UnitFactory(name="县司法局")
    old = person.unit.name

    change(administrator, reverse("departments:person", args=[person.pk]), "form", phone="13800000009")
    move = {"unit": unit.pk, "role": "leader", "on": timezone.localdate()}
    change(administrator, reverse("departments:move-person", args=[person.pk]), "form", **move)

    entry = AuditEntry.objects.get(subject=person.username, act="修改人员")
    assert (entry.kind, entry.act, entry.account) == (Kind.PERMISSION, "修改人员", administrator.person.username)
    assert entry.detail == {"fields": ["phone"]}
    assert AuditEntry.objects.get(act="变更角色和权限").detail == {
        "role": ["liaison", "leader"],
        "unit": [old, "县司法局"],
        "on": timezone.localdate().isoformat(),
    }


def test_a_person_made_and_given_a_password(administrator, told):
    about = {"username": "new", "name": "乙", "role": "auditor"}
    administrator.post(reverse("departments:add-person"), about)
    person = User.objects.get(username="new")
    administrator.post(reverse("departments:give-password", args=[person.pk]))

    assert told() == [(administrator.person.username, act, "new") for act in ("新增人员", "发放一次性密码")]
    detail = {"role": "auditor", "unit": None, "fields": ["username", "name"]}
    assert AuditEntry.objects.get(act="新增人员").detail == detail


def test_a_form_that_changes_nothing_tells_nothing(administrator, told):
    person, unit = UserFactory(), UnitFactory()

    change(administrator, reverse("departments:person", args=[person.pk]), "form")
    change(administrator, reverse("departments:edit-unit", args=[unit.pk]), "form")

    assert told() == []


def test_a_unit_is_told_by_its_service(administrator, told):
    unit = UnitFactory(name="县粮食局")

    page = reverse("departments:edit-unit", args=[unit.pk])
    change(administrator, page, "form", name="县粮食和储备局", short_name="粮储局", aliases="县粮库")

    assert acts(told) == ["单位更名", "修改单位", "修改单位别名"]
    assert AuditEntry.objects.get(act="修改单位").detail == {"fields": ["short_name"]}


def test_every_admin_page_of_ours_that_changes_something_tells_of_it():
    ours = [page for page in admin.site._registry.values() if page.__module__.startswith(OURS)]

    assert [page for page in ours if not isinstance(page, (FrozenAdmin, RecordedAdmin))] == []
    assert len(ours) > 15
