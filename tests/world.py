"""A small county in which each role meets what it may and may not see; shared by the tests of access and of pages."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from types import SimpleNamespace

from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import override_settings
from django.utils.timezone import localdate

from departments.choices import Role, UnitKind
from departments.models import (
    ApiToken,
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
from tasks.choices import DutyRole, EvidenceKind, Grade, Sharing
from tasks.models import (
    Assignment,
    EnteredReport,
    Evidence,
    Extension,
    ExtensionFile,
    KnownAnswer,
    Notification,
    OutgoingMail,
    Plan,
    PlanImport,
    ProgressReport,
    Reminder,
    ReportingRound,
    SheetUpload,
    StockPhrase,
    Supplement,
    Task,
)
from tasks.services.plans import supplements
from tasks.services.progress import evidence, reports
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.audit.trail import record

from .factories import (
    AnswerFactory,
    ApiTokenFactory,
    AssessmentFactory,
    AssignmentFactory,
    BulletinFactory,
    DeputyFactory,
    DesignationFactory,
    EnteredReportFactory,
    EvidenceFactory,
    ExtensionFactory,
    GuidanceFactory,
    JobFactory,
    MembershipFactory,
    NotificationFactory,
    OutgoingMailFactory,
    PartFactory,
    PlanFactory,
    PlanImportFactory,
    QuestionFactory,
    RoleGrantFactory,
    RoundItemFactory,
    SavedViewFactory,
    ScheduledMoveFactory,
    SectionFactory,
    SheetUploadFactory,
    SignInFactory,
    SignInFailureFactory,
    StoredFileFactory,
    TaskFactory,
    UnitFactory,
    UnitImportFactory,
    UserFactory,
    chase,
)
from .made_files import pdf_upload, png_upload


@dataclass
class County:
    """One row of one plan: the commerce bureau leads it, a town and a village answer for it."""

    plan: Plan
    task: Task
    lead_unit: Unit
    town: Unit
    other_unit: Unit
    duty: Assignment
    lead_duty: Assignment
    other_duty: Assignment
    report: ProgressReport
    draft: ProgressReport
    item: Evidence
    draft_item: Evidence
    round: ReportingRound
    people: dict[str, User]
    table_file: PlanImport
    known_answer: KnownAnswer
    first_table: SimpleNamespace
    notice: Notification
    failed_mail: OutgoingMail
    no_secret: SimpleNamespace
    bulletin_template: SimpleNamespace
    sheet_name: SimpleNamespace
    year: SimpleNamespace
    register_file: UnitImport
    extension: Extension
    extension_file: ExtensionFile
    deputy: Deputy
    assessment: Assessment
    bulletin: Bulletin
    token: ApiToken
    trace: AuditEntry
    user_session: UserSession
    failed: SignInFailure
    grant: RoleGrant
    membership: Membership
    scheduled_move: ScheduledMove
    reminder: Reminder | None = None
    phrase: StockPhrase | None = None
    entered: EnteredReport | None = None
    sheet: SheetUpload | None = None
    day: SimpleNamespace | None = None

    @property
    def picture(self):
        """A picture on what the town submitted, put there where it is asked for."""
        path = default_storage.save("aa/picture", png_upload())
        about = {"size": default_storage.size(path), "uploaded_by": self.people["liaison"]}
        stored = StoredFileFactory(path=path, content_type="image/png", **about)
        return EvidenceFactory(report=self.report, order=9, url="", stored=stored, file_name="照片.png")

    @property
    def person(self):
        """The town's liaison."""
        return self.people["liaison"]

    @property
    def chapter(self):
        """A chapter of the manual."""
        return SimpleNamespace(pk="lights")

    @cached_property
    def supplement(self):
        """A draft of a supplement with its file, put there where it is asked for."""
        draft = supplements.begin(self.plan, by=self.people["office"])
        Supplement.objects.filter(pk=draft.pk).update(file=self.item.stored, file_name="补充通知.pdf")
        return draft

    @cached_property
    def view(self):
        """A view that the town's liaison shares within the town, put there where it is asked for."""
        return SavedViewFactory(owner=self.people["liaison"], unit=self.town, sharing=Sharing.UNIT)

    @cached_property
    def question(self):
        """A question that the town asked the office, put there where it is asked for."""
        return QuestionFactory(task=self.task, by=self.people["liaison"])

    @cached_property
    def answer(self):
        """The office's answer to it."""
        return AnswerFactory(question=self.question, by=self.people["office"])

    @cached_property
    def guidance(self):
        """Another answer, which all holders of the row read."""
        return GuidanceFactory(answer=AnswerFactory(question=self.question, by=self.people["office"]))


def build_county():
    """Make the county: the town has submitted one report and has a draft of the next."""
    plan = PlanFactory(issued_on="2024-06-24")
    section = SectionFactory(part=PartFactory(plan=plan))
    task = TaskFactory(section=section, number=1, requirement="围绕招商引资做好信息发布工作。")
    other_task = TaskFactory(section=section, number=2, requirement="加强乡村振兴信息公开。")
    lead_unit = UnitFactory(name="县商务局", kind=UnitKind.DEPARTMENT)
    town = UnitFactory(name="南旺镇人民政府", kind=UnitKind.TOWNSHIP)
    other_unit = UnitFactory(name="县农业农村局", kind=UnitKind.DEPARTMENT)
    DesignationFactory(task=task, role=DutyRole.LEAD, unit=lead_unit)
    DesignationFactory(task=task, unit=town)
    DesignationFactory(task=other_task, role=DutyRole.LEAD, unit=other_unit)
    lead_duty = AssignmentFactory(task=task, unit=lead_unit, role=DutyRole.LEAD, coordinates=True)
    duty = AssignmentFactory(task=task, unit=town)
    other_duty = AssignmentFactory(task=other_task, unit=other_unit, role=DutyRole.LEAD, coordinates=True)
    people = _people(lead_unit, town, other_unit)
    liaison = people["liaison"]
    draft = reports.save_draft(duty, by=liaison, version=0, text="已发布政策3条。")
    item = evidence.attach_file(draft, pdf_upload("方案.pdf"), by=liaison, kind=EvidenceKind.OWN_PLAN)
    report = reports.submit(
        duty, by=liaison, version=draft.version, attested=True, attested_name="审查人", text="已发布政策3条。"
    )
    draft = reports.save_draft(duty, by=liaison, version=0, text="又发布政策2条，尚未报送。")
    draft_item = EvidenceFactory(report=draft)
    extension = ExtensionFactory(assignment=duty, requested_by=liaison)
    return County(
        plan=plan,
        task=task,
        lead_unit=lead_unit,
        town=town,
        other_unit=other_unit,
        duty=duty,
        lead_duty=lead_duty,
        other_duty=other_duty,
        report=report,
        draft=draft,
        item=item,
        draft_item=draft_item,
        round=RoundItemFactory(assignment=duty).round,
        people=people,
        table_file=PlanImportFactory(),
        known_answer=KnownAnswer.objects.create(
            kind="deadlines", text="立行立改", answer={"recurrence": "ongoing"}, said_by=people["office"]
        ),
        first_table=SimpleNamespace(pk=0),
        register_file=UnitImportFactory(),
        extension=extension,
        extension_file=ExtensionFile.objects.create(extension=extension, stored=item.stored, file_name="证明.pdf"),
        deputy=DeputyFactory(unit=town, person=liaison, by=people["leader"], from_on=localdate() + timedelta(days=30)),
        assessment=AssessmentFactory(plan=plan),
        bulletin=BulletinFactory(plan=plan),
        token=ApiTokenFactory(user=liaison),
        trace=_trace(duty, liaison),
        user_session=SignInFactory(user=liaison),
        failed=SignInFailureFactory(user=liaison),
        grant=RoleGrantFactory(person=people["stranger"]),
        scheduled_move=ScheduledMoveFactory(person=people["stranger"], unit=town),
        membership=MembershipFactory(person=people["stranger"], unit=town, given_by=UserFactory(role=Role.OFFICE)),
        notice=NotificationFactory(user=people["liaison"], path=f"/assignments/{duty.pk}/"),
        failed_mail=OutgoingMailFactory(user__email="gone@example.gov.cn", attempts=2),
        no_secret=SimpleNamespace(pk="of-nobody"),
        bulletin_template=SimpleNamespace(pk="bulletin"),
        sheet_name=SimpleNamespace(pk="overview"),
        year=SimpleNamespace(pk=plan.year),
    )


def _trace(duty, person):
    """One entry of the audit trail."""
    record(Kind.CHANGE, "测试操作", by=person, on=duty)
    return AuditEntry.objects.first()


def supervise(county):
    """Let the office chase the town; return the county, with the reminder and a day whose reminders can
    be asked for.
    """
    county.reminder = chase(county.duty, by=county.people["office"])
    county.day = SimpleNamespace(pk="2024-12-16")
    # what migrations fill is gone after a test with real transactions
    usual = {"grade": Grade.YELLOW, "text": "请抓紧办理。", "order": 1}
    county.phrase = StockPhrase.objects.first() or StockPhrase.objects.create(**usual)
    return county


def bring_sheets(county):
    """Let the town's report be one that the office entered, and its liaison upload a 填报表 and ask for a long file;
    return the county.
    """
    county.entered = EnteredReportFactory(report=county.report, by=county.people["office"])
    county.sheet = SheetUploadFactory(by=county.people["liaison"])
    county.made_file = JobFactory(by=county.people["liaison"])
    return county


def _people(lead_unit, town, other_unit):
    return {
        "office": UserFactory(role=Role.OFFICE),
        "administrator": UserFactory(role=Role.OFFICE, is_staff=True, is_superuser=True),
        "reviewer": UserFactory(role=Role.REVIEWER),
        "auditor": UserFactory(role=Role.AUDITOR),
        "liaison": UserFactory(unit=town),
        "leader": UserFactory(role=Role.LEADER, unit=town),
        "lead": UserFactory(unit=lead_unit),
        "lead_leader": UserFactory(role=Role.LEADER, unit=lead_unit),
        "stranger": UserFactory(unit=other_unit),
    }


def build_demo_county():
    """Issue the table of 2024 to the units of the fixtures, with demo people and nothing done yet."""
    with override_settings(DEBUG=True):
        call_command("load_units", verbosity=0)
        call_command("load_demo_people")
        call_command("load_plan", "fixtures/plan-2024.json", issued_by="admin")


def build_demo_year():
    """Let a year pass in the demo county."""
    build_demo_county()
    with override_settings(DEBUG=True):
        call_command("load_demo_activity")
