"""One definition a figure: whatever stands in two places is the same in both, over random histories, on any evening.

Each reader below opens one place by its address and tells what it shows as `(figure, of what) -> value`. A figure that
more than one place tells has to be the same in all of them. `ONE_DEFINITION_SEEDS=200` plays so many histories.
"""

import datetime as dt
import io
import os
import re
import zipfile
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from departments.models import Unit
from departments.services import tokens
from reports.assessment import RubricValues, facts, ranked
from reports.exports import public_page
from reports.exports.word import annual_report, bulletin
from tasks.choices import Light
from tasks.models import Assignment, Part, Plan, ProgressReport, Section, Task, Transition
from tasks.scope import Scope
from tests.environment import LONG
from tests.reports.lives import THE_END, RestlessLife, lively_county
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening

pytestmark = pytest.mark.django_db

SEEDS = range(int(os.environ.get("ONE_DEFINITION_SEEDS", "2")))
TODAY = THE_END.date()
PAST_EVENINGS = [dt.date(2024, 8, 31), dt.date(2024, 10, 20), dt.date(2024, 12, 31)]
LABELS = {light.label: light.value for light in Light}
COUNTED = ("owed", "on_time", *Light.values)


@pytest.fixture(params=SEEDS)
def county(request):
    people = lively_county(request.param, RestlessLife)
    with time_machine.travel(on_day(Plan.objects.get().issued_on), tick=False):
        for model, field in ((Part, "heading"), (Section, "heading"), (Task, "requirement")):
            for one in model.objects.all():  # so that a row of a file can be told by its words
                model.objects.filter(pk=one.pk).update(**{field: f"名称{one.pk}"})
    with time_machine.travel(THE_END, tick=False):
        past, other = PAST_EVENINGS[request.param % len(PAST_EVENINGS)], people["unit" if request.param % 2 else "lead"]
        read = [(people["office"], past), (people["office"], TODAY), (other, past), (other, TODAY)]
        yield read if LONG else read[: 3 if request.param % 2 else 2]


class Reader:
    """One person on one evening: opens places, and notes under each figure what each place tells."""

    def __init__(self, user, as_of):
        self.user, self.as_of, self.plan = user, as_of, Plan.objects.get()
        self.told = defaultdict(dict)
        self.client = Client()
        self.client.force_login(user)
        secret = tokens.make(user, by=user, name="县数据平台")
        self.program = Client(headers={"authorization": f"Bearer {secret}"})

    def note(self, place, figure, of, value):
        self.told[figure, of][place] = value

    def note_counts(self, place, of, row, names=COUNTED):
        for name in names:
            self.note(place, name, of, row[name])

    def get(self, name, *args, **query):
        response = self.client.get(reverse(name, args=args), {"as_of": f"{self.as_of}", **query})
        assert response.status_code == 200, name
        return response

    def book(self, name, *args):
        content = b"".join(self.get(name, *args).streaming_content)
        return load_workbook(io.BytesIO(content), data_only=True)

    def ask(self, path, **query):
        answer = self.program.get(f"/api/v1/{path}", {"as_of": f"{self.as_of}", **query})
        assert answer.status_code == 200, answer.content
        return answer.json()


def below(sheet, first):
    """The rows below the line that begins with `first`, up to the next empty one, as dicts by heading."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    start = next((index for index, row in enumerate(rows) if row[0] == first), len(rows))
    for row in rows[start + 1 :]:
        if row[0] is None and row[1] in (None, "合计"):
            return
        yield dict(zip(rows[start], row, strict=True))


def shown(share):
    """What Excel shows of a share as 0.0%, in per cent."""
    if share in (None, "—", "－"):
        return None
    return float((Decimal(f"{share:.12f}") * 100).quantize(Decimal("0.1"), ROUND_HALF_UP))


def in_words(rate):
    """A rate as it is written, in per cent."""
    return None if rate == "—" else float(rate.rstrip("%"))


def counts_in_chinese(row):
    counts = {value: row[label] for label, value in LABELS.items()}
    return {**counts, "owed": row["应办"], "on_time": row["按时办结"]}


def note_chinese(reader, place, of, row):
    reader.note_counts(place, of, counts_in_chinese(row))


# --- the places -------------------------------------------------------------------------------------------------------


def dashboard(reader):
    if not reader.user.reads_everything:
        return
    context = reader.get("reports:dashboard").context
    totals = context["totals"]
    reader.note_counts("dashboard", "all", totals)
    reader.note("dashboard", "tasks", "all", context["number_of_tasks"])
    rates = {one.name: None if one.value == "—" else float(one.value) for one in context["leading"]}
    reader.note("dashboard", "completion_rate", "all", rates["done"])
    reader.note("dashboard", "on_time_rate", "all", rates["on_time"])
    known = [month["done"] for month in context["months"] if month["done"] is not None]
    if known:
        reader.note("dashboard months", "done", "all", known[-1])
    for part, sums, _ in context["parts"]:
        reader.note_counts("dashboard", ("part", part.pk), sums)
    for line in context["units"]:
        reader.note("dashboard", "completion_rate", ("unit", line["unit"].pk), line["rate"])
        reader.note("dashboard", "overdue", ("unit", line["unit"].pk), line["overdue"])
    for line in context["tasks"]:
        for name in ("owed", "done", "overdue"):
            reader.note("dashboard", name, ("task", line["task"].number), line[name])


def unit_pages(reader):
    for row in reader.get("reports:units").context["table"].data.data:
        of = ("unit", row["unit"])
        reader.note_counts("units", of, row)
        reader.note("units", "completion_rate", of, row["completion_rate"])
        context = reader.get("reports:unit", row["unit"]).context
        reader.note_counts("unit", of, context["totals"])
        reader.note("unit", "completion_rate", of, context["completion_rate"])
        if reader.user.reads_everything and context["score"]:
            reader.note("unit", "rank", of, context["score"].rank)
    units = {unit.name: unit.pk for unit in Unit.objects.all()}
    for row in below(reader.book("reports:export-units").active, "单位"):
        of = ("unit", units[row["单位"]])
        reader.note("units file", "completion_rate", of, shown(row["办结率"]))
        reader.note("units file", "owed", of, row["应办"])
        for label, value in LABELS.items():
            reader.note("units file", value, of, row[label])


def table(reader):
    pages = [row for _, rows in reader.get("tasks:tasks").context["parts"] for row in rows]
    for row in pages:
        reader.note_counts("tasks", ("task", row["task"].number), row["counts"] or dict.fromkeys(COUNTED, 0))
    for row in below(reader.book("reports:export-tasks").active, "序号"):
        of = ("task", row["序号"])
        reader.note("tasks file", "owed", of, row["应办单位"])
        for label, value in LABELS.items():
            reader.note("tasks file", value, of, row[label])
    matrix = reader.get("reports:matrix").context["matrix"]
    lines = [(("task", row.task.number), row.line) for _, rows in matrix.parts for row in rows]
    lines += [(("unit", unit.pk), line) for unit, line in matrix.columns]
    for of, line in [*lines, ("all seen", matrix.total)]:
        reader.note_counts("matrix", of, vars(line), ("owed", "done", "overdue"))


def ledger(reader):
    for place, sheet in (("ledger", reader.book("reports:export-ledger").active), ("summary", reader.year["任务台账"])):
        tasks = {task.requirement + task.deadline_in_words: task for task in reader.plan.tasks.all()}
        assert len(tasks) == reader.plan.tasks.count()
        for row in sheet.iter_rows(min_row=5, values_only=True):
            if row[3] is None or row[9] is None:
                continue
            of = ("task", tasks[row[3] + row[4]].number)
            done, owed = row[9].split("/")
            reader.note(f"{place} ledger", "done", of, int(done))
            reader.note(f"{place} ledger", "owed", of, int(owed))
            reader.note(f"{place} ledger", "evidence", of, row[10])
            lights = dict.fromkeys(Light.values, 0)
            for lit in row[8].split("、"):
                label = lit.rstrip("0123456789")
                lights[LABELS[label]] = int(lit.removeprefix(label))
            reader.note_counts(f"{place} ledger", of, lights, Light.values)


def workbook(reader):
    units = {unit.name: unit.pk for unit in Unit.objects.all()}
    overview, by_unit = reader.year["总览"], reader.year["单位汇总"]
    whole = "all" if reader.user.reads_everything else "all seen"
    for row in below(overview, "部分"):
        part = reader.plan.parts.filter(heading=row["部分"]).first()
        _line(reader, "overview", ("part", part.pk) if part else whole, row)
    for row in below(overview, "工作任务"):
        (section,) = (one for part in reader.plan.parts.all() for one in part.sections.filter(heading=row["工作任务"]))
        _line(reader, "overview", ("section", section.pk), row)
    for row in below(by_unit, "名次" if reader.user.reads_everything else "序号"):
        of = ("unit", units[row["单位"]])
        _line(reader, "summary units", of, row)
        reader.note("summary units", "submitted", of, row["报送报告"])
        reader.note("summary units", "evidence", of, row["佐证材料"])
    rows = list(overview.iter_rows(values_only=True))
    at = next((index for index, row in enumerate(rows) if row[0] == "任务（项）"), None)
    if at is not None:
        tiles = {label: value for label, value in zip(rows[at], rows[at + 1], strict=True) if label}
        reader.note("tiles", "tasks", whole, tiles["任务（项）"])
        reader.note("tiles", "completion_rate", whole, shown(tiles["办结率"]))
        reader.note("tiles", "on_time_rate", whole, shown(tiles["按时率"]))
        reader.note("tiles", "waiting", whole, tiles["待审核报告（份）"])


def _line(reader, place, of, row):
    note_chinese(reader, place, of, row)
    reader.note(place, "completion_rate", of, shown(row["办结率"]))
    reader.note(place, "on_time_rate", of, shown(row["按时率"]))
    if "任务" in row:
        reader.note(place, "tasks", of, row["任务"])


def reports(reader):
    """What was submitted: the page, its file, the workbook's sheet, the pages of rows and the API."""
    whole = "all" if reader.user.reads_everything else "all seen"
    page = reader.get("reports:submitted-reports")
    with evening(reader.as_of):
        rows = list(page.context["rows"])
    file = list(below(reader.book("reports:export-submitted-reports").active, "报送时间"))
    sheet = list(below(reader.year["报送明细"], "报送单位"))
    for place, number in (
        ("submitted page", len(rows)),
        ("submitted file", len(file)),
        ("summary reports", len(sheet)),
    ):
        reader.note(place, "submitted", whole, number)
    file = Counter((row["填报单位"], *(row[name] for name in SAID), row["审核情况"]) for row in file)
    sheet = Counter((row["报送单位"], *(row[name] for name in SAID), row["审核状态"]) for row in sheet)
    reader.note("submitted file", "reports", whole, file)
    reader.note("summary reports", "reports", whole, sheet)
    reader.note("summary reports", "waiting", whole, sum(n for key, n in sheet.items() if key[-1] == "待审核"))
    for unit in {row.assignment.unit_id for row in rows}:
        own = [row for row in rows if row.assignment.unit_id == unit]
        reader.note("submitted page", "submitted", ("unit", unit), len(own))
        waiting = sum(row.state == "submitted" for row in own)
        reader.note("submitted page", "waiting", ("unit", unit), waiting)
    if reader.as_of == TODAY and reader.user.reads_everything:
        queue = reader.get("tasks:reviews", plan=reader.plan.pk).context["rows"]
        reader.note("review queue", "waiting", whole, queue.count())


SAID = ("序号", "报送时间", "类型", "进展情况", "存在问题", "下步措施")


def duties(reader):
    """Light, latest words and evidence of each duty: list, workbook, matrix, row page, API, package."""
    rows = list(below(reader.book("reports:export-assignments").active, "序号"))
    sheet = list(below(reader.year["承办事项"], "序号"))
    for place, told in (("duties file", rows), ("summary duties", sheet)):
        reader.note(place, "owed", "all seen", len(told))
        for row in told:
            of = ("duty", row["序号"], row["承办单位"])
            for figure in ("亮灯", "最近进展", "佐证数", "完成时限（日期）"):
                reader.note(place, figure, of, row[figure])
        for number in {row["序号"] for row in told}:
            reader.note(place, "evidence", ("task", number), sum(r["佐证数"] for r in told if r["序号"] == number))
    asked = reader.ask("assignments", page_size=200)
    reader.note("API", "owed", "all seen", asked["total"])
    for row in reader.ask("tasks", page_size=200)["results"]:
        reader.note_counts("API", ("task", row["number"]), row["counts"])
    for one in asked["results"][::3]:
        _one_duty(reader, one)
    _package(reader, rows)


def _one_duty(reader, one):
    of = ("duty", one["task"]["number"], one["unit"]["name"])
    told = sorted((row["id"], row["state"]) for row in reader.ask(f"assignments/{one['id']}")["reports"])
    reader.note("API", "reports", of, told)
    page = reader.get("tasks:task", one["task"]["id"]).context["reports"]
    own = [row for row in page if row.assignment_id == one["id"]]
    reader.note("row page", "reports", of, sorted((row.pk, row.state) for row in own))
    reader.note("row page", "最近进展", of, own[0].text if own else None)
    address = reverse("reports:matrix-duty", args=[one["task"]["id"], one["unit"]["id"]])
    beside = reader.client.get(address, {"as_of": f"{reader.as_of}"}, headers={"hx-request": "true"}).context["report"]
    reader.note("matrix duty", "最近进展", of, beside.text if beside else None)


def _package(reader, duties):
    content = b"".join(reader.get("reports:export-package").streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        index = load_workbook(io.BytesIO(archive.read("材料目录.xlsx")), data_only=True).active
    items = Counter((row["任务序号"], row["报送单位"]) for row in below(index, "序号"))
    listed = Counter((row["序号"], row["报送单位"]) for row in below(reader.year["佐证清单"], "报送单位"))
    for row in duties:
        of = ("duty", row["序号"], row["承办单位"])
        reader.note("package", "佐证数", of, items[of[1:]])
        reader.note("summary evidence", "佐证数", of, listed[of[1:]])


def word(reader):
    with evening(reader.as_of):
        fields = bulletin.fields(Scope(reader.user, reader.plan, reader.as_of))
        year = annual_report.fields(Scope(reader.user, reader.plan, reader.as_of), None)
    for place, whole in (("bulletin", fields["合计"]), ("annual report", year["合计"])):
        _fields(reader, place, "all", whole)
        reader.note(place, "tasks", "all", whole["任务数"])
    parts = {part.heading: part.pk for part in reader.plan.parts.all()}
    for row in fields["各部分"]:
        _fields(reader, "bulletin", ("part", parts[row["名称"]]), row)
    units = {unit.name: unit.pk for unit in Unit.objects.all()}
    for row in [*fields["部门"], *fields["乡镇"]]:
        _fields(reader, "bulletin", ("unit", units[row["单位"]]), row)
    reader.note("bulletin list", "overdue", "all", len(fields["逾期清单"]))


def _fields(reader, place, of, row):
    note_chinese(reader, place, of, row)
    reader.note(place, "completion_rate", of, in_words(row["办结率"]))
    reader.note(place, "on_time_rate", of, in_words(row["按时办结率"]))


def assessment(reader):
    found = facts(reader.plan, reader.as_of, Unit.objects.visible_to(reader.user))
    for score in ranked(found, RubricValues()):
        unit, of = score.facts, ("unit", score.unit_id)
        reader.note_counts("assessment", of, vars(unit), ("owed", "done", "overdue"))
        reader.note("assessment", "on_time", of, unit.done_in_time)
        reader.note("assessment", "rank", of, score.rank)
        rate = score.parts["completion"].reason.partition("办结率")[2].partition("，")[0]
        reader.note("assessment", "completion_rate", of, in_words(rate))


def open_page(reader):
    told = public_page.read(reader.plan)
    reader.note_counts("open page", "all", told["totals"])
    for task in told["tasks"]:
        reader.note_counts("open page", ("task", task["number"]), task["lights"], Light.values)
        reader.note("open page", "owed", ("task", task["number"]), task["units"])


# --- they agree -------------------------------------------------------------------------------------------------------


def read_everywhere(user, as_of):
    reader = Reader(user, as_of)
    reader.year = reader.book("reports:export-summary")
    for place in (dashboard, unit_pages, table, ledger, workbook, reports, duties):
        place(reader)
    if user.reads_everything:
        word(reader)
        assessment(reader)
        if as_of == TODAY:
            open_page(reader)
    return reader.told


def test_every_figure_is_the_same_wherever_it_stands(county):
    together, differ = Counter(), []
    for user, as_of in county:
        for (figure, of), places in read_everywhere(user, as_of).items():
            if any(value != next(iter(places.values())) for value in places.values()):
                differ.append((user.role, f"{as_of}", figure, of, places))
            together[figure] += len(places) > 1
    assert differ == []
    compared = {*COUNTED, "completion_rate", "on_time_rate", "tasks", "waiting", "submitted", "evidence"}
    compared |= {"rank", "reports", "亮灯", "最近进展", "佐证数", "完成时限（日期）"}
    assert {figure for figure, number in together.items() if number} == compared


def test_the_histories_have_what_definitions_differ_about(county):
    """Withdrawn after an evening, answered with the same files, suspended, extended."""
    events = set(Transition.objects.values_list("event", flat=True))
    taken_back = ProgressReport.objects.filter(transitions__event="withdrawn")
    stood = [report for report in taken_back for day in PAST_EVENINGS if _stood(report, day)]

    assert {"withdrawn", "returned", "suspended", "resumed", "extended", "revoked"} <= events
    assert any(report.submitted_at is None or report.transitions.count() > 2 for report in stood)
    assert ProgressReport.objects.filter(answers__isnull=False, submitted_at__isnull=False).exists()
    assert Assignment.objects.filter(suspended=True).exists()


def _stood(report, day):
    with evening(day):
        return ProgressReport.objects.submitted_by(day).filter(pk=report.pk).exists()


COUNTS_ALONE = re.compile(
    r"(submitted|reviewed)_at__(lt|lte)\b"  # what stood on an evening: ProgressReport.objects.submitted_by
    r"|(NOT_SUBMITTED|SUBMITTED_STATES)\b"
    r"|:\.\d%\}"  # a rate: core.rates
    r"|\bROUND_HALF_|\bround\("
)


@pytest.mark.parametrize("folder", ["reports/exports", "reports/views", "reports/assessment", "api", "tasks/views"])
def test_nothing_but_figures_and_records_says_what_counts(folder):
    lines = [
        f"{file}:{number}"
        for file in sorted(Path(folder).rglob("*.py"))
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if COUNTS_ALONE.search(line)
    ]

    assert lines == []
