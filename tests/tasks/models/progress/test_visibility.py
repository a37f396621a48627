"""What each role's querysets are cut to (design: Who may do what): always with something that could be seen and is
not.
"""

import pytest

from departments.choices import Role
from departments.models import Unit
from tasks.choices import DutyRole, PlanState
from tasks.models import Assignment, Evidence, ProgressReport, Task
from tasks.services.progress import reports as progress
from tasks.services.progress import reviews
from tests.factories import (
    AssignmentFactory,
    EvidenceFactory,
    PlanFactory,
    ReportFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    submit,
)

pytestmark = pytest.mark.django_db

READS_EVERYTHING = [Role.OFFICE, Role.REVIEWER, Role.AUDITOR]
LED_ROW = {"lead", "member"}
EVERY_DUTY = LED_ROW | {"sharer", "stranger"}


class World:
    """A row that `lead` coordinates, that `sharer` leads through a collective and `member` is responsible for.

    `stranger` has a duty on another row. Each duty has a submitted report and a draft, each with an item of evidence.
    A plan that is still drawn up has a row with duties of everybody, with a draft.
    """

    def __init__(self):
        row, other_row = TaskFactory(), TaskFactory()
        self.duties = {
            "lead": AssignmentFactory(task=row, role=DutyRole.LEAD, coordinates=True),
            "sharer": AssignmentFactory(task=row, role=DutyRole.LEAD),
            "member": AssignmentFactory(task=row),
            "stranger": AssignmentFactory(task=other_row, role=DutyRole.LEAD, coordinates=True),
        }
        self.reports, self.evidence = {}, {}
        for name, duty in self.duties.items():
            self.add(f"{name}: submitted", submit(duty))
            self.add(f"{name}: draft", ReportFactory(assignment=duty))
        unissued = TaskFactory(section__part__plan=PlanFactory(state=PlanState.DRAFT))
        for name in EVERY_DUTY:
            duty = AssignmentFactory(task=unissued, unit=self.duties[name].unit, role=DutyRole.LEAD, coordinates=True)
            EvidenceFactory(report=ReportFactory(assignment=duty))
        self.rows = {"led": row, "other": other_row, "unissued": unissued}

    def add(self, label, report):
        self.reports[label] = report
        self.evidence[label] = EvidenceFactory(report=report)

    def person(self, name, role=Role.LIAISON):
        return UserFactory(unit=self.duties[name].unit, role=role)

    def seen(self, things, queryset):
        """The labels of what the queryset gives; anything without a label counts as `?`."""
        labels = {thing: label for label, thing in things.items()}
        return {labels.get(thing, "?") for thing in queryset}


@pytest.fixture
def world():
    return World()


def submitted(*names):
    return {f"{name}: submitted" for name in names}


def drafts(*names):
    return {f"{name}: draft" for name in names}


def what_is_seen(world, user):
    return (
        world.seen(world.duties, Assignment.objects.visible_to(user)),
        world.seen(world.reports, ProgressReport.objects.visible_to(user)),
        world.seen(world.evidence, Evidence.objects.visible_to(user)),
    )


@pytest.mark.parametrize("role", READS_EVERYTHING)
def test_who_reads_everything_sees_all_that_was_submitted_and_no_drafts(world, role):
    duties, reports, evidence = what_is_seen(world, UserFactory(role=role))

    assert duties == EVERY_DUTY
    assert reports == evidence == submitted(*EVERY_DUTY)


@pytest.mark.parametrize("role", READS_EVERYTHING)
def test_who_reads_everything_and_belongs_to_a_unit_also_sees_its_draft(world, role):
    duties, reports, evidence = what_is_seen(world, world.person("member", role))

    assert duties == EVERY_DUTY
    assert reports == evidence == submitted(*EVERY_DUTY) | drafts("member")


@pytest.mark.parametrize("name", ["sharer", "member"])
@pytest.mark.parametrize("role", [Role.LIAISON, Role.LEADER])
def test_people_of_a_unit_see_their_own_and_nothing_else(world, name, role):
    duties, reports, evidence = what_is_seen(world, world.person(name, role))

    assert duties == {name}
    assert reports == evidence == submitted(name) | drafts(name)


def test_the_liaison_of_a_lead_unit_also_sees_what_the_rows_units_submitted(world):
    duties, reports, evidence = what_is_seen(world, world.person("lead"))

    assert duties == LED_ROW
    assert reports == evidence == submitted(*LED_ROW) | drafts("lead")


def test_the_leader_of_a_lead_unit_sees_the_own_units_reports(world):
    duties, reports, evidence = what_is_seen(world, world.person("lead", Role.LEADER))

    assert "stranger" not in duties
    assert submitted("lead") | drafts("lead") <= reports == evidence <= submitted(*LED_ROW) | drafts("lead")


def test_a_person_without_any_duty_sees_nothing(world):
    seen = what_is_seen(world, UserFactory())

    assert seen == (set(), set(), set())


def test_a_lead_goes_on_seeing_a_report_once_it_is_reviewed_and_no_longer_once_it_is_withdrawn(world):
    lead, member = world.person("lead"), world.duties["member"]
    progress.discard_draft(member, by=world.person("member"))
    withdrawn = submit(member)
    reviews.approve(world.reports["member: submitted"], by=UserFactory(role=Role.OFFICE))
    before = ProgressReport.objects.visible_to(lead).filter(assignment=member).count()

    progress.withdraw(withdrawn, by=withdrawn.author)

    seen = ProgressReport.objects.visible_to(lead).filter(assignment=member)
    assert (before, list(seen)) == (2, [world.reports["member: submitted"]])


def test_a_unit_on_two_rows_sees_each_of_its_duties_once(world):
    lead = world.person("lead")
    AssignmentFactory(task=world.rows["other"], unit=lead.unit)
    AssignmentFactory(task=world.rows["led"], role=DutyRole.LEAD, coordinates=True)

    seen = list(Assignment.objects.visible_to(lead))

    assert len(seen) == len(set(seen)) == 3


@pytest.mark.parametrize("role", Role)
def test_rows_of_issued_plans_are_seen_by_all_and_those_being_drawn_up_only_by_the_office(world, role):
    user = world.person("member", role)

    seen = world.seen(world.rows, Task.objects.visible_to(user))

    assert seen == {"led", "other"} | ({"unissued"} if role == Role.OFFICE else set())


def _coordinated_by(unit):
    return Task.objects.filter(pk__in=Assignment.objects.of_coordinators().filter(unit=unit).values("task"))


def test_only_who_leads_by_name_coordinates_the_row(world):
    coordinated = {
        name: world.seen(world.rows, _coordinated_by(duty.unit).exclude(pk=world.rows["unissued"].pk))
        for name, duty in world.duties.items()
    }

    assert coordinated == {"lead": {"led"}, "sharer": set(), "member": set(), "stranger": {"other"}}


@pytest.mark.parametrize("role", Role)
def test_units_ledgers_are_the_own_one_or_all(role):
    own, other = UnitFactory(), UnitFactory()

    seen = set(Unit.objects.visible_to(UserFactory(unit=own, role=role)))

    assert seen == ({own, other} if role in READS_EVERYTHING else {own})
