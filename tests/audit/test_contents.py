"""What was submitted, approved or published cannot be changed by SQL, and a change all the same is found."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from reports.models import AssessmentRow
from reports.services import assessment
from tasks.choices import ReportState
from tasks.models import Evidence, ProgressReport
from tasks.services.progress import reports, reviews, undoing
from tests.factories import claim
from wenshang_disclosure.audit import chain, guards
from wenshang_disclosure.audit.checking import check
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.files.models import StoredFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(county):
    return claim(county.other_duty, by=county.people["stranger"], text="九月的进展。")


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def unguarded(model, statement, *values):
    """Change rows as an administrator of the database could, and put the triggers up again."""
    guards.drop(connection, model)
    sql(statement, *values)
    guards.create(using="default")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE tasks_progressreport SET text = '别的进展' WHERE id = %s",
        "UPDATE tasks_progressreport SET count = 99 WHERE id = %s",
        "UPDATE tasks_progressreport SET claims_completion = NOT claims_completion WHERE id = %s",
        "UPDATE tasks_progressreport SET attested_name = '别人' WHERE id = %s",
        "DELETE FROM tasks_progressreport WHERE id = %s",
        "UPDATE tasks_evidence SET title = '别的材料' WHERE report_id = %s",
        "UPDATE tasks_evidence SET report_id = report_id + 1 WHERE report_id = %s",
        "DELETE FROM tasks_evidence WHERE report_id = %s",
    ],
)
@pytest.mark.parametrize("is_approved", [False, True])
def test_the_database_refuses_to_change_what_was_submitted(county, report, change, is_approved):
    if is_approved:
        reviews.approve(report, by=county.people["reviewer"])

    with pytest.raises(DatabaseError, match="is frozen"):
        sql(change, report.pk)


def test_the_sum_of_a_stored_file_never_changes(county):
    stored = StoredFile.objects.create(
        path="a/b", size=1, sha256="1" * 64, content_type="text/csv", uploaded_by=county.people["liaison"]
    )

    StoredFile.objects.filter(pk=stored.pk).update(scan="clean")
    with pytest.raises(DatabaseError, match="is frozen"):
        sql("UPDATE files_storedfile SET sha256 = '0' WHERE id = %s", stored.pk)


def test_an_approved_report_cannot_become_a_draft(county, report):
    reviews.approve(report, by=county.people["reviewer"])

    with pytest.raises(DatabaseError, match="is frozen"):
        sql("UPDATE tasks_progressreport SET state = 'draft' WHERE id = %s", report.pk)


def test_what_the_product_itself_does_is_let_through(county, report):
    reviews.approve(report, by=county.people["reviewer"])
    report.refresh_from_db()
    undoing.undo(report, by=county.people["office"], reason="点错了。", seen=undoing.outlook(report).mark)
    report.refresh_from_db()
    reports.withdraw(report, by=county.people["stranger"])
    ProgressReport.objects.filter(pk=report.pk).update(text="改过的进展。")
    Evidence.objects.filter(report=report).update(title="改过的材料")

    report.refresh_from_db()
    assert (report.state, report.text) == (ReportState.DRAFT, "改过的进展。")
    assert check().faults == []


def test_the_entry_of_the_submission_has_the_digest_of_the_report(report):
    chain.seal()

    entry = AuditEntry.objects.filter(act__in=["申报办结", "报送进展"], detail__report=report.pk).first()
    assert len(entry.detail["content"]) == 64
    assert check().faults == []


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (ProgressReport, "UPDATE tasks_progressreport SET text = '别的进展' WHERE id = %s"),
        (Evidence, "UPDATE tasks_evidence SET title = '别的材料' WHERE report_id = %s"),
        (
            Evidence,
            'INSERT INTO tasks_evidence (report_id, "order", kind, title, url, file_name, folded) '
            "VALUES (%s, 99, 'link', '补进来的', 'https://example.gov.cn/', '', '')",
        ),
    ],
)
def test_a_change_made_all_the_same_is_named(report, model, change):
    number = noting(report)

    unguarded(model, change, report.pk)

    assert check().faults == [f"进展报告（编号{report.pk}）的内容与第{number}条所记的摘要不符，已被改动。"]


def noting(report):
    chain.seal()
    return AuditEntry.objects.filter(detail__has_key="content", detail__report=report.pk).latest("pk").number


def test_a_text_that_was_changed_by_way_of_a_draft_is_named(report):
    number = noting(report)
    sql("UPDATE tasks_progressreport SET state = 'draft' WHERE id = %s", report.pk)
    sql("UPDATE tasks_progressreport SET text = '别的进展' WHERE id = %s", report.pk)
    sql("UPDATE tasks_progressreport SET state = 'submitted' WHERE id = %s", report.pk)

    assert check().faults == [f"进展报告（编号{report.pk}）的内容与第{number}条所记的摘要不符，已被改动。"]


def test_a_published_result_is_compared_as_well(county, history):
    result = assessment.publish(
        county.plan,
        by=county.people["office"],
        as_of=timezone.localdate(),
        key=uuid.uuid4(),
        seen=assessment.version_of(county.plan),
    )
    chain.seal()
    with pytest.raises(DatabaseError, match="append-only"):
        sql("UPDATE reports_assessmentrow SET total = 100 WHERE assessment_id = %s", result.pk)

    unguarded(AssessmentRow, "UPDATE reports_assessmentrow SET total = 1 WHERE assessment_id = %s", result.pk)

    assert [fault for fault in check().faults if "考核结果" in fault] != []
