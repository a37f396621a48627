"""The demo year: believable, by the rules, and marked as what it is."""

from collections import Counter
from datetime import date

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.models import Count, F, Q, Sum

from departments.choices import Role
from departments.models import Unit, User
from tasks.choices import Light, ReportState, Status
from tasks.management.demo.activity import DILIGENCE, OUTCOMES
from tasks.models import Assignment, Evidence, Plan, ProgressReport, Transition
from tests.world import build_demo_year
from wenshang_disclosure.files.models import StoredFile

pytestmark = pytest.mark.django_db
SHOWCASES = ("zhongdu", "nanwang", "juntun", "shangwu", "fagai", "zhujian")
MARK = "【演示】"


@pytest.fixture(scope="module")
def shared_demo(share):
    return share(build_demo_year)


@pytest.fixture
def demo(settings, db, shared_demo, evidence_folder):
    settings.DEBUG = True
    shared_demo.copy_into(evidence_folder)


def claims():
    return ProgressReport.objects.filter(claims_completion=True)


def test_the_demo_year(demo):
    before = (User.objects.count(), ProgressReport.objects.count(), Transition.objects.count())
    steps = {}
    for step in Transition.objects.order_by("pk"):
        last = steps.get(step.assignment_id)
        assert last is None or (last.to_status, last.at <= step.at) == (step.from_status, True)
        steps[step.assignment_id] = step

    call_command("load_demo_people")
    call_command("load_demo_activity")

    assert (User.objects.count(), ProgressReport.objects.count(), Transition.objects.count()) == before
    for duty in Assignment.objects.all():
        last = steps.get(duty.pk)
        left = (last.to_status, last.claimed_on, last.awaits_answer) if last else (Status.NOT_STARTED, None, False)
        assert (duty.status, duty.claimed_on, duty.awaits_answer) == left
    lights = Assignment.objects.with_light().order_by().values_list("light").annotate(n=Count("pk"))
    assert {light for light, _ in lights} >= {Light.DONE, Light.OVERDUE, Light.REVIEW}
    assert not ProgressReport.objects.exclude(text__startswith=MARK).exists()
    assert not Evidence.objects.exclude(title__startswith=MARK).exists()
    assert not User.objects.filter(is_demo=False).exists()
    assert not User.objects.exclude(name__startswith="演示").exists()
    assert not ProgressReport.objects.filter(reviewed_by=F("author")).exists()
    assert Plan.objects.get().has_demo_activity


def test_the_figures_are_those_of_a_believable_year(demo):
    statuses = Counter(Assignment.objects.values_list("status", flat=True))

    assert 0.78 <= statuses[Status.COMPLETED] / statuses.total() <= 0.86
    assert 20 <= ProgressReport.objects.waiting().count() <= 30
    assert min(statuses[status] for status in Status) > 5
    late = Assignment.objects.with_light().filter(light="done", is_late=True).count()
    assert 0.05 <= late / statuses[Status.COMPLETED] <= 0.15


def test_units_differ_in_diligence(demo):
    units = Unit.objects.annotate(
        owed=Count("assignments"), done=Count("assignments", filter=Q(assignments__status=Status.COMPLETED))
    )

    shares = sorted(unit.done / unit.owed for unit in units)

    assert shares[0] < 0.7
    assert shares[-1] > 0.9


@pytest.mark.parametrize("odds", DILIGENCE.values(), ids=DILIGENCE)
def test_odds_name_every_outcome_and_add_up(odds):
    assert (len(odds), round(sum(odds))) == (len(OUTCOMES), 100)


def test_steps_follow_one_another_on_working_days_of_the_year(demo):
    last = {}
    for step in Transition.objects.order_by("pk"):
        before = last.get(step.assignment_id)
        assert before is None or (before.to_status == step.from_status and before.at <= step.at)
        last[step.assignment_id] = step

    stands = dict(Assignment.objects.values_list("pk", "status"))
    assert stands == dict.fromkeys(stands, Status.NOT_STARTED) | {pk: step.to_status for pk, step in last.items()}
    days = set(Transition.objects.values_list("on", flat=True))
    assert {day.weekday() for day in days} == {0, 1, 2, 3, 4}
    assert all(date(2024, 6, 24) <= day <= date(2025, 3, 10) for day in days)


def test_what_the_services_ask_for_holds_for_every_report(demo):
    counted = Sum("reports__count", filter=Q(reports__state__in=[ReportState.SUBMITTED, ReportState.APPROVED]))
    counting = Assignment.objects.filter(task__target_count__gt=0, status=Status.COMPLETED).annotate(counted=counted)

    assert not claims().filter(evidence=None).exists()
    assert not claims().filter(assignment__coordinates=True, open_units_note="").exists()
    assert not counting.exclude(counted=F("task__target_count")).exists()
    assert not ProgressReport.objects.filter(reviewed_by__in=F("writers")).exists()
    assert not ProgressReport.objects.exclude(writers=F("author")).exists()
    assert not ProgressReport.objects.exclude(author__unit=F("assignment__unit")).exists()
    assert not ProgressReport.objects.exclude(attested_by__role=Role.LIAISON).exists()


def test_an_answer_begins_as_a_copy_of_what_was_returned(demo):
    answers = ProgressReport.objects.filter(answers__isnull=False).prefetch_related("evidence", "answers__evidence")

    assert answers
    for answer in answers:
        kept = {(item.title, item.url, item.stored_id) for item in answer.answers.evidence.all()}
        assert kept < {(item.title, item.url, item.stored_id) for item in answer.evidence.all()}
        assert answer.text.startswith(answer.answers.text)
        assert answer.answers.state == ReportState.RETURNED


def test_each_named_liaison_finds_every_kind_of_duty(demo):
    wanted = {
        (Status.NOT_STARTED, False),
        (Status.IN_PROGRESS, True),
        (Status.IN_PROGRESS, False),
        (Status.COMPLETED, False),
    }

    for username in SHOWCASES:
        duties = Assignment.objects.filter(unit__people__username=username)
        assert set(duties.values_list("status", "awaits_answer")) >= wanted


def test_every_text_is_marked_and_every_link_leads_nowhere_real(demo):
    for field in ("text", "obstacles", "next_steps", "open_units_note", "review_comment"):
        written = ProgressReport.objects.exclude(**{field: ""})
        assert not written.exclude(**{f"{field}__startswith": "【演示】"}).exists()
    assert not Evidence.objects.exclude(title__startswith="【演示】").exists()
    links = Evidence.objects.filter(stored=None)
    assert links.count() == links.filter(url__startswith="https://www.example.gov.cn/").count()


def test_files_can_be_read_and_were_uploaded_by_the_unit_itself(demo):
    files = StoredFile.objects.all()

    assert 30 <= len(files) <= 50
    assert {default_storage.open(stored.path).read(4) for stored in files} == {b"%PDF", b"\x89PNG"}
    attached = Evidence.objects.filter(stored__isnull=False)
    assert not attached.exclude(stored__uploaded_by__unit=F("report__assignment__unit")).exists()


def test_every_page_says_that_the_data_are_a_demonstration(demo, client):
    client.force_login(User.objects.get(username="office"))

    assert "演示数据" in client.get("/dashboard/").content.decode()
