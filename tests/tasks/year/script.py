"""What happens in the simulated year: the people of the county, named stories, and a crowd that reports as it likes."""

import datetime as dt
import json
import random
import uuid
from collections import defaultdict
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from departments.choices import MailChoice, Role, UnitKind
from departments.models import Unit, User
from departments.services import units
from tasks.models import Assignment, Extension, Plan, ReportingRound, Task
from tasks.services.deadlines import extensions, suspension
from tasks.services.plans import amendments
from tasks.services.plans.drafting import seen_task
from tasks.services.progress import reviews
from tasks.services.supervision import notifications, rounds
from tests.factories import UnitFactory, claim, submit

D = dt.date
ISSUED = D(2024, 6, 24)
QUARTERLY = 38  # the row that this county's table asks for at the end of each quarter
NEW_UNIT = "高新街道办事处"
CHOICES = [*[MailChoice.DAILY] * 4, MailChoice.AT_ONCE, MailChoice.DAILY, MailChoice.OFF, MailChoice.DAILY]
WITHOUT_ADDRESS = 7  # of each eight units the last's liaison has none
COUNTED = (42, 55)
NOTICE, JULY = (57,), (53, 54)
CROWD = 110
UNTOUCHED = {  # units with a story of their own; the crowd leaves them alone
    "县信访局",
    "县投资促进服务中心",
    "县司法局",
    "县退役军人事务局",
    "县财政局",
    "中都街道办事处",
    "南旺镇人民政府",
    "次邱镇人民政府",
    "寅寺镇人民政府",
    "军屯乡人民政府",
    "康驿镇人民政府",
}


def load(folder):
    """The table of 2024, issued today, with one row that comes back each quarter."""
    data = json.loads((Path(settings.BASE_DIR) / "fixtures" / "plan-2024.json").read_text())
    rows = [row for part in data["parts"] for section in part["sections"] for row in section["tasks"]]
    rows[QUARTERLY - 1].update(due_on=None, recurrence="quarterly", deadline_as_written="每季度末")
    file = folder / "plan.json"
    file.write_text(json.dumps(data, ensure_ascii=False))
    call_command("load_plan", file, issued_by="office", verbosity=0)


def add_people():
    """A liaison for each unit, and a leader for each third; the office and a reviewer."""
    person("office", Role.OFFICE, email="office@example.gov.cn")
    person("reviewer", Role.REVIEWER, email="reviewer@example.gov.cn", mail_choice=MailChoice.AT_ONCE)
    for place, unit in enumerate(Unit.objects.order_by("order")):
        email = "" if place % len(CHOICES) == WITHOUT_ADDRESS else f"liaison{place}@example.gov.cn"
        person(f"liaison{place}", Role.LIAISON, unit=unit, email=email, mail_choice=CHOICES[place % len(CHOICES)])
        if place % 3 == 0:
            email = f"leader{place}@example.gov.cn" if place % 2 else ""
            person(f"leader{place}", Role.LEADER, unit=unit, email=email)
    person("second", Role.LIAISON, unit=unit_named("县司法局"), email="second@example.gov.cn")


def person(username, role, **fields):
    return User.objects.create(username=username, name=username, role=role, **fields)


def unit_named(name):
    return Unit.objects.get(name=name)


def duty_of(row, unit):
    return Assignment.objects.get(task__number=row, unit__name=unit)


def duties(row):
    return Assignment.objects.filter(task__number=row).select_related("unit", "task").order_by("unit__order")


class Year:
    """What is to be done on which day; `act` does it. Reports are kept by duty, so that they can be answered."""

    def __init__(self):
        self.acts = defaultdict(list)
        self.last = {}
        self.office = User.objects.get(username="office")
        self.reviewer = User.objects.get(username="reviewer")
        self._stories()
        self._years_end()

    def at(self, month, day, act, *args, **fields):
        year = 2024 if month > 5 else 2025
        self.acts[D(year, month, day)].append((act, args, fields))

    def act(self, on):
        """Do what the day brings; tell how much it was."""
        for act, args, fields in self.acts[on]:
            act(*args, **fields)
        return len(self.acts[on])

    # --- steps ---

    def report(self, row, unit, **written):
        duty = duty_of(row, unit)
        self.last[duty.pk] = submit(duty, by=_liaison(duty), **written)

    def claim(self, row, unit):
        duty = duty_of(row, unit)
        count = {"count": 2} if row in COUNTED else {}
        self.last[duty.pk] = claim(duty, by=_liaison(duty), open_units_note="均在推进。", **count)

    def approve(self, row, unit):
        reviews.approve(self.last[duty_of(row, unit).pk], by=self.reviewer)

    def return_(self, row, unit):
        reviews.return_(self.last[duty_of(row, unit).pk], by=self.reviewer, comment="缺少发布链接。")

    def revoke(self, row, unit):
        reviews.revoke(duty_of(row, unit), by=self.reviewer, reason="链接失效。")

    def suspend(self, row, unit):
        suspension.suspend(duty_of(row, unit), by=self.office, reason="等待上级文件。")

    def resume(self, row, unit):
        suspension.resume(duty_of(row, unit), by=self.office, reason="文件已到。")

    def ask(self, row, unit, until, **late):
        duty = duty_of(row, unit)
        extensions.ask(duty, by=_liaison(duty), requested_due_on=until, reason="上级文件印发较晚。", **late)

    def grant(self, row, unit):
        request = Extension.objects.get(assignment=duty_of(row, unit), state="requested")
        extensions.grant(request, by=self.reviewer)

    def amend(self, row, due_on):
        task = Task.objects.with_designations().get(number=row)
        cells = {role: [entry.text for entry in task.designated(role)] for role in ("lead", "responsible")}
        written = {"due_on": due_on, "deadline_as_written": f"{due_on:%Y-%m-%d}前"}
        amendments.amend(task, by=self.office, version=seen_task(task), reason="上级要求。", **cells, **written)

    def call(self, title, opens_on, closes_on, rows):
        plan = Plan.objects.get()
        about = {"title": title, "text": "", "opens_on": opens_on, "closes_on": closes_on, "key": uuid.uuid4()}
        rounds.call(plan, by=self.office, tasks=plan.tasks.filter(number__in=rows), **about)

    def close(self, title):
        rounds.close(ReportingRound.objects.get(title=title), by=self.office)

    def put_off(self, title, closes_on):
        one = ReportingRound.objects.get(title=title)
        rounds.change(one, by=self.office, title=title, text="", closes_on=closes_on)

    def retire(self, unit, successor=None):
        successor = unit_named(successor) if successor else None
        units.retire(unit_named(unit), by=self.office, successor=successor)

    def establish(self, name):
        units.establish(UnitFactory.build(name=name, kind=UnitKind.SUBDISTRICT, order=405), by=self.office)

    def staff(self, unit, **fields):
        User.objects.filter(unit__name=unit).update(**fields)

    def liaison_leaves(self, unit):
        User.objects.filter(unit__name=unit, role=Role.LIAISON).update(is_active=False)

    def liaison_comes(self, unit, username):
        person(username, Role.LIAISON, unit=unit_named(unit), email=f"{username}@example.gov.cn")

    def read_all(self, unit):
        for user in User.objects.filter(unit__name=unit):
            notifications.mark_all_read(user)

    # --- stories ---

    def _stories(self):
        """Each at the edge of some rule; what they lead to is written out in the test."""
        at = self.at
        at(7, 20, self.ask, 53, "中都街道办事处", D(2024, 8, 31))
        at(7, 25, self.grant, 53, "中都街道办事处")
        at(9, 20, self.claim, 53, "中都街道办事处")
        at(9, 23, self.approve, 53, "中都街道办事处")
        at(8, 12, self.ask, 54, "中都街道办事处", D(2024, 9, 15), late_reason="人员变动。")
        at(8, 16, self.grant, 54, "中都街道办事处")
        at(9, 12, self.claim, 54, "中都街道办事处")
        at(9, 30, self.approve, 54, "中都街道办事处")  # a Monday; it waited for the office over the deadline
        at(9, 25, self.report, 2, "南旺镇人民政府")
        at(9, 29, self.return_, 2, "南旺镇人民政府")  # a Sunday on which offices work, before the holidays of October
        at(7, 2, self.suspend, 22, "次邱镇人民政府")
        at(12, 10, self.resume, 22, "次邱镇人民政府")
        at(11, 20, self.suspend, 23, "次邱镇人民政府")
        at(12, 3, self.suspend, 9, "次邱镇人民政府")  # in the week without runs
        at(1, 20, self.resume, 9, "次邱镇人民政府")
        at(11, 28, self.report, 13, "寅寺镇人民政府")
        at(11, 29, self.return_, 13, "寅寺镇人民政府")
        at(12, 5, self.report, 13, "寅寺镇人民政府")  # answered before anything ran again
        at(11, 28, self.report, 14, "寅寺镇人民政府")
        at(11, 29, self.return_, 14, "寅寺镇人民政府")  # never answered
        at(11, 22, self.ask, 16, "康驿镇人民政府", D(2025, 2, 14))
        at(11, 29, self.grant, 16, "康驿镇人民政府")  # after the last run before a week without any
        at(12, 20, self.claim, 15, "寅寺镇人民政府")
        at(1, 3, self.return_, 15, "寅寺镇人民政府")
        at(1, 24, self.claim, 15, "寅寺镇人民政府")
        at(1, 26, self.approve, 15, "寅寺镇人民政府")
        at(2, 20, self.revoke, 15, "寅寺镇人民政府")
        at(9, 2, self.retire, "县投资促进服务中心", "县商务局")
        at(10, 8, self.retire, "县信访局")
        at(9, 10, self.establish, NEW_UNIT)
        at(9, 12, self.liaison_comes, NEW_UNIT, "gaoxin")
        at(10, 21, self.liaison_leaves, "军屯乡人民政府")  # which has a leader
        at(10, 22, self.liaison_leaves, "县退役军人事务局")  # which has nobody else
        at(1, 6, self.liaison_comes, "县退役军人事务局", "successor")
        at(9, 18, self.amend, 21, D(2024, 10, 31))
        at(12, 5, self.amend, 25, D(2025, 2, 28))
        at(9, 18, self.call, "三季度进展", D(2024, 9, 18), D(2024, 10, 12), range(1, 6))
        at(11, 11, self.call, "冬季进展", D(2024, 11, 18), D(2024, 12, 3), range(10, 13))
        at(10, 28, self.call, "专项进展", D(2024, 10, 28), D(2024, 11, 8), [30])
        at(11, 5, self.close, "专项进展")
        at(1, 8, self.call, "收尾情况", D(2025, 1, 8), D(2025, 1, 15), [31])
        at(1, 14, self.put_off, "收尾情况", D(2025, 1, 20))
        at(8, 15, self.read_all, "县财政局")
        at(12, 18, self.read_all, "县司法局")
        at(11, 4, self.staff, "县财政局", mail_choice=MailChoice.OFF)
        at(2, 10, self.staff, "县财政局", mail_choice=MailChoice.DAILY)
        at(10, 15, self.staff, "县民政局", mail_choice=MailChoice.AT_ONCE)

    def _years_end(self):
        """Who does what the notice wants by June, and the rows of July and November, in time."""
        for row, late, month, first in ((57, 6, 6, 25), (53, 4, 7, 8), (54, 4, 7, 15), (22, 5, 11, 4), (23, 5, 11, 11)):
            for place, duty in enumerate(self._of_others(row)):
                if place % late:
                    day = first + place % 3
                    self.at(month, day, self.claim, row, duty.unit.name)
                    self.at(month, day + 1, self.approve, row, duty.unit.name)

    def _of_others(self, row):
        return [duty for duty in duties(row) if duty.unit.name not in UNTOUCHED]

    # --- the crowd ---

    def crowd(self):
        """Plan the lives of some duties, always the same ones."""
        chance = random.Random(2024)
        rows = [row for row in range(1, 57) if row not in (*JULY, 22, 23, 21, 25)]
        open_duties = [duty for row in rows for duty in self._of_others(row)]
        lives = [self._prompt, self._returned, self._late_answer, self._never_answered, self._revoked, self._reports]
        for place, duty in enumerate(chance.sample(open_duties, CROWD)):
            begins = ISSUED + dt.timedelta(days=chance.randint(10, 220))
            lives[place % len(lives)](duty.task.number, duty.unit.name, begins, chance)

    def _prompt(self, row, unit, day, chance):
        day = self._then(day, 0, self.report, row, unit)
        day = self._then(day, chance.randint(5, 70), self.claim, row, unit)
        self._then(day, chance.randint(1, 12), self.approve, row, unit)

    def _returned(self, row, unit, day, chance):
        day = self._then(day, 0, self.claim, row, unit)
        day = self._then(day, chance.randint(1, 5), self.return_, row, unit)
        day = self._then(day, chance.randint(1, 4), self.claim, row, unit)
        self._then(day, chance.randint(1, 5), self.approve, row, unit)

    def _late_answer(self, row, unit, day, chance):
        day = self._then(day, 0, self.report, row, unit)
        day = self._then(day, chance.randint(1, 9), self.return_, row, unit)
        self._then(day, chance.randint(5, 30), self.report, row, unit)

    def _never_answered(self, row, unit, day, chance):
        day = self._then(day, 0, self.claim, row, unit)
        self._then(day, chance.randint(1, 9), self.return_, row, unit)

    def _revoked(self, row, unit, day, chance):
        day = self._then(day, 0, self.claim, row, unit)
        day = self._then(day, chance.randint(1, 4), self.approve, row, unit)
        self._then(day, chance.randint(10, 40), self.revoke, row, unit)

    def _reports(self, row, unit, day, chance):
        for _ in range(4):
            day = self._then(day, chance.randint(20, 75), self.report, row, unit)

    def _then(self, day, later, act, row, unit):
        day += dt.timedelta(days=later)
        self.acts[day].append((act, (row, unit), {}))
        return day


def _liaison(duty):
    return User.objects.filter(unit=duty.unit_id, role=Role.LIAISON, is_active=True).order_by("pk").first()
