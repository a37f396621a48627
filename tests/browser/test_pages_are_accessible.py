"""No page has a serious or critical finding of axe-core, and none is wider than a phone.

Each page is opened at one of two widths and then drawn at the other. The short form lets axe look at the first alone,
which is a screen for every other page and a phone for the rest, the long form at both and on a wide screen as well.
"""

import json
from pathlib import Path

import pytest

from departments.choices import Role
from departments.models import User
from tasks.models import Assignment, ProgressReport
from tasks.services.deadlines import suspension
from tasks.services.plans import issuing, publication
from tasks.services.progress import reviews
from tasks.services.supervision import rounds
from tests.environment import LONG
from tests.factories import (
    AnswerFactory,
    ExtensionFactory,
    GuidanceFactory,
    NotificationFactory,
    OutgoingMailFactory,
    PlanImportFactory,
    QuestionFactory,
    RoundItemFactory,
    SignInFactory,
    SignInFailureFactory,
    UnitImportFactory,
)
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.audit.trail import record

from .axe import faults_of
from .test_reviewer import report_of

WIDTHS = (1440, 390)
WIDE = 1920
PAGES = {
    None: ["/sign-in/", "/public/2024/", "/help/", "/help/supervision/", "/help/whole/", "/help/liaison/"],
    "office": [
        "/dashboard/",
        "/dashboard/?as_of=2024-01-01",
        "/reports/",
        "/tasks/",
        "/tasks/{task}/",
        "/assignments/",
        "/assignments/{duty}/",
        "/tasks/{task}/discussion/",
        "/questions/",
        "/questions/?state=garbage",
        "/questions/{question}/",
        "/worklist/",
        "/reviews/",
        "/reviews/{report}/",
        "/reviews/{public}/",
        "/reviews/{public}/undo/",
        "/reviews/{report}/undo/",
        "/overdue/",
        "/rounds/",
        "/rounds/new/",
        "/rounds/{round}/",
        "/rounds/{round}/?submission=garbage",
        "/rounds/{round}/change/",
        "/rounds/{closed}/",
        "/rounds/{closed}/reopen/",
        "/extensions/",
        "/extensions/{extension}/",
        "/suspended/",
        "/assignments/{open}/suspend/",
        "/assignments/{open}/reassign/",
        "/assignments/{suspended}/",
        "/assignments/{shown}/",
        "/units/",
        "/units/{unit}/",
        "/plans/",
        "/plans/{plan}/",
        "/plans/{plan}/public/",
        "/plans/{draft}/",
        "/plans/{draft}/issue/",
        "/plans/{plan}/issue/undo/",
        "/plans/{draft}/resolve/",
        "/plans/{draft}/rows/add/",
        "/plans/rows/{row}/",
        "/plans/rows/{task}/amend/",
        "/plans/{draft}/roll-over/",
        "/plans/{draft}/compare/",
        "/notifications/",
        "/units/import/",
        "/units/import/{register}/",
        "/plans/import/",
        "/plans/import/{table}/",
        "/plans/import/{table}/units/",
        "/plans/import/{unread}/",
        "/me/",
        "/outbox/",
        "/password/",
        "/second-factor/",
        "/sessions/",
        "/nowhere/",
        "/dashboard/?as_of=garbage",
        "/assignments/?due_from=garbage",
        "/assessment/",
        "/assessment/rubric/",
        "/ranking/",
        "/audit/",
        "/audit/?day_from=garbage",
        "/audit/{trace}/",
    ],
    "admin": ["/setup/", "/region/"],
    "nanwang": [
        "/worklist/",
        "/worklist/?show=done",
        "/worklist/report/",
        "/worklist/report/?of=all",
        "/worklist/sheet/",
        "/assessment/",
        "/assignments/",
        "/assignments/{open}/report/",
        "/assignments/{duty}/",
        "/dashboard/",
        "/reports/",
        "/reviews/",
        "/rounds/",
        "/rounds/{round}/",
        "/extensions/",
        "/assignments/{open}/extension/",
        "/handover/",
        "/tasks/{task}/discussion/",
        "/notifications/",
    ],
}


def open_to_all(town):
    """Open the page of the town's plan, with one report of the town's on it; return the report."""
    office = User.objects.get(username="office")
    last = Assignment.objects.filter(unit=town.unit).order_by("pk").last()
    report = reviews.approve(report_of(town, last.task.number), by=office)
    publication.open_page(last.plan, by=office)
    return publication.show(report, by=office)


@pytest.mark.parametrize("who", list(PAGES), ids=str)
def test_pages(person, sign_in, who):
    town = person("nanwang", unit="南旺镇人民政府")
    person("office", Role.OFFICE)
    report = report_of(town, 57, claims_completion=True)
    still_open = Assignment.objects.filter(unit=town.unit, status="not_started").first()
    ids = {
        "duty": report.assignment_id,
        "report": ProgressReport.objects.get().pk,
        "task": report.assignment.task_id,
        "unit": town.unit_id,
        "open": still_open.pk,
        "round": RoundItemFactory(assignment=still_open).round_id,
    }
    suspended, asked = Assignment.objects.filter(unit__name="中都街道办事处", due_on__isnull=False)[:2]
    suspension.suspend(suspended, by=User.objects.get(username="office"), reason="等待上级文件。")
    ids |= {"suspended": suspended.pk, "extension": ExtensionFactory(assignment=asked).pk}
    public, closed = open_to_all(town), RoundItemFactory(assignment=still_open).round
    rounds.close(closed, by=User.objects.get(username="office"))
    ids |= {"shown": public.assignment_id, "public": public.pk, "closed": closed.pk}
    draft = issuing.build(json.loads(Path("fixtures/plan-2024.json").read_text()))
    ids |= {
        "plan": report.assignment.plan_id,
        "draft": draft.pk,
        "row": draft.tasks.first().pk,
        "register": UnitImportFactory().pk,
        "table": PlanImportFactory().pk,
        "unread": PlanImportFactory(state="unreadable", message="文件已损坏，无法打开。").pk,
    }
    question = QuestionFactory(task=report.assignment.task, by=town)
    ids["question"] = question.pk
    GuidanceFactory(answer=AnswerFactory(question=question, text="附链接即可。\n甲\t乙\n丙\t丁"))
    SignInFactory(user=town)
    SignInFailureFactory.create_batch(6, user=User.objects.get(username="admin"))
    NotificationFactory(user=User.objects.get(username="office"))
    NotificationFactory(user=town, path="/assignments/0/")  # not to be read any more
    record(Kind.CHANGE, "报送进展报告", by=town, on=report.assignment)
    ids["trace"] = AuditEntry.objects.first().pk
    OutgoingMailFactory(attempts=2, last_error="收件人地址被邮件服务器拒收（550）。")
    page = sign_in(who, at="/help/")

    faults = {}
    for place, address in enumerate(PAGES[who]):
        first, second = WIDTHS if place % 2 else reversed(WIDTHS)
        widen(page, first)
        page.goto(address.format(**ids))
        faults[address, first] = faults_of(page)
        widen(page, second)
        faults[address, second] = faults_of(page, with_axe=LONG)
        if LONG:
            widen(page, WIDE)
            faults[address, WIDE] = faults_of(page)

    assert {where: found for where, found in faults.items() if found} == {}


def widen(page, width):
    page.set_viewport_size({"width": width, "height": 900})
