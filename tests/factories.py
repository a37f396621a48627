"""Small factories: each gives the least that is valid, and what a test names."""

import datetime
import uuid

import factory
from django.utils import timezone

from departments.choices import Role, UnitKind
from departments.models import (
    ApiToken,
    Collective,
    Deputy,
    Membership,
    RoleGrant,
    ScheduledMove,
    SignInFailure,
    Unit,
    UnitImport,
    User,
    UserSession,
)
from reports.models import Assessment, Bulletin
from tasks.choices import DutyRole, PartKind, PlanState, ReportState
from tasks.imports.reading.source import Grid, Row, Source
from tasks.models import (
    Amendment,
    Answer,
    Assignment,
    Designation,
    EnteredReport,
    Evidence,
    Extension,
    Guidance,
    Notification,
    OutgoingMail,
    Part,
    Plan,
    PlanImport,
    ProgressReport,
    Question,
    ReportingRound,
    RoundItem,
    SavedView,
    Section,
    SheetUpload,
    SupervisionRules,
    Supplement,
    Task,
)
from tasks.models.plans.amendment import ADDED
from tasks.services.progress import reports, reviews
from tasks.services.supervision import reminders
from wenshang_disclosure.files.models import StoredFile
from wenshang_disclosure.work.models import Job


class UnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Unit

    name = factory.Sequence(lambda n: f"测试单位{n}局")
    kind = UnitKind.DEPARTMENT


class CollectiveFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Collective

    name = factory.Sequence(lambda n: f"测试统称{n}")
    kinds = []


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"人员{n}")
    role = Role.LIAISON
    unit = factory.Maybe(
        factory.LazyAttribute(lambda user: user.role in (Role.LIAISON, Role.LEADER)), factory.SubFactory(UnitFactory)
    )
    password = factory.django.Password("test-password-1")


class MembershipFactory(factory.django.DjangoModelFactory):
    """A further membership that is in force."""

    class Meta:
        model = Membership

    person = factory.SubFactory(UserFactory)
    unit = factory.SubFactory(UnitFactory)
    role = Role.LIAISON
    from_on = factory.LazyFunction(timezone.localdate)
    confirmed_at = factory.LazyFunction(timezone.now)


class SignInFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UserSession

    user = factory.SubFactory(UserFactory)
    address = "10.0.0.7"
    device = "Chrome · Windows"


class SignInFailureFactory(factory.django.DjangoModelFactory):
    """One wrong try at the account of `user`, or at one that there is not."""

    class Meta:
        model = SignInFailure

    user = None
    typed = factory.LazyAttribute(lambda f: SignInFailure.digest(f.user.username if f.user else "nobody"))
    address = "10.0.0.7"


class ScheduledMoveFactory(factory.django.DjangoModelFactory):
    """A move to another unit in a week."""

    class Meta:
        model = ScheduledMove

    person = factory.SubFactory(UserFactory)
    unit = factory.SubFactory(UnitFactory)
    role = Role.LIAISON
    on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=7))
    scheduled_by = factory.SubFactory(UserFactory, role=Role.OFFICE)


class RoleGrantFactory(factory.django.DjangoModelFactory):
    """A proposal of one administrator to make a person a reviewer; to make one and confirm it use the service."""

    class Meta:
        model = RoleGrant

    person = factory.SubFactory(UserFactory)
    role = Role.REVIEWER
    is_active, is_staff = True, False
    proposed_by = factory.LazyFunction(lambda: UserFactory(role=Role.OFFICE, is_staff=True))


class UnitImportFactory(factory.django.DjangoModelFactory):
    """A file in which one row is wrong."""

    class Meta:
        model = UnitImport

    file_name = "名册.xlsx"
    rows = factory.LazyFunction(lambda: {"units": [], "people": [], "errors": [["人员", 2, "没有填写姓名。"]]})
    by = factory.LazyFunction(lambda: UserFactory(role=Role.OFFICE))


class PlanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Plan

    year = 2024
    title = "2024年测试分解表"
    document_number = "测政办字〔2024〕1号"
    issued_on = datetime.date(2024, 6, 24)
    state = PlanState.ISSUED


class PartFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Part

    plan = factory.SubFactory(PlanFactory)
    order = factory.Sequence(lambda n: n + 1)
    heading = factory.LazyAttribute(lambda part: f"第{part.order}部分")
    kind = PartKind.TABLE


class SectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Section

    part = factory.SubFactory(PartFactory)
    order = factory.Sequence(lambda n: n + 1)
    heading = factory.LazyAttribute(lambda section: f"（{section.order}）工作任务")


class TaskFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Task

    section = factory.SubFactory(SectionFactory)
    plan = factory.SelfAttribute("section.part.plan")
    number = factory.Sequence(lambda n: n + 1)
    requirement = "做好政策发布。"
    deadline_as_written = "12月底前"
    due_on = datetime.date(2024, 12, 31)


class DesignationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Designation

    task = factory.SubFactory(TaskFactory)
    role = DutyRole.RESPONSIBLE
    order = factory.Sequence(lambda n: n + 1)
    unit = collective = None
    text = factory.LazyAttribute(lambda d: (d.unit or d.collective).name)


class AssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Assignment

    task = factory.SubFactory(TaskFactory)
    plan = factory.SelfAttribute("task.plan")
    unit = factory.SubFactory(UnitFactory)
    role = DutyRole.RESPONSIBLE
    owed_from = factory.SelfAttribute("plan.issued_on")
    due_on = factory.SelfAttribute("task.due_on")
    first_due_on = factory.SelfAttribute("due_on")


class ReportFactory(factory.django.DjangoModelFactory):
    """A draft as it stands in the database. To hand it in use the service, so that the timeline is right."""

    class Meta:
        model = ProgressReport

    assignment = factory.SubFactory(AssignmentFactory)
    author = factory.LazyAttribute(lambda report: UserFactory(unit=report.assignment.unit))
    state = ReportState.DRAFT
    text = "已发布政策3条。"
    saved_at = factory.LazyFunction(timezone.now)


class StoredFileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StoredFile

    path = factory.Sequence(lambda n: f"00/{n:032x}")
    size = 10
    sha256 = "0" * 64
    content_type = "application/pdf"
    uploaded_by = factory.SubFactory(UserFactory)


class JobFactory(factory.django.DjangoModelFactory):
    """A file that a person asked for and that nobody has begun."""

    class Meta:
        model = Job

    kind = "file"
    by = factory.SubFactory(UserFactory)
    what = factory.LazyFunction(lambda: {"address": "/exports/assignments.xlsx", "query": "", "post": 0})
    title = "承办事项.xlsx"
    key = factory.Sequence(lambda n: f"{n:064x}")


def source_of(*rows, paragraphs=(), knows_merges=True):
    """What a file with one table says: each row a list of texts, no cell merged."""
    lines = [Row(number, list(cells), [""] * len(cells)) for number, cells in enumerate(rows, start=1)]
    return Source(list(paragraphs), [Grid("第1个表格", lines, knows_merges)])


HEADINGS = ["工作任务", "牵头部门", "责任单位", "具体要求", "完成时限"]


class PlanImportFactory(factory.django.DjangoModelFactory):
    """A file that was read: one row, whose lead nobody knows."""

    class Meta:
        model = PlanImport

    file = factory.SubFactory(StoredFileFactory)
    file_name = "分解表.docx"
    uploaded_by = factory.LazyFunction(lambda: UserFactory(role=Role.OFFICE))
    year = 2025
    state = "read"
    source = factory.LazyFunction(
        lambda: source_of(HEADINGS, ["政策公开", "县未知局", "", "做好政策发布工作。", "12月底前"]).as_data()
    )


class NotificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Notification

    user = factory.SubFactory(UserFactory)
    text = "分解表已印发。"
    path = "/assignments/"


class OutgoingMailFactory(factory.django.DjangoModelFactory):
    """A mail that waits."""

    class Meta:
        model = OutgoingMail

    user = factory.SubFactory(UserFactory, email="a@example.gov.cn")
    address = factory.SelfAttribute("user.email")
    subject = "【政务公开任务督办】分解表已印发。"
    text = html = "分解表已印发。"


class SavedViewFactory(factory.django.DjangoModelFactory):
    """A view of the overdue duties, for its owner alone."""

    class Meta:
        model = SavedView

    owner = factory.SubFactory(UserFactory)
    unit_id = factory.LazyAttribute(lambda view: view.owner.acting_unit_id)
    list_name = "tasks:assignments"
    name = factory.Sequence(lambda n: f"视图{n}")
    query = "light=overdue"


class RoundFactory(factory.django.DjangoModelFactory):
    """A running round as it stands in the database, of which nobody was told; to call one use the service."""

    class Meta:
        model = ReportingRound

    plan = factory.SubFactory(PlanFactory)
    title = "三季度进展"
    opens_on = factory.LazyFunction(timezone.localdate)
    closes_on = factory.LazyAttribute(lambda one: one.opens_on + datetime.timedelta(days=10))
    by = factory.LazyFunction(lambda: UserFactory(role=Role.OFFICE))


class RoundItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RoundItem

    assignment = factory.SubFactory(AssignmentFactory)
    round = factory.SubFactory(RoundFactory, plan=factory.SelfAttribute("..assignment.plan"))


class EvidenceFactory(factory.django.DjangoModelFactory):
    """A published link; pass `stored` and an empty `url` for a file."""

    class Meta:
        model = Evidence

    report = factory.SubFactory(ReportFactory)
    order = factory.Sequence(lambda n: n + 1)
    title = "发布页面"
    url = factory.Sequence(lambda n: f"https://www.example.gov.cn/art/{n}")


class EnteredReportFactory(factory.django.DjangoModelFactory):
    """The mark of a submitted report as one that the office entered; to enter one use the service."""

    class Meta:
        model = EnteredReport

    unit = factory.SelfAttribute("report.assignment.unit")
    by = factory.LazyFunction(lambda: UserFactory(role=Role.OFFICE))
    at = factory.SelfAttribute("report.attested_at")
    answer_by = factory.LazyAttribute(lambda one: timezone.localdate(one.at) + datetime.timedelta(days=3))


class SheetUploadFactory(factory.django.DjangoModelFactory):
    """An uploaded 填报表 with nothing filled in."""

    class Meta:
        model = SheetUpload

    unit = factory.SelfAttribute("by.unit")
    file_name = "填报表.xlsx"
    sha256 = "0" * 64
    content = factory.LazyFunction(lambda: {"rows": [], "letters": {}, "drafts": {}, "at": timezone.now().isoformat()})
    by = factory.SubFactory(UserFactory)


class ExtensionFactory(factory.django.DjangoModelFactory):
    """A request as it stands in the database; to ask and decide use the service."""

    class Meta:
        model = Extension

    assignment = factory.SubFactory(AssignmentFactory)
    old_due_on = factory.SelfAttribute("assignment.due_on")
    requested_due_on = factory.LazyAttribute(lambda one: one.old_due_on + datetime.timedelta(days=31))
    reason = "上级文件印发较晚。"
    requested_by = factory.LazyAttribute(lambda one: UserFactory(unit=one.assignment.unit))
    requested_at = factory.LazyFunction(timezone.now)


class QuestionFactory(factory.django.DjangoModelFactory):
    """A question of the unit of `by` to the office, of which nobody was told; to ask one use the service."""

    class Meta:
        model = Question

    task = factory.SubFactory(TaskFactory)
    by = factory.SubFactory(UserFactory)
    unit = factory.LazyAttribute(lambda one: one.by.unit if one.by.acting_unit_id else None)
    text = "政策解读是否算一次发布？"
    at = factory.LazyFunction(timezone.now)
    key = factory.LazyFunction(uuid.uuid4)


class AnswerFactory(factory.django.DjangoModelFactory):
    """An answer of the office, of which nobody was told; to give one use the service."""

    class Meta:
        model = Answer

    question = factory.SubFactory(QuestionFactory)
    by = factory.LazyFunction(lambda: UserFactory(role=Role.OFFICE))
    unit = factory.LazyAttribute(lambda one: one.by.unit if one.by.acting_unit_id else None)
    text = "算，附链接即可。"
    at = factory.LazyFunction(timezone.now)
    key = factory.LazyFunction(uuid.uuid4)


class GuidanceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Guidance

    answer = factory.SubFactory(AnswerFactory)
    task = factory.SelfAttribute("answer.question.task")
    pinned_by = factory.SelfAttribute("answer.by")
    pinned_at = factory.LazyFunction(timezone.now)


def submit(duty, *, by=None, evidence=0, **written):
    """Write a report on `duty` and submit it the way a liaison does; return the submitted report."""
    by = by or UserFactory(unit=duty.unit)
    draft = duty.reports.filter(state=ReportState.DRAFT).first()
    written = {"text": "已发布政策3条。", **written}
    draft = reports.save_draft(duty, by=by, version=draft.version if draft else 0, **written)
    for _ in range(evidence):
        EvidenceFactory(report=draft)
    return reports.submit(duty, by=by, version=draft.version, attested=True, attested_name="保密员甲")


def claim(duty, *, by=None, **written):
    """Submit a report on `duty` that claims completion, with one item of evidence; return it."""
    return submit(duty, by=by, evidence=1, claims_completion=True, **written)


def complete(duty):
    """Bring `duty` to 办结 through a claim and its approval; return it as it then stands."""
    reviews.approve(claim(duty), by=UserFactory(role=Role.OFFICE))
    duty.refresh_from_db()
    return duty


class DeputyFactory(factory.django.DjangoModelFactory):
    """A liaison of the unit who stands in for its leader from today for a week; pass what a test names."""

    class Meta:
        model = Deputy

    unit = factory.SubFactory(UnitFactory)
    person = factory.LazyAttribute(lambda one: UserFactory(unit=one.unit))
    from_on = factory.LazyFunction(timezone.localdate)
    until_on = factory.LazyAttribute(lambda one: one.from_on + datetime.timedelta(days=7))
    by = factory.SubFactory(UserFactory)


def asks_its_leader(unit):
    """Let `unit` have a leader who approves reports before they leave; return the leader."""
    unit.leader_approves = True
    unit.save()
    return UserFactory(role=Role.LEADER, unit=unit)


def goes_through_lead(plan):
    """Let reports of `plan` pass their lead before the office."""
    SupervisionRules.objects.update_or_create(plan=plan, defaults={"through_lead": True})


def chase(*duties, by=None, grade="blue", text="请抓紧办理。"):
    """Urge the units of `duties` the way the office does; return the reminder."""
    by = by or UserFactory(role=Role.OFFICE)
    return reminders.send(list(duties), by=by, grade=grade, text=text, key=uuid.uuid4())


class AssessmentFactory(factory.django.DjangoModelFactory):
    """A published assessment without rows; to publish one use the service."""

    class Meta:
        model = Assessment

    plan = factory.SubFactory(PlanFactory)
    as_of = datetime.date(2024, 11, 30)
    criteria = {}
    published_by = factory.LazyFunction(lambda: UserFactory(role=Role.OFFICE))
    published_at = factory.LazyFunction(timezone.now)
    key = factory.LazyFunction(uuid.uuid4)


class BulletinFactory(factory.django.DjangoModelFactory):
    """An issued bulletin without a file on disk; to issue one use the service."""

    class Meta:
        model = Bulletin

    plan = factory.SubFactory(PlanFactory)
    number = 1
    as_of = datetime.date(2024, 11, 30)
    stored = factory.SubFactory(StoredFileFactory)
    file_name = "通报.docx"
    by = factory.LazyFunction(lambda: UserFactory(role=Role.OFFICE))


class ApiTokenFactory(factory.django.DjangoModelFactory):
    """A token whose secret nobody knows; `departments.services.tokens.make` gives one that opens something."""

    class Meta:
        model = ApiToken

    user = factory.SubFactory(UserFactory)
    name = "县数据平台"
    key = factory.Sequence(lambda n: f"{n:064x}")


def add_by_supplement(task, *, number="汶政办字〔2024〕12号", on=datetime.date(2024, 9, 20)):
    """Let a row have been added by an issued supplement; return the supplement."""
    clerk = UserFactory(role=Role.OFFICE)
    supplement = Supplement.objects.create(
        plan=task.plan,
        state=PlanState.ISSUED,
        document_number=number,
        dated_on=on,
        effective_on=on,
        begun_by=clerk,
        begun_at=timezone.now(),
        issued_by=clerk,
    )
    Amendment.objects.create(
        task=task, changes=[[ADDED, "", ""]], reason="上级新增。", by=clerk, supplement=supplement, on=on
    )
    return supplement
