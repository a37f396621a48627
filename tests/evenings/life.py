"""A small county and everything that can happen in its year, played by the services in a random order."""

import contextlib
import datetime as dt
import random
import uuid

from django.core.exceptions import PermissionDenied
from django.db import transaction

from departments.choices import Role, UnitKind
from departments.models import Unit
from departments.services import units as register
from tasks.choices import DutyRole, Event, ExtensionState, Opinion, PartKind, ReportState
from tasks.models import (
    Answer,
    Assignment,
    Designation,
    EnteredReport,
    Extension,
    Guidance,
    Plan,
    ProgressReport,
    Question,
    Reminder,
    ReminderItem,
    Section,
    Task,
)
from tasks.services.deadlines import extensions, reassignment, suspension
from tasks.services.deadlines import undoing as undoing_extensions
from tasks.services.plans import (
    amendments,
    draft_rows,
    issuing,
    supplement_issuing,
    supplement_undoing,
    supplements,
)
from tasks.services.plans.assignments import pick_units, settle
from tasks.services.plans.drafting import seen_task
from tasks.services.plans.roll_over import roll_over
from tasks.services.progress import discussion, entering, lead_opinions, reports, reviews
from tasks.services.progress import undoing as undoing_reviews
from tasks.services.supervision import acknowledgements, reminder_answers, reminders, rounds
from tests.factories import (
    CollectiveFactory,
    DesignationFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    claim,
    submit,
)
from wenshang_disclosure.core.web.errors import Refused

ISSUED = dt.date(2024, 6, 24)
WORDS = ["公开政策文件。", "及时回应关切。", "做好解读回应。", "完善公开平台。", "加强队伍培训。"]


class Life:
    """The county of one seed. `act(day)` lets one to three things happen; what a rule refuses does not happen."""

    def __init__(self, seed):
        self.staying = set()
        self.chance, self.others_chance = random.Random(seed), random.Random(seed + 1)
        self.office = UserFactory(role=Role.OFFICE, is_staff=True, username="office")
        self.reviewer = UserFactory(role=Role.REVIEWER, username="reviewer")
        self.plan = PlanFactory(issued_on=ISSUED)
        self._found_units()
        self._write_table()
        settle(self.plan, on=ISSUED)
        self.founded = 0

    def _found_units(self):
        kinds = [UnitKind.DEPARTMENT] * 4 + [UnitKind.TOWN] * 3
        for number, kind in enumerate(kinds, start=1):
            name = (
                f"县{'甲乙丙丁'[number - 1]}局" if kind == UnitKind.DEPARTMENT else f"{'东西北'[number - 5]}镇人民政府"
            )
            self.add_people(UnitFactory(name=name, kind=kind, order=number))
        self.towns = CollectiveFactory(name="各镇人民政府", kinds=[UnitKind.TOWN])
        self.concerned = CollectiveFactory(name="有关部门、单位", kinds=[])

    def add_people(self, unit):
        UserFactory(unit=unit, username=f"liaison{unit.pk}")
        return unit

    def _write_table(self):
        sections = [SectionFactory(part=PartFactory(plan=self.plan)) for _ in range(2)]
        names = list(Unit.objects.order_by("order"))
        for number in range(1, 8):
            due = dt.date(2024, self.chance.randint(7, 12), self.chance.choice([10, 20, 30]))
            task = TaskFactory(section=sections[number % 2], number=number, due_on=due, deadline_as_written="")
            DesignationFactory(task=task, role=DutyRole.LEAD, order=1, unit=names[number % 4])
            DesignationFactory(task=task, order=1, unit=names[(number + 1) % 7])
            if number % 3 == 0:
                DesignationFactory(task=task, order=2, collective=self.towns)
            if number % 3 == 1:
                DesignationFactory(task=task, order=2, collective=self.concerned)

    # --- what happens -------------------------------------------------------------------------------------------------

    def act(self, day):
        """Let one to three things happen on `day`, which is today; return their names."""
        names = self.chance.choices(list(WEIGHTS), weights=list(WEIGHTS.values()), k=self.chance.randint(1, 3))
        return [name for name in names if self.do(name, day)] + self.discuss(day)

    def discuss(self, day):
        """Let people ask and answer, and the office supplement the plan, by a chance of their own: the rest of the year
        goes on as without it.
        """
        self.chance, self.others_chance = self.others_chance, self.chance
        names = self.chance.choices(list(TALK), weights=list(TALK.values()), k=2)
        done = [name for name in names if self.do(name, day)]
        self.chance, self.others_chance = self.others_chance, self.chance
        return done

    def do(self, name, day):
        """Let one thing happen on `day`, which is today; return whether it did."""
        try:
            return getattr(self, name)(day) is not NOTHING
        except (Refused, PermissionDenied):
            return False

    def _one(self, rows):
        rows = list(rows.order_by("pk"))
        return self.chance.choice(rows) if rows else None

    def _liaison(self, unit):
        return unit.people.filter(role=Role.LIAISON, is_active=True).order_by("pk").first()

    def _owed(self):
        return Assignment.objects.filter(plan=self.plan).owed()

    def _text(self):
        return "".join(self.chance.sample(WORDS, 2))

    def report(self, day):
        return self._report(submit)

    def claim(self, day):
        return self._report(claim, open_units_note="已逐一督促。")

    def _report(self, write, **written):
        duty = self._one(self._owed())
        by = duty and self._liaison(duty.unit)
        return write(duty, by=by, text=self._text(), **written) if by else NOTHING

    def _waiting(self):
        return self._one(ProgressReport.objects.filter(state=ReportState.SUBMITTED))

    def approve(self, day):
        report = self._waiting()
        return reviews.approve(report, by=self.reviewer) if report else NOTHING

    def return_(self, day):
        report = self._waiting()
        return reviews.return_(report, by=self.reviewer, comment=self._text()) if report else NOTHING

    def withdraw(self, day):
        report = self._waiting()
        return reports.withdraw(report, by=report.author) if report else NOTHING

    def revoke(self, day):
        duty = self._one(Assignment.objects.filter(status="completed"))
        return reviews.revoke(duty, by=self.reviewer, reason=self._text()) if duty else NOTHING

    def suspend(self, day):
        duty = self._one(self._owed())
        return suspension.suspend(duty, by=self.office, reason=self._text()) if duty else NOTHING

    def resume(self, day):
        duty = self._one(Assignment.objects.filter(suspended=True))
        later = day + dt.timedelta(days=self.chance.randint(5, 60))
        return suspension.resume(duty, by=self.office, reason=self._text(), due_on=later) if duty else NOTHING

    def extend(self, day):
        duty = self._one(self._owed().filter(due_on__isnull=False))
        if duty is None:
            return NOTHING
        later = max(day, duty.due_on) + dt.timedelta(days=self.chance.randint(5, 60))
        return extensions.extend(duty, by=self.office, due_on=later, reason=self._text())

    def ask_extension(self, day):
        duty = self._one(self._owed().filter(due_on__isnull=False))
        by = duty and self._liaison(duty.unit)
        if not by:
            return NOTHING
        later = max(day, duty.due_on) + dt.timedelta(days=self.chance.randint(5, 60))
        late = {"late_reason": self._text()} if duty.due_on < day else {}
        return extensions.ask(duty, by=by, requested_due_on=later, reason=self._text(), **late)

    def decide_extension(self, day):
        asked = self._one(Extension.objects.filter(state=ExtensionState.REQUESTED))
        if asked is None:
            return NOTHING
        if self.chance.random() < 0.3:
            return extensions.refuse(asked, by=self.office, comment=self._text())
        return extensions.grant(asked, by=self.office)

    def reassign(self, day):
        duty = self._one(self._owed())
        unit = self._one(Unit.objects.active())
        return reassignment.reassign(duty, unit, by=self.office, reason=self._text()) if duty else NOTHING

    def amend_text(self, day):
        return self._amend(requirement=self._text())

    def amend_deadline(self, day):
        due = day + dt.timedelta(days=self.chance.randint(-20, 90))
        return self._amend(due_on=due, recurrence="", deadline_as_written="")

    def amend_holders(self, day):
        """Drop, add or swap units in the cells of a row."""
        task = self._task()
        cells = {role: [entry.text for entry in task.designated(role)] for role in DutyRole}
        lead, responsible = cells[DutyRole.LEAD], cells[DutyRole.RESPONSIBLE]
        what = self.chance.choice(["drop", "add", "swap"])
        if what == "drop" and len(responsible) > 1:
            responsible = responsible[1:]
        elif what == "add":
            responsible = [*responsible, self._one(Unit.objects.active()).name]
        else:
            lead, responsible = responsible[:1] or lead, lead + responsible[1:]
        return self._amend(task, lead=lead, responsible=list(dict.fromkeys(responsible)))

    def supplement(self, day):
        """Issue a supplement that adds a row like another one, and takes one out."""
        added, removed = self._task(), self._task()
        if self.plan.tasks.standing().count() < 5 or self.plan.supplements.filter(state="draft").exists():
            return NOTHING
        about = {"by": self.office, "version": 0, "document_number": f"补〔2024〕{day:%m%d}号", "dated_on": day}
        draft = supplements.describe(supplements.begin(self.plan, by=self.office), **about)
        cells = {role.value: [entry.text for entry in added.designated(role)] for role in DutyRole}
        section = Section.objects.filter(part__plan=draft.table).order_by("order").first()
        due_on = day + dt.timedelta(days=self.chance.randint(5, 90))
        draft_rows.add(draft.table, by=self.office, section=section, requirement=self._text(), due_on=due_on, **cells)
        taken = {"by": self.office, "tasks": [removed], "reason": self._text()}
        supplements.take_out(draft, version=draft.version, **taken)
        seen = supplement_issuing.prospect(draft, by=self.office).mark
        return supplement_issuing.issue(draft, by=self.office, seen=seen)

    def undo_supplement(self, day):
        issued = self._one(self.plan.supplements.filter(state="issued"))
        return supplement_undoing.undo(issued, by=self.office, reason=self._text()) if issued else NOTHING

    def _task(self):
        return Task.objects.with_designations().get(pk=self._one(self.plan.tasks.standing()).pk)

    def _amend(self, task=None, **written):
        task = task or self._task()
        cells = {role.value: [entry.text for entry in task.designated(role)] for role in DutyRole}
        return amendments.amend(
            task, by=self.office, version=seen_task(task), reason=self._text(), **{**cells, **written}
        )

    def pick(self, day):
        entry = self._one(Designation.objects.filter(task__plan=self.plan, collective=self.concerned))
        if entry is None:
            return NOTHING
        active = list(Unit.objects.active().order_by("pk"))
        return pick_units(entry, self.chance.sample(active, 2), by=self.office, on=day)

    def establish(self, day):
        if self.founded == 3:
            return NOTHING
        self.founded += 1
        unit = Unit(name=f"新设{self.founded}镇人民政府", kind=UnitKind.TOWN, order=50 + self.founded)
        return self.add_people(register.establish(unit, by=self.office, on=day))

    def split(self, day):
        """Found a unit out of another one, and give it half of that one's duties."""
        parent, new = self._one(Unit.objects.active()), self.establish(day)
        if new is NOTHING:
            return NOTHING
        duties = list(self._owed().filter(unit=parent).order_by("pk"))
        for duty in duties[::2]:
            with contextlib.suppress(Refused), transaction.atomic():
                reassignment.reassign(duty, new, by=self.office, reason=f"{parent}分设{new}。")
        return new

    def next_year(self, day):
        """Copy the table to the next year, and issue it."""
        if Plan.objects.count() > 1:
            return NOTHING
        copy = roll_over(self.plan, by=self.office, year=2025, title="2025年测试分解表", kinds=[PartKind.TABLE])
        return issuing.issue(copy, by=self.office, issued_on=day)

    def rename(self, day):
        unit = self._one(Unit.objects.active())
        name = unit.name.removesuffix("（更名）") if unit.name.endswith("（更名）") else unit.name + "（更名）"
        return register.rename(unit, name, by=self.office, on=day)

    def merge(self, day):
        active = list(Unit.objects.active(day).order_by("pk"))
        if len(active) < 6:
            return NOTHING
        gone, successor = self.chance.sample(active, 2)
        return register.retire(gone, by=self.office, on=day, successor=successor)

    def retire(self, day):
        active = Unit.objects.active(day)
        return register.retire(self._one(active), by=self.office, on=day) if active.count() > 5 else NOTHING

    def restore(self, day):
        gone = self._one(Unit.objects.filter(retired_on__isnull=False))
        return register.restore(gone, by=self.office) if gone else NOTHING

    def move_person(self, day):
        """Give a unit another liaison, and the one that it had to another unit."""
        unit, other = self.chance.sample(list(Unit.objects.active().order_by("pk")), 2)
        person = self._liaison(unit)
        if person is None or person in self.staying:
            return NOTHING
        UserFactory(unit=unit)
        person.unit = other
        person.save(update_fields=["unit"])
        return person

    def chase(self, day):
        duty = self._one(self._owed())
        by = self.office
        return reminders.send([duty], by=by, grade="blue", text=self._text(), key=uuid.uuid4()) if duty else NOTHING

    def answer_reminder(self, day):
        item = self._one(ReminderItem.objects.unanswered())
        by = item and self._liaison(item.assignment.unit)
        if not by:
            return NOTHING
        return reminder_answers.answer(item.reminder, by=by, items=[item], text=self._text(), key=uuid.uuid4())

    def withdraw_reminder(self, day):
        reminder = self._one(Reminder.objects.filter(withdrawn_at=None))
        return reminder_answers.withdraw(reminder, by=self.office, reason=self._text()) if reminder else NOTHING

    def acknowledge(self, day):
        duty = self._one(self._owed().filter(acknowledged_at__isnull=True))
        by = duty and self._liaison(duty.unit)
        return acknowledgements.acknowledge([duty], by=by, handler="经办人甲", leader="负责人乙") if by else NOTHING

    def opine(self, day):
        report = self._waiting()
        lead = report and Assignment.objects.coordinating(report.assignment.task_id).first()
        by = lead and self._liaison(lead.unit)
        if not by:
            return NOTHING
        return lead_opinions.give(report, by=by, opinion=Opinion.ENDORSED, text=self._text(), version=report.version)

    def ask_question(self, day):
        duty = self._one(self._owed())
        by = duty and (self.office if self.chance.random() < 0.3 else self._liaison(duty.unit))
        return discussion.ask(duty.task, by=by, text=self._text(), key=uuid.uuid4()) if by else NOTHING

    def answer_question(self, day):
        asked = self._one(Question.objects.filter(task__plan=self.plan))
        return discussion.answer(asked, by=self.office, text=self._text(), key=uuid.uuid4()) if asked else NOTHING

    def pin_answer(self, day):
        given = self._one(Answer.objects.filter(question__task__plan=self.plan))
        return discussion.pin(given, by=self.office) if given else NOTHING

    def take_back_guidance(self, day):
        pinned = self._one(Guidance.objects.standing().filter(task__plan=self.plan))
        return discussion.take_back(pinned, by=self.office, reason=self._text()) if pinned else NOTHING

    def call_round(self, day):
        closes = day + dt.timedelta(days=10)
        about = {"title": "进展报送", "text": "", "opens_on": day, "closes_on": closes, "key": uuid.uuid4()}
        return rounds.call(self.plan, by=self.office, **about)

    def rate(self, day):
        report = self._one(ProgressReport.objects.filter(state=ReportState.APPROVED))
        return reviews.rate(report, by=self.reviewer, quality=self.chance.randint(1, 4)) if report else NOTHING

    def enter(self, day):
        duty = self._one(self._owed())
        attested = {"attested": True, "attested_name": "镇保密员"}
        return entering.enter(duty, by=self.office, text=self._text(), **attested) if duty else NOTHING

    def answer_entered(self, day):
        entered = self._one(EnteredReport.objects.unanswered())
        by = entered and self._liaison(entered.report.assignment.unit)
        if not by:
            return NOTHING
        if self.chance.random() < 0.5:
            return entering.confirm(entered, by=by)
        return entering.object_to(entered, by=by, reason=self._text())

    def undo_review(self, day):
        answered = [ReportState.APPROVED, ReportState.RETURNED]
        report = self._one(ProgressReport.objects.filter(state__in=answered))
        return undoing_reviews.undo(report, by=self.office, reason=self._text()) if report else NOTHING

    def undo_extension(self, day):
        duty = self._one(self._owed().filter(transitions__event=Event.EXTENDED).distinct())
        return undoing_extensions.undo_extension(duty, by=self.office, reason=self._text()) if duty else NOTHING

    def undo_decision(self, day):
        decided = self._one(Extension.objects.filter(state__in=undoing_extensions.DECIDED))
        return undoing_extensions.undo_decision(decided, by=self.office, reason=self._text()) if decided else NOTHING


NOTHING = object()
TALK = {
    "ask_question": 10,
    "answer_question": 8,
    "pin_answer": 6,
    "take_back_guidance": 2,
    "answer_reminder": 4,
    "withdraw_reminder": 2,
    "supplement": 1,
    "undo_supplement": 1,
}
WEIGHTS = {
    "report": 14,
    "claim": 12,
    "approve": 12,
    "return_": 6,
    "withdraw": 5,
    "revoke": 3,
    "suspend": 3,
    "resume": 3,
    "extend": 3,
    "ask_extension": 4,
    "decide_extension": 3,
    "reassign": 4,
    "amend_text": 3,
    "amend_deadline": 3,
    "amend_holders": 4,
    "pick": 3,
    "establish": 1,
    "split": 1,
    "next_year": 1,
    "rename": 2,
    "merge": 2,
    "retire": 1,
    "restore": 1,
    "move_person": 2,
    "chase": 3,
    "acknowledge": 3,
    "opine": 3,
    "call_round": 1,
    "rate": 3,
    "enter": 5,
    "answer_entered": 5,
    "undo_review": 5,
    "undo_extension": 3,
    "undo_decision": 3,
}
